"""What all charts are made of: a page with its title, frames that turn values into pixels, grids with round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fewshot_gui.export.plots import Line, Shape, Text

INK, SOFT, GRID, ZERO = "#1f2328", "#57606a", "#e4e7eb", "#8c959f"
LEFT, RIGHT, BETWEEN = 66, 22, 46  # pixels beside the frames, and between two side by side
BAND = 0.16  # an interval's opacity
_LETTER = 0.54  # a letter's width by its size; a wide (CJK) one is 1


@dataclass(frozen=True)
class Frame:
    """Where a chart's part lies and what it shows: x and y from the values to pixels."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    @property
    def right(self) -> float:
        """Its edge, in pixels."""
        return self.left + self.width

    @property
    def foot(self) -> float:
        """Its lower edge, in pixels."""
        return self.top + self.height

    def x(self, at: float) -> float:
        """The pixel of a value."""
        low, high = self.x_range
        return self.left + (at - low) / (high - low) * self.width

    def y(self, value: float) -> float:
        """The pixel of a value."""
        low, high = self.y_range
        return self.top + (high - value) / (high - low) * self.height


@dataclass
class Page:
    """Shapes as they are laid down. width: pixels."""

    width: float
    shapes: list[Shape] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float = 12, colour: str = SOFT, **rest: object) -> None:
        """Lay down a line of text; rest: as Text has it."""
        self.shapes.append(Text(x, y, text, size, colour, **rest))  # type: ignore[arg-type]

    def heading(self, title: str, subtitle: Sequence[str]) -> float:
        """Title and lines of small text at the top of the page; returns the pixel of the last line."""
        room, y = self.width - LEFT - 8, 10.0
        for line in _wrapped(title, 18, room):
            y += 23
            self.text(LEFT, y, line, 18, INK)
        for line in [part for text in subtitle for part in _wrapped(text, 12.5, room)]:
            y += 19
            self.text(LEFT, y, line, 12.5)
        return y

    def grid(self, frame: Frame, upright: Sequence[float], title: str = "", *, signed: bool = False) -> None:
        """A frame's grid, with round values along y. upright: where lines go up; signed: zero is a line of its own."""
        for at in upright:
            self.shapes.append(Line(((frame.x(at), frame.top), (frame.x(at), frame.foot)), GRID))
        for value, text in round_values(*frame.y_range, most=6 if frame.height > 150 else 4, signed=signed):
            y = frame.y(value)
            self.shapes.append(Line(((frame.left, y), (frame.right, y)), ZERO if signed and value == 0 else GRID))
            self.text(frame.left - 8, y + 4, text, anchor="end")
        if title:
            self.text(frame.left - 48, frame.top + frame.height / 2, title, anchor="middle", rotated=True)

    def ticks(self, frame: Frame, ticks: Sequence[tuple[float, str]], title: str) -> None:
        """What stands under the lowest frame: a text at each position, and the axis's title."""
        for at, text in ticks:
            self.text(frame.x(at), frame.foot + 17, text, anchor="middle")
        self.text(frame.left + frame.width / 2, frame.foot + 35, title, anchor="middle")


def round_values(low: float, high: float, *, most: int, signed: bool = False) -> Iterator[tuple[float, str]]:
    """At most so many round values from low to high, as written; signed: with a plus above zero."""
    step = next(s for s in _steps() if (high - low) / s <= most)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        value = number * step
        yield value, f"{value:+.{digits}f}" if signed and number else f"{value:.{digits}f}"


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in pixels."""
    return size * sum(1.0 if ord(letter) > 0x2E80 else _LETTER for letter in text)


def _steps() -> Iterator[float]:
    power = -2
    while True:
        yield from (factor * 10.0**power for factor in (1, 2, 5))
        power += 1


def _wrapped(text: str, size: float, room: float) -> Iterator[str]:
    """The text in lines of at most that width, broken between words."""
    line = ""
    for word in text.split():
        if line and text_width(f"{line} {word}", size) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line

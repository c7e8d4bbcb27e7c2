"""The curves of a training: above the loss along the steps, below the looks at validation classes; a panel per stage.

Stages stand side by side, each with its own scale of the loss: the losses of two kinds of stages are not comparable.
Their accuracies are, and share a scale.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fewshot_gui.export.plots import Area, Line, Point, Scene, Shape
from fewshot_gui.export.plots.axes import BAND, BETWEEN, INK, LEFT, RIGHT, SOFT, Frame, Page, round_values, text_width
from fewshot_gui.export.plots.chart import Value

_LOSS, _PALE, _LOOKS = "#0072b2", "#a9cbe2", "#d55e00"  # Okabe and Ito's, and one of them lighter
_ACROSS = 3  # panels side by side
_CAPTION, _HIGH, _APART, _AXIS = 30, 170, 20, 46  # heights of a caption, a frame, what is between two, the axis
_SMOOTHED = 60  # points from which on a mean is drawn over them, so that a noisy loss can be read
_SHARE = 20  # what part of a curve a mean is over


@dataclass(frozen=True, slots=True)
class Stage:
    """losses: (step, loss) with the steps ascending, which count to `steps`. looks: in percent.

    best: the step of the look whose weights were taken. before: the accuracy that was to be bettered, in percent.
    """

    caption: str
    steps: int
    losses: tuple[Point, ...]
    looks: tuple[Value, ...]
    best: int | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the legend."""

    text: str
    line: tuple[str, float, bool] | None = None  # colour, width, dashed
    mark: str = ""


def scene(title: str, subtitle: Sequence[str], stages: Sequence[Stage]) -> Scene:
    """The curves as shapes. Every stage has a loss and a look at least."""
    across = min(_ACROSS, len(stages))
    panel_width = {1: 560, 2: 350}.get(across, 290)
    page = Page(LEFT + across * panel_width + (across - 1) * BETWEEN + RIGHT)
    top = _legend(page, page.heading(title, subtitle) + 28, stages) + 14
    height = _CAPTION + 2 * _HIGH + _APART + _AXIS
    accuracies = _accuracy_range(stages)
    for number, stage in enumerate(stages):
        row, column = divmod(number, across)
        place = (LEFT + column * (panel_width + BETWEEN), top + row * height, panel_width)
        _panel(page, stage, accuracies, place, first=column == 0)
    bottom = top + math.ceil(len(stages) / across) * height
    words = " ".join([f"{title}.", *subtitle, *map(_words, stages)])
    return Scene(round(page.width), round(bottom + 6), tuple(page.shapes), words)


def _panel(
    page: Page, stage: Stage, accuracies: tuple[float, float], place: tuple[float, float, float], *, first: bool
) -> None:
    left, top, width = place
    page.text(left, top + 20, stage.caption, 13.5, INK)
    steps = (0.0, 1.02 * stage.steps)
    upper = Frame(left, top + _CAPTION, width, _HIGH, steps, _loss_range(stage))
    lower = Frame(left, upper.foot + _APART, width, _HIGH, steps, accuracies)
    ticks = [(at, f"{at:,.0f}") for at, _ in round_values(0, stage.steps, most=5) if at == round(at)]
    page.grid(upper, [at for at, _ in ticks], "loss" if first else "")
    page.grid(lower, [at for at, _ in ticks], "validation accuracy, %" if first else "")
    page.ticks(lower, ticks, "step")
    page.shapes += _losses(upper, stage)
    page.shapes += _looks(lower, stage)
    best = _best(stage)
    if best is not None:
        x, y = lower.x(best.at), lower.y(best.value)
        right = x > left + 0.8 * width
        below = y < lower.top + 24
        page.text(x, y + (19 if below else -10), f"{best.value:.1f} %", 12, INK, anchor="end" if right else "middle")


def _losses(frame: Frame, stage: Stage) -> Iterator[Shape]:
    """The loss, pale under its running mean where there is one; what lies beyond the frame is drawn at its edge."""
    low, high = frame.y_range

    def line(points: Sequence[Point], colour: str, width: float) -> Line:
        return Line(tuple((frame.x(x), frame.y(min(max(y, low), high))) for x, y in points), colour, width)

    smooth = _smoothed(stage.losses)
    yield line(stage.losses, _PALE if smooth else _LOSS, 1 if smooth else 2)
    if smooth:
        yield line(smooth, _LOSS, 2)


def _looks(frame: Frame, stage: Stage) -> Iterator[Shape]:
    if stage.before is not None:
        y = frame.y(stage.before)
        yield Line(((frame.left, y), (frame.right, y)), SOFT, 1.5, dashed=True)
    places = [(frame.x(look.at), frame.y(look.value)) for look in stage.looks]
    if len(places) > 1:
        upper = [(frame.x(look.at), frame.y(look.high)) for look in stage.looks]
        lower = [(frame.x(look.at), frame.y(look.low)) for look in reversed(stage.looks)]
        yield Area((*upper, *lower), _LOOKS, BAND)
        yield Line(tuple(places), _LOOKS, 2)
    else:
        (x, _), look = places[0], stage.looks[0]
        yield Line(((x, frame.y(look.low)), (x, frame.y(look.high))), _LOOKS, 1.5)
    if len(places) <= _SMOOTHED:
        yield from (_mark("disc", place) for place in places)
    best = _best(stage)
    if best is not None:
        yield _mark("diamond", (frame.x(best.at), frame.y(best.value)))


def _legend(page: Page, y: float, stages: Sequence[Stage]) -> float:
    """What the lines mean; returns the pixel of its last line."""
    x: float = LEFT
    for entry in _entries(stages):
        indent = 33 if entry.line else 18
        wide = indent + 1 + text_width(entry.text, 13) + 18
        if x > LEFT and x + wide > page.width:
            x, y = LEFT, y + 22
        if entry.line:
            colour, width, dashed = entry.line
            page.shapes.append(Line(((x, y - 4), (x + 26, y - 4)), colour, width, dashed))
        if entry.mark:
            page.shapes.append(_mark(entry.mark, (x + (13 if entry.line else 6), y - 4)))
        page.text(x + indent, y, entry.text, 13, INK)
        x += wide
    return y


def _entries(stages: Sequence[Stage]) -> Iterator[_Entry]:
    smooth = any(_smoothed(stage.losses) for stage in stages)
    yield _Entry("loss", (_PALE if smooth else _LOSS, 1 if smooth else 2, False))
    if smooth:
        yield _Entry(f"its mean over a {_SHARE}th of the stage", (_LOSS, 2, False))
    yield _Entry("validation accuracy, 95 % interval", (_LOOKS, 2, False), "disc")
    if any(stage.best is not None for stage in stages):
        yield _Entry("the stage's best", None, "diamond")
    if any(stage.before is not None for stage in stages):
        yield _Entry("before the stage", (SOFT, 1.5, True))


def _mark(kind: str, centre: Point) -> Area:
    x, y = centre
    if kind == "disc":
        corners = [(3 * math.cos(a * math.pi / 12), 3 * math.sin(a * math.pi / 12)) for a in range(24)]
    else:
        corners = [(0, -7.5), (5.5, 0), (0, 7.5), (-5.5, 0)]
    return Area(tuple((x + dx, y + dy) for dx, dy in corners), _LOOKS if kind == "disc" else INK)


def _smoothed(points: Sequence[Point]) -> list[Point]:
    """The means over a 20th of a long curve around each of its points; nothing for a short one."""
    if len(points) < _SMOOTHED:
        return []
    reach = len(points) // _SHARE // 2
    sums = [0.0, *itertools.accumulate(y for _, y in points)]
    spans = [(max(0, i - reach), min(len(points), i + reach + 1)) for i in range(len(points))]
    return [(x, (sums[end] - sums[begin]) / (end - begin)) for (x, _), (begin, end) in zip(points, spans, strict=True)]


def _loss_range(stage: Stage) -> tuple[float, float]:
    """All of the running mean and 98 % of the losses themselves: one spike must not flatten the rest."""
    found = sorted(y for _, y in stage.losses)
    cut = len(found) // 100
    shown = [found[cut], found[-1 - cut], *(y for _, y in _smoothed(stage.losses))]
    low, high = min(shown), max(shown)
    pad = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return (max(0.0, low - pad) if low >= 0 else low - pad), high + pad


def _accuracy_range(stages: Sequence[Stage]) -> tuple[float, float]:
    shown = [bound for stage in stages for look in stage.looks for bound in (look.low, look.high)]
    shown += [stage.before for stage in stages if stage.before is not None]
    low, high = min(shown), max(shown)
    pad = max(0.5, 0.06 * (high - low))
    return max(0.0, low - pad), min(100.5, high + pad)


def _best(stage: Stage) -> Value | None:
    return next((look for look in stage.looks if look.at == stage.best), None)


def _words(stage: Stage) -> str:
    losses, best = stage.losses, _best(stage)
    text = f"{stage.caption}: the loss goes from {losses[0][1]:.3g} to {losses[-1][1]:.3g}"
    if best is not None:
        text += (
            f", validation is best at step {best.at:,.0f} with {best.value:.1f} % ({best.low:.1f} to {best.high:.1f})"
        )
    return text + "."

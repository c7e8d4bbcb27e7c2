"""Accuracies with their intervals as panels of lines: above the values, below the differences to one method."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fewshot_gui.export.plots import Area, Line, Point, Scene, Shape
from fewshot_gui.export.plots.axes import BAND, BETWEEN, INK, LEFT, RIGHT, Frame, Page, text_width

# Okabe and Ito's colours, which the colour-blind can tell apart; a mark for each, as colour is never alone.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#555555")
_MARKS = ("disc", "square", "up", "diamond", "down", "right", "left", "bar")
_ACROSS = 3  # panels side by side
_HIGH, _LOW, _CAPTION, _AXIS = 230, 150, 30, 46  # heights of values and differences, of a caption, of the axis
_MARK = 4.2  # half a mark's size


@dataclass(frozen=True, slots=True)
class Value:
    """at: the tick's position; value, low, high: as shown, e.g. in percent."""

    at: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """One method's values. number: which colour and mark; joined: values at ascending positions, with a line.

    alone: values without a line, each with its interval as a bar.
    """

    number: int
    joined: tuple[Value, ...] = ()
    alone: tuple[Value, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """All of them."""
        return (*self.joined, *self.alone)


@dataclass(frozen=True, slots=True)
class Panel:
    """series: the values; differences: to the reference, of the others."""

    caption: str
    series: tuple[Series, ...]
    differences: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """names: of the methods, by their numbers. ticks: (position, text) along x. y, below: the titles of both y axes.

    subtitle: lines of small text under the title.
    """

    title: str
    subtitle: tuple[str, ...]
    names: tuple[str, ...]
    x: str
    ticks: tuple[tuple[float, str], ...]
    y: str
    below: str
    panels: tuple[Panel, ...] = ()


def scene(chart: Chart) -> Scene:
    """The chart as shapes; as wide as up to three panels, the rest below them."""
    across = min(_ACROSS, max(1, len(chart.panels)))
    panel_width = 500 if across == 1 else 320 if across == 2 else 290
    page = Page(LEFT + across * panel_width + (across - 1) * BETWEEN + RIGHT)
    top = _heading(page, chart)
    differences = any(panel.differences for panel in chart.panels)
    height = _CAPTION + _HIGH + (_LOW + 18 if differences else 0) + _AXIS
    ranges = _Ranges.of(chart)
    for number, panel in enumerate(chart.panels):
        row, column = divmod(number, across)
        left = LEFT + column * (panel_width + BETWEEN)
        _panel(page, chart, panel, ranges, (left, top + row * height, panel_width), first=column == 0)
    bottom = top + math.ceil(len(chart.panels) / across) * height
    return Scene(round(page.width), round(bottom + 6), tuple(page.shapes), _description(chart))


@dataclass(frozen=True)
class _Ranges:
    """What the axes show: the same in all panels, so that they can be compared."""

    x: tuple[float, float]
    values: tuple[float, float]
    differences: tuple[float, float]

    @classmethod
    def of(cls, chart: Chart) -> _Ranges:
        positions = [at for at, _ in chart.ticks]
        pad = max(0.3, 0.06 * (max(positions) - min(positions)))
        shown = [value for panel in chart.panels for series in panel.series for value in series.values]
        apart = [value for panel in chart.panels for series in panel.differences for value in series.values]
        low, high = _padded(shown)
        below, above = _padded([*apart, Value(0, 0, 0, 0)])
        return cls((min(positions) - pad, max(positions) + pad), (max(0.0, low), min(101.5, high)), (below, above))


def _padded(values: Iterable[Value]) -> tuple[float, float]:
    shown = list(values)
    low, high = min(v.low for v in shown), max(v.high for v in shown)
    pad = max(0.5, 0.06 * (high - low))
    return low - pad, high + pad


def _heading(page: Page, chart: Chart) -> float:
    """Title, subtitle and legend; where the panels begin."""
    y = page.heading(chart.title, chart.subtitle) + 28
    x: float = LEFT
    for number, name in enumerate(chart.names):
        wide = 34 + text_width(name, 13) + 18
        if x > LEFT and x + wide > page.width:
            x, y = LEFT, y + 22
        page.shapes.append(Line(((x, y - 4), (x + 26, y - 4)), _colour(number), 2))
        page.shapes.append(_mark(number, (x + 13, y - 4)))
        page.text(x + 33, y, name, 13, INK)
        x += wide
    return y + 14


def _panel(
    page: Page, chart: Chart, panel: Panel, ranges: _Ranges, place: tuple[float, float, float], *, first: bool
) -> None:
    left, top, width = place
    page.text(left, top + 20, panel.caption, 13.5, INK)
    upper = Frame(left, top + _CAPTION, width, _HIGH, ranges.x, ranges.values)
    _part(page, upper, panel.series, chart.y if first else "", chart.ticks)
    last = upper
    if panel.differences:
        last = Frame(left, upper.top + _HIGH + 18, width, _LOW, ranges.x, ranges.differences)
        _part(page, last, panel.differences, chart.below if first else "", chart.ticks, zero=True)
    page.ticks(last, chart.ticks, chart.x)


def _part(
    page: Page,
    frame: Frame,
    series: Sequence[Series],
    title: str,
    ticks: Sequence[tuple[float, str]],
    *,
    zero: bool = False,
) -> None:
    """Grid, axis and values of one frame."""
    page.grid(frame, [at for at, _ in ticks], title, signed=zero)
    for one in series:
        page.shapes += _band(frame, one)
    for one in series:
        page.shapes += _drawn(frame, one)


def _band(frame: Frame, series: Series) -> Iterator[Shape]:
    values = series.joined
    if len(values) > 1:
        upper = [(frame.x(v.at), frame.y(v.high)) for v in values]
        lower = [(frame.x(v.at), frame.y(v.low)) for v in reversed(values)]
        yield Area((*upper, *lower), _colour(series.number), BAND)


def _drawn(frame: Frame, series: Series) -> Iterator[Shape]:
    colour = _colour(series.number)
    if len(series.joined) > 1:
        yield Line(tuple((frame.x(v.at), frame.y(v.value)) for v in series.joined), colour, 2)
    for value in series.alone:
        x, low, high = frame.x(value.at), frame.y(value.low), frame.y(value.high)
        yield Line(((x, low), (x, high)), colour, 1.5)
        yield from (Line(((x - 3, y), (x + 3, y)), colour, 1.5) for y in (low, high))
    for value in series.values:
        yield _mark(series.number, (frame.x(value.at), frame.y(value.value)))


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _mark(number: int, centre: Point) -> Area:
    """A small figure in the method's colour; where colours come round again the figures are shifted by one."""
    kind, (x, y), r = _MARKS[(number + number // len(_COLOURS)) % len(_MARKS)], centre, _MARK
    wide = 1.2 * r
    corners = {
        "square": ((-r, -r), (r, -r), (r, r), (-r, r)),
        "up": ((0, -wide), (wide, r), (-wide, r)),
        "down": ((0, wide), (wide, -r), (-wide, -r)),
        "right": ((wide, 0), (-r, wide), (-r, -wide)),
        "left": ((-wide, 0), (r, wide), (r, -wide)),
        "diamond": ((0, -wide - 0.8), (wide, 0), (0, wide + 0.8), (-wide, 0)),
        "bar": ((-wide, -0.45 * r), (wide, -0.45 * r), (wide, 0.45 * r), (-wide, 0.45 * r)),
        "disc": tuple((r * math.cos(a * math.pi / 16), r * math.sin(a * math.pi / 16)) for a in range(32)),
    }[kind]
    return Area(tuple((x + dx, y + dy) for dx, dy in corners), _colour(number))


def _description(chart: Chart) -> str:
    panels = "; ".join(panel.caption for panel in chart.panels)
    return f"{chart.title}. {' '.join(chart.subtitle)} {chart.y} by {chart.x}, for {', '.join(chart.names)}: {panels}."

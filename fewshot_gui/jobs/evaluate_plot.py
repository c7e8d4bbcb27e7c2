"""An evaluation as a chart: accuracy against shots, a line per method, a panel per number of ways.

Over groups their mean is shown. Below the accuracies lie the differences to one method over the same episodes: heads on
the same backbone differ by a point where shots make twenty, and only pairs tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fewshot_gui.engine.episodes import shots_text
from fewshot_gui.engine.results import MEAN
from fewshot_gui.errors import UserError
from fewshot_gui.export.plots.chart import Chart, Panel, Series, Value
from fewshot_gui.jobs.evaluate_tables import compared

if TYPE_CHECKING:
    from fewshot_gui.engine.episodes import Shots
    from fewshot_gui.engine.metrics import Estimate
    from fewshot_gui.engine.results import Paired, Row
    from fewshot_gui.jobs.evaluate import Evaluation


def chart(evaluation: Evaluation, versus: str | None = None) -> Chart:
    """The chart. versus: the method that others are compared with; None: the first. UserError without a result."""
    rows = _shown(evaluation.rows)
    if not rows:
        raise UserError("Nothing was measured, so there is nothing to plot.")
    names = list(dict.fromkeys(row.method for row in rows))
    axis = _axis(rows)
    base = versus or names[0]
    pairs = [entry for entry in compared(evaluation, base) if entry[0].group == rows[0].group or not _is_mean(rows)]
    panels = []
    for key in dict.fromkeys(axis.panel(row) for row in rows):
        own = [row for row in rows if axis.panel(row) == key]
        apart = [(pair, what, difference) for pair, what, difference in pairs if axis.panel(pair) == key]
        panels.append(_panel(axis, names, base, own, apart))
    starred = {row.method: row.transductive for row in rows}
    return Chart(
        title=f"{evaluation.dataset}: accuracy by {axis.title_word}",
        subtitle=_subtitle(evaluation, rows, starred),
        names=tuple(name + " *" * starred[name] for name in names),
        x=axis.title,
        ticks=axis.ticks,
        y="accuracy, %",
        below=f"points above {base}",
        panels=tuple(panels),
    )


@dataclass(frozen=True)
class _Axis:
    """What goes along x. at: the position of a row or pair; panel: what makes a panel; alone: without a line."""

    title: str
    title_word: str
    ticks: tuple[tuple[float, str], ...]
    at: Callable[[Row | Paired], float]
    panel: Callable[[Row | Paired], tuple]
    alone: Callable[[Row | Paired], bool]


def _axis(rows: Sequence[Row]) -> _Axis:
    shots = list(dict.fromkeys(row.shots for row in rows))
    ways = sorted({row.ways for row in rows if row.ways is not None})
    if len(shots) == 1 and len(ways) > 1 and len({row.group for row in rows}) == 1:
        at_ways = {n: math.log2(n) for n in ways}
        return _Axis(
            title="classes per episode (ways)",
            title_word="ways",
            ticks=tuple((at, str(n)) for n, at in at_ways.items()),
            at=lambda one: at_ways[one.ways or ways[0]],
            panel=lambda one: (one.group, None, one.shots),
            alone=lambda one: False,
        )
    places = _places(shots)
    return _Axis(
        title="pictures per class (shots)",
        title_word="shots",
        ticks=tuple((at, shots_text(k)) for k, at in places.items()),
        at=lambda one: places[one.shots],
        panel=lambda one: (one.group, one.ways, None),
        alone=lambda one: not isinstance(one.shots, int) or sum(isinstance(k, int) for k in shots) == 1,
    )


def _places(shots: Sequence[Shots]) -> dict[Shots, float]:
    """Numbers by their logarithm; ranges beside them, a step apart."""
    numbers = sorted(k for k in shots if isinstance(k, int))
    places: dict[Shots, float] = {k: math.log2(k) for k in numbers}
    right = max(places.values(), default=-1.0)
    for k in shots:
        if not isinstance(k, int):
            right += 1.0
            places[k] = right
    return places


def _panel(
    axis: _Axis, names: list[str], base: str, rows: Sequence[Row], apart: Sequence[tuple[Paired, str, Estimate]]
) -> Panel:
    series = [_series(axis, n, [(row, row.accuracy) for row in rows if row.method == name], len(names))
              for n, name in enumerate(names)]  # fmt: skip
    differences = [
        _series(axis, n, [(pair, d) for pair, _, d in apart if name in (pair.a, pair.b) and name != base], len(names))
        for n, name in enumerate(names)
    ]
    return Panel(_caption(rows), tuple(filter(_any, series)), tuple(filter(_any, differences)))


def _any(series: Series) -> bool:
    return bool(series.values)


def _series(axis: _Axis, number: int, found: Sequence[tuple[Row | Paired, Estimate]], of: int) -> Series:
    """The values in percent; single ones a little beside their tick, so that no bar hides another."""
    beside = 0.07 * (number - (of - 1) / 2)
    joined = sorted(
        (_value(axis.at(one), estimate) for one, estimate in found if not axis.alone(one)), key=lambda value: value.at
    )
    alone = [_value(axis.at(one) + beside, estimate) for one, estimate in found if axis.alone(one)]
    if len(joined) == 1:  # a line needs two
        alone, joined = [*alone, *joined], []
    return Series(number, tuple(joined), tuple(alone))


def _value(at: float, estimate: Estimate) -> Value:
    return Value(at, 100 * estimate.value, 100 * estimate.low, 100 * estimate.high)


def _shown(rows: Sequence[Row]) -> list[Row]:
    """Over groups their mean, if there is one."""
    return [row for row in rows if row.group == MEAN] or list(rows)


def _is_mean(rows: Sequence[Row]) -> bool:
    return rows[0].group == MEAN


def _caption(rows: Sequence[Row]) -> str:
    ways = sorted({row.ways for row in rows if row.ways is not None})
    shots = list(dict.fromkeys(row.shots for row in rows))
    if len(ways) > 1:
        caption = f"{shots_text(shots[0])}-shot"
    elif ways:
        caption = f"{ways[0]}-way (chance {100 / ways[0]:.3g} %)"
    else:
        caption = "all classes"
    group = rows[0].group
    return caption if group is None else f"{caption}, mean over groups" if group == MEAN else f"{group}: {caption}"


def _subtitle(evaluation: Evaluation, rows: Sequence[Row], starred: dict[str, bool]) -> tuple[str, ...]:
    episodes = sorted({row.episodes for row in rows})
    many = f"{episodes[0]:,}" if len(episodes) == 1 else f"{episodes[0]:,} to {episodes[-1]:,}"
    lines = [
        f"{rows[0].backbone}, {many} episodes, up to {rows[0].queries} queries per class, split {evaluation.split}, "
        f"seed {evaluation.seed}.",
        "Bands and bars: 95 % interval over episodes of these classes"
        + ("; below, of the differences over the same episodes." if len(starred) > 1 else "."),
    ]
    if any(starred.values()):
        lines.append("* transductive: saw all queries of an episode at once, evenly mixed.")
    if not evaluation.complete:
        lines.append("The work was cut short: this is what was known by then.")
    return tuple(lines)

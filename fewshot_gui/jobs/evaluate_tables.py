"""An evaluation as tables for people: accuracies at a glance, all figures, and the differences between methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fewshot_gui.engine.episodes import shots_text
from fewshot_gui.engine.metrics import Estimate
from fewshot_gui.export.reports import Table

if TYPE_CHECKING:
    from fewshot_gui.engine.episodes import Shots
    from fewshot_gui.engine.results import Paired, Row
    from fewshot_gui.jobs.evaluate import Evaluation

_ALL_PAIRS = 3  # methods up to which each is compared with each: more pairs nobody reads
_STAR = " *"  # behind the name of a method that is transductive

_HEAD = (
    "group", "ways", "shots", "method", "episodes", "accuracy %", "95 % interval", "other classes", "worst class %",
    "ECE %", "AUROC %", "FPR95 %", "adapted", "ms/adapt", "ms/1000",
)  # fmt: skip
_FOREIGN_STARTS = {"maml": "the start for maml", "plain": "the plain weights"}
_TRANSDUCTIVE = "* transductive: an answer depends on the other queries; all came at once, of every class as many."
_CUT_SHORT = "The work was cut short: this is what was known by then."


def about(evaluation: Evaluation) -> str:
    """Backbone, queries and episodes, in a line."""
    if not evaluation.rows:
        return "nothing was measured"
    first = evaluation.rows[0]
    line = f"backbone {first.backbone}, up to {first.queries} queries per class"
    return line if _episodes_differ(evaluation.rows) else f"{line}, {first.episodes} episodes"


def notes(evaluation: Evaluation) -> tuple[str, ...]:
    """What the columns mean, and what the reader has to know."""
    rows = evaluation.rows
    unknown = any(row.unknown_auroc is not None for row in rows)
    sentences = (
        "95 % interval: over episodes of these classes; other classes: had other classes of the kind been drawn.",
        "worst class: the least recall among an episode's classes. ECE: expected calibration error.",
        "ms/1000: answering 1,000 queries, without embedding them unless the backbone was adapted.",
        "AUROC, FPR95: pictures of other classes told from an episode's own, by their nearness to the classes."
        if unknown
        else "",
        _TRANSDUCTIVE if any(row.transductive for row in rows) else "",
        *_starts(rows),
        "" if evaluation.complete else _CUT_SHORT,
    )
    return tuple(sentence for sentence in sentences if sentence)


def _starts(rows: Iterable[Row]) -> list[str]:
    """A sentence for each gradient method that was not meta-trained for the backbone."""
    foreign = {row.method: _FOREIGN_STARTS[row.start] for row in rows if row.start in _FOREIGN_STARTS}
    return [
        f"{method} was not meta-trained for this backbone: it began from {start}." for method, start in foreign.items()
    ]


def tables(evaluation: Evaluation, versus: str | None = None) -> tuple[Table, ...]:
    """Accuracies by shots where there is more than one line of them, then all figures, then the differences.

    versus: the method that the others are compared with; None: up to three methods each with each, else the first.
    """
    rows = evaluation.rows
    found = [
        Table("All figures", _HEAD, tuple(_figures(row, _episodes_differ(rows)) for row in rows)).without_empty(),
    ]
    glance = _glance(evaluation)
    if len(glance.rows) > 1 and len(glance.head) > len(_LINE) + 1:
        found.insert(0, glance.without_empty())
    if evaluation.paired:
        found.append(_differences(evaluation, versus).without_empty())
    return tuple(found)


def compared(evaluation: Evaluation, versus: str | None = None) -> list[tuple[Paired, str, Estimate]]:
    """(pair, what is compared, difference) of those pairs that people are shown; versus as for `tables`."""
    methods = list(dict.fromkeys(row.method for row in evaluation.rows))
    if versus is None and len(methods) <= _ALL_PAIRS:
        return [(pair, f"{pair.a} - {pair.b}", pair.difference) for pair in evaluation.paired]
    base = versus or methods[0]
    found = []
    for pair in evaluation.paired:
        if pair.a == base:
            found.append((pair, f"{pair.b} - {base}", _negative(pair.difference)))
        elif pair.b == base:
            found.append((pair, f"{pair.a} - {base}", pair.difference))
    return found


_LINE = ("group", "ways")


def _glance(evaluation: Evaluation) -> Table:
    """A line per group, ways and method, a column per number of shots."""
    rows, columns = evaluation.rows, _shots_of(evaluation.rows)
    lines: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        cells = lines.setdefault((row.group or "", _ways(row.ways), _name(row)), [""] * len(columns))
        cells[columns.index(row.shots)] = _plus_minus(row.accuracy)
    strong = set()
    for r, (group, ways, name) in enumerate(lines):
        for c, shots in enumerate(columns):
            cell = [x for x in rows if (x.group or "", _ways(x.ways), x.shots) == (group, ways, shots)]
            if name in _best(cell, evaluation.paired):
                strong.add((r, len(_LINE) + 1 + c))
    caption = "Accuracy in %, with its 95 % interval over episodes"
    bold = "the best that is not transductive, and what the same episodes do not tell from it"
    head = (*_LINE, "method", *map(_shots_heading, columns))
    return Table(caption, head, tuple((*line, *cells) for line, cells in lines.items()), frozenset(strong), bold)


def _best(cell: Sequence[Row], paired: Iterable[Paired]) -> set[str]:
    """The names of the cell's best method and of those whose paired difference to it may be nothing.

    Transductive methods are not in the contest: they know what the others do not.
    """
    contest = [row for row in cell if not row.transductive]
    if len(contest) < 2:
        return set()
    best = max(contest, key=lambda row: row.accuracy.value)
    found, names = {best.method}, {row.method for row in contest}
    for pair in paired:
        same = (pair.group, pair.ways, pair.shots) == (best.group, best.ways, best.shots)
        if same and best.method in (pair.a, pair.b) and pair.difference.low <= 0 <= pair.difference.high:
            found |= {pair.a, pair.b} & names
    return found


def _figures(row: Row, with_episodes: bool) -> tuple[str, ...]:
    low, high = row.over_classes
    return (
        row.group or "",
        _ways(row.ways),
        shots_text(row.shots),
        _name(row),
        str(row.episodes) if with_episodes else "",
        f"{100 * row.accuracy.value:.1f}",
        f"{100 * row.accuracy.low:.1f} to {100 * row.accuracy.high:.1f}",
        f"{100 * low:.1f} to {100 * high:.1f}",
        _bracketed(row.worst_recall),
        f"{100 * row.ece:.1f}",
        _bracketed(row.unknown_auroc),
        _bracketed(row.unknown_fpr95),
        "" if row.adapted is None else f"{100 * row.adapted:.0f} %",
        _milliseconds(row.milliseconds_per_adapt),
        _milliseconds(row.milliseconds_per_1000_queries),
    )


def _differences(evaluation: Evaluation, versus: str | None) -> Table:
    """A line per group, ways and pair of methods, a column per number of shots."""
    columns = _shots_of(evaluation.rows)
    lines: dict[tuple[str, str, str], list[str]] = {}
    strong = set()
    for pair, what, difference in compared(evaluation, versus):
        cells = lines.setdefault((pair.group or "", _ways(pair.ways), what), [""] * len(columns))
        cells[columns.index(pair.shots)] = _signed(difference)
        if not difference.low <= 0 <= difference.high:
            row = list(lines).index((pair.group or "", _ways(pair.ways), what))
            strong.add((row, len(_LINE) + 1 + columns.index(pair.shots)))
    head = (*_LINE, "a - b", *map(_shots_heading, columns))
    caption = "Differences in accuracy over the same episodes, in points, with their 95 % interval"
    bold = "intervals without 0"
    return Table(caption, head, tuple((*line, *cells) for line, cells in lines.items()), frozenset(strong), bold)


def _shots_of(rows: Iterable[Row]) -> list[Shots]:
    return list(dict.fromkeys(row.shots for row in rows))


def _shots_heading(shots: Shots) -> str:
    return "1 shot" if shots == 1 else f"{shots_text(shots)} shots"


def _episodes_differ(rows: Iterable[Row]) -> bool:
    return len({row.episodes for row in rows}) > 1


def _name(row: Row) -> str:
    return row.method + _STAR * row.transductive


def _negative(estimate: Estimate) -> Estimate:
    return Estimate(0.0 - estimate.value, 0.0 - estimate.high, 0.0 - estimate.low, estimate.n)  # no "-0.0"


def _ways(ways: int | None) -> str:
    return "all" if ways is None else str(ways)


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _plus_minus(estimate: Estimate) -> str:
    half = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return f"{100 * estimate.value:.1f} ± {100 * half:.1f}"


def _bracketed(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{100 * estimate.value:.1f} ({100 * estimate.low:.1f}-{100 * estimate.high:.1f})"


def _signed(estimate: Estimate) -> str:
    return f"{100 * estimate.value:+.1f} ({100 * estimate.low:+.1f} to {100 * estimate.high:+.1f})"

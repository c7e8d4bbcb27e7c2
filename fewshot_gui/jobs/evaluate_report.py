"""What an evaluation says: to programs (`report_json`, a contract) and to people (`report_text`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewshot_gui.engine.metrics import Estimate
    from fewshot_gui.engine.results import Paired, Row
    from fewshot_gui.jobs.evaluate import Evaluation

SCHEMA = 1


def report_json(evaluation: Evaluation) -> dict[str, Any]:
    """The report as JSON values. accuracies, intervals and shares are 0-1; names and order of keys are a contract."""
    return {
        "schema": SCHEMA,
        "dataset": evaluation.dataset,
        "split": evaluation.split,
        "seed": evaluation.seed,
        "results": [_row(row) for row in evaluation.rows],
        "paired": [_paired(pair) for pair in evaluation.paired],
    }


def report_text(evaluation: Evaluation) -> str:
    """The report as tables of percentages. "other classes": the wide interval, had other classes been drawn."""
    head = ["group", "ways", "shots", "method", "accuracy %", "95 % interval", "other classes", "adapted", "ms/adapt"]
    lines = [f"{evaluation.dataset}, split {evaluation.split}, seed {evaluation.seed}"]
    if evaluation.rows:
        first = evaluation.rows[0]
        lines.append(f"backbone {first.backbone}, up to {first.queries} queries per class")
    lines += _table(head, [_row_cells(row) for row in evaluation.rows])
    if evaluation.paired:
        lines += ["", "Differences over the same episodes, in points"]
        head = ["group", "ways", "shots", "a - b", "difference", "95 % interval"]
        lines += _table(head, [_paired_cells(pair) for pair in evaluation.paired])
    return "\n".join(lines)


def _row(row: Row) -> dict[str, Any]:
    return {
        "group": row.group,
        "ways": row.ways,
        "shots": row.shots,
        "queries": row.queries,
        "episodes": row.episodes,
        "method": row.method,
        "backbone": row.backbone,
        "n_classes": row.n_classes,
        "accuracy": row.accuracy.value,
        "ci95": [row.accuracy.low, row.accuracy.high],
        "adapted": row.adapted,
        "milliseconds_per_adapt": row.milliseconds_per_adapt,
    }


def _paired(pair: Paired) -> dict[str, Any]:
    return {
        "group": pair.group,
        "ways": pair.ways,
        "shots": pair.shots,
        "a": pair.a,
        "b": pair.b,
        "difference": pair.difference.value,
        "ci95": [pair.difference.low, pair.difference.high],
        "episodes": pair.difference.n,
    }


def _row_cells(row: Row) -> list[str]:
    low, high = row.over_classes
    return [
        row.group or "",
        _ways(row.ways),
        str(row.shots),
        row.method,
        f"{100 * row.accuracy.value:.1f}",
        _interval(row.accuracy),
        f"{100 * low:.1f} to {100 * high:.1f}",
        "" if row.adapted is None else f"{100 * row.adapted:.0f} %",
        f"{row.milliseconds_per_adapt:.1f}",
    ]


def _paired_cells(pair: Paired) -> list[str]:
    difference = f"{100 * pair.difference.value:+.1f}"
    return [pair.group or "", _ways(pair.ways), str(pair.shots), f"{pair.a} - {pair.b}", difference,
            _interval(pair.difference, "+")]  # fmt: skip


def _ways(ways: int | None) -> str:
    return "all" if ways is None else str(ways)


def _interval(estimate: Estimate, sign: str = "") -> str:
    return f"{100 * estimate.low:{sign}.1f} to {100 * estimate.high:{sign}.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned lines, headings first; columns that are empty throughout are left out."""
    kept = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = [[head[i] for i in kept], *([row[i] for i in kept] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(kept))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]

"""What an evaluation says: to programs (`report_json`, a contract), and as tables to people (`report`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fewshot_gui.engine.episodes import shots_text
from fewshot_gui.export.reports import Report
from fewshot_gui.jobs import evaluate_tables as tables

if TYPE_CHECKING:
    from fewshot_gui.engine.episodes import Shots
    from fewshot_gui.engine.metrics import Estimate
    from fewshot_gui.engine.results import Paired, Row
    from fewshot_gui.jobs.evaluate import Evaluation

SCHEMA = 1


def report(evaluation: Evaluation, versus: str | None = None) -> Report:
    """The report in tables of percentages. versus: the method that others are compared with (evaluate_tables)."""
    return Report(
        title=f"{evaluation.dataset}, split {evaluation.split}, seed {evaluation.seed}",
        about=tables.about(evaluation),
        tables=tables.tables(evaluation, versus),
        notes=tables.notes(evaluation),
        values=report_json(evaluation),
    )


def report_json(evaluation: Evaluation) -> dict[str, Any]:
    """The report as JSON values. accuracies, intervals and shares are 0-1; names and order of keys are a contract.

    shots: a number, or as text such as "1-10" where each class draws its own. over_classes95: the wide interval, had
    other classes been drawn. complete: False if the work was cut short.
    """
    return {
        "schema": SCHEMA,
        "dataset": evaluation.dataset,
        "split": evaluation.split,
        "seed": evaluation.seed,
        "results": [_row(row) for row in evaluation.rows],
        "paired": [_paired(pair) for pair in evaluation.paired],
        "warnings": list(evaluation.warnings),
        "complete": evaluation.complete,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "group": row.group,
        "ways": row.ways,
        "shots": _shots(row.shots),
        "queries": row.queries,
        "episodes": row.episodes,
        "method": row.method,
        "backbone": row.backbone,
        "n_classes": row.n_classes,
        "accuracy": row.accuracy.value,
        "ci95": _interval(row.accuracy),
        "adapted": row.adapted,
        "milliseconds_per_adapt": row.milliseconds_per_adapt,
        "over_classes95": list(row.over_classes),
        "worst_class_recall": row.worst_recall.value,
        "worst_class_recall_ci95": _interval(row.worst_recall),
        "ece": row.ece,
        "unknown_auroc": _value(row.unknown_auroc),
        "unknown_auroc_ci95": _interval(row.unknown_auroc),
        "unknown_fpr95": _value(row.unknown_fpr95),
        "unknown_fpr95_ci95": _interval(row.unknown_fpr95),
        "milliseconds_per_1000_queries": row.milliseconds_per_1000_queries,
        "transductive": row.transductive,
        "start": row.start or None,
    }


def _paired(pair: Paired) -> dict[str, Any]:
    return {
        "group": pair.group,
        "ways": pair.ways,
        "shots": _shots(pair.shots),
        "a": pair.a,
        "b": pair.b,
        "difference": pair.difference.value,
        "ci95": _interval(pair.difference),
        "episodes": pair.difference.n,
    }


def _shots(shots: Shots) -> int | str:
    return shots if isinstance(shots, int) else shots_text(shots)


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _interval(estimate: Estimate | None) -> list[float] | None:
    return None if estimate is None else [estimate.low, estimate.high]

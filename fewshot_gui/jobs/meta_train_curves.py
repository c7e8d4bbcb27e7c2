"""The curves of a meta-training beside its model: training.csv for programs, curves.svg for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from fewshot_gui.engine.meta_train.curves import COLUMNS, Curve
from fewshot_gui.engine.meta_train.recipe import Validation
from fewshot_gui.export.output import to_bytes
from fewshot_gui.export.plots import PLOTS
from fewshot_gui.export.plots.chart import Value
from fewshot_gui.export.plots.curves import Stage, scene

TABLE, PLOT = "training.csv", "curves.svg"


def write(folder: Path, name: str, curves: Sequence[Curve], validation: Validation, dataset: str) -> str:
    """Write both files; returns the card's lines that show the plot. UserError if they cannot be written.

    name: the model's; dataset: whose classes validated. The plot leaves out a stage without any curve, as there is one
    in a training that was begun by an earlier version; without any stage there is no plot, and the lines are empty.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for curve in curves:
        table.writerows(("" if value is None else _short(value) for value in row) for row in curve.rows())
    with to_bytes(folder / TABLE) as file:
        file.write(text.getvalue().encode("utf-8"))
    stages = [_stage(curve) for curve in curves if curve.points and curve.looks]
    if not stages:
        return ""
    about = _about(curves, validation, dataset)
    with to_bytes(folder / PLOT) as file:
        file.write(PLOTS["svg"](scene(f"{name}: how it was trained", about, stages)))
    return f"![Loss and validation accuracy along the training]({PLOT})\n\nThe same as a table: {TABLE}."


def _short(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def _stage(curve: Curve) -> Stage:
    best = next((look.step for look in reversed(curve.looks) if look.best), None)
    kept = "" if curve.kept is not False else ", not kept"
    return Stage(
        f"{curve.number + 1}. {curve.kind}{kept}",
        curve.steps,
        tuple((point.step, point.loss) for point in curve.points),
        tuple(Value(look.step, 100 * look.accuracy, 100 * look.low, 100 * look.high) for look in curve.looks),
        best,
        None if curve.before is None else 100 * curve.before,
    )


def _about(curves: Sequence[Curve], validation: Validation, dataset: str) -> list[str]:
    shots = " and ".join(str(shots) for shots in validation.shots)
    lines = [
        f"Validation: {validation.ways} ways, {shots} shot, {validation.episodes} episodes of classes of {dataset} "
        "that are not trained on. It chooses the weights, so it flatters a little."
    ]
    if any(curve.kind == "reptile" for curve in curves):
        lines.append("Reptile's loss is the mean square of how far tasks end from the start.")
    longest = max(curve.spacing for curve in curves)
    if longest > 1:
        lines.append(f"Each point of the loss is a mean over up to {longest} steps.")
    return lines

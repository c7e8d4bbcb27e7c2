"""The answers of a folder as a file, as `classify --out` writes it, but with what the person said of the pictures."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np

from fewshot_gui.jobs.columns import EXCLUDED, NONE, PENDING, UNREADABLE, PictureColumns
from fewshot_gui.jobs.events import Step
from fewshot_gui.types import Prediction, Status

_SLICE = 1000  # pictures between two steps


def write_answers(columns: PictureColumns, path: Path) -> Generator[Step, None, int]:
    """Writes the pictures that have an answer; the ending says the format. How many were written.

    A picture's label is the person's where they gave one; pictures they excluded are left out. UserError for an unknown
    ending, or if the file cannot be written: then an old one stays.
    """
    from fewshot_gui.export import output

    rows = np.flatnonzero((columns.status != PENDING) & (columns.verdict != EXCLUDED))
    with output.to_file(path) as writer:
        writer.begin(columns.class_names)
        for start in range(0, len(rows), _SLICE):
            yield Step("Exporting", start / len(rows))
            writer.write([prediction(columns, int(row)) for row in rows[start : start + _SLICE]])
        counts = columns.counts()
        writer.end({"images": len(rows), "unknown": counts.unknown, "unreadable": counts.unreadable})
    return len(rows)


def prediction(columns: PictureColumns, row: int) -> Prediction:
    """The answer for one picture as all layers speak of it."""
    if columns.status[row] == UNREADABLE:
        return Prediction(columns.paths[row], "", None, "unreadable", columns.reason.get(row, ""), {})
    label = columns.shown_label(row)
    status: Status = "ok" if label >= 0 else "unknown"
    name = columns.class_names[label] if label >= 0 else ""
    values = columns.probabilities[row].astype(np.float32)
    probabilities = dict(zip(columns.class_names, map(float, values), strict=False))
    by_person = columns.verdict[row] != NONE and label >= 0
    confidence = float(values[label]) if by_person and label < len(values) else float(columns.confidence[row])
    return Prediction(columns.paths[row], name, confidence, status, "", probabilities)

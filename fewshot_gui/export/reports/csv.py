"""CSV: a line per result, unrounded, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from fewshot_gui.export.reports import REPORTS, Report, ReportFormat

_INTERVALS = ("ci95", "classes95")  # how the names of those fields end that are intervals, or None for none
_CELL = ("group", "ways", "shots")  # what makes two methods' lines comparable


def render(report: Report) -> str:
    """The fields of `evaluate --json`, an interval in two columns (X_low, X_high), none as an empty field.

    Last comes the difference to the first method on the same episodes, which the first one's lines lack.
    """
    values = report.values
    lines = [_line(values, row) for row in values["results"]]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue()


def _line(values: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    shared = {name: values[name] for name in ("dataset", "split", "seed")}
    return shared | dict(_flat(row)) | _compared(values, row)


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name.endswith(_INTERVALS):
            low, high = value or (None, None)
            yield from ((f"{name}_low", low), (f"{name}_high", high))
        else:
            yield name, value


def _compared(values: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Row's method less the first one, in accuracy."""
    found: dict[str, Any] = dict.fromkeys(("compared_with", "difference", "difference_low", "difference_high"))
    first = values["results"][0]["method"]
    for pair in values["paired"]:
        same_cell = all(pair[name] == row[name] for name in _CELL)
        if same_cell and pair["a"] == first and pair["b"] == row["method"]:
            low, high = pair["ci95"]
            found = dict(zip(found, (first, 0.0 - pair["difference"], 0.0 - high, 0.0 - low), strict=True))
    return found


REPORTS.register("csv")(ReportFormat(".csv", render))

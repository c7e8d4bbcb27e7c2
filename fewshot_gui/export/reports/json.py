"""JSON: all figures, unrounded, on one line."""

from __future__ import annotations

import json

from fewshot_gui.export.reports import REPORTS, Report, ReportFormat


def render(report: Report) -> str:
    """Accuracies, intervals and shares are 0-1; names and order of the keys are a contract."""
    return json.dumps(report.values, ensure_ascii=False, allow_nan=False) + "\n"


REPORTS.register("json")(ReportFormat(".json", render))

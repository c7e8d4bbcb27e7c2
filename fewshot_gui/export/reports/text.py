"""Text for a terminal: tables with aligned columns."""

from __future__ import annotations

from fewshot_gui.export.reports import REPORTS, Report, ReportFormat, Table


def render(report: Report) -> str:
    """The title, then the tables, each under its caption, then the notes."""
    parts = ["\n".join([report.title, report.about]), *(_table(table) for table in report.tables)]
    if report.notes:
        parts.append("\n".join(report.notes))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    aligned = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join([table.caption, *(line.rstrip() for line in aligned)])


REPORTS.register("text")(ReportFormat(".txt", render))

"""Markdown: tables as GitHub and most others show them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fewshot_gui.export.reports import REPORTS, Report, ReportFormat, Table

_SPECIAL = re.compile(r"([\\`*_|<>\[\]#])")


def render(report: Report) -> str:
    """A heading, the tables, and the notes as paragraphs."""
    parts = [f"## {_escaped(report.title)}", _escaped(report.about)]
    for table in report.tables:
        parts += [_escaped(table.full_caption), _table(table)]
    return "\n\n".join([*parts, *map(_escaped, report.notes)]) + "\n"


def _table(table: Table) -> str:
    cells = [[_cell(table, r, c, text) for c, text in enumerate(row)] for r, row in enumerate(table.rows)]
    return "\n".join([_line([*map(_escaped, table.head)]), _line(["---"] * len(table.head)), *map(_line, cells)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(table: Table, row: int, column: int, text: str) -> str:
    escaped = _escaped(text)
    return f"**{escaped}**" if (row, column) in table.strong else escaped


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


REPORTS.register("markdown")(ReportFormat(".md", render))

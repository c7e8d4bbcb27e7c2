"""LaTeX: tables to be put into a paper; they need the package booktabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fewshot_gui.export.reports import REPORTS, Report, ReportFormat, Table

_WRITTEN = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$",
    "<": r"$<$", ">": r"$>$", **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip
_SPECIAL = re.compile("|".join(map(re.escape, _WRITTEN)))
_MINUS = re.compile(r"(?<![\w)])-(?=\d)")  # a sign, not the hyphen of "1-10" or of a name


def render(report: Report) -> str:
    """A `table` for each of the report's; what was measured stands in the captions, the notes as comments."""
    parts = [r"% \usepackage{booktabs}", *(_table(report, table) for table in report.tables)]
    notes = [f"% {note}" for note in report.notes]
    return "\n\n".join([*parts, "\n".join(notes)] if notes else parts) + "\n"


def _table(report: Report, table: Table) -> str:
    caption = _escaped(f"{report.title}; {report.about}. {table.full_caption}.")
    rows = [[_cell(table, r, c, text) for c, text in enumerate(row)] for r, row in enumerate(table.rows)]
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{caption}}}",
        rf"\begin{{tabular}}{{{'l' * len(table.head)}}}",
        r"\toprule",
        _line([*map(_escaped, table.head)]),
        r"\midrule",
        *map(_line, rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(table: Table, row: int, column: int, text: str) -> str:
    escaped = _escaped(text)
    return rf"\textbf{{{escaped}}}" if (row, column) in table.strong else escaped


def _escaped(text: str) -> str:
    return _MINUS.sub("$-$", _SPECIAL.sub(lambda found: _WRITTEN[found[0]], text))


REPORTS.register("latex")(ReportFormat(".tex", render))

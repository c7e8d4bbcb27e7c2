"""What was measured, as tables: one format per module, registered under the name by which it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui.errors import UsageError
from fewshot_gui.registry import Registry


@dataclass(frozen=True)
class Table:
    """Cells as text, row by row. strong: (row, column) of the cells that are set in bold where there is bold.

    bold: what it means.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[tuple[int, int]] = frozenset()
    bold: str = ""

    @property
    def full_caption(self) -> str:
        """The caption of formats that have bold."""
        return f"{self.caption}; bold: {self.bold}" if self.strong else self.caption

    def without_empty(self) -> Table:
        """Without the columns that are empty throughout."""
        kept = [i for i in range(len(self.head)) if any(row[i] for row in self.rows)]
        return Table(
            self.caption,
            tuple(self.head[i] for i in kept),
            tuple(tuple(row[i] for i in kept) for row in self.rows),
            frozenset((row, kept.index(i)) for row, i in self.strong if i in kept),
            self.bold,
        )


@dataclass(frozen=True)
class Report:
    """Tables for people; values: the same for programs, unrounded, as `evaluate --json` gives it.

    title: what was measured; about: how, in a line; notes: sentences that belong below the tables.
    """

    title: str
    about: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ReportFormat:
    """render: the report as text, lines ended by a newline. ending: of such a file's name, with its dot."""

    ending: str
    render: Callable[[Report], str]


REPORTS: Registry[ReportFormat] = Registry("report format", __name__)


def format_of(path: Path) -> str:
    """The name of the format of a file's ending; UsageError with the known ones if there is none."""
    by_ending = {REPORTS[name].ending: name for name in REPORTS}
    if (ending := path.suffix.lower()) not in by_ending:
        raise UsageError(f"The report {path} must end with one of {', '.join(sorted(by_ending))}.")
    return by_ending[ending]

"""Which classes are taken for which: the counts, and a Qt table of them, which is also what a screen reader gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt

from fewshot_gui.jobs.columns import OK, PictureColumns
from fewshot_gui.types import Accuracy
from fewshot_gui.ui.views.class_data import plain_tip

SHARE_ROLE, COLOUR_ROLE, KIND_ROLE, COUNT_ROLE = (Qt.ItemDataRole.UserRole + i for i in range(4))
RIGHT, WRONG, RECALL = range(3)  # KIND_ROLE

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Confusion:
    """counts [k, k + 1]: pictures of class i answered as class j, last column none of these; names and colours [k]."""

    counts: np.ndarray
    names: tuple[str, ...]
    colours: tuple[int, ...]

    def recall(self, truth: int) -> float:
        """The share of a class's pictures that were answered right, 0-1; NaN without any."""
        total = self.counts[truth].sum()
        return float(self.counts[truth, truth] / total) if total else float("nan")


def confusion_of(columns: PictureColumns) -> Confusion:
    """The counts over the pictures that the accuracy is measured on: truth known, no examples, not excluded."""
    names, colours = columns.class_names, columns.colours
    k = len(names)
    rows = np.flatnonzero(columns.measured())
    cells = columns.truth_label[rows].astype(np.intp) * (k + 1) + _answers(columns, rows)
    return Confusion(np.bincount(cells, minlength=k * (k + 1))[: k * (k + 1)].reshape(k, k + 1), names, colours)


def rows_of(columns: PictureColumns, truth: int, predicted: int | None) -> np.ndarray:
    """The pictures [m] of a cell; predicted k: none of these, None: whatever they were answered as."""
    rows = np.flatnonzero(columns.measured() & (columns.truth_label == truth))
    return rows if predicted is None else rows[_answers(columns, rows) == predicted]


def _answers(columns: PictureColumns, rows: np.ndarray) -> np.ndarray:
    """[m]: the model's own answers, k for none of these; what the user said does not enter."""
    k = len(columns.class_names)
    label = columns.label[rows].astype(np.intp)
    return np.where((columns.status[rows] == OK) & (label >= 0) & (label < k), label, k)


class ConfusionModel(QAbstractTableModel):
    """A row per true class, a column per answer, one for none of these, and one for the recall.

    SHARE_ROLE: the cell's share of its row, 0-1. COLOUR_ROLE of a header: index in the class palette, None: no class.
    COUNT_ROLE: pictures in the cell. KIND_ROLE: RIGHT, WRONG or RECALL.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._confusion = Confusion(np.zeros((0, 1), int), (), ())

    @property
    def confusion(self) -> Confusion:
        """What is shown."""
        return self._confusion

    def set_confusion(self, confusion: Confusion) -> None:
        """Other counts; with the same classes, the current cell stays."""
        old, self._confusion = self._confusion, confusion
        if (old.names, old.colours) != (confusion.names, confusion.colours):
            self.beginResetModel()
            self.endResetModel()
        elif confusion.names and (old.counts != confusion.counts).any():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """See Qt."""
        return 0 if parent.isValid() else len(self._confusion.names)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """See Qt."""
        return 0 if parent.isValid() or not self._confusion.names else len(self._confusion.names) + 2

    def is_recall(self, column: int) -> bool:
        """Whether a column is the last one."""
        return column == len(self._confusion.names) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See the class."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(row, column)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = self.sentence(row, column)
            return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == SHARE_ROLE:
            return self._share(row, column)
        if role == COUNT_ROLE:
            return None if self.is_recall(column) else int(self._confusion.counts[row, column])
        if role == KIND_ROLE:
            return RECALL if self.is_recall(column) else RIGHT if row == column else WRONG
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See the class."""
        names, colours = self._confusion.names, self._confusion.colours
        is_class = 0 <= section < len(names)
        if role == COLOUR_ROLE:
            return colours[section] if is_class else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        other = self.tr("Recall") if self.is_recall(section) else self.tr("Unknown")
        name = names[section] if is_class else other
        return plain_tip(name) if role == Qt.ItemDataRole.ToolTipRole else name

    def sentence(self, row: int, column: int) -> str:
        """A cell in words: what a screen reader says, and the heading over its pictures."""
        confusion = self._confusion
        total = int(confusion.counts[row].sum())
        if self.is_recall(column):
            low, high = Accuracy(int(confusion.counts[row, row]), total, "").interval() if total else (0.0, 1.0)
            interval = f" ({round(100 * low)}–{round(100 * high)} %)" if total else ""
            return f"{self.title(row, column)}: {self._shown(row, column)}{interval}"
        return f"{self.title(row, column)}: {int(confusion.counts[row, column])} / {total}"

    def title(self, row: int, column: int) -> str:
        """What a cell holds, without its number."""
        names = self._confusion.names
        truth = names[row]
        if self.is_recall(column):
            return self.tr("{name}, found").format(name=truth)
        if row == column:
            return self.tr("{name}, answered right").format(name=truth)
        if column == len(names):
            return self.tr("{name}, answered as none of these").format(name=truth)
        return self.tr("{name}, taken for {other}").format(name=truth, other=names[column])

    def _shown(self, row: int, column: int) -> str:
        if not self.is_recall(column):
            return QLocale().toString(int(self._confusion.counts[row, column]))
        right, total = int(self._confusion.counts[row, row]), int(self._confusion.counts[row].sum())
        return f"{QLocale().toString(right)} / {QLocale().toString(total)}" if total else "–"

    def _share(self, row: int, column: int) -> float:
        if self.is_recall(column):
            return float(np.nan_to_num(self._confusion.recall(row)))
        return float(self._confusion.counts[row, column] / max(1, self._confusion.counts[row].sum()))

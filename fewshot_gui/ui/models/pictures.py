"""The folder's pictures as a Qt model: a thin shell around PictureColumns and one index array, the order.

A position is a place in the grid, a row a picture: `order[position]` is a row. While answers come in, nothing moves:
the order stays as it was made, pictures that newly pass the filter are put at its end, and `stale` says that sorting
again would change something. `settle` does that, and so does the end of a run.
"""

from __future__ import annotations

import html
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui import drops
from fewshot_gui.ui.models.cell import Cell, cell_of
from fewshot_gui.ui.models.order import (
    Counts,
    Filter,
    Names,
    Show,
    Sort,
    counted,
    depends_on_answers,
    filtered,
    runs_of,
    searched,
    sorted_rows,
)

REFRESH_MS = 100  # at most ten renewals a second
FILES_DRAGGED = 2000  # a drag of more pictures carries their rows alone: other programs get no files
_PREPARE_MS = 40  # between two bits of the work that sorting by name needs
_RANGES = 64  # changes in more places than this are told as one
_NO_PARENT = QModelIndex()

AnyIndex = QModelIndex | QPersistentModelIndex


class PicturesModel(QAbstractListModel):
    """Pictures filtered, searched and sorted.

    counts_changed(Counts): what the filters would show, at most ten times a second. stale_changed(bool): whether
    sorting again would change the order. filter_changed(Filter), sort_changed(Sort): whoever asked for it.
    """

    counts_changed = Signal(object)
    stale_changed = Signal(bool)
    filter_changed = Signal(object)
    sort_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: PictureColumns | None = None
        self._names: Names | None = None
        self._order = np.zeros(0, np.int32)
        self._places = np.zeros(0, np.int32)  # row -> position, -1 where it is not shown
        self._filter, self._sort, self._search, self._seed = Filter(), Sort.FOLDER, "", 0
        self._live = self._stale = False
        self._dirty: list[np.ndarray] = []
        self._all_dirty = False
        self._renewed = 0.0  # seconds on the monotonic clock
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._renew)
        self._preparing = QTimer(self, interval=_PREPARE_MS)
        self._preparing.timeout.connect(self._prepare)

    # What is shown

    @property
    def columns(self) -> PictureColumns | None:
        """The folder, None without one."""
        return self._columns

    @property
    def order(self) -> np.ndarray:
        """int32 [shown]: the row at each position. Not to be written to."""
        return self._order

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._filter

    @property
    def sort_by(self) -> Sort:
        """The order asked for."""
        return self._sort

    @property
    def search(self) -> str:
        """The words looked for."""
        return self._search

    @property
    def stale(self) -> bool:
        """Whether sorting and filtering again would change what is shown, or might."""
        return self._stale

    def set_columns(self, columns: PictureColumns | None) -> None:
        """Another folder, or none. A filter that means rows or a class of the old one is dropped."""
        self._names = Names(columns) if columns is not None else None
        if self._filter.show in (Show.ROWS, Show.CLASS):
            self._filter = Filter()
            self.filter_changed.emit(self._filter)
        self._dirty, self._all_dirty = [], False
        self._timer.stop()
        self._columns = columns
        self.settle()
        self._preparing.start()

    def _prepare(self) -> None:
        if self._names is None or not self._names.prepare():
            self._preparing.stop()

    def set_filter(self, wanted: Filter) -> None:
        """Shows other pictures; the same filter again sorts out what no longer passes it."""
        self._filter = wanted
        self.settle()
        self.filter_changed.emit(wanted)

    def set_sort(self, sort: Sort, seed: int | None = None) -> None:
        """Another order; seed: of the random audit, as before without."""
        self._sort = sort
        self._seed = self._seed if seed is None else seed
        self.settle()
        self.sort_changed.emit(sort)

    def set_search(self, text: str) -> None:
        """Only pictures with all these words in their path; class:NAME asks for a label."""
        if text.strip() != self._search:
            self._search = text.strip()
            self.settle()

    def set_live(self, live: bool) -> None:
        """Whether a run is giving answers. When it ends, the order is made anew."""
        ended = self._live and not live
        self._live = live
        if ended:
            self.settle()

    def settle(self) -> None:
        """Filters and sorts by what is known now."""
        self.beginResetModel()
        self._order = self._wanted_order()
        self._places = np.full(self._columns.n if self._columns else 0, -1, np.int32)
        self._places[self._order] = np.arange(len(self._order), dtype=np.int32)
        self.endResetModel()
        self._set_stale(False)
        self.counts_changed.emit(self.counts())

    def _wanted_order(self) -> np.ndarray:
        if self._columns is None or self._names is None:
            return np.zeros(0, np.int32)
        passed = filtered(self._columns, self._filter)
        rows = np.flatnonzero(passed).astype(np.int32)
        if self._search:
            rows = rows[searched(self._columns, self._names, self._search, rows)]
        return sorted_rows(self._columns, rows, self._sort, self._names, self._seed)

    def counts(self) -> Counts:
        """How many pictures each filter would show now."""
        return counted(self._columns) if self._columns is not None else Counts()

    # Answers and verdicts come in

    def refresh(self, rows: Sequence[int] | np.ndarray | None = None) -> None:
        """The columns of these rows changed (None: of all). Cheap: the views are told at most ten times a second."""
        if self._columns is None:
            return
        if rows is None:
            self._all_dirty = True
        elif not self._all_dirty:
            self._dirty.append(np.asarray(rows, np.int32))
        if not self._timer.isActive():
            passed = 1000 * (time.monotonic() - self._renewed)
            self._timer.start(max(0, round(REFRESH_MS - passed)))

    def _renew(self) -> None:
        self._renewed = time.monotonic()
        if self._columns is None:
            return
        rows = np.arange(self._columns.n, dtype=np.int32) if self._all_dirty else _merged(self._dirty, self._columns.n)
        self._dirty, self._all_dirty = [], False
        for start, end in runs_of(self._places[rows], _RANGES):
            self.dataChanged.emit(self.index(start), self.index(end))
        if depends_on_answers(self._filter, self._search, self._sort):
            self._append(rows[self._places[rows] < 0])
            self._set_stale(True)
        self.counts_changed.emit(self.counts())

    def _append(self, hidden: np.ndarray) -> None:
        """Puts those of the hidden rows that now pass at the end, so that nothing under the pointer moves."""
        assert self._columns is not None
        assert self._names is not None
        rows = hidden[filtered(self._columns, self._filter, hidden)]
        if self._search and len(rows):
            rows = rows[searched(self._columns, self._names, self._search, rows)]
        if not len(rows):
            return
        rows = sorted_rows(self._columns, np.sort(rows), self._sort, self._names, self._seed)
        start = len(self._order)
        self.beginInsertRows(_NO_PARENT, start, start + len(rows) - 1)
        self._order = np.concatenate((self._order, rows)).astype(np.int32)
        self._places[rows] = np.arange(start, start + len(rows), dtype=np.int32)
        self.endInsertRows()

    def _set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.stale_changed.emit(stale)

    # Rows, positions, cells

    def row_at(self, position: int) -> int:
        """The picture at a place in the grid; -1 outside."""
        return int(self._order[position]) if 0 <= position < len(self._order) else -1

    def position_of(self, row: int) -> int:
        """Where a picture is shown; -1 if it is not."""
        return int(self._places[row]) if 0 <= row < len(self._places) else -1

    def positions_of(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """int32 [m]: where pictures are shown; -1 those that are not."""
        return self._places[np.asarray(rows, np.intp).reshape(-1)]

    def cell(self, position: int) -> Cell | None:
        """What to paint at a place in the grid; None outside."""
        row = self.row_at(position)
        return cell_of(self._columns, row) if row >= 0 and self._columns is not None else None

    def cell_of_row(self, row: int) -> Cell:
        """What there is to say of a picture, shown or not. There must be a folder."""
        assert self._columns is not None
        return cell_of(self._columns, row)

    # Qt's interface

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        """How many pictures are shown."""
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The file's name, and the whole cell in words for tool tips and screen readers."""
        cell = self.cell(index.row()) if index.isValid() else None
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.file_name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell.spoken()
        if role == Qt.ItemDataRole.ToolTipRole:  # a file may be called <b>: as text of a tool tip that would be markup
            return f"<qt>{html.escape(cell.spoken())}</qt>"
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Selectable and draggable."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return usual | Qt.ItemFlag.ItemIsDragEnabled

    def drag_data(self, rows: np.ndarray) -> QMimeData:
        """What a drag of these rows carries: the rows themselves and, up to FILES_DRAGGED, the files."""
        numbers = rows.tolist()
        mime = drops.rows_mime(numbers)
        if self._columns is not None and len(numbers) <= FILES_DRAGGED:
            mime.setUrls(drops.files_mime(self._columns.paths[row] for row in numbers).urls())
        return mime


def _merged(parts: list[np.ndarray], n: int) -> np.ndarray:
    """int32 [m]: the rows of all parts, each once, ascending."""
    touched = np.zeros(n, bool)
    for part in parts:
        touched[part] = True
    return np.flatnonzero(touched).astype(np.int32)

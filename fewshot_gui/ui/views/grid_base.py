"""An item view over a list of any length whose cells lie on a grid: where they are is arithmetic, nothing is laid out.

What a subclass adds is what cells look like and what the mouse and the keys do.

"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.models.selection import RowSelection
from fewshot_gui.ui.views.grid_layout import GAP, GridLayout
from fewshot_gui.ui.views.plain_view import PlainView

SMALLEST, USUAL, LARGEST = 96, 128, 320  # pixels: the width of a cell that may be asked for

AnyIndex = QModelIndex | QPersistentModelIndex

_Action = QAbstractItemView.CursorAction
_PAGES = (_Action.MovePageUp, _Action.MovePageDown)
_STEPS = {
    _Action.MoveLeft: (-1, 0), _Action.MovePrevious: (-1, 0), _Action.MoveRight: (1, 0), _Action.MoveNext: (1, 0),
    _Action.MoveUp: (0, -1), _Action.MovePageUp: (0, -1), _Action.MoveDown: (0, 1), _Action.MovePageDown: (0, 1),
}  # fmt: skip


class GridBase(PlainView):
    """Geometry and the current cell. selection: one bool per picture; Qt's selection model holds the current cell, and
    for screen readers the visible part of ours."""

    def __init__(self, model: PicturesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures, self._columns = model, model.columns
        self._cell_size = USUAL
        self._cached: GridLayout | None = None
        self._kept = (-1, 0)  # over a reset: the current row and its distance from the top of the viewport, pixels
        self.selection = RowSelection(self)
        self.selection.resize(self._columns.n if self._columns else 0)
        self.setAutoScroll(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.modelAboutToBeReset.connect(self._remember)

    # Where things are

    @property
    def pictures(self) -> PicturesModel:
        """The model."""
        return self._pictures

    @property
    def grid(self) -> GridLayout:
        """Where the cells lie now."""
        if self._cached is None:
            room = self.width() - self.verticalScrollBar().sizeHint().width()  # kept free: the bar may come and go
            self._cached = GridLayout(self._pictures.rowCount(), max(60, room), self._cell_size)
        return self._cached

    @property
    def cell_size(self) -> int:
        """The width of a cell that was asked for, pixels; cells are stretched to fill the row."""
        return self._cell_size

    def set_cell_size(self, pixels: int) -> None:
        """Larger or smaller cells; the current picture if it is in sight, else the topmost one, stays in sight."""
        pixels = max(SMALLEST, min(LARGEST, pixels))
        if pixels == self._cell_size:
            return
        visible = self.visible_positions()
        kept = self.current_position if self.current_position in visible else visible.start
        self._cell_size = pixels
        self.updateGeometries()
        if kept < self.grid.n:
            self.scrollTo(self._pictures.index(kept))
        self.viewport().update()

    def visible_positions(self) -> range:
        """Positions that are at least partly on the screen."""
        top = self.verticalOffset()
        return self.grid.between(top, top + self.viewport().height())

    @property
    def current_position(self) -> int:
        """Where the keyboard is; -1 nowhere."""
        return self.currentIndex().row()

    def set_current(self, position: int, *, reveal: bool = True) -> None:
        """Moves the keyboard there, without selecting; reveal: and scrolls there."""
        index = self._pictures.index(position) if 0 <= position < self.grid.n else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if reveal and index.isValid():
            self.scrollTo(index)

    def show_model(self) -> None:
        """To be called once, when the subclass is made: from then on Qt asks it for all kinds of things."""
        self.setStyleSheet("QListView { border: none; border-radius: 0; background: transparent; }")  # no list's look
        self.setModel(self._pictures)
        self._pictures.modelReset.connect(self._restore)  # after Qt's selection model, which forgets the current cell

    def settled(self) -> None:
        """For subclasses: the cells have other places, or others are there."""

    # Geometry, as QAbstractItemView asks for it

    def visualRect(self, index: AnyIndex) -> QRect:
        """The cell's rectangle in the viewport."""
        if not index.isValid():
            return QRect()
        return QRect(*self.grid.rect(index.row())).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The cell at a point of the viewport."""
        position = self.grid.at(point.x(), point.y() + self.verticalOffset())
        return self._pictures.index(position) if position >= 0 else QModelIndex()

    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Scrolls as little as shows the whole cell, or puts it in the middle."""
        if not index.isValid():
            return
        _, y, _, height = self.grid.rect(index.row())
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(y - (room - height) // 2)
        elif y - GAP < bar.value() or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(y - GAP)
        elif y + height + GAP > bar.value() + room:
            bar.setValue(y + height + GAP - room)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """The cell that a key would move to."""
        position = self.target(action)
        return self._pictures.index(position) if position >= 0 else QModelIndex()

    def target(self, action: QAbstractItemView.CursorAction) -> int:
        """The position that a key would move to; -1 in an empty grid."""
        grid, current = self.grid, self.current_position
        if not grid.n:
            return -1
        if action == QAbstractItemView.CursorAction.MoveHome:
            return 0
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return grid.n - 1
        page = max(1, self.viewport().height() // grid.pitch)
        dx, dy = _STEPS[action]
        return grid.moved(current, dx, dy * (page if action in _PAGES else 1))

    def verticalOffset(self) -> int:
        """Pixels scrolled."""
        return self.verticalScrollBar().value()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects what a rectangle of the viewport touches."""
        inside = rect.normalized().translated(0, self.verticalOffset())
        positions = self.grid.touching(inside.x(), inside.y(), inside.width(), inside.height())
        self.selection.replace(self._pictures.order[positions])

    def updateGeometries(self) -> None:
        """Renews the scroll bar for the number and size of cells."""
        self._cached = None
        grid, bar, room = self.grid, self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, grid.height - room))
        bar.setPageStep(max(1, room - GAP))
        bar.setSingleStep(max(8, grid.pitch // 3))
        QAbstractItemView.updateGeometries(self)
        self.settled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays out anew; the topmost picture stays at the top."""
        first = self.visible_positions().start if self._cached else 0
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if first and event.oldSize().width() != event.size().width() and first < self.grid.n:
            self.verticalScrollBar().setValue(self.grid.rect(first)[1] - GAP)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Moves what is painted and paints the rest."""
        self.viewport().scroll(0, dy)
        self.settled()

    # Slots of QAbstractItemView

    def selectAll(self) -> None:
        """Selects all that is shown."""
        self.selection.replace(self._pictures.order)

    def clearSelection(self) -> None:
        """Selects none."""
        self.selection.clear()

    def dataChanged(self, first: QModelIndex, last: QModelIndex, roles: list[int] = []) -> None:  # noqa: B006
        """Repaints the cells among them that are on the screen."""
        visible, top = self.visible_positions(), self.verticalOffset()
        start, stop = max(first.row(), visible.start), min(last.row() + 1, visible.stop)
        if stop - start > self.grid.columns:
            self.viewport().update()
            return
        for position in range(start, stop):
            self.viewport().update(QRect(*self.grid.rect(position)).translated(0, -top))

    def rowsInserted(self, parent: QModelIndex, start: int, end: int) -> None:
        """Pictures came at the end."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def _remember(self) -> None:
        position = self.current_position
        distance = self.grid.rect(position)[1] - self.verticalOffset() if position >= 0 else 0
        self._kept = self._pictures.row_at(position), distance

    def reset(self) -> None:
        """Another order or other pictures; `_restore` follows."""
        QAbstractItemView.reset(self)
        self.updateGeometries()

    def _restore(self) -> None:
        """The selection keeps what is still shown, the eye stays with the current picture if it was in sight."""
        columns = self._pictures.columns
        if columns is not self._columns:
            self._columns, self._kept = columns, (-1, 0)
            self.selection.resize(columns.n if columns else 0)
        else:
            self.selection.keep(self._pictures.order)
        row, distance = self._kept
        position = self._pictures.position_of(row)
        self.set_current(position, reveal=False)
        inside = position >= 0 and 0 <= distance < self.viewport().height()
        self.verticalScrollBar().setValue(self.grid.rect(position)[1] - distance if inside else 0)
        self.settled()
        self.viewport().update()

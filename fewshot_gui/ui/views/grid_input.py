"""What the keys and the mouse do in the grid: the current picture, the selection, the wishes. Apart from painting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication

from fewshot_gui.ui import drops

if TYPE_CHECKING:
    from fewshot_gui.ui.views.grid import GridView

_Action = QAbstractItemView.CursorAction
_MOVES = {
    Qt.Key.Key_Left: _Action.MoveLeft,
    Qt.Key.Key_Right: _Action.MoveRight,
    Qt.Key.Key_Up: _Action.MoveUp,
    Qt.Key.Key_Down: _Action.MoveDown,
    Qt.Key.Key_Home: _Action.MoveHome,
    Qt.Key.Key_End: _Action.MoveEnd,
    Qt.Key.Key_PageUp: _Action.MovePageUp,
    Qt.Key.Key_PageDown: _Action.MovePageDown,
}
_DIGITS = range(Qt.Key.Key_1, Qt.Key.Key_9 + 1)
_ACTS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_U, Qt.Key.Key_X, *_DIGITS})
_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_OTHERS = _CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_SCROLL_MS, _FASTEST = 30, 60  # while a rubber band is drawn beyond the edge: pixels at a time


class GridKeys:
    """Arrows, Home, End, Page move and select; Shift: from the anchor on; Ctrl: move alone. Letters, digits: wishes."""

    def __init__(self, view: GridView) -> None:
        self._view = view
        self._anchor = -1  # the row a range begins at

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was one of ours."""
        key, modifiers = event.key(), event.modifiers()
        if key in _MOVES:
            return self._move(_MOVES[key], modifiers)
        if modifiers & _CONTROL and key == Qt.Key.Key_A:
            self._view.selectAll()
            return True
        if modifiers & _CONTROL and key == Qt.Key.Key_Space and self._view.current_row() >= 0:
            self._view.selection.toggle(self._view.current_row())
            return True
        if modifiers & _OTHERS:
            return False
        if key == Qt.Key.Key_Escape and len(self._view.selection):
            self._view.selection.clear()
            return True
        if key == Qt.Key.Key_Space and self._view.current_row() >= 0:
            self._view.open_wanted.emit(self._view.current_row())
            return True
        if not len(self._view.selection) and key in _ACTS and self._view.hasFocus() and self._view.current_row() >= 0:
            self.select_only(self._view.current_position)  # come here by Tab or Alt+2: the frame shows what is meant
        return bool(len(self._view.selection)) and self.act(key)

    def act(self, key: int) -> bool:
        """A wish for the selected pictures. With one selected, the next one is then selected: so a hand stays still."""
        view, rows = self._view, self._view.selected_rows()
        columns = view.pictures.columns
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            view.confirm_wanted.emit(rows)
        elif key == Qt.Key.Key_U:
            view.unknown_wanted.emit(rows)
        elif key == Qt.Key.Key_X:
            view.exclude_wanted.emit(rows)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and columns and key - Qt.Key.Key_1 < len(columns.class_names):
            view.assign_wanted.emit(rows, key - Qt.Key.Key_1)
        else:
            return False
        if len(rows) == 1:
            self._go_on(int(rows[0]))
        return True

    def select_only(self, position: int) -> None:
        """Selects one picture and begins ranges there."""
        self._anchor = self._view.pictures.row_at(position)
        self._view.selection.replace(np.array([self._anchor]))
        self._view.set_current(position)

    def select_range(self, position: int) -> None:
        """Selects all from the anchor to there."""
        start = self._view.pictures.position_of(self._anchor)
        if start < 0:
            start = max(0, self._view.current_position)
            self._anchor = self._view.pictures.row_at(start)
        low, high = sorted((start, position))
        self._view.selection.replace(self._view.pictures.order[low : high + 1])
        self._view.set_current(position)

    def toggle(self, position: int) -> None:
        """Selects or deselects one more."""
        self._anchor = self._view.pictures.row_at(position)
        self._view.selection.toggle(self._anchor)
        self._view.set_current(position)

    def _move(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> bool:
        target = self._view.target(action)
        if target < 0 or modifiers & Qt.KeyboardModifier.AltModifier:
            return False
        if modifiers & _SHIFT:
            self.select_range(target)
        elif modifiers & _CONTROL:
            self._view.set_current(target)
        else:
            self.select_only(target)
        return True

    def _go_on(self, row: int) -> None:
        position = self._view.pictures.position_of(row)
        if 0 <= position < self._view.grid.n - 1:
            self.select_only(position + 1)


class GridPointer(QObject):
    """Clicks, the rubber band (from a gap), and dragging pictures out. band: in pixels from the top of all, or null."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._view = view
        self.band = QRect()
        self._start: QPoint | None = None  # of the rubber band
        self._pressed = -1  # the position under the button
        self._pressed_at = QPoint()
        self._alone = False  # whether releasing selects the pressed picture alone
        self._before: np.ndarray | None = None  # the selection that a rubber band adds to
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll)

    def press(self, event: QMouseEvent) -> None:
        """Selects, or begins a rubber band in a gap."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        position, keys = self._view.indexAt(at).row(), self._view.keys
        self._pressed, self._pressed_at, self._alone = position, at, False
        if position < 0:
            self._begin_band(at, bool(event.modifiers() & (_CONTROL | _SHIFT)))
        elif event.modifiers() & _SHIFT:
            keys.select_range(position)
        elif event.modifiers() & _CONTROL:
            keys.toggle(position)
        elif self._view.selection.has(self._view.pictures.row_at(position)):
            self._alone = True  # it may be the beginning of a drag of all that is selected
            self._view.set_current(position)
        else:
            keys.select_only(position)

    def move(self, event: QMouseEvent) -> None:
        """Draws the rubber band, or begins a drag."""
        at = event.position().toPoint()
        if self._start is not None:
            self._stretch(at)
            return
        held = self._pressed >= 0 and event.buttons() & Qt.MouseButton.LeftButton
        if held and (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance():
            self._pressed, self._alone = -1, False
            self.drag()

    def release(self, event: QMouseEvent) -> None:
        """Ends the rubber band, or the click on one of several selected pictures."""
        self._scrolling.stop()
        if self._start is not None:
            self._start, self.band = None, QRect()
            self._view.viewport().update()
        elif self._alone and self._pressed >= 0:
            self._view.keys.select_only(self._pressed)
        self._pressed, self._alone = -1, False

    def double_click(self, event: QMouseEvent) -> None:
        """Opens the picture."""
        row = self._view.pictures.row_at(self._view.indexAt(event.position().toPoint()).row())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._view.open_wanted.emit(row)

    def select_for_menu(self, at: QPoint) -> None:
        """A menu is about what is under the pointer: that is selected, unless it is part of the selection."""
        position = self._view.indexAt(at).row()
        if position >= 0 and not self._view.selection.has(self._view.pictures.row_at(position)):
            self._view.keys.select_only(position)

    def drag(self) -> None:
        """Drags the selected pictures out, as our own and as files; always to copy."""
        rows = self._view.selected_rows()
        if not len(rows):
            return
        drag = QDrag(self._view)
        drag.setMimeData(self._view.pictures.drag_data(rows))
        drag.setPixmap(self._drag_pixmap(int(rows[0])))
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_pixmap(self, row: int) -> QPixmap:
        columns = self._view.pictures.columns
        found = self._view.cells.picture(columns.paths[row]) if columns else None
        return found.scaledToWidth(72, Qt.TransformationMode.SmoothTransformation) if found else QPixmap()

    def _begin_band(self, at: QPoint, add: bool) -> None:
        self._before = self._view.selection.mask() if add else None
        if not add:
            self._view.selection.clear()
        self._start = at + QPoint(0, self._view.verticalOffset())

    def _stretch(self, at: QPoint) -> None:
        assert self._start is not None
        view = self._view
        self.band = QRect(self._start, at + QPoint(0, view.verticalOffset())).normalized()
        grid = view.grid
        positions = grid.touching(self.band.x(), self.band.y(), self.band.width(), self.band.height())
        mask = np.zeros_like(view.selection.mask()) if self._before is None else self._before.copy()
        mask[view.pictures.order[positions]] = True
        view.selection.set_mask(mask)
        view.viewport().update()
        outside = at.y() < 0 or at.y() > view.viewport().height()
        if outside != self._scrolling.isActive():
            self._scrolling.start() if outside else self._scrolling.stop()
        self._pressed_at = at

    def _scroll(self) -> None:
        y, height = self._pressed_at.y(), self._view.viewport().height()
        step = y if y < 0 else y - height
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + max(-_FASTEST, min(_FASTEST, step)))
        self._stretch(self._pressed_at)


class GridDrops:
    """Folders dropped on the grid say what to classify, tables what is true; our own pictures are here already."""

    def __init__(self, view: GridView) -> None:
        self._view = view
        self.hovering = False

    def weigh(self, event: QDragEnterEvent) -> None:
        """Whether dropping here would do anything."""
        found = drops.read(event.mimeData())
        welcome = bool(found.folders or found.pictures or found.tables)
        self._set_hovering(welcome)
        drops.accept(event) if welcome else event.ignore()

    def leave(self) -> None:
        """The drag went elsewhere."""
        self._set_hovering(False)

    def drop(self, event: QDropEvent) -> None:
        """Says what was dropped once the drag is over: its source must not wait for what follows."""
        self._set_hovering(False)
        found = drops.read(event.mimeData())
        dropped = [*found.folders, *found.pictures, *found.others]
        if not dropped:
            event.ignore()
            return
        drops.accept(event)
        view = self._view
        QTimer.singleShot(0, view, lambda: view.files_dropped.emit(dropped))

    def _set_hovering(self, hovering: bool) -> None:
        if hovering != self.hovering:
            self.hovering = hovering
            self._view.viewport().update()

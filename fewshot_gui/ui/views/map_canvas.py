"""The map's mouse and keys; what is drawn is in map_frames.py, what lies where in map_scene.py."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.views.map_frames import MapFrames

_CLICK = 4  # logical pixels the mouse may move in a click
_REACH = 4  # logical pixels from a point at which it still answers to the mouse
_STEP, _ZOOM = 48, 1.25  # of the keys: logical pixels, factor
_PER_ANGLE = 1.0016  # of the wheel: factor per eighth of a degree
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class MapCanvas(MapFrames):
    """Drag pans, the wheel zooms, a click selects, Shift-drag draws a lasso, and so does any drag in lasso mode.

    selected(rows, mode): rows is an array of pictures; mode is "replace", "add" or "toggle". opened(row): double click,
    or Return on the point that has the hover. lassoing_changed(on): lasso mode, also when it ended by itself.
    hovered(row): -1 for none.
    """

    selected = Signal(object, str)
    opened = Signal(int)
    hovered = Signal(int)
    lassoing_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lassoing = False
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_columns(self, columns: PictureColumns | None) -> None:
        """Another folder, or none."""
        self._pressed = self._lasso = None
        super().set_columns(columns)

    def fit(self) -> None:
        """Shows all points."""
        self._animation.stop()
        self.scene.step(1.0)
        self.scene.fit()
        self.touch()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Nearer by factor, around a point in logical pixels (None: the middle)."""
        at = QPointF(self.width() / 2, self.height() / 2) if at is None else at
        self.scene.zoom(factor, at.x() * self.scene.ratio, at.y() * self.scene.ratio)
        self.touch()

    def pan(self, dx: float, dy: float) -> None:
        """Pushes the points by logical pixels."""
        self.scene.pan(dx * self.scene.ratio, dy * self.scene.ratio)
        self.touch()

    def set_lassoing(self, on: bool) -> None:
        """Lasso mode: the next drag draws a lasso instead of moving the points."""
        if on != self._lassoing:
            self._lassoing = on
            self._show_cursor()
            self.lassoing_changed.emit(on)

    def hover(self, row: int) -> None:
        """Puts the hover on a picture's point; -1 for none."""
        if row != self._hover:
            self._hover = row
            self.hovered.emit(row)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click, a pan or a lasso."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) or not self.scene.n:
            super().mousePressEvent(event)
            return
        self._pressed = self._last = event.position()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        draws = event.button() == Qt.MouseButton.LeftButton and (self._lassoing or shift)
        self._lasso = QPolygonF([event.position()]) if draws else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hovers, pans, or draws the lasso on."""
        at = event.position()
        if self._pressed is None:
            self.hover(self.row_at(at, _REACH))
        elif self._lasso is not None:
            self._lasso.append(at)
            self.update()
        elif self._last != self._pressed or (at - self._pressed).manhattanLength() > _CLICK:
            self.hover(-1)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(at.x() - self._last.x(), at.y() - self._last.y())
            self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends what the press began."""
        pressed, lasso, panned = self._pressed, self._lasso, self._last != self._pressed
        self._pressed = self._lasso = None
        if pressed is None:
            super().mouseReleaseEvent(event)
            return
        self._show_cursor()
        if lasso is not None and _extent(lasso) > _CLICK:
            self._select_inside(lasso, event.modifiers())
        elif not panned and event.button() == Qt.MouseButton.LeftButton:
            self._click(event.position(), event.modifiers())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the picture."""
        row = self.row_at(event.position(), _REACH)
        if row >= 0:
            self.opened.emit(row)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.hover(-1)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms around the mouse; two fingers on a touchpad do, too."""
        turned = event.angleDelta().y()
        if turned and self.scene.n:
            self.hover(-1)
            self.zoom(_PER_ANGLE**turned, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows push, with Ctrl they go from point to point; + - 0 zoom; L lasso; Space, Return and Escape."""
        key, held = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not self.scene.n:
            super().keyPressEvent(event)
        elif key in _ARROWS and held:
            self.hover(self.scene.neighbour(self._hover, *_ARROWS[Qt.Key(key)]))
        elif key in _ARROWS:
            self.pan(*(-_STEP * way for way in _ARROWS[Qt.Key(key)]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / _ZOOM if key == Qt.Key.Key_Minus else _ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_L:
            self.set_lassoing(not self._lassoing)
        elif not self._hover_key(key, held):
            super().keyPressEvent(event)

    def _hover_key(self, key: int, held: bool) -> bool:
        """Keys that mean the point with the hover, and Escape; whether this was one."""
        if key == Qt.Key.Key_Escape and (self._lassoing or self._lasso is not None or self._hover >= 0):
            self._pressed = self._lasso = None
            self.set_lassoing(False)
            self.hover(-1)
            self.update()
            return True
        if self._hover < 0:
            return False
        if key == Qt.Key.Key_Space:
            self.selected.emit(np.array([self._hover], np.intp), "toggle" if held else "replace")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._hover)
        else:
            return False
        return True

    def _click(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        row = self.row_at(at, _REACH)
        toggles = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if row >= 0 or not toggles:
            self.selected.emit(np.array([row] if row >= 0 else [], np.intp), "toggle" if toggles else "replace")

    def _select_inside(self, lasso: QPolygonF, modifiers: Qt.KeyboardModifier) -> None:
        self.set_lassoing(False)
        adds = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        self.selected.emit(self.rows_inside(lasso), "add" if adds else "replace")

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self._lassoing else Qt.CursorShape.ArrowCursor)


def _extent(line: QPolygonF) -> float:
    """Logical pixels of its longer side."""
    box = line.boundingRect()
    return max(box.width(), box.height())

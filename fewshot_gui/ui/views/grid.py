"""The grid of pictures: an item view whose layout is arithmetic, so that 100,000 pictures cost what 100 cost.

It knows no project and no job: pictures come in by a PicturesModel, wishes go out by signals. The selection is one bool
per picture (`selection`); Qt's own selection model holds the current picture and, for screen readers, the visible part
of ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fewshot_gui.ui.models.order import Filter
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.picture_files import Thumb
from fewshot_gui.ui.theme import CARD_RADIUS, Theme
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_base import GridBase
from fewshot_gui.ui.views.grid_delegate import PICTURE_RADIUS, GridDelegate
from fewshot_gui.ui.views.grid_empty import GridEmpty
from fewshot_gui.ui.views.grid_input import GridDrops, GridKeys, GridPointer

_SETTLED_MS = 120  # after the last change of size, thumbnails are asked for in the new one
_AHEAD = 1.0  # screens of thumbnails that are decoded before they are scrolled to
_NUMBERS = itertools.count(1)


class GridView(GridBase):
    """Pictures as cards. Rows are always rows of PictureColumns, as int32 arrays.

    confirm_wanted, unknown_wanted, exclude_wanted (rows): keys Enter, U, X. assign_wanted(rows, class index): 1 to 9.
    open_wanted(row): Space or double click. selection_changed(rows). visible_changed(rows): what is on the screen.
    current_changed(row): where the keyboard is, -1 nowhere. files_dropped(paths), choose_folder_wanted: what to
    classify.
    menu_wanted(position on the screen).
    """

    confirm_wanted = Signal(object)
    assign_wanted = Signal(object, int)
    unknown_wanted = Signal(object)
    exclude_wanted = Signal(object)
    open_wanted = Signal(int)
    selection_changed = Signal(object)
    visible_changed = Signal(object)
    current_changed = Signal(int)
    files_dropped = Signal(list)
    choose_folder_wanted = Signal()
    menu_wanted = Signal(QPoint)

    _made = False  # Qt asks for geometry and sends events while the base class is still being made
    _handlers: Mapping[QEvent.Type, Callable[[Any], None]] = {}

    def __init__(self, model: PicturesModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._thumbnails, self._client = thumbnails, f"grid {next(_NUMBERS)}"
        self._on_screen: dict[str, int] = {}  # path -> position
        self._offset = 0  # where the view was scrolled to when thumbnails were last asked for
        self.keys, self.pointer, self.drops = GridKeys(self), GridPointer(self), GridDrops(self)
        self.cells = GridDelegate(model, thumbnails, self)
        self._wanting = QTimer(self, singleShot=True, interval=0)
        self._sizing = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._empty = GridEmpty(self.viewport())
        self._set_up()

    def _set_up(self) -> None:
        self.setItemDelegate(self.cells)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Pictures"))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # scrolling then moves what is painted
        types = QEvent.Type
        self._handlers = {
            types.MouseButtonPress: self.pointer.press,
            types.MouseMove: self.pointer.move,
            types.MouseButtonRelease: self.pointer.release,
            types.MouseButtonDblClick: self.pointer.double_click,
            types.DragEnter: self.drops.weigh,
            types.DragMove: self.drops.weigh,
            types.Drop: self.drops.drop,
        }
        self.selection.changed.connect(self._selection_moved)
        self._thumbnails.ready.connect(self._repaint_arrived)
        self._wanting.timeout.connect(self._want_thumbnails)
        self._sizing.timeout.connect(self._use_size)
        self._empty.choose.connect(self.choose_folder_wanted)
        self._empty.show_all.connect(self._show_all)
        Theme.current().changed.connect(self._redress)
        self._made = True
        self.show_model()
        self._show_empty()

    # What others ask and say

    def current_row(self) -> int:
        """The picture where the keyboard is; -1 none."""
        return self._pictures.row_at(self.current_position)

    def selected_rows(self) -> np.ndarray:
        """int32 [m], ascending: what keys and menus act upon."""
        return self.selection.rows()

    def select_rows(self, rows: np.ndarray, *, reveal: bool = True) -> None:
        """Selects those of the rows that are shown; reveal: and scrolls to the first of them."""
        positions = self._pictures.positions_of(rows)
        positions = positions[positions >= 0]
        self.selection.replace(self._pictures.order[positions])
        if len(positions) and reveal:
            self.set_current(int(positions.min()))

    def visible_rows(self) -> np.ndarray:
        """int32 [m]: the pictures on the screen, in the grid's order."""
        visible = self.visible_positions()
        return self._pictures.order[visible.start : visible.stop].copy()

    def set_searching(self, searching: bool) -> None:
        """Whether pictures are being looked for in a folder, which an empty grid then says."""
        self._empty.set_searching(searching)
        self._show_empty()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the cells that the event's region touches."""
        painter, grid, top = QPainter(self.viewport()), self.grid, self.verticalOffset()
        theme, dirty, current = Theme.current(), event.rect(), self.current_position
        region = event.region()  # two cells far apart: what lies between them needs no painting
        painter.fillRect(dirty, theme.colour("surface"))
        focused = self.hasFocus()
        for position in grid.between(top + dirty.top(), top + dirty.bottom() + 1):
            rect = QRect(*grid.rect(position)).translated(0, -top)
            cell = self._pictures.cell(position) if region.intersects(rect) else None
            if cell is not None:
                selected = self.selection.has(cell.row)
                self.cells.paint_cell(painter, rect, cell, selected, focused and position == current)
        if not self.pointer.band.isNull():
            self._paint_band(painter, self.pointer.band.translated(0, -top), theme)
        if self.drops.hovering:
            self._paint_drop(painter, theme)
        painter.end()

    def _paint_band(self, painter: QPainter, band: QRect, theme: Theme) -> None:
        fill = theme.colour("accent")
        painter.setPen(QPen(fill, 1))
        fill.setAlpha(40)
        painter.setBrush(fill)
        painter.drawRect(band)

    def _paint_drop(self, painter: QPainter, theme: Theme) -> None:
        area = self.viewport().rect().adjusted(3, 3, -4, -4)
        veil = theme.colour("accent-soft")
        veil.setAlpha(215)
        painter.setPen(QPen(theme.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(veil)
        painter.drawRoundedRect(area, CARD_RADIUS, CARD_RADIUS)
        painter.setPen(theme.colour("accent"))
        painter.setFont(theme.font(16, strong=True))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.tr("Drop to classify these pictures"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See GridKeys; what it does not know goes to the window."""
        event.setAccepted(self.keys.press(event))

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse and drags: see GridPointer and GridDrops."""
        handler = self._handlers.get(event.type())
        if handler is not None:
            handler(event)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.drops.leave()
            return True
        return QAbstractItemView.viewportEvent(self, event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Selects what is under the pointer, unless it is selected, and asks for a menu."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.pointer.select_for_menu(event.pos())
        if len(self.selection):
            self.menu_wanted.emit(event.globalPos())

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Moves the frame of the keyboard."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self.current_changed.emit(self._pictures.row_at(current.row()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard has a place to be as soon as it comes."""
        super().focusInEvent(event)
        if self.current_position < 0 and self.grid.n:
            self.set_current(self.visible_positions().start, reveal=False)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("Pictures"))
            self.viewport().update()
        super().changeEvent(event)

    # Renewal

    def settled(self) -> None:
        """Cells have other places, or others are there: thumbnails are asked for, once for all that happens now."""
        if not self._made:
            return
        self._wanting.start()
        if self.cells.picture_side != self._side():
            self._sizing.start()
        self._show_empty()
        if not self.pointer.band.isNull() or self.drops.hovering:
            self.viewport().update()

    def _side(self) -> int:
        return round(self.grid.picture * self.devicePixelRatioF())

    def _use_size(self) -> None:
        self.cells.picture_side = self._side()
        self.cells.radius = round(PICTURE_RADIUS * self.devicePixelRatioF())
        self._want_thumbnails()

    def _want_thumbnails(self) -> None:
        """Asks for what is on the screen, then for a screen ahead in the direction of scrolling, then one behind."""
        columns, visible = self._pictures.columns, self.visible_positions()
        if columns is None:
            self._thumbnails.want(self._client, [])
            return
        if not self._on_screen and self.isVisible():
            self.cells.picture_side, self.cells.radius = self._side(), round(PICTURE_RADIUS * self.devicePixelRatioF())
        more = round(_AHEAD * len(visible))
        behind = range(max(0, visible.start - more), visible.start)
        ahead = range(visible.stop, min(self.grid.n, visible.stop + more))
        down = self.verticalOffset() >= self._offset
        self._offset = self.verticalOffset()
        order, paths, cells = self._pictures.order, columns.paths, self.cells
        wanted = [*visible, *(ahead if down else reversed(behind)), *(reversed(behind) if down else ahead)]
        rows = order[np.asarray(wanted, np.intp)].tolist()
        thumbs = [Thumb(paths[row], cells.picture_side, cells.radius) for row in rows]
        self._on_screen = {thumb.path: position for thumb, position in zip(thumbs, visible, strict=False)}
        self._thumbnails.want(self._client, thumbs)
        self._mirror_selection(visible)
        self.visible_changed.emit(order[visible.start : visible.stop].copy())

    def _repaint_arrived(self, paths: frozenset[str]) -> None:
        top = self.verticalOffset()
        for position in (self._on_screen[path] for path in paths if path in self._on_screen):
            self.viewport().update(QRect(*self.grid.rect(position)).translated(0, -top))

    def _selection_moved(self) -> None:
        self.viewport().update()
        self._wanting.start()
        self.selection_changed.emit(self.selection.rows())

    def _mirror_selection(self, visible: range) -> None:
        """Tells Qt's selection model which of the visible cells are selected: screen readers ask it."""
        chosen = QItemSelection()
        for position in visible:
            if self.selection.has(self._pictures.row_at(position)):
                index = self._pictures.index(position)
                chosen.select(index, index)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _show_empty(self) -> None:
        columns = self._pictures.columns
        self._empty.setGeometry(self.viewport().rect())
        self._empty.show_for(self.grid.n, columns.n if columns is not None else None)

    def _show_all(self) -> None:
        self._pictures.set_search("")
        self._pictures.set_filter(Filter())

    def _redress(self) -> None:
        self.cells.renew()
        self.viewport().update()

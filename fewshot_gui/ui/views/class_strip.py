"""All examples of one class as a strip under its card: select, open, crop, remove, drag to another class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fewshot_gui.ui import drops, icons
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.class_data import ExampleData, Thumbnails, plain_tip
from fewshot_gui.ui.views.class_paint import paint_cell

_ITEM = 58  # pixels, with its margin
_ROWS = 4  # rows of examples before the strip scrolls by itself

Index = QModelIndex | QPersistentModelIndex


class ExamplesModel(QAbstractListModel):
    """The examples of one class."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._examples: tuple[ExampleData, ...] = ()

    @property
    def examples(self) -> tuple[ExampleData, ...]:
        """What is shown, in order."""
        return self._examples

    def set_examples(self, examples: tuple[ExampleData, ...]) -> None:
        """Shows these. What is appended or cut out leaves the selection of the others alone."""
        old = self._examples
        if examples[: len(old)] == old:
            if len(examples) > len(old):
                self.beginInsertRows(QModelIndex(), len(old), len(examples) - 1)
                self._examples = examples
                self.endInsertRows()
            return
        self.beginResetModel()
        self._examples = examples
        self.endResetModel()

    def refresh(self, path: str) -> None:
        """A thumbnail of this file has come."""
        for row, example in enumerate(self._examples):
            if example.path == path:
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """See Qt."""
        return 0 if parent.isValid() else len(self._examples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is read aloud, and the path as tip; the delegate asks `thumbnail`."""
        if not index.isValid():
            return None
        example = self._examples[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(example)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(example.path)
        return None

    def thumbnail(self, row: int, size: int) -> QPixmap | None:
        """The picture of a row; size: device pixels."""
        example = self._examples[row]
        return self._thumbnails(example.path, example.crop, size)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt: examples can be selected and dragged away, nothing is dropped on one."""
        flags = Qt.ItemFlag
        if not index.isValid():
            return flags.NoItemFlags
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsDragEnabled | flags.ItemNeverHasChildren

    def supportedDragActions(self) -> Qt.DropAction:
        """Copy only: what is dropped is told by a signal, the strip never removes rows by itself."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """See Qt."""
        return [drops.EXAMPLES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the dragged examples."""
        return drops.examples_mime([self._examples[index.row()].id for index in indexes])

    def _spoken(self, example: ExampleData) -> str:
        name = os.path.basename(example.path)
        return self.tr("{file}, cropped").replace("{file}", name) if example.crop else name


class ExamplesStrip(QListView):
    """The examples of one class, in rows that break; as high as it needs up to four rows."""

    opened = Signal(int)
    remove_wanted = Signal(object)
    menu_wanted = Signal(QPoint)
    height_changed = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._examples = ExamplesModel(thumbnails, self)
        self.setModel(self._examples)
        self._delegate = _ExampleDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.setAccessibleName(self.tr("Examples"))
        self.doubleClicked.connect(lambda index: self.opened.emit(self._examples.examples[index.row()].id))

    @property
    def examples(self) -> ExamplesModel:
        """The model."""
        return self._examples

    def set_examples(self, examples: tuple[ExampleData, ...]) -> None:
        """Shows these; what was selected stays selected."""
        kept = set(self.selected_ids())
        self._examples.set_examples(examples)
        if kept and not self.selectionModel().hasSelection():
            self.select([example.id for example in examples if example.id in kept])
        self._fit()

    def selected_ids(self) -> list[int]:
        """Ids of the selected examples, in order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._examples.examples[row].id for row in rows]

    def select(self, ids: Sequence[int]) -> None:
        """Selects these examples."""
        wanted = set(ids)
        flag = self.selectionModel().SelectionFlag.Select
        for row, example in enumerate(self._examples.examples):
            if example.id in wanted:
                self.selectionModel().select(self._examples.index(row), flag)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens, Delete removes; the rest is Qt's."""
        ids = self.selected_ids()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and ids:
            self.opened.emit(ids[0])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and ids:
            self.remove_wanted.emit(ids)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu; the example under the mouse is selected by the press before it."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        columns = max(1, self.viewport().width() // _ITEM)
        rows = -(-len(self._examples.examples) // columns)
        height = max(1, min(rows, _ROWS)) * _ITEM
        if height != self.height():
            self.resize(self.width(), height)
            self.height_changed.emit()


class _ExampleDelegate(QStyledItemDelegate):
    def __init__(self, strip: ExamplesStrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_ITEM, _ITEM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = Theme.current()
        rect = option.rect.adjusted(3, 3, -3, -3)  # type: ignore[attr-defined]
        ratio = painter.device().devicePixelRatio()
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paint_cell(painter, rect, self._strip.examples.thumbnail(index.row(), round(rect.width() * ratio)))
        if self._strip.examples.examples[index.row()].crop:
            self._paint_badge(painter, rect.bottomRight() - QPoint(17, 17), ratio)
        selected = self._strip.selectionModel().isSelected(QModelIndex(index))
        current = self._strip.hasFocus() and self._strip.currentIndex().row() == index.row()
        if selected or current:
            style = Qt.PenStyle.SolidLine if selected else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme.colour("accent"), 2.5 if selected else 1.5, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 7, 7)
        painter.restore()

    def _paint_badge(self, painter: QPainter, corner: QPoint, ratio: float) -> None:
        theme = Theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(corner.x(), corner.y(), 16, 16)
        painter.drawPixmap(corner + QPoint(2, 2), icons.pixmap("crop", theme.colour("text"), 12, ratio))

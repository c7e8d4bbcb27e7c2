"""The confusion matrix: true classes against answers. A cell opens its pictures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.theme import SMALL, Theme, contrast, mixed, set_role
from fewshot_gui.ui.views.confusion_model import (
    COLOUR_ROLE,
    COUNT_ROLE,
    KIND_ROLE,
    RECALL,
    RIGHT,
    SHARE_ROLE,
    ConfusionModel,
    confusion_of,
    rows_of,
)
from fewshot_gui.ui.views.elided import ElidedLabel

_CELL, _LEAST, _MOST, _RECALL = 27, 34, 60, 50  # logical pixels: a cell's height, its width; a recall's least
_NAME, _HEAD = 104, 34  # logical pixels: room for a class's name; height of the heads of the columns
_SWATCH = 9
_REFRESH_MS = 300


class ConfusionView(QFrame):
    """A card with the matrix. cell_opened(rows, title): the user wants the pictures [m] of a cell."""

    cell_opened = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._columns: PictureColumns | None = None
        self.model, self.table = ConfusionModel(self), ConfusionTable()
        self.table.setModel(self.model)
        self._title, self._what = QLabel(self.tr("Confusion")), ElidedLabel()
        set_role(self._title, "title")
        set_role(self._what, "small")
        self._empty = QLabel(self.tr("Pictures in sub-folders named like your classes show here which are confused."))
        set_role(self._empty, "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._timer.timeout.connect(self.refresh_now)
        self.table.chosen.connect(self._open)
        self.refresh_now()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._what, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)  # first: without a parent, what is added would be a window for a moment
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)

    def set_columns(self, columns: PictureColumns | None) -> None:
        """The folder to count, or none."""
        self._columns = columns
        self.refresh_now()

    def refresh(self) -> None:
        """The columns have changed: they are counted anew soon. Cheap to call."""
        if not self._timer.isActive():
            self._timer.start()

    def refresh_now(self) -> None:
        """Counts anew."""
        self._timer.stop()
        total = 0
        if self._columns is not None:
            confusion = confusion_of(self._columns)
            total = int(confusion.counts.sum())
            self.model.set_confusion(confusion)
            self.table.fit()
        self._what.setText(self.tr("%Ln picture(s) whose class is known", "", total) if total else "")
        self._stack.setCurrentWidget(self.table if total else self._empty)

    def sizeHint(self) -> QSize:
        """As in a column at the window's right."""
        return QSize(400, 240)

    def _open(self, row: int, column: int) -> None:
        if self._columns is None:
            return
        rows = rows_of(self._columns, row, None if self.model.is_recall(column) else column)
        if len(rows):
            self.cell_opened.emit(rows, self.model.title(row, column))


class ConfusionTable(QTableView):
    """The matrix as a table. chosen(row, column): a click, Return or Space on a cell."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = _CellDelegate(self)
        self._across = _SwatchHeader(Qt.Orientation.Horizontal, self)
        self._down = _SwatchHeader(Qt.Orientation.Vertical, self)
        self.setItemDelegate(self._delegate)
        self.setHorizontalHeader(self._across)
        self.setVerticalHeader(self._down)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet(
            "QTableView { border: none; background: transparent; }"
            "QTableCornerButton::section, QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("True classes against answers"))
        self.clicked.connect(lambda index: self.chosen.emit(index.row(), index.column()))
        Theme.current().changed.connect(self.viewport().update)

    def fit(self) -> None:
        """Columns as wide as there is room, within limits; beyond them it scrolls."""
        model = self.model()
        columns = model.columnCount() if model is not None else 0
        if not columns:
            return
        self._down.setFixedWidth(_NAME)
        self._across.setFixedHeight(_HEAD)
        words = (str(model.index(row, columns - 1).data()) for row in range(model.rowCount()))
        metrics = QFontMetrics(Theme.current().font(SMALL))
        recall = max((metrics.horizontalAdvance(text) + 8 for text in words), default=_RECALL)
        scrolls = _HEAD + model.rowCount() * _CELL > self.height()
        bar = self.verticalScrollBar().sizeHint().width() if scrolls else 0
        room = self.width() - bar - _NAME - max(recall, _RECALL) - 12
        self._across.setDefaultSectionSize(min(max(room // (columns - 1), _LEAST), _MOST))
        self._across.resizeSection(columns - 1, max(recall, _RECALL))
        self._down.setDefaultSectionSize(_CELL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Space open the current cell; the rest is Qt's."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self.chosen.emit(index.row(), index.column())
        else:
            super().keyPressEvent(event)


class _CellDelegate(QStyledItemDelegate):
    """A rounded cell: right answers in the colour of actions, wrong ones in red, stronger with their share."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See Qt."""
        theme = Theme.current()
        box = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)  # type: ignore[attr-defined]
        text, kind, count = index.data(), index.data(KIND_ROLE), index.data(COUNT_ROLE)
        ground, ink = _look(theme.is_dark, round(100 * index.data(SHARE_ROLE)), kind)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = option.state & QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]
        painter.setPen(QColor(0, 0, 0, 0) if not focused else theme.colour("text"))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(theme.font(SMALL, strong=kind == RIGHT))
        painter.setPen(theme.colour("faint") if count == 0 else ink)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _fitting(painter, text, count, box.width()))
        painter.restore()


def _fitting(painter: QPainter, text: str, count: int | None, width: float) -> str:
    """A number as it fits: none is a dot, one too long is in thousands."""
    if count is None or painter.fontMetrics().horizontalAdvance(text) <= width - 2:
        return "·" if count == 0 else text
    return f"{QLocale().toString(count / 1000, 'f', 0 if count >= 10_000 else 1)}k"


@lru_cache(1024)
def _look(dark: bool, percent: int, kind: int) -> tuple[QColor, QColor]:
    """(ground, ink) of a cell in the theme in use, which is dark or not: kept, as there are few and many cells."""
    theme = Theme.current()
    ground = theme.colour("surface")
    if kind != RECALL:
        ground = mixed(ground, theme.colour("accent" if kind == RIGHT else "bad"), 0.12 + 0.008 * percent)
        ground = ground if percent else theme.colour("raised")
    inks = [theme.colour(name) for name in ("text", "on-accent")]
    return ground, max(inks, key=lambda colour: contrast(colour, ground))


class _SwatchHeader(QHeaderView):
    """Class names with their colours; above the columns the name is under its swatch, cut to the cell."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(20)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """See Qt."""
        theme, model = Theme.current(), self.model()
        name = str(model.headerData(section, self.orientation()) or "").replace("\n", " ")
        colour = model.headerData(section, self.orientation(), COLOUR_ROLE)
        down = self.orientation() == Qt.Orientation.Vertical
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.colour("surface"))
        if down:
            swatch = QRectF(rect.left(), rect.center().y() - _SWATCH / 2 + 0.5, _SWATCH, _SWATCH)
            words = rect.adjusted(_SWATCH + 6, 0, -6, 0)
        else:
            swatch = QRectF(rect.center().x() - _SWATCH / 2 + 0.5, rect.top() + 4, _SWATCH, _SWATCH)
            words = rect.adjusted(1, _SWATCH + 5, -1, 0)
        if colour is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.class_colour(colour))
            painter.drawRoundedRect(swatch, 2.5, 2.5)
        painter.setFont(theme.font(SMALL))
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetrics(painter.font())
        if colour is None and not down and section == model.columnCount() - 2:
            name, words = "?", rect  # none of these: said in full by its tool tip
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        side = Qt.AlignmentFlag.AlignLeft if down else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(words, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

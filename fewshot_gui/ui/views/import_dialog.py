"""Asks once what a folder shall be: classes from its sub-folders, one class, or what is classified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import drops
from fewshot_gui.ui.theme import SMALL, Theme, set_role
from fewshot_gui.ui.views.class_card import LONGEST_NAME
from fewshot_gui.ui.views.class_data import Thumbnails, no_thumbnails, one_line, plain_tip
from fewshot_gui.ui.views.class_paint import paint_cell

Kind = Literal["classes", "one", "classify"]
Index = QModelIndex | QPersistentModelIndex

AT_MOST = 20  # examples per class that are proposed: a few are meant, not a data set
SHOWN = 3  # thumbnails per folder

_ROW, _CELL = 50, 38  # pixels


@dataclass(frozen=True, slots=True)
class FolderFound:
    """A folder with pictures, as a scan found it: its path, the class it would be, its pictures' number, some of them.

    samples: paths, of which the first three are shown.
    """

    path: str
    name: str
    count: int
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What the user wants. folders: paths that become a class each; name: of the one class; at_most: None is all."""

    kind: Kind
    folders: tuple[str, ...] = ()
    name: str = ""
    at_most: int | None = None


class FoldersModel(QAbstractListModel):
    """The found folders, each with a tick."""

    ticks_changed = Signal()

    def __init__(self, folders: Sequence[FolderFound], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders = tuple(folders)
        self._ticked = [folder.count > 0 for folder in folders]

    def folder(self, row: int) -> FolderFound:
        """The folder of a row."""
        return self._folders[row]

    def is_ticked(self, row: int) -> bool:
        """Whether a row becomes a class."""
        return self._ticked[row]

    def ticked(self) -> tuple[FolderFound, ...]:
        """The folders that become classes."""
        return tuple(folder for folder, tick in zip(self._folders, self._ticked, strict=True) if tick)

    def tick_all(self, on: bool) -> None:
        """Ticks all folders with pictures, or none."""
        self._ticked = [on and folder.count > 0 for folder in self._folders]
        self.dataChanged.emit(self.index(0), self.index(len(self._folders) - 1))
        self.ticks_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """See Qt."""
        return 0 if parent.isValid() else len(self._folders)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, tick, what is read aloud, and the path as tip."""
        if not index.isValid():
            return None
        folder = self._folders[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(folder.name)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self._ticked[index.row()] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{one_line(folder.name)}, {self.count_text(index.row())}"
        return plain_tip(folder.path) if role == Qt.ItemDataRole.ToolTipRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Sets or takes a tick."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self._ticked[index.row()] = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        self.ticks_changed.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A folder without pictures cannot be ticked."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEnabled if self._folders[index.row()].count else flags

    def count_text(self, row: int) -> str:
        """How many pictures a folder has."""
        return self.tr("%n picture(s)", "", self._folders[row].count)


class ImportDialog(QDialog):
    """Asks what a dropped folder shall be. After accept `choice` has the answer.

    It opens with what is likely: classes where there are two or more folders with pictures, else one class.
    """

    def __init__(
        self,
        root: str,
        folders: Sequence[FolderFound],
        *,
        total: int,
        thumbnails: Thumbnails = no_thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        """root: the folder's path; folders: its sub-folders; total: pictures in all of it, its own included."""
        super().__init__(parent)
        self._total = total
        self.model = FoldersModel(folders, self)
        self.model.ticks_changed.connect(self._renew)
        self.setWindowTitle(self.tr("Pictures from a folder"))
        self.resize(560, 560)
        self._kinds = QButtonGroup(self)
        self.classes = self._radio(self.tr("Make a class of each folder"))
        self.one = self._radio(self.tr("Make one class named"))
        self.classify = self._radio(self.tr("Classify the pictures of this folder instead"))
        self.name = QLineEdit(drops.folder_name(root)[:LONGEST_NAME])
        self.name.setAccessibleName(self.tr("Name of the one class"))
        self.name.textEdited.connect(lambda: self.one.setChecked(True))
        self.name.textChanged.connect(self._renew)
        self.limit, self.at_most = QCheckBox(self.tr("At most")), QSpinBox()
        self.at_most.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.list = self._make_list(thumbnails)
        self._ticks = QLabel()
        set_role(self._ticks, "small")
        self._buttons = self._make_buttons()
        self._put_together(root)
        many = sum(folder.count > 0 for folder in folders) >= 2
        (self.classes if many else self.one).setChecked(True)
        self.classes.setEnabled(any(folder.count for folder in folders))
        self._renew()

    @property
    def choice(self) -> ImportChoice:
        """What is chosen now."""
        at_most = self.at_most.value() if self.limit.isChecked() else None
        if self.classify.isChecked():
            return ImportChoice("classify")
        if self.one.isChecked():
            return ImportChoice("one", name=self.name.text().strip(), at_most=at_most)
        return ImportChoice("classes", folders=tuple(f.path for f in self.model.ticked()), at_most=at_most)

    def thumbnail_ready(self, path: str) -> None:
        """A thumbnail of this file has come."""
        self.list.viewport().update()

    def _radio(self, text: str) -> QRadioButton:
        radio = QRadioButton(text)
        self._kinds.addButton(radio)
        radio.toggled.connect(self._renew)
        return radio

    def _make_list(self, thumbnails: Thumbnails) -> QListView:
        view = QListView()
        view.setModel(self.model)
        self._delegate = _FolderDelegate(self.model, thumbnails, view)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setAccessibleName(self.tr("Folders that become classes"))
        return view

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = QPushButton()
        set_role(self.ok, "primary")
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _put_together(self, root: str) -> None:
        title = QLabel(self.fontMetrics().elidedText(one_line(root), Qt.TextElideMode.ElideMiddle, 500))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setToolTip(plain_tip(root))
        set_role(title, "title")
        total = QLabel(self.tr("%n picture(s)", "", self._total))
        set_role(total, "muted")
        one = QHBoxLayout()
        one.addWidget(self.one)
        one.addWidget(self.name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(total)
        layout.addWidget(self.classes)
        layout.addWidget(self.list, 1)
        layout.addLayout(self._tick_row())
        layout.addLayout(one)
        layout.addWidget(self.classify)
        layout.addLayout(self._limit_row())
        layout.addWidget(self._buttons)
        self.ok.setDefault(True)  # once it lies in the dialog: before, Qt would take Cancel

    def _tick_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._ticks)
        row.addStretch(1)
        self._tickers = []
        for text, on in ((self.tr("Tick all"), True), (self.tr("Tick none"), False)):
            button = QPushButton(text)
            set_role(button, "flat")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, on=on: self.model.tick_all(on))
            self._tickers.append(button)
            row.addWidget(button)
        return row

    def _limit_row(self) -> QHBoxLayout:
        self.limit.setChecked(True)
        self.limit.toggled.connect(self._renew)
        self.at_most.setRange(1, 10_000)
        self.at_most.setValue(AT_MOST)
        self.at_most.setAccessibleName(self.tr("Examples per class at most"))
        row = QHBoxLayout()
        row.addWidget(self.limit)
        row.addWidget(self.at_most)
        self._limit_words = QLabel(self.tr("examples per class, drawn evenly from the folder"))
        row.addWidget(self._limit_words)
        row.addStretch(1)
        return row

    def _renew(self) -> None:
        """Enables what the choice needs, and says on the button what will happen."""
        choice, ticked = self.choice, len(self.model.ticked())
        for widget in (self.list, self._ticks, *self._tickers):
            widget.setEnabled(choice.kind == "classes")
        for widget in (self.limit, self._limit_words):
            widget.setEnabled(choice.kind != "classify")
        self.at_most.setEnabled(choice.kind != "classify" and self.limit.isChecked())
        self._ticks.setText(self.tr("%n folder(s) ticked", "", ticked))
        words = {
            "classes": self.tr("Make %n class(es)", "", ticked),
            "one": self.tr("Make one class"),
            "classify": self.tr("Classify this folder"),
        }
        self.ok.setText(words[choice.kind])
        ready = {"classes": ticked > 0, "one": bool(choice.name) and self._total > 0, "classify": True}
        self.ok.setEnabled(ready[choice.kind])


class _FolderDelegate(QStyledItemDelegate):
    """A row: tick, name over its number of pictures, three of them at the right."""

    def __init__(self, model: FoldersModel, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._thumbnails = model, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        view = self.parent()
        assert isinstance(view, QListView)
        option.text = ""  # type: ignore[attr-defined] - the name has its own place
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, view)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        left = self._paint_samples(painter, rect, index.row())
        text = QRect(rect.left() + 34, rect.top() + 6, left - rect.left() - 42, _ROW - 12)
        self._paint_words(painter, text, index.row(), faint=not view.isEnabled())
        painter.restore()

    def _paint_samples(self, painter: QPainter, rect: QRect, row: int) -> int:
        """Paints the pictures of a row; returns where they begin."""
        samples = self._model.folder(row).samples[:SHOWN]
        left = rect.right() - 6 - len(samples) * (_CELL + 6)
        size = round(_CELL * painter.device().devicePixelRatio())
        for number, path in enumerate(samples):
            cell = QRect(left + number * (_CELL + 6), rect.top() + (_ROW - _CELL) // 2, _CELL, _CELL)
            paint_cell(painter, cell, self._thumbnails(path, None, size))
        return left

    def _paint_words(self, painter: QPainter, rect: QRect, row: int, *, faint: bool) -> None:
        theme = Theme.current()
        painter.setFont(theme.font(strong=True))
        painter.setPen(theme.colour("faint" if faint or not self._model.folder(row).count else "text"))
        name = painter.fontMetrics().elidedText(
            one_line(self._model.folder(row).name), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(theme.font(SMALL))
        painter.setPen(theme.colour("faint" if faint else "muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self._model.count_text(row))

"""Over the grid: search, what to show with how many, order, size. Under it: what is selected and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui import icons
from fewshot_gui.ui.models.order import Counts, Filter, Show, Sort
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.theme import Theme, set_role
from fewshot_gui.ui.views.grid import GridView
from fewshot_gui.ui.views.grid_base import LARGEST, SMALLEST, USUAL

_CHIPS = (Show.ALL, Show.REVIEW, Show.CONFIRMED, Show.UNKNOWN, Show.UNREADABLE)
_TYPING_MS = 150  # after the last key the search begins
_LONGEST = 28  # characters of a class's name on a chip or in a menu
_DOT = 12  # pixels


class GridBar(QWidget):
    """Search, filter chips, order and size of one grid. It speaks to the model and the view itself."""

    def __init__(self, model: PicturesModel, view: GridView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._view = model, view
        self.search, self.sort, self.size_slider = QLineEdit(), QComboBox(), QSlider(Qt.Orientation.Horizontal)
        self.chips = {show: QPushButton(checkable=True) for show in _CHIPS}
        self.extra = QPushButton(checkable=True)  # a class, a confusion cell, a lasso: there is one only while it is on
        self.again = QPushButton()
        self._group = QButtonGroup(self)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._chip_row = QWidget()
        self._layout = QGridLayout(self)
        self._lay_out()
        self._connect()
        self._say()

    def focus_search(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chips stand beside the search where there is room, else under it."""
        super().resizeEvent(event)
        self._place_chips()

    def _lay_out(self) -> None:
        chips = QHBoxLayout(self._chip_row)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(6)
        for button in (*self.chips.values(), self.extra):
            set_role(button, "chip")
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._group.addButton(button)
            chips.addWidget(button)
        chips.addWidget(self.again)
        chips.addStretch()
        self.extra.hide()
        set_role(self.again, "flat")
        icons.set_icon(self.again, "refresh", "accent", 14)
        keep = self.again.sizePolicy()
        keep.setRetainSizeWhenHidden(False)
        self.again.setSizePolicy(keep)
        self.again.hide()
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(120)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setValue(USUAL)
        self.size_slider.setFixedWidth(72)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        for column, widget in ((0, self.search), (2, self.sort), (3, self.size_slider)):
            self._layout.addWidget(widget, 0, column)
        self._layout.addWidget(self._chip_row, 1, 0, 1, 4)

    def _connect(self) -> None:
        self._typing.timeout.connect(lambda: self._model.set_search(self.search.text()))
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(lambda: self._view.setFocus(Qt.FocusReason.OtherFocusReason))
        for show, button in self.chips.items():
            button.clicked.connect(lambda _=False, show=show: self._model.set_filter(Filter(show)))
        self.extra.clicked.connect(lambda: self._model.set_filter(Filter()))
        self.again.clicked.connect(self._model.settle)
        self.sort.activated.connect(lambda _: self._model.set_sort(Sort(self.sort.currentData())))
        self.size_slider.valueChanged.connect(self._view.set_cell_size)
        self._model.counts_changed.connect(self._count)
        self._model.stale_changed.connect(self._set_stale)
        self._model.filter_changed.connect(self._show_filter)
        self._model.sort_changed.connect(self._show_sort)
        self._model.modelReset.connect(self._show_search)

    def _say(self) -> None:
        self.search.setPlaceholderText(self.tr("Search names, class:rose"))
        self.search.setAccessibleName(self.tr("Search in file names"))
        self.sort.setAccessibleName(self.tr("Order of the pictures"))
        self.size_slider.setAccessibleName(self.tr("Size of the pictures"))
        self.size_slider.setToolTip(self.tr("Size of the pictures"))
        self.again.setText(self.tr("Sort again"))
        self.again.setToolTip(self.tr("New answers came in. The order stays until you ask for another."))
        names = {
            Sort.FOLDER: self.tr("Folder order"), Sort.NAME: self.tr("Name"),
            Sort.LEAST_CERTAIN: self.tr("Least certain"), Sort.MOST_CERTAIN: self.tr("Most certain"),
            Sort.CLASS: self.tr("Class"), Sort.AUDIT: self.tr("Random audit"),
        }  # fmt: skip
        with QSignalBlocker(self.sort):
            self.sort.clear()
            for sort, name in names.items():
                self.sort.addItem(name, sort)
        audit = self.sort.findData(Sort.AUDIT)
        words = self.tr("Pictures in random order: check the first ones to learn how often the answers are right")
        self.sort.setItemData(audit, words, Qt.ItemDataRole.ToolTipRole)
        self._show_sort(self._model.sort_by)
        self._count(self._model.counts())
        self._show_filter(self._model.filter)

    def _count(self, counts: Counts) -> None:
        texts = {
            Show.ALL: self.tr("All {0}").format(_number(counts.all)),
            Show.REVIEW: self.tr("To review {0}").format(_number(counts.review)),
            Show.CONFIRMED: self.tr("Confirmed {0}").format(_number(counts.confirmed)),
            Show.UNKNOWN: self.tr("Unknown {0}").format(_number(counts.unknown)),
            Show.UNREADABLE: self.tr("Unreadable {0}").format(_number(counts.unreadable)),
        }
        grown = False
        for show, button in self.chips.items():
            grown = grown or len(button.text()) != len(texts[show])
            if button.text() != texts[show]:
                button.setText(texts[show])
        rare = {Show.UNKNOWN: counts.unknown, Show.UNREADABLE: counts.unreadable}
        for show, number in rare.items():  # what there is none of need not take room
            shown = bool(number) or self._model.filter.show is show
            grown = grown or self.chips[show].isHidden() == shown
            self.chips[show].setVisible(shown)
        if grown:
            self._place_chips()

    def _show_filter(self, wanted: Filter) -> None:
        special = wanted.show not in self.chips
        self.extra.setVisible(special)
        button = self.extra if special else self.chips[wanted.show]
        button.setVisible(True)
        button.setChecked(True)
        if special:
            self.extra.setText(f"{_short(self._title(wanted))}  ✕".replace("&", "&&"))
            self.extra.setToolTip(self.tr("Show all pictures again"))
            self.extra.setAccessibleName(self.tr("Only {0}. Press to show all.").format(self._title(wanted)))
        self._place_chips()

    def _title(self, wanted: Filter) -> str:
        columns = self._model.columns
        if wanted.title:
            return wanted.title
        if wanted.show is Show.CLASS and columns and 0 <= wanted.class_index < len(columns.class_names):
            return columns.class_names[wanted.class_index]
        return self.tr("Chosen pictures")

    def _show_sort(self, sort: Sort) -> None:
        with QSignalBlocker(self.sort):
            self.sort.setCurrentIndex(self.sort.findData(sort))

    def _show_search(self) -> None:
        if not self._typing.isActive() and self.search.text().strip() != self._model.search:
            with QSignalBlocker(self.search):
                self.search.setText(self._model.search)

    def _set_stale(self, stale: bool) -> None:
        self.again.setVisible(stale)
        self._place_chips()

    def _place_chips(self) -> None:
        others = self.search.minimumWidth() + self.sort.sizeHint().width() + self.size_slider.width() + 40
        beside = self._chip_row.sizeHint().width() + others <= self.width()
        place = (0, 1, 1, 1) if beside else (1, 0, 1, 4)
        if self._layout.getItemPosition(self._layout.indexOf(self._chip_row)) != place:
            self._layout.removeWidget(self._chip_row)
            self._layout.addWidget(self._chip_row, *place)
        self._layout.setColumnStretch(0, 1)


class GridFoot(QWidget):
    """Under the grid: how many are selected, the keys, and a menu for those who use the mouse."""

    def __init__(self, view: GridView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.count, self.hints, self.move_button = QLabel(), QLabel(), QPushButton()
        set_role(self.count, "strong")
        set_role(self.hints, "small")
        self.hints.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(lambda: fill_menu(self.menu, view))
        self.move_button.setMenu(self.menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.count)
        layout.addWidget(self.hints, 1)
        layout.addWidget(self.move_button)
        view.selection_changed.connect(lambda _: self._renew())
        view.menu_wanted.connect(self._pop_up)
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._renew()
        super().changeEvent(event)

    def _renew(self) -> None:
        number = len(self._view.selection)
        self.count.setText(self.tr("%n selected", "", number))
        hints = (
            self.tr("1–9 assign"), self.tr("Enter confirm"), self.tr("U unknown"), self.tr("X exclude"),
            self.tr("Space open"),
        )  # fmt: skip
        self.hints.setText("  ·  ".join(hints))
        self.move_button.setText(self.tr("Move to class…"))
        self.move_button.setEnabled(number > 0)

    def _pop_up(self, at: QPoint) -> None:
        self.menu.popup(at)


def fill_menu(menu: QMenu, view: GridView) -> None:
    """All that can be done with the selected pictures, by mouse or arrow keys."""
    translate = QCoreApplication.translate
    menu.clear()
    columns, rows = view.pictures.columns, view.selected_rows()
    if columns is None or not len(rows):
        return
    add_classes(menu, columns, lambda label: view.assign_wanted.emit(rows, label))
    menu.addSeparator()
    for name, text, key, signal in (
        ("check", translate("GridFoot", "Confirm"), "Enter", view.confirm_wanted),
        ("question", translate("GridFoot", "Unknown: none of these"), "U", view.unknown_wanted),
        ("close", translate("GridFoot", "Exclude"), "X", view.exclude_wanted),
    ):
        action = QAction(icons.icon(name, "muted", 14), f"{text}\t{key}", menu)
        action.triggered.connect(lambda _=False, signal=signal: signal.emit(rows))
        menu.addAction(action)
    opening = menu.addAction(
        icons.icon("expand", "muted", 14), translate("GridFoot", "Open") + "\t" + translate("GridFoot", "Space")
    )
    opening.triggered.connect(lambda: view.open_wanted.emit(int(rows[0])))


def add_classes(menu: QMenu, columns: PictureColumns, chosen: Callable[[int], object]) -> None:
    """An entry for each class, with its colour and its key; chosen: is given the class's index."""
    for label, name in enumerate(columns.class_names):
        text = _short(name).replace("&", "&&")
        action = menu.addAction(_dot(columns.colours[label]), f"{text}\t{label + 1}" if label < 9 else text)
        action.triggered.connect(lambda _=False, label=label: chosen(label))


def _number(value: int) -> str:
    """Thousands apart by a thin space, as the world's standard for numbers has it."""
    return f"{value:,}".replace(",", "\u2009")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _dot(colour: int) -> QIcon:
    """A class's colour as a small square, beside its name."""
    drawn = QPixmap(QSize(_DOT, _DOT) * 2)
    drawn.setDevicePixelRatio(2)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().class_colour(colour))
    painter.drawRoundedRect(1, 1, _DOT - 2, _DOT - 2, 3, 3)
    painter.end()
    return QIcon(drawn)

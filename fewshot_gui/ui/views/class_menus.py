"""The menus of a class and of its examples. Every entry emits one of the view's wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.class_data import CardData, menu_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fewshot_gui.ui.views.classes import ClassesView

COLOURS = 12  # entries of the class palette that can be chosen


def class_menu(view: ClassesView, card: CardData, selected: list[int], *, expanded: bool) -> QMenu:
    """What can be done with a class. selected: ids of the examples selected in its strip."""
    translate = QCoreApplication.translate
    menu = _menu(view)
    _add(menu, translate("ClassMenu", "Rename"), lambda: view.edit_name(card.id), "edit", "F2")
    _colours(view, menu, card)
    menu.addSeparator()
    _add(menu, translate("ClassMenu", "Add pictures…"), lambda: view.choose_pictures(card.id), "image")
    _add(menu, translate("ClassMenu", "Add a folder…"), lambda: view.choose_folder(card.id), "folder")
    _add(menu, translate("ClassMenu", "Paste"), lambda: view.paste(card.id), "copy", "Ctrl+V")
    menu.addSeparator()
    words = translate("ClassMenu", "Hide the examples") if expanded else translate("ClassMenu", "Show all examples")
    _add(menu, words, lambda: view.expand(card.id, not expanded), "expand", "Return").setEnabled(card.shots > 0)
    _split(view, menu, card.id, selected)
    _merge(view, menu, card)
    _add(menu, translate("ClassMenu", "Move up"), lambda: view.shift(card.id, -1), "chevron-up", "Alt+Up")
    _add(menu, translate("ClassMenu", "Move down"), lambda: view.shift(card.id, 1), "chevron-down", "Alt+Down")
    menu.addSeparator()
    _add(menu, translate("ClassMenu", "Delete"), lambda: view.delete_wanted.emit([card.id]), "trash", "Del")
    return menu


def examples_menu(view: ClassesView, card: CardData, selected: list[int]) -> QMenu:
    """What can be done with the selected examples of a class; without a selection nothing is enabled."""
    translate = QCoreApplication.translate
    menu = _menu(view)
    first = selected[0] if selected else -1
    _add(menu, translate("ClassMenu", "Open"), lambda: view.example_opened.emit(first), "zoom-in", "Return")
    crop = _add(menu, translate("ClassMenu", "Crop to the object…"), lambda: view.crop_wanted.emit(first), "crop")
    move = menu.addMenu(translate("ClassMenu", "Move to"))
    for other in view.others(card.id):
        action = move.addAction(_swatch(other.colour), menu_text(other.name))
        action.triggered.connect(lambda _=False, to=other.id: view.examples_move_wanted.emit(selected, to))
    move.setEnabled(bool(view.others(card.id)))
    _split(view, menu, card.id, selected)
    menu.addSeparator()
    words = translate("ClassMenu", "Remove %n example(s)", "", len(selected))
    _add(menu, words, lambda: view.examples_remove_wanted.emit(selected), "trash", "Del")
    for action in menu.actions():
        action.setEnabled(action.isEnabled() and bool(selected))
    crop.setEnabled(len(selected) == 1)
    return menu


def _menu(view: ClassesView) -> QMenu:
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _add(menu: QMenu, text: str, do: Callable[[], object], icon: str, key: str = "") -> QAction:
    """An entry. The key is shown, not bound: the card itself has it."""
    action = menu.addAction(icons.icon(icon, "muted", 16), f"{text}\t{key}" if key else text)
    action.triggered.connect(lambda _=False: do())
    return action


def _colours(view: ClassesView, menu: QMenu, card: CardData) -> None:
    translate = QCoreApplication.translate
    colours = menu.addMenu(translate("ClassMenu", "Colour"))
    users = {other.colour: other for other in view.others(card.id)}
    for index in range(COLOURS):
        text = translate("ClassMenu", "Colour {number}").replace("{number}", str(index + 1))
        if index in users:
            text = f"{text} ({menu_text(users[index].name)})"
        action = colours.addAction(_swatch(index), text)
        action.setCheckable(True)
        action.setChecked(index == card.colour)
        action.triggered.connect(lambda _=False, index=index: view.colour_wanted.emit(card.id, index))


def _merge(view: ClassesView, menu: QMenu, card: CardData) -> None:
    merge = menu.addMenu(icons.icon("merge", "muted", 16), QCoreApplication.translate("ClassMenu", "Merge into"))
    for other in view.others(card.id):
        action = merge.addAction(_swatch(other.colour), menu_text(other.name))
        action.triggered.connect(lambda _=False, into=other.id: view.merge_wanted.emit([card.id], into))
    merge.setEnabled(bool(view.others(card.id)))


def _split(view: ClassesView, menu: QMenu, class_id: int, selected: list[int]) -> None:
    words = QCoreApplication.translate("ClassMenu", "Split %n example(s) into a new class…", "", len(selected))
    _add(menu, words, lambda: view.ask_split(class_id, selected), "split").setEnabled(bool(selected))


def _swatch(colour: int) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().class_colour(colour))
    painter.drawRoundedRect(QRectF(5, 5, 22, 22), 6, 6)
    painter.end()
    return QIcon(pixmap)

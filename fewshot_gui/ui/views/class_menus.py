"""The menus of a class and of its examples. Every entry emits one of the view's wishes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.class_data import CardData, menu_text

if TYPE_CHECKING:
    from fewshot_gui.ui.views.classes import ClassesView

COLOURS = 12  # entries of the class palette that can be chosen


class _Menu(QMenu):
    """A menu about one class; gone when it closes."""

    def __init__(self, view: ClassesView, card: CardData, selected: Sequence[int]) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._view, self._card, self._selected = view, card, list(selected)

    def add(self, text: str, do: Callable[[], object], icon: str, key: str = "") -> QAction:
        """An entry. The key is shown, not bound: the card itself has it."""
        action = self.addAction(icons.icon(icon, "muted", 16), f"{text}\t{key}" if key else text)
        action.triggered.connect(lambda _=False: do())
        return action

    def add_split(self, words: str) -> None:
        """A new class of the selected examples. PySide finds plurals only under the class that asks: words comes in."""
        view, class_id, selected = self._view, self._card.id, self._selected
        self.add(words, lambda: view.ask_split(class_id, selected), "split").setEnabled(bool(selected))

    def add_classes(self, menu: QMenu, choose: Callable[[int], object]) -> None:
        """All other classes as the entries of a sub-menu; it is disabled without any."""
        others = self._view.others(self._card.id)
        for other in others:
            action = menu.addAction(_swatch(other.colour), menu_text(other.name))
            action.triggered.connect(lambda _=False, chosen=other.id: choose(chosen))
        menu.setEnabled(bool(others))


class ClassMenu(_Menu):
    """What can be done with a class. selected: ids of the examples selected in its strip."""

    def __init__(self, view: ClassesView, card: CardData, selected: Sequence[int], *, expanded: bool) -> None:
        super().__init__(view, card, selected)
        self.add(self.tr("Rename"), lambda: view.edit_name(card.id), "edit", "F2")
        self._add_colours()
        self.addSeparator()
        self.add(self.tr("Add pictures…"), lambda: view.choose_pictures(card.id), "image")
        self.add(self.tr("Add a folder…"), lambda: view.choose_folder(card.id), "folder")
        self.add(self.tr("Paste"), lambda: view.paste(card.id), "copy", "Ctrl+V")
        self.addSeparator()
        words = self.tr("Hide the examples") if expanded else self.tr("Show all examples")
        self.add(words, lambda: view.expand(card.id, not expanded), "expand", "Return").setEnabled(card.shots > 0)
        self.add_split(self.tr("Split %n example(s) into a new class…", "", len(selected)))
        merge = self.addMenu(icons.icon("merge", "muted", 16), self.tr("Merge into"))
        self.add_classes(merge, lambda into: view.merge_wanted.emit([card.id], into))
        self.add(self.tr("Move up"), lambda: view.shift(card.id, -1), "chevron-up", "Alt+Up")
        self.add(self.tr("Move down"), lambda: view.shift(card.id, 1), "chevron-down", "Alt+Down")
        self.addSeparator()
        self.add(self.tr("Delete"), lambda: view.delete_wanted.emit([card.id]), "trash", "Del")

    def _add_colours(self) -> None:
        view, card = self._view, self._card
        colours = self.addMenu(self.tr("Colour"))
        users = {other.colour: other for other in view.others(card.id)}
        for index in range(COLOURS):
            text = self.tr("Colour {number}").replace("{number}", str(index + 1))
            if index in users:
                text = f"{text} ({menu_text(users[index].name)})"
            action = colours.addAction(_swatch(index), text)
            action.setCheckable(True)
            action.setChecked(index == card.colour)
            action.triggered.connect(lambda _=False, index=index: view.colour_wanted.emit(card.id, index))


class ExamplesMenu(_Menu):
    """What can be done with the selected examples of a class; without a selection nothing is enabled."""

    def __init__(self, view: ClassesView, card: CardData, selected: Sequence[int]) -> None:
        super().__init__(view, card, selected)
        ids = self._selected
        self.add(self.tr("Open"), lambda: view.example_opened.emit(ids[0]), "zoom-in", "Return")
        crop = self.add(self.tr("Crop to the object…"), lambda: view.crop_wanted.emit(ids[0]), "crop")
        move = self.addMenu(self.tr("Move to"))
        self.add_classes(move, lambda to: view.examples_move_wanted.emit(ids, to))
        self.add_split(self.tr("Split %n example(s) into a new class…", "", len(ids)))
        self.addSeparator()
        words = self.tr("Remove %n example(s)", "", len(ids))
        self.add(words, lambda: view.examples_remove_wanted.emit(ids), "trash", "Del")
        for action in self.actions():
            action.setEnabled(action.isEnabled() and bool(ids))
        crop.setEnabled(len(ids) == 1)


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

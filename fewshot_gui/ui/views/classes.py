"""The left column: a card per class, where examples are dropped, ordered, moved and removed; also the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import drops, icons
from fewshot_gui.ui.drops import Drop
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.views import class_menus, class_sources
from fewshot_gui.ui.views.class_card import ClassCard
from fewshot_gui.ui.views.class_data import CardData, ExampleData, Thumbnails, no_thumbnails
from fewshot_gui.ui.views.class_hover import DragHover, Target, new_order
from fewshot_gui.ui.views.class_list import CardList
from fewshot_gui.ui.views.class_parts import NoneRow, UnknownValue

__all__ = ["CardData", "ClassesView", "ExampleData", "Thumbnails"]


class ClassesView(QFrame):
    """All classes of a project. Ids are the project's; a class id of None means: a new class.

    Lists of paths, rows and ids are tuples or lists; none of the wishes changes what is shown before `set_classes`.
    """

    class_add_wanted = Signal(str)
    rename_wanted = Signal(int, str)
    colour_wanted = Signal(int, int)  # class, index into the class palette
    reorder_wanted = Signal(object)  # all ids in their new order
    merge_wanted = Signal(object, int)  # ids, into
    split_wanted = Signal(int, object, str)  # class, ids of examples, name of the new class
    delete_wanted = Signal(object)  # ids
    files_dropped = Signal(object, object)  # paths of pictures, class id or None
    folders_dropped = Signal(object, object)  # paths of folders, not looked into, class id or None
    image_dropped = Signal(object, object)  # QImage, class id or None
    rows_dropped = Signal(object, object)  # rows of the grid, class id or None
    rows_unknown = Signal(object)  # rows of the grid that belong to no class
    examples_move_wanted = Signal(object, int)  # ids of examples, class
    examples_remove_wanted = Signal(object)  # ids of examples
    example_opened = Signal(int)
    crop_wanted = Signal(int)  # id of an example
    unknown_changed = Signal(object)  # "off", "default", or a rate 0-1
    demo_wanted = Signal()
    notice = Signal(str)  # a sentence about what could not be used

    def __init__(self, thumbnails: Thumbnails = no_thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ask_pictures: Callable[[QWidget], list[str]] = class_sources.ask_pictures
        self.ask_folder: Callable[[QWidget], str] = class_sources.ask_folder
        set_role(self, "card")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Classes"))
        self.list = CardList(thumbnails, self._wire)
        self.list.empty.folder_wanted.connect(lambda: self.choose_folder(None))
        self.list.empty.demo_wanted.connect(self.demo_wanted)
        self.list.zone.clicked.connect(lambda: self.choose_pictures(None))
        self.none = NoneRow()
        self.none.changed.connect(self.unknown_changed)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._summary.setMinimumWidth(40)  # a name of one long word must not widen the column
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._summary, "small")
        self._hover = DragHover(self.list, self._target_at, self.list.cards)
        self._put_together()
        self.set_classes(())

    def set_classes(self, cards: Sequence[CardData]) -> None:
        """Shows these classes in this order. Cards that stay change in place: focus, scroll and editors survive."""
        before, focused = self.list.ids(), self.window().focusWidget()
        began = bool(cards) and focused is not None and self.list.empty.isAncestorOf(focused)
        self.list.set_cards(cards)
        if began:  # the buttons for a first class have gone
            self.focus_first()
        if self.list.ids() != before:
            self._order_tabs()

    def set_unknown(self, value: UnknownValue, count: int | None, note: str = "") -> None:
        """Shows the setting of "None of these" and how many pictures are unknown; note: why that is not told."""
        self.none.set_unknown(value, count, note)

    def set_summary(self, sentence: str) -> None:
        """The plain sentence at the foot; "" hides it."""
        self._summary.setText(sentence)
        self._summary.setVisible(bool(sentence))

    def thumbnail_ready(self, path: str) -> None:
        """A thumbnail of this file has come: who shows it asks again."""
        for card in self.list.cards():
            card.thumbnail_ready(path)

    def cards(self) -> list[ClassCard]:
        """The cards in order."""
        return self.list.cards()

    def others(self, class_id: int) -> list[CardData]:
        """All classes but one, in order."""
        return [card.data for card in self.list.cards() if card.data.id != class_id]

    def current_class(self) -> int | None:
        """The class whose card, name or examples have the keyboard; None if none has."""
        return self.list.current()

    def focus_first(self) -> None:
        """The keyboard to the first card, or to what begins a first class."""
        cards = self.cards()
        (cards[0] if cards else self.list.empty.choose).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edit_name(self, class_id: int) -> None:
        """Opens the editor of a name, as after making a class of loose pictures."""
        if card := self.list.card(class_id):
            self.list.show_card(class_id)
            card.edit_name()

    def expand(self, class_id: int, expanded: bool) -> None:
        """Shows all examples of a class under its card, or only the first."""
        if card := self.list.card(class_id):
            card.set_expanded(expanded)

    def shift(self, class_id: int, by: int) -> None:
        """Wishes a card one place up (-1) or down (1)."""
        ids = self.list.ids()
        place = ids.index(class_id)
        if 0 <= place + by < len(ids):
            self.reorder_wanted.emit(new_order(ids, class_id, place + by + (by > 0)))

    def add_class(self) -> None:
        """Asks in place for the name of a new, empty class."""
        self.list.ask_name(self.tr("A new class"), self.class_add_wanted.emit)

    def ask_split(self, class_id: int, example_ids: Sequence[int]) -> None:
        """Asks in place for the name of the class that these examples of another one shall make."""
        question = self.tr("A new class of %n example(s)", "", len(example_ids))
        ids = list(example_ids)
        self.list.ask_name(question, lambda name: self.split_wanted.emit(class_id, ids, name))

    def choose_pictures(self, class_id: int | None) -> None:
        """A file dialog, for those who do not drag."""
        if paths := self.ask_pictures(self):
            self._use(drops.sort_paths(paths), None, class_id)

    def choose_folder(self, class_id: int | None) -> None:
        """A folder dialog, for those who do not drag."""
        if path := self.ask_folder(self):
            self._use(drops.sort_paths([path]), None, class_id)

    def paste(self, class_id: int | None) -> None:
        """Takes files or a picture from the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        drop = drops.read(mime)
        if drop.usable:
            self._use(drop, drops.image_of(mime) if drop.image else None, class_id)
        else:
            self.notice.emit(drops.left_out(drop) or self.tr("There is no picture in the clipboard: copy one first."))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See Qt."""
        self._hover.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """See Qt."""
        self._hover.move(event, event.position().toPoint())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """See Qt."""
        self._hover.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes what is needed out of the drag, and acts after it: the source may be a list that will change."""
        drop, target = self._hover.drop, self._hover.land(event.position().toPoint())
        if target is None:
            event.ignore()
            return
        image = drops.image_of(event.mimeData()) if drop.image else None
        drops.accept(event)
        QTimer.singleShot(0, self, lambda: self._land(drop, image, target))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes into the class that has the keyboard, or makes one."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(self.current_class())
        else:
            super().keyPressEvent(event)

    def _land(self, drop: Drop, image: QImage | None, target: Target) -> None:
        if target.place == "between" and drop.card is not None:
            ids = self.list.ids()
            order = new_order(ids, drop.card, target.index)
            if order != ids:
                self.reorder_wanted.emit(order)
        elif target.place == "none":
            self.rows_unknown.emit(drop.rows)
        else:
            self._use(drop, image, target.class_id)

    def _use(self, drop: Drop, image: QImage | None, class_id: int | None) -> None:
        """Tells what was dropped, pasted or chosen, one signal per kind."""
        if class_id is not None and self.list.card(class_id) is None:
            return  # deleted while the drag went on
        if drop.rows:
            self.rows_dropped.emit(drop.rows, class_id)
        if drop.examples:
            self._use_examples(drop.examples, class_id)
        if drop.pictures:
            self.files_dropped.emit(drop.pictures, class_id)
        if drop.folders:
            self.folders_dropped.emit(drop.folders, class_id)
        if image is not None:
            self.image_dropped.emit(image, class_id)
        if sentence := drops.left_out(drop):
            self.notice.emit(sentence)

    def _use_examples(self, ids: Sequence[int], class_id: int | None) -> None:
        source = self.list.owner(ids[0])
        if class_id is not None:
            self.examples_move_wanted.emit(list(ids), class_id)
        elif source is not None:
            self.ask_split(source, ids)

    def _target_at(self, at: QPoint, drop: Drop) -> Target | None:
        """Where a drop at this place of the view would land. Around the cards it makes a new class."""
        if drop.card is not None:
            known = self.list.card(drop.card) is not None
            return Target("between", index=self.list.index_at(self.list.mapFrom(self, at))) if known else None
        widget = self.childAt(at)
        while widget is not None and widget is not self:
            if isinstance(widget, ClassCard):
                own = drop.examples and self.list.owner(drop.examples[0]) == widget.data.id
                return None if own else Target("class", widget, widget.data.id)
            if widget is self.none and drop.rows:
                return Target("none", self.none)
            widget = widget.parentWidget()
        return Target("new", self.list.zone)

    def _drag_card(self, class_id: int) -> None:
        card = self.list.card(class_id)
        if card is None:
            return
        drag = QDrag(self)
        drag.setMimeData(drops.card_mime(class_id))
        drag.setPixmap(card.grab(QRect(0, 0, card.width(), min(card.height(), 120))))
        drag.setHotSpot(card.mapFromGlobal(self.cursor().pos()))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction)

    def _menu(self, class_id: int, at: QPoint) -> None:
        if card := self.list.card(class_id):
            class_menus.ClassMenu(self, card.data, card.selected_examples(), expanded=card.expanded).popup(at)

    def _examples_menu(self, class_id: int, at: QPoint) -> None:
        if card := self.list.card(class_id):
            class_menus.ExamplesMenu(self, card.data, card.selected_examples()).popup(at)

    def _wire(self, card: ClassCard) -> None:
        """Passes on what a new card wishes."""
        card.rename_wanted.connect(self.rename_wanted)
        card.menu_wanted.connect(self._menu)
        card.examples_menu_wanted.connect(self._examples_menu)
        card.example_opened.connect(self.example_opened)
        card.examples_remove_wanted.connect(self.examples_remove_wanted)
        card.delete_wanted.connect(lambda class_id: self.delete_wanted.emit([class_id]))
        card.drag_wanted.connect(self._drag_card)
        card.shift_wanted.connect(self.shift)
        card.step_wanted.connect(self.list.step)

    def _put_together(self) -> None:
        header = QHBoxLayout()
        title = QLabel(self.tr("Classes"))
        set_role(title, "title")
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self._button("folder", self.tr("Classes from a folder…"), lambda: self.choose_folder(None)))
        self._plus = self._button("plus", self.tr("New class"), self.add_class)
        header.addWidget(self._plus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.none)
        layout.addWidget(self._summary)
        self.set_summary("")

    def _order_tabs(self) -> None:
        """Tab goes as the eye does: the buttons above, the cards in their order, the place for a new class."""
        chain: list[QWidget] = [self._plus]
        for card in self.cards():
            chain += [card, *(w for w in card.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus)]
        for first, second in pairwise([*chain, self.list.zone]):
            QWidget.setTabOrder(first, second)

    def _button(self, icon: str, name: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        set_role(button, "icon")
        icons.set_icon(button, icon)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: do())
        return button

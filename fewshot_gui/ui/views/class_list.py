"""The scrolled list of cards, with what teaches while it is empty and the dashed place under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from fewshot_gui.ui.views.class_card import ClassCard
from fewshot_gui.ui.views.class_data import CardData, Thumbnails
from fewshot_gui.ui.views.class_parts import DropZone, EmptyState


class CardList(QScrollArea):
    """Cards in order. They are changed in place, never rebuilt: focus, scroll, editors and selections survive."""

    def __init__(self, thumbnails: Thumbnails, wire: Callable[[ClassCard], None]) -> None:
        """wire: connects a new card's signals."""
        super().__init__()
        self._thumbnails, self._wire = thumbnails, wire
        self._cards: dict[int, ClassCard] = {}  # in the order of the list
        self.focus_next_new = False
        self.empty, self.zone = EmptyState(), DropZone()
        content = QWidget()
        content.setObjectName("column")
        content.setStyleSheet("#column { background: transparent; }")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 2, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.empty)
        self._column.addWidget(self.zone)
        self._column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_cards(self, cards: Sequence[CardData]) -> None:
        """Shows these classes in this order."""
        focused = self.current()
        place = self.ids().index(focused) if focused is not None else 0
        wanted = {card.id for card in cards}
        added = [card.id for card in cards if card.id not in self._cards]
        self._remove([i for i in self.ids() if i not in wanted])
        for card in cards:
            if card.id in self._cards:
                self._cards[card.id].set_data(card)
            else:
                self._cards[card.id] = ClassCard(card, self._thumbnails)
                self._wire(self._cards[card.id])
        self._arrange([card.id for card in cards])
        self.empty.setVisible(not cards)
        if focused is not None and focused not in wanted and cards:
            self.cards()[min(place, len(cards) - 1)].setFocus()
        if added and self.focus_next_new:
            self.focus_next_new = False
            self.show_card(added[-1])

    def ids(self) -> list[int]:
        """The classes in order."""
        return list(self._cards)

    def cards(self) -> list[ClassCard]:
        """The cards in order."""
        return list(self._cards.values())

    def card(self, class_id: int) -> ClassCard | None:
        """The card of a class, None if it is gone."""
        return self._cards.get(class_id)

    def current(self) -> int | None:
        """The class whose card, name or examples have the keyboard."""
        focus = self.window().focusWidget()
        if focus is None:
            return None
        return next((i for i, card in self._cards.items() if card is focus or card.isAncestorOf(focus)), None)

    def owner(self, example_id: int) -> int | None:
        """The class that an example belongs to."""
        owners = (i for i, card in self._cards.items() if any(e.id == example_id for e in card.data.examples))
        return next(owners, None)

    def show_card(self, class_id: int) -> None:
        """Scrolls to a card and gives it the keyboard."""
        if card := self._cards.get(class_id):
            card.setFocus()
            self._scroll_to(card)

    def step(self, class_id: int, by: int) -> None:
        """Gives the keyboard to a neighbour of a card, if there is one."""
        ids = self.ids()
        self.show_card(ids[min(max(ids.index(class_id) + by, 0), len(ids) - 1)])

    def ask_name(self, question: str, then: Callable[[str], None]) -> None:
        """Asks for a name in the dashed place; the card of the class that is made of it gets the keyboard."""

        def named(name: str) -> None:
            self.focus_next_new = True
            then(name)

        self.zone.ask_name(question, named)
        self._scroll_to(self.zone)

    def index_at(self, at: QPoint) -> int:
        """Before which card something at this place of the view would go; their number: after the last."""
        y = self.widget().mapFrom(self, at).y()
        return sum(1 for card in self._cards.values() if card.geometry().center().y() < y)

    def _remove(self, ids: Sequence[int]) -> None:
        for class_id in ids:
            card = self._cards.pop(class_id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _arrange(self, ids: Sequence[int]) -> None:
        """Brings the cards into this order, moving only those that are not in their place."""
        self._cards = {class_id: self._cards[class_id] for class_id in ids}
        before: QWidget = self.empty
        for place, card in enumerate(self._cards.values(), start=1):
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
                card.show()  # now, as the layout would do later: a hidden card takes no focus
                QWidget.setTabOrder(before, card)
            before = card

    def _scroll_to(self, widget: QWidget) -> None:
        QTimer.singleShot(0, widget, lambda: self.ensureWidgetVisible(widget, 0, 8))  # once it has its place

"""A drag over the classes: where it is, what it says it will do, and scrolling at the edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from fewshot_gui.ui import drops
from fewshot_gui.ui.drops import Drop
from fewshot_gui.ui.theme import Theme

Place = Literal["class", "new", "none", "between"]

_EDGE = 28  # pixels from the edge of the list at which it scrolls
_STEP = 9  # pixels per tick
_TICK = 20  # milliseconds


class Promising(Protocol):
    """What says what a drop would do: a card, the dashed place, "None of these"."""

    def set_promise(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where a drop would land. class_id: for "class"; index: where a card would go, for "between"."""

    place: Place
    widget: Promising | None = None
    class_id: int | None = None
    index: int = 0


# (place in the view, what is dragged) -> where it would land, None: nowhere
FindTarget = Callable[[QPoint, Drop], Target | None]


def promise(drop: Drop, place: Place) -> str:
    """What dropping it there would do, in a line."""
    if place == "none":
        return drops.DropWords().none_of_these(len(drop.rows))
    return drops.promise(drop, on_class=place == "class")


def new_order(ids: Sequence[int], moved: int, index: int) -> list[int]:
    """The order after a card went in front of the one that was at `index`."""
    rest = [i for i in ids if i != moved]
    before = sum(1 for i in ids[:index] if i != moved)
    return [*rest[:before], moved, *rest[before:]]


class DragHover:
    """Follows one drag over the view from its entry to its end."""

    def __init__(self, scroll: QScrollArea, find: FindTarget, cards: Callable[[], Sequence[QWidget]]) -> None:
        self._scroll, self._find, self._cards = scroll, find, cards
        self._drop = Drop()
        self._target: Target | None = None
        self._at = QPoint()
        self._line = QFrame(scroll.widget())
        self._line.hide()
        self._timer = QTimer(scroll)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._creep)

    @property
    def drop(self) -> Drop:
        """What is dragged now."""
        return self._drop

    def enter(self, event: QDropEvent) -> None:
        """A drag comes in: looks once at what it carries."""
        self._drop = drops.read(event.mimeData())
        if self._drop.known:
            drops.accept(event)  # or no move is heard of, and the way on to a place that takes it is closed
        else:
            event.ignore()

    def move(self, event: QDragMoveEvent, at: QPoint) -> None:
        """The drag is now there; at: in pixels of the view."""
        self._at = at
        self._show(self._find(at, self._drop) if self._drop.known else None)
        if self._target is None:
            event.ignore()
        else:
            drops.accept(event)
        if not self._timer.isActive():
            self._timer.start()

    def land(self, at: QPoint) -> Target | None:
        """The drop itself: where it landed. The view is as before afterwards."""
        target = self._find(at, self._drop) if self._drop.known else None
        self.leave()
        return target

    def leave(self) -> None:
        """The drag is over, or elsewhere."""
        self._timer.stop()
        self._show(None)

    def _show(self, target: Target | None) -> None:
        old = self._target.widget if self._target else None
        new = target.widget if target else None
        if old is not None and old is not new:
            old.set_promise("")
        self._target = target
        if target is not None and new is not None:
            new.set_promise(promise(self._drop, target.place))
        self._show_line(target)

    def _show_line(self, target: Target | None) -> None:
        """The line between two cards where a dragged card would go."""
        cards = self._cards()
        if target is None or target.place != "between" or not cards:
            self._line.hide()
            return
        first, last = cards[0].geometry(), cards[-1].geometry()
        y = cards[target.index].y() - 5 if target.index < len(cards) else last.bottom() + 4
        self._line.setStyleSheet(f"background: {Theme.current().colour('accent').name()}; border-radius: 1px;")
        self._line.setGeometry(QRect(first.left() + 4, max(y, 0), first.width() - 8, 3))
        self._line.show()
        self._line.raise_()

    def _creep(self) -> None:
        """Scrolls while the drag waits at the upper or lower edge."""
        view = self._scroll.parentWidget()
        y = self._scroll.viewport().mapFrom(view, self._at).y() if view is not None else 0
        height = self._scroll.viewport().height()
        step = -_STEP if y < _EDGE else _STEP if y > height - _EDGE else 0
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + step)
        if step and self._target is not None:
            self._show(self._find(self._at, self._drop))

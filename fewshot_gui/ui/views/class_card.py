"""The card of one class: painted, with an editor for its name and, opened, a strip of all its examples."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QSizePolicy, QToolTip, QWidget

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views import class_paint
from fewshot_gui.ui.views.class_data import CardData, Thumbnails, plain_tip
from fewshot_gui.ui.views.class_paint import PAD, CardRects, card_rects
from fewshot_gui.ui.views.class_strip import ExamplesStrip

LONGEST_NAME = 200  # characters: what a project keeps of a name


class ClassCard(QWidget):
    """One class. Every wish begins with the id of the class."""

    rename_wanted = Signal(int, str)
    expand_toggled = Signal(int, bool)
    menu_wanted = Signal(int, QPoint)
    examples_menu_wanted = Signal(int, QPoint)
    example_opened = Signal(int)
    examples_remove_wanted = Signal(object)
    delete_wanted = Signal(int)
    drag_wanted = Signal(int)
    shift_wanted = Signal(int, int)  # to another place: -1 up, +1 down
    step_wanted = Signal(int, int)  # the keyboard to the neighbour: -1 up, +1 down

    def __init__(self, card: CardData, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = card
        self._thumbnails = thumbnails
        self._promise = self._shots = ""
        self._pressed: QPoint | None = None
        self._editor: QLineEdit | None = None
        self._strip: ExamplesStrip | None = None
        self._rects = card_rects(self.width(), card.shots)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hovered: QRect | None = None
        self.setMouseTracking(True)
        Theme.current().changed.connect(self.update)
        self._renew()

    @property
    def data(self) -> CardData:
        """What is shown."""
        return self._card

    @property
    def expanded(self) -> bool:
        """Whether all examples are shown."""
        return self._strip is not None and not self._strip.isHidden()

    @property
    def editing(self) -> bool:
        """Whether the name is being edited."""
        return self._editor is not None

    @property
    def promise(self) -> str:
        """What the card says a drop would do; "" while none hovers."""
        return self._promise

    def set_data(self, card: CardData) -> None:
        """Shows other values of the same class; an open editor and what is selected stay."""
        if card == self._card:
            return
        self._card = card
        if self._strip is not None:
            self._strip.set_examples(card.examples)
            if not card.examples:
                self.set_expanded(False)
        self._renew()

    def set_promise(self, text: str) -> None:
        """Glows and says what a drop would do; "" ends it."""
        if text != self._promise:
            self._promise = text
            self.update()

    def set_expanded(self, expanded: bool) -> None:
        """Shows all examples, or only the first."""
        if expanded == self.expanded or (expanded and not self._card.examples):
            return
        if self._strip is None:
            self._strip = self._make_strip()
        if expanded:
            self._strip.set_examples(self._card.examples)
        elif self._strip.hasFocus():
            self.setFocus()
        self._strip.setVisible(expanded)
        self._lay_out()
        self.expand_toggled.emit(self._card.id, expanded)

    def thumbnail_ready(self, path: str) -> None:
        """A thumbnail of this file has come."""
        if any(example.path == path for example in self._card.examples[: class_paint.SHOWN]):
            self.update()
        if self._strip is not None and self.expanded:
            self._strip.examples.refresh(path)

    def selected_examples(self) -> list[int]:
        """Ids of the examples selected in the opened strip."""
        return self._strip.selected_ids() if self._strip is not None and self.expanded else []

    def edit_name(self) -> None:
        """Opens the editor of the name: Return keeps, Escape leaves the old one."""
        if self._editor is None:
            self._editor = _NameEditor(self._card.name, self)
            self._editor.editingFinished.connect(self._keep_name)
            self._editor.cancelled.connect(lambda: self._close_editor(back=True))
            self._editor.setGeometry(self._rects.header.adjusted(-6, -3, 0, 3))
            self._editor.show()
        self._editor.setFocus()
        self._editor.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        card, rects = self._card, self._rects
        class_paint.paint_ground(
            painter, self.rect(), card.colour, focused=self.hasFocus(), glowing=bool(self._promise)
        )
        class_paint.paint_header(painter, rects, card, self._shots)
        class_paint.paint_more(painter, rects.more, hovered=self._hovered == rects.more)
        if card.shots:
            ratio = self.devicePixelRatioF()
            for rect, example in zip(rects.cells, card.examples, strict=False):
                size = round(rect.width() * ratio)
                class_paint.paint_cell(painter, rect, self._thumbnails(example.path, example.crop, size))
            hidden = 0 if self.expanded else card.shots - len(rects.cells)
            class_paint.paint_rest(
                painter, rects.rest, hidden, expanded=self.expanded, hovered=self._hovered == rects.rest
            )
            class_paint.paint_foot(painter, rects, card)
        else:
            class_paint.paint_hint(painter, rects, self.tr("No pictures yet: drop some here"))
        if self._promise:
            class_paint.paint_promise(painter, self._promise_rect(), card.colour, self._promise)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Tool tips depend on the part under the mouse."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().event(event)

    def tip_at(self, at: QPoint) -> str:
        """The tool tip of a place: the whole name, the file of an example, the whole note."""
        for rect, example in zip(self._rects.cells, self._card.examples, strict=False):
            if rect.contains(at):
                return plain_tip(example.path)
        if self._rects.foot.contains(at) and self._card.shots:
            return plain_tip(self._card.note or self._card.accuracy)
        return plain_tip(self._card.name) if self._rects.header.contains(at) else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The arrow or "+n" opens the strip, the dots the menu; elsewhere a drag may begin."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        part = self._button_at(event.position().toPoint())
        if part is None:
            self._pressed = event.position().toPoint()
        elif part == self._rects.more:
            self.menu_wanted.emit(self._card.id, self.mapToGlobal(part.bottomLeft()))
        else:
            self.set_expanded(not self.expanded)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the card to another place; without a button it shows what can be clicked."""
        if not event.buttons():
            self._hover(self._button_at(event.position().toPoint()))
        pressed = self._pressed
        if pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_wanted.emit(self._card.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        self._pressed = None

    def leaveEvent(self, event: QEvent) -> None:
        """See Qt."""
        self._hover(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an example: opens it. On the header: edits the name."""
        at = event.position().toPoint()
        for rect, example in zip(self._rects.cells, self._card.examples, strict=False):
            if rect.contains(at):
                self.example_opened.emit(example.id)
                return
        if self._rects.header.contains(at):
            self.edit_name()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the right button or the menu key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.mapToGlobal(self._rects.header.bottomLeft()) if by_key else event.globalPos()
        self.menu_wanted.emit(self._card.id, at)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, Return opens the strip, arrows walk, Alt and arrows move the card, Delete deletes."""
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key in steps:
            (self.shift_wanted if alt else self.step_wanted).emit(self._card.id, steps[Qt.Key(key)])
        elif key == Qt.Key.Key_F2:
            self.edit_name()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.set_expanded(not self.expanded)
        elif key == Qt.Key.Key_Delete:
            self.delete_wanted.emit(self._card.id)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """See Qt."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """See Qt."""
        super().focusOutEvent(event)
        self.update()

    def _button_at(self, at: QPoint) -> QRect | None:
        """Which of what is painted as a button lies there: the dots, or the arrow after the examples."""
        if self._rects.more.contains(at):
            return self._rects.more
        return self._rects.rest if self._card.shots and self._rects.rest.contains(at) else None

    def _hover(self, part: QRect | None) -> None:
        if part != self._hovered:
            self._hovered = part
            self.update()

    def _make_strip(self) -> ExamplesStrip:
        strip = ExamplesStrip(self._thumbnails, self)
        strip.hide()
        strip.opened.connect(self.example_opened)
        strip.remove_wanted.connect(self.examples_remove_wanted)
        strip.menu_wanted.connect(lambda at: self.examples_menu_wanted.emit(self._card.id, at))
        strip.height_changed.connect(self._lay_out)
        return strip

    def _renew(self) -> None:
        card = self._card
        self._shots = self.tr("%n shot(s)", "", card.shots)
        key = self.tr("key {key}").replace("{key}", card.key) if card.key else ""
        parts = [card.name, self._shots, key, card.accuracy or card.note]
        self.setAccessibleName(", ".join(part for part in parts if part))
        self._lay_out()
        self.update()

    def _lay_out(self) -> None:
        self._rects: CardRects = card_rects(self.width(), self._card.shots)
        height = self._rects.height
        if self._strip is not None and self.expanded:
            self._strip.setGeometry(PAD - 3, height - 4, self.width() - 2 * PAD + 6, self._strip.height())
            height += self._strip.height() + 4
        if self._editor is not None:
            self._editor.setGeometry(self._rects.header.adjusted(-6, -3, 0, 3))
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def _promise_rect(self) -> QRect:
        rects = self._rects
        return QRect(
            PAD, rects.rest.top(), rects.foot.width(), rects.height - rects.rest.top() - (9 if self._card.shots else 3)
        )

    def _keep_name(self) -> None:
        editor = self._editor
        if editor is None:
            return
        name = editor.text().strip()
        self._close_editor(back=editor.hasFocus())
        if name and name != self._card.name:
            self.rename_wanted.emit(self._card.id, name)

    def _close_editor(self, *, back: bool) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        if back:
            self.setFocus()
        editor.hide()
        editor.deleteLater()


class _NameEditor(QLineEdit):
    """Escape leaves the old name; no drop lands in it."""

    cancelled = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setMaxLength(max(LONGEST_NAME, len(name)))
        self.setAcceptDrops(False)
        self.setAccessibleName(self.tr("Name of the class"))
        self.setStyleSheet("QLineEdit { padding: 1px 5px; }")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
            event.accept()  # Return and the arrows are not the card's while a name is typed

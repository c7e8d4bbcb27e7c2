"""What stands around the cards: the dashed place for new classes, "None of these", and what a new project sees."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import CARD_RADIUS, Theme, set_role
from fewshot_gui.ui.views.class_card import LONGEST_NAME

UnknownValue = str | float  # "off", "auto", "default", or the wanted rate 0-1
RATES = (0.01, 0.05, 0.1, 0.2)


class DropZone(QWidget):
    """The dashed place under the cards: dropping, clicking or typing a name there makes a class."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._promise = ""
        self._then: Callable[[str], None] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(84)
        self._icon, self._title, self._hint = QLabel(), QLabel(), QLabel()
        self._field = _NameField(self)
        self._field.returnPressed.connect(self._named)
        self._field.left.connect(self._cancelled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(3)
        for widget in (self._icon, self._title, self._hint, self._field):
            layout.addWidget(widget)
        for label in (self._icon, self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._title, "muted")
        set_role(self._hint, "small")
        Theme.current().changed.connect(self._renew)
        self._renew()

    @property
    def promise(self) -> str:
        """What it says a drop would do; "" while none hovers."""
        return self._promise

    @property
    def asking(self) -> bool:
        """Whether it asks for a name now."""
        return self._then is not None

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(200, 92)

    def set_promise(self, text: str) -> None:
        """Glows and says what a drop would do; "" ends it."""
        if text != self._promise:
            self._promise = text
            self._renew()

    def ask_name(self, question: str, then: Callable[[str], None]) -> None:
        """Asks for the name of a new class in place; `then` gets it, unless Escape or leaving the field cancels."""
        self._then = then
        self._field.clear()
        self._renew(question)
        self._field.setFocus()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside and not self.asking:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Space do what a click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not self.asking:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = bool(self._promise) or self.hasFocus() or self.asking
        painter.setPen(QPen(theme.colour("accent" if lit else "border-strong"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("accent-soft") if self._promise else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)

    def _renew(self, question: str = "") -> None:
        theme = Theme.current()
        colour = theme.colour("accent" if self._promise else "muted")
        self._icon.setPixmap(icons.pixmap("plus", colour, 20, self.devicePixelRatioF()))
        title, hint = self.tr("Drop pictures or a folder"), self.tr("a new class is named after the folder")
        if self._promise:
            title, hint = self._promise, ""
        elif self.asking:
            title, hint = question or self._title.text(), self.tr("Return makes the class, Escape does not")
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._field.setVisible(self.asking and not self._promise)
        self.setAccessibleName(f"{title}: {hint}" if hint else title)
        self.update()

    def _named(self) -> None:
        name, then = self._field.text().strip(), self._then
        if name and then is not None:
            self._cancelled()
            then(name)

    def _cancelled(self) -> None:
        if self._then is None:
            return
        self._then = None
        if self._field.hasFocus():
            self.setFocus()
        self._renew()


class _NameField(QLineEdit):
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)
        self.setMaxLength(LONGEST_NAME)
        self.setPlaceholderText(self.tr("Name of the class"))
        self.setAccessibleName(self.tr("Name of the new class"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()


class NoneRow(QWidget):
    """ "None of these": whether pictures may be told as unknown, at which rate, and how many are."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: UnknownValue = "default"
        self._last_on: UnknownValue = "default"
        self._promise = ""
        self._switch = QCheckBox(self.tr("None of these"))
        self._switch.setToolTip(self.tr("Pictures unlike all classes are told as unknown"))
        self._switch.clicked.connect(self._toggle)
        self._count = QToolButton()
        set_role(self._count, "chip")
        self._count.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._count)
        self._group = QActionGroup(self._menu)
        self._count.setMenu(self._menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 2, 2)
        layout.addWidget(self._switch)
        layout.addStretch(1)
        layout.addWidget(self._count)
        self.set_unknown("default", None)

    @property
    def value(self) -> UnknownValue:
        """What is chosen: "off", "auto", "default", or a rate 0-1."""
        return self._value

    @property
    def promise(self) -> str:
        """What it says a drop would do; "" while none hovers."""
        return self._promise

    def set_unknown(self, value: UnknownValue, count: int | None, note: str = "") -> None:
        """Shows the setting and how many pictures are unknown; note: why there is no count, for people."""
        if value != self._value or self._menu.isEmpty():  # asked for many times a second while a folder is classified
            self._value = value
            self._fill_menu()
        if value != "off":
            self._last_on = value
        self._switch.setChecked(value != "off")
        said = note if count is None else self.tr("%n unknown", "", count)
        rate = "" if value in ("off", "default") else percent(_rate(value))
        self._count.setText(" · ".join(part for part in (said, rate) if part) or self.tr("How strict"))
        now = self.tr("off") if value == "off" else self._words(self._rate_now())
        tip = self.tr("How readily a picture is told as unknown: {now}").replace("{now}", now)
        self._count.setToolTip(tip)
        self._count.setAccessibleName(f"{said}. {tip}" if said else tip)

    def set_promise(self, text: str) -> None:
        """Glows while a drag of pictures of the grid hovers."""
        self._promise = text
        self._switch.setText(text or self.tr("None of these"))
        self._count.setVisible(not text)
        self.update()

    def rate_actions(self) -> list[QAction]:
        """The rates that can be chosen, as the menu has them."""
        return self._group.actions()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        if self._promise:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(Theme.current().colour("muted"), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(Theme.current().colour("hover"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _toggle(self, on: bool) -> None:
        self._choose(self._last_on if on else "off")

    def _choose(self, value: UnknownValue) -> None:
        if value != self._value:
            self.changed.emit(value)

    def _fill_menu(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
            self._menu.removeAction(action)
            action.deleteLater()  # later, since one of them may be what called
        self._menu.clear()
        self._menu.addAction(self.tr("Of the pictures that do belong to a class")).setEnabled(False)
        chosen = self._rate_now()
        rates = sorted({*RATES, *([chosen] if isinstance(chosen, float) else [])})
        for value in ("default", *rates):
            self._add(self._words(value), value, chosen)

    def _rate_now(self) -> UnknownValue:
        return self._value if self._value in ("off", "default") else _rate(self._value)

    def _words(self, value: UnknownValue) -> str:
        if isinstance(value, str):
            return self.tr("Automatic: at most 5 % are lost, from 3 classes with 2 pictures each on")
        return self.tr("at most {share} are lost").replace("{share}", percent(value))

    def _add(self, text: str, value: UnknownValue, chosen: UnknownValue) -> None:
        action = self._menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.setData(value)
        self._group.addAction(action)
        action.triggered.connect(lambda _=False, value=value: self._choose(value))


def percent(share: float) -> str:
    """A share 0-1 as people write it: "5 %", "0.5 %"."""
    return f"{share * 100:.3g} %"


def _rate(value: UnknownValue) -> float:
    return 0.05 if isinstance(value, str) else float(value)


class EmptyState(QWidget):
    """What a project without classes says: what to do, in a picture, a sentence and two buttons."""

    folder_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 24, 8, 12)
        layout.setSpacing(8)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._icon)
        layout.addWidget(_centred(self.tr("Show what to look for"), "title"))
        text = self.tr(
            "Drop a few pictures of each kind, or a folder that has a folder for each kind. Three to five pictures of "
            "a class are a good start."
        )
        layout.addWidget(_centred(text, "muted"))
        self.choose = QPushButton(self.tr("Choose a folder…"))
        self.demo = QPushButton(self.tr("Try it with demo pictures"))
        for button, role, signal in (
            (self.choose, "primary", self.folder_wanted),
            (self.demo, "flat", self.demo_wanted),
        ):
            set_role(button, role)
            button.clicked.connect(signal)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        Theme.current().changed.connect(self._renew)
        self._renew()

    def _renew(self) -> None:
        self._icon.setPixmap(icons.pixmap("layers", Theme.current().colour("accent"), 40, self.devicePixelRatioF()))


def _centred(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    set_role(label, role)
    return label

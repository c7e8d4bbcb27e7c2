"""The backbones that there are and those that can be got: cards with size, input, accuracy and licence, and a foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import drops, icons
from fewshot_gui.ui.theme import set_role


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a backbone. key: told when it is chosen or wanted; facts: size and input.

    measured: its accuracy with interval and what that was measured on. chosen: it is in use. can_get: whether it could
    be downloaded now. qualities: what its others gain; speed: how fast it is here; "" where that was not measured.
    """

    key: str
    name: str
    facts: str
    about: str
    measured: str
    licence: str
    chosen: bool = False
    can_get: bool = True
    qualities: str = ""
    speed: str = ""


class BackbonesDialog(QDialog):
    """chosen(key): use it; get_wanted(key): download it; add_wanted(paths): files or folders were dropped;
    ask_wanted(what): "file" or "folder", to be asked for; speeds_wanted(): measure all that are here; stop_wanted()."""

    chosen = Signal(str)
    get_wanted = Signal(str)
    add_wanted = Signal(list)
    ask_wanted = Signal(str)
    speeds_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Backbones"))
        self.setAcceptDrops(True)
        self._shown: object = None
        self._busy = False
        self._can_choose = False
        self.buttons: dict[str, QPushButton] = {}  # by key: "Use" or "Get..."
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setAccessibleName(self.tr("Backbones"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.status = QLabel()
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setWordWrap(True)
        self.stop = _button(self.tr("Stop"), self.tr("Stop: what has come is kept and gone on from"), "stop")
        self.stop.clicked.connect(self.stop_wanted)
        self.file = _button(
            self.tr("Add a file..."), self.tr("A file of weights: safetensors, PyTorch or ONNX"), "plus"
        )
        self.file.clicked.connect(lambda: self.ask_wanted.emit("file"))
        self.folder = _button(self.tr("Add a folder..."), self.tr("A model folder"), "folder")
        self.folder.clicked.connect(lambda: self.ask_wanted.emit("folder"))
        self.speeds = _button(
            self.tr("Measure speed"),
            self.tr("Measure how many pictures a second each of them embeds on this computer: some seconds for each"),
        )
        self.speeds.clicked.connect(self.speeds_wanted)
        self._lay_out()
        self.show_idle("")

    def show_backbones(self, here: Sequence[Card], there: Sequence[Card], can_choose: bool) -> None:
        """What there is, and what could be got. can_choose: whether there is a project to use one in."""
        if (now := (tuple(here), tuple(there), can_choose)) == self._shown:
            return
        self._shown, self._can_choose = now, can_choose
        place, focused = self.scroll.verticalScrollBar().value(), self._focused()
        self.buttons = {}
        whole = QWidget()
        set_role(whole, "canvas")
        column = QVBoxLayout(whole)
        column.setContentsMargins(2, 2, 10, 2)
        column.setSpacing(8)
        column.addWidget(_label(self.tr("On this computer"), "title"))
        for card in here:
            column.addWidget(self._card(card, self._use_button(card)))
        if there:
            column.addSpacing(12)
            column.addWidget(_label(self.tr("To get from the internet"), "title"))
        for card in there:
            column.addWidget(self._card(card, self._get_button(card)))
        column.addStretch(1)
        self.scroll.setWidget(whole)
        self.scroll.verticalScrollBar().setValue(place)
        if focused in self.buttons:
            self.buttons[focused].setFocus()
        self._enable()

    def lead_to(self, key: str) -> None:
        """Shows a backbone's card and gives its button the keyboard."""
        if (button := self.buttons.get(key)) is not None:
            self.scroll.widget().adjustSize()  # else a card that is new lies nowhere yet
            self.scroll.ensureWidgetVisible(button.parentWidget())
            button.setFocus()

    def show_progress(self, words: str, share: float | None) -> None:
        """Something is on its way. share: 0-1, None if that is not known."""
        self._busy = True
        self.progress.setRange(0, 0 if share is None else 1000)
        self.progress.setValue(round(1000 * (share or 0.0)))
        self._say(words, "muted")
        self._enable()

    def show_idle(self, words: str, bad: bool = False) -> None:
        """Nothing is on its way (any more). words: how it ended; bad: it failed."""
        self._busy = False
        self._say(words, "bad" if bad else "muted")
        self._enable()

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may come."""
        if _paths(event) and not self._busy:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """They become models."""
        paths = _paths(event)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.add_wanted.emit(paths)

    # Making

    def _lay_out(self) -> None:
        self.resize(720, 640)
        self.setMinimumSize(480, 360)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self._intro())
        column.addWidget(self.scroll, 1)
        under_way = QHBoxLayout()
        texts = QVBoxLayout()
        texts.addWidget(self.status)
        texts.addWidget(self.progress)
        under_way.addLayout(texts, 1)
        under_way.addWidget(self.stop)
        column.addLayout(under_way)
        foot = QHBoxLayout()
        foot.addWidget(self.file)
        foot.addWidget(self.folder)
        foot.addWidget(self.speeds)
        foot.addStretch(1)
        close = _button(self.tr("Close"), self.tr("Close: a download goes on"))
        close.clicked.connect(self.close)
        foot.addWidget(close)
        column.addLayout(foot)

    def _intro(self) -> QLabel:
        return _label(
            self.tr(
                "A backbone turns pictures into numbers that can be compared; how good it is decides how good the "
                "answers are. Drop a file of weights or a model folder here to add it."
            ),
            "muted",
        )

    def _card(self, card: Card, button: QPushButton) -> QFrame:
        frame = QFrame()
        set_role(frame, "card")
        row = QHBoxLayout(frame)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(3)
        lines = ((card.name, "strong"), (card.facts, "small"), (card.about, ""), (card.measured, ""))
        for text, role in (*lines, (card.qualities, ""), (card.speed, "small"), (card.licence, "small")):
            if text:
                texts.addWidget(_label(text, role))
        row.addLayout(texts, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons[card.key] = button
        button.setProperty("backbone", card)
        return frame

    def _use_button(self, card: Card) -> QPushButton:
        words = self.tr("In use") if card.chosen else self.tr("Use")
        name = self.tr("Use {name} in this project").format(name=card.name)
        button = _button(words, name, "check" if card.chosen else "")
        button.clicked.connect(lambda: self.chosen.emit(card.key))
        return button

    def _get_button(self, card: Card) -> QPushButton:
        button = _button(self.tr("Get..."), self.tr("Download {name}").format(name=card.name), "import")
        button.clicked.connect(lambda: self.get_wanted.emit(card.key))
        return button

    def _enable(self) -> None:
        self.progress.setVisible(self._busy)
        self.stop.setVisible(self._busy)
        self.file.setEnabled(not self._busy)
        self.folder.setEnabled(not self._busy)
        self.speeds.setEnabled(not self._busy)
        here = {card.key for card in self._shown[0]} if self._shown else set()  # type: ignore[index]
        for key, button in self.buttons.items():
            card: Card = button.property("backbone")
            may = self._can_choose and not card.chosen if key in here else card.can_get and not self._busy
            button.setEnabled(may)
            waits = key in here and not self._can_choose
            button.setToolTip(
                self.tr("A backbone is chosen for a project: begin one first.") if waits else button.accessibleName()
            )

    def _say(self, words: str, role: str) -> None:
        self.status.setText(words)
        set_role(self.status, role)
        self.status.setVisible(bool(words))

    def _focused(self) -> str:
        return next((key for key, button in self.buttons.items() if button.hasFocus()), "")


def _paths(event: QDropEvent) -> list[str]:
    found = drops.read(event.mimeData())
    return [*found.folders, *found.others]


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        set_role(label, role)
    return label


def _button(words: str, name: str, icon: str = "") -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setAutoDefault(False)
    if icon:
        icons.set_icon(button, icon)
    return button

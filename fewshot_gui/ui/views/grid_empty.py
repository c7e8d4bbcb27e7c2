"""What an empty grid says: an icon, one sentence, one button. It teaches what to do next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import Theme, set_role

_ICON, _WIDEST = 56, 420  # pixels


class GridEmpty(QWidget):
    """Lies over the grid. choose: another folder is wanted; show_all: filter and search are to go."""

    choose = Signal()
    show_all = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind, self._searching = "folder", False
        self._icon, self._words, self.button = QLabel(), QLabel(), QPushButton()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._words, "muted")
        set_role(self.button, "primary")
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch()
        for label in (self._icon, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)  # as wide as there is room, so that it gets the height that its lines need
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.button.clicked.connect(self._clicked)
        Theme.current().changed.connect(self.renew)
        self.renew()

    def set_searching(self, searching: bool) -> None:
        """Whether a folder is being looked through."""
        self._searching = searching
        self.renew()

    def show_for(self, shown: int, total: int | None) -> None:
        """shown: pictures in the grid; total: pictures of the folder, None without one."""
        self._kind = "folder" if total is None else "nothing" if total == 0 else "filter"
        if shown:
            self._hand_on_focus()
        self.setVisible(shown == 0)
        self.renew()

    def renew(self) -> None:
        """Words and icon of what is the case now."""
        icon, words, button = self._what()
        colour = Theme.current().colour("faint")
        self._icon.setPixmap(icons.pixmap(icon, colour, _ICON, self.devicePixelRatioF()))
        self._words.setText(words)
        self.button.setText(button)
        if not button:
            self._hand_on_focus()
        self.button.setVisible(bool(button))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines of text are no longer than is good to read."""
        super().resizeEvent(event)
        side = max(16, (self.width() - _WIDEST) // 2)
        self.layout().setContentsMargins(side, 16, side, 16)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.renew()
        super().changeEvent(event)

    def _what(self) -> tuple[str, str, str]:
        if self._searching:
            return "search", self.tr("Looking for pictures…"), ""
        if self._kind == "folder":
            words = self.tr("Drop a folder of pictures here to classify them. Nothing in it is ever changed.")
            return "folder", words, self.tr("Choose a folder…")
        if self._kind == "nothing":
            return "image", self.tr("There are no pictures in this folder."), self.tr("Choose another folder…")
        return "search", self.tr("No picture passes the filter and the search."), self.tr("Show all")

    def _hand_on_focus(self) -> None:
        """The button goes: the pictures get the keyboard, and not what Qt would take for the next."""
        if self.button.hasFocus():
            self.parentWidget().setFocus()

    def _clicked(self) -> None:
        self.show_all.emit() if self._kind == "filter" else self.choose.emit()

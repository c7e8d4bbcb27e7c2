"""Notices: a sentence above the panes, with a way out where there is one, until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role

Kind = Literal["plain", "look", "bad"]
_ROLE = {"plain": "notice-plain", "look": "notice", "bad": "notice-bad"}
_ICON = {"plain": ("info", "accent"), "look": ("warning", "amber"), "bad": ("warning", "bad")}
_MOST = 3  # at once: more would push the panes away, and nobody reads them


class Notice(QFrame):
    """One sentence with its ways out."""

    def __init__(self, kind: Kind, sentence: str, ways: dict[str, Callable[[], None]]) -> None:
        """ways: what stands on a button -> what it does; the notice goes with the click."""
        super().__init__()
        self.sentence = sentence
        self.is_news = kind == "plain" and not ways
        set_role(self, _ROLE[kind])
        self.setAccessibleName(sentence)
        picture = QLabel()
        picture.setPixmap(icons.icon(*_ICON[kind]).pixmap(18, 18))
        text = QLabel(sentence)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(picture)
        row.addWidget(text, 1)
        self.buttons = [self._way(name, do) for name, do in ways.items()]
        for button in self.buttons:
            row.addWidget(button)
        dismiss = QToolButton()
        icons.set_icon(dismiss, "close", "muted", 14)
        dismiss.setAccessibleName(self.tr("Dismiss"))
        dismiss.setToolTip(self.tr("Dismiss"))
        dismiss.clicked.connect(self.dismiss)
        row.addWidget(dismiss)

    def dismiss(self) -> None:
        """Takes the notice away."""
        self.hide()
        self.deleteLater()

    def _way(self, name: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(name)

        def chosen() -> None:
            self.dismiss()
            do()

        button.clicked.connect(chosen)
        return button


class Notices(QWidget):
    """The notices that stand now, the newest lowest. A sentence stands only once."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 0)
        self._layout.setSpacing(6)
        self.hide()

    def add(self, kind: Kind, sentence: str, ways: dict[str, Callable[[], None]] | None = None) -> Notice:
        """Shows a sentence; the oldest goes if there are too many."""
        for notice in self.standing():
            if notice.sentence == sentence:
                return notice
        news = kind == "plain" and not ways
        for notice in self.standing():
            if news and notice.is_news:  # older news tell what may be true no longer
                notice.dismiss()
        for notice in self.standing()[: -(_MOST - 1)]:
            notice.dismiss()
        notice = Notice(kind, sentence, ways or {})
        notice.destroyed.connect(self._hide_if_empty)
        self._layout.addWidget(notice)
        notice.show()
        self.show()
        return notice

    def clear(self) -> None:
        """Takes all away."""
        for notice in self.standing():
            notice.dismiss()
        self.hide()

    def standing(self) -> list[Notice]:
        """The notices that can be seen, oldest first."""
        items = (self._layout.itemAt(index).widget() for index in range(self._layout.count()))
        return [widget for widget in items if isinstance(widget, Notice) and not widget.isHidden()]

    def _hide_if_empty(self) -> None:
        if not self.standing():
            self.hide()

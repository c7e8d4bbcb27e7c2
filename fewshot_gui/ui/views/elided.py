"""A label that says less, then ends in "…", where there is no room, and says all of it in its tool tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fewshot_gui.ui.views.class_data import plain_tip


class ElidedLabel(QLabel):
    """One line of plain text, as wide as there is room."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._short = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """See Qt."""
        self.set_texts(text, text)

    def set_texts(self, whole: str, short: str) -> None:
        """The text, and what stands there where it has no room."""
        super().setText(whole)
        self._short = short
        self.setToolTip(plain_tip(whole))
        self.update()

    def shown(self) -> str:
        """What is painted at the width it has."""
        metrics = self.fontMetrics()
        if metrics.horizontalAdvance(self.text()) <= self.width():
            return self.text()
        return metrics.elidedText(self._short, Qt.TextElideMode.ElideRight, self.width())

    def minimumSizeHint(self) -> QSize:
        """No width at all is needed."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), self.shown())

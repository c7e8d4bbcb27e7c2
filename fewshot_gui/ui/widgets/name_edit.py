"""A name that is edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from fewshot_gui.ui.theme import set_role

_WIDEST, _NARROWEST = 320, 90  # pixels, of a long name: as there is room


class NameEdit(QLineEdit):
    """Looks like a title until it is clicked. Enter takes the new name, Escape the old one. renamed: the new name."""

    renamed = Signal(str)

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        set_role(self, "quiet")
        self.setAccessibleName(accessible_name)
        self.setToolTip(accessible_name)
        self._name = ""
        self._wanted = _NARROWEST
        self.editingFinished.connect(self._finish)
        self.textChanged.connect(self._fit)

    def set_name(self, name: str) -> None:
        """The name to show; what is being typed is left alone."""
        self._name = name
        if not self.hasFocus():
            self.setText(name)
            self.setCursorPosition(0)

    def sizeHint(self) -> QSize:
        """As wide as the name, which gives way where there is little room."""
        return QSize(self._wanted, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._name)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.clearFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def _finish(self) -> None:
        wanted = self.text().strip()
        if wanted and wanted != self._name:
            self._name = wanted
            self.renamed.emit(wanted)
        elif not wanted:
            self.setText(self._name)
        self.setCursorPosition(0)

    def _fit(self, text: str) -> None:
        self._wanted = min(_WIDEST, self.fontMetrics().horizontalAdvance(text) + 28)
        self.setMinimumWidth(min(_NARROWEST, self._wanted))
        self.setMaximumWidth(self._wanted)
        self.updateGeometry()

"""Three columns with splitters; where the window is narrow, centre and right share one place as tabs."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

NARROW = 1280  # pixels: below, three columns are too tight
_WIDTHS = (270, 710, 390)


class Columns(QWidget):
    """Left, centre, right. narrow_changed: whether centre and right share one place as tabs now."""

    narrow_changed = Signal(bool)

    def __init__(self, left: QWidget, centre: QWidget, right: QWidget | None, tabs: tuple[str, str]) -> None:
        """right: None if there is no right column; tabs: what centre and right are called when they share a place."""
        super().__init__()
        self._left, self._centre, self._right, self._names = left, centre, right, tabs
        self._narrow: bool | None = None
        self._right_wanted = right is not None
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(10)
        self.splitter.setChildrenCollapsible(False)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.hide()
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(centre)
        if right is not None:
            self.splitter.addWidget(right)
        left.setMinimumWidth(230)
        centre.setMinimumWidth(320)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.splitter)
        for index in range(self.splitter.count()):
            self.splitter.setStretchFactor(index, 1 if index in (1, 2) else 0)
        self._arrange(narrow=False)

    @property
    def is_narrow(self) -> bool:
        """Whether centre and right share one place."""
        return bool(self._narrow)

    @property
    def right_shown(self) -> bool:
        """Whether the right column is wanted."""
        return self._right_wanted

    def show_right(self, shown: bool) -> None:
        """Shows the right column, or gives its room to the centre."""
        self._right_wanted = shown and self._right is not None
        self._arrange(narrow=self.is_narrow)

    def reveal(self, widget: QWidget) -> None:
        """Brings the column with this widget to the front, if it lies behind a tab."""
        for page in (self._centre, self._right):
            if page is not None and (page is widget or page.isAncestorOf(widget)):
                if page is self._right and not self._right_wanted:
                    self.show_right(True)
                if self._narrow:
                    self.tabs.setCurrentWidget(page)

    def state(self) -> str:
        """The widths as text, for `restore`."""
        return bytes(self.splitter.saveState().toBase64().data()).decode()

    def restore(self, state: str) -> None:
        """Takes over widths; nonsense changes nothing."""
        if state and not self._narrow:
            self.splitter.restoreState(QByteArray.fromBase64(state.encode()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if narrow != self._narrow:
            self._arrange(narrow=narrow)
            self.narrow_changed.emit(narrow)

    def _arrange(self, *, narrow: bool) -> None:
        tabbed = narrow and self._right_wanted
        self._narrow = narrow
        if self._right is None:
            self._sizes()
            return
        if tabbed and self.tabs.count() == 0:
            self.tabs.addTab(self._centre, self._names[0])
            self.tabs.addTab(self._right, self._names[1])
        elif not tabbed:
            self.tabs.clear()
            self.splitter.insertWidget(2, self._centre)
            self.splitter.insertWidget(3, self._right)
            self._centre.show()
        self.tabs.setVisible(tabbed)
        if not tabbed:
            self._right.setVisible(self._right_wanted)
        self._sizes()

    def _sizes(self) -> None:
        room = max(self.width(), sum(_WIDTHS)) - 20
        right = _WIDTHS[2] + (room - sum(_WIDTHS)) // 5 if self._right_wanted and not self._narrow else 0
        rest = room - _WIDTHS[0] - right
        by_widget = {self._left: _WIDTHS[0], self.tabs: rest, self._centre: rest, self._right: right}
        self.splitter.setSizes([by_widget.get(self.splitter.widget(i), 0) for i in range(self.splitter.count())])

"""The top of the window: the project's name and counts, how to adapt, the device, the theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.widgets.name_edit import NameEdit


@dataclass(frozen=True, slots=True)
class Methods:
    """What the method choice offers, by registered name. deeper: what "Adapt deeper" is, None if nothing is."""

    instant: tuple[str, ...] = ()
    deeper: str | None = None
    research: tuple[str, ...] = ()


class TopBar(QFrame):
    """renamed: the project's new name. method_chosen: a registered method, None for Auto. deeper_wanted: True to adapt
    the backbone now, False to stop doing so. device_chosen: auto, cpu, cuda or mps. theme_wanted: light or dark, the
    other one than now. home_wanted: the start page."""

    renamed = Signal(str)
    method_chosen = Signal(object)
    deeper_wanted = Signal(bool)
    theme_wanted = Signal()
    home_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "topbar")
        self._methods = Methods()
        self._group: QActionGroup | None = None
        self.menu = QToolButton()
        icons.set_icon(self.menu, "menu")
        self.menu.setToolTip(self.tr("Menu (F10)"))
        self.menu.setAccessibleName(self.tr("Menu"))
        self.menu.setShortcut(QKeySequence(Qt.Key.Key_F10))
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.home = QToolButton()
        self.home.setIcon(icons.app_icon())
        self.home.setIconSize(self.home.iconSize() * 1.7)
        self.home.setToolTip(self.tr("Projects"))
        self.home.setAccessibleName(self.tr("Projects"))
        self.home.clicked.connect(self.home_wanted)
        self.name = NameEdit(self.tr("Name of the project"))
        self.name.renamed.connect(self.renamed)
        self.counts = QLabel()
        set_role(self.counts, "muted")
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.method = QToolButton()
        set_role(self.method, "choice")
        self.method.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.method.setAccessibleName(self.tr("How to adapt"))
        self.method.setMenu(QMenu(self.method))
        self.deeper = QPushButton()
        set_role(self.deeper, "primary")
        self.deeper.clicked.connect(self._deeper_clicked)
        self.device = QLabel()
        set_role(self.device, "chip")
        self.device.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme = QToolButton()
        set_role(self.theme, "icon")
        self.theme.clicked.connect(self.theme_wanted)
        self._lay_out()
        self.set_deeper_running(False)
        self.set_dark(False)
        self.set_device("")

    def set_menu(self, menu: QMenu | None) -> None:
        """All commands; None where the platform shows them elsewhere."""
        self.menu.setVisible(menu is not None)
        if menu is not None:
            self.menu.setMenu(menu)

    def set_project(self, name: str | None, counts: str) -> None:
        """The project's name, None if none is open, and what it holds in a few words."""
        for widget in (self.name, self.counts, self.method, self.deeper):
            widget.setVisible(name is not None)
        self.deeper.setVisible(name is not None and self._methods.deeper is not None)
        self.name.set_name(name or "")
        self.counts.setText(counts)
        self.counts.setToolTip(counts)

    def set_methods(self, methods: Methods, chosen: str | None, model: str = "") -> None:
        """What can be chosen and what is; model: the backbone's name."""
        self._methods = methods
        self._fill(self.method.menu(), methods, chosen)
        words = self.method_words(chosen)
        self.method.setText(f"{words}   ·   {model}" if model else words)
        self.method.setToolTip(self.tr("How to adapt: {method}").format(method=words))
        self.deeper.setVisible(methods.deeper is not None and not self.name.isHidden())

    def set_deeper_running(self, running: bool) -> None:
        """Whether a backbone is being adapted: the button stops it then."""
        self._running = running
        self.deeper.setText(self.tr("Stop adapting") if running else self.tr("Adapt deeper"))
        self.deeper.setToolTip(
            self.tr("Stop: the answers stay as they are")
            if running
            else self.tr("Let the backbone itself learn from the examples: slower, often better (Ctrl+R)")
        )

    def set_device(self, words: str) -> None:
        """The device in words, "CPU, 2 threads"; "" hides it until it is known."""
        self.device.setVisible(bool(words))
        self.device.setText(words)
        self.device.setToolTip(self.tr("What computes: {device}").format(device=words))

    def set_dark(self, dark: bool) -> None:
        """Which theme is shown, so which one the button leads to."""
        icons.set_icon(self.theme, "sun" if dark else "moon")
        name = self.tr("Light theme") if dark else self.tr("Dark theme")
        self.theme.setToolTip(name)
        self.theme.setAccessibleName(name)

    def method_words(self, method: str | None) -> str:
        """A method as the choice calls it."""
        if method is None:
            return self.tr("Auto")
        if method == self._methods.deeper:
            return self.tr("Adapt deeper: {method}").format(method=method)
        if method in self._methods.instant:
            return self.tr("Instant: {method}").format(method=method)
        return self.tr("Research: {method}").format(method=method)

    def _fill(self, menu: QMenu, methods: Methods, chosen: str | None) -> None:
        menu.clear()
        self._group = QActionGroup(menu)
        self._entry(menu, self.tr("Auto: the model's own head"), None, chosen)
        instant = menu.addMenu(self.tr("Instant head"))
        for name in methods.instant:
            self._entry(instant, name, name, chosen)
        if methods.deeper:
            self._entry(menu, self.method_words(methods.deeper), methods.deeper, chosen)
        if methods.research:
            menu.addSeparator()
            research = menu.addMenu(self.tr("Research"))
            for name in methods.research:
                self._entry(research, name, name, chosen)

    def _entry(self, menu: QMenu, words: str, method: str | None, chosen: str | None) -> None:
        action = QAction(words, menu, checkable=True, checked=method == chosen)
        action.triggered.connect(lambda: self.method_chosen.emit(method))
        assert self._group is not None
        self._group.addAction(action)
        menu.addAction(action)

    def _deeper_clicked(self) -> None:
        self.deeper_wanted.emit(not self._running)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 16, 8)
        row.setSpacing(10)
        row.addWidget(self.menu)
        row.addWidget(self.home)
        row.addWidget(self.name)
        row.addWidget(self.counts, 1)
        row.addStretch()
        for widget in (self.method, self.device, self.deeper, self.theme):
            row.addWidget(widget)

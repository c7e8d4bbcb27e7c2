"""The top of the window: the project's name and counts, how to adapt, the device, the theme."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.widgets.choice_menus import Backbones, Choice, DeviceMenu, MethodMenu, Methods, method_name
from fewshot_gui.ui.widgets.name_edit import NameEdit

__all__ = ["Backbones", "Choice", "Methods", "TopBar"]


class TopBar(QFrame):
    """renamed: the project's new name. method_chosen: a registered method, None for Auto. backbone_chosen: a model's
    name. quality_chosen: fast, balanced or careful. backbones_wanted: to see them all and get more. deeper_wanted: True
    to adapt the backbone now, False to stop doing so. device_chosen: auto, cpu, cuda or mps. theme_wanted: light or
    dark, the other one than now. home_wanted: the start page."""

    renamed = Signal(str)
    method_chosen = Signal(object)
    backbone_chosen = Signal(str)
    quality_chosen = Signal(str)
    backbones_wanted = Signal()
    device_chosen = Signal(str)
    deeper_wanted = Signal(bool)
    theme_wanted = Signal()
    home_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "topbar")
        self._methods = Methods()
        self._chip = self._tip = ""
        self._adapted: str | None = None  # what was gained, while an adapted backbone answers
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
        self._choices = MethodMenu(self.method)
        self._choices.method_chosen.connect(self.method_chosen)
        self._choices.backbone_chosen.connect(self.backbone_chosen)
        self._choices.quality_chosen.connect(self.quality_chosen)
        self._choices.backbones_wanted.connect(self.backbones_wanted)
        self.method.setMenu(self._choices)
        self.deeper = QPushButton()
        set_role(self.deeper, "primary")
        self.deeper.clicked.connect(self._deeper_clicked)
        self.device = QToolButton()
        set_role(self.device, "chip")
        self.device.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._devices = DeviceMenu(self.device)
        self._devices.chosen.connect(self.device_chosen)
        self.device.setMenu(self._devices)
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
        self.name.set_name(name or "")
        self.counts.setText(counts)
        self.counts.setToolTip(counts)

    def set_methods(
        self, methods: Methods, chosen: str | None, model: str = "", backbones: Backbones | None = None
    ) -> None:
        """What can be chosen and what is; model: what the backbone that is loaded is called."""
        self._methods = methods
        self._choices.show_choices(methods, chosen, backbones)
        words = self.method_words(chosen)
        self._chip = f"{words}   ·   {model}" if model else words
        self._tip = self.tr("How to adapt: {method}").format(method=words)
        self._show_chip()

    def set_adapted(self, why: str | None) -> None:
        """That an adapted backbone answers, and what that gained; None: the frozen one does."""
        self._adapted = why
        self._show_chip()

    def set_deeper_running(self, running: bool) -> None:
        """Whether a backbone is being adapted: the button stops it then."""
        self._running = running
        self.deeper.setText(self.tr("Stop adapting") if running else self.tr("Adapt deeper"))
        self.deeper.setToolTip(
            self.tr("Stop: the answers stay as they are")
            if running
            else self.tr("Let the backbone itself learn from the examples: slower, often better (Ctrl+R)")
        )

    def set_device(self, words: str, devices: tuple[Choice, ...] = (), chosen: str = "auto") -> None:
        """The device in words, "CPU, 2 threads", "" hides it until it is known; and those that can be chosen."""
        self.device.setVisible(bool(words))
        self.device.setText(words)
        tip = self.tr("What computes: {device}").format(device=words)
        self.device.setToolTip(tip)
        self.device.setAccessibleName(tip)
        self._devices.show_choices(devices, chosen)

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
        name = method_name(method)
        if method == self._methods.deeper:
            return self.tr("Adapt deeper: {method}").format(method=name)
        if method in self._methods.instant:
            return self.tr("Instant: {method}").format(method=name)
        return self.tr("Research: {method}").format(method=name)

    def _show_chip(self) -> None:
        deep = self._adapted is not None
        adapted, says = self.tr("adapted"), self.tr("The adapted backbone answers.")
        self.method.setText(f"{self._chip}   ·   {adapted}" if deep else self._chip)
        tip = f"{self._tip}\n{says} {self._adapted}" if deep else self._tip
        self.method.setToolTip("<p>" + escape(tip).replace("\n", "<br>") + "</p>")
        self.method.setAccessibleDescription(tip)

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

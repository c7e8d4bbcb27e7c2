"""The look: colours as tokens, light and dark, one style sheet made from them, and the sizes of text.

Fusion with our own palette is the truth on every platform, because Qt's colour schemes reach only parts of some
desktops (and nothing at all offscreen). Widgets say what they are by the dynamic property `role` (see
resources/theme/style.qss); what paints itself asks `Theme.current()` for colours and repaints on its signal `changed`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from fewshot_gui import paths

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")

GRID = 8  # pixels: distances are multiples of it, or its half
CARD_RADIUS = 10  # pixels
TITLE, BODY, SMALL = 14.0, 13.0, 11.5  # pixels

_LIGHTER_PER_ROUND = 0.16  # share of the way to white (dark theme) or black (light) for each 12 further classes
_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
_CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei")


class Theme(QObject):
    """Colours and fonts of the running application; `Theme.current()` is the one there is. changed: repaint."""

    changed = Signal()
    _current: Theme | None = None

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "system"
        self._dark = _system_is_dark()
        self._classes: dict[tuple[str, int], QColor] = {}
        self._hints = QGuiApplication.styleHints()
        if self._hints is not None:
            self._hints.colorSchemeChanged.connect(self._follow)

    @classmethod
    def current(cls) -> Theme:
        """The application's theme; made at the first call, which must come after the QApplication."""
        if cls._current is None:
            cls._current = cls()
        return cls._current

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on dark ground now."""
        return self._dark

    @property
    def mode(self) -> Mode:
        """What the user chose: "system" follows the desktop."""
        return self._mode

    @property
    def font_size(self) -> float:
        """Pixels of body text."""
        return BODY

    def set_mode(self, mode: Mode) -> None:
        """Light, dark, or as the desktop is; native frames and dialogs are asked to follow."""
        self._mode = mode
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[mode]
        if self._hints is not None:
            self._hints.setColorScheme(wanted)
        self._use(_system_is_dark() if mode == "system" else mode == "dark")

    def apply(self) -> None:
        """Dresses the application: style, palette, style sheet and font."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if app.style().objectName().lower() != "fusion":
            app.setStyle("Fusion")
        app.setPalette(_palette(self))
        app.setFont(self.font())
        app.setStyleSheet(_sheet("dark" if self._dark else "light"))

    def colour(self, name: str) -> QColor:
        """The colour of a token of resources/theme/light.json and dark.json, the caller's own; KeyError if none."""
        return QColor(_colour(_tokens(self._scheme)[name]))

    def class_colour(self, index: int) -> QColor:
        """The colour of class palette entry `index`: 12 colour-blind-safe ones, then those in other lightness."""
        return self._class("colour", index)

    def class_soft(self, index: int) -> QColor:
        """A ground in the colour of a class, quiet enough to write on with `class_text`."""
        return self._class("soft", index)

    def class_text(self, index: int) -> QColor:
        """The colour of a class, dark or light enough to be read as text on `class_soft` and on `surface`."""
        return self._class("text", index)

    def font(self, size: float = BODY, *, strong: bool = False) -> QFont:
        """The program's font, the caller's own; size: pixels (TITLE, BODY or SMALL)."""
        return QFont(_font(round(size), strong))

    @property
    def _scheme(self) -> str:
        return "dark" if self._dark else "light"

    def _class(self, kind: str, index: int) -> QColor:
        key = (kind, index)
        if key not in self._classes:
            self._classes[key] = _class_colour(self, kind, index)
        return QColor(self._classes[key])

    def _follow(self) -> None:
        if self._mode == "system":
            self._use(_system_is_dark())

    def _use(self, dark: bool) -> None:
        self._dark = dark
        self._classes.clear()
        self.apply()
        self.changed.emit()


@cache
def _font(pixels: int, strong: bool) -> QFont:
    font = QFont()
    font.setFamilies([*_FAMILIES, *_CHINESE, QFont().defaultFamily()])
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return font


def set_role(widget: QWidget, role: str) -> None:
    """Says what a widget is ("card", "title", "primary"...), so that the style sheet dresses it; may change later."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """The colour that lies `share` (0-1) of the way from the first to the second."""
    a, b = first.getRgbF(), second.getRgbF()
    return QColor.fromRgbF(*(x + (y - x) * share for x, y in zip(a, b, strict=True)))  # type: ignore[arg-type]


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _class_colour(theme: Theme, kind: str, index: int) -> QColor:
    listed = _tokens("dark" if theme.is_dark else "light")["classes"]
    end = QColor("white" if theme.is_dark else "black")
    round_ = min(abs(index) // len(listed), 4)
    colour = mixed(QColor(listed[index % len(listed)]), end, _LIGHTER_PER_ROUND * round_)
    if kind == "colour":
        return colour
    soft = mixed(theme.colour("surface"), colour, 0.24 if theme.is_dark else 0.16)
    if kind == "soft":
        return soft
    while contrast(colour, soft) < 4.5 and colour != end:
        colour = mixed(colour, end, 0.08)
        if contrast(end, colour) < 1.05:
            return end
    return colour


def _system_is_dark() -> bool:
    hints = QGuiApplication.styleHints()
    return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark


def _folder() -> Path:
    return paths.resources_folder() / "theme"


@cache
def _tokens(scheme: str) -> Mapping[str, Any]:
    return json.loads((_folder() / f"{scheme}.json").read_text("utf-8"))


@cache
def _colour(text: str) -> QColor:
    """#rrggbb or #rrggbbaa, as the web writes it."""
    colour = QColor(text[:7])
    if len(text) == 9:
        colour.setAlpha(int(text[7:], 16))
    return colour


@cache
def _sheet(scheme: str) -> str:
    """The style sheet with the colours of a scheme."""
    tail = f"-{scheme}.svg"
    pictures = {path.name.removesuffix(tail): path.as_posix() for path in _folder().glob(f"*{tail}")}
    tokens = {**_tokens(scheme), **pictures}
    text = (_folder() / "style.qss").read_text("utf-8")
    return re.sub(r"@([a-z-]+)", lambda found: tokens[found[1]], text)


def _palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    names = {
        roles.Window: "canvas", roles.WindowText: "text", roles.Base: "surface", roles.AlternateBase: "raised",
        roles.Text: "text", roles.Button: "surface", roles.ButtonText: "text", roles.BrightText: "bad",
        roles.ToolTipBase: "raised", roles.ToolTipText: "text", roles.PlaceholderText: "faint",
        roles.Highlight: "accent", roles.HighlightedText: "on-accent", roles.Link: "accent",
        roles.LinkVisited: "accent-pressed", roles.Light: "surface", roles.Midlight: "hover", roles.Mid: "border",
        roles.Dark: "border-strong", roles.Shadow: "border-strong", roles.Accent: "accent",
    }  # fmt: skip
    palette = QPalette()
    for role, name in names.items():
        palette.setColor(role, theme.colour(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("faint"))
    return palette

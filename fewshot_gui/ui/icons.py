"""Line icons from resources/icons, drawn in a colour of the theme at whatever sharpness the screen has."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fewshot_gui import paths
from fewshot_gui.ui.theme import Theme


class TakesIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon) -> None: ...


def icon(name: str, colour: str | QColor = "text", size: int = 18) -> QIcon:
    """The icon of resources/icons/NAME.svg; colour: a token of the theme, or any colour; size: pixels.

    It keeps the colours of the theme it was made in: use `set_icon` for what has to follow a change.
    """
    theme = Theme.current()
    shade = theme.colour(colour) if isinstance(colour, str) else colour
    found = QIcon()
    sharpest = QGuiApplication.instance().devicePixelRatio()  # type: ignore[union-attr] # of all screens there are
    for mode, tint in ((QIcon.Mode.Normal, shade), (QIcon.Mode.Disabled, theme.colour("faint"))):
        for ratio in {1.0, sharpest}:
            found.addPixmap(pixmap(name, tint, size, ratio), mode)
    return found


def set_icon(target: TakesIcon, name: str, colour: str = "text", size: int = 18) -> None:
    """Gives a button or action an icon, and a new one whenever the theme changes. A later call replaces it."""
    assert isinstance(target, QObject)
    follower = target.findChild(_Follower, "icon", Qt.FindChildOption.FindDirectChildrenOnly)
    if follower is None:
        follower = _Follower(target)
    follower.use(name, colour, size)


def pixmap(name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of size x size logical pixels at a device pixel ratio."""
    return _pixmap(name, colour.name(QColor.NameFormat.HexArgb), size, ratio)


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(paths.resources_folder() / "fewshot-gui.svg"))


class _Follower(QObject):
    """Renews the icon of its parent with the theme; being its child, it ends with it."""

    def __init__(self, target: QObject) -> None:
        super().__init__(target)
        self.setObjectName("icon")
        self._what = ("plus", "text", 18)
        Theme.current().changed.connect(self._renew)

    def use(self, name: str, colour: str, size: int) -> None:
        """Shows another icon from now on."""
        self._what = (name, colour, size)
        self._renew()

    def _renew(self) -> None:
        self.parent().setIcon(icon(*self._what))  # type: ignore[attr-defined]


@cache
def _source(name: str) -> str:
    path: Path = paths.resources_folder() / "icons" / f"{name}.svg"
    return path.read_text("utf-8")


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    shade = QColor(colour)
    source = _source(name).replace("currentColor", shade.name())
    side = round(size * ratio)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(shade.alphaF())
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn

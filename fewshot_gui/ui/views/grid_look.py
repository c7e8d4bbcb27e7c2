"""What the cells of the grid are painted with: colours, fonts, cards and labels that are drawn once and copied often.

In a frame the same few labels come again and again, and drawing text takes ten times as long as copying it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import CARD_RADIUS, SMALL, Theme

_REMEMBERED, _LONGEST = 2000, 300  # words and labels that are kept; characters of them
_LINE = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value | Qt.AlignmentFlag.AlignLeft.value
_ICON = 13  # pixels


class Type:
    """A font, and how wide words are in it: the same few labels are measured again in every frame."""

    def __init__(self, font: QFont) -> None:
        self.font, self._metrics = font, QFontMetrics(font)
        self._widths: dict[str, int] = {}
        self._cuts: dict[tuple[str, int], str] = {}

    def width(self, words: str) -> int:
        """Logical pixels."""
        if words not in self._widths:
            if len(self._widths) > _REMEMBERED:
                self._widths.clear()
            self._widths[words] = self._metrics.horizontalAdvance(words)
        return self._widths[words]

    def cut(self, words: str, width: int) -> str:
        """The words with an ellipsis where they are wider than `width` pixels."""
        key = words[:_LONGEST], width
        if key not in self._cuts:
            if len(self._cuts) > _REMEMBERED:
                self._cuts.clear()
            self._cuts[key] = self._metrics.elidedText(key[0], Qt.TextElideMode.ElideRight, width)
        return self._cuts[key]


@dataclass(slots=True)
class Look:
    """Colours and fonts, asked from the theme once and not for every cell."""

    surface: QColor
    border: QColor
    accent: QColor
    soft: QColor
    track: QColor
    raised: QColor
    text: QColor
    muted: QColor
    faint: QColor
    amber: QColor
    on_amber: QColor
    good: QColor
    bad: QColor
    bad_soft: QColor
    small: Type
    strong: Type

    @classmethod
    def of(cls, theme: Theme) -> Look:
        """The theme's."""
        names = ("surface", "border", "accent", "accent-soft", "track", "raised", "text", "muted", "faint")
        more = ("amber", "on-amber", "good", "bad", "bad-soft")
        fonts = (Type(theme.font(SMALL)), Type(theme.font(SMALL, strong=True)))
        return cls(*(theme.colour(name) for name in (*names, *more)), *fonts)


@dataclass(frozen=True, slots=True)
class Label:
    """Words as they are to be drawn. ink, ground: colours as 0xAARRGGBB, None for none; width, height, left: logical
    pixels, left being where the words begin; icon: before the words, "" for none."""

    words: str
    font: Type
    ink: int
    width: int
    height: int
    left: int
    ground: int | None = None
    icon: str = ""


class Labels:
    """Labels as pictures, each drawn when it is first asked for."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[Label, float], QPixmap] = {}

    def drawn(self, label: Label, painter: QPainter) -> QPixmap:
        """The label, as sharp as what the painter paints on."""
        key = label, painter.device().devicePixelRatioF()
        if key not in self._drawn:
            if len(self._drawn) > _REMEMBERED:
                self._drawn.clear()
            self._drawn[key] = _draw(*key)
        return self._drawn[key]


def _draw(label: Label, ratio: float) -> QPixmap:
    drawn = QPixmap(round(label.width * ratio), round(label.height * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor.fromRgba(label.ink)
    if label.ground is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgba(label.ground))
        painter.drawRoundedRect(0, 0, label.width, label.height, label.height / 2, label.height / 2)
    if label.icon:
        painter.drawPixmap(7, (label.height - _ICON) // 2, icons.pixmap(label.icon, ink, _ICON, ratio))
    painter.setFont(label.font.font)
    painter.setPen(ink)
    painter.drawText(label.left, 0, label.width - label.left, label.height, _LINE, label.words)
    painter.end()
    return drawn


def card(look: Look, width: int, height: int, selected: bool, focused: bool, ratio: float) -> QPixmap:
    """What lies behind a cell. The same for hundreds of cells, so it is drawn once."""
    line = look.accent if selected else look.border
    fill = look.soft if selected else look.surface
    ring = look.accent.rgba() if focused else None
    return _card(width, height, look.surface.rgba(), fill.rgba(), line.rgba(), 2 if selected else 1, ring, ratio)


@lru_cache(maxsize=64)
def _card(
    width: int, height: int, behind: int, fill: int, line: int, thick: int, ring: int | None, ratio: float
) -> QPixmap:
    """Opaque, corners and all: to copy is several times faster than to blend."""
    drawn = QPixmap(round(width * ratio), round(height * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor.fromRgb(behind))
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(line), thick))
    painter.setBrush(QColor.fromRgba(fill))
    inner = QRectF(0, 0, width, height).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
    painter.drawRoundedRect(inner, CARD_RADIUS, CARD_RADIUS)
    if ring is not None:  # where the keyboard is: a dashed line inside the border
        painter.setPen(QPen(QColor.fromRgba(ring), 1.2, Qt.PenStyle.CustomDashLine))
        pen = painter.pen()
        pen.setDashPattern([2, 2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(0, 0, width, height).adjusted(3, 3, -3, -3), 8, 8)
    painter.end()
    return drawn

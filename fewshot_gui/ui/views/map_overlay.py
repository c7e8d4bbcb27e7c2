"""What lies over the map's points: prototypes, examples, selection, lasso, and the picture under the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import SMALL, Theme, mixed
from fewshot_gui.ui.views.map_scene import FIRST_CLASS

GREYS = ("border-strong", "faint")  # the theme's colours for PENDING_GROUP and UNKNOWN_GROUP
THUMB = 96  # logical pixels: the longer side of the picture on the hover card

_PAD, _GAP = 6, 14
_DIAMOND = 8.5  # logical pixels from its middle to a corner


@dataclass(frozen=True, slots=True)
class Hover:
    """What the card of the point under the mouse says. at: the point, logical pixels; detail: label and confidence."""

    at: QPointF
    radius: float
    colour: QColor
    name: str
    detail: str
    detail_colour: QColor
    image: QImage | None


def paint_support(painter: QPainter, at: np.ndarray, colours: list[QColor], radius: float) -> None:
    """Example pictures: discs at [s, 2] logical pixels with a dark rim."""
    theme = Theme.current()
    painter.setPen(QPen(theme.colour("text"), 1.4))
    for (x, y), colour in zip(at.tolist(), colours, strict=True):
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, y), radius, radius)


def paint_selected(painter: QPainter, at: np.ndarray, colours: list[QColor], radius: float) -> None:
    """Selected pictures: discs at [m, 2] logical pixels with a wide rim in the colour of actions."""
    theme = Theme.current()
    for (x, y), colour in zip(at.tolist(), colours, strict=True):
        painter.setPen(QPen(theme.colour("surface"), 5))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawEllipse(QPointF(x, y), radius + 0.5, radius + 0.5)


def paint_prototypes(painter: QPainter, at: np.ndarray, colours: list[QColor]) -> None:
    """Prototypes: diamonds at [k, 2] logical pixels with a rim that stands out from the points."""
    rim = Theme.current().colour("surface")
    corners = ((0, -_DIAMOND), (_DIAMOND, 0), (0, _DIAMOND), (-_DIAMOND, 0))
    for (x, y), colour in zip(at.tolist(), colours, strict=True):
        diamond = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
        for line, width in ((colour.darker(125), 5.0), (rim, 2.6)):  # on the bare ground only the outer line is seen
            pen = QPen(line, width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(colour)
            painter.drawPolygon(diamond)


def paint_lasso(painter: QPainter, line: QPolygonF) -> None:
    """The lasso being drawn."""
    ground = QColor(Theme.current().colour("accent"))
    painter.setPen(QPen(ground, 1.5, Qt.PenStyle.DashLine))
    ground.setAlphaF(0.12)
    painter.setBrush(ground)
    painter.drawPolygon(line)


def lasso_mask(line: QPolygonF, width: int, height: int, ratio: float) -> np.ndarray:
    """[height, width] bool: the device pixels inside the line, which is in logical pixels and closes itself."""
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawPolygon(line, Qt.FillRule.WindingFill)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, :width] > 127


def paint_hover(painter: QPainter, hover: Hover, room: QSizeF) -> None:
    """The point under the mouse, and beside it a card with its picture, name and label; kept inside the room."""
    theme = Theme.current()
    painter.setPen(QPen(theme.colour("text"), 2))
    painter.setBrush(hover.colour)
    painter.drawEllipse(hover.at, hover.radius, hover.radius)
    metrics = QFontMetricsF(theme.font(SMALL))
    card = _card_rect(hover.at, QSizeF(THUMB + 2 * _PAD, THUMB + 2 * _PAD + 2 * metrics.lineSpacing() + 4), room)
    painter.setPen(QPen(theme.colour("border-strong"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(card, 8, 8)
    frame = QRectF(card.left() + _PAD, card.top() + _PAD, THUMB, THUMB)
    _paint_thumb(painter, hover.image, frame)
    painter.setFont(theme.font(SMALL))
    lines = ((hover.name, theme.colour("text"), Qt.TextElideMode.ElideMiddle),)
    lines += ((hover.detail, hover.detail_colour, Qt.TextElideMode.ElideRight),)
    baseline = frame.bottom() + 4 + metrics.ascent()
    for text, colour, elide in lines:
        painter.setPen(colour)
        painter.drawText(QPointF(frame.left(), baseline), metrics.elidedText(text, elide, THUMB))
        baseline += metrics.lineSpacing()


def paint_sentence(painter: QPainter, text: str, room: QRectF) -> None:
    """A picture and a sentence in the middle of an empty map."""
    theme = Theme.current()
    painter.setFont(theme.font())
    width = min(room.width() - 48, 300)
    words = QRectF(room.center().x() - width / 2, 0, width, room.height())
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    needed = painter.boundingRect(words, flags, text).height()
    top = room.center().y() - (needed + 44) / 2
    sign = icons.pixmap("layers", theme.colour("faint"), 32, painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(room.center().x() - 16, top), sign)
    painter.setPen(theme.colour("muted"))
    painter.drawText(QRectF(words.left(), top + 44, width, needed), flags, text)


def _card_rect(at: QPointF, size: QSizeF, room: QSizeF) -> QRectF:
    """Below and right of the point; where there is no room, on the other side of it."""
    x = at.x() + _GAP if at.x() + _GAP + size.width() < room.width() else at.x() - _GAP - size.width()
    y = at.y() + _GAP if at.y() + _GAP + size.height() < room.height() else at.y() - _GAP - size.height()
    return QRectF(QPointF(max(1.0, round(x) + 0.5), max(1.0, round(y) + 0.5)), size)


def _paint_thumb(painter: QPainter, image: QImage | None, frame: QRectF) -> None:
    clip = QPainterPath()
    clip.addRoundedRect(frame, 5, 5)
    painter.save()
    painter.setClipPath(clip)
    painter.fillRect(frame, Theme.current().colour("raised"))
    if image is not None and not image.isNull():
        size = QSizeF(image.size()).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        corner = frame.center() - QPointF(size.width() / 2, size.height() / 2)
        painter.drawImage(QRectF(corner, size), image)
    painter.restore()


@lru_cache(16)
def group_colours(dark: bool, classes: tuple[int, ...], highlight: int | None) -> tuple[QColor, ...]:
    """What points look like in the theme in use, by group; kept, since every frame asks several times."""
    theme = Theme.current()
    colours = [*(theme.colour(name) for name in GREYS), *(theme.class_colour(index) for index in classes)]
    if highlight is not None:
        faint = theme.colour("surface")
        colours = [c if i == FIRST_CLASS + highlight else mixed(c, faint, 0.82) for i, c in enumerate(colours)]
    return tuple(colours)


def image_of(pixels: np.ndarray) -> QImage:
    """pixels [h, w] uint32 as a QImage that shares their memory."""
    height, width = pixels.shape
    return QImage(pixels.view(np.uint8).data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)

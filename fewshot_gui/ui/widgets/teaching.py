"""The picture on the start page: a few examples per class on the left sort a heap of pictures on the right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui.theme import Theme, mixed

_WIDTH, _HEIGHT = 560.0, 216.0  # the picture's own units
_ANSWERS = (0, 2, 1, 0, 1, 1, 0, 2, 2, 0, 1, 2, 0, 2, 1)  # the classes of the heap, row by row
_UNSURE = 7  # the one to look at


class TeachingPicture(QWidget):
    """Three classes of drawn leaves, drops and suns, an arrow, and a grid of pictures with their answers."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("A few examples per class on the left sort all pictures on the right"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(int(_WIDTH), int(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(int(_WIDTH * 0.7), int(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / _WIDTH, self.height() / _HEIGHT)
        painter.translate((self.width() - _WIDTH * scale) / 2, (self.height() - _HEIGHT * scale) / 2)
        painter.scale(scale, scale)
        for index in range(3):
            _card(painter, QRectF(4, 8 + index * 68, 176, 60), index)
        _arrow(painter, QPointF(200, 108), QPointF(250, 108))
        for place, index in enumerate(_ANSWERS):
            tile = QRectF(272 + place % 5 * 57, 12 + place // 5 * 67, 50, 58)
            _tile(painter, tile, index, unsure=place == _UNSURE, turn=place * 37 % 50 - 25)
        painter.end()


def _card(painter: QPainter, place: QRectF, index: int) -> None:
    """A class: its colour, and three examples."""
    theme = Theme.current()
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(place, 10, 10)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(index))
    painter.drawRoundedRect(QRectF(place.x() + 12, place.y() + 24, 12, 12), 3, 3)
    for example in range(3):
        box = QRectF(place.x() + 36 + example * 45, place.y() + 11, 38, 38)
        _picture(painter, box, index, turn=example * 28 - 25)


def _tile(painter: QPainter, place: QRectF, index: int, *, unsure: bool, turn: float) -> None:
    """A picture that was classified; one of them is to be looked at."""
    theme = Theme.current()
    painter.setPen(QPen(theme.colour("amber" if unsure else "border"), 2 if unsure else 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(place, 7, 7)
    _picture(painter, QRectF(place.x() + 5, place.y() + 5, 40, 36), index, turn)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track"))
    bar = QRectF(place.x() + 6, place.y() + 47, 38, 5)
    painter.drawRoundedRect(bar, 2.5, 2.5)
    painter.setBrush(theme.colour("amber") if unsure else theme.class_colour(index))
    bar.setWidth(38 * (0.45 if unsure else 0.82 + turn / 250))
    painter.drawRoundedRect(bar, 2.5, 2.5)


def _picture(painter: QPainter, place: QRectF, index: int, turn: float) -> None:
    """A small photograph of a thing of class `index`."""
    theme = Theme.current()
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(place, 5, 5)
    painter.setClipPath(clip)
    painter.fillRect(place, mixed(theme.class_soft(index), theme.colour("raised"), 0.35))
    painter.translate(place.center())
    painter.rotate(turn)
    painter.setPen(Qt.PenStyle.NoPen)
    (_sun, _drop, _leaf)[index](painter, theme.class_colour(index), min(place.width(), place.height()) * 0.36)
    painter.restore()


def _sun(painter: QPainter, colour: QColor, size: float) -> None:
    painter.setBrush(colour)
    for _ in range(8):
        painter.drawRoundedRect(QRectF(-size * 0.13, -size, size * 0.26, size * 0.5), size * 0.1, size * 0.1)
        painter.rotate(45)
    painter.drawEllipse(QPointF(0, 0), size * 0.52, size * 0.52)


def _drop(painter: QPainter, colour: QColor, size: float) -> None:
    path = QPainterPath(QPointF(0, -size))
    path.cubicTo(size * 0.3, -size * 0.45, size * 0.8, 0, size * 0.8, size * 0.3)
    path.cubicTo(size * 0.8, size * 1.15, -size * 0.8, size * 1.15, -size * 0.8, size * 0.3)
    path.cubicTo(-size * 0.8, 0, -size * 0.3, -size * 0.45, 0, -size)
    painter.setBrush(colour)
    painter.drawPath(path)


def _leaf(painter: QPainter, colour: QColor, size: float) -> None:
    path = QPainterPath(QPointF(0, -size))
    path.cubicTo(size, -size * 0.4, size * 0.7, size * 0.6, 0, size)
    path.cubicTo(-size * 0.7, size * 0.6, -size, -size * 0.4, 0, -size)
    painter.setBrush(colour)
    painter.drawPath(path)
    painter.setPen(QPen(Theme.current().colour("surface"), size * 0.1))
    painter.drawLine(QPointF(0, -size * 0.6), QPointF(0, size * 0.9))


def _arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    pen = QPen(Theme.current().colour("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(start, end)
    painter.drawPolyline(QPolygonF([end + QPointF(-9, -9), end, end + QPointF(-9, 9)]))

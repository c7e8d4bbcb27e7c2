"""Accuracy over time: a line per kind of figure with its interval as a band, and a mark where it was adapted anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.types import Accuracy
from fewshot_gui.ui.theme import SMALL, Theme

Basis = Literal["truth", "estimate"]

_MOST = 600  # points kept: of more, every second one goes
_LEFT, _TOP, _BOTTOM, _RIGHT = 30, 8, 18, 8  # logical pixels around the plot


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """An accuracy as it was measured or estimated at some time. adapted: the first one after an adaptation."""

    accuracy: Accuracy
    basis: Basis
    adapted: bool = False


def percent(share: float, total: int) -> str:
    """A share (0-1) in per cent as the language writes it; a decimal only where the number of pictures bears it."""
    return QLocale().toString(100 * share, "f", 1 if total >= 200 else 0)


def interval_text(accuracy: Accuracy) -> str:
    """The 95 % interval, "88-96 %"."""
    low, high = accuracy.interval()
    return f"{percent(low, accuracy.total)}–{percent(high, accuracy.total)} %"


class AccuracyChart(QWidget):
    """The points in the order they came, evenly spaced. The mouse, or the arrow keys, read single figures off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[HistoryPoint] = []
        self._cursor = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Accuracy over time"))
        Theme.current().changed.connect(self.update)

    @property
    def points(self) -> tuple[HistoryPoint, ...]:
        """What is shown."""
        return tuple(self._points)

    def set_points(self, points: Sequence[HistoryPoint]) -> None:
        """Another history. Points without any picture are left out."""
        self._points = [point for point in points if point.accuracy.total]
        while len(self._points) > _MOST:
            kept = [point for place, point in enumerate(self._points[:-1]) if place % 2 == 0]
            self._points = [*kept, self._points[-1]]
        self._set_cursor(-1)

    def sizeHint(self) -> QSize:
        """As in a column at the window's right."""
        return QSize(360, 110)

    def _set_cursor(self, place: int) -> None:
        self._cursor = place
        self.setAccessibleDescription(self._said())
        self.update()

    def _said(self) -> str:
        """For a screen reader: the figure at the cursor, else the first and the last."""
        if self._cursor >= 0:
            return self._figure(self._points[self._cursor])
        if not self._points:
            return self.tr("No figures yet.")
        first, last = (self._figure(point) for point in (self._points[0], self._points[-1]))
        return self.tr("%Ln figure(s)", "", len(self._points)) + f". {first}. {last}."

    def _figure(self, point: HistoryPoint) -> str:
        kind = self.tr("measured") if point.basis == "truth" else self.tr("estimated")
        accuracy = point.accuracy
        return f"{percent(accuracy.value, accuracy.total)} % ({interval_text(accuracy)}), {kind}"

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Reads off the figure next to the mouse."""
        if self._points:
            plot = self._plot()
            step = plot.width() / max(1, len(self._points) - 1)
            place = round((event.position().x() - plot.left()) / step)
            self._set_cursor(min(max(place, 0), len(self._points) - 1))

    def leaveEvent(self, event: QEvent) -> None:
        """See Qt."""
        self._set_cursor(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from figure to figure, Home and End to the first and last, Escape ends it."""
        last = len(self._points) - 1
        start = self._cursor if self._cursor >= 0 else last + 1
        places = {
            Qt.Key.Key_Left: start - 1,
            Qt.Key.Key_Right: start + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if last >= 0 and event.key() in places:
            self._set_cursor(min(max(places[Qt.Key(event.key())], 0), last))
        elif event.key() == Qt.Key.Key_Escape and self._cursor >= 0:
            self._set_cursor(-1)
        else:
            super().keyPressEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        theme = Theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.font(SMALL))
            self._paint_axes(painter)
            for basis in ("estimate", "truth"):
                self._paint_series(painter, basis)
            self._paint_marks(painter)
            if self._cursor >= 0:
                self._paint_cursor(painter)
            if self.hasFocus():
                painter.setPen(theme.colour("accent"))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _floor(self) -> float:
        """The lowest accuracy on the axis: a quarter that is below all bands, and at most a half."""
        lowest = min((point.accuracy.interval()[0] for point in self._points), default=0.5)
        return min(0.5, math.floor(lowest * 4) / 4)

    def _at(self, place: int, share: float) -> QPointF:
        plot, floor = self._plot(), self._floor()
        last = len(self._points) - 1
        x = plot.left() + plot.width() * (place / last if last else 1.0)
        return QPointF(x, plot.bottom() - plot.height() * (share - floor) / (1 - floor))

    def _paint_axes(self, painter: QPainter) -> None:
        theme, plot, floor = Theme.current(), self._plot(), self._floor()
        lines = round((1 - floor) * 4)
        for step in range(lines + 1):
            share = floor + (1 - floor) * step / lines
            y = round(plot.bottom() - plot.height() * step / lines) + 0.5
            painter.setPen(theme.colour("border"))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.colour("faint"))
            words = QRectF(0, y - 8, _LEFT - 6, 16)
            if plot.height() / lines >= 14 or step in (0, lines):
                flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                painter.drawText(words, flags, QLocale().toString(100 * share, "f", 0))
        if len(self._points) > 1:
            words = QRectF(plot.left(), plot.bottom() + 3, plot.width(), _BOTTOM - 3)
            said = self.tr("%Ln figure(s), the newest at the right", "", len(self._points))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), said)

    def _paint_series(self, painter: QPainter, basis: str) -> None:
        """The band and line of one kind of figure; a dashed line is estimated, a solid one measured."""
        theme = Theme.current()
        places = [place for place, point in enumerate(self._points) if point.basis == basis]
        if not places:
            return
        colour = theme.colour("accent" if basis == "truth" else "muted")
        bounds = [self._points[place].accuracy.interval() for place in places]
        upper = [self._at(place, high) for place, (_, high) in zip(places, bounds, strict=True)]
        lower = [self._at(place, low) for place, (low, _) in zip(places, bounds, strict=True)]
        band = QColor(colour)
        band.setAlphaF(0.18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        if len(places) > 1:
            painter.drawPolygon(QPolygonF(upper + lower[::-1]))
        else:
            painter.setPen(QPen(band, 5))
            painter.drawLine(upper[0], lower[0])
        line = QPainterPath()
        middle = [self._at(place, self._points[place].accuracy.value) for place in places]
        line.addPolygon(QPolygonF(middle))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine if basis == "truth" else Qt.PenStyle.DashLine))
        painter.drawPath(line)
        painter.setPen(QPen(theme.colour("surface"), 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(middle[-1], 4.5, 4.5)

    def _paint_marks(self, painter: QPainter) -> None:
        """A dotted line at every adaptation; the last one has words."""
        theme, plot = Theme.current(), self._plot()
        places = [place for place, point in enumerate(self._points) if point.adapted and place]
        painter.setPen(QPen(theme.colour("muted"), 1, Qt.PenStyle.DotLine))
        for place in places[-40:]:
            x = round(self._at(place, 1).x()) + 0.5
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if not places:
            return
        words, metrics = self.tr("re-adapted"), QFontMetricsF(painter.font())
        x, width = self._at(places[-1], 1).x(), metrics.horizontalAdvance(self.tr("re-adapted"))
        x = x + 4 if x + 4 + width < plot.right() else x - 4 - width
        painter.setPen(theme.colour("muted"))
        painter.drawText(QPointF(x, plot.bottom() - 5), words)

    def _paint_cursor(self, painter: QPainter) -> None:
        """The figure at the cursor, in words beside its point."""
        theme, plot = Theme.current(), self._plot()
        point = self._points[self._cursor]
        at = self._at(self._cursor, point.accuracy.value)
        painter.setPen(QPen(theme.colour("border-strong"), 1))
        painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()))
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(at, 4, 4)
        words, metrics = self._figure(point), QFontMetricsF(painter.font())
        width = metrics.horizontalAdvance(words) + 12
        left = at.x() + 8 if at.x() + 8 + width < self.width() else max(plot.left(), at.x() - 8 - width)
        box = QRectF(left, plot.bottom() - 24, width, 20)
        painter.setPen(theme.colour("border-strong"))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(theme.colour("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

"""The map's legend: a button per class in rows that wrap; pressed, it lifts its class out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from fewshot_gui.ui.theme import SMALL, Theme
from fewshot_gui.ui.views.class_data import plain_tip

_SWATCH, _PAD, _HEIGHT = 9, 6, 22  # logical pixels
_MOST = 120  # of a name
_ROWS = 2  # that are seen without scrolling


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A class by name and index in the palette; or grey (a token): no class, cannot be pressed. n: points."""

    name: str
    colour: int | str
    n: int


class LegendButton(QAbstractButton):
    """A swatch and a name."""

    def __init__(self, entry: LegendEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        is_class = isinstance(entry.colour, int)
        self.setCheckable(is_class)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_class else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_class else Qt.CursorShape.ArrowCursor)
        self.set_entry(entry)
        Theme.current().changed.connect(self.update)

    def set_entry(self, entry: LegendEntry) -> None:
        """Another entry of the same kind, a class or none."""
        self.entry = entry
        self.setAccessibleName(entry.name)
        said = self.tr("%Ln point(s) on the map", "", entry.n)
        self.setAccessibleDescription(said)
        self.setToolTip(plain_tip(f"{entry.name}\n{said}"))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the name, up to a limit."""
        return QSize(_SWATCH + 5 + 2 * _PAD + self._metrics().horizontalAdvance(self._shown()), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        theme, painter = Theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        grounds = [name for name, on in (("accent-soft", self.isChecked()), ("hover", self._is_hot())) if on]
        painter.setPen(theme.colour("accent") if self.hasFocus() or self.isChecked() else QColor(0, 0, 0, 0))
        painter.setBrush(theme.colour(grounds[0]) if grounds else QColor(0, 0, 0, 0))
        painter.drawRoundedRect(box, 6, 6)
        colour = self.entry.colour
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(colour) if isinstance(colour, str) else theme.class_colour(colour))
        painter.drawRoundedRect(QRectF(_PAD, (self.height() - _SWATCH) / 2, _SWATCH, _SWATCH), 2.5, 2.5)
        painter.setFont(theme.font(SMALL))
        painter.setPen(theme.colour("text" if self.isChecked() else "muted"))
        words = self.rect().adjusted(_PAD + _SWATCH + 5, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._shown())

    def _is_hot(self) -> bool:
        return self.isCheckable() and self.underMouse()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(Theme.current().font(SMALL))

    def _shown(self) -> str:
        return self._metrics().elidedText(self.entry.name.replace("\n", " "), Qt.TextElideMode.ElideRight, _MOST)


class MapLegend(QScrollArea):
    """Entries in rows that wrap; more than two rows scroll. pressed(label): a class lifted out, -1: none any more."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[LegendButton] = []
        self._inside = QWidget()
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)  # setWidget turned it on: the card shows through
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Classes on the map"))
        self.hide()

    @property
    def lifted(self) -> int:
        """The class that is lifted out; -1 for none."""
        return next((label for label, button in enumerate(self._buttons) if button.isChecked()), -1)

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """The classes in order of their labels, grey entries after them. What stays what it was costs nothing."""
        old = [button.entry for button in self._buttons]
        if [(e.name, e.colour) for e in old] == [(e.name, e.colour) for e in entries]:
            for button, entry in zip(self._buttons, entries, strict=True):
                if button.entry != entry:  # another number of points, many times while a folder is read
                    button.set_entry(entry)
            return
        focus = next((place for place, button in enumerate(self._buttons) if button.hasFocus()), -1)
        lifted = self.lifted
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [LegendButton(entry, self._inside) for entry in entries]
        for label, button in enumerate(self._buttons):
            button.setChecked(label == lifted)
            button.clicked.connect(lambda on, label=label: self._press(label, on))
            button.show()
        if 0 <= focus < len(self._buttons):
            self._buttons[focus].setFocus()
        self.setVisible(bool(entries))
        self._arrange()

    def lift(self, label: int) -> None:
        """Shows a class as lifted out, -1 for none; emits nothing."""
        for place, button in enumerate(self._buttons):
            button.setChecked(place == label)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._arrange()

    def _press(self, label: int, on: bool) -> None:
        self.lift(label if on else -1)
        self.pressed.emit(label if on else -1)

    def _arrange(self) -> None:
        width = max(self.viewport().width(), 1)
        at, rows = QPoint(0, 0), 1
        for button in self._buttons:
            size = button.sizeHint().boundedTo(QSize(width, _HEIGHT))
            if at.x() and at.x() + size.width() > width:
                at, rows = QPoint(0, at.y() + _HEIGHT), rows + 1
            button.setGeometry(QRect(at, size))
            at.setX(at.x() + size.width() + 2)
        self._inside.resize(width, rows * _HEIGHT)
        self.setFixedHeight(min(rows, _ROWS) * _HEIGHT + (4 if rows > _ROWS else 0))

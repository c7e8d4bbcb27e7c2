"""Beside the viewer's picture: what it was taken for and how surely, the examples it is most like, the file's facts."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import icons
from fewshot_gui.ui.models.cell import Cell
from fewshot_gui.ui.picture_files import FullPicture
from fewshot_gui.ui.theme import Theme, set_role
from fewshot_gui.ui.thumbnails import Thumbnails

Support = tuple[str, int, float]  # path, class index, cosine similarity

_ROW, _BAR, _PERCENT, _NAME = 26, 6, 62, 0.42  # pixels; share of the width that names may take
_SUPPORT = 64  # pixels
_MOST_SUPPORTS = 8


class ProbabilityBars(QWidget):
    """All classes with their probability, the most likely first: colour, name, bar, percent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, int, float]] = []  # name, colour, probability
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Probability of each class"))
        Theme.current().changed.connect(self.update)

    def show_rows(self, rows: Sequence[tuple[str, int, float]]) -> None:
        """(class name, index in the palette, probability 0-1), in any order."""
        self.rows = sorted(rows, key=lambda row: -row[2])
        self.setAccessibleDescription(", ".join(f"{name} {100 * value:.1f} %" for name, _, value in self.rows[:50]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for each class."""
        return QSize(220, _ROW * len(self.rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines that the region touches."""
        painter, theme = QPainter(self), Theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = event.rect().top() // _ROW, event.rect().bottom() // _ROW + 1
        for line in range(max(0, first), min(len(self.rows), last)):
            self._paint_row(painter, theme, line)
        painter.end()

    def _paint_row(self, painter: QPainter, theme: Theme, line: int) -> None:
        name, colour, value = self.rows[line]
        y, names = line * _ROW, int(self.width() * _NAME)
        font = theme.font(strong=line == 0)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if line == 0 else "muted"))
        words = painter.fontMetrics().elidedText(name[:300], Qt.TextElideMode.ElideRight, names - 18)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(18, y, names - 18, _ROW, align, words)
        painter.drawText(
            self.width() - _PERCENT, y, _PERCENT, _ROW, align | Qt.AlignmentFlag.AlignRight, f"{100 * value:.1f} %"
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.class_colour(colour))
        painter.drawRoundedRect(0, y + (_ROW - 11) // 2, 11, 11, 3, 3)
        left, width = names + 4, self.width() - names - _PERCENT - 12
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(left, y + (_ROW - _BAR) // 2, width, _BAR, _BAR / 2, _BAR / 2)
        if value > 0.002:
            painter.setBrush(theme.class_colour(colour))
            filled = max(_BAR, int(width * value))
            painter.drawRoundedRect(left, y + (_ROW - _BAR) // 2, filled, _BAR, _BAR / 2, _BAR / 2)


class SupportStrip(QWidget):
    """The example pictures that a picture is most like, with their class and how alike they are."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.supports: list[tuple[str, str, int, float]] = []  # path, class name, colour, similarity
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Most alike examples"))
        thumbnails.ready.connect(self._arrived)
        Theme.current().changed.connect(self.update)

    def show_supports(self, supports: Sequence[tuple[str, str, int, float]]) -> None:
        """(path, class name, index in the palette, similarity), the most alike first."""
        self.supports = list(supports)[:_MOST_SUPPORTS]
        spoken = (f"{name} {value:.2f} ({os.path.basename(path)})" for path, name, _, value in self.supports)
        self.setAccessibleDescription(", ".join(spoken))
        self.setToolTip("<br>".join(html.escape(os.path.basename(path)) for path, *_ in self.supports))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Four in a line."""
        lines = -(-len(self.supports) // 4)
        return QSize(4 * (_SUPPORT + 8), lines * (_SUPPORT + 40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, and under each its class and its similarity."""
        painter, theme, ratio = QPainter(self), Theme.current(), self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, (path, name, colour, value) in enumerate(self.supports):
            x, y = place % 4 * (_SUPPORT + 8), place // 4 * (_SUPPORT + 40)
            found = self._thumbnails.pixmap(path, round(_SUPPORT * ratio), radius=round(6 * ratio))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(x, y, _SUPPORT, _SUPPORT, 6, 6)
            if found is not None:
                painter.drawPixmap(x, y, _SUPPORT, _SUPPORT, found)
            painter.setFont(theme.font(11))
            painter.setPen(theme.class_text(colour))
            words = painter.fontMetrics().elidedText(name[:200], Qt.TextElideMode.ElideRight, _SUPPORT)
            painter.drawText(x, y + _SUPPORT + 2, _SUPPORT, 16, Qt.AlignmentFlag.AlignLeft, words)
            painter.setPen(theme.colour("muted"))
            painter.drawText(x, y + _SUPPORT + 17, _SUPPORT, 16, Qt.AlignmentFlag.AlignLeft, f"{value:.2f}")
        painter.end()

    def _arrived(self, paths: frozenset[str]) -> None:
        if any(path in paths for path, *_ in self.supports):
            self.update()


class ViewerPanel(QFrame):
    """Title, state, bars, examples, facts; scrolls where there is no room."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.state = QLabel(), QLabel()
        self.bars, self.strip = ProbabilityBars(), SupportStrip(thumbnails)
        self.alike, self.classes = QLabel(), QLabel()
        for label in (self.title, self.state):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.values = {key: QLabel() for key in ("size", "taken", "camera", "changed", "path")}
        self.names = {key: QLabel() for key in self.values}
        self.copy, self._path = QPushButton(), ""
        self.copy.setAutoDefault(False)
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._path))
        icons.set_icon(self.copy, "copy", "accent", 14)
        set_role(self.copy, "flat")
        set_role(self.title, "title")
        set_role(self.state, "muted")
        set_role(self.alike, "strong")
        set_role(self.classes, "strong")
        self._lay_out()
        self.say()

    def say(self) -> None:
        """Words in the language of now."""
        self.alike.setText(self.tr("Most alike examples"))
        self.classes.setText(self.tr("Probabilities"))
        self.copy.setText(self.tr("Copy path"))
        words = {
            "size": self.tr("Size"), "taken": self.tr("Taken"), "camera": self.tr("Camera"),
            "changed": self.tr("Changed"), "path": self.tr("File"),
        }  # fmt: skip
        for key, label in self.names.items():
            label.setText(words[key])

    def show_cell(self, cell: Cell, rows: Sequence[tuple[str, int, float]]) -> None:
        """What is known of the picture; rows: as ProbabilityBars wants them, none while there is no answer."""
        self.title.setText(_breakable(cell.file_name))
        said = cell.spoken()[len(cell.file_name) + 2 :]
        self.state.setText(said[:400])
        self.bars.show_rows(rows)
        self.classes.setVisible(bool(rows))
        self._path = cell.path
        self._tell("path", cell.path)

    def show_file(self, picture: FullPicture | None) -> None:
        """What the file says of itself; None while it is being read."""
        locale = QLocale()
        size = taken = camera = changed = ""
        if picture is not None and picture.size:
            parts = [f"{picture.width} × {picture.height}"] if picture.width else []
            size = ", ".join([*parts, locale.formattedDataSize(picture.size)])
            taken, camera = picture.taken, picture.camera
            moment = QDateTime.fromSecsSinceEpoch(int(picture.modified))
            changed = locale.toString(moment, QLocale.FormatType.ShortFormat)
        for key, value in (("size", size), ("taken", taken), ("camera", camera), ("changed", changed)):
            self._tell(key, value)

    def show_supports(self, supports: Sequence[tuple[str, str, int, float]]) -> None:
        """As SupportStrip wants them."""
        self.strip.show_supports(supports)
        self.strip.setVisible(bool(supports))
        self.alike.setVisible(bool(supports))

    def _tell(self, key: str, value: str) -> None:
        self.values[key].setText(_breakable(value))
        self.values[key].setVisible(bool(value))
        self.names[key].setVisible(bool(value))

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for widget in (self.title, self.state, self.classes, self.bars, self.alike, self.strip):
            column.addWidget(widget)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        for key, label in self.values.items():
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            set_role(self.names[key], "muted")
            form.addRow(self.names[key], label)
        column.addSpacing(8)
        column.addLayout(form)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)


def _breakable(text: str) -> str:
    """A long name or path may be broken anywhere: zero-width spaces after the usual places."""
    return "".join(f"{c}\u200b" if c in "/\\_-." else c for c in text[:2000])

"""How a picture of the grid looks: a card with the picture, its label, how sure that is, and what a person said of it.

Nothing is told by colour alone: the label is a word, the confidence a number beside its bar, states have an icon and
words.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fewshot_gui.jobs.columns import EXCLUDED, PENDING, UNREADABLE
from fewshot_gui.ui import icons
from fewshot_gui.ui.models.cell import Cell
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.picture_files import Thumb
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_layout import FOOT, PAD
from fewshot_gui.ui.views.grid_look import Label, Labels, Look, card

PICTURE_RADIUS = 7  # logical pixels
_CHIP, _BAR, _BADGE = 21, 4, 20  # heights, logical pixels
_NARROW = 96  # pixels of a picture under which the bar alone tells the confidence, to leave room for the name
_DIMMED = 0.35


class GridDelegate(QStyledItemDelegate):
    """Paints cells of a PicturesModel. picture_side: device pixels of the thumbnails that were asked for."""

    def __init__(self, model: PicturesModel, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._thumbnails = model, thumbnails
        self.picture_side, self.radius = 128, PICTURE_RADIUS
        self._theme = Theme.current()
        self.renew()

    def renew(self) -> None:
        """The theme changed."""
        self._look = Look.of(self._theme)
        self._labels = Labels()

    def picture(self, path: str) -> QPixmap | None:
        """The thumbnail as far as it is in memory, if need be in another size."""
        return self._thumbnails.held(Thumb(path, self.picture_side, self.radius)) or self._thumbnails.nearest(path)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The size that the view's layout gave the cell."""
        return option.rect.size()  # type: ignore[attr-defined]

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell, as Qt asks for it."""
        state = option.state  # type: ignore[attr-defined]
        selected, focused = bool(state & QStyle.StateFlag.State_Selected), bool(state & QStyle.StateFlag.State_HasFocus)
        cell = self._model.cell(index.row())
        if cell is not None:
            self.paint_cell(painter, option.rect, cell, selected, focused)  # type: ignore[attr-defined]

    def paint_cell(self, painter: QPainter, rect: QRect, cell: Cell, selected: bool, focused: bool) -> None:
        """One cell. rect: logical pixels. The painter's pen, brush and font are left as they come to be."""
        look = self._look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = card(look, rect.width(), rect.height(), selected, focused, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.topLeft(), ground)
        side = rect.width() - 2 * PAD
        picture = QRect(rect.x() + PAD, rect.y() + PAD, side, side)
        if cell.verdict == EXCLUDED:
            painter.setOpacity(_DIMMED)
        self._paint_picture(painter, picture, cell)
        painter.setOpacity(1.0)
        self._paint_badges(painter, picture, cell)
        foot = QRect(picture.x(), picture.bottom() + 1 + PAD, side, FOOT - PAD)
        self._paint_foot(painter, foot, cell)

    def _paint_picture(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        found = self.picture(cell.path)
        if found is not None:
            if found.width() != round(rect.width() * painter.device().devicePixelRatioF()):
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(rect, found)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.raised)
        painter.drawRoundedRect(rect, PICTURE_RADIUS, PICTURE_RADIUS)
        broken = cell.status == UNREADABLE or bool(self._thumbnails.reason(cell.path))
        self._icon(painter, rect, "warning" if broken else "image", self._look.bad if broken else self._look.faint, 28)

    def _icon(self, painter: QPainter, rect: QRect, name: str, colour: QColor, size: int) -> None:
        """In the middle of rect."""
        drawn = icons.pixmap(name, colour, size, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.center().x() - size // 2 + 1, rect.center().y() - size // 2 + 1, drawn)

    def _paint_badges(self, painter: QPainter, picture: QRect, cell: Cell) -> None:
        look = self._look
        if cell.judged:
            self._disc(painter, picture.right() - _BADGE - 3, picture.top() + 4, look.good, "check")
        elif cell.support:
            self._disc(painter, picture.right() - _BADGE - 3, picture.top() + 4, look.accent, "layers")
        if cell.review:
            words = QCoreApplication.translate("PictureCell", "review")
            width = look.strong.width(words) + 16
            if width < picture.width() - _BADGE - 12:
                badge = Label(words, look.strong, look.on_amber.rgba(), width, 18, 8, look.amber.rgba())
                painter.drawPixmap(picture.left() + 5, picture.top() + 5, self._labels.drawn(badge, painter))

    def _disc(self, painter: QPainter, x: int, y: int, colour: QColor, icon: str) -> None:
        rect = QRect(x, y, _BADGE, _BADGE)
        painter.setPen(QPen(self._look.surface, 2))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(rect.center()) + QPointF(0.5, 0.5), _BADGE / 2 - 1, _BADGE / 2 - 1)
        self._icon(painter, rect, icon, self._look.surface, 12)

    def _paint_foot(self, painter: QPainter, foot: QRect, cell: Cell) -> None:
        look = self._look
        soft, ink, strong, icon = self._chip_colours(cell)
        percent = cell.percent() if foot.width() >= _NARROW else ""
        room = foot.width() - (look.strong.width(percent) + 6 if percent else 0)
        icon_room = 16 if icon else 0
        font = look.strong if cell.name and not icon else look.small
        words = font.cut(cell.state(), max(12, room - 18 - icon_room))
        width = min(room, font.width(words) + 18 + icon_room)
        chip = Label(words, font, ink.rgba(), width, _CHIP, 9 + icon_room, soft.rgba(), icon)
        painter.drawPixmap(foot.x(), foot.y(), self._labels.drawn(chip, painter))
        if percent:
            colour, font = (look.amber, look.strong) if cell.review else (look.muted, look.small)
            label = Label(percent, font, colour.rgba(), font.width(percent) + 1, _CHIP, 0)
            painter.drawPixmap(foot.right() + 1 - label.width, foot.y(), self._labels.drawn(label, painter))
        self._paint_bar(painter, foot, cell, strong)

    def _paint_bar(self, painter: QPainter, foot: QRect, cell: Cell, colour: QColor) -> None:
        if cell.status == UNREADABLE:
            return
        bar = QRect(foot.x(), foot.y() + _CHIP + 6, foot.width(), _BAR)
        self._pill(painter, bar, self._look.track)
        share = 1.0 if cell.judged and cell.confidence is None else cell.confidence or 0.0
        if share > 0:
            self._pill(painter, QRect(bar.x(), bar.y(), max(_BAR, round(share * bar.width())), _BAR), colour)

    def _chip_colours(self, cell: Cell) -> tuple[QColor, QColor, QColor, str]:
        """Ground, ink, bar and the icon's name ("" for none)."""
        look, theme = self._look, self._theme
        if cell.status == UNREADABLE:
            return look.bad_soft, look.bad, look.bad, "warning"
        if cell.verdict == EXCLUDED:
            return look.raised, look.muted, look.faint, "close"
        if cell.colour >= 0:
            bar = look.amber if cell.review else theme.class_colour(cell.colour)
            return theme.class_soft(cell.colour), theme.class_text(cell.colour), bar, ""
        return look.raised, look.muted, look.faint, "" if cell.status == PENDING and not cell.judged else "question"

    def _pill(self, painter: QPainter, rect: QRect, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        radius = rect.height() / 2
        painter.drawRoundedRect(rect, radius, radius)

"""Paints the card of a class: where its parts lie, and how they look. Knows no mouse and no keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import CARD_RADIUS, SMALL, Theme
from fewshot_gui.ui.views.class_data import CardData, one_line

PAD = 12
CELL = 38  # pixels: side of an example on a card
GAP = 5
HEADER = 22
SHOWN = 4  # examples on a card; the rest is behind "+n"
MORE = 22  # pixels: the menu button
KEYCAP = 17

_TOP = 9
_FOOT = 16


@dataclass(frozen=True, slots=True)
class CardRects:
    """Where the parts of a card lie, in its own pixels. cells: the shown examples; rest: the "+n" after them."""

    swatch: QRect
    header: QRect
    more: QRect
    cells: tuple[QRect, ...]
    rest: QRect
    foot: QRect
    height: int


def card_rects(width: int, shots: int) -> CardRects:
    """The parts of a card of that width; a class without examples has neither cells nor a foot."""
    inner = max(width - 2 * PAD, 2 * CELL)
    top = _TOP + HEADER + 7
    room = min(SHOWN, (inner + GAP) // (CELL + GAP) - 1)
    cells = tuple(QRect(PAD + i * (CELL + GAP), top, CELL, CELL) for i in range(min(room, shots)))
    foot = QRect(PAD, top + CELL + 7, inner, _FOOT)
    return CardRects(
        swatch=QRect(PAD, _TOP + (HEADER - 10) // 2, 10, 10),
        header=QRect(PAD + 18, _TOP, inner - 18 - MORE, HEADER),
        more=QRect(PAD + inner - MORE + 6, _TOP, MORE, MORE),
        cells=cells,
        rest=QRect(PAD + len(cells) * (CELL + GAP), top, CELL, CELL),
        foot=foot,
        height=foot.bottom() + 10 if shots else top + HEADER + 6,
    )


def name_rect(rects: CardRects, card: CardData, shots: str) -> QRect:
    """Where the name is written: left of the shots and the key."""
    wide = QFontMetrics(Theme.current().font(SMALL)).horizontalAdvance(shots)
    return rects.header.adjusted(0, 0, -wide - (KEYCAP + 6 if card.key else 0) - 8, 0)


def paint_ground(painter: QPainter, rect: QRect, colour: int, *, focused: bool, glowing: bool) -> None:
    """The card's ground and frame; it glows in the class's colour while a drag hovers."""
    theme = Theme.current()
    ground, pen = theme.colour("raised"), QPen(theme.colour("border"), 1)
    if glowing:
        ground, pen = theme.class_soft(colour), QPen(theme.class_colour(colour), 2, Qt.PenStyle.DashLine)
    elif focused:
        pen = QPen(theme.colour("accent"), 1.5)
    painter.setPen(pen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)


def paint_header(painter: QPainter, rects: CardRects, card: CardData, shots: str) -> None:
    """Swatch, name, shots in words, and the key as a key."""
    theme = Theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(card.colour))
    painter.drawRoundedRect(rects.swatch, 3, 3)
    painter.setPen(theme.colour("text"))
    painter.setFont(theme.font(strong=True))
    _write(painter, name_rect(rects, card, shots), one_line(card.name))
    painter.setPen(theme.colour("muted"))
    painter.setFont(theme.font(SMALL))
    left_of_key = rects.header.adjusted(0, 0, -KEYCAP - 6 if card.key else 0, 0)
    _write(painter, left_of_key, shots, Qt.AlignmentFlag.AlignRight)
    if card.key:
        _paint_key(painter, rects.header, card.key)


def _paint_key(painter: QPainter, header: QRect, key: str) -> None:
    theme = Theme.current()
    cap = QRectF(header.right() - KEYCAP + 1, header.center().y() - KEYCAP // 2, KEYCAP, KEYCAP)
    painter.setPen(QPen(theme.colour("border-strong"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(theme.colour("muted"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)


def paint_cell(painter: QPainter, rect: QRect, pixmap: QPixmap | None) -> None:
    """One example: the middle square of its picture, or an empty place while there is no thumbnail."""
    theme = Theme.current()
    if pixmap is None or pixmap.isNull():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(rect, 6, 6)
        _paint_icon(painter, rect, "image", "faint", min(18, rect.width() // 2))
        return
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), 6, 6)
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.drawPixmap(QRectF(rect), pixmap, middle_square(pixmap))
    painter.restore()


def middle_square(pixmap: QPixmap) -> QRectF:
    """The largest square in the middle of a picture, in its device pixels."""
    side = min(pixmap.width(), pixmap.height())
    return QRectF((pixmap.width() - side) / 2, (pixmap.height() - side) / 2, side, side)


def paint_more(painter: QPainter, rect: QRect, *, hovered: bool) -> None:
    """The dots that open the menu."""
    theme = Theme.current()
    if hovered:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(rect, 6, 6)
    _paint_icon(painter, rect, "more")


def paint_rest(painter: QPainter, rect: QRect, hidden: int, *, expanded: bool, hovered: bool) -> None:
    """The button after the examples: how many more there are, or an arrow."""
    theme = Theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track" if hovered else "hover"))
    painter.drawRoundedRect(rect, 6, 6)
    if not hidden:
        _paint_icon(painter, rect, "chevron-up" if expanded else "chevron-down")
        return
    painter.setPen(theme.colour("muted"))
    painter.setFont(theme.font(SMALL))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"+{hidden}")


def _paint_icon(painter: QPainter, rect: QRect, name: str, colour: str = "muted", side: int = 16) -> None:
    """An icon in the middle of a place."""
    drawn = icons.pixmap(name, Theme.current().colour(colour), side, painter.device().devicePixelRatio())
    painter.drawPixmap(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2, drawn)


def paint_foot(painter: QPainter, rects: CardRects, card: CardData) -> None:
    """The estimated accuracy as a bar with its interval, or the sentence why there is none."""
    theme = Theme.current()
    painter.setFont(theme.font(SMALL))
    painter.setPen(theme.colour("muted"))
    if card.fraction is None:
        _write(painter, rects.foot, one_line(card.note))
        return
    _write(painter, rects.foot, card.accuracy, Qt.AlignmentFlag.AlignRight)
    wide = QFontMetrics(painter.font()).horizontalAdvance(card.accuracy)
    middle = rects.foot.center().y() + 0.5
    bar = QRectF(rects.foot.left(), middle - 2, max(rects.foot.width() - wide - 8, 24), 4)
    _paint_bar(painter, bar, card)


def paint_hint(painter: QPainter, rects: CardRects, text: str) -> None:
    """What to do with a class that has no examples yet."""
    theme = Theme.current()
    painter.setFont(theme.font(SMALL))
    painter.setPen(theme.colour("muted"))
    _write(painter, QRect(PAD, rects.rest.top() - 3, rects.foot.width(), HEADER), text)


def _paint_bar(painter: QPainter, bar: QRectF, card: CardData) -> None:
    theme = Theme.current()
    colour = theme.class_colour(card.colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track"))
    painter.drawRoundedRect(bar, 2, 2)
    filled = QRectF(bar)
    filled.setWidth(max(bar.width() * min(max(card.fraction or 0.0, 0.0), 1.0), 4.0))
    painter.setBrush(colour)
    painter.drawRoundedRect(filled, 2, 2)
    if card.low is None or card.high is None:
        return
    left, right = (bar.left() + bar.width() * min(max(end, 0.0), 1.0) for end in (card.low, card.high))
    painter.setPen(QPen(theme.class_text(card.colour), 1.5))
    y = bar.center().y()
    ends = [QLineF(x, y - 4, x, y + 4) for x in (left, right)]
    painter.drawLines([QLineF(left, y, right, y), *ends])


def paint_promise(painter: QPainter, rect: QRect, colour: int, text: str) -> None:
    """What a drop will do, over the dimmed card."""
    theme = Theme.current()
    veil = theme.class_soft(colour)
    veil.setAlphaF(0.86)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(rect, 6, 6)
    painter.setFont(theme.font(strong=True))
    painter.setPen(theme.class_text(colour))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def _write(painter: QPainter, rect: QRect, text: str, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
    """One line of text, cut with an ellipsis where it does not fit. Drawn as it stands: a name is no HTML."""
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)

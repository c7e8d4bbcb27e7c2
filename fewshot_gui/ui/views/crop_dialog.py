"""Cropping an example to its object: a box over the picture, by mouse or by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import Theme, set_role
from fewshot_gui.ui.views.class_data import Crop
from fewshot_gui.ui.views.crop_box import CropBox, Edge

_STEP, _FINE = 0.02, 0.004  # fractions of the picture per key
_REACH = 9  # pixels around an edge that take hold of it
_FIRST = CropBox(0.2, 0.2, 0.8, 0.8)  # what a key starts from while there is no box
_BIGGEST = 2048  # pixels: a larger picture is shrunk once, or every frame would

_KEYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class CropCanvas(QWidget):
    """The picture with the box. box_changed: after every change by the user."""

    box_changed = Signal()

    def __init__(self, image: QImage, crop: Crop | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = _shrunk(image)
        self._box = CropBox.of(crop)
        self._pixmap: QPixmap | None = None
        self._from: tuple[float, float] | None = None  # where the mouse was, as fractions
        self._held: frozenset[Edge] | None = None  # empty: the whole box; None: drawing a new one
        self._start: CropBox | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture with the box of the object"))
        self._describe()

    @property
    def box(self) -> CropBox | None:
        """The box as it is; None: the whole picture."""
        return self._box

    def set_box(self, box: CropBox | None) -> None:
        """Shows another box."""
        if box != self._box:
            self._box = box
            self._describe()
            self.update()
            self.box_changed.emit()

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in pixels of this widget."""
        size = QSize(self._image.size()).scaled(self.size() - QSize(16, 16), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        return QRectF(corner, size.toSizeF())

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(640, 480)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = self.picture_rect()
        painter.drawPixmap(place.topLeft(), self._scaled())
        if self._box is not None:
            self._paint_box(painter, place, self._on_screen(self._box))
        if self.hasFocus():
            painter.setPen(QPen(Theme.current().colour("accent"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(-3, -3, 3, 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        self._pixmap = None
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On an edge: sizes. In the box: moves it. Elsewhere: draws a new one."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._from = self._fraction(event.position())
        self._held, self._start = self._hold_at(*self._from), self._box

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        at = self._fraction(event.position())
        if self._from is None:
            self._show_cursor(self._hold_at(*at))
            return
        dx, dy = at[0] - self._from[0], at[1] - self._from[1]
        if self._held is None or self._start is None:
            self.set_box(CropBox.between(self._from, at))
        else:
            self.set_box(self._start.sized(self._held, dx, dy) if self._held else self._start.moved(dx, dy))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        self._from = self._held = self._start = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, with Shift they size, with Ctrl in small steps; Delete takes the whole picture."""
        modifiers = event.modifiers()
        if event.key() in _KEYS:
            step = _FINE if modifiers & Qt.KeyboardModifier.ControlModifier else _STEP
            dx, dy = (step * way for way in _KEYS[Qt.Key(event.key())])
            box = self._box
            if box is None:
                self.set_box(_FIRST)
            elif modifiers & Qt.KeyboardModifier.ShiftModifier:
                self.set_box(box.sized(frozenset(("right", "bottom")), dx, dy))
            else:
                self.set_box(box.moved(dx, dy))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.set_box(None)
        else:
            super().keyPressEvent(event)

    def _paint_box(self, painter: QPainter, place: QRectF, box: QRectF) -> None:
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(place)
        inside.addRect(box)
        veil = Theme.current().colour("canvas")
        veil.setAlphaF(0.72)
        painter.fillPath(outside - inside, veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(Qt.GlobalColor.black, 3), QPen(Qt.GlobalColor.white, 1.5)):  # seen on any picture
            painter.setPen(pen)
            painter.drawRect(box)
        painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
        painter.setBrush(Theme.current().colour("accent"))
        for x in (box.left(), box.center().x(), box.right()):
            for y in (box.top(), box.center().y(), box.bottom()):
                if QPointF(x, y) != box.center():
                    painter.drawEllipse(QPointF(x, y), 5, 5)

    def _scaled(self) -> QPixmap:
        """The picture at the size it is shown at, made once per size."""
        if self._pixmap is None:
            ratio = self.devicePixelRatioF()
            size = (self.picture_rect().size() * ratio).toSize()
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._pixmap = QPixmap.fromImage(self._image.scaled(size, keep, smooth))
            self._pixmap.setDevicePixelRatio(ratio)
        return self._pixmap

    def _on_screen(self, box: CropBox) -> QRectF:
        place = self.picture_rect()
        corner = QPointF(place.x() + box.left * place.width(), place.y() + box.top * place.height())
        return QRectF(corner.x(), corner.y(), box.width * place.width(), box.height * place.height())

    def _fraction(self, at: QPointF) -> tuple[float, float]:
        place = self.picture_rect()
        return (at.x() - place.x()) / max(place.width(), 1), (at.y() - place.y()) / max(place.height(), 1)

    def _hold_at(self, x: float, y: float) -> frozenset[Edge] | None:
        place = self.picture_rect()
        if self._box is None:
            return None
        edges = self._box.edges_at(x, y, _REACH / max(place.width(), 1), _REACH / max(place.height(), 1))
        return edges if edges or self._box.contains(x, y) else None

    def _show_cursor(self, held: frozenset[Edge] | None) -> None:
        shapes = Qt.CursorShape
        if held is None:
            shape = shapes.CrossCursor
        elif len(held) == 2:
            falling = held in (frozenset(("left", "top")), frozenset(("right", "bottom")))
            shape = shapes.SizeFDiagCursor if falling else shapes.SizeBDiagCursor
        elif held:
            shape = shapes.SizeHorCursor if held & {"left", "right"} else shapes.SizeVerCursor
        else:
            shape = shapes.SizeAllCursor
        self.setCursor(shape)

    def _describe(self) -> None:
        box = self._box
        if box is None:
            self.setAccessibleDescription(self.tr("The whole picture"))
            return
        text = self.tr("Box from {left} %, {top} %, {width} % wide, {height} % high")
        for name in ("left", "top", "width", "height"):
            text = text.replace(f"{{{name}}}", str(round(getattr(box, name) * 100)))
        self.setAccessibleDescription(text)


class CropDialog(QDialog):
    """Asks which part of a picture is the object. After accept `crop` has the answer."""

    def __init__(self, image: QImage, crop: Crop | None = None, name: str = "", parent: QWidget | None = None) -> None:
        """image: the upright picture; crop: the box so far; name: of the file, for the title."""
        super().__init__(parent)
        title = self.tr("Crop to the object")
        self.setWindowTitle(f"{title} - {name[:80]}" if name else title)
        self.canvas = CropCanvas(image, crop)
        hint = QLabel(
            self.tr(
                "Draw a box around the object, or use the arrow keys: they move the box, Shift sizes it, Ctrl makes "
                "the steps small, Delete takes the whole picture."
            )
        )
        hint.setWordWrap(True)
        set_role(hint, "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._ok = QPushButton(self.tr("Use this part"))
        set_role(self._ok, "primary")
        self._whole = QPushButton(self.tr("Whole picture"))
        buttons.addButton(self._ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._whole, QDialogButtonBox.ButtonRole.ResetRole)
        self._whole.clicked.connect(lambda: self.canvas.set_box(None))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.canvas.box_changed.connect(self._renew)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(hint)
        layout.addWidget(buttons)
        self._ok.setDefault(True)  # once it lies in the dialog: before, Qt would take Cancel
        self.canvas.setFocus()
        self._renew()

    @property
    def crop(self) -> Crop | None:
        """Left, top, width and height as fractions 0-1 of the picture; None: all of it."""
        return self.canvas.box.crop if self.canvas.box is not None else None

    def _renew(self) -> None:
        whole = self.canvas.box is None
        self._ok.setText(self.tr("Use the whole picture") if whole else self.tr("Use this part"))
        self._whole.setEnabled(not whole)


def _shrunk(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= _BIGGEST:
        return image
    side = QSize(_BIGGEST, _BIGGEST)
    return image.scaled(side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

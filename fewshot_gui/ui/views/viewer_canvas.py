"""One picture, as large as there is room, at 100 %, or at any size by the wheel; dragged where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui import icons
from fewshot_gui.ui.picture_files import FullPicture
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.words import sentence

LARGEST = 32.0  # device pixels to one of the picture
_STEP = 1.25
_NOTCH = 120  # of the wheel
_TINY = 512  # device pixels that a tiny picture is enlarged to
_MARGIN = 12  # pixels around a picture that fits


class PictureCanvas(QWidget):
    """Shows a FullPicture. Scale is in device pixels per pixel of the original, so that 1 is 100 %.

    scale_changed(float, fits): after every change. double_clicked: nothing more than that.
    """

    scale_changed = Signal(float, bool)
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: FullPicture | None = None
        self._fits, self._scale = True, 1.0
        self._centre = QPointF(0.5, 0.5)  # the point of the picture in the middle of the canvas, 0-1
        self._grabbed: QPointF | None = None
        self._fitted: QPixmap | None = None  # the picture at the scale that fits: made once, painted often
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        Theme.current().changed.connect(self.update)

    @property
    def picture(self) -> FullPicture | None:
        """What is shown; None while it is being read."""
        return self._picture

    @property
    def scale(self) -> float:
        """Device pixels per pixel of the picture."""
        return self._fit_scale() if self._fits else self._scale

    @property
    def fits(self) -> bool:
        """Whether the picture is kept as large as there is room."""
        return self._fits

    def show_picture(self, picture: FullPicture | None) -> None:
        """Shows a picture, as large as there is room; None: it is on its way."""
        self._picture = picture
        self._fitted = None
        self.fit()

    def fit(self) -> None:
        """As large as there is room, but never larger than 100 % unless the picture is tiny."""
        self._fits, self._centre = True, QPointF(0.5, 0.5)
        self._changed()

    def set_scale(self, scale: float, at: QPointF | None = None) -> None:
        """Another scale; what lies at the point `at` of the canvas (its middle without) stays there."""
        if self._image() is None:
            return
        at = QPointF(self.rect().center()) if at is None else at
        held = self._in_picture(at)
        self._fits, self._scale = False, max(min(0.02, self._fit_scale()), min(LARGEST, scale))
        moved = self._in_picture(at)
        self._centre += held - moved
        self._changed()

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Larger (steps > 0) or smaller."""
        self.set_scale(self.scale * _STEP**steps, at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or why there is none."""
        painter, theme = QPainter(self), Theme.current()
        painter.fillRect(self.rect(), theme.colour("canvas"))
        image = self._image()
        if image is None:
            self._paint_none(painter, theme)
        elif self._fits:
            if self._fitted is None:
                self._fitted = self._make_fitted(image)
            painter.drawPixmap(self._target().topLeft().toPoint(), self._fitted)
        else:
            self._paint_part(painter, image)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits anew."""
        super().resizeEvent(event)
        self._fitted = None
        self._changed()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer."""
        self.zoom(event.angleDelta().y() / _NOTCH, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and not self._fits:
            self._grabbed = self._in_picture(event.position())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags it."""
        if self._grabbed is not None:
            self._centre += self._grabbed - self._in_picture(event.position())
            self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go."""
        self._grabbed = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """For the dialog."""
        self.double_clicked.emit()

    def _image(self) -> QImage | None:
        return self._picture.image if self._picture is not None else None

    def _size(self) -> QSizeF:
        """Of the original, device pixels at 100 %."""
        assert self._picture is not None
        return QSizeF(max(1, self._picture.width), max(1, self._picture.height))

    def _fit_scale(self) -> float:
        if self._image() is None:
            return 1.0
        size, ratio = self._size(), self.devicePixelRatioF()
        room_x, room_y = (max(16.0, side - 2 * _MARGIN) * ratio for side in (self.width(), self.height()))
        scale = min(room_x / size.width(), room_y / size.height())
        return scale if scale < 1 else min(scale, max(1.0, _TINY / max(size.width(), size.height())))

    def _target(self) -> QRectF:
        """Where the whole picture lies, logical pixels."""
        size = self._size() * (self.scale / self.devicePixelRatioF())
        middle = QRectF(self.rect()).center()
        corner = middle - QPointF(self._centre.x() * size.width(), self._centre.y() * size.height())
        return QRectF(corner, size)

    def _in_picture(self, at: QPointF) -> QPointF:
        """A point of the canvas as a point of the picture, 0-1."""
        target = self._target()
        return QPointF((at.x() - target.x()) / target.width(), (at.y() - target.y()) / target.height())

    def _changed(self) -> None:
        if self._image() is not None:
            self._centre = QPointF(*(max(0.0, min(1.0, v)) for v in (self._centre.x(), self._centre.y())))
        self.update()
        self.scale_changed.emit(self.scale, self._fits)

    def _make_fitted(self, image: QImage) -> QPixmap:
        small = self._picture.small if self._picture and self._picture.small is not None else image
        ratio = self.devicePixelRatioF()
        size = (self._target().size() * ratio).toSize().expandedTo(self._target().size().toSize())
        source = small if small.width() >= size.width() else image
        keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        fitted = QPixmap.fromImage(source.scaled(size, keep, smooth))
        fitted.setDevicePixelRatio(ratio)
        return fitted

    def _paint_part(self, painter: QPainter, image: QImage) -> None:
        """Only what is in sight, from the smaller copy where that has pixels enough; single pixels stay sharp."""
        target = self._target()
        small = self._picture.small if self._picture and self._picture.small is not None else image
        source = small if small.width() >= target.width() * self.devicePixelRatioF() else image
        seen = target.intersected(QRectF(self.rect()))
        if seen.isEmpty():
            return
        factor = source.width() / target.width()
        part = QRectF((seen.topLeft() - target.topLeft()) * factor, seen.size() * factor)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 3)
        painter.drawImage(seen, source, part)

    def _paint_none(self, painter: QPainter, theme: Theme) -> None:
        reason = self._picture.reason if self._picture is not None else ""
        icon, colour = ("image", "faint") if self._picture is None else ("warning", "bad")
        drawn = icons.pixmap(icon, theme.colour(colour), 48, self.devicePixelRatioF())
        middle = self.rect().center()
        painter.drawPixmap(middle.x() - 24, middle.y() - 56, drawn)
        words = self.tr("This picture {0}.").format(sentence(reason)) if reason else self.tr("Opening…")
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font())
        area = self.rect().adjusted(24, self.height() // 2, -24, -8)
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)

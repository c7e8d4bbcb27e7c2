"""The map's frames: when a MapScene is drawn in which way, and what is painted over it. Mouse: map_canvas.py."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSizeF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.raster import odd_diameter
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views import map_overlay
from fewshot_gui.ui.views.map_marks import MapMarks
from fewshot_gui.ui.views.map_scene import FIRST_CLASS, MapScene, Marks

Thumbnails = Callable[[int], QImage | None]

_SETTLE_MS = 140  # after the last movement, until the soft picture is drawn
_MOVE_MS = 200  # points on their way to where they belong now
_REFRESH_MS, _SLOW_REFRESH_MS, _MANY = 200, 800, 200_000
_STILL = 400_000  # more points than that are not animated


class MapFrames(QWidget):
    """Shows a scene: discs while something moves, a soft picture, strip by strip, as soon as all stands still.

    counted(n): the points were read anew, and there are n.
    """

    counted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = MapScene()
        self.empty_text = ""
        self.describe: Callable[[int], tuple[str, str]] = lambda row: ("", "")
        self._thumbnails: Thumbnails = lambda row: None
        self._marks = MapMarks(self.scene)
        self._hover = -1
        self._lasso: QPolygonF | None = None
        self._picture: QImage | None = None  # None: a frame of discs is to be drawn
        self._band = 0  # strips of the next soft picture that are drawn
        self._placed = False  # whether the raster knows where the points lie now
        self._settle, self._refresh = QTimer(self, singleShot=True), QTimer(self, singleShot=True)
        self._settle.timeout.connect(self._draw_band)
        self._refresh.timeout.connect(self.refresh_now)
        self._animation = QVariantAnimation(self, duration=_MOVE_MS, startValue=0.0, endValue=1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._move)
        self.setMinimumSize(160, 140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self._recolour)

    @property
    def is_still(self) -> bool:
        """Whether the picture on show is the final one."""
        waits = self._refresh.isActive() or self._settle.isActive()
        return not waits and self._animation.state() == QVariantAnimation.State.Stopped

    def set_columns(self, columns: PictureColumns | None) -> None:
        """Another folder, or none."""
        self._animation.stop()
        self._hover = -1
        self._marks.select(np.empty(0, np.intp))
        self.scene.set_columns(columns)
        self._picture = None
        self.refresh_now()

    def set_marks(self, marks: Marks) -> None:
        """Other prototypes and support points."""
        self.scene.set_marks(marks)
        self.refresh()

    def set_thumbnails(self, provider: Thumbnails) -> None:
        """Where the hover's pictures come from; None for one that comes later (`thumbnail_changed`)."""
        self._thumbnails = provider

    def thumbnail_changed(self, row: int) -> None:
        """The provider has the picture of row now."""
        if row == self._hover:
            self.update()

    def set_selection(self, rows: np.ndarray) -> None:
        """The selected pictures, as others have chosen them; emits nothing."""
        self._marks.select(rows)
        self.update()

    def set_highlight(self, label: int | None) -> None:
        """One class in its colour and all others faint; None: all alike."""
        if label != self.scene.highlight:
            self.scene.highlight = label
            self.refresh_now()

    def refresh(self) -> None:
        """The columns have changed: they are read soon, at most five times a second."""
        if not self._refresh.isActive():
            self._refresh.start(_REFRESH_MS if self.scene.n < _MANY else _SLOW_REFRESH_MS)

    def refresh_now(self) -> None:
        """Reads the columns and shows what they say; points that lie elsewhere now move there."""
        self._refresh.stop()
        self._animation.stop()
        moves = self.scene.read()
        self.scene.colour(self._marks.palette())
        self._placed = False
        self._marks.renew()
        if moves and self._animated():
            self._animation.start()
        elif moves:
            self._move(1.0)
        else:  # a soft picture stays on show until the next one is complete
            self._band = 0
            self._settle.start(0)
        self.counted.emit(self.scene.n)
        self.update()

    def settle(self) -> None:
        """Ends all movement and draws the picture as it is when all stands still."""
        if self._refresh.isActive():
            self.refresh_now()
        if self._animation.state() != QVariantAnimation.State.Stopped:
            self._animation.stop()
            self._move(1.0)
        while self._settle.isActive():
            self._settle.stop()
            self._draw_band()

    def touch(self) -> None:
        """Something moved: frames of discs until it stands still."""
        self._picture = None
        self._marks.renew()
        self._placed, self._band = False, 0
        self._settle.start(_SETTLE_MS)
        self.update()

    def row_at(self, at: QPointF, reach: float) -> int:
        """The picture whose point is at a place or within `reach` of it, logical pixels; -1 for none."""
        self._place()
        ratio = self.scene.ratio
        return self.scene.row_at(at.x() * ratio, at.y() * ratio, reach * ratio)

    def rows_inside(self, line: QPolygonF) -> np.ndarray:
        """The pictures [m], ascending, whose points lie inside a line of logical pixels."""
        self._place()
        scene = self.scene
        return scene.rows_inside(map_overlay.lasso_mask(line, scene.width, scene.height, scene.ratio))

    # Frames

    def _move(self, share: float) -> None:
        self.scene.step(float(share))
        self.touch()

    def _animated(self) -> bool:
        wanted = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        return wanted and self.isVisible() and self.scene.n <= _STILL

    def _place(self) -> None:
        if not self._placed:
            self.scene.place()
            self._placed = True

    def _draw_band(self) -> None:
        """One strip of the soft picture; after the last it is on show."""
        self._place()
        bands = self.scene.bands
        pixels = self.scene.soft(self._band, bands)
        self._band += 1
        if self._band < bands:
            self._settle.start(0)
            return
        self._band = 0
        self._picture = map_overlay.image_of(pixels).copy()
        self.update()

    def _frame(self) -> QImage:
        if self._picture is not None:
            return self._picture
        self._place()
        return map_overlay.image_of(self.scene.raster.hard(odd_diameter(self.scene.diameter)))

    def _recolour(self) -> None:
        self.scene.colour(self._marks.palette())
        self.touch()

    def _fit_size(self) -> None:
        ratio = self.devicePixelRatioF()
        self.scene.resize(round(self.width() * ratio), round(self.height() * ratio), ratio)
        self.touch()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame: the points' picture and what lies on it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            room = QRectF(self.rect())
            if self.scene.n:
                self._marks.paint_image(painter, self._frame())
                self._marks.paint(painter)
            else:
                map_overlay.paint_sentence(painter, self.empty_text, room)
            if self._lasso is not None:
                map_overlay.paint_lasso(painter, self._lasso)
            elif self._hover >= 0:
                self._paint_hover(painter)
            if self.hasFocus():
                painter.setPen(Theme.current().colour("accent"))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_hover(self, painter: QPainter) -> None:
        pixels, groups = self.scene.pixels_of(np.array([self._hover]))
        if not len(pixels):
            return
        name, detail = self.describe(self._hover)
        theme, group, columns = Theme.current(), int(groups[0]), self.scene.columns
        known = columns is not None and FIRST_CLASS <= group < FIRST_CLASS + len(columns.colours)
        ink = theme.class_text(columns.colours[group - FIRST_CLASS]) if known else theme.colour("muted")
        at = QPointF(*(pixels[0] / self.scene.ratio).tolist())
        radius = max(6.0, self.scene.diameter / self.scene.ratio / 2 + 2)
        image = self._thumbnails(self._hover)
        hover = map_overlay.Hover(at, radius, self._marks.colours(groups)[0], name, detail, ink, image)
        map_overlay.paint_hover(painter, hover, QSizeF(self.size()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._fit_size()

    def event(self, event: QEvent) -> bool:
        """Another screen's sharpness is another size."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_size()
        return super().event(event)

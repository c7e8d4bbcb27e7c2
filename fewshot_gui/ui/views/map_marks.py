"""What lies on the map's points and moves with them: examples, prototypes and the selection, in a scene's colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from fewshot_gui.ui.raster import Raster, odd_diameter
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views import map_overlay
from fewshot_gui.ui.views.map_scene import FIRST_CLASS, MapScene

_RINGS = 300  # selected points that get a painted ring each; more are drawn by a raster


class MapMarks:
    """The marks of a scene, painted over its points."""

    def __init__(self, scene: MapScene) -> None:
        self._scene = scene
        self._selection = np.empty(0, np.intp)
        self._glow: QImage | None = None

    def select(self, rows: np.ndarray) -> None:
        """The selected pictures are these rows."""
        self._selection = np.unique(np.asarray(rows, np.intp))
        self._glow = None

    def renew(self) -> None:
        """Points or colours are others now."""
        self._glow = None

    def palette(self) -> np.ndarray:
        """[FIRST_CLASS + classes, 3] uint8: what a point's group looks like."""
        return np.array([colour.getRgb()[:3] for colour in self._group_colours()], np.uint8)

    def colours(self, groups: np.ndarray) -> list[QColor]:
        """The colours of groups [m]."""
        colours = self._group_colours()
        return [colours[min(group, len(colours) - 1)] for group in groups.tolist()]

    def paint(self, painter: QPainter) -> None:
        """Selection, examples and prototypes, the last on top."""
        scene, marks = self._scene, self._scene.marks
        radius = scene.diameter / scene.ratio / 2
        if len(self._selection) > _RINGS:
            self.paint_image(painter, self._glowing())
        if scene.columns is not None:
            pixels, groups = self._lifted(*scene.pixels_of(np.flatnonzero(scene.columns.support)))
            map_overlay.paint_support(painter, pixels / scene.ratio, self.colours(groups), max(3.5, radius + 0.5))
        at, groups = self._marks_at(marks.support, marks.support_labels)
        map_overlay.paint_support(painter, at, self.colours(groups), max(3.5, radius + 0.5))
        if len(self._selection) <= _RINGS:
            pixels, groups = scene.pixels_of(self._selection)
            map_overlay.paint_selected(painter, pixels / scene.ratio, self.colours(groups), max(4.0, radius + 1))
        at, groups = self._marks_at(marks.prototypes, marks.prototype_labels)
        map_overlay.paint_prototypes(painter, at, self.colours(groups))

    def paint_image(self, painter: QPainter, image: QImage) -> None:
        """One device pixel of the picture on each of the screen's; its margin is left out."""
        scene, margin = self._scene, self._scene.raster.margin
        target = QRectF(0, 0, scene.width / scene.ratio, scene.height / scene.ratio)
        painter.drawImage(target, image, QRectF(margin, margin, scene.width, scene.height))

    def _group_colours(self) -> tuple[QColor, ...]:
        columns = self._scene.columns
        classes = tuple(columns.colours) if columns is not None else ()
        return map_overlay.group_colours(Theme.current().is_dark, classes, self._scene.highlight)

    def _marks_at(self, points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(logical pixels [m, 2], groups [m]) of the marks that are to be seen."""
        scene = self._scene
        at = scene.camera.to_pixels(points, scene.width, scene.height) / scene.ratio
        size = (scene.width / scene.ratio + 12, scene.height / scene.ratio + 12)
        seen = ((at > -12) & (at < size)).all(1)  # NaN is nowhere
        return self._lifted(at[seen], np.asarray(labels, np.intp)[seen] + FIRST_CLASS)

    def _lifted(self, at: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those of the class that is lifted out, if one is."""
        highlight = self._scene.highlight
        kept = slice(None) if highlight is None else groups == highlight + FIRST_CLASS
        return at[kept], groups[kept]

    def _glowing(self) -> QImage:
        """The selected points as discs with a rim, on nothing."""
        if self._glow is None:
            scene = self._scene
            place = scene.places_of(self._selection)
            chosen = Raster(scene.raster.margin)
            chosen.set_points(scene.xy[place])
            chosen.place(scene.camera, scene.width, scene.height)
            accent = Theme.current().colour("accent")
            chosen.set_groups(np.zeros(len(place), np.intp), np.array([accent.getRgb()[:3]], np.uint8))
            glow = map_overlay.image_of(chosen.hard(odd_diameter(scene.diameter + 3 * scene.ratio))).copy()
            chosen.set_groups(scene.groups[place], self.palette())
            with QPainter(glow) as painter:
                painter.drawImage(0, 0, map_overlay.image_of(chosen.hard(odd_diameter(scene.diameter))))
            self._glow = glow
        return self._glow

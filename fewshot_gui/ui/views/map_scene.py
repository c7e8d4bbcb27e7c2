"""What the map shows: the folder's points in drawing order, where the camera is, and what lies where. numpy only."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from fewshot_gui.jobs.columns import EXCLUDED, PictureColumns
from fewshot_gui.ui.raster import Camera, Raster, lerp, odd_diameter

PENDING_GROUP, UNKNOWN_GROUP, FIRST_CLASS = 0, 1, 2  # entries of the palette: label i has FIRST_CLASS + i

_BORDER = 18  # logical pixels free around the points when all are shown
_SAMPLE = 20_000  # points that the extent is taken from
_BAND = 300_000  # pixels of a soft picture drawn in one go: 10 ms
_KEEP = 1.3  # a camera that follows new points stays where it is as long as the fitted one is at most so much nearer
_ZOOM = 0.2, 400.0  # least and most, of the scale that shows all


def _empty() -> np.ndarray:
    return np.empty((0, 2), np.float32)


def _no_labels() -> np.ndarray:
    return np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class Marks:
    """What lies on top: a prototype per class and the support points, [k, 2] and [s, 2] in the points' space.

    prototype_labels [k] and support_labels [s] say the classes. Rows of NaN are not drawn.
    """

    prototypes: np.ndarray = field(default_factory=_empty)
    prototype_labels: np.ndarray = field(default_factory=_no_labels)
    support: np.ndarray = field(default_factory=_empty)
    support_labels: np.ndarray = field(default_factory=_no_labels)

    def between(self, end: Marks, share: float) -> Marks:
        """These marks, `share` (0-1) of the way to where the same ones lie in the end."""
        if share >= 1 or self.prototypes.shape != end.prototypes.shape or self.support.shape != end.support.shape:
            return end
        return replace(
            end,
            prototypes=lerp(self.prototypes, end.prototypes, share),
            support=lerp(self.support, end.support, share),
        )


class MapScene:
    """Points, marks and camera; pictures of them. Sizes are device pixels, positions those of the drawing order.

    rows [n]: the picture of each point; xy [n, 2]: where it is drawn now. follows: whether the camera keeps all points
    in view, which it does until the user moves it.
    """

    def __init__(self) -> None:
        self.raster = Raster()
        self.width = self.height = 1
        self.ratio = 1.0
        self.camera = Camera(0, 0, 1)
        self.follows = True
        self.highlight: int | None = None
        self._forget(None)

    def _forget(self, columns: PictureColumns | None) -> None:
        self.columns = columns
        n = 0 if columns is None else columns.n
        self._shuffled = np.random.default_rng(0).permutation(n)  # so that no class covers another by its place
        self._place = np.full(n, -1, np.intp)
        self.rows, self.groups = np.empty(0, np.intp), np.empty(0, np.intp)
        self.xy = self._start = self._end = _empty()
        self.marks = self._old_marks = self._new_marks = Marks()
        self._cameras = self.camera, self.camera
        self.raster.set_points(self.xy)

    @property
    def n(self) -> int:
        """How many points there are."""
        return len(self.rows)

    @property
    def diameter(self) -> float:
        """Device pixels across a point: few points are large, many small."""
        logical = 8 - 2.6 * math.log10(max(self.n, 500) / 500)
        return max(3.0, logical) * self.ratio

    @property
    def bands(self) -> int:
        """How many strips a soft picture is drawn in, so that none takes long."""
        return -(-self.width * self.height // _BAND)

    def set_columns(self, columns: PictureColumns | None) -> None:
        """Another folder, or none: the camera follows again."""
        self.follows, self.highlight = True, None
        self._forget(columns)

    def set_marks(self, marks: Marks) -> None:
        """Where prototypes and support points lie; shown with the next `read`."""
        self._new_marks = marks

    def read(self) -> bool:
        """Reads the columns anew. True if points or camera have a way to go: `step` moves them, 1 ends it."""
        if self.columns is None:
            return False
        rows, groups = _drawn(self.columns, self._shuffled, self.highlight)
        end = _unpaired(_paired(self.columns.xy)[rows])
        start = _shown(self.xy, self._place[rows], end)
        first = not self.n
        self.rows, self.groups, self._start, self._end = rows, groups, start, end
        self._place.fill(-1)
        self._place[rows] = np.arange(len(rows))
        self._old_marks = self.marks
        self._cameras = self.camera, self._wanted(end)
        moves = not first and bool(
            (_paired(start).view(np.int64) != _paired(end).view(np.int64)).any() or self._cameras[0] != self._cameras[1]
        )
        self.step(0.0 if moves else 1.0)
        return moves

    def step(self, share: float) -> None:
        """Points, marks and camera are `share` (0-1) of their way on."""
        self.xy = self._end if share >= 1 else lerp(self._start, self._end, share)
        self.marks = self._old_marks.between(self._new_marks, share)
        old, new = self._cameras
        self.camera = new if share >= 1 else _camera_between(old, new, share)
        if share >= 1:
            self._cameras = new, new
        self.raster.set_points(self.xy)

    def colour(self, palette: np.ndarray) -> None:
        """The colours: palette [FIRST_CLASS + classes, 3] uint8."""
        self.raster.set_groups(np.minimum(self.groups, len(palette) - 1), palette)

    def resize(self, width: int, height: int, ratio: float) -> None:
        """Another size of the picture in device pixels, and how many of them make a logical one."""
        self.width, self.height, self.ratio = max(1, width), max(1, height), ratio
        if self.follows:
            self.fit()

    def fit(self) -> None:
        """The camera shows all points, and does so from now on."""
        self.follows = True
        self._use(self._fitted(self._end))

    def pan(self, dx: float, dy: float) -> None:
        """The points are pushed by dx, dy device pixels."""
        self.follows = False
        self._use(self.camera.panned(dx, dy))

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Nearer by factor; what is at x, y stays there."""
        self.follows = False
        whole = self._fitted(self._end).scale
        scale = min(max(self.camera.scale * factor, whole * _ZOOM[0]), whole * _ZOOM[1])
        self._use(self.camera.zoomed(scale / self.camera.scale, x - self.width / 2, y - self.height / 2))

    def place(self) -> None:
        """Finds where the points lie in the picture; needed before `soft`, `row_at` and `rows_inside`."""
        self.raster.place(self.camera, self.width, self.height)

    def soft(self, band: int, bands: int) -> np.ndarray:
        """The picture when all stands still, one strip of it renewed (see Raster)."""
        strength = float(np.clip(2.5 * (2000 / max(self.n, 1)) ** 0.4, 0.2, 4.0))
        return self.raster.soft(self.diameter, strength, band, bands)

    def row_at(self, x: float, y: float, reach: float) -> int:
        """The picture whose point is at x, y or within `reach` device pixels; -1 for none."""
        position = self.raster.at(x, y, odd_diameter(self.diameter), round(reach)) if self.n else -1
        return int(self.rows[position]) if position >= 0 else -1

    def rows_inside(self, mask: np.ndarray) -> np.ndarray:
        """The pictures whose points lie at set pixels of mask [height, width] bool."""
        return np.sort(self.rows[self.raster.inside(mask)])

    def neighbour(self, row: int, dx: int, dy: int) -> int:
        """The picture next to `row` in a direction (dx, dy: -1, 0 or 1, downwards); row itself if there is none.

        From row -1, the one nearest to the middle.
        """
        pixels = self.camera.to_pixels(self.xy, self.width, self.height)
        seen = ((pixels >= 0) & (pixels < (self.width, self.height))).all(1)
        place = self._place[row] if row >= 0 else -1
        here = pixels[place] if place >= 0 else np.array([self.width / 2, self.height / 2])
        way = pixels - here
        along = way @ np.array([dx, dy], float)
        aside = np.abs(way @ np.array([dy, dx], float))
        cost = np.where(seen, along + 2 * aside if place >= 0 else np.hypot(*way.T), np.inf)
        if place >= 0:
            cost[(along <= 0.5) | (aside > along)] = np.inf
        best = int(np.argmin(cost)) if self.n else -1
        return int(self.rows[best]) if best >= 0 and np.isfinite(cost[best]) else row

    def places_of(self, rows: np.ndarray) -> np.ndarray:
        """Positions [m] of those of rows that have a point."""
        rows = np.asarray(rows, np.intp)
        place = self._place[rows[(rows >= 0) & (rows < len(self._place))]]
        return place[place >= 0]

    def pixels_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(pixels [m, 2], groups [m]) of those of rows that have a point."""
        place = self.places_of(rows)
        return self.camera.to_pixels(self.xy[place], self.width, self.height), self.groups[place]

    def _use(self, camera: Camera) -> None:
        self.camera = camera
        self._cameras = camera, camera

    def _wanted(self, end: np.ndarray) -> Camera:
        """The camera to have when the points have arrived."""
        if not self.follows or not len(end):
            return self.camera
        fitted, now = self._fitted(end), self.camera
        room = now.scale / fitted.scale
        off = math.hypot(fitted.x - now.x, fitted.y - now.y) * now.scale
        near = 1 / _KEEP <= room <= 1.02 and off < _BORDER * self.ratio / 2
        return now if near and self.n else fitted

    def _fitted(self, xy: np.ndarray) -> Camera:
        low, high = _extent(np.concatenate([xy[:: max(1, len(xy) // _SAMPLE)], *self._mark_points()]))
        return Camera.fitted(low, high, self.width, self.height, _BORDER * self.ratio)

    def _mark_points(self) -> list[np.ndarray]:
        return [points[np.isfinite(points).all(1)] for points in (self._new_marks.prototypes, self._new_marks.support)]


def _drawn(columns: PictureColumns, shuffled: np.ndarray, highlight: int | None) -> tuple[np.ndarray, np.ndarray]:
    """(rows [n], groups [n]) to draw, bottom first: the grey ones, the classes, the one that is lifted out."""
    label = columns.shown_labels()
    pending = (columns.status == 0) & (label < 0) & (columns.verdict == 0)
    group = np.where(label >= 0, label.astype(np.intp) + FIRST_CLASS, np.where(pending, PENDING_GROUP, UNKNOWN_GROUP))
    drawn = np.isfinite(columns.xy[:, 0] + columns.xy[:, 1]) & (columns.verdict != EXCLUDED)
    rows = shuffled[drawn[shuffled]]
    groups = group[rows]
    lifted = groups == (-1 if highlight is None else highlight + FIRST_CLASS)
    grey = (groups < FIRST_CLASS) & ~lifted
    order = np.concatenate([np.flatnonzero(part) for part in (grey, ~grey & ~lifted, lifted)])
    return rows[order], groups[order]


def _shown(xy: np.ndarray, place: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """[m, 2]: where points are drawn now, by their place [m]; a new one (-1) begins where it will be."""
    if not len(xy):
        return otherwise
    return _unpaired(np.where(place >= 0, _paired(xy)[place], _paired(otherwise)))


def _paired(xy: np.ndarray) -> np.ndarray:
    """[n] float64 that is no number but the two of a point, xy [n, 2] float32: gathered in one go, ten times faster."""
    return np.ascontiguousarray(xy).view(np.float64).reshape(-1)


def _unpaired(pairs: np.ndarray) -> np.ndarray:
    """[n, 2] float32: what `_paired` made one."""
    return pairs.view(np.float32).reshape(-1, 2)


def _extent(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(low [2], high [2]): the box that holds the points, but not far outliers: they would shrink all others."""
    if not len(xy):
        return np.zeros(2), np.ones(2)
    low, near, far, high = np.percentile(xy, [0, 1, 99, 100], axis=0)
    slack = 0.35 * (far - near)
    return np.maximum(low, near - slack), np.minimum(high, far + slack)


def _camera_between(start: Camera, end: Camera, share: float) -> Camera:
    scale = start.scale * (end.scale / start.scale) ** share
    return Camera(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share, scale)

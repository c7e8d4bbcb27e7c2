"""Points drawn as a picture: what the map looks like, which point is under the mouse, which lie in a lasso.

numpy only, no Qt. One index write per point, then discs by a shifted maximum over the picture: the price of a frame
hardly depends on the number of points (a plotting library's does), it needs no GPU, and it is the same everywhere.
Pictures have a margin around what is seen, so that discs are cut by the edge and points further out do no harm.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace

import numpy as np

_BLURS = (  # near to Gaussian, so that spots are round; each sums to an even number
    (1,) * 2, (1,) * 4, (1,) * 6, (1, 1, 1, 1, 1, 1, 2), (1, 1, 1, 1, 2, 2, 2, 2), (1, 1, *(2,) * 8),
    (1, 1, 1, 1, 2, 2, 2, 2, 4, 4), (1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4),
)  # fmt: skip
_LEAST_EXTENT = 1e-6  # data units: points that all coincide still get a camera


@dataclass(frozen=True, slots=True)
class Camera:
    """What is seen of the plane: the point in the middle (x, y in data units, y upwards), and pixels per data unit."""

    x: float
    y: float
    scale: float

    @classmethod
    def fitted(cls, low: np.ndarray, high: np.ndarray, width: int, height: int, border: float) -> Camera:
        """The camera that shows the box low [2] to high [2] in width x height pixels, `border` pixels free around."""
        room = max(1.0, width - 2 * border), max(1.0, height - 2 * border)
        extent = [max(float(high[axis] - low[axis]), _LEAST_EXTENT) for axis in (0, 1)]
        middle = [float(low[axis] + high[axis]) / 2 for axis in (0, 1)]
        return cls(*middle, min(room[0] / extent[0], room[1] / extent[1]))

    def panned(self, dx: float, dy: float) -> Camera:
        """The camera after the picture was pushed by dx, dy pixels (dy downwards)."""
        return replace(self, x=self.x - dx / self.scale, y=self.y + dy / self.scale)

    def zoomed(self, factor: float, dx: float, dy: float) -> Camera:
        """The camera `factor` nearer; what lies dx, dy pixels beside the middle stays where it is."""
        shift = 1 - 1 / factor
        return Camera(self.x + dx / self.scale * shift, self.y - dy / self.scale * shift, self.scale * factor)

    def to_pixels(self, xy: np.ndarray, width: int, height: int) -> np.ndarray:
        """[m, 2] float64: where data points xy [m, 2] lie, in pixels from the upper left corner."""
        xy = np.asarray(xy, np.float64).reshape(-1, 2)
        return np.stack(
            [(xy[:, 0] - self.x) * self.scale + width / 2, (self.y - xy[:, 1]) * self.scale + height / 2], 1
        )


class Raster:
    """Points and the pictures of them at one camera and size; its memory is kept from frame to frame.

    Points are known by their position in the order of drawing: later ones lie on top. Not for several threads.
    A picture is [height + 2 margin, width + 2 margin] uint32, 0xAARRGGBB premultiplied (Qt's ARGB32_Premultiplied);
    it is valid until the next picture is asked for.
    """

    def __init__(self, margin: int = 24) -> None:
        self.margin = margin
        self.width = self.height = 0
        self.n = 0
        self._x, self._y = np.empty(0, np.float32), np.empty(0, np.float32)
        self._group = np.empty(0, np.intp)
        self._palette = np.zeros((1, 3), np.uint8)
        self._lut: np.ndarray | None = None
        self._index_of: int | None = None  # diameter of the discs in the index picture, None: not drawn yet
        self._flat = np.empty(0, np.intp)  # each point's pixel in the picture
        self._disc = np.empty(0, np.int32)
        self._memory: dict[str, np.ndarray] = {}

    def set_points(self, xy: np.ndarray) -> None:
        """The points, xy [n, 2] finite, in the order of drawing. Their groups are 0 until they are set."""
        self._x, self._y = np.ascontiguousarray(xy[:, 0], np.float32), np.ascontiguousarray(xy[:, 1], np.float32)
        if len(xy) != self.n:
            self.n = len(xy)
            self._group = np.zeros(self.n, np.intp)
            self._lut = None
        self._index_of = None

    def set_groups(self, group: np.ndarray, palette: np.ndarray) -> None:
        """The points' colours: palette [g, 3] uint8, and the entry of each point, group [n]."""
        self._group, self._palette = np.asarray(group, np.intp), np.asarray(palette, np.uint8)
        self._lut = None

    def place(self, camera: Camera, width: int, height: int) -> None:
        """Where the points lie in a picture of width x height pixels; all that is asked next is asked of this."""
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self._memory.clear()
        across, down, margin = self._across, self.height + 2 * self.margin, self.margin
        flat, column = self._scratch("flat", self.n, np.intp), self._scratch("column", self.n, np.intp)
        at = self._scratch("at", self.n, np.float32)
        _pixels(self._y, camera.y, -camera.scale, height / 2 + margin, down - 1, at, flat)
        _pixels(self._x, camera.x, camera.scale, width / 2 + margin, across - 1, at, column)
        flat *= across
        flat += column
        self._flat = flat
        self._index_of = None

    def hard(self, diameter: int) -> np.ndarray:
        """The picture with each point a disc in its plain colour: for frames while something moves."""
        index = self._index(diameter)
        if self._lut is None:
            self._lut = np.concatenate([np.zeros(1, np.uint32), _packed(self._palette)[self._group]])
        picture = self._scratch("picture", index.size, np.uint32)
        np.take(self._lut, index, out=picture, mode="clip")
        return picture.reshape(-1, self._across)

    def soft(self, diameter: float, strength: float, band: int = 0, bands: int = 1) -> np.ndarray:
        """The picture with each point a soft spot, and crowds denser: for a frame that stands still.

        Spots of weight w at a pixel give it their mean colour and the opacity 1 - exp(-strength * w); a spot weighs 1
        in its middle. One call draws one of `bands` strips of rows, for pictures too large for one go; the others are
        as they were.
        """
        picture = self._scratch("soft", self._size, np.uint32).reshape(-1, self._across)
        top, bottom = (len(picture) * edge // bands for edge in (band, band + 1))
        _blend(self._spread(_blur(diameter), top, bottom), strength, picture[top:bottom].reshape(-1))
        return picture

    def at(self, x: float, y: float, diameter: int, reach: int = 0) -> int:
        """The point whose disc is at x, y (pixels from the corner of what is seen), or the nearest of those whose disc
        is within `reach` pixels; -1 without any."""
        column, row = int(x) + self.margin, int(y) + self.margin
        index = self._index(diameter).reshape(-1, self._across)
        if not (0 <= row < index.shape[0] and 0 <= column < index.shape[1]):
            return -1
        if index[row, column]:
            return int(index[row, column]) - 1
        window = index[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
        near = np.unique(window)[::-1] - 1
        near = near[near >= 0]
        if not len(near):
            return -1
        rows, columns = np.divmod(self._flat[near], self._across)
        return int(near[np.argmin((rows - row) ** 2 + (columns - column) ** 2)])

    def inside(self, mask: np.ndarray) -> np.ndarray:
        """Positions [m], ascending, of the points whose middle is at a set pixel of mask [height, width]."""
        padded = self._scratch("mask", self._size, np.bool_).reshape(-1, self._across)
        padded.fill(False)
        padded[self.margin : -self.margin, self.margin : -self.margin] = mask
        return np.flatnonzero(padded.reshape(-1)[self._flat])

    @property
    def _across(self) -> int:
        return self.width + 2 * self.margin

    @property
    def _size(self) -> int:
        return self._across * (self.height + 2 * self.margin)

    def _scratch(self, name: str, size: int, dtype: type) -> np.ndarray:
        """[size]: memory that is used again: fresh pages would cost more than what is written into them."""
        found = self._memory.get(name)
        if found is None or len(found) < size:
            found = self._memory[name] = np.zeros(size, dtype)
        return found[:size]

    def _index(self, diameter: int) -> np.ndarray:
        """[size] int32: 1 + the position of the point whose disc is on top, 0 for none."""
        if self._index_of != diameter:
            index = self._scratch("index", self._size, np.int32)
            index.fill(0)
            index[self._flat] = np.arange(1, self.n + 1, dtype=np.int32)  # repeated: the last one stays
            runs = self._scratch("run", self._size, np.int32), self._scratch("wider", self._size, np.int32)
            self._disc = _discs(index, diameter, self._across, *runs)
            self._index_of = diameter
        return self._disc

    def _spread(self, shifts: tuple[int, ...], top: int, bottom: int) -> list[np.ndarray]:
        """Four times [(bottom - top) * across] float32: weight, and weight times red, green, blue (0-1), blurred."""
        back = sum(shifts) // 2 * (self._across + 1)  # each sum moves the picture by half its shift
        first = top * self._across - back
        size = (bottom - top) * self._across + 2 * back
        flat, group = self._flat, self._group
        if (top, bottom) != (0, self._size // self._across):
            near = np.flatnonzero((flat >= first) & (flat < first + size))
            flat, group = flat[near], group[near]
        steps = (*shifts, *(shift * self._across for shift in shifts))
        one = np.float32(1 / _peak(shifts))
        colours = (self._palette.astype(np.float32) * (one / 255)).T.copy()
        planes = []
        for name, value in zip("argb", (one, *colours), strict=True):
            plane, spare = self._scratch(name, size, np.float32), self._scratch("spare", size, np.float32)
            plane.fill(0)
            np.add.at(plane, flat - first, value if name == "a" else value[group])
            plane, self._memory["spare"] = _summed(plane, spare, steps)
            self._memory[name] = plane
            planes.append(plane[: size - 2 * back])
        return planes


def odd_diameter(pixels: float) -> int:
    """The odd number next to `pixels`: what a disc with a middle pixel can be across."""
    return 2 * max(0, round((pixels - 1) / 2)) + 1


def lerp(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """[n, 2] float32: points on their way from start to end; share 0-1."""
    return start + (end - start) * np.float32(share)


def _pixels(
    values: np.ndarray, middle: float, scale: float, offset: float, most: int, at: np.ndarray, out: np.ndarray
) -> None:
    """out [n] = (values - middle) * scale + offset, cut to 0 .. most, as whole numbers; at [n] is memory to work in.

    The middle goes first: far in, float32 would not tell pixels apart otherwise.
    """
    np.subtract(values, np.float32(middle), out=at)
    np.multiply(at, np.float32(scale), out=at)
    np.add(at, np.float32(offset), out=at)
    np.minimum(at, np.float32(most), out=at)
    np.maximum(at, np.float32(0), out=at)
    np.copyto(out, at, casting="unsafe")


def _discs(index: np.ndarray, diameter: int, across: int, run: np.ndarray, wider: np.ndarray) -> np.ndarray:
    """[size]: each number of index [size] spread over a disc, the larger number on top.

    A disc is a stack of runs: row dy of it reaches `half` pixels to both sides. Runs grow pixel by pixel, and each
    length goes to the rows that have it. `run` and `wider` [size] are memory to work in; index is written over.
    """
    radius = diameter // 2
    halves = [math.isqrt(max(0, round((radius + 0.3) ** 2 - dy * dy))) for dy in range(radius + 1)]
    np.copyto(run, index)
    for half in range(halves[0] + 1):
        if half:
            np.maximum(run[:-2], run[2:], out=wider[1:-1])
            wider[0], wider[-1] = run[0], run[-1]
            run, wider = (np.maximum(run, wider, out=wider) if half == 1 else wider), run
        for dy in (dy for dy in range(1, radius + 1) if halves[dy] == half):
            step = dy * across
            np.maximum(index[:-step], run[step:], out=index[:-step])
            np.maximum(index[step:], run[:-step], out=index[step:])
    return np.maximum(index, run, out=index)


def _packed(palette: np.ndarray) -> np.ndarray:
    """[g] uint32: palette [g, 3] as 0xFFRRGGBB."""
    wide = palette.astype(np.uint32)
    return np.uint32(0xFF000000) | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]


def _summed(plane: np.ndarray, spare: np.ndarray, steps: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(plane, the other one): each number of plane [size] with the one `step` further on added, step by step."""
    for step in steps:
        np.add(plane[:-step], plane[step:], out=spare[:-step])
        spare[-step:] = plane[-step:]
        plane, spare = spare, plane
    return plane, spare


def _blend(planes: list[np.ndarray], strength: float, out: np.ndarray) -> None:
    """out [size] uint32: the pixels of planes weight, weight x red, weight x green, weight x blue; planes are spent."""
    weight = planes[0]
    share = np.expm1(weight * np.float32(-strength))
    np.maximum(weight, np.float32(1e-6), out=weight)
    np.divide(share, weight, out=share)
    share *= np.float32(-255)  # opacity / weight: times a plane of colour it is that colour, premultiplied
    channels = out.view(np.uint8).reshape(-1, 4)
    for place, plane in zip(_byte_places(), planes, strict=True):
        plane *= share
        plane += np.float32(0.5)
        np.copyto(channels[:, place], plane, casting="unsafe")


def _byte_places() -> tuple[int, int, int, int]:
    """Where opacity, red, green and blue lie in the bytes of a pixel."""
    return (3, 2, 1, 0) if sys.byteorder == "little" else (0, 1, 2, 3)


def _blur(diameter: float) -> tuple[int, ...]:
    """Shifts whose sums (1 + z^shift, along both axes) make a bell about as wide as a disc of `diameter` pixels.

    A shift s adds s^2 / 4 to the variance; 2.5 times the deviation is taken as the disc's radius.
    """
    variance = (diameter / 5) ** 2
    return min(_BLURS, key=lambda shifts: abs(sum(shift * shift for shift in shifts) / 4 - variance))


def _peak(shifts: tuple[int, ...]) -> float:
    """What the blur makes of a single 1, in its middle."""
    kernel = np.ones(1)
    for shift in shifts:
        kernel = np.convolve(kernel, np.bincount([0, shift]))
    return float(kernel[len(kernel) // 2]) ** 2

"""The box of a crop as fractions of its picture: drawing, moving, sizing. Pure geometry, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fewshot_gui.ui.views.class_data import Crop

Edge = Literal["left", "right", "top", "bottom"]

SMALLEST = 0.02  # a side of the box, as a fraction of the picture's


@dataclass(frozen=True, slots=True)
class CropBox:
    """left, top, right, bottom as fractions 0-1 of the picture, left < right and top < bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, crop: Crop | None) -> CropBox | None:
        """The box of a stored crop (left, top, width, height), cut to the picture; None for the whole picture."""
        if crop is None:
            return None
        left, top, width, height = crop
        return cls.between((left, top), (left + width, top + height))

    @classmethod
    def between(cls, first: tuple[float, float], second: tuple[float, float]) -> CropBox | None:
        """The box with these opposite corners, cut to the picture; None if it is too small to be meant."""
        (x1, x2), (y1, y2) = (sorted((_clip(a), _clip(b))) for a, b in zip(first, second, strict=True))
        return cls(x1, y1, x2, y2) if x2 - x1 >= SMALLEST and y2 - y1 >= SMALLEST else None

    @property
    def width(self) -> float:
        """Fraction of the picture's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Fraction of the picture's height."""
        return self.bottom - self.top

    @property
    def crop(self) -> Crop | None:
        """What is stored: left, top, width, height; None if the box is the whole picture."""
        if self.width > 0.999 and self.height > 0.999:
            return None
        return self.left, self.top, self.width, self.height

    def moved(self, dx: float, dy: float) -> CropBox:
        """The same box elsewhere, stopped by the picture's edges."""
        dx = min(max(dx, -self.left), 1.0 - self.right)
        dy = min(max(dy, -self.top), 1.0 - self.bottom)
        return CropBox(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def sized(self, edges: frozenset[Edge], dx: float, dy: float) -> CropBox:
        """The box with these edges pushed, stopped by the picture's edges and before it gets too small."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        if "left" in edges:
            left = min(_clip(left + dx), right - SMALLEST)
        if "right" in edges:
            right = max(_clip(right + dx), left + SMALLEST)
        if "top" in edges:
            top = min(_clip(top + dy), bottom - SMALLEST)
        if "bottom" in edges:
            bottom = max(_clip(bottom + dy), top + SMALLEST)
        return CropBox(left, top, right, bottom)

    def edges_at(self, x: float, y: float, near_x: float, near_y: float) -> frozenset[Edge]:
        """The edges within reach of a point (two at a corner); near_x, near_y: the reach, as fractions."""
        if not (self.left - near_x <= x <= self.right + near_x and self.top - near_y <= y <= self.bottom + near_y):
            return frozenset()
        found: set[Edge] = set()
        if min(abs(x - self.left), abs(x - self.right)) <= near_x:
            found.add("left" if abs(x - self.left) < abs(x - self.right) else "right")
        if min(abs(y - self.top), abs(y - self.bottom)) <= near_y:
            found.add("top" if abs(y - self.top) < abs(y - self.bottom) else "bottom")
        return frozenset(found)

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def _clip(value: float) -> float:
    return min(max(value, 0.0), 1.0)

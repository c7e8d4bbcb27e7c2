"""Frozen values that every layer speaks. No torch, no Qt, no Pillow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    import numpy as np

Status = Literal["ok", "unknown", "unreadable"]
Kind = Literal["name", "classes", "examples", "folder", "pictures", "reviews", "settings", "truth"]
QualityName = Literal["fast", "balanced", "careful"]  # how much time a model may spend on a picture
QUALITIES: tuple[QualityName, ...] = get_args(QualityName)
BALANCED: QualityName = "balanced"  # a model as it is


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A picture on disk: its path as given or found, and the class its folder says it is (None: no truth known)."""

    path: str
    truth: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture: pixels [H, W, 3] uint8 sRGB, upright, and the content hash of the file's bytes."""

    pixels: np.ndarray
    content: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A picture that could not be read: a value in the stream, never the end of a run."""

    path: str
    reason: str


class PictureSource(Protocol):
    """Pictures that can be read one by one, from any thread: how the engine is handed pictures."""

    def __len__(self) -> int: ...

    def read(self, index: int, at_least: int) -> Picture | Unreadable:
        """The picture, shrunk at will as long as both sides stay at least `at_least` pixels (or the original's)."""
        ...


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one picture. probabilities: class name -> 0-1 (empty if unreadable); label "" unless ok."""

    path: str
    label: str
    confidence: float | None
    status: Status
    reason: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of right answers with its Wilson 95 % interval, and what it was measured on."""

    right: int
    total: int
    measured_on: str

    @property
    def value(self) -> float:
        """right / total, 0-1; NaN without any picture."""
        return self.right / self.total if self.total else math.nan

    def interval(self, z: float = 1.959964) -> tuple[float, float]:
        """Wilson score interval (Wilson 1927), 0-1. (0, 1) without any picture."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Changes:
    """What an action changed, so that views renew just that.

    contents: the content hashes of the pictures whose verdict changed. False if nothing changed at all.
    """

    kinds: frozenset[Kind] = frozenset()
    contents: frozenset[str] = frozenset()

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.kinds | other.kinds, self.contents | other.contents)

    def __bool__(self) -> bool:
        return bool(self.kinds or self.contents)

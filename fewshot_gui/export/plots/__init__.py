"""Charts of what was measured: `chart` lays them out as shapes, and one format per module paints the shapes.

No plotting library: three kinds of shape suffice, and both formats show the same picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fewshot_gui.errors import UsageError
from fewshot_gui.registry import Registry

Point = tuple[float, float]  # x to the right, y downwards, in pixels
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    """Through all points. colour: "#rrggbb"; width: pixels."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """The polygon of these points, filled. opacity: 0-1."""

    points: tuple[Point, ...]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text. anchor: what of its baseline lies at (x, y); size: pixels; rotated: it reads upwards."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = "start"
    rotated: bool = False


Shape = Line | Area | Text


@dataclass(frozen=True, slots=True)
class Scene:
    """Shapes, the later over the earlier, on white. width, height: pixels; description: the same in words."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    description: str


PLOTS: Registry[Callable[[Scene], bytes]] = Registry("plot format", __name__)


def format_of(path: Path) -> str:
    """The registered format of a file's ending; UsageError with the known ones if there is none."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in PLOTS:
        raise UsageError(f"The plot {path} must end with one of {', '.join(f'.{name}' for name in PLOTS)}.")
    return ending

"""The curves of a training: the loss along its steps and each look at the validation classes, stage by stage.

They lie in the checkpoint, so that a training which was interrupted ends with the curves of an undisturbed one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any

MOST_POINTS = 1000  # of a stage: a screen is not wider

Row = tuple[int | str | float | None, ...]
COLUMNS = (
    "stage", "kind", "step", "loss", "pictures_per_second", "validation_accuracy", "ci95_low", "ci95_high", "best",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """step: 1..; loss: the mean over the steps since the last point; pictures_per_second: over those steps."""

    step: int
    loss: float
    pictures_per_second: float


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the validation classes. accuracy: 0-1 with its 95 % interval; best: the stage's best until then."""

    step: int
    accuracy: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the next point will be made of."""

    steps: int = 0
    loss: float = 0.0
    pictures: int = 0
    seconds: float = 0.0


@dataclass
class Curve:
    """One stage's curves. number: its place in the recipe, from 0. steps: how many it has to do.

    before: the validation accuracy it had to better, 0-1; kept: whether it did. Both None until it has ended, before
    also where there was nothing to better.
    """

    number: int
    kind: str
    steps: int
    points: list[Point] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    before: float | None = None
    kept: bool | None = None
    sums: _Sums = field(default_factory=_Sums)

    @property
    def spacing(self) -> int:
        """Steps from one point to the next."""
        return math.ceil(self.steps / MOST_POINTS)

    def add(self, step: int, loss: float, pictures: int, seconds: float) -> None:
        """Take in a step, which are counted from 1; a point is made every `spacing` steps and at the end."""
        old = self.sums
        new = _Sums(old.steps + 1, old.loss + loss, old.pictures + pictures, old.seconds + seconds)
        if step % self.spacing and step != self.steps:
            self.sums = new
            return
        self.points.append(Point(step, new.loss / new.steps, new.pictures / max(new.seconds, 1e-9)))
        self.sums = _Sums()

    def rows(self) -> Iterator[Row]:
        """In the order of the steps, what `COLUMNS` names; None where there is nothing. Stages are counted from 1."""
        points = {point.step: astuple(point)[1:] for point in self.points}
        looks = {look.step: astuple(look)[1:] for look in self.looks}
        for step in sorted(points.keys() | looks.keys()):
            yield self.number + 1, self.kind, step, *points.get(step, (None,) * 2), *looks.get(step, (None,) * 4)


def to_json(curve: Curve) -> dict[str, Any]:
    """JSON values that `from_json` reads back; points and looks without names, as there may be a thousand."""
    lists = {"points": [astuple(point) for point in curve.points], "looks": [astuple(look) for look in curve.looks]}
    return {**{entry.name: getattr(curve, entry.name) for entry in fields(curve)}, **lists, "sums": asdict(curve.sums)}


def from_json(values: Mapping[str, Any]) -> Curve:
    """The curve of `to_json`'s values."""
    lists = {
        "points": [Point(*point) for point in values["points"]],
        "looks": [Look(*look) for look in values["looks"]],
    }
    return Curve(**{**values, **lists, "sums": _Sums(**values["sums"])})

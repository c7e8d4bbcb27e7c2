"""How much time a model may spend on a picture, and what that was measured to be worth. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fewshot_gui.types import BALANCED, QUALITIES, QualityName

if TYPE_CHECKING:
    from fewshot_gui.engine.preprocess import Preprocessing

# Versions of a picture that are embedded: all of it, 7/8 of its sides from the middle or a corner, and mirrored ones.
View = Literal[
    "whole", "flip", "centre", "centre-flip", "upper-left", "upper-right", "lower-left", "lower-right"
]  # fmt: skip
WHOLE: tuple[View, ...] = ("whole",)


@dataclass(frozen=True)
class Quality:
    """An entry of config.json's "qualities". What is None or "" is as the model's own preprocessing has it.

    size: side of the input in pixels; views: what is embedded of a picture; backbone: another model's name, whose
    preprocessing they then change. accuracy: 0-1; gain: points against balanced, on the same episodes; each with its
    95 % interval, and measured_on says what on. relative_speed: pictures per second against balanced.
    ValueError for a figure without interval or without what it was measured on.
    """

    size: int | None = None
    views: tuple[View, ...] | None = None
    backbone: str = ""
    accuracy: float | None = None
    ci95: tuple[float, ...] = ()
    gain: float | None = None
    gain_ci95: tuple[float, ...] = ()
    measured_on: str = ""
    relative_speed: float | None = None

    def __post_init__(self) -> None:
        for name, value, interval in (("accuracy", self.accuracy, "ci95"), ("gain", self.gain, "gain_ci95")):
            ends = getattr(self, interval)
            if value is None:
                continue
            if len(ends) != 2 or not ends[0] <= value <= ends[1]:
                raise ValueError(f"must have {interval}, two numbers around {name}")
            if not self.measured_on:
                raise ValueError(f"must say in measured_on what {name} was measured on")
        if self.relative_speed is not None and self.relative_speed <= 0:
            raise ValueError("must have a relative_speed above 0")

    @property
    def changes(self) -> bool:
        """Whether it is anything but the model as it is."""
        return bool(self.size is not None or self.views is not None or self.backbone)

    def applied(self, usual: Preprocessing) -> Preprocessing:
        """The preprocessing with this size and these views."""
        return replace(
            usual,
            size=usual.size if self.size is None else self.size,
            views=usual.views if self.views is None else self.views,
        )


def names_of(qualities: Mapping[str, Quality]) -> tuple[QualityName, ...]:
    """The qualities that a model with these entries has, the quickest first: always balanced."""
    return tuple(name for name in QUALITIES if name == BALANCED or name in qualities)

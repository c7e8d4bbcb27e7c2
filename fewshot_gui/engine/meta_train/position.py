"""Where a training stands, as values for a checkpoint's JSON and tensors, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from fewshot_gui.engine.meta_train import curves
from fewshot_gui.engine.meta_train.curves import Curve
from fewshot_gui.engine.meta_train.score import Score


@dataclass
class Kept:
    """Weights worth keeping: values of a stage's modules, their score, and what goes into the model's config.

    network: the backbone's weights. learned: method -> its own tensors.
    """

    network: dict[str, Tensor]
    score: Score
    values: dict[str, Any]
    learned: dict[str, dict[str, Tensor]] = field(default_factory=dict)


@dataclass
class Position:
    """Where a training stands. stage, step: the next to do. kept: from earlier stages. best: of this stage.

    seconds: spent on steps and looks so far, over all runs. notes: what was decided about stages. curves: of the
    stages so far, this one's last.
    """

    stage: int = 0
    step: int = 0
    loss: float = math.nan
    precision: str = ""
    kept: Kept | None = None
    best: Kept | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    @property
    def curve(self) -> Curve:
        """The curve of the stage at work."""
        return self.curves[-1]


def values_of(position: Position) -> dict[str, Any]:
    """What of it goes into the JSON."""
    return {
        "stage": position.stage,
        "step": position.step,
        "loss": position.loss,
        "precision": position.precision,
        "seconds": position.seconds,
        "notes": position.notes,
        "kept": _kept_values(position.kept),
        "best": _kept_values(position.best),
        "curves": [curves.to_json(curve) for curve in position.curves],
    }


def tensors_of(position: Position) -> dict[str, Tensor]:
    """What of it goes into the tensors' file."""
    return {**over("kept.", _kept_tensors(position.kept)), **over("best.", _kept_tensors(position.best))}


def restored(values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Position:
    """The position that was stored. Checkpoints of earlier versions have no curves."""
    return Position(
        values["stage"],
        values["step"],
        values["loss"],
        values["precision"],
        _kept(values["kept"], under("kept.", tensors)),
        _kept(values["best"], under("best.", tensors)),
        values["seconds"],
        values["notes"],
        [curves.from_json(curve) for curve in values.get("curves", [])],
    )


def over(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors by names with the prefix."""
    return {prefix + name: value for name, value in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those with the prefix, by names without it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _kept_values(kept: Kept | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {"cells": {cell: list(v) for cell, v in kept.score.cells.items()}, "values": kept.values}


def _kept_tensors(kept: Kept | None) -> dict[str, Tensor]:
    if kept is None:
        return {}
    tensors = over("network.", kept.network)
    for method, learned in kept.learned.items():
        tensors |= over(f"learned.{method}.", learned)
    return tensors


def _kept(values: dict[str, Any] | None, tensors: dict[str, Tensor]) -> Kept | None:
    if values is None:
        return None
    learned: dict[str, dict[str, Tensor]] = {}
    for name, value in under("learned.", tensors).items():
        method, _, name = name.partition(".")
        learned.setdefault(method, {})[name] = value
    return Kept(under("network.", tensors), Score(values["cells"]), values["values"], learned)

"""What a training yields while it runs: frozen values, one after each step and at each event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the person who waits: what is being read or done."""

    text: str


@dataclass(frozen=True, slots=True)
class Trained:
    """One outer step is done. step: 1..of within the stage. loss: running mean. validation: accuracy of the best
    weights so far, 0-1 (None before the first look). seconds_left: of this stage.
    """

    stage: str
    step: int
    of: int
    loss: float
    validation: float | None
    pictures_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Validated:
    """A look at the validation classes. accuracy: 0-1 with its 95 % interval. best: whether these weights lead."""

    stage: str
    step: int
    accuracy: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint is on the disk: a training killed from here on continues after this step."""

    stage: str
    step: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The model folder is written. accuracy: of validation, 0-1 with its 95 % interval."""

    folder: Path
    accuracy: float
    low: float
    high: float


Progress = Note | Trained | Validated | Saved | Finished

"""What a project is asked for and what it is told: frozen values. No SQL, no torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from fewshot_gui.types import BALANCED, QualityName

Box = tuple[float, float, float, float]  # x, y, width, height as shares of the picture, 0-1, from its upper left corner
Verdict = Literal["confirmed", "corrected", "unknown", "excluded"]
VerdictOrigin = Literal["key", "drag", "menu", "audit"]
Unknown = Literal["off", "auto", "default"]
HistoryKind = Literal["truth", "estimate"]


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class. id: never given again, even after the class is deleted; colour: index into the theme's class colours;
    position: its place in the list, from 0.
    """

    id: int
    name: str
    colour: int
    position: int


@dataclass(frozen=True, slots=True)
class Example:
    """A support picture of a class. path: absolute; content: hash of the file's bytes, None until it was read;
    crop: None for the whole picture; origin: how it came here, such as "file", "folder", "grid", "clipboard".
    """

    id: int
    class_id: int
    path: str
    content: str | None
    crop: Box | None
    origin: str


@dataclass(frozen=True, slots=True)
class NewExample:
    """A picture to become an example. content: its hash where it is known already."""

    path: str
    content: str | None = None
    origin: str = "file"


class Review(NamedTuple):
    """What a person said of a picture. class_id: of "confirmed" and "corrected"; at: seconds since 1970."""

    verdict: Verdict
    class_id: int | None
    origin: str
    at: float


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """How this project adapts. backbone: a model's name or folder, "" for the program's own choice. quality: the time
    it may spend on a picture.

    method: a method's name, None: the program chooses. unknown: the wanted share of known pictures that may be called
    unknown, 0-1, or a word as of `--unknown`; "default": auto where the support set allows it.
    """

    backbone: str = ""
    method: str | None = None
    unknown: Unknown | float = "default"
    seed: int = 0
    quality: QualityName = BALANCED


@dataclass(frozen=True, slots=True)
class Truth:
    """What a table says of the folder's pictures. table: where it lay, absolute; classes: picture -> its class.

    A picture is called by its path below the folder; one that was not there then, as the table calls it.
    """

    table: str
    classes: Mapping[str, str]


class PictureFile(NamedTuple):
    """A picture of the folder. relative: below the folder; size: bytes; mtime_ns: since 1970; truth: its class where
    the data say it; content: hash of its bytes, None until it was read.
    """

    relative: str
    size: int
    mtime_ns: int
    truth: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One adaptation and what was classified with it. values: as given when it began, and at its end; began, ended:
    seconds since 1970, ended None if it was cancelled or is under way.
    """

    id: int
    values: Mapping[str, Any]
    began: float
    ended: float | None


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """An accuracy as it was shown at a time. kind: "truth" or "estimate"; at: seconds since 1970."""

    kind: HistoryKind
    right: int
    total: int
    measured_on: str
    run_id: int | None
    at: float


@dataclass(frozen=True, eq=False, slots=True)
class Predictions:
    """The newest stored answers, one row per picture.

    labels: int64 [n] class ids, -1 without one; confidence: float32 [n] 0-1, NaN without one; status: uint8 [n] as
    stored; probabilities: float16 [n, k]; class_ids: [k] what their columns mean; run_ids: int64 [n] who answered.
    """

    relatives: tuple[str, ...] = ()
    labels: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    confidence: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    status: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))
    probabilities: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.float16))
    class_ids: tuple[int, ...] = ()
    run_ids: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

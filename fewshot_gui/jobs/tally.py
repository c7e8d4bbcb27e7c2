"""What a run of `classify` amounts to: counts, honest accuracy, and the summary that scripts read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fewshot_gui.types import Accuracy, Prediction

SCHEMA = 1
MEASURED_ON = "readable pictures in folders named like a class, without the example pictures"
MEASURED_BY_TABLE = "readable pictures whose class a table or their folder tells, without the example pictures"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pictures; images = classified + unknown + unreadable. support_excluded: example pictures among them."""

    images: int = 0
    classified: int = 0
    unknown: int = 0
    unreadable: int = 0
    support_excluded: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a whole run: the fields of `classify --json`.

    accuracy is None if no picture's folder bears a class name, and no table tells one. seconds: all of the run;
    images_per_second: of the pictures to classify, over the time spent on them alone.
    """

    schema: int
    images: int
    classified: int
    unknown: int
    unreadable: int
    support_excluded: int
    classes: tuple[str, ...]
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    accuracy_on_classified: float | None
    images_per_second: float
    seconds: float
    device: str
    backbone: str
    method: str
    seed: int
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON values, in the contract's order."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


class Tally:
    """Counts predictions as they come."""

    def __init__(
        self, class_names: Collection[str], support_contents: Collection[str], measured_on: str = MEASURED_ON
    ) -> None:
        self._measured_on = measured_on
        self._classes = frozenset(class_names)
        self._support = frozenset(support_contents)
        self._counts = dict.fromkeys(("classified", "unknown", "unreadable", "support_excluded"), 0)
        self._right = self._total = self._answered = 0

    def add(self, prediction: Prediction, truth: str | None, content: str | None) -> None:
        """Counts one picture. truth: its class, or its folder's name; content: its content hash, None if unreadable."""
        self._counts["classified" if prediction.status == "ok" else prediction.status] += 1
        excluded = content in self._support
        self._counts["support_excluded"] += excluded
        if excluded or prediction.status == "unreadable" or truth not in self._classes:
            return
        self._total += 1
        self._answered += prediction.status == "ok"
        self._right += prediction.status == "ok" and prediction.label == truth

    @property
    def counts(self) -> Counts:
        """The counts so far."""
        images = sum(self._counts[name] for name in ("classified", "unknown", "unreadable"))
        return Counts(images, **self._counts)

    @property
    def accuracy(self) -> Accuracy:
        """Right answers among the pictures whose truth is known; an unknown counts as wrong."""
        return Accuracy(self._right, self._total, self._measured_on)

    def figures(self) -> Mapping[str, Any]:
        """The summary's fields that rest on counts."""
        accuracy = self.accuracy
        low, high = accuracy.interval() if accuracy.total else (None, None)
        return {
            **asdict(self.counts),
            "accuracy": accuracy.value if accuracy.total else None,
            "accuracy_low": low,
            "accuracy_high": high,
            "accuracy_on_classified": self._right / self._answered if self._answered else None,
        }

"""Predictions as files, one format per module, registered under the file's ending. No torch, no Qt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from fewshot_gui.registry import Registry
from fewshot_gui.types import Prediction

SCHEMA = 1


class Writer(ABC):
    """Writes one run's predictions to a text stream: begin once, write as they come, end once."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    @abstractmethod
    def begin(self, class_names: Sequence[str]) -> None:
        """Writes what comes before the first picture."""

    @abstractmethod
    def write(self, predictions: Iterable[Prediction]) -> None:
        """Writes these pictures' answers."""

    def end(self, summary: Mapping[str, Any]) -> None:  # noqa: B027 - most formats have no end
        """Writes what comes after the last picture; summary: as of `classify --json`."""


FORMATS: Registry[type[Writer]] = Registry("output format", __name__)


def record(prediction: Prediction) -> dict[str, Any]:
    """One picture as the JSON formats hold it; confidence None and probabilities empty if it was unreadable."""
    confidence = prediction.confidence
    return {
        "path": prediction.path,
        "label": prediction.label,
        "confidence": None if confidence is None else round(confidence, 6),
        "status": prediction.status,
        "reason": prediction.reason,
        "probabilities": {name: round(p, 6) for name, p in prediction.probabilities.items()},
    }

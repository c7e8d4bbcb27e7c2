"""CSV: a header, then a line per picture; the classes' probabilities in columns named p:CLASS."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from fewshot_gui.export import FORMATS, Writer
from fewshot_gui.types import Prediction

COLUMNS = ("path", "label", "confidence", "status", "reason")
PREFIX = "p:"  # keeps a class that bears a column's name apart from that column


@FORMATS.register("csv")
class CsvWriter(Writer):
    """The fields that do not apply are empty: label if unknown; label, confidence and p: if unreadable."""

    def begin(self, class_names: Sequence[str]) -> None:
        self._class_names = tuple(class_names)
        self._lines = csv.writer(self.stream, lineterminator="\n")
        self._lines.writerow([*COLUMNS, *(PREFIX + name for name in self._class_names)])

    def write(self, predictions: Iterable[Prediction]) -> None:
        self._lines.writerows(self._line(prediction) for prediction in predictions)

    def _line(self, prediction: Prediction) -> list[str]:
        probabilities = [_number(prediction.probabilities.get(name)) for name in self._class_names]
        confidence = _number(prediction.confidence)
        return [prediction.path, prediction.label, confidence, prediction.status, prediction.reason, *probabilities]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"

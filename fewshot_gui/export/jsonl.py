"""JSON lines: an object per picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from fewshot_gui.export import FORMATS, Writer, record
from fewshot_gui.types import Prediction


@FORMATS.register("jsonl")
class JsonLinesWriter(Writer):
    """A line {path, label, confidence, status, reason, probabilities} per picture."""

    def begin(self, class_names: Sequence[str]) -> None:
        pass

    def write(self, predictions: Iterable[Prediction]) -> None:
        for prediction in predictions:
            self.stream.write(json.dumps(record(prediction), ensure_ascii=False, allow_nan=False) + "\n")

"""JSON: one object {schema, pictures, summary}; the summary comes last, so that pictures are written as they come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fewshot_gui.export import FORMATS, SCHEMA, Writer, record
from fewshot_gui.types import Prediction


@FORMATS.register("json")
class JsonWriter(Writer):
    """pictures: a list of {path, label, confidence, status, reason, probabilities}."""

    def begin(self, class_names: Sequence[str]) -> None:
        self._separator = "\n"
        self.stream.write(f'{{"schema": {SCHEMA},\n"pictures": [')

    def write(self, predictions: Iterable[Prediction]) -> None:
        for prediction in predictions:
            self.stream.write(self._separator + _text(record(prediction)))
            self._separator = ",\n"

    def end(self, summary: Mapping[str, Any]) -> None:
        self.stream.write(f'\n],\n"summary": {_text(summary)}}}\n')


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

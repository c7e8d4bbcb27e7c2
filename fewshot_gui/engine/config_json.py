"""config.json <-> ModelConfig: every key's presence, type and range is checked, and an error names file, key and cure.

The schema is ModelConfig itself: its fields are the keys, their annotations the types; a field without a default must
be there. A key that is not known is refused, so that a misspelt one cannot be overlooked.
"""

import difflib
import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fewshot_gui.engine.model import ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.quality import WHOLE, Quality
from fewshot_gui.errors import UserError
from fewshot_gui.types import BALANCED, QUALITIES

SCHEMA = 1
_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def parse(text: str, file: str) -> ModelConfig:
    """The config in a config.json's text; file names it in messages. UserError says which key is wrong and how."""
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(
            f"{file} is not JSON (line {error.lineno}: {error.msg}): correct it or copy it again."
        ) from None
    if not isinstance(values, dict):
        raise UserError(f"{file} must hold an object {{...}}: copy it again.")
    schema = values.pop("schema", None)
    if schema != SCHEMA:
        raise UserError(f"{file}: schema is {schema!r}, this version reads {SCHEMA}; update the program or the folder.")
    config = object_of(ModelConfig, values, file, "")
    _check(config, file)
    return config


def dump(config: ModelConfig) -> str:
    """The text of the config.json that `parse` reads back as the same config."""
    values = {"schema": SCHEMA, **asdict(config)}
    return json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def object_of(kind: type, values: Any, file: str, key: str) -> Any:
    """A dataclass of that kind from a table of plain values, as JSON or TOML have them; checked key by key.

    file: named in messages; key: what precedes the keys there, e.g. "stages[0].". UserError says what is wrong.
    """
    if not isinstance(values, dict):
        raise _wrong(file, key, "an object {...}", values)
    hints, known = get_type_hints(kind), {field.name: field for field in fields(kind)}
    for name in values:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "take it out."
            raise UserError(f"{file}: the key {key + name!r} is not known; {hint}")
    for name, field in known.items():
        if name not in values and _required(field):
            raise UserError(f"{file}: the key {key + name!r} is missing; add it, or copy the model folder again.")
    given = {name: _value(hints[name], value, file, key + name) for name, value in values.items()}
    try:
        return kind(**given)
    except ValueError as error:  # what the values must be to each other; its message begins with "must"
        raise UserError(f"{file}: {key.rstrip('.')!r} {error}") from None


def _required(field: Field) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(kind: Any, value: Any, file: str, key: str) -> Any:
    """The value as the annotation `kind` wants it."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin is Literal:
        if value not in inner:
            raise _wrong(file, key, " or ".join(json.dumps(i) for i in inner), value)
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _value(inner[0], value, file, key)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(file, key, "a list", value)
        return tuple(_value(inner[0], item, file, f"{key}[{i}]") for i, item in enumerate(value))
    if origin is Mapping:
        if not isinstance(value, dict):
            raise _wrong(file, key, "an object {...}", value)
        return {name: _value(inner[1], item, file, f"{key}.{name}") for name, item in value.items()}
    if is_dataclass(kind):
        return object_of(kind, value, file, f"{key}.")
    return _scalar(kind, value, file, key)


def _scalar(kind: type, value: Any, file: str, key: str) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is float and number and math.isfinite(value):
        return float(value)
    if kind is not float and type(value) is kind:
        return value
    raise _wrong(file, key, _NAMES[kind], value)


def _wrong(file: str, key: str, wanted: str, value: Any) -> UserError:
    return UserError(f"{file}: {key.rstrip('.')!r} must be {wanted}, not {json.dumps(value)[:60]}; correct it.")


def _check(config: ModelConfig, file: str) -> None:
    """What types cannot say."""
    if config.embedding_size < 1:
        raise _wrong(file, "embedding_size", "1 or more", config.embedding_size)
    if config.temperature <= 0:
        raise _wrong(file, "temperature", "above 0", config.temperature)
    _check_preprocessing(config.preprocessing, file, "preprocessing")
    if config.adaptation is not None:
        _check_preprocessing(config.adaptation.preprocessing, file, "adaptation.preprocessing")
        if config.adaptation.preprocessing.channels != config.preprocessing.channels:
            channels = config.preprocessing.channels
            raise _wrong(file, "adaptation.preprocessing.mean", f"{channels} numbers, as preprocessing.mean", channels)
        if not 8 <= config.adaptation.learning_size <= config.adaptation.preprocessing.size:
            raise _wrong(
                file, "adaptation.train_size", "8 pixels to the preprocessing's size", config.adaptation.train_size
            )
        if config.adaptation.preprocessing.views != WHOLE:
            raise _wrong(file, "adaptation.preprocessing.views", '["whole"]', config.adaptation.preprocessing.views)
    for name, quality in config.qualities.items():
        _check_quality(name, quality, config.preprocessing, file)
    for entry in config.data:
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("terms"), str):
            raise _wrong(file, "data", "objects with the texts name and terms", entry)


def _check_quality(name: str, quality: Quality, usual: Preprocessing, file: str) -> None:
    if name not in QUALITIES:
        raise UserError(f"{file}: there is no quality {name!r}; it is one of {', '.join(QUALITIES)}.")
    key = f"qualities.{name}"
    if name == BALANCED and quality.changes:
        raise UserError(f"{file}: {key!r} is the model as it is; take its size, views and backbone out.")
    if name != BALANCED and not quality.changes:
        raise UserError(f"{file}: {key!r} must have a size, views or a backbone of its own; add one, or take it out.")
    _check_preprocessing(quality.applied(usual), file, key)


def _check_preprocessing(preprocessing: Preprocessing, file: str, key: str) -> None:
    if not 8 <= preprocessing.size <= 2048:
        raise _wrong(file, f"{key}.size", "8 to 2048 pixels", preprocessing.size)
    if preprocessing.channels not in (1, 3):
        raise _wrong(file, f"{key}.mean", "1 or 3 numbers", preprocessing.mean)
    if len(preprocessing.std) != preprocessing.channels or min(preprocessing.std) <= 0:
        raise _wrong(file, f"{key}.std", "a number above 0 for each of mean", preprocessing.std)
    if not 1 <= preprocessing.draft <= 8:
        raise _wrong(file, f"{key}.draft", "1 to 8", preprocessing.draft)
    if not preprocessing.views or len(set(preprocessing.views)) < len(preprocessing.views):
        raise _wrong(file, f"{key}.views", "one or more different views", preprocessing.views)

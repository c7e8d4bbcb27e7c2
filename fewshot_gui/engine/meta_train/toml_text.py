"""Plain values as TOML text: the half that the standard library's tomllib leaves out."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any


def dumps(table: Mapping[str, Any]) -> str:
    """TOML text that `tomllib.loads` reads back to the same values (text, numbers, booleans, lists, tables).

    Values None are left out. TypeError for anything else.
    """
    return "\n".join(_lines(table, ())).strip() + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """A table's plain values first, then its sub-tables and lists of tables, as TOML's order demands."""
    plain = {k: v for k, v in table.items() if v is not None and not _is_table(v)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    for key, value in table.items():
        if not _is_table(value):
            continue
        name = ".".join(_key(part) for part in (*path, key))
        tables, header = ([value], f"[{name}]") if isinstance(value, Mapping) else (value, f"[[{name}]]")
        for sub_table in tables:
            lines += ["", header, *_lines(sub_table, (*path, key))]
    return lines


def _is_table(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return is_list and len(value) > 0 and all(isinstance(v, Mapping) for v in value)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_value(v) for v in value)}]"
    raise TypeError(f"TOML has no place for a {type(value).__name__}")


def _float(value: float) -> str:
    if not math.isfinite(value):
        return {True: "inf", False: "-inf"}.get(value > 0, "nan") if not math.isnan(value) else "nan"
    return repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

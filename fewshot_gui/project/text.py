"""Names and paths as SQLite can hold them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

NAME_LENGTH = 200  # characters

_SURROGATES = re.compile("[\ud800-\udfff]")
_STAND_INS = re.compile("[\U0010f800-\U0010ffff]")  # private use: as good as never in a file's name
_SHIFT = 0x10F800 - 0xD800
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def clean_name(text: str, otherwise: str) -> str:
    """A name as it is kept: Unicode NFC, one line, at most 200 characters; `otherwise` if nothing is left."""
    text = _SURROGATES.sub("\ufffd", unicodedata.normalize("NFC", text[: 8 * NAME_LENGTH]))
    return cut(_BLANKS.sub(" ", text).strip(), NAME_LENGTH) or otherwise


def cut(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis if it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name, or the first of "name 2", "name 3" ... that is free; capitals make no difference."""
    folded = {other.casefold() for other in taken}
    number, candidate = 1, name
    while candidate.casefold() in folded:
        number += 1
        candidate = f"{cut(name, NAME_LENGTH - 1 - len(str(number)))} {number}"
    return candidate


def to_text(path: str) -> str:
    """A path as SQLite text. A file's name may hold bytes that are no Unicode; they become stand-ins."""
    return path if path.isascii() else _SURROGATES.sub(lambda found: chr(ord(found[0]) + _SHIFT), path)


def from_text(text: str) -> str:
    """The path that `to_text` was given."""
    return text if text.isascii() else _STAND_INS.sub(lambda found: chr(ord(found[0]) - _SHIFT), text)

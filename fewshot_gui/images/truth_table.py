"""The true classes of pictures from a table: CSV whose first line names the columns, such as `path,class`.

The picture's column is called path, file, filename, image, picture or name; the class's truth, class, category, species
or label (the first of these that is there). Other columns are passed over, so an answers file whose labels were put
right is such a table, too. Columns are parted by commas, semicolons, tabs or bars; the text is UTF-8 or has a mark.
"""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.images.scan import class_name

PICTURE_COLUMNS = ("path", "file", "filename", "file_name", "image", "picture", "name")
CLASS_COLUMNS = ("truth", "class", "category", "species", "label")

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16  # characters that tell the delimiter


@dataclass(frozen=True, slots=True)
class Matched:
    """What a table says of certain pictures. truths: their classes, None where it says nothing.

    used: name as written -> the picture's place; unmatched: names that no picture bears; shared: file names that
    several pictures bear, so that nobody knows which one is meant; doubtful: the names of pictures that are written in
    several ways and given another class each time, the first of which counts.
    """

    truths: tuple[str | None, ...]
    used: Mapping[str, int]
    unmatched: tuple[str, ...]
    shared: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TruthTable:
    """classes: picture as written in the table -> its class; path: where the table lies, absolute."""

    path: str
    classes: Mapping[str, str]

    def match(self, paths: Sequence[str], roots: Sequence[str]) -> Matched:
        """Finds the pictures it names: below one of roots, beside the table, by absolute path, or by file name."""
        places = {_key(os.path.abspath(path)): place for place, path in enumerate(paths)}
        by_name: dict[str, list[int]] = defaultdict(list)
        for place, path in enumerate(paths):
            by_name[_key(os.path.basename(path))].append(place)
        truths: list[str | None] = [None] * len(paths)
        used: dict[str, int] = {}
        unmatched, shared, doubtful = [], [], []
        for written, name in self.classes.items():
            found = self._places(written, places, by_name, roots)
            if len(found) != 1:
                (shared if found else unmatched).append(written)
            elif truths[found[0]] not in (None, name):
                doubtful.append(written)
            else:
                truths[found[0]], used[written] = name, found[0]
        return Matched(tuple(truths), used, tuple(unmatched), tuple(shared), tuple(doubtful))

    def _places(
        self, written: str, places: Mapping[str, int], by_name: Mapping[str, list[int]], roots: Sequence[str]
    ) -> list[int]:
        for spelling in dict.fromkeys((written, written.replace("\\", "/"))):
            for folder in (*roots, os.path.dirname(self.path)):
                place = places.get(_key(os.path.abspath(os.path.join(folder, spelling))))
                if place is not None:
                    return [place]
        return by_name.get(_key(written), [])


def read_truth(path: str | Path) -> TruthTable:
    """The table in a file. UserError, with the way out, if it cannot be read or is none."""
    whole = os.path.abspath(path)
    text = _text(whole)
    try:
        return TruthTable(whole, _classes(whole, text, _delimiter(whole, text)))
    except csv.Error as error:
        raise UserError(f"The table {whole} is no CSV ({error}): save it as CSV with the columns path,class.") from None


def _text(path: str) -> str:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"The table {path} cannot be read ({error.strerror}): see that it is there.") from None
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise UserError(f"The table {path} is not UTF-8 text: save it as CSV (UTF-8).") from None
    if "\0" in text:
        raise UserError(f"The table {path} is no text: save it as CSV (UTF-8).")
    if not text.strip():
        raise UserError(
            f"The table {path} is empty: its first line must name a column for the picture and one for its class, "
            "such as path,class."
        )
    return text


def _delimiter(path: str, text: str) -> str:
    """The one under which the first line names both columns; what csv guesses comes first."""
    guesses = [*_DELIMITERS]
    with suppress(csv.Error):  # it cannot tell, as of a single line
        guesses.insert(0, csv.Sniffer().sniff(text[:_SAMPLE], _DELIMITERS).delimiter)
    for delimiter in guesses:
        _, header = next(_rows(text, delimiter), (0, []))
        if _columns(header) is not None:
            return delimiter
    first = text.lstrip().splitlines()[0]
    raise UserError(
        f"The table {path} begins with {_short(first)!r}: its first line must name a column for the picture and one "
        "for its class, such as path,class."
    )


def _columns(header: Sequence[str]) -> tuple[int, int] | None:
    """(picture's column, class's column), None if they are not both there."""
    names = [name.strip().casefold().replace(" ", "_") for name in header]
    picture = next((names.index(name) for name in PICTURE_COLUMNS if name in names), None)
    of_class = next((names.index(name) for name in CLASS_COLUMNS if name in names), None)
    return None if picture is None or of_class is None else (picture, of_class)


def _classes(path: str, text: str, delimiter: str) -> dict[str, str]:
    rows = _rows(text, delimiter)
    columns = _columns(next(rows)[1])
    assert columns is not None  # _delimiter saw to it
    found: dict[str, str] = {}
    for line, row in rows:
        if len(row) <= max(columns):
            raise UserError(f"Line {line} of the table {path} has {len(row)} columns, its first line more: mend it.")
        written, name = row[columns[0]].strip(), class_name(row[columns[1]].strip())
        if not written or not name:  # of this picture nothing is known
            continue
        if found.setdefault(written, name) != name:
            raise _two_classes(path, written, found[written], name)
    if not found:
        raise UserError(f"The table {path} gives no picture a class: fill in both columns.")
    return found


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of all that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    return ((reader.line_num, row) for row in reader if any(field.strip() for field in row))


def _two_classes(path: str, written: str, first: str, second: str) -> UserError:
    return UserError(
        f"The table {path} gives {_short(written)!r} two classes, {_short(first)!r} and {_short(second)!r}: leave one."
    )


def _key(path: str) -> str:
    """What makes two spellings of one path alike on this system."""
    return os.path.normcase(unicodedata.normalize("NFC", path))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-15:]}"

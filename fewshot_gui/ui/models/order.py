"""Which pictures are shown and in what order: numpy index arrays over PictureColumns. No Qt.

Folder and name order never change while answers come in; the others are as old as the last time they were asked for.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from fewshot_gui.jobs.columns import (
    CONFIRMED,
    EXCLUDED,
    NONE,
    OK,
    PENDING,
    SAID_UNKNOWN,
    UNKNOWN,
    UNREADABLE,
    PictureColumns,
)

REVIEW_BELOW = 0.6  # an answer that is less sure than this is worth a look
_WORDS = re.compile(r'class:"([^"]*)"?|class:(\S+)|(\S+)', re.IGNORECASE)
_DIGITS = 12  # a number in a name is compared as if it had this many digits


class Show(StrEnum):
    """What a filter lets through."""

    ALL = "all"
    REVIEW = "review"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    CLASS = "class"
    ROWS = "rows"


class Sort(StrEnum):
    """Orders of the grid."""

    FOLDER = "folder"
    NAME = "name"
    LEAST_CERTAIN = "least"
    MOST_CERTAIN = "most"
    CLASS = "class"
    AUDIT = "audit"


FIXED_SORTS = frozenset({Sort.FOLDER, Sort.NAME, Sort.AUDIT})  # that no answer changes


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show. class_index: of Show.CLASS. rows: of Show.ROWS (a confusion cell, a lasso), called `title`."""

    show: Show = Show.ALL
    class_index: int = -1
    rows: np.ndarray | None = field(default=None, compare=False)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pictures each filter would show; per_class by label as shown."""

    all: int = 0
    review: int = 0
    confirmed: int = 0
    unknown: int = 0
    unreadable: int = 0
    pending: int = 0
    per_class: tuple[int, ...] = ()


class Names:
    """The pictures' names in the forms that searching and sorting need; each made when first asked for.

    The keys to sort by take 0.3 s for 100,000 names: too long at once, so `prepare` makes them bit by bit beforehand.
    """

    def __init__(self, columns: PictureColumns) -> None:
        self._paths, self._root = columns.paths, columns.root
        self._searched: list[str] | None = None
        self._keys: list[str] = []
        self._rank: np.ndarray | None = None

    def prepare(self, number: int = 2000) -> bool:
        """Makes so many more of the keys to sort by; whether there are more to be made."""
        if self._rank is not None:
            return False
        start = len(self._keys)
        parts = self._paths[start : start + number]
        self._keys += natural_keys([path[path.rfind(os.sep) + 1 :] for path in parts])
        return len(self._keys) < len(self._paths)

    def searched(self) -> list[str]:
        """Paths below the root, folded for comparison without regard to case."""
        if self._searched is None:
            cut = len(os.path.join(self._root, "")) if self._root else 0
            self._searched = "\0".join(path[cut:] for path in self._paths).casefold().split("\0")
        return self._searched

    def rank(self) -> np.ndarray:
        """[n] int32: the place of each picture among all file names in natural order (img2 before img10)."""
        if self._rank is None:
            while self.prepare():
                pass
            order = np.array(sorted(range(len(self._keys)), key=self._keys.__getitem__), np.int32)
            self._rank, self._keys = np.empty(len(order), np.int32), []
            self._rank[order] = np.arange(len(order))
        return self._rank


def natural_keys(names: list[str]) -> list[str]:
    """Names such that comparing them as text compares the numbers in them: all at once, since there may be 100,000."""
    if not names:
        return []
    text = "\0".join(names).casefold()
    text = re.sub(r"(?<![0-9])([0-9]{1,11})(?![0-9])", "0" * (_DIGITS - 1) + r"\1", text)
    return re.sub(rf"(?<![0-9])0*([0-9]{{{_DIGITS}}})(?![0-9])", r"\1", text).split("\0")


def filtered(columns: PictureColumns, wanted: Filter, rows: np.ndarray | None = None) -> np.ndarray:
    """bool [m]: which of `rows` (all without) the filter lets through."""
    at = slice(None) if rows is None else rows
    if wanted.show is Show.ROWS:
        given = np.zeros(columns.n, bool)
        given[np.asarray([] if wanted.rows is None else wanted.rows, np.intp)] = True
        return given[at]
    status, verdict = columns.status[at], columns.verdict[at]
    if wanted.show is Show.REVIEW:
        return review_mask(columns, at)
    if wanted.show is Show.CONFIRMED:
        return (verdict != NONE) & (verdict != EXCLUDED)
    if wanted.show is Show.UNKNOWN:
        return (verdict == SAID_UNKNOWN) | ((verdict == NONE) & (status == UNKNOWN))
    if wanted.show is Show.UNREADABLE:
        return status == UNREADABLE
    if wanted.show is Show.CLASS:
        return columns.shown_labels(at) == wanted.class_index
    return np.ones(len(status), bool)


def review_mask(columns: PictureColumns, at: slice | np.ndarray = slice(None)) -> np.ndarray:
    """bool [m]: answers that are unsure and that nobody has judged; examples are judged."""
    unsure = columns.confidence[at] < REVIEW_BELOW
    return unsure & (columns.status[at] == OK) & (columns.verdict[at] == NONE) & ~columns.support[at]


def searched(columns: PictureColumns, names: Names, text: str, rows: np.ndarray | None = None) -> np.ndarray:
    """bool [m]: pictures whose path has all words of `text`; class:NAME asks for the label's name instead."""
    at = np.arange(columns.n) if rows is None else rows
    found = np.ones(len(at), bool)
    for quoted, plain, word in _WORDS.findall(text):
        if word:
            paths, needle = names.searched(), word.casefold()
            found &= np.fromiter((needle in paths[row] for row in at.tolist()), bool, len(at))
        else:
            found &= _named(columns, (quoted or plain).casefold(), at)
    return found


def _named(columns: PictureColumns, start: str, at: np.ndarray) -> np.ndarray:
    labels = [label for label, name in enumerate(columns.class_names) if name.casefold().startswith(start)]
    return np.isin(columns.shown_labels(at), labels)


def sorted_rows(columns: PictureColumns, rows: np.ndarray, sort: Sort, names: Names, seed: int = 0) -> np.ndarray:
    """int32 [m]: `rows` (ascending) in the order asked for; what is equal stays in folder order.

    Least and most certain: answers nobody has judged first, then judged ones, pending, unreadable. Class: by label,
    surest first. Audit: a random order that depends on the seed alone; examples and unreadable pictures come last.
    """
    if sort is Sort.NAME:
        return rows[np.argsort(names.rank()[rows], kind="stable")]
    if sort is Sort.AUDIT:
        chance = np.random.default_rng(seed).permutation(columns.n)[rows]
        last = columns.support[rows] | (columns.status[rows] == UNREADABLE) | (columns.verdict[rows] == EXCLUDED)
        return rows[np.argsort(chance + columns.n * last, kind="stable")]
    if sort is Sort.FOLDER:
        return rows
    confidence = np.nan_to_num(columns.confidence[rows], nan=0.0)
    if sort is Sort.CLASS:
        label = columns.shown_labels(rows).astype(np.float32)
        label[label < 0] = len(columns.class_names) + columns.status[rows][label < 0]
        return rows[np.argsort(2 * label - confidence, kind="stable")]
    signed = confidence if sort is Sort.LEAST_CERTAIN else -confidence
    return rows[np.argsort(3 * _certainty_group(columns, rows) + signed, kind="stable")]


def _certainty_group(columns: PictureColumns, rows: np.ndarray) -> np.ndarray:
    """float32 [m]: 0 answered, 1 judged or an example, 2 pending, 3 unreadable."""
    group = ((columns.verdict[rows] != NONE) | columns.support[rows]).astype(np.float32)
    group[columns.status[rows] == PENDING] = 2
    group[columns.status[rows] == UNREADABLE] = 3
    return group


def counted(columns: PictureColumns) -> Counts:
    """What each filter would show now."""
    status, verdict = columns.status, columns.verdict
    shown = columns.shown_labels()
    return Counts(
        all=columns.n,
        review=int(np.count_nonzero(review_mask(columns))),
        confirmed=int(np.count_nonzero((verdict >= CONFIRMED) & (verdict <= SAID_UNKNOWN))),
        unknown=int(np.count_nonzero(filtered(columns, Filter(Show.UNKNOWN)))),
        unreadable=int(np.count_nonzero(status == UNREADABLE)),
        pending=int(np.count_nonzero(status == PENDING)),
        per_class=tuple(np.bincount(shown[shown >= 0], minlength=len(columns.class_names)).tolist()),
    )


def depends_on_answers(wanted: Filter, search: str, sort: Sort) -> bool:
    """Whether answers change which pictures are shown, or their order."""
    by_answers = wanted.show not in (Show.ALL, Show.ROWS) or "class:" in search.lower()
    return by_answers or sort not in FIXED_SORTS


def runs_of(positions: np.ndarray, most: int) -> list[tuple[int, int]]:
    """(first, last) of each run of consecutive positions [m], -1 left out; more runs than `most` are told as one."""
    positions = np.sort(positions[positions >= 0])
    if not len(positions):
        return []
    cuts = np.flatnonzero(np.diff(positions) > 1)
    if len(cuts) >= most:
        cuts = cuts[:0]
    starts = positions[np.concatenate(([0], cuts + 1))].tolist()
    ends = positions[np.concatenate((cuts, [len(positions) - 1]))].tolist()
    return list(zip(starts, ends, strict=True))

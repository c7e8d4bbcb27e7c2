"""A folder's pictures as columns: what a window's views read while jobs write. numpy only, so that it opens at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from fewshot_gui.jobs.tally import MEASURED_BY_TABLE, MEASURED_ON
from fewshot_gui.types import Accuracy

PENDING, OK, UNKNOWN, UNREADABLE = 0, 1, 2, 3  # status
NONE, CONFIRMED, CORRECTED, SAID_UNKNOWN, EXCLUDED = 0, 1, 2, 3, 4  # verdict

Rows = Sequence[int] | np.ndarray


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """How many pictures; images = pending + classified + unknown + unreadable.

    The rest counts verdicts, examples (support) and, by label as shown, the pictures of each class.
    """

    images: int
    pending: int
    classified: int
    unknown: int
    unreadable: int
    confirmed: int
    corrected: int
    said_unknown: int
    excluded: int
    support: int
    per_class: tuple[int, ...]


class PictureColumns:
    """The folder as columns: row i is picture i for as long as this object lives; written by jobs, read by views.

    paths: full paths, each below root. truths: the class a table says (by_table: there is one), else folder_truths,
    the one its folder says; None if neither does.
    content: content hash by row, None until known. reason: why an unreadable row is.
    class_names, class_ids, colours: what label i means (its name, its id in the project, its index in the palette).
    Columns, each [n]: status uint8, label int16 (-1: none), confidence float32 (0-1, NaN: none), margin float32 (first
    minus second probability), verdict uint8, verdict_label int16 (-1), deep bool (answered by an adapted backbone),
    support bool (is an example); probabilities float16 [n, k]; xy float32 [n, 2], NaN until known.
    version grows with every write. Writers lock one another out; a reader sees each column whole, and takes an array
    from here anew each time, since other classes mean another `probabilities`.
    """

    def __init__(self, paths: Sequence[str], root: str, truths: Sequence[str | None]) -> None:
        if len(paths) != len(truths):
            raise ValueError(f"{len(paths)} paths, but {len(truths)} truths")
        self.paths, self.root = tuple(paths), root
        self.truths = self.folder_truths = tuple(truths)
        self.by_table = False
        self.n = n = len(self.paths)
        self.content: list[str | None] = [None] * n
        self.reason: dict[int, str] = {}
        self.class_names: tuple[str, ...] = ()
        self.class_ids: tuple[int, ...] = ()
        self.colours: tuple[int, ...] = ()
        self.status, self.verdict = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
        self.label, self.verdict_label = np.full(n, -1, np.int16), np.full(n, -1, np.int16)
        self.truth_label = np.full(n, -1, np.int16)
        self.confidence, self.margin = np.full(n, np.nan, np.float32), np.full(n, np.nan, np.float32)
        self.probabilities = np.zeros((n, 0), np.float16)
        self.deep, self.support = np.zeros(n, bool), np.zeros(n, bool)
        self.xy = np.full((n, 2), np.nan, np.float32)
        self.version = 0
        self._lock = threading.RLock()
        self._by_content: dict[str, set[int]] = {}
        self._examples: frozenset[str] = frozenset()

    # Written by jobs

    def answer(
        self,
        rows: Rows,
        probabilities: np.ndarray,
        known: np.ndarray,
        deep: bool = False,
        class_ids: Sequence[int] | None = None,
    ) -> None:
        """Answers for rows [m]: probabilities [m, k] 0-1, known [m] bool (False: none of these).

        class_ids: what the k classes are, where that may differ from the columns' by now; None: they are these. A
        picture whose likeliest class has been deleted meanwhile becomes pending; a class without examples has 0.
        """
        rows, probabilities = _index(rows), np.asarray(probabilities, np.float32)
        with self._lock:
            ids = self.class_ids if class_ids is None else tuple(class_ids)
            if probabilities.shape != (len(rows), len(ids)):
                raise ValueError(f"{probabilities.shape} probabilities for {len(rows)} pictures x {len(ids)} classes")
            if ids == self.class_ids:
                there = np.ones(len(rows), bool)
            else:
                probabilities, there = self._of_these_classes(probabilities, ids)
            if probabilities.size:
                self._answer(rows[there], probabilities[there], np.asarray(known, bool)[there], deep)
            self._forget(rows[~there], PENDING)
            self.version += 1

    def _of_these_classes(self, probabilities: np.ndarray, ids: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """(probabilities [m, k] of the columns' classes, [m] bool: the likeliest class is among them)."""
        place = {class_id: label for label, class_id in enumerate(self.class_ids)}
        moved = np.array([place.get(class_id, -1) for class_id in ids], np.intp)
        own = np.zeros((len(probabilities), len(self.class_ids)), np.float32)
        own[:, moved[moved >= 0]] = probabilities[:, moved >= 0]
        if not probabilities.size:
            return own, np.zeros(len(probabilities), bool)
        return own, moved[probabilities.argmax(1)] >= 0

    def _answer(self, rows: np.ndarray, probabilities: np.ndarray, known: np.ndarray, deep: bool) -> None:
        label = probabilities.argmax(1)
        confidence = probabilities[np.arange(len(rows)), label]
        self.margin[rows] = confidence - _second(probabilities)
        self.probabilities[rows] = probabilities
        self.confidence[rows] = confidence
        self.label[rows] = np.where(known, label, -1)
        self.deep[rows] = deep
        self.status[rows] = np.where(known, OK, UNKNOWN)

    def set_pending(self, rows: Rows | None = None) -> None:
        """Forgets the answers of rows, all without: nothing can be said of them now. Unreadable rows stay so."""
        with self._lock:
            rows = np.arange(self.n) if rows is None else _index(rows)
            rows = rows[self.status[rows] != UNREADABLE]
            self._forget(rows, PENDING)
            self.version += 1

    def set_unreadable(self, row: int, reason: str) -> None:
        """The picture could not be read."""
        with self._lock:
            self.reason[int(row)] = reason
            self._forget(_index([row]), UNREADABLE)
            self.version += 1

    def set_classes(self, names: Sequence[str], ids: Sequence[int], colours: Sequence[int]) -> None:
        """What labels mean from now on. Answers and verdicts follow their class by its id; of a lost one, they go."""
        if not len(names) == len(ids) == len(colours):
            raise ValueError(f"{len(names)} names, {len(ids)} ids, {len(colours)} colours")
        with self._lock:
            if tuple(ids) != self.class_ids:
                self._move_labels(tuple(ids))
            renamed = tuple(names) != self.class_names
            self.class_names, self.class_ids, self.colours = tuple(names), tuple(ids), tuple(colours)
            if renamed:
                self._label_truths()
            self.version += 1

    def set_truths(self, truths: Sequence[str | None] | None) -> None:
        """What a table says of the pictures, None where it says nothing; None for all: there is no table."""
        with self._lock:
            own = self.folder_truths
            said = (None,) * self.n if truths is None else truths
            self.truths = tuple(mine if told is None else told for told, mine in zip(said, own, strict=True))
            self.by_table = truths is not None
            self._label_truths()
            self.version += 1

    def _label_truths(self) -> None:
        place = {name: label for label, name in enumerate(self.class_names)}
        self.truth_label = np.array([place.get(truth, -1) for truth in self.truths], np.int16)

    def _move_labels(self, ids: tuple[int, ...]) -> None:
        place = {class_id: label for label, class_id in enumerate(ids)}
        moved = np.array([*(place.get(class_id, -1) for class_id in self.class_ids), -1], np.int16)
        probabilities = np.zeros((self.n, len(ids)), np.float16)
        kept = np.flatnonzero(moved[:-1] >= 0)
        probabilities[:, moved[kept]] = self.probabilities[:, kept]
        had = self.label >= 0
        self.probabilities, self.label = probabilities, moved[self.label]
        self._forget(np.flatnonzero(had & (self.label < 0)), PENDING)
        said = self.verdict_label >= 0
        self.verdict_label = moved[self.verdict_label]
        self.verdict[said & (self.verdict_label < 0)] = NONE

    def _forget(self, rows: np.ndarray, status: int) -> None:
        self.status[rows] = status
        self.label[rows] = -1
        self.confidence[rows] = self.margin[rows] = np.nan
        self.probabilities[rows] = 0
        self.deep[rows] = False

    def set_content(self, rows: Rows, contents: Sequence[str | None]) -> None:
        """The content hashes of pictures that could be read; those that are examples are marked as such."""
        with self._lock:
            for row, content in zip(map(int, rows), contents, strict=True):
                if (old := self.content[row]) is not None:
                    self._by_content[old].discard(row)
                if content is not None:
                    self._by_content.setdefault(content, set()).add(row)
                    self._now_readable(row)
                self.content[row] = content
                self.support[row] = content in self._examples
            self.version += 1

    def _now_readable(self, row: int) -> None:
        if self.status[row] == UNREADABLE:
            self.status[row] = PENDING
            self.reason.pop(row, None)

    def set_support(self, contents: Collection[str | None]) -> np.ndarray:
        """Marks the pictures that are examples, by content hash, also those known later; rows [m] that changed."""
        with self._lock:
            self._examples = frozenset(content for content in contents if content is not None)
            support = np.zeros(self.n, bool)
            support[self.rows_of(self._examples)] = True
            changed = np.flatnonzero(support != self.support)
            self.support = support
            self.version += 1
            return changed

    def set_xy(self, rows: Rows | None, xy: np.ndarray) -> None:
        """Where the pictures lie on the map: xy [m, 2] of rows [m], of all without."""
        with self._lock:
            self.xy[slice(None) if rows is None else _index(rows)] = xy
            self.version += 1

    # Written by what the user does

    def set_verdicts(self, rows: Rows, verdict: int | np.ndarray, label: int | np.ndarray) -> None:
        """What the user says of rows; label: the class where the verdict names one, else -1."""
        rows = _index(rows)
        with self._lock:
            self.verdict[rows] = verdict
            self.verdict_label[rows] = label
            self.version += 1

    # Read by views

    def relative(self, row: int) -> str:
        """The picture's path below root, with "/" on every system."""
        return os.path.relpath(self.paths[row], self.root).replace(os.sep, "/")

    def rows_of(self, contents: Collection[str]) -> np.ndarray:
        """The rows [m] whose content hash is among these, ascending."""
        with self._lock:
            found = [row for content in contents for row in self._by_content.get(content, ())]
        return np.array(sorted(found), np.intp)

    def shown_label(self, row: int) -> int:
        """The class to show: the verdict's where there is one, else the answer's if it has one, else -1."""
        return int(self.shown_labels(slice(row, row + 1))[0])

    def shown_labels(self, rows: Rows | slice = slice(None)) -> np.ndarray:
        """[m] int16: `shown_label` of rows, of all without."""
        verdict, status = self.verdict[rows], self.status[rows]
        answered = np.where(status == OK, self.label[rows], -1)
        named = (verdict == CONFIRMED) | (verdict == CORRECTED)
        shown = np.where(named & (self.verdict_label[rows] >= 0), self.verdict_label[rows], answered)
        return np.where(verdict == SAID_UNKNOWN, -1, shown).astype(np.int16)

    def counts(self) -> ColumnCounts:
        """How many pictures there are of each kind now."""
        status = np.bincount(self.status, minlength=4)
        verdict = np.bincount(self.verdict, minlength=5)
        shown = self.shown_labels()
        per_class = np.bincount(shown[shown >= 0], minlength=len(self.class_names))
        numbers = [self.n, *status, *verdict[1:], self.support.sum()]
        return ColumnCounts(*map(int, numbers), tuple(map(int, per_class)))

    def measured(self) -> np.ndarray:
        """[n] bool: answered pictures whose class a table or folder says, and that are no examples and not excluded."""
        answered = (self.status == OK) | (self.status == UNKNOWN)
        return answered & (self.truth_label >= 0) & ~self.support & (self.verdict != EXCLUDED)

    def accuracy(self) -> Accuracy:
        """The answers against the truth of table and folders; an unknown counts as wrong, verdicts do not enter."""
        measured = self.measured()
        right = measured & (self.status == OK) & (self.label == self.truth_label)
        return Accuracy(int(right.sum()), int(measured.sum()), MEASURED_BY_TABLE if self.by_table else MEASURED_ON)

    def checked(self) -> tuple[int, int]:
        """(confirmed, all the user judged). They chose them, so this is a count and no accuracy.

        It counts verdicts and not what the answers are by now: a corrected picture that is an example is learned.
        """
        judged = np.isin(self.verdict, (CONFIRMED, CORRECTED, SAID_UNKNOWN)) & (self.status != UNREADABLE)
        return int((judged & (self.verdict == CONFIRMED)).sum()), int(judged.sum())


def _index(rows: Rows) -> np.ndarray:
    return np.asarray(rows, np.intp).reshape(-1)


def _second(probabilities: np.ndarray) -> np.ndarray:
    """[m]: the second largest of each row; 0 if there is but one class."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities), np.float32)
    return np.partition(probabilities, -2, axis=1)[:, -2]

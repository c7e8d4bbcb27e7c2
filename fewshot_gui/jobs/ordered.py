"""Pictures in an order that may change while they are read: what a person looks at comes first."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import TypeVar

import numpy as np

from fewshot_gui.engine.embed import Embedded, Known
from fewshot_gui.errors import UserError
from fewshot_gui.images import decode
from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.project.cache_store import FileKey
from fewshot_gui.types import Picture, Unreadable

Event, Result = TypeVar("Event"), TypeVar("Result")
First = Callable[[], Sequence[int]]  # rows to take next, if they are still to be taken

_WINDOW = 5.0  # seconds of work over which pictures per second are counted


class OrderedSource:
    """Rows of a folder as a source of the engine; which one is next is decided when it is read. See embed.Source."""

    def __init__(self, paths: Sequence[str], order: Iterable[int], cache: EmbeddingCache | None = None) -> None:
        """order: rows, each once. cache: of the embeddings that are wanted; None if other features are."""
        self._paths = paths
        self._order = [int(row) for row in order]
        self._left = dict.fromkeys(self._order)  # an ordered set
        self._preferred: deque[int] = deque()
        self._taken: dict[int, int] = {}
        self._keys: dict[int, FileKey | None] = {}
        self._cache = cache
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._order)

    def prefer(self, rows: Iterable[int]) -> None:
        """Takes these rows next; they replace the ones preferred before."""
        with self._lock:
            self._preferred = deque(row for row in map(int, rows) if row in self._left)

    def read(self, index: int, at_least: int) -> Picture | Unreadable | Known:
        """The picture whose turn it is."""
        row = self._take(index)
        key = FileKey.of(self._paths[row]) if self._cache is not None else None
        found = decode.read(self._paths[row], at_least)
        if self._cache is None or isinstance(found, Unreadable):
            return found
        vector = self._cache.vector(found.content)  # another copy of it, perhaps
        self._keys[row] = key
        return found if vector is None else Known(found.content, vector)

    def rows(self, chunk: Embedded) -> list[int]:
        """The rows that a chunk's pictures are; to be asked once."""
        with self._lock:
            return [self._taken.pop(chunk.start + place) for place in range(len(chunk))]

    def store(self, rows: Sequence[int], chunk: Embedded) -> None:
        """Hands the chunk's embeddings to the cache."""
        if self._cache is None:
            return
        for place, vector in zip(chunk.readable, chunk.rows, strict=True):
            content = chunk.contents[place]
            if content is not None:
                self._cache.add(self._keys.pop(rows[place], None), content, vector.numpy())

    def _take(self, index: int) -> int:
        with self._lock:
            while self._preferred and self._preferred[0] not in self._left:
                self._preferred.popleft()
            row = self._preferred.popleft() if self._preferred else next(iter(self._left))
            del self._left[row]
            self._taken[index] = row
            return row


class Rate:
    """Pictures per second of late, pauses left out: the times in which nobody asks for the next event."""

    def __init__(self) -> None:
        self._worked = 0.0
        self._last = time.perf_counter()
        self._marks: deque[tuple[float, int]] = deque([(0.0, 0)])

    def working(self, events: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
        """The same events and result; the time between an event and the call for the next one is no work."""
        with closing(events):
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    return end.value
                yield event
                self._last = time.perf_counter()

    def __call__(self, done: int) -> float:
        """The rate now that so many are done; 0 if it is too early to tell."""
        now = time.perf_counter()
        self._worked += now - self._last
        self._last = now
        self._marks.append((self._worked, done))
        while self._worked - self._marks[0][0] > _WINDOW and len(self._marks) > 2:
            self._marks.popleft()
        worked, before = self._marks[0]
        return (done - before) / (self._worked - worked) if self._worked > worked else 0.0


def ordered(rows: np.ndarray, first: First) -> np.ndarray:
    """rows [m], those of `first` before the others."""
    wanted = dict.fromkeys(int(row) for row in first())
    if not wanted:
        return rows
    there = set(rows.tolist())
    front = [row for row in wanted if row in there]
    return np.array(front + [row for row in rows.tolist() if row not in wanted], np.intp)


def check_folder(columns: PictureColumns) -> None:
    """UserError if it is the whole folder that cannot be reached: its pictures are no worse for that."""
    if columns.root and not os.path.isdir(columns.root):
        raise UserError(
            f"The folder {columns.root} has vanished during the run: what was read stays; "
            "connect it again and classify it anew, or choose another one."
        )

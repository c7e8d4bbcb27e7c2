"""The embedding cache: a picture that was embedded once costs no forward pass again, renamed or moved neither.

Two steps: (path, size, mtime_ns) -> content hash, and (content hash, space) -> row, where a space is a pair of
weights hash and preprocessing id. Keys lie in SQLite, vectors in one flat float16 file per space, append only and
memory-mapped. SQLite's write transaction is the one writer lock: vectors are flushed to disk first and count once
the keys are committed, so a killed writer leaves nothing but bytes that the next one overwrites.

Nothing that happens to the cache ends a run: a damaged one is put aside, an unusable one is done without, and the
user is told.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np

from fewshot_gui.project.cache_store import Damaged, Entry, FileKey, Hit, Space, Store

LIMIT = 2 << 30  # bytes of vectors, all spaces together: 800,000 pictures at 1,280 numbers each

_WRITE_AFTER = 256  # pictures
_WRITE_SECONDS = 2.0

Result = TypeVar("Result")


class EmbeddingCache:
    """The cached embeddings of one space; safe to use from several threads and several processes at once."""

    def __init__(
        self,
        folder: Path,
        *,
        weights: str,
        preprocessing: str,
        dimension: int,
        tell: Callable[[str], None],
        limit: int = LIMIT,
    ) -> None:
        """folder: made if need be, wholly the cache's own. tell hears a sentence if the cache cannot be used."""
        self._folder = folder
        self._space = Space(weights, preprocessing, dimension)
        self._tell = tell
        self._limit = limit
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._pending: list[Entry] = []
        self._written = time.monotonic()
        self._usable = True
        self._guarded(Store.mark_used, None)

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def find(self, keys: Sequence[FileKey | None]) -> list[Hit | None]:
        """For each file what is known of it; None if nothing is or the file has changed since."""
        return self._guarded(lambda store: store.find(keys), [None] * len(keys))

    def vector(self, content: str) -> np.ndarray | None:
        """[D] float16, the embedding of a picture by its content hash; None if it is not cached."""
        return self._guarded(lambda store: store.vector(content), None)

    def add(self, key: FileKey | None, content: str, vector: np.ndarray | None) -> None:
        """Remembers a picture; written to disk with others, at the latest by `close`. vector: [D] float16 or None."""
        with self._lock:
            self._pending.append(Entry(key, content, vector, time.time_ns()))
            late = time.monotonic() - self._written > _WRITE_SECONDS
            if len(self._pending) >= _WRITE_AFTER or late:
                self.flush()

    def flush(self) -> None:
        """Writes what was added to disk."""
        with self._lock:
            pending, self._pending = self._pending, []
            if pending:
                self._guarded(lambda store: store.write(pending), None)
            self._written = time.monotonic()

    def close(self) -> None:
        """Writes what is left and lets go of all files."""
        with self._lock:
            self.flush()
            self._usable = False
            self._let_go()

    # Everything that touches the disk goes through here.

    def _guarded(self, action: Callable[[Store], Result], otherwise: Result) -> Result:
        """action's result; otherwise, if the cache cannot be used. A damaged cache is put aside and tried anew once."""
        with self._lock:
            for attempt in range(2):
                if not self._usable:
                    return otherwise
                try:
                    return action(self._opened())
                except sqlite3.ProgrammingError:
                    raise  # a mistake in this file
                except (sqlite3.Error, OSError, Damaged) as error:
                    if _is_passing(error):
                        return otherwise
                    if attempt == 1 or not _is_damage(error):
                        self._give_up(error)
                    else:
                        self._put_aside()
            return otherwise

    def _opened(self) -> Store:
        if self._store is None:
            self._store = Store(self._folder, self._space, self._limit)
        return self._store

    def _put_aside(self) -> None:
        """Moves the damaged cache away, unless another process has done so already."""
        replaced = self._store is not None and self._store.replaced
        self._let_go()
        if replaced:
            return
        aside = self._folder.with_name(f"{self._folder.name}-damaged")
        shutil.rmtree(aside, ignore_errors=True)
        try:
            os.rename(self._folder, aside)
        except OSError as error:
            self._give_up(error)
        else:
            self._tell(f"The embedding cache was damaged: it was put aside as {aside}, and a new one is begun.")

    def _give_up(self, error: Exception) -> None:
        self._let_go()
        self._usable = False
        self._tell(
            f"The embedding cache in {self._folder} cannot be used ({error}): going on without; "
            "free some space, or set FEWSHOT_GUI_CACHE to another folder."
        )

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None


def _is_passing(error: Exception) -> bool:
    """True if another process holds the cache just now: this once it is done without, and nobody needs to know."""
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def _is_damage(error: Exception) -> bool:
    """True if the files are wrong, False if the disk is: full, read-only or gone."""
    if isinstance(error, sqlite3.OperationalError):
        return "no such" in str(error) or "has no column" in str(error)
    return isinstance(error, (Damaged, sqlite3.DatabaseError))

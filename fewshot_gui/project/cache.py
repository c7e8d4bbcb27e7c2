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
import zlib
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np

VERSION = 1  # of the tables (user_version); a cache of another version is begun anew
LIMIT = 2 << 30  # bytes of vectors, all spaces together: 800,000 pictures at 1,280 numbers each

_WRITE_AFTER = 256  # pictures
_WRITE_SECONDS = 2.0
_BUSY_SECONDS = 30.0  # how long a writer waits for another process
_DAY = 86_400.0
_RACY_NS = 2_000_000_000  # a file changed this shortly before it was read may change again unnoticed
_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, content BLOB) WITHOUT ROWID;
CREATE TABLE spaces (id INTEGER PRIMARY KEY AUTOINCREMENT, weights TEXT, preprocessing TEXT, dimension INTEGER,
                     count INTEGER, used REAL, UNIQUE (weights, preprocessing, dimension));
CREATE TABLE vectors (space INTEGER, content BLOB, row INTEGER, crc INTEGER, PRIMARY KEY (space, content))
    WITHOUT ROWID;
"""
_DATABASE = "keys.sqlite3"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FileKey:
    """What tells that a file is still the one that was read. path: absolute; mtime_ns: nanoseconds since 1970."""

    path: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: str) -> FileKey | None:
        """The key of a file as it is now; None if there is none."""
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return cls(os.path.abspath(path), status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, eq=False, slots=True)
class Hit:
    """What is known of a file. content: 32 hex digits; vector: [D] float16, None if not embedded in this space."""

    content: str
    vector: np.ndarray | None


class _Damaged(Exception):
    """The cache on disk contradicts itself."""


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
        self._space = (weights, preprocessing, dimension)
        self._dimension = dimension
        self._tell = tell
        self._limit = limit
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None  # of the database file, to see that another process replaced it
        self._mapped: tuple[int, np.ndarray] | None = None  # (space id, vectors)
        self._pending: list[tuple[FileKey | None, str, np.ndarray | None, int]] = []
        self._written = time.monotonic()
        self._usable = True
        self._guarded(self._mark_used, None)

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def find(self, keys: Sequence[FileKey | None]) -> list[Hit | None]:
        """For each file what is known of it; None if nothing is or the file has changed since."""
        return self._guarded(lambda database: self._find(database, keys), [None] * len(keys))

    def vector(self, content: str) -> np.ndarray | None:
        """[D] float16, the embedding of a picture by its content hash; None if it is not cached."""
        return self._guarded(lambda database: self._vector(database, bytes.fromhex(content)), None)

    def add(self, key: FileKey | None, content: str, vector: np.ndarray | None) -> None:
        """Remembers a picture; written to disk with others, at the latest by `close`. vector: [D] float16 or None."""
        with self._lock:
            self._pending.append((key, content, vector, time.time_ns()))
            late = time.monotonic() - self._written > _WRITE_SECONDS
            if len(self._pending) >= _WRITE_AFTER or late:
                self.flush()

    def flush(self) -> None:
        """Writes what was added to disk."""
        with self._lock:
            pending, self._pending = self._pending, []
            if pending:
                self._guarded(lambda database: self._write(database, pending), None)
            self._written = time.monotonic()

    def close(self) -> None:
        """Writes what is left and lets go of all files."""
        with self._lock:
            self.flush()
            self._usable = False
            self._let_go()

    # Everything that touches the disk goes through here.

    def _guarded(self, action: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """action's result; otherwise, if the cache cannot be used. A damaged cache is put aside and tried anew once."""
        with self._lock:
            for attempt in range(2):
                if not self._usable:
                    return otherwise
                try:
                    return action(self._connection())
                except sqlite3.ProgrammingError:
                    raise  # a mistake in this file
                except (sqlite3.Error, OSError, _Damaged) as error:
                    if _is_passing(error):
                        return otherwise
                    if attempt == 1 or not _is_damage(error):
                        self._give_up(error)
                    else:
                        self._put_aside()
            return otherwise

    def _connection(self) -> sqlite3.Connection:
        if self._database is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / _DATABASE
            database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._identity = _identity(path)
            try:
                self._prepare(database)
            except BaseException:
                database.close()
                raise
            self._database = database
        return self._database

    def _prepare(self, database: sqlite3.Connection) -> None:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if _version(database) == VERSION:
            return
        database.execute("BEGIN IMMEDIATE")
        version = _version(database)  # another process may have made the tables meanwhile
        if version == 0:
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
        if version not in (0, VERSION):
            raise _Damaged(f"version {version}")

    def _put_aside(self) -> None:
        """Moves the damaged cache away, unless another process has done so already."""
        replaced = self._identity not in (None, _identity(self._folder / _DATABASE))
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
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = self._mapped = self._identity = None

    # Reading

    def _find(self, database: sqlite3.Connection, keys: Sequence[FileKey | None]) -> list[Hit | None]:
        wanted = [key.path for key in keys if key is not None]
        space = self._space_id(database)
        rows = database.execute(
            "SELECT path, size, mtime_ns, files.content, row, crc FROM files LEFT JOIN vectors "
            f"ON space = ? AND vectors.content = files.content WHERE path IN ({_marks(wanted)})",
            (space, *wanted),
        )
        hits = {}
        for path, size, mtime_ns, content, row, crc in rows.fetchall():
            vector = None if row is None else self._read(database, space, row, crc)
            hits[FileKey(path, size, mtime_ns)] = Hit(content.hex(), vector)
        return [hits.get(key) for key in keys]

    def _vector(self, database: sqlite3.Connection, content: bytes) -> np.ndarray | None:
        space = self._space_id(database)
        found = database.execute(
            "SELECT row, crc FROM vectors WHERE space = ? AND content = ?", (space, content)
        ).fetchone()
        return None if found is None else self._read(database, space, *found)

    def _read(self, database: sqlite3.Connection, space: int | None, row: int, crc: int) -> np.ndarray | None:
        if self._mapped is None or self._mapped[0] != space or row >= len(self._mapped[1]):
            vectors = self._map(space)
            if row >= len(vectors):
                if space != self._space_id(database):
                    return None  # another process has just pruned this space
                raise _Damaged("vectors are missing")
            self._mapped = (space, vectors)
        vector = np.array(self._mapped[1][row])
        if zlib.crc32(vector.tobytes()) != crc:
            raise _Damaged("a vector has changed")
        return vector

    def _map(self, space: int | None) -> np.ndarray:
        path = self._vectors_file(space)
        try:
            rows = path.stat().st_size // (2 * self._dimension)
        except FileNotFoundError:
            rows = 0
        if not rows:  # an empty file cannot be mapped
            return np.empty((0, self._dimension), np.float16)
        return np.memmap(path, np.float16, "r", shape=(rows, self._dimension))

    def _space_id(self, database: sqlite3.Connection) -> int | None:
        found = database.execute(
            "SELECT id FROM spaces WHERE weights = ? AND preprocessing = ? AND dimension = ?", self._space
        ).fetchone()
        return found[0] if found else None

    def _vectors_file(self, space: int | None) -> Path:
        return self._folder / f"vectors-{space}.f16"

    # Writing, each time within one transaction

    def _write(self, database: sqlite3.Connection, pending: Sequence[tuple]) -> None:
        database.execute("BEGIN IMMEDIATE")
        try:
            space = self._begun_space(database)
            self._write_vectors(database, space, pending)
            self._write_files(database, pending)
            pruned = self._prune(database)
            database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                database.execute("ROLLBACK")
            raise
        for old in pruned:
            with suppress(OSError):  # Windows keeps a file that another process has mapped
                self._vectors_file(old).unlink(missing_ok=True)

    def _begun_space(self, database: sqlite3.Connection) -> int:
        database.execute(
            "INSERT OR IGNORE INTO spaces (weights, preprocessing, dimension, count) VALUES (?, ?, ?, 0)", self._space
        )
        space = self._space_id(database)
        assert space is not None
        return space

    def _write_vectors(self, database: sqlite3.Connection, space: int, pending: Sequence[tuple]) -> None:
        new = {bytes.fromhex(content): vector for _, content, vector, _ in pending if vector is not None}
        known = database.execute(
            f"SELECT content FROM vectors WHERE space = ? AND content IN ({_marks(new)})", (space, *new)
        )
        for (content,) in known.fetchall():
            del new[content]
        (first,) = database.execute("SELECT count FROM spaces WHERE id = ?", (space,)).fetchone()
        blocks = [np.ascontiguousarray(vector, np.float16).tobytes() for vector in new.values()]
        _append(self._vectors_file(space), first * 2 * self._dimension, b"".join(blocks))
        database.executemany(
            "INSERT INTO vectors VALUES (?, ?, ?, ?)",
            [
                (space, key, first + i, zlib.crc32(block))
                for i, (key, block) in enumerate(zip(new, blocks, strict=True))
            ],
        )
        database.execute("UPDATE spaces SET count = ?, used = ? WHERE id = ?", (first + len(new), time.time(), space))

    def _write_files(self, database: sqlite3.Connection, pending: Sequence[tuple]) -> None:
        database.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
            [
                (key.path, key.size, key.mtime_ns, bytes.fromhex(content))
                for key, content, _, added_ns in pending
                if key is not None and added_ns - key.mtime_ns > _RACY_NS
            ],
        )

    def _prune(self, database: sqlite3.Connection) -> list[int]:
        """Forgets the least recently used spaces until all fit into the limit; gives their ids."""
        spaces = database.execute("SELECT id, 2 * dimension * count FROM spaces ORDER BY used").fetchall()
        total = sum(size for _, size in spaces)
        gone = []
        for space, size in spaces:
            if total <= self._limit:
                break
            total -= size
            gone.append(space)
            database.execute("DELETE FROM vectors WHERE space = ?", (space,))
            database.execute("DELETE FROM spaces WHERE id = ?", (space,))
        if gone:
            database.execute("DELETE FROM files WHERE content NOT IN (SELECT content FROM vectors)")
        return gone

    def _mark_used(self, database: sqlite3.Connection) -> None:
        now = time.time()
        database.execute(
            "UPDATE spaces SET used = ? WHERE weights = ? AND preprocessing = ? AND dimension = ? AND used < ?",
            (now, *self._space, now - _DAY),
        )


def _append(path: Path, offset: int, data: bytes) -> None:
    """Writes data at the offset and makes sure that it is on disk. What lay behind the offset was never counted."""
    if not data:
        return
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _marks(values: Collection) -> str:
    return ", ".join("?" * len(values))


def _version(database: sqlite3.Connection) -> int:
    return database.execute("PRAGMA user_version").fetchone()[0]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_passing(error: Exception) -> bool:
    """True if another process holds the cache just now: this once it is done without, and nobody needs to know."""
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def _is_damage(error: Exception) -> bool:
    """True if the files are wrong, False if the disk is: full, read-only or gone."""
    if isinstance(error, sqlite3.OperationalError):
        return "no such" in str(error) or "has no column" in str(error)
    return isinstance(error, (_Damaged, sqlite3.DatabaseError))

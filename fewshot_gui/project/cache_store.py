"""What the embedding cache has on disk: keys in SQLite, vectors in flat float16 files. Raises what the disk raises."""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

VERSION = 1  # of the tables (user_version); a cache of another version is begun anew

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


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """A picture to remember. vector: [D] float16, None to remember the content alone; added_ns: since 1970."""

    key: FileKey | None
    content: str
    vector: np.ndarray | None
    added_ns: int


@dataclass(frozen=True, slots=True)
class Space:
    """Embeddings that may be compared with one another: made by one network from one preprocessing, [D] each."""

    weights: str
    preprocessing: str
    dimension: int


class Damaged(Exception):
    """The cache on disk contradicts itself."""


class Store:
    """One open cache folder, for one space; to be used by one thread at a time."""

    def __init__(self, folder: Path, space: Space, limit: int) -> None:
        """folder: made if need be. limit: bytes of vectors, all spaces together."""
        self._folder = folder
        self._space = (space.weights, space.preprocessing, space.dimension)
        self._dimension = space.dimension
        self._limit = limit
        self._mapped: tuple[int, np.ndarray] | None = None  # (space id, vectors)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _DATABASE
        self._database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._identity = identity(folder)
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    @property
    def replaced(self) -> bool:
        """True if another process has put this folder aside and begun a new one in its place."""
        return self._identity != identity(self._folder)

    def close(self) -> None:
        """Lets go of all files."""
        self._mapped = None
        with suppress(sqlite3.Error):
            self._database.close()

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        if _version(self._database) == VERSION:
            return
        self._database.execute("BEGIN IMMEDIATE")
        version = _version(self._database)  # another process may have made the tables meanwhile
        if version == 0:
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {VERSION}")
        self._database.execute("COMMIT")
        if version not in (0, VERSION):
            raise Damaged(f"version {version}")

    def find(self, keys: Sequence[FileKey | None]) -> list[Hit | None]:
        """For each file what is known of it as it is now."""
        wanted = [key.path for key in keys if key is not None]
        space = self._space_id()
        rows = self._database.execute(
            "SELECT path, size, mtime_ns, files.content, row, crc FROM files LEFT JOIN vectors "
            f"ON space = ? AND vectors.content = files.content WHERE path IN ({_marks(wanted)})",
            (space, *wanted),
        )
        hits = {}
        for path, size, mtime_ns, content, row, crc in rows.fetchall():
            vector = None if row is None else self._read(space, row, crc)
            hits[FileKey(path, size, mtime_ns)] = Hit(content.hex(), vector)
        return [hits.get(key) for key in keys]

    def vector(self, content: str) -> np.ndarray | None:
        """[D] float16, or None if that content was not embedded in this space."""
        space = self._space_id()
        found = self._database.execute(
            "SELECT row, crc FROM vectors WHERE space = ? AND content = ?", (space, bytes.fromhex(content))
        ).fetchone()
        return None if found is None else self._read(space, *found)

    def _read(self, space: int | None, row: int, crc: int) -> np.ndarray | None:
        if self._mapped is None or self._mapped[0] != space or row >= len(self._mapped[1]):
            vectors = self._map(space)
            if row >= len(vectors):
                if space != self._space_id():
                    return None  # another process has just pruned this space
                raise Damaged("vectors are missing")
            self._mapped = (space, vectors)
        vector = np.array(self._mapped[1][row])
        if zlib.crc32(vector.tobytes()) != crc:
            raise Damaged("a vector has changed")
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

    def _space_id(self) -> int | None:
        found = self._database.execute(
            "SELECT id FROM spaces WHERE weights = ? AND preprocessing = ? AND dimension = ?", self._space
        ).fetchone()
        return found[0] if found else None

    def _vectors_file(self, space: int | None) -> Path:
        return self._folder / f"vectors-{space}.f16"

    # Writing, each time within one transaction

    def write(self, entries: Sequence[Entry]) -> None:
        """Adds the entries in one transaction, and prunes what is too much."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            space = self._begun_space()
            self._write_vectors(space, entries)
            self._write_files(entries)
            pruned = self._prune()
            self._database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        for old in pruned:
            with suppress(OSError):  # Windows keeps a file that another process has mapped
                self._vectors_file(old).unlink(missing_ok=True)

    def _begun_space(self) -> int:
        self._database.execute(
            "INSERT OR IGNORE INTO spaces (weights, preprocessing, dimension, count) VALUES (?, ?, ?, 0)", self._space
        )
        space = self._space_id()
        assert space is not None
        return space

    def _write_vectors(self, space: int, entries: Sequence[Entry]) -> None:
        new = {
            bytes.fromhex(content): vector
            for content, vector in ((e.content, e.vector) for e in entries)
            if vector is not None
        }
        known = self._database.execute(
            f"SELECT content FROM vectors WHERE space = ? AND content IN ({_marks(new)})", (space, *new)
        )
        for (content,) in known.fetchall():
            del new[content]
        (first,) = self._database.execute("SELECT count FROM spaces WHERE id = ?", (space,)).fetchone()
        blocks = [np.ascontiguousarray(vector, np.float16).tobytes() for vector in new.values()]
        _append(self._vectors_file(space), first * 2 * self._dimension, b"".join(blocks))
        self._database.executemany(
            "INSERT INTO vectors VALUES (?, ?, ?, ?)",
            [
                (space, key, first + i, zlib.crc32(block))
                for i, (key, block) in enumerate(zip(new, blocks, strict=True))
            ],
        )
        self._database.execute(
            "UPDATE spaces SET count = ?, used = ? WHERE id = ?", (first + len(new), time.time(), space)
        )

    def _write_files(self, entries: Sequence[Entry]) -> None:
        self._database.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
            [
                (entry.key.path, entry.key.size, entry.key.mtime_ns, bytes.fromhex(entry.content))
                for entry in entries
                if entry.key is not None and entry.added_ns - entry.key.mtime_ns > _RACY_NS
            ],
        )

    def _prune(self) -> list[int]:
        """Forgets the least recently used spaces until all fit into the limit; gives their ids."""
        spaces = self._database.execute("SELECT id, 2 * dimension * count FROM spaces ORDER BY used").fetchall()
        total = sum(size for _, size in spaces)
        gone = []
        for space, size in spaces:
            if total <= self._limit:
                break
            total -= size
            gone.append(space)
            self._database.execute("DELETE FROM vectors WHERE space = ?", (space,))
            self._database.execute("DELETE FROM spaces WHERE id = ?", (space,))
        if gone:
            self._database.execute("DELETE FROM files WHERE content NOT IN (SELECT content FROM vectors)")
        return gone

    def mark_used(self) -> None:
        """Notes, at most once a day, that this space is in use, so that it is not the first to be pruned."""
        now = time.time()
        self._database.execute(
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


def identity(folder: Path) -> tuple[int, int] | None:
    """What tells a cache's database from one that took its place; None if there is none."""
    try:
        status = (folder / _DATABASE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino

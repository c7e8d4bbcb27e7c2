"""The connections to a project file: one per thread, one writer at a time, and errors as sentences."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.project.drives import on_network
from fewshot_gui.project.failures import told

_BUSY_SECONDS = 10.0  # how long a thread waits for another's locks where there is no write-ahead log
_LOG_BYTES = 8 << 20  # that a worker leaves behind
_LOG_PAGES = 10_000  # 40 MB: written back in passing only if no idle moment came before


class Connection(sqlite3.Connection):
    """One thread's connection. home: the folder of the project file."""

    home: str = ""
    closed: bool = False

    def __init__(self, *arguments: object, **options: object) -> None:
        self.busy = threading.RLock()  # so that no other thread closes it in the middle of a statement
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def shut(self) -> None:
        """Closes it as soon as its thread has finished what it is at."""
        with self.busy:
            self.closed = True
            with suppress(sqlite3.Error):
                self.close()

    def __del__(self) -> None:
        self.shut()  # its thread has ended


class FairLock:
    """A lock that goes to whoever waits longest: a job that stores much in slices never holds up the window."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:  # Ctrl-C: the turn must not be given to nobody
            self._give_up(turn)
            raise

    def __exit__(self, *_: object) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    def _give_up(self, turn: threading.Lock) -> None:
        with self._guard:
            had_turn = turn not in self._waiting
            if not had_turn:
                self._waiting.remove(turn)
        if had_turn:
            self._hand_on()


class Database:
    """A project file, for any thread. Nothing is kept in memory that is not on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._guard = threading.Lock()
        self._writer = FairLock()
        self._open = True
        self._identity = _identity(path)
        self._log = not on_network(path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """This thread's connection, for reading. UserError if the file cannot be read or the project was closed."""
        while True:
            connection = self._of_this_thread()
            with connection.busy:
                if connection.closed:  # the project was moved just now: take a new one
                    continue
                with told(self.path):
                    yield connection
                return

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or, if anything is raised, nothing. UserError as of `read`."""
        with self._writer:
            self._check_in_place()
            with self.read() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Closes all connections; threads that want one wait, and find the file where `path` then says."""
        with self._writer, self._guard:
            self._let_go()
            try:
                yield
            finally:
                self._identity = _identity(self.path)
                self._log = not on_network(self.path)

    def checkpoint(self) -> None:
        """Writes the write-ahead log back into the file, as far as nobody reads from it: for idle moments."""
        with self.read() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def tidy(self) -> None:
        """A checkpoint if the log has grown; after writing much, so that it is not left to the window's next action."""
        with suppress(OSError):
            if os.path.getsize(f"{self.path}-wal") > _LOG_BYTES:
                self.checkpoint()

    def close(self) -> None:
        """Waits for what is being written or read, and lets go of the file; does nothing the second time."""
        with self._writer, self._guard:
            self._open = False
            self._let_go()

    def _let_go(self) -> None:
        for connection in list(self._all):
            connection.shut()
        self._all.clear()

    def _of_this_thread(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            with self._guard:
                if not self._open:
                    raise UserError(f"The project {self.path} was closed: open it again.")
                connection = self._local.connection = connect(self.path, log=self._log)
                self._all.add(connection)
        return connection

    def _check_in_place(self) -> None:
        """What is written to a file that was deleted or replaced would be lost without a word."""
        found = _identity(self.path)
        same = found == self._identity if self._log else found is not None  # some network drives number files anew
        if self._open and not same:
            raise UserError(
                f"The project {self.path} is no longer there: put it back, or save a copy of what is open elsewhere."
            )


def connect(path: Path, *, log: bool | None = None) -> Connection:
    """A connection to the file, made if it is not there. log: see `use_log`; None: as it is. UserError if it fails."""
    with told(path):
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
        )
        try:
            _set_up(connection, log)
        except BaseException:
            connection.shut()
            raise
    connection.home = os.path.dirname(os.path.abspath(path))
    return connection


def use_log(connection: Connection, log: bool) -> None:
    """Has the file written through a write-ahead log from now on, or through a rollback journal."""
    connection.execute(f"PRAGMA journal_mode = {'WAL' if log else 'DELETE'}")


def _set_up(connection: Connection, log: bool | None) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")  # the file may come from anybody
    if log is not None:
        use_log(connection, log)
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES // 2}")  # so that its size tells what is left to do


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino

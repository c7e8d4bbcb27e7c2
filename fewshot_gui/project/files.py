"""Project files as a whole: making, checking, copying and moving them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.project import facts
from fewshot_gui.project.database import Connection, connect, use_log
from fewshot_gui.project.drives import on_network
from fewshot_gui.project.failures import damaged, told
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.migrations import migrate, version_of
from fewshot_gui.project.places import find_again, set_home
from fewshot_gui.project.schema import APPLICATION_ID, TABLES, VERSION
from fewshot_gui.project.values import ProjectSettings

SUFFIX = ".fewshot"

_MAGIC = b"SQLite format 3\0"
_ID_AT = 68  # in the header: application_id, 4 bytes, big-endian
_LOG_AT = 18  # in the header: 2 if the file is written through a log
_HEADER = 100
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite puts beside a file


def make_folder(path: Path) -> None:
    """Makes the folder that path is to lie in. UserError if that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {path.parent} cannot be made ({error.strerror}): choose another place for the project."
        ) from None


def create(path: Path, name: str, settings: ProjectSettings) -> None:
    """Makes a new project file, whole or not at all. UserError if there is something already."""
    _check_free(path)
    try:
        # Without a write-ahead log yet: what tells the file from a foreign one must lie in the file itself at once.
        with closing(connect(path)) as connection, told(path):
            connection.execute("BEGIN IMMEDIATE")
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            connection.execute(f"PRAGMA user_version = {VERSION:d}")
            facts.write_first(connection, name, settings)
            set_home(connection, connection.home)
            connection.execute("COMMIT")
    except BaseException:
        _delete(path)
        raise


def check_header(path: Path) -> None:
    """UserError if the file is missing, cannot be read, or is no project; without touching it."""
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder, not a project: open it as a folder, or choose a {SUFFIX} file.")
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        raise UserError(f"The project {path} does not exist (moved or deleted?): open it where it is now.") from None
    except OSError as error:
        raise UserError(f"The project {path} cannot be read ({error.strerror}): check its permissions.") from None
    if not header and path.suffix == SUFFIX:
        raise damaged(path, "is empty")
    if not is_project(header):
        raise UserError(f"{path} is no fewshot_gui project: choose a {SUFFIX} file that this program made.")


def is_project(header: bytes) -> bool:
    """Whether a file that begins with these bytes is a project of this program."""
    return header[:16] == _MAGIC and header[_ID_AT : _ID_AT + 4] == APPLICATION_ID.to_bytes(4, "big")


def prepare(path: Path) -> None:
    """Brings a project file up to date and sees that it is whole and can be written to. UserError if not."""
    with closing(connect(path)) as connection, told(path):
        _check_whole(connection, path)
        use_log(connection, not on_network(path))
        _bring_up_to_date(connection, path)


def only_reading(path: Path) -> Connection:
    """A connection that changes nothing, not even beside the file, and may be made while a window writes to it."""
    # A file whose log is not there is written to by nobody; SQLite would make one for the mere look, and leave it
    # behind. One that has no log at all, as on network drives, is read under SQLite's own locks.
    with path.open("rb") as file:
        with_log = file.read(_HEADER)[_LOG_AT : _LOG_AT + 1] == b"\2"
    option = "immutable=1" if with_log and not os.path.exists(f"{path}-wal") else "mode=ro"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{option}", uri=True, factory=Connection)


def copy_in_memory(path: Path) -> Connection:
    """A project as it is now, brought up to date in memory; the file stays as it is. UserError as of `prepare`."""
    copied = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
    copied.home = os.path.dirname(os.path.abspath(path))
    try:
        with told(path):
            with closing(only_reading(path)) as connection:
                connection.backup(copied)
            _check_whole(copied, path)
            _bring_up_to_date(copied, path)
    except BaseException:
        copied.shut()
        raise
    return copied


def _check_whole(connection: Connection, path: Path) -> None:
    if version_of(connection) > VERSION:
        raise UserError(
            f"The project {path} was made by a newer version of fewshot_gui: install that version to open it."
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise damaged(path, "is damaged")


def _bring_up_to_date(connection: Connection, path: Path) -> None:
    migrate(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    find_again(connection)
    connection.execute("COMMIT")


def copy(connection: Connection, source: Path, target: Path) -> None:
    """Writes a project to another file, whole or not at all. UserError if that is no project, or is open."""
    if os.path.realpath(source) == os.path.realpath(target):
        raise UserError(f"The copy would be the project {source} itself: choose another name.")
    make_folder(target)
    if target.exists():
        check_header(target)
    lock = ProjectLock(target, new=True)
    draft = target.with_name(f"{target.name}-new")
    try:
        _delete(draft)
        with told(target):
            _write_copy(connection, draft)
            _delete_beside(target)  # an old log would be taken for the new file's
            os.replace(draft, target)
    finally:
        _delete(draft)
        lock.release()


def move(source: Path, target: Path) -> None:
    """Moves a closed project file. UserError if there is something already; OSError if the disk fails."""
    _check_free(target)
    for ending in (*_BESIDE, ""):  # a log that could not be written back belongs to the file; the file itself last
        _move_file(source.with_name(source.name + ending), target.with_name(target.name + ending))


def _move_file(source: Path, target: Path) -> None:
    if not source.exists():
        return
    try:
        os.rename(source, target)
    except OSError:  # on another disk
        try:
            shutil.copyfile(source, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        source.unlink()


def _write_copy(connection: Connection, draft: Path) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None, factory=Connection)) as copied:
        connection.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")
        set_home(copied, os.path.dirname(draft))


def _check_free(path: Path) -> None:
    if os.path.lexists(path):
        raise UserError(f"{path} exists already: open it, or choose another name for the project.")


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
    _delete_beside(path)


def _delete_beside(path: Path) -> None:
    for ending in _BESIDE:
        with suppress(OSError):
            path.with_name(path.name + ending).unlink()

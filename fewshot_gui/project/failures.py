"""What SQLite says of a project file, as a sentence with the way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui.errors import UserError

_SENTENCES = {
    sqlite3.SQLITE_FULL: "could not be saved, because the disk is full: free some space and do it again; "
    "what was saved before is safe.",
    sqlite3.SQLITE_READONLY: "may not be written to: copy it to a folder of your own and open the copy.",
    sqlite3.SQLITE_PERM: "may not be written to: copy it to a folder of your own and open the copy.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: see that its drive is connected and that you may write to its folder.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: see that its drive is connected and not full, then try again.",
    sqlite3.SQLITE_BUSY: "is held by another program: close it there, then try again.",
    sqlite3.SQLITE_LOCKED: "is held by another program: close it there, then try again.",
    sqlite3.SQLITE_CORRUPT: "is damaged: open a saved copy of it, or begin a new project; your pictures are untouched.",
    sqlite3.SQLITE_NOTADB: "is damaged: open a saved copy of it, or begin a new project; your pictures are untouched.",
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what is wrong with the file or its disk into a UserError; mistakes of this program stay what they are."""
    try:
        yield
    except sqlite3.Error as error:
        sentence = _SENTENCES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if sentence is None:
            raise
        raise UserError(f"The project {path} {sentence}") from error
    except OSError as error:
        raise UserError(
            f"The project {path} cannot be used ({error.strerror or error}): see that its drive is connected and that "
            "you may write to its folder."
        ) from error


def damaged(path: Path, what: str) -> UserError:
    """The error for a file whose contents contradict themselves. what: completes "The project X"."""
    return UserError(
        f"The project {path} {what}: open a saved copy of it, or begin a new project; your pictures are untouched."
    )

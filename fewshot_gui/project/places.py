"""Where example pictures and the folder lie: remembered absolutely and as seen from the project file.

So the pictures are found again if the project was moved alone, and if it was moved or copied along with them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from fewshot_gui.project.database import Connection
from fewshot_gui.project.text import from_text, to_text

_SAMPLE = 50  # pictures that tell whether a folder is the one that was meant


def place_of(connection: Connection, path: str, content: str | None = None) -> int:
    """The id of the place of this path, made if need be. content: what its file holds, if that is known."""
    absolute = os.path.abspath(path)
    found = connection.execute("SELECT id FROM places WHERE absolute = ?", (to_text(absolute),)).fetchone()
    if found is None:
        values = (to_text(absolute), _relative(absolute, connection.home), content)
        place = connection.execute(
            "INSERT INTO places (absolute, relative, content) VALUES (?, ?, ?)", values
        ).lastrowid
        assert place is not None
        return place
    if content is not None:
        connection.execute("UPDATE places SET content = ? WHERE id = ?", (content, found[0]))
    return found[0]


def learn(connection: Connection, contents: Mapping[str, str]) -> None:
    """Notes what files hold. contents: absolute path -> content hash; paths that are no place are passed over."""
    connection.executemany(
        "UPDATE places SET content = ?1 WHERE absolute = ?2 AND content IS NOT ?1",
        [(content, to_text(path)) for path, content in contents.items()],
    )


def set_home(connection: Connection, home: str) -> None:
    """Makes all places relative to a new home, their files having stayed where they are."""
    rows = connection.execute("SELECT id, absolute FROM places").fetchall()
    connection.executemany(
        "UPDATE places SET relative = ? WHERE id = ?",
        [(_relative(from_text(absolute), home), place) for place, absolute in rows],
    )
    _remember_home(connection, home)


def find_again(connection: Connection) -> None:
    """After the project file was moved by other means: finds out for each place where its file now lies.

    What lies where it did as seen from the project comes first, then what lies where it always did; if there are both,
    the content decides. A place that is found in neither way is looked for again when the project is opened again.
    """
    home = connection.home
    if _home(connection) == home:
        return
    lost = False
    for place, absolute, relative, content in connection.execute("SELECT * FROM places").fetchall():
        found = _found(connection, from_text(absolute), relative and from_text(relative), content)
        lost |= found is None
        if found is not None:
            values = (to_text(found), _relative(found, home), place)
            connection.execute("UPDATE places SET absolute = ?, relative = ? WHERE id = ?", values)
    if not lost:
        _remember_home(connection, home)


def _found(connection: Connection, absolute: str, relative: str | None, content: str | None) -> str | None:
    beside = absolute if relative is None else os.path.normpath(os.path.join(connection.home, relative))
    there = [path for path in dict.fromkeys((beside, absolute)) if os.path.exists(path)]
    if len(there) < 2:
        return there[0] if there else None
    if all(map(os.path.isdir, there)):
        return max(there, key=lambda folder: _familiar(connection, folder))
    return next((path for path in there if content in (None, _content(path))), beside)


def _familiar(connection: Connection, folder: str) -> int:
    """How many of the folder's pictures, as they were seen last, lie in this one."""
    sample = connection.execute("SELECT relative, size FROM pictures LIMIT ?", (_SAMPLE,)).fetchall()
    return sum(_size(os.path.join(folder, from_text(relative))) == size for relative, size in sample)


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return None


def _content(path: str) -> str | None:
    """The content hash as pictures are known by (blake2b-128 of the file's bytes); None if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except (OSError, ValueError):
        return None


def _relative(path: str, home: str) -> str | None:
    try:
        return to_text(os.path.relpath(path, home).replace(os.sep, "/"))  # may be opened on another system
    except ValueError:  # on another drive
        return None


def _home(connection: Connection) -> str | None:
    found = connection.execute("SELECT value FROM own WHERE key = 'home'").fetchone()
    return found and from_text(found[0])


def _remember_home(connection: Connection, home: str) -> None:
    connection.execute("INSERT OR REPLACE INTO own VALUES ('home', ?)", (to_text(home),))

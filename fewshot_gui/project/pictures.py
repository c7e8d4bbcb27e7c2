"""The pictures of the folder as they were found last, and what they hold. Found anew by any rescan, so not undone.

Much is written in slices, a transaction each: what the window wants to write comes in between.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from fewshot_gui.project.database import Connection, Database
from fewshot_gui.project.places import learn
from fewshot_gui.project.text import from_text, to_text
from fewshot_gui.project.values import PictureFile

_SLICE = 2_000  # rows, some 20 ms


def pictures(connection: Connection) -> tuple[PictureFile, ...]:
    """The folder's pictures in the order of the last `set_pictures`; those that came with it are last."""
    rows = connection.execute("SELECT relative, size, mtime_ns, truth, content FROM pictures ORDER BY id").fetchall()
    return tuple(PictureFile(from_text(path), size, mtime, truth, held) for path, size, mtime, truth, held in rows)


def set_pictures(database: Database, rows: Sequence[PictureFile]) -> tuple[int, int]:
    """What a scan of the folder found; gives how many are new and how many are gone.

    Contents are kept for files that did not change in size or time; those that rows bring are taken over.
    """
    with database.read() as connection:
        known = {row[0]: row[1:] for row in connection.execute("SELECT relative, size, mtime_ns, truth FROM pictures")}
    found = {to_text(row.relative): row for row in rows}
    gone = [(relative,) for relative in known if relative not in found]
    changed = [
        (relative, row.size, row.mtime_ns, row.truth, row.content)
        for relative, row in found.items()
        if row.content or known.get(relative) != (row.size, row.mtime_ns, row.truth)
    ]
    _in_slices(database, "DELETE FROM pictures WHERE relative = ?", gone)
    _in_slices(
        database,
        "INSERT INTO pictures (relative, size, mtime_ns, truth, content) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (relative) DO UPDATE SET content = coalesce(excluded.content, "
        "iif(size = excluded.size AND mtime_ns = excluded.mtime_ns, content, NULL)), "
        "size = excluded.size, mtime_ns = excluded.mtime_ns, truth = excluded.truth",
        changed,
    )
    return len(found.keys() - known.keys()), len(gone)


def learn_contents(database: Database, contents: Mapping[str, str]) -> None:
    """Notes what pictures hold. contents: path below the folder, or absolute path of an example -> content hash."""
    absolute = {path: content for path, content in contents.items() if os.path.isabs(path)}
    relative = [(content, to_text(path)) for path, content in contents.items() if path not in absolute]
    _in_slices(database, "UPDATE pictures SET content = ?1 WHERE relative = ?2 AND content IS NOT ?1", relative)
    if absolute:
        with database.write() as connection:
            learn(connection, absolute)


def _in_slices(database: Database, statement: str, rows: Iterable[tuple]) -> None:
    left = iter(rows)
    while piece := list(islice(left, _SLICE)):
        with database.write() as connection:
            connection.executemany(statement, piece)
    database.tidy()

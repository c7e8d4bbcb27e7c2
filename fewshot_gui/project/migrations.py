"""Brings the tables of an older project file up to this version, all of it or nothing.

A change of the tables adds 1 to schema.VERSION and one function here, under the version it starts from. Each has a
test on a file as that version wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from fewshot_gui.project.database import Connection
from fewshot_gui.project.failures import damaged
from fewshot_gui.project.schema import VERSION

Migration = Callable[[Connection], None]

MIGRATIONS: Mapping[int, Migration] = {}


def version_of(connection: Connection) -> int:
    """The version of the tables in an open file."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def migrate(
    connection: Connection, path: Path, migrations: Mapping[int, Migration] = MIGRATIONS, target: int = VERSION
) -> None:
    """Runs the migrations from the file's version up to target in one transaction; UserError if one is missing.

    References between rows are not checked on the way, but at the end, so that tables can be made anew.
    """
    if version_of(connection) == target:
        return
    connection.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
    try:
        connection.execute("BEGIN IMMEDIATE")
        for version in range(version_of(connection), target):
            if version not in migrations:
                raise damaged(path, f"has tables of an unknown version ({version})")
            migrations[version](connection)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise damaged(path, "contradicts itself, so that it could not be brought up to date")
        connection.execute(f"PRAGMA user_version = {target:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")

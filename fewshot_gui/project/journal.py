"""Undo and redo: every row that an action changes is kept before and after, in the action's own transaction.

One mechanism serves undo, redo and the report of what changed, and it outlives the program because it lies in the file.
Temporary triggers write the rows, so no action can forget to. Rows are data, never SQL text: a project from anybody
can be undone without running what somebody wrote into it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TypeVar

from fewshot_gui.project.database import Connection
from fewshot_gui.project.schema import JOURNALLED
from fewshot_gui.types import Changes, Kind

ACTIONS = 1_000  # that can be undone
ROWS = 500_000  # changed rows that are kept for it, about 100 MB

Result = TypeVar("Result")

_FACTS: dict[str, Kind] = {"name": "name", "folder": "folder", "settings": "settings", "truth": "truth"}
_KINDS: dict[str, Kind] = {"classes": "classes", "examples": "examples", "reviews": "reviews"}


class DamagedJournal(Exception):
    """The journal does not fit the tables."""


class _Image(NamedTuple):
    """A row as it was at one side of an action. kept: it was there; otherwise only its key is meant."""

    table: str
    kept: bool
    row: tuple[int | str | None, ...]


def record(connection: Connection, action: str, work: Callable[[], Result]) -> tuple[Result, Changes]:
    """What work gives, and what it changed; undone as one. To be called within a transaction.

    An action that changed nothing leaves no entry, and what was undone before can still be redone.
    """
    _listen(connection)
    entry = connection.execute("INSERT INTO journal (action, at_ms) VALUES (?, ?)", (action, now_ms())).lastrowid
    connection.execute("INSERT INTO temp.recording VALUES (?)", (entry,))
    result = work()
    connection.execute("DELETE FROM temp.recording")
    changes = _summary(connection, entry)
    if changes:
        connection.execute("DELETE FROM journal WHERE undone")
        _forget_oldest(connection)
    else:
        connection.execute("DELETE FROM journal WHERE id = ?", (entry,))
    return result, changes


def undo_text(connection: Connection) -> str | None:
    """The name of the action that `undo` would take back."""
    found = connection.execute("SELECT action FROM journal WHERE NOT undone ORDER BY id DESC LIMIT 1").fetchone()
    return found and found[0]


def redo_text(connection: Connection) -> str | None:
    """The name of the action that `redo` would do again."""
    found = connection.execute("SELECT action FROM journal WHERE undone ORDER BY id LIMIT 1").fetchone()
    return found and found[0]


def undo(connection: Connection) -> Changes:
    """Takes back the last action that is not undone; no changes if there is none. DamagedJournal if it does not fit."""
    return _step(connection, "SELECT id FROM journal WHERE NOT undone ORDER BY id DESC LIMIT 1", back=True)


def redo(connection: Connection) -> Changes:
    """Does again what was undone last; no changes if there is nothing. DamagedJournal if it does not fit."""
    return _step(connection, "SELECT id FROM journal WHERE undone ORDER BY id LIMIT 1", back=False)


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _step(connection: Connection, which: str, *, back: bool) -> Changes:
    found = connection.execute(which).fetchone()
    if found is None:
        return Changes()
    (entry,) = found
    for (table, kept), group in groupby(_images(connection, entry, back=back), lambda image: (image.table, image.kept)):
        _put(connection, table, kept, [image.row for image in group])
    connection.execute("UPDATE journal SET undone = ? WHERE id = ?", (back, entry))
    return _summary(connection, entry)


def _images(connection: Connection, entry: int, *, back: bool) -> Iterator[_Image]:
    """What an entry's rows were before (back) or after it, in the order in which to make them so again."""
    wanted, other, order = ("before", "after", "DESC") if back else ("after", "before", "ASC")
    rows = connection.execute(
        f"SELECT kind, {wanted} IS NOT NULL, coalesce({wanted}, {other}) FROM journal_rows WHERE entry = ? "
        f"ORDER BY id {order}",
        (entry,),
    )
    for table, kept, text in rows.fetchall():
        yield _Image(table, bool(kept), _row(table, text))


def _row(table: str, text: str) -> tuple[int | str | None, ...]:
    try:
        row = json.loads(text)
        return tuple(row[column] for column in JOURNALLED[table])
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedJournal(f"a row of {table!r} does not fit") from error


def _put(connection: Connection, table: str, kept: bool, rows: list[tuple[int | str | None, ...]]) -> None:
    """Makes these rows of a table what they say; or takes away those of their keys, if they are not kept."""
    columns = JOURNALLED[table]
    key = columns[0]
    try:
        if not kept:
            connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", [row[:1] for row in rows])
            return
        new = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        # Not REPLACE: it would delete the row first, and what refers to it would stand in the way.
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
            f"ON CONFLICT ({key}) DO UPDATE SET {new}",
            rows,
        )
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError) as error:
        raise DamagedJournal(str(error)) from error


def _summary(connection: Connection, entry: int | None) -> Changes:
    """What an entry changes; read out by SQLite, as it may be the verdicts on 100,000 pictures."""
    tables = connection.execute("SELECT DISTINCT kind FROM journal_rows WHERE entry = ?", (entry,)).fetchall()
    keys = {table: _keys(connection, entry, table) for (table,) in tables if table in ("facts", "reviews")}
    kinds = {_KINDS[table] for (table,) in tables if table in _KINDS}
    kinds |= {_FACTS[key] for key in keys.get("facts", ()) if key in _FACTS}
    return Changes(frozenset(kinds), frozenset(keys.get("reviews", ())))


def _keys(connection: Connection, entry: int | None, table: str) -> list[str]:
    path = f"$.{JOURNALLED[table][0]}"
    rows = connection.execute(
        "SELECT json_extract(coalesce(after, before), ?) FROM journal_rows WHERE entry = ? AND kind = ?",
        (path, entry, table),
    )
    return [key for (key,) in rows]


def _forget_oldest(connection: Connection) -> None:
    connection.execute(
        "DELETE FROM journal WHERE id <= (SELECT id FROM journal ORDER BY id DESC LIMIT 1 OFFSET ?)", (ACTIONS,)
    )
    connection.execute(
        "DELETE FROM journal WHERE id < (SELECT max(id) FROM journal) AND id IN "
        "(SELECT entry FROM journal_rows WHERE id <= (SELECT max(id) FROM journal_rows) - ?)",
        (ROWS,),
    )


def _listen(connection: Connection) -> None:
    """Sets up this connection's triggers, once. They write only while there is an entry in `recording`.

    Asks whether they are there: if the action that came first failed, they were taken back with it.
    """
    if connection.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'recording'").fetchone():
        return
    connection.execute("CREATE TEMP TABLE recording (entry INTEGER)")
    for table, columns in JOURNALLED.items():
        for trigger in _triggers(table, columns):
            connection.execute(trigger)


def _triggers(table: str, columns: tuple[str, ...]) -> Iterable[str]:
    old, new = _object("OLD", columns), _object("NEW", columns)
    different = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    for event, condition, before, after in (
        ("INSERT", "TRUE", "NULL", new),
        ("UPDATE", different, old, new),
        ("DELETE", "TRUE", old, "NULL"),
    ):
        yield (
            f"CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} WHEN {condition} BEGIN "
            f"INSERT INTO journal_rows (entry, kind, before, after) SELECT entry, '{table}', {before}, {after} "
            "FROM recording; END"
        )


def _object(name: str, columns: tuple[str, ...]) -> str:
    return "json_object(" + ", ".join(f"'{column}', {name}.{column}" for column in columns) + ")"

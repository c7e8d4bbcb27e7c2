"""Undo and redo: every row that an action changes is kept before and after, in the action's own transaction.

One mechanism serves undo, redo and the report of what changed, and it outlives the program because it lies in the file.
Temporary triggers write the rows, so no action can forget to. Rows are data, never SQL text: a project from anybody
can be undone without running what somebody wrote into it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from fewshot_gui.project.database import Connection
from fewshot_gui.project.schema import JOURNALLED
from fewshot_gui.types import Changes, Kind

ACTIONS = 1_000  # that can be undone
ROWS = 500_000  # changed rows that are kept for it, about 100 MB

Result = TypeVar("Result")
Row = dict[str, Any]

_FACTS: dict[str, Kind] = {"name": "name", "folder": "folder", "settings": "settings"}
_KINDS: dict[str, Kind] = {"classes": "classes", "examples": "examples", "reviews": "reviews"}


class DamagedJournal(Exception):
    """The journal does not fit the tables."""


class _Change(NamedTuple):
    table: str
    before: Row | None
    after: Row | None


def record(connection: Connection, action: str, work: Callable[[], Result]) -> tuple[Result, Changes]:
    """What work gives, and what it changed; undone as one. To be called within a transaction.

    An action that changed nothing leaves no entry, and what was undone before can still be redone.
    """
    _listen(connection)
    entry = connection.execute("INSERT INTO journal (action, at_ms) VALUES (?, ?)", (action, now_ms())).lastrowid
    connection.execute("INSERT INTO temp.recording VALUES (?)", (entry,))
    result = work()
    connection.execute("DELETE FROM temp.recording")
    changes = _summary(_changes(connection, entry))
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
    changes = _changes(connection, found[0])
    for change in reversed(changes) if back else changes:
        _put(connection, change, change.before if back else change.after)
    connection.execute("UPDATE journal SET undone = ? WHERE id = ?", (back, found[0]))
    return _summary(changes)


def _put(connection: Connection, change: _Change, row: Row | None) -> None:
    """Makes the changed row what `row` says; None: takes it away."""
    columns = JOURNALLED[change.table]
    key = columns[0]
    try:
        if row is None:
            known = change.before or change.after or {}
            connection.execute(f"DELETE FROM {change.table} WHERE {key} = ?", (known[key],))
            return
        new = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        # Not REPLACE: it would delete the row first, and what refers to it would stand in the way.
        connection.execute(
            f"INSERT INTO {change.table} ({', '.join(columns)}) VALUES ({_marks(columns)}) "
            f"ON CONFLICT ({key}) DO UPDATE SET {new}",
            [row[column] for column in columns],
        )
    except (KeyError, sqlite3.IntegrityError, sqlite3.ProgrammingError) as error:
        raise DamagedJournal(str(error)) from error


def _changes(connection: Connection, entry: int | None) -> list[_Change]:
    rows = connection.execute("SELECT kind, before, after FROM journal_rows WHERE entry = ? ORDER BY id", (entry,))
    return [_Change(_known_table(kind), _row(before), _row(after)) for kind, before, after in rows]


def _known_table(kind: str) -> str:
    if kind not in JOURNALLED:
        raise DamagedJournal(f"there is no table {kind!r}")
    return kind


def _row(text: str | None) -> Row | None:
    if text is None:
        return None
    try:
        row = json.loads(text)
    except ValueError as error:
        raise DamagedJournal(str(error)) from error
    if not isinstance(row, dict):
        raise DamagedJournal("a row is none")
    return row


def _summary(changes: Iterable[_Change]) -> Changes:
    kinds: set[Kind] = set()
    contents: set[str] = set()
    for change in changes:
        row = change.after or change.before or {}
        if change.table == "reviews":
            contents.add(row["content"])
        kinds.add(_FACTS[row["key"]] if change.table == "facts" else _KINDS[change.table])
    return Changes(frozenset(kinds), frozenset(contents))


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
    """Sets up this connection's triggers, once. They write only while there is an entry in `recording`."""
    if connection.records:
        return
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS recording (entry INTEGER)")
    for table, columns in JOURNALLED.items():
        for trigger in _triggers(table, columns):
            connection.execute(trigger)
    connection.records = True


def _triggers(table: str, columns: tuple[str, ...]) -> Iterable[str]:
    old, new = _image("OLD", columns), _image("NEW", columns)
    different = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    for event, condition, before, after in (
        ("INSERT", "TRUE", "NULL", new),
        ("UPDATE", different, old, new),
        ("DELETE", "TRUE", old, "NULL"),
    ):
        yield (
            f"CREATE TEMP TRIGGER IF NOT EXISTS {table}_{event} AFTER {event} ON main.{table} WHEN {condition} BEGIN "
            f"INSERT INTO journal_rows (entry, kind, before, after) SELECT entry, '{table}', {before}, {after} "
            "FROM recording; END"
        )


def _image(name: str, columns: tuple[str, ...]) -> str:
    return "json_object(" + ", ".join(f"'{column}', {name}.{column}" for column in columns) + ")"


def _marks(columns: tuple[str, ...]) -> str:
    return ", ".join("?" * len(columns))

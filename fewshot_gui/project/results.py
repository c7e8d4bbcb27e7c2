"""Runs and the accuracies that were shown: what happened, so not undone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fewshot_gui.project.database import Connection
from fewshot_gui.project.journal import now_ms
from fewshot_gui.project.predictions import keep_only_last, supersede
from fewshot_gui.project.values import HistoryKind, HistoryPoint, Run


def runs(connection: Connection) -> tuple[Run, ...]:
    """All runs, oldest first."""
    rows = connection.execute("SELECT id, given, began_ms, ended_ms FROM runs ORDER BY id").fetchall()
    return tuple(
        Run(key, json.loads(given), began / 1000, None if ended is None else ended / 1000)
        for key, given, began, ended in rows
    )


def begin_run(connection: Connection, values: Mapping[str, Any], class_ids: Sequence[int] | None = None) -> int:
    """A new run's id. values: what JSON can hold, such as the method and its values.

    class_ids: what the columns of its probabilities will mean; None: the classes of now, in their order.
    """
    if class_ids is None:
        class_ids = [row[0] for row in connection.execute("SELECT id FROM classes ORDER BY position, id")]
    keep_only_last(connection)
    made = connection.execute(
        "INSERT INTO runs (given, class_ids, began_ms) VALUES (?, ?, ?)",
        (json.dumps(dict(values)), json.dumps([int(key) for key in class_ids]), now_ms()),
    ).lastrowid
    assert made is not None
    return made


def end_run(connection: Connection, run_id: int, values: Mapping[str, Any]) -> None:
    """Notes that a run has come to its end; its answers replace those of the runs before. values: added to its own."""
    found = connection.execute("SELECT given FROM runs WHERE id = ?", (run_id,)).fetchone()
    if found is None:
        return
    given = json.dumps(json.loads(found[0]) | dict(values))
    connection.execute("UPDATE runs SET given = ?, ended_ms = ? WHERE id = ?", (given, now_ms(), run_id))
    supersede(connection, run_id)


def history(connection: Connection) -> tuple[HistoryPoint, ...]:
    """The accuracies that were shown, oldest first."""
    rows = connection.execute(
        "SELECT kind, correct, total, measured_on, run_id, at_ms FROM history ORDER BY id"
    ).fetchall()
    return tuple(HistoryPoint(*others, at=at / 1000) for *others, at in rows)


def add_history(
    connection: Connection, kind: HistoryKind, right: int, total: int, measured_on: str, run_id: int | None
) -> None:
    """Notes an accuracy as it is shown now: right of total; run_id: the run it came from."""
    connection.execute(
        "INSERT INTO history (kind, correct, total, measured_on, run_id, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, int(right), int(total), measured_on, run_id, now_ms()),
    )

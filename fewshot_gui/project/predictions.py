"""Answers for the folder's pictures, stored as columns of many pictures at once.

A picture's newest answer counts. A run that came to its end replaces those before; of a run that was cancelled, or cut
off with the program, the answers lie over those of the run before, so that nothing the person saw is lost.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

import numpy as np

from fewshot_gui.project.database import Connection
from fewshot_gui.project.values import Predictions

# As they lie in the file, whatever the machine.
_LABEL, _CONFIDENCE, _STATUS, _PROBABILITY = np.dtype("<i4"), np.dtype("<f4"), np.dtype("u1"), np.dtype("<f2")
_SEPARATOR = "\0"  # no path holds it


def store_predictions(
    connection: Connection,
    run_id: int,
    relatives: Sequence[str],
    labels: Sequence[int | None] | np.ndarray,
    confidence: np.ndarray,
    status: np.ndarray,
    probabilities: np.ndarray,
) -> None:
    """Stores a run's answers for these pictures; ValueError if the columns differ in length.

    labels: [n] class ids, -1 or None without one; confidence: [n] 0-1, NaN without one; status: [n] small whole
    numbers, given back as they are; probabilities: [n, k], a column per class of the run (kept as float16).
    """
    n, k = len(relatives), _width(connection, run_id)
    columns = (
        np.array([-1 if label is None else label for label in labels], _LABEL)
        if not isinstance(labels, np.ndarray)
        else labels.astype(_LABEL),
        np.asarray(confidence, _CONFIDENCE),
        np.asarray(status, _STATUS),
        np.asarray(probabilities, _PROBABILITY),
    )
    if [column.shape for column in columns] != [(n,), (n,), (n,), (n, k)]:
        raise ValueError(f"answers for {n} pictures and {k} classes have shapes {[c.shape for c in columns]}")
    if n:
        names = zlib.compress(_SEPARATOR.join(relatives).encode("utf-8", "surrogatepass"), 1)
        connection.execute(
            "INSERT INTO predictions (run_id, count, relatives, labels, confidence, status, probabilities) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run_id, n, names, *(column.tobytes() for column in columns)),
        )


def predictions(connection: Connection) -> Predictions:
    """The newest answer for each picture, in the order the pictures were first answered."""
    rows = connection.execute(
        "SELECT runs.id, class_ids, count, relatives, labels, confidence, status, probabilities FROM predictions "
        "JOIN runs ON runs.id = run_id ORDER BY runs.id, predictions.id"
    ).fetchall()
    if not rows:
        return Predictions()
    class_ids = tuple(json.loads(rows[-1][1]))
    relatives = [name for row in rows for name in _names(row[3])]
    newest = np.fromiter({name: i for i, name in enumerate(relatives)}.values(), np.int64)
    return Predictions(
        tuple(dict.fromkeys(relatives)),
        np.concatenate([np.frombuffer(row[4], _LABEL) for row in rows])[newest].astype(np.int64),
        np.concatenate([np.frombuffer(row[5], _CONFIDENCE) for row in rows])[newest].astype(np.float32),
        np.concatenate([np.frombuffer(row[6], _STATUS) for row in rows])[newest],
        np.concatenate([_aligned(row[7], row[1], row[2], class_ids) for row in rows])[newest],
        class_ids,
        np.concatenate([np.full(row[2], row[0], np.int64) for row in rows])[newest],
    )


def keep_only_last(connection: Connection) -> None:
    """Before a new run: forgets the answers of all but the last that came to its end and the last after it."""
    rows = connection.execute(
        "SELECT DISTINCT runs.id, ended_ms IS NOT NULL FROM predictions JOIN runs ON runs.id = run_id ORDER BY runs.id"
    ).fetchall()
    ended = [key for key, has_ended in rows if has_ended]
    kept = {*ended[-1:], *(key for key, _ in rows[-1:])}
    connection.executemany("DELETE FROM predictions WHERE run_id = ?", [(key,) for key, _ in rows if key not in kept])


def supersede(connection: Connection, run_id: int) -> None:
    """Forgets the answers of the runs before this one, if this one has any."""
    if connection.execute("SELECT 1 FROM predictions WHERE run_id = ? LIMIT 1", (run_id,)).fetchone():
        connection.execute("DELETE FROM predictions WHERE run_id < ?", (run_id,))


def _width(connection: Connection, run_id: int) -> int:
    found = connection.execute("SELECT class_ids FROM runs WHERE id = ?", (run_id,)).fetchone()
    if found is None:
        raise ValueError(f"there is no run {run_id}")
    return len(json.loads(found[0]))


def _names(blob: bytes) -> list[str]:
    return zlib.decompress(blob).decode("utf-8", "surrogatepass").split(_SEPARATOR)


def _aligned(blob: bytes, own_ids: str, count: int, class_ids: tuple[int, ...]) -> np.ndarray:
    """[count, len(class_ids)] float16: a run's probabilities with the columns of another; 0 where it had no column."""
    own = json.loads(own_ids)
    probabilities = np.frombuffer(blob, _PROBABILITY).reshape(count, len(own)).astype(np.float16)
    if tuple(own) == class_ids:
        return probabilities
    aligned = np.zeros((count, len(class_ids)), np.float16)
    shared = [key for key in class_ids if key in own]
    aligned[:, [class_ids.index(key) for key in shared]] = probabilities[:, [own.index(key) for key in shared]]
    return aligned

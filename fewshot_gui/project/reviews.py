"""What a person said of pictures, by their contents: a renamed or moved picture keeps its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from fewshot_gui.project.database import Connection
from fewshot_gui.project.examples import is_class
from fewshot_gui.project.journal import now_ms
from fewshot_gui.project.values import Review, Verdict, VerdictOrigin

_NAMING = ("confirmed", "corrected")  # verdicts that name a class


def reviews(connection: Connection) -> dict[str, Review]:
    """Content hash -> verdict."""
    rows = connection.execute("SELECT content, verdict, class_id, origin, at_ms FROM reviews").fetchall()
    return {content: Review(verdict, class_id, origin, at / 1000) for content, verdict, class_id, origin, at in rows}


def review(
    connection: Connection,
    contents: Iterable[str],
    verdict: Verdict | None,
    class_id: int | None = None,
    origin: VerdictOrigin = "key",
) -> None:
    """Notes what a person said of pictures; None takes it back. class_id: for "confirmed" and "corrected".

    A class that was deleted meanwhile changes nothing, and neither does saying again what was said.
    """
    if verdict is not None and verdict not in get_args(Verdict):
        raise ValueError(f"{verdict!r} is no verdict")
    known = [(content,) for content in dict.fromkeys(contents) if content]
    if verdict is None:
        connection.executemany("DELETE FROM reviews WHERE content = ?", known)
        return
    named = class_id if verdict in _NAMING else None
    if verdict in _NAMING and not is_class(connection, named):
        return
    at = now_ms()
    connection.executemany(
        "INSERT INTO reviews VALUES (?, ?, ?, ?, ?) ON CONFLICT (content) DO UPDATE SET verdict = excluded.verdict, "
        "class_id = excluded.class_id, origin = excluded.origin, at_ms = excluded.at_ms "
        "WHERE verdict IS NOT excluded.verdict OR class_id IS NOT excluded.class_id",
        [(content, verdict, named, origin, at) for (content,) in known],
    )

"""The support pictures of a project's classes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from fewshot_gui.project.database import Connection
from fewshot_gui.project.places import place_of
from fewshot_gui.project.text import from_text
from fewshot_gui.project.values import Box, Example, NewExample

_SMALLEST = 1e-4  # of a side: a click without dragging is no box


def examples(connection: Connection) -> tuple[Example, ...]:
    """All examples, those of the first class first, each class's in the order they were added."""
    rows = connection.execute(
        "SELECT examples.id, class_id, absolute, content, crop, origin FROM examples "
        "JOIN places ON places.id = place_id JOIN classes ON classes.id = class_id "
        "ORDER BY position, class_id, examples.id"
    ).fetchall()
    return tuple(
        Example(key, class_id, from_text(path), content, _box(crop), origin)
        for key, class_id, path, content, crop, origin in rows
    )


def add_examples(connection: Connection, class_id: int, new: Sequence[NewExample]) -> None:
    """Adds pictures to a class; those it has already (whole, not cropped) are passed over, and so is a lost class."""
    if not is_class(connection, class_id):
        return
    rows = connection.execute(
        "SELECT place_id, content FROM examples JOIN places ON places.id = place_id "
        "WHERE class_id = ? AND crop IS NULL",
        (class_id,),
    ).fetchall()
    places, contents = {row[0] for row in rows}, {row[1] for row in rows} - {None}
    for picture in new:
        place = place_of(connection, picture.path, picture.content)
        (content,) = connection.execute("SELECT content FROM places WHERE id = ?", (place,)).fetchone()
        if place not in places and content not in contents:
            values = (class_id, place, picture.origin)
            connection.execute("INSERT INTO examples (class_id, place_id, origin) VALUES (?, ?, ?)", values)
        places.add(place)
        contents |= {content} - {None}


def move_examples(connection: Connection, example_ids: Sequence[int], class_id: int) -> None:
    """Moves examples to another class."""
    if not example_ids or not is_class(connection, class_id):
        return
    connection.executemany("UPDATE examples SET class_id = ? WHERE id = ?", [(class_id, key) for key in example_ids])
    drop_twins(connection, class_id)


def remove_examples(connection: Connection, example_ids: Sequence[int]) -> None:
    """Takes examples away; their files stay as they are."""
    connection.executemany("DELETE FROM examples WHERE id = ?", [(key,) for key in example_ids])


def crop_example(connection: Connection, example_id: int, box: Box | None) -> None:
    """Uses only this part of the picture, cut to the picture's edge; None for all of it. No area changes nothing."""
    if box is not None and not all(map(math.isfinite, box)):
        raise ValueError(f"a box has four finite numbers, not {box}")
    inside = None if box is None else _inside(box)
    if inside is not None and min(inside[2:]) < _SMALLEST:
        return
    whole = inside is None or inside == (0.0, 0.0, 1.0, 1.0)
    text = None if whole else json.dumps(inside)
    connection.execute("UPDATE examples SET crop = ? WHERE id = ?", (text, example_id))


def drop_twins(connection: Connection, class_id: int) -> None:
    """Keeps one example of each file and crop in a class, the oldest: files as the same if their contents are."""
    connection.execute(
        "DELETE FROM examples WHERE class_id = ?1 AND id NOT IN (SELECT min(examples.id) FROM examples "
        "JOIN places ON places.id = place_id WHERE class_id = ?1 "
        "GROUP BY coalesce(content, 'place ' || place_id), crop)",
        (class_id,),
    )


def is_class(connection: Connection, class_id: int | None) -> bool:
    """Whether there is such a class (still)."""
    return connection.execute("SELECT 1 FROM classes WHERE id = ?", (class_id,)).fetchone() is not None


def _inside(box: Box) -> Box:
    left, top = (min(max(float(value), 0.0), 1.0) for value in box[:2])
    right, bottom = (min(max(float(box[i] + box[i + 2]), 0.0), 1.0) for i in (0, 1))
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    left, top, width, height = json.loads(text)
    return left, top, width, height

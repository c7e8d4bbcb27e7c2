"""The classes of a project. What no longer is there is passed over: clicking twice is no mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fewshot_gui.project.database import Connection
from fewshot_gui.project.examples import add_examples, drop_twins
from fewshot_gui.project.text import clean_name, unique_name
from fewshot_gui.project.values import ClassInfo, NewExample

NEW_CLASS = "Class"


def classes(connection: Connection) -> tuple[ClassInfo, ...]:
    """All classes in the order of the list."""
    rows = connection.execute("SELECT id, name, colour FROM classes ORDER BY position, id").fetchall()
    return tuple(ClassInfo(*row, position) for position, row in enumerate(rows))


def add_class(connection: Connection, name: str) -> ClassInfo:
    """A new class at the end of the list; a name that is taken gets a number, one of 5,000 characters is cut."""
    known = classes(connection)
    kept = _free_name(known, name)
    colour = next(colour for colour in range(len(known) + 1) if colour not in {c.colour for c in known})
    (position,) = connection.execute("SELECT coalesce(max(position), -1) + 1 FROM classes").fetchone()
    made = connection.execute(
        "INSERT INTO classes (name, colour, position) VALUES (?, ?, ?)", (kept, colour, position)
    ).lastrowid
    assert made is not None
    return ClassInfo(made, kept, colour, len(known))


def add_classes(connection: Connection, pictures: Mapping[str, Sequence[NewExample]]) -> None:
    """Class name -> examples. Examples of a name that is there already go to that class."""
    by_name = {info.name.casefold(): info.id for info in classes(connection)}
    for name, examples in pictures.items():
        key = clean_name(name, NEW_CLASS).casefold()
        if key not in by_name:
            by_name[key] = add_class(connection, name).id
        add_examples(connection, by_name[key], examples)


def rename_class(connection: Connection, class_id: int, name: str) -> None:
    """Another name for a class; a number is added if another class has it. An empty one changes nothing."""
    if not clean_name(name, ""):
        return
    others = [info for info in classes(connection) if info.id != class_id]
    connection.execute("UPDATE classes SET name = ? WHERE id = ?", (_free_name(others, name), class_id))


def recolour_class(connection: Connection, class_id: int, colour: int) -> None:
    """Another colour for a class: an index into the theme's class colours."""
    if colour < 0:
        raise ValueError(f"a colour is an index from 0 on, not {colour}")
    connection.execute("UPDATE classes SET colour = ? WHERE id = ?", (int(colour), class_id))


def reorder_classes(connection: Connection, class_ids: Sequence[int]) -> None:
    """Puts the classes into this order; those that are not named keep theirs, behind them."""
    known = [info.id for info in classes(connection)]
    named = [class_id for class_id in dict.fromkeys(class_ids) if class_id in set(known)]
    order = named + [class_id for class_id in known if class_id not in set(named)]
    if order != known:
        connection.executemany("UPDATE classes SET position = ? WHERE id = ?", list(enumerate(order)))


def merge_classes(connection: Connection, class_ids: Sequence[int], into: int) -> None:
    """Moves the examples and verdicts of these classes to one of the classes, and deletes the others."""
    known = {info.id for info in classes(connection)}
    if into not in known:
        return
    merged = (known & set(class_ids)) - {into}
    for class_id in sorted(merged):
        connection.execute("UPDATE examples SET class_id = ? WHERE class_id = ?", (into, class_id))
        connection.execute("UPDATE reviews SET class_id = ? WHERE class_id = ?", (into, class_id))
        connection.execute("DELETE FROM classes WHERE id = ?", (class_id,))
    if merged:
        drop_twins(connection, into)


def split_class(connection: Connection, class_id: int, example_ids: Sequence[int], name: str) -> None:
    """Moves these examples of a class to a new one, which stands right behind it; none of its examples: no class."""
    own = {row[0] for row in connection.execute("SELECT id FROM examples WHERE class_id = ?", (class_id,))}
    moved = [example_id for example_id in dict.fromkeys(example_ids) if example_id in own]
    if not moved:
        return
    order = [info.id for info in classes(connection)]
    new = add_class(connection, name).id
    connection.executemany("UPDATE examples SET class_id = ? WHERE id = ?", [(new, moving) for moving in moved])
    place = order.index(class_id) + 1
    reorder_classes(connection, [*order[:place], new, *order[place:]])


def delete_classes(connection: Connection, class_ids: Sequence[int]) -> None:
    """Deletes classes with their examples and the verdicts that named them."""
    ids = [(class_id,) for class_id in dict.fromkeys(class_ids)]
    connection.executemany("DELETE FROM examples WHERE class_id = ?", ids)
    connection.executemany("DELETE FROM reviews WHERE class_id = ?", ids)
    connection.executemany("DELETE FROM classes WHERE id = ?", ids)


def _free_name(others: Sequence[ClassInfo], name: str) -> str:
    return unique_name(clean_name(name, NEW_CLASS), [info.name for info in others])

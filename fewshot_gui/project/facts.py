"""The project's name, its folder, what a table says of its pictures, and its settings."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any, get_args

from fewshot_gui.project.database import Connection
from fewshot_gui.project.places import place_of
from fewshot_gui.project.text import clean_name, from_text
from fewshot_gui.project.values import ProjectSettings, Truth, Unknown
from fewshot_gui.types import QUALITIES

UNTITLED = "Untitled"


def name(connection: Connection) -> str:
    """The project's name."""
    return _fact(connection, "name") or UNTITLED


def rename(connection: Connection, name: str) -> None:
    """Gives the project another name, cut to 200 characters; the file keeps its own. An empty one changes nothing."""
    wanted = clean_name(name, "")
    if wanted:
        _set_fact(connection, "name", wanted)


def folder(connection: Connection) -> str | None:
    """The absolute path of the folder that is classified; None before one was chosen."""
    found = connection.execute(
        "SELECT absolute FROM facts JOIN places ON places.id = CAST(value AS INTEGER) WHERE key = 'folder'"
    ).fetchone()
    return found and from_text(found[0])


def set_folder(connection: Connection, path: str | None) -> None:
    """Chooses the folder that is classified; None for none. Its pictures are told by `set_pictures`."""
    if path is None:
        connection.execute("DELETE FROM facts WHERE key = 'folder'")
    else:
        _set_fact(connection, "folder", str(place_of(connection, path)))


def truth(connection: Connection) -> Truth | None:
    """What a table says of the pictures of the folder of now; None if none was taken for it."""
    stored = _fact(connection, "truth")
    if stored is None:
        return None
    try:
        value = json.loads(stored)
        if str(value["folder"]) != _fact(connection, "folder"):
            return None
        return Truth(str(value["table"]), {str(key): str(name) for key, name in value["classes"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def set_truth(connection: Connection, truth: Truth | None) -> None:
    """Takes what a table says of the folder's pictures, in place of what another one said; None: of none is it known.

    It goes with the folder: under another one it says nothing.
    """
    folder = _fact(connection, "folder")
    if truth is None or folder is None:
        connection.execute("DELETE FROM facts WHERE key = 'truth'")
        return
    value = {"folder": folder, "table": truth.table, "classes": dict(truth.classes)}
    _set_fact(connection, "truth", json.dumps(value))


def settings(connection: Connection) -> ProjectSettings:
    """How the project adapts; what is not stored, or makes no sense, is as by default."""
    try:
        stored = json.loads(_fact(connection, "settings") or "{}")
    except ValueError:
        stored = {}
    known = {f.name for f in fields(ProjectSettings)}
    wanted = {key: value for key, value in stored.items() if key in known} if isinstance(stored, dict) else {}
    return replace(ProjectSettings(), **{key: value for key, value in wanted.items() if _makes_sense(key, value)})


def change_settings(connection: Connection, **values: Any) -> None:
    """Changes the named settings. TypeError for an unknown one, ValueError for a value that makes no sense."""
    for key, value in values.items():
        if key in ProjectSettings.__dataclass_fields__ and not _makes_sense(key, value):
            raise ValueError(f"{key} cannot be {value!r}")
    new = replace(settings(connection), **values)
    if new != settings(connection):
        _set_fact(connection, "settings", json.dumps(asdict(new)))


def write_first(connection: Connection, name: str, values: ProjectSettings) -> None:
    """What a new project begins with; not undone."""
    _set_fact(connection, "name", clean_name(name, UNTITLED))
    _set_fact(connection, "settings", json.dumps(asdict(values)))


def _makes_sense(key: str, value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if key == "unknown":
        return value in get_args(Unknown) if isinstance(value, str) else number and 0 <= value <= 1
    if key == "quality":
        return value in QUALITIES
    if key == "seed":
        return isinstance(value, int) and number and value >= 0
    return isinstance(value, str) or (key == "method" and value is None)


def _fact(connection: Connection, key: str) -> str | None:
    found = connection.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
    return found and found[0]


def _set_fact(connection: Connection, key: str, value: str | None) -> None:
    connection.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
    )

"""The projects that were open last, for the start page: a small file of its own, as good as it gets."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fewshot_gui import paths
from fewshot_gui.project.store import Project

_MOST = 50


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project as it was when it was open last. folder: what it classified; opened: seconds since 1970."""

    path: str
    name: str
    folder: str | None
    opened: float


def recent_projects() -> tuple[RecentProject, ...]:
    """The projects opened last that are still there, newest first; none if the list cannot be read."""
    return tuple(entry for entry in _stored() if os.path.isfile(entry.path))


def remember(project: Project) -> None:
    """Puts a project on top of the list as it is now: after opening, renaming and moving, and before closing it."""
    entry = RecentProject(str(project.path), project.name, project.folder(), time.time())
    _store([entry, *(other for other in _stored() if other.path != entry.path)])


def forget(path: str | Path) -> None:
    """Takes a project off the list, such as the old place of one that was moved."""
    _store([entry for entry in _stored() if entry.path != str(path)])


def _list_file() -> Path:
    return paths.data_folder() / "recent.json"


def _stored() -> list[RecentProject]:
    try:
        values = json.loads(_list_file().read_text("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return []
    return [entry for entry in map(_entry, values if isinstance(values, list) else []) if entry is not None]


def _entry(value: Any) -> RecentProject | None:
    try:
        folder = value["folder"]
        return RecentProject(
            str(value["path"]), str(value["name"]), None if folder is None else str(folder), float(value["opened"])
        )
    except (KeyError, TypeError, ValueError):
        return None


def _store(entries: Sequence[RecentProject]) -> None:
    text = json.dumps([asdict(entry) for entry in entries[:_MOST]], indent=1)
    file = _list_file()
    draft = file.with_name(f"{file.name}-{os.getpid()}")
    with suppress(OSError):  # the list is a convenience: a full disk is told where it matters
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        os.replace(draft, file)
    with suppress(OSError):
        draft.unlink()

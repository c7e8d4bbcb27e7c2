"""New projects, and the project that belongs to a folder of pictures. Nothing is ever written into that folder."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from fewshot_gui import paths
from fewshot_gui.errors import UserError
from fewshot_gui.project import facts
from fewshot_gui.project.files import SUFFIX, check_header, only_reading
from fewshot_gui.project.recent import recent_projects, remember
from fewshot_gui.project.store import Project
from fewshot_gui.project.text import clean_name, unique_name
from fewshot_gui.project.values import ProjectSettings

_BYTES = 180  # of a file's name: with endings it stays below the 255 that file systems take
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # by Windows


def projects_folder() -> Path:
    """Where new projects lie until they are moved."""
    return paths.data_folder() / "projects"


def new_project(name: str = facts.UNTITLED, settings: ProjectSettings | None = None) -> Project:
    """A new project among the user's data, on top of the recent ones; a known project's name gets a number."""
    folder = projects_folder()
    wanted = clean_name(name, facts.UNTITLED)
    unique = unique_name(wanted, [entry.name for entry in recent_projects()])
    project = Project.create(folder / _free_file(folder, unique), unique, settings)
    remember(project)
    return project


def project_of(folder: str | Path) -> Path | None:
    """The file of the project that classifies this folder: the one opened last, else any among the user's data."""
    wanted = _same(folder)
    for path in _candidates():
        found = _folder_in(path)
        if found is not None and _same(found) == wanted:
            return path
    return None


def open_folder(folder: str | Path) -> Project:
    """The project that classifies this folder, opened; a new one of its name if there is none.

    UserError if the folder is missing, or if its project cannot be opened.
    """
    if not os.path.isdir(folder):
        raise UserError(f"The folder {folder} does not exist: choose one with pictures.")
    known = project_of(folder)
    if known is not None:
        return Project.open(known)
    absolute = os.path.abspath(folder)
    project = new_project(os.path.basename(absolute) or facts.UNTITLED)
    project.set_folder(absolute)
    remember(project)
    return project


def file_name(name: str) -> str:
    """A name as the beginning of a file's name on any system."""
    kept = _FORBIDDEN.sub(" ", name).encode("utf-8", "replace")[:_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"{kept}_" if _RESERVED.match(kept) else kept or facts.UNTITLED


def _free_file(folder: Path, name: str) -> str:
    there = [path.stem for path in folder.glob(f"*{SUFFIX}")]
    return unique_name(file_name(name), there) + SUFFIX


def _candidates() -> Iterator[Path]:
    recent = [Path(entry.path) for entry in recent_projects()]
    others = sorted(projects_folder().glob(f"*{SUFFIX}"), key=lambda path: path.name)
    yield from dict.fromkeys([*recent, *others])


def _folder_in(path: Path) -> str | None:
    """The folder that a project classifies, read without opening it for work; None if that cannot be told."""
    try:
        check_header(path)
        with closing(only_reading(path)) as connection:
            return facts.folder(connection)
    except (UserError, OSError, sqlite3.Error):
        return None


def _same(folder: str | Path) -> str:
    return os.path.normcase(os.path.realpath(folder))

"""A project as it is now, only read: also one that is open in a window, or that lies where nothing may be written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project import facts, files
from fewshot_gui.project.classes import classes
from fewshot_gui.project.database import Connection
from fewshot_gui.project.examples import examples
from fewshot_gui.project.failures import told
from fewshot_gui.project.pictures import pictures
from fewshot_gui.project.reviews import reviews
from fewshot_gui.project.values import ClassInfo, Example, PictureFile, ProjectSettings, Review, Truth


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a project says of its classes and how to adapt to them.

    folder: what it classifies, None if not chosen; truth: what a table says of the folder's pictures.
    """

    path: Path
    name: str
    classes: tuple[ClassInfo, ...]
    examples: tuple[Example, ...]
    folder: str | None
    settings: ProjectSettings
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class Whole:
    """The same with the folder's pictures and what a person said of them, by content hash."""

    snapshot: Snapshot
    pictures: tuple[PictureFile, ...]
    reviews: Mapping[str, Review]


def read(path: Path) -> Snapshot:
    """The project in a file, which stays as it is. UserError: no project, damaged, or of a newer version.

    It is copied into memory, so that one of an older version, or one that was moved, can be brought up to date there.
    """
    with _copied(path) as (path, connection):
        return _snapshot(path, connection)


def read_whole(path: Path) -> Whole:
    """The project in a file with its pictures and verdicts; as `read`."""
    with _copied(path) as (path, connection):
        return Whole(_snapshot(path, connection), pictures(connection), reviews(connection))


@contextmanager
def _copied(path: Path) -> Iterator[tuple[Path, Connection]]:
    path = Path(os.path.abspath(path))
    files.check_header(path)
    with closing(files.copy_in_memory(path)) as connection, told(path):
        yield path, connection


def _snapshot(path: Path, connection: Connection) -> Snapshot:
    return Snapshot(
        path=path,
        name=facts.name(connection),
        classes=classes(connection),
        examples=examples(connection),
        folder=facts.folder(connection),
        settings=facts.settings(connection),
        truth=facts.truth(connection),
    )

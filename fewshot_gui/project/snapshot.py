"""A project as it is now, only read: also one that is open in a window, or that lies where nothing may be written."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project import facts, files
from fewshot_gui.project.classes import classes
from fewshot_gui.project.examples import examples
from fewshot_gui.project.failures import told
from fewshot_gui.project.values import ClassInfo, Example, ProjectSettings, Truth


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


def read(path: Path) -> Snapshot:
    """The project in a file, which stays as it is. UserError: no project, damaged, or of a newer version.

    It is copied into memory, so that one of an older version, or one that was moved, can be brought up to date there.
    """
    path = Path(os.path.abspath(path))
    files.check_header(path)
    with closing(files.copy_in_memory(path)) as connection, told(path):
        return Snapshot(
            path=path,
            name=facts.name(connection),
            classes=classes(connection),
            examples=examples(connection),
            folder=facts.folder(connection),
            settings=facts.settings(connection),
            truth=facts.truth(connection),
        )

"""A project of the window as a labelled data set: its examples, and the pictures of its folder whose class is known.

What a person said of a picture counts before what a table says, and that before the name of its folder. A picture said
to be excluded or of no class is left out, and so is a copy of one that is there already: answering a copy of an example
is no feat. The project is only read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images import crop, decode
from fewshot_gui.images.collection import Collection, collection_of
from fewshot_gui.images.containers import ReadPicture
from fewshot_gui.project import snapshot
from fewshot_gui.project.files import SUFFIX
from fewshot_gui.project.snapshot import Whole

_LEAST_CLASSES, _LEAST_PICTURES = 2, 2  # one to learn from, one to ask about


def is_project(paths: Sequence[Path]) -> bool:
    """Whether one of the paths is called like a project file."""
    return any(path.suffix.lower() == SUFFIX for path in paths)


def collection(paths: Sequence[Path]) -> Collection:
    """The data set in a project file, its classes in the project's order.

    UserError: no project, damaged, or under two classes with two pictures; UsageError for a project among other data.
    """
    if len(paths) > 1:
        raise UsageError(f"The project {paths[0]} cannot be one data set with others: name it alone.")
    project = snapshot.read_whole(paths[0])
    labelled = _Labelled({info.name: [] for info in project.snapshot.classes})
    _add_examples(labelled, project)
    for name, path, content in [*_judged(project), *_told_by_data(project)]:
        labelled.add(name, path, content)
    filled = {name: reads for name, reads in labelled.by_class.items() if reads}
    enough = sum(len(reads) >= _LEAST_PICTURES for reads in filled.values())
    if enough < _LEAST_CLASSES:
        raise UserError(
            f"The project {paths[0]} has {enough} class{'es' if enough != 1 else ''} with at least 2 pictures whose "
            "class is known, and a measurement needs 2: add examples, or confirm answers in the window."
        )
    return collection_of(project.snapshot.name, filled, _picked(labelled, project))


@dataclass(frozen=True)
class _Labelled:
    """Pictures by class; contents and files: those that are in it."""

    by_class: dict[str, list[ReadPicture]]
    contents: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, name: str, path: str, content: str | None) -> bool:
        """A whole picture, unless it or a copy of it is there."""
        if path in self.files or content in self.contents:
            return False
        self.note(path, content)
        self.by_class[name].append(partial(decode.read, path))
        return True

    def note(self, path: str, content: str | None) -> None:
        """That this picture, or a part of it, is there."""
        self.files.add(path)
        if content is not None:
            self.contents.add(content)


def _picked(labelled: _Labelled, project: Whole) -> list[str]:
    """A sentence if there are pictures that a person judged."""
    judged = sum(
        review.class_id is not None for content, review in project.reviews.items() if content in labelled.contents
    )
    if not judged:
        return []
    have = "1 of the pictures has its" if judged == 1 else f"{judged} of the pictures have their"
    return [
        f"{have} class from your corrections and confirmations: picked, not drawn by chance, so the figures compare "
        "methods, but do not say how well the whole folder is answered."
    ]


def _add_examples(labelled: _Labelled, project: Whole) -> None:
    """The examples; of several crops of one photograph in a class the first, in different classes each."""
    names = {info.id: info.name for info in project.snapshot.classes}
    seen: set[tuple[str, str]] = set()
    for example in project.snapshot.examples:
        name = names[example.class_id]
        if example.crop is None:
            labelled.add(name, example.path, example.content)
        elif (shown := (name, example.content or example.path)) not in seen:
            seen.add(shown)
            labelled.note(example.path, example.content)
            labelled.by_class[name].append(partial(crop.read, example.path, box=example.crop))


def _judged(project: Whole) -> Iterator[tuple[str, str, str | None]]:
    """(class, path, content) of what a person confirmed or corrected."""
    names = {info.id: info.name for info in project.snapshot.classes}
    for path, _, content in _in_folder(project):
        review = project.reviews.get(content or "")
        if review is not None and review.class_id in names:
            yield names[review.class_id], path, content


def _told_by_data(project: Whole) -> Iterator[tuple[str, str, str | None]]:
    """(class, path, content) of what nobody judged, but a table or the folder's name tells."""
    names = {info.name for info in project.snapshot.classes}
    for path, truth, content in _in_folder(project):
        if truth in names and (content or "") not in project.reviews:
            yield truth, path, content


def _in_folder(project: Whole) -> Iterator[tuple[str, str, str | None]]:
    """(path, the class that the data tell or "", content) of the folder's pictures."""
    folder, table = project.snapshot.folder, project.snapshot.truth
    if folder is None:
        return
    told = table.classes if table is not None else {}
    for picture in project.pictures:
        truth = told.get(picture.relative, picture.truth) or ""
        yield os.path.join(folder, *picture.relative.split("/")), truth, picture.content

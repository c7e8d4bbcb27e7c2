"""What lies in folders that a person dropped on the classes: which of them could be classes, and their pictures."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from fewshot_gui.jobs.counting import CountingWalk
from fewshot_gui.jobs.events import Step, relayed


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """A folder and the pictures anywhere below it, in natural order; name: of the class it would be."""

    path: str
    name: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found. folders: those that would be classes, the dropped ones or the only one's sub-folders.

    root: above all of them; total: pictures in all; from_one: they are sub-folders of the one that was dropped;
    skipped: a sentence about what was passed over, "" if nothing was.
    """

    root: str
    folders: tuple[PictureFolder, ...]
    total: int
    from_one: bool = False
    skipped: str = ""


def look_into(paths: Sequence[str]) -> Generator[Step, None, Looked]:
    """Walks the folders; a single folder with two sub-folders of pictures or more stands for those.

    Counts as it goes, and can be closed at any time.
    """
    return (yield from relayed(lambda progress: _looked_into(paths, CountingWalk(progress=progress))))


def _looked_into(paths: Sequence[str], walk: CountingWalk) -> Looked:
    if len(paths) == 1:
        found = _folders(walk, [entry.path for entry in walk.entries(paths[0]) if entry.is_dir()])
        filled = tuple(folder for folder in found if folder.pictures)
        if len(filled) >= 2:
            loose = [e.path for e in walk.entries(paths[0]) if not e.is_dir() and walk.is_picture(e.name)]
            total = len(loose) + sum(len(folder.pictures) for folder in filled)
            return Looked(paths[0], filled, total, True, " ".join(walk.warnings()))
        walk = CountingWalk(progress=walk.progress)
    found = _folders(walk, paths)
    root = paths[0] if len(paths) == 1 else os.path.dirname(os.path.commonpath([os.path.join(p, "x") for p in paths]))
    total = sum(len(folder.pictures) for folder in found)
    return Looked(root, found, total, False, " ".join(walk.warnings()))


def _folders(walk: CountingWalk, paths: Sequence[str]) -> tuple[PictureFolder, ...]:
    return tuple(
        PictureFolder(path, os.path.basename(os.path.normpath(path)), tuple(walk.pictures_below(path)))
        for path in paths
    )

"""Finds the pictures that a person means by a folder or a list of paths, and the classes their folders name."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.images.walk import Walk
from fewshot_gui.types import ImageRef

_LAYOUT = "make one folder per class in it, named after the class, with that class's example pictures"


@dataclass(frozen=True, slots=True)
class Scan:
    """Pictures found, in natural order; sentences for the person; and for a support folder all its class folders.

    class_names also holds the classes whose folder has no picture.
    """

    refs: tuple[ImageRef, ...]
    warnings: tuple[str, ...]
    class_names: tuple[str, ...] = ()


def scan_support(folder: str | Path) -> Scan:
    """The example pictures below a support folder; each one's truth is its class, the first folder below `folder`.

    UserError if the folder is missing, cannot be opened, or has no class folder.
    """
    root = _support_root(folder)
    walk = Walk()
    walk.enter(root)
    classes: list[str] = []
    refs: list[ImageRef] = []
    loose = 0
    for entry in walk.entries(root):
        if entry.is_dir():
            classes.append(class_name(entry.name))
            refs += _class_refs(walk, entry.path, classes[-1], root)
        elif walk.is_picture(entry.name):
            loose += 1
    if not classes:
        raise _no_class(root, loose, walk)
    return Scan(tuple(refs), (*_loose_warning(root, loose), *walk.warnings()), tuple(dict.fromkeys(classes)))


def scan_query(paths: Iterable[str | Path], walk: Walk | None = None) -> Scan:
    """The pictures to classify: files as named, folders with all below them; truth is the folder a picture lies in.

    A file named by hand counts whatever its ending, and even if it is not there (it becomes Unreadable later).
    No picture is listed twice. UserError if a named folder cannot be opened. walk: one that counts, or may cancel.
    """
    walk = Walk() if walk is None else walk
    found: dict[str, ImageRef] = {}
    for path in map(os.fspath, paths):
        for picture in _query_paths(walk, path):
            found.setdefault(os.path.abspath(picture), ImageRef(picture, _folder_name(picture)))
    return Scan(tuple(found.values()), walk.warnings())


def class_name(text: str) -> str:
    """A folder's name as a class's name: Unicode NFC, so that the same name typed on any system is the same class."""
    return unicodedata.normalize("NFC", text)


def _support_root(folder: str | Path) -> str:
    root = os.fspath(folder)
    if not os.path.exists(root):
        raise UserError(f"The support folder {root} does not exist; give a folder with one sub-folder per class.")
    if not os.path.isdir(root):
        raise UserError(f"The support {root} is a file; give a folder with one sub-folder of pictures per class.")
    _check_open(root)
    return root


def _check_open(folder: str) -> None:
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be opened ({error.strerror}); check its permissions.") from None


def _class_refs(walk: Walk, folder: str, name: str, root: str) -> list[ImageRef]:
    # A picture that two classes share by a link belongs to both, and is reported as such where contents are compared;
    # only what is above the class folder must not be walked again.
    walk.seen.clear()
    walk.enter(root)
    return [ImageRef(path, name) for path in walk.pictures_below(folder)]


def _no_class(root: str, loose: int, walk: Walk) -> UserError:
    lying = f" {loose} {'picture lies' if loose == 1 else 'pictures lie'} loose in it." if loose else ""
    closed = f" {walk.closed[0]} could not be opened." if walk.closed else ""
    return UserError(f"The support folder {root} has no class folder: {_LAYOUT}.{lying}{closed}")


def _loose_warning(root: str, loose: int) -> tuple[str, ...]:
    if not loose:
        return ()
    many = "1 picture lies" if loose == 1 else f"{loose} pictures lie"
    return (f"{many} loose in {root} and belong to no class; put them into a class's folder to use them.",)


def _query_paths(walk: Walk, path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    _check_open(path)
    return walk.pictures_below(path)


def _folder_name(path: str) -> str | None:
    return class_name(os.path.basename(os.path.dirname(os.path.abspath(path)))) or None

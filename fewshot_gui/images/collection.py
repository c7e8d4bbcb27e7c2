"""Labelled data sets, for evaluation and meta-training: pictures by class, from folders, archives and drawings."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from fewshot_gui.errors import UserError
from fewshot_gui.images.containers import Found, Listing, ReadPicture, list_folder, list_npz, list_zip
from fewshot_gui.images.scan import class_name
from fewshot_gui.images.splits import ALL, Splits, read_splits
from fewshot_gui.images.walk import natural_key
from fewshot_gui.types import Picture, Unreadable

_LAYOUT = "class/picture or group/class/picture"


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """A class: its name as in split files ("source/class" within a group), its group, its number of pictures."""

    name: str
    group: str | None
    count: int


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    group: str | None
    pictures: tuple[ReadPicture, ...]


@dataclass(frozen=True, eq=False)
class Collection:
    """Pictures by class. Immutable; pictures are read when asked for, from any thread.

    name: what the whole is called. split_name: which split this is ("all" before any). warnings: sentences for the
    person. missing: classes of the split that the data does not have.
    same_concept: groups of names of classes that show the same thing, of which an episode should hold one at most.
    top: the folder that an archive has around all its classes, which is part of no name ("" without one).
    """

    name: str
    members: tuple[_Class, ...]
    own_splits: Splits | None = None
    split_name: str = ALL
    same_concept: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    top: str = ""

    @cached_property
    def classes(self) -> tuple[ClassEntry, ...]:
        """The classes, in natural order of their names; index them for `read`."""
        return tuple(ClassEntry(c.name, c.group, len(c.pictures)) for c in self.members)

    @cached_property
    def apart(self) -> tuple[tuple[int, ...], ...]:
        """`same_concept` as indices into `classes`."""
        index = {c.name: i for i, c in enumerate(self.members)}
        return tuple(tuple(index[name] for name in group) for group in self.same_concept)

    def read(self, class_index: int, picture_index: int, at_least: int) -> Picture | Unreadable:
        """A picture of a class, both sides at least `at_least` pixels where the original's are."""
        return self.members[class_index].pictures[picture_index](at_least)

    def select(self, names: Sequence[str]) -> Collection:
        """Only the classes of these names, in their order. UserError for a name that is not there."""
        by_name = {c.name: c for c in self.members}
        for name in names:
            if name not in by_name:
                raise UserError(f"{self.name} has no class {name!r}; it has {_some(list(by_name))}.")
        return self._with(tuple(by_name[name] for name in dict.fromkeys(names)))

    def split(
        self, split_file: str | Path | None = None, split_name: str | None = None, leave_out: Sequence[str] = ()
    ) -> Collection:
        """The classes of one split. Default: vinyals_test, test or val, whichever is there first, else all classes.

        split_file: JSON with lists of class names per key; without it the data's own splits hold (.npz has some).
        leave_out: keys of lists whose classes go. UsageError for an unknown key, UserError if no class is left.
        """
        splits = read_splits(split_file) if split_file is not None else self.own_splits or Splits(self.name)
        splits = splits.within(self.top)
        chosen = splits.choose(split_name)
        gone = splits.without(leave_out)
        present = {c.name for c in self.members}
        wanted = present if chosen == ALL else set(splits.names[chosen])
        kept = tuple(c for c in self.members if c.name in wanted - gone)
        if not kept:
            have = _some([c.name for c in self.members])
            raise UserError(f"{self.name} has no class of the split {chosen!r} of {splits.origin}; it has {have}.")
        same = splits.same_concept or self.same_concept
        missing = tuple(sorted(wanted - gone - present, key=natural_key))
        return replace(self, split_name=chosen, same_concept=same, missing=missing)._with(kept)

    def sample(self, per_class: int, seed: int) -> Collection:
        """At most so many pictures of each class, drawn by the seed; a class's do not depend on the other classes."""
        return self._with(tuple(_sampled(c, per_class, seed) for c in self.members))

    def rotated(self) -> Collection:
        """Four classes for every one: as it is, and turned by 90, 180 and 270 degrees (named "X@90" and so on)."""
        turned = tuple(_turned(c, turns) for c in self.members for turns in range(4))
        same = tuple(
            tuple(_turned_name(name, turns) for name in group) for group in self.same_concept for turns in range(4)
        )
        return replace(self, members=turned, same_concept=same)

    def _with(self, members: tuple[_Class, ...]) -> Collection:
        names = {c.name for c in members}
        present = (tuple(name for name in group if name in names) for group in self.same_concept)
        return replace(self, members=members, same_concept=tuple(group for group in present if len(group) > 1))


def open_collection(paths: Sequence[str | Path]) -> Collection:
    """The data set in a folder, in one or several .zip archives (together one set), or in an .npz of drawings.

    A picture's class is the folder it lies in, "group/class" if that lies in another; what lies deeper, or beside
    pictures of a class, belongs to that class. One folder around all else in the archives is no group: it was packed
    along. UserError if there is nothing of the kind.
    """
    given = [Path(path) for path in dict.fromkeys(os.path.abspath(p) for p in paths)]
    if not given:
        raise UserError("No data was named; give a folder with one sub-folder per class, a .zip or an .npz.")
    listings = [_list(path) for path in given]
    pictures = [found for listing in listings for found in listing.pictures]
    top = _top(pictures) if all(path.suffix.lower() == ".zip" for path in given) else ()
    members, loose = _classes(pictures, len(top))
    name = _common_name([path.stem if path.is_file() else path.name for path in given])
    if not members:
        raise UserError(f"{_some([str(p) for p in given])} holds no pictures in class folders; it must hold {_LAYOUT}.")
    warnings = tuple(sentence for listing in listings for sentence in listing.warnings)
    splits, top_name = _own_splits(listings), "/".join(map(class_name, top))
    return Collection(name, members, splits, warnings=(*_loose(loose), *warnings), top=top_name)


def collection_of(name: str, pictures: Mapping[str, Sequence[ReadPicture]], warnings: Sequence[str] = ()) -> Collection:
    """A data set of pictures that are at hand by class, in the order given."""
    members = tuple(_Class(of, None, tuple(reads)) for of, reads in pictures.items())
    return Collection(name, members, warnings=tuple(warnings))


def _list(path: Path) -> Listing:
    if path.is_dir():
        return list_folder(path)
    if not path.exists():
        raise UserError(f"The data {path} does not exist.")
    if path.suffix.lower() == ".zip":
        return list_zip(path)
    if path.suffix.lower() == ".npz":
        return list_npz(path)
    raise UserError(f"{path} is no data set; give a folder with one sub-folder per class, a .zip or an .npz.")


def _own_splits(listings: Sequence[Listing]) -> Splits | None:
    own = [listing.splits for listing in listings if listing.splits]
    if own and len(listings) > 1:
        raise UserError(f"{own[0].origin} has splits of its own; it cannot be one data set with others.")
    return own[0] if own else None


def _top(pictures: Sequence[Found]) -> tuple[str, ...]:
    """The folders around all class folders, outermost first: those that all pictures share, but no picture's own."""
    filed = {found.folders for found in pictures if found.folders}
    shared = [len(set(names)) == 1 for names in zip(*filed, strict=False)]
    return next(iter(filed))[: [*shared[:-1], False].index(False)] if filed else ()


def _classes(pictures: Sequence[Found], above: int) -> tuple[tuple[_Class, ...], int]:
    """The classes in natural order, and how many pictures lie in no folder. above: folders around all, to leave out."""
    direct = {found.folders[above] for found in pictures if len(found.folders) == above + 1}
    by_class: dict[tuple[str, ...], list[ReadPicture]] = {}
    loose = 0
    for found in pictures:
        folders = found.folders[above:]
        if folders:
            depth = 1 if folders[0] in direct else 2
            by_class.setdefault(tuple(map(class_name, folders[:depth])), []).append(found.read)
        else:
            loose += 1
    classes = [_Class("/".join(f), f[0] if len(f) > 1 else None, tuple(reads)) for f, reads in by_class.items()]
    return tuple(sorted(classes, key=lambda c: [natural_key(part) for part in c.name.split("/")])), loose


def _loose(loose: int) -> tuple[str, ...]:
    many = (
        "1 picture lies in no class folder and is" if loose == 1 else f"{loose} pictures lie in no class folder and are"
    )
    return (f"{many} left out.",) if loose else ()


def _common_name(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    same = [a == b for a, b in zip(first, last, strict=False)] + [False]
    common = first[: same.index(False)]
    return (common if first == last else common.rstrip("-_. ")) or " + ".join(names)


def _sampled(entry: _Class, count: int, seed: int) -> _Class:
    order = np.random.default_rng([seed, zlib.crc32(entry.name.encode())]).permutation(len(entry.pictures))
    return replace(entry, pictures=tuple(entry.pictures[place] for place in sorted(order[:count].tolist())))


def _turned_name(name: str, turns: int) -> str:
    return f"{name}@{90 * turns}" if turns else name


def _turned(entry: _Class, turns: int) -> _Class:
    if not turns:
        return entry
    pictures = tuple(partial(_read_turned, read, turns) for read in entry.pictures)
    return _Class(_turned_name(entry.name, turns), entry.group, pictures)


def _read_turned(read: ReadPicture, turns: int, at_least: int) -> Picture | Unreadable:
    """The picture turned counter-clockwise; another content than the upright one, so that caches keep them apart."""
    picture = read(at_least)
    if isinstance(picture, Unreadable):
        return picture
    content = hashlib.blake2b(f"{picture.content}@{90 * turns}".encode(), digest_size=16).hexdigest()
    return Picture(np.ascontiguousarray(np.rot90(picture.pixels, turns)), content)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown

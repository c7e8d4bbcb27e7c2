"""Training pictures in memory: decoded once, kept as one uint8 tensor, because decoding costs more than training."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UserError
from fewshot_gui.types import Picture, Unreadable


class LabelledClass(Protocol):
    """A class of a data set: its name as in the split file, and how many pictures it has."""

    @property
    def name(self) -> str: ...
    @property
    def count(self) -> int: ...


class LabelledPictures(Protocol):
    """A data set on disk, as the engine is handed one."""

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> Sequence[LabelledClass]: ...
    @property
    def same_concept(self) -> Sequence[Sequence[str]]: ...
    def read(self, class_index: int, picture_index: int, at_least: int) -> Picture | Unreadable: ...


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures in memory, class by class in the order of the table.

    tensor: [n, C, S, S] uint8 as `Preprocessing.resize` gives them (drawings are ink). table: counts, sources as
    groups, and classes that show the same thing as sets apart. unreadable: how many pictures were skipped.
    """

    tensor: Tensor
    table: ClassTable
    class_names: tuple[str, ...]
    unreadable: int = 0

    def __len__(self) -> int:
        return len(self.tensor)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources, sorted."""
        return tuple(sorted({str(group) for group in self.table.groups}))

    def to(self, device: torch.device) -> Pictures:
        """The same with the tensor on a device."""
        return replace(self, tensor=self.tensor.to(device))


def load(
    data: LabelledPictures,
    preprocessing: Preprocessing,
    *,
    source: str = "",
    per_class: int = 0,
    rotations: bool = False,
) -> Pictures:
    """All pictures of a data set at the preprocessing's size; the options are those of `recipe.DataSet`.

    Unreadable pictures are skipped and counted; a class without any is left out. UserError if nothing is left.
    """
    places = [(c, p) for c, entry in enumerate(data.classes) for p in _spread(entry.count, per_class)]
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda place: _read(data, place, preprocessing), places))
    kept = [(place, row) for place, row in zip(places, rows, strict=True) if row is not None]
    if not kept:
        raise UserError(f"{data.name} holds no picture that can be read; name another data set.")
    labels = np.array([c for (c, _), _ in kept])
    present, counts = np.unique(labels, return_counts=True)
    names = tuple(data.classes[c].name for c in present)
    table = ClassTable(
        counts=tuple(int(n) for n in counts),
        groups=tuple(_source_of(name, source, data.name) for name in names),
        apart=_apart(data.same_concept, names),
        name=data.name,
    )
    pictures = Pictures(torch.stack([row for _, row in kept]), table, names, len(rows) - len(kept))
    return rotated(pictures) if rotations else pictures


def _spread(count: int, most: int) -> list[int]:
    """Up to `most` of the numbers below count (all of them for 0), evenly spread."""
    if not most or count <= most:
        return list(range(count))
    return [int(i) for i in np.linspace(0, count - 1, most).round()]


def _read(data: LabelledPictures, place: tuple[int, int], preprocessing: Preprocessing) -> Tensor | None:
    picture = data.read(*place, preprocessing.at_least)
    return None if isinstance(picture, Unreadable) else preprocessing.resize(picture.pixels)


def _source_of(class_name: str, pattern: str, whole: str) -> str:
    """The part of a class's name that the pattern finds, or the data set's name."""
    found = re.search(pattern, class_name) if pattern else None
    return found.group(0) if found else whole


def _apart(same_concept: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    index = {name: i for i, name in enumerate(names)}
    sets = (tuple(index[name] for name in group if name in index) for group in same_concept)
    return tuple(group for group in sets if len(group) > 1)


def rotated(pictures: Pictures) -> Pictures:
    """Four times the classes: each as it is and turned by 90, 180 and 270 degrees (`NAME@90` ...)."""
    n = len(pictures.class_names)
    turned = [torch.rot90(pictures.tensor, quarter, (2, 3)) for quarter in range(4)]
    names = [f"{name}@{90 * quarter}" if quarter else name for quarter in range(4) for name in pictures.class_names]
    apart = [tuple(c + quarter * n for c in group) for quarter in range(4) for group in pictures.table.apart]
    table = replace(
        pictures.table, counts=pictures.table.counts * 4, groups=pictures.table.groups * 4, apart=tuple(apart)
    )
    return Pictures(torch.cat(turned), table, tuple(names), pictures.unreadable)


def join(parts: Sequence[Pictures]) -> Pictures:
    """Several data sets as one."""
    if len(parts) == 1:
        return parts[0]
    apart, first = [], 0
    for part in parts:
        apart += [tuple(c + first for c in group) for group in part.table.apart]
        first += len(part.class_names)
    table = ClassTable(
        counts=sum((part.table.counts for part in parts), ()),
        groups=sum((part.table.groups for part in parts), ()),
        apart=tuple(apart),
        name=" + ".join(part.table.name for part in parts),
    )
    names = sum((part.class_names for part in parts), ())
    return Pictures(torch.cat([part.tensor for part in parts]), table, names, sum(part.unreadable for part in parts))

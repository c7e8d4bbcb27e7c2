"""A labelled data set as the engine measures on it: embedded once, picture by picture in the order of its classes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import copies, embed
from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.shown import Copies
from fewshot_gui.errors import UserError
from fewshot_gui.images.collection import Collection
from fewshot_gui.jobs.events import Step
from fewshot_gui.types import Picture, Unreadable

_ROTATIONS = ("@90", "@180", "@270")  # what Collection.rotated adds to a class's name
_NAMED = 3  # examples in a message

Shown = Callable[[ClassTable], tuple[np.ndarray, int]]  # the pictures that need copies [n] bool, copies of each


def refuse_seen(collection: Collection, model: Model, why_and_cure: str) -> None:
    """UserError if the model was trained on classes of the collection, turned ones included."""
    both = seen(collection, model)
    if both:
        names = {_upright(entry.name) for entry in collection.classes}
        examples = ", ".join(both[:_NAMED]) + (", ..." if len(both) > _NAMED else "")
        raise UserError(
            f"{model.name} was trained on {len(both)} of these {len(names)} classes ({examples}), so {why_and_cure}"
        )


def seen(collection: Collection, model: Model) -> list[str]:
    """The upright classes of the collection that the model was trained on, sorted."""
    trained = {_upright(name) for name in model.config.training_classes}
    names = {_upright(entry.name) for entry in collection.classes}
    return sorted(name for name in names if {name, f"{collection.top}/{name}"} & trained)


def _upright(name: str) -> str:
    """The class's name without the turn that Collection.rotated added."""
    for turn in _ROTATIONS:
        name = name.removesuffix(turn)
    return name


def missing(collection: Collection) -> list[str]:
    """A sentence if classes of the split are not in the data."""
    if not collection.missing:
        return []
    names = ", ".join(collection.missing[:_NAMED]) + (", ..." if len(collection.missing) > _NAMED else "")
    return [f"{len(collection.missing)} classes of the split {collection.split_name} are not in the data: {names}."]


def table_of(collection: Collection, counts: list[int] | None = None) -> ClassTable:
    """The table episodes are drawn from; counts: usable pictures per class, if not all are."""
    entries = collection.classes
    return ClassTable(
        counts=tuple(counts or [entry.count for entry in entries]),
        groups=tuple(entry.group for entry in entries),
        name=collection.name,
    )


class _AllPictures:
    """The collection as one row of pictures, class by class: what the engine reads (types.PictureSource)."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.where = [(c, p) for c, entry in enumerate(collection.classes) for p in range(entry.count)]

    def __len__(self) -> int:
        return len(self.where)

    def read(self, index: int, at_least: int) -> Picture | Unreadable:
        return self._collection.read(*self.where[index], at_least)


class _Some:
    """Some pictures of a source, by their indices."""

    def __init__(self, source: _AllPictures, indices: Sequence[int]) -> None:
        self._source, self._indices = source, indices

    def __len__(self) -> int:
        return len(self._indices)

    def read(self, index: int, at_least: int) -> Picture | Unreadable:
        return self._source.read(self._indices[index], at_least)


def embedded(
    collection: Collection, model: Model, heard: list[str], *, pixels: bool = False, shown: Shown | None = None
) -> Generator[Step, None, Data]:
    """Yields progress; returns the pictures that could be read, with pixels if they are needed.

    heard: sentences for the person are added to it. shown: which pictures need copies, None: none do.
    """
    source = _AllPictures(collection)
    embeddings = torch.zeros(len(source), len(model.base_mean))
    bad = yield from _fill(embeddings, "embedding", embed.embed_stream(model, source, tell=heard.append), model.name)
    pictures = None
    if pixels:
        preprocessing = model.adaptation.preprocessing
        pictures = _blank(len(source), preprocessing)
        raw = embed.stream(source, preprocessing, _as_they_are, torch.device("cpu"), tell=heard.append)
        bad.update((yield from _fill(pictures, "reading pictures", raw, model.name)))
    good = torch.tensor([index not in bad for index in range(len(source))])
    if bad:
        heard.append(_left_out(bad))
        embeddings = embeddings[good]
        pictures = None if pictures is None else pictures[good]
    counts = [0] * len(collection.classes)
    for index, (c, _) in enumerate(source.where):
        counts[c] += index not in bad
    table = table_of(collection, counts)
    copied = None if shown is None else (yield from _copied(model, source, good, *shown(table), heard))
    return Data(table, embeddings.to(model.device), pictures, copied)


def _copied(
    model: Model, source: _AllPictures, good: Tensor, wanted: np.ndarray, count: int, heard: list[str]
) -> Generator[Step, None, Copies | None]:
    """`count` copies of the wanted [n] bool among the good ones. UserError if one cannot be read any more."""
    if not count:
        return None
    found = Copies.blank(wanted, count, len(model.base_mean))
    some = _Some(source, good.nonzero()[:, 0][torch.from_numpy(wanted)].tolist())
    stream = copies.embed_copies(model, some, count, tell=heard.append)
    bad = yield from _fill(found.rows, "embedding copies", stream, model.name)
    for gone in bad.values():
        raise UserError(f"{gone.path} {gone.reason}, and could be read before: start again.")
    return found


def _fill(
    rows: Tensor, what: str, stream: Iterator[embed.Embedded], model: str
) -> Generator[Step, None, dict[int, Unreadable]]:
    """Writes a stream's rows to their places; returns what could not be read: index -> Unreadable."""
    bad: dict[int, Unreadable] = {}
    for part in stream:
        if part.readable:
            if part.rows.shape[1:] != rows.shape[1:]:
                raise UserError(f"{model} gives embeddings of another size at this input size; leave --size out.")
            rows[[part.start + place for place in part.readable]] = part.rows.to(rows.dtype)
        bad.update({part.start + place: why for place, why in part.unreadable.items()})
        yield Step(what, (part.start + len(part)) / len(rows))
    return bad


def _blank(n: int, preprocessing: Preprocessing) -> Tensor:
    return torch.empty(n, preprocessing.channels, preprocessing.size, preprocessing.size, dtype=torch.uint8)


def _as_they_are(pictures: Tensor, _: torch.device) -> Tensor:
    return pictures


def _left_out(bad: Mapping[int, Unreadable]) -> str:
    first = bad[min(bad)]
    pictures = "1 picture was left out, it" if len(bad) == 1 else f"{len(bad)} pictures were left out, they"
    return f"{pictures} could not be read (first: {first.path}: {first.reason})."

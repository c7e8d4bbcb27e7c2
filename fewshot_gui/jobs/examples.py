"""A window's examples as a support set: each is read and embedded once, whatever classes it is moved through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import numpy as np
import torch

from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UserError
from fewshot_gui.images import crop
from fewshot_gui.jobs.bench import BenchExample, Examples, Workbench
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.pictures import embedded
from fewshot_gui.jobs.support import SupportPictures, warn_of_oddities
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.types import ImageRef, Unreadable


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """A project's examples, to be adapted to. class_names, ids: all of its classes, in order."""

    examples: tuple[BenchExample, ...]
    class_names: tuple[str, ...]
    ids: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """What became of the examples, by their place. rows: (content hash, [D] float16); unreadable: why not."""

    rows: dict[int, tuple[str, np.ndarray]] = field(default_factory=dict)
    unreadable: dict[int, Unreadable] = field(default_factory=dict)


def embed_examples(
    bench: Workbench, model: Model, examples: Sequence[BenchExample], told: Told
) -> Generator[Step | Warned, None, Found]:
    """The examples' embeddings. One whose content is known and was embedded before needs no file any more."""
    found = Found()
    for place, example in enumerate(examples):
        if (row := _remembered(bench, example)) is not None:
            found.rows[place] = (example.content or "", row)
    missing = [place for place in range(len(examples)) if place not in found.rows]
    refs = [ImageRef(examples[place].path) for place in missing]
    crops = [examples[place].crop for place in missing]
    chunks = embedded(model, refs, bench.cache, told, crops)
    with closing(chunks):
        for chunk in chunks if missing else ():
            for offset, row in zip(chunk.readable, chunk.rows.numpy(), strict=True):
                place = missing[chunk.start + offset]
                found.rows[place] = (chunk.contents[offset] or "", row)
            for offset, unreadable in chunk.unreadable.items():
                found.unreadable[missing[chunk.start + offset]] = unreadable
            yield Step("Reading the example pictures", (chunk.start + len(chunk)) / len(missing))
            yield from told.news()
    _remember(bench, model, examples, found)
    return found


def support_of(
    examples: Sequence[BenchExample], class_names: Sequence[str], ids: Sequence[int], found: Found, told: Told
) -> Examples | None:
    """The support set of the classes that have a readable example; None if none has. told hears what is odd."""
    places = sorted(found.rows)
    filled = sorted({examples[place].class_index for place in places})
    if not filled:
        return None
    label_of = {index: label for label, index in enumerate(filled)}
    refs = tuple(ImageRef(examples[p].path, class_names[examples[p].class_index]) for p in places)
    rows = np.stack([found.rows[place][1] for place in places])
    pictures = SupportPictures(
        refs,
        tuple(found.rows[place][0] for place in places),
        tuple(class_names[index] for index in filled),
        torch.tensor([label_of[examples[place].class_index] for place in places]),
        torch.from_numpy(rows),
        tuple(examples[place].crop for place in places),
    )
    # Two crops of one photograph may well be of two classes: they are not the same picture.
    shown = [crop.key(content, box) for content, box in zip(pictures.contents, pictures.crops, strict=True)]
    unreadable = [found.unreadable[place] for place in sorted(found.unreadable)]
    warn_of_oddities(pictures.class_names, refs, shown, unreadable, told)
    _warn_of_emptied(examples, class_names, set(filled), told)
    example_ids = tuple(examples[place].id for place in places)
    return Examples(pictures, example_ids, tuple(ids[index] for index in filled))


def embed_set(
    model: Model, wanted: ExampleSet, cache: EmbeddingCache | None, told: Told
) -> Generator[Step | Warned, None, SupportPictures]:
    """The support set of a project, made as a window makes it. UserError if no class has a readable example."""
    bench = Workbench()
    bench.use_model(model, "", cache, ExitStack())
    found = yield from embed_examples(bench, model, wanted.examples, told)
    support = support_of(wanted.examples, wanted.class_names, wanted.ids, found, told)
    yield from told.news()
    if support is None:
        why = next((f" ({one.path} {one.reason})" for one in found.unreadable.values()), "")
        raise UserError(f"The project has no class with a readable example{why}: add some to it in the window.")
    return support.pictures


def contents_of(examples: Sequence[BenchExample], found: Found) -> Mapping[int, str]:
    """Example id -> content hash, of those that could be read."""
    return {examples[place].id: content for place, (content, _) in found.rows.items()}


def reasons_of(examples: Sequence[BenchExample], found: Found) -> Mapping[int, str]:
    """Example id -> why it could not be used."""
    return {examples[place].id: unreadable.reason for place, unreadable in found.unreadable.items()}


def _remembered(bench: Workbench, example: BenchExample) -> np.ndarray | None:
    if example.content is None:
        return None
    row = bench.example_rows.get((example.content, example.crop))
    if row is None and (cache := bench.cache) is not None:
        row = cache.vector(crop.key(example.content, example.crop))
    return row


def _remember(bench: Workbench, model: Model, examples: Sequence[BenchExample], found: Found) -> None:
    with bench.lock:
        if bench.model is model:
            for place, (content, row) in found.rows.items():
                bench.example_rows[(content, examples[place].crop)] = row


def _warn_of_emptied(
    examples: Sequence[BenchExample], class_names: Sequence[str], filled: set[int], told: Told
) -> None:
    """A class that has examples, none of which can be read, is missed; one that is still empty is not."""
    had = Counter(example.class_index for example in examples)
    for index in sorted(set(had) - filled):
        told(f"No example of the class {class_names[index]!r} can be read: it is left out until it has one.")

"""Augmented shots of pictures on disk: the copies' embeddings are read from the cache, or made once and kept there."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import copies
from fewshot_gui.engine.device import Tell
from fewshot_gui.engine.model import Model
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.pictures import FileSource
from fewshot_gui.jobs.support import SupportPictures
from fewshot_gui.project.cache import EmbeddingCache

LOOKING = "Looking at the examples more closely"


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """Copies that were just embedded. rows: key of the picture -> [k, D] float16; share: done of all, 0-1."""

    rows: Mapping[str, Tensor]
    share: float


def with_copies(
    model: Model, support: SupportPictures, wanted: int, cache: EmbeddingCache | None, told: Told
) -> Generator[Step | Warned, None, SupportPictures]:
    """The support with up to `wanted` copies of each picture (copies.usable): its own, cached ones, or new ones.

    A picture that cannot be read again, or has changed since, stays without; told hears of it.
    """
    count = copies.usable(wanted, len(support.keys))
    known = dict(support.copies) | cached(support, count, cache)
    missing = without(support, known, count)
    for part in made(model, support, missing, count, cache, told):
        known |= part.rows
        yield Step(LOOKING, part.share)
        yield from told.news()
    if left := len(without(support, known, count)):
        these = "1 example, as its file is" if left == 1 else f"{left} examples, as their files are"
        told(f"No copies could be made of {these} gone or changed: what was read before counts alone.")
        yield from told.news()
    return replace(support, copies=known)


def cached(support: SupportPictures, count: int, cache: EmbeddingCache | None) -> dict[str, Tensor]:
    """Of the pictures that have no `count` copies yet, those the cache has: key -> [count, D] float16."""
    found: dict[str, Tensor] = {}
    for place in without(support, support.copies, count) if cache is not None else ():
        key = support.keys[place]
        rows = [cache.vector(copies.key(key, number)) for number in range(count)]
        whole = [row for row in rows if row is not None]
        if len(whole) == count:
            found[key] = torch.from_numpy(np.stack(whole))
    return found


def without(support: SupportPictures, known: Mapping[str, Tensor], count: int) -> list[int]:
    """Places of the pictures of which fewer than `count` copies are known, each picture once."""
    first = {key: place for place, key in reversed(list(enumerate(support.keys)))}
    return sorted(place for key, place in first.items() if count and (key not in known or len(known[key]) < count))


def made(
    model: Model,
    support: SupportPictures,
    places: Sequence[int],
    count: int,
    cache: EmbeddingCache | None,
    tell: Tell,
) -> Generator[Made, None, None]:
    """Embeds `count` copies of the pictures at these places, and hands them to the cache.

    What cannot be read any more, or is another picture by now, is left out.
    """
    if not places:
        return
    crops = [support.crops[place] for place in places] if support.crops else ()
    source = FileSource([support.refs[place] for place in places], crops)
    with closing(copies.embed_copies(model, source, count, tell=tell)) as chunks:
        for chunk in chunks:
            rows: dict[str, Tensor] = {}
            for offset, row in zip(chunk.readable, chunk.rows, strict=True):
                place = places[chunk.start + offset]
                if chunk.contents[offset] == support.contents[place]:
                    rows[support.keys[place]] = row
            _remember(cache, rows)
            yield Made(rows, (chunk.start + len(chunk)) / len(places))
    if cache is not None:
        cache.flush()


def _remember(cache: EmbeddingCache | None, rows: Mapping[str, Tensor]) -> None:
    for key, several in rows.items() if cache is not None else ():
        for number, row in enumerate(several.numpy()):
            cache.add(None, copies.key(key, number), row)

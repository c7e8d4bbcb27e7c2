"""Pictures on disk as the engine's sources, with and without the embedding cache."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import numpy as np

from fewshot_gui import paths
from fewshot_gui.engine.device import Tell
from fewshot_gui.engine.embed import Embedded, Known, embed_stream
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.speed import Meter
from fewshot_gui.images import crop, decode
from fewshot_gui.images.crop import Box
from fewshot_gui.jobs.speeds import note_run
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.project.cache_store import FileKey, Hit
from fewshot_gui.types import ImageRef, Picture, Unreadable

_BLOCK = 256  # pictures looked up in the cache at once
_BLOCKS = 16  # blocks kept: more than are ever under way


class FileSource:
    """Pictures by their paths; crops: the part of each that counts, None for all of it (empty: of all, all)."""

    def __init__(self, refs: Sequence[ImageRef], crops: Sequence[Box | None] = ()) -> None:
        self._refs = refs
        self._crops = crops or (None,) * len(refs)

    def __len__(self) -> int:
        return len(self._refs)

    def read(self, index: int, at_least: int) -> Picture | Unreadable:
        """See types.PictureSource."""
        path, box = self._refs[index].path, self._crops[index]
        return decode.read(path, at_least) if box is None else crop.read(path, at_least, box)


class CachedSource:
    """Pictures by their paths, or their embeddings where the cache has them; `store` tells the cache the others."""

    def __init__(self, refs: Sequence[ImageRef], cache: EmbeddingCache, crops: Sequence[Box | None] = ()) -> None:
        self._refs = refs
        self._crops = crops or (None,) * len(refs)
        self._files = FileSource(refs, crops)
        self._cache = cache
        self._block = lru_cache(_BLOCKS)(self._look_up)
        self._read: dict[int, FileKey | None] = {}  # pictures that were read and are not stored yet

    def __len__(self) -> int:
        return len(self._refs)

    def read(self, index: int, at_least: int) -> Picture | Unreadable | Known:
        """See engine.embed.Source."""
        key, hit = self._block(index // _BLOCK)[index % _BLOCK]
        if hit is not None and (vector := self._vector(index, hit)) is not None:
            return Known(hit.content, vector)
        found = self._files.read(index, at_least)
        if isinstance(found, Unreadable):
            return found
        self._read[index] = key
        vector = self._cache.vector(crop.key(found.content, self._crops[index]))  # renamed or moved, perhaps
        return found if vector is None else Known(found.content, vector)

    def store(self, embedded: Embedded) -> None:
        """Hands those of the chunk's pictures that were read from disk to the cache."""
        for place, row in zip(embedded.readable, embedded.rows, strict=True):
            index, content = embedded.start + place, embedded.contents[place]
            if index in self._read and content is not None:
                remember(self._cache, self._read.pop(index), content, self._crops[index], row.numpy())

    def _vector(self, index: int, hit: Hit) -> np.ndarray | None:
        box = self._crops[index]
        return hit.vector if box is None else self._cache.vector(crop.key(hit.content, box))

    def _look_up(self, block: int) -> list[tuple[FileKey | None, Hit | None]]:
        keys = [FileKey.of(ref.path) for ref in self._refs[block * _BLOCK : (block + 1) * _BLOCK]]
        return list(zip(keys, self._cache.find(keys), strict=True))


def remember(cache: EmbeddingCache, key: FileKey | None, content: str, box: Box | None, row: np.ndarray) -> None:
    """Hands a picture's embedding [D] float16 to the cache; that of a crop is no embedding of its file."""
    cache.add(key, content, row if box is None else None)
    if box is not None:
        cache.add(None, crop.key(content, box), row)


def embedded(
    model: Model,
    refs: Sequence[ImageRef],
    cache: EmbeddingCache | None,
    tell: Tell,
    crops: Sequence[Box | None] = (),
) -> Generator[Embedded, None, None]:
    """The pictures' embeddings in order, float16; from the cache where it has them, which learns the others.

    crops: the part of each that counts, None for all of it. contents are those of whole files all the same.
    """
    meter = Meter(model.device)
    if cache is None:
        yield from embed_stream(model, FileSource(refs, crops), tell=tell, timed=meter)
    else:
        source = CachedSource(refs, cache, crops)
        for chunk in embed_stream(model, source, tell=tell, timed=meter):
            source.store(chunk)
            yield chunk
        cache.flush()
    note_run(model, meter)


@contextmanager
def opened_cache(model: Model, wanted: bool, tell: Tell) -> Iterator[EmbeddingCache | None]:
    """The cache of this model's embeddings; None if it is not wanted or there is no place for it."""
    folder = None
    if wanted:
        try:
            folder = paths.cache_folder() / "embeddings"
        except ModuleNotFoundError:
            tell("Embeddings are not cached, because platformdirs is not installed and FEWSHOT_GUI_CACHE is not set.")
    if folder is None:
        yield None
        return
    with EmbeddingCache(
        folder,
        weights=model.weights_hash,
        preprocessing=model.config.preprocessing.id,
        dimension=model.config.embedding_size,
        tell=tell,
    ) as cache:
        yield cache

"""Pictures in, embeddings out: a stream in input order, with bounded memory, as fast as the cores allow.

On a CPU decoding and the forward pass share the cores. So there is no queue and no hand-off: each of C threads (as
many as torch would use) takes the next chunk, decodes it and runs the forward pass itself on one core. On a GPU the
threads decode and the caller's thread runs the forward pass. Chunks start with one picture, for an early first
answer, and depend on the source's length alone, never on timing: the same run gives the same numbers.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine.device import MemoryGuard, Tell, full_chunk, tell_nobody
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.threads import single_core_pool
from fewshot_gui.types import Picture, Unreadable

Forward = Callable[[Tensor, torch.device], Tensor]  # [n, C, S, S] uint8 -> [n, F], on that device
Prepare = Callable[[Picture], Tensor]  # a decoded picture -> what forward is given of it
Timed = Callable[[int, float], None]  # hears, from any thread: pictures, and seconds of all cores they took

_AHEAD = 2  # chunks under way beyond one per thread, so that a slow picture does not hold up the others


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """A picture whose row is known already, from a cache: it costs no decoding and no forward pass.

    row: [F] in the precision of the stream, float16 for `embed_stream`.
    """

    content: str
    row: np.ndarray


class Source(Protocol):
    """Where pictures come from (types.PictureSource), read from any thread; may know some rows already."""

    def __len__(self) -> int: ...

    def read(self, index: int, at_least: int) -> Picture | Unreadable | Known:
        """One picture; see PictureSource.read."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Embedded:
    """Consecutive pictures of a source.

    start: index of the first one in the source.
    contents: content hash per picture, None where it could not be read.
    readable: places in this chunk (0 = the first picture) of the pictures that have a row.
    rows: [len(readable), F] on the CPU: embeddings, or what the stream's forward gave; [0, 0] if none is readable.
    unreadable: place in this chunk -> why.
    """

    start: int
    contents: tuple[str | None, ...]
    readable: tuple[int, ...]
    rows: Tensor
    unreadable: Mapping[int, Unreadable]

    def __len__(self) -> int:
        return len(self.contents)


def _time_nobody(pictures: int, seconds: float) -> None:
    """The default Timed."""


def embed_stream(
    model: Model, source: Source, *, tell: Tell = tell_nobody, timed: Timed = _time_nobody
) -> Generator[Embedded, None, None]:
    """The model's embeddings [n, D], rounded to float16 so that cached and fresh ones are the same numbers.

    Closing the generator ends the work after the pictures that are being decoded, and joins the threads.
    UserError if not even one picture fits into memory; tell hears when smaller batches or the CPU have to do.
    """
    return stream(source, model.config.preprocessing, embedder(model), model.device, tell=tell, timed=timed)


def embedder(model: Model) -> Forward:
    """[n, C, S, S] uint8 -> the model's embeddings [n, D] float16, on whichever device."""
    models = {model.device: model}

    def forward(pictures: Tensor, device: torch.device) -> Tensor:
        if device not in models:
            models[device] = model.to(device)
        return models[device].embed(pictures).half()

    return forward


def stream(
    source: Source,
    preprocessing: Preprocessing,
    forward: Forward,
    device: torch.device,
    *,
    tell: Tell = tell_nobody,
    timed: Timed = _time_nobody,
    prepare: Prepare | None = None,
    inputs: int = 1,
) -> Generator[Embedded, None, None]:
    """What forward gives for every picture of the source, in its order; forward must be safe to call from threads.

    prepare: what is done with a decoded picture, resizing it unless given; inputs: how many are made of each by it.
    """
    guard = MemoryGuard(device, tell)
    on_cpu = device.type == "cpu"

    def finish(read: _Read) -> Embedded:
        if read.pictures is None:
            return read.finished(None)
        began = time.perf_counter()
        rows = guard.run(forward, read.pictures)
        if guard.device == device:  # not where memory did not suffice
            timed(len(rows), (time.perf_counter() - began) / (threads if on_cpu else 1))
        return read.finished(rows)

    def work(chunk: range) -> _Read | Embedded:
        read = _read(source, chunk, preprocessing.at_least, prepare or _resized, stop)
        return finish(read) if on_cpu else read

    def _resized(picture: Picture) -> Tensor:
        return preprocessing.resize(picture.pixels)

    stop, most = threading.Event(), max(1, full_chunk(device) // inputs)
    with single_core_pool() as (pool, threads):
        chunks = iter(chunk_ranges(len(source), threads, most))
        under_way: deque[Future] = deque()
        try:
            while True:
                while len(under_way) < threads + _AHEAD and (chunk := next(chunks, None)) is not None:
                    under_way.append(pool.submit(work, chunk))
                if not under_way:
                    return
                done = under_way.popleft().result()
                yield done if isinstance(done, Embedded) else finish(done)
        finally:
            stop.set()


def chunk_ranges(n: int, threads: int, most: int) -> Iterator[range]:
    """Cuts 0..n-1 into consecutive chunks: small at first and, so that no thread waits long, at the end."""
    start, count = 0, 0
    while start < n:
        grown = 2 ** min(count // threads, most.bit_length())
        fair = -(-(n - start) // (2 * threads))
        size = min(grown, most, fair)
        yield range(start, start + size)
        start, count = start + size, count + 1


@dataclass(frozen=True, eq=False, slots=True)
class _Read:
    """A chunk between decoding and the forward pass. fresh: places of `pictures`; known: place -> row."""

    start: int
    contents: tuple[str | None, ...]
    pictures: Tensor | None
    fresh: tuple[int, ...]
    known: Mapping[int, np.ndarray]
    unreadable: Mapping[int, Unreadable]

    def finished(self, fresh_rows: Tensor | None) -> Embedded:
        rows: dict[int, Tensor] = {place: torch.from_numpy(row) for place, row in self.known.items()}
        if fresh_rows is not None:
            rows.update(zip(self.fresh, fresh_rows, strict=True))
        readable = tuple(sorted(rows))
        stacked = torch.stack([rows[place] for place in readable]) if readable else torch.empty(0, 0)
        return Embedded(self.start, self.contents, readable, stacked, self.unreadable)


def _read(source: Source, chunk: range, at_least: int, prepare: Prepare, stop: threading.Event) -> _Read:
    contents: list[str | None] = []
    pictures: dict[int, Tensor] = {}
    known: dict[int, np.ndarray] = {}
    unreadable: dict[int, Unreadable] = {}
    for place, index in enumerate(chunk):
        if stop.is_set():
            break
        found = source.read(index, at_least)
        contents.append(None if isinstance(found, Unreadable) else found.content)
        if isinstance(found, Unreadable):
            unreadable[place] = found
        elif isinstance(found, Known):
            known[place] = found.row
        else:
            pictures[place] = prepare(found)
    stacked = torch.stack(list(pictures.values())) if pictures else None
    return _Read(chunk.start, tuple(contents), stacked, tuple(pictures), known, unreadable)

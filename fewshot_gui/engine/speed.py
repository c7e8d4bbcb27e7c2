"""How many pictures a second a model embeds here, decoding excluded: of random ones, or as a run went."""

from __future__ import annotations

import threading
import time

import torch
from torch import Tensor

from fewshot_gui.engine.device import full_chunk
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.threads import single_core_pool

SECONDS = 1.5  # that passes of random pictures take, beside two passes of one to know how many go at once
_ENOUGH = 1.0  # seconds of passes on all cores from which a run tells a speed


def measured(model: Model, seconds: float = SECONDS) -> float:
    """Pictures per second of random pictures, in batches as `embed_stream` makes them, on all its threads.

    It takes twice `seconds` at most, unless a single picture takes longer than a quarter of that.
    """
    most = full_chunk(model.device)
    if model.device.type != "cpu":
        return _rate(model, most, seconds)
    with single_core_pool() as (pool, threads):
        return sum(pool.map(lambda _: _rate(model, most, seconds), range(threads)))


def _rate(model: Model, most: int, seconds: float) -> float:
    """Pictures per second of passes one after the other."""
    preprocessing = model.config.preprocessing
    one = torch.randint(0, 256, (1, preprocessing.channels, preprocessing.size, preprocessing.size), dtype=torch.uint8)
    _pass(model, one)  # the first one also asks for memory and chooses algorithms
    each = _pass(model, one)
    batch = one.expand(max(1, min(most, int(seconds / 2 / each))), -1, -1, -1).contiguous()
    done, passed = 0, 0.0
    while passed < seconds:
        passed += _pass(model, batch)
        done += len(batch)
    return done / passed


def _pass(model: Model, pictures: Tensor) -> float:
    """Seconds until the embeddings of a batch are on the CPU."""
    began = time.perf_counter()
    model.embed(pictures).cpu()
    return time.perf_counter() - began


class Meter:
    """Hears of a run's passes (embed.Timed), from any thread: those of whole chunks tell how fast it was."""

    def __init__(self, device: torch.device) -> None:
        self._full = full_chunk(device)
        self._lock = threading.Lock()
        self._pictures, self._seconds = 0, 0.0

    def __call__(self, pictures: int, seconds: float) -> None:
        if pictures >= self._full:
            with self._lock:
                self._pictures += pictures
                self._seconds += seconds

    @property
    def per_second(self) -> float | None:
        """Pictures per second; None if too few were embedded to say."""
        return self._pictures / self._seconds if self._seconds >= _ENOUGH else None

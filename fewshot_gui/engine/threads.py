"""How many cores an operation of torch uses. torch.set_num_threads acts on the calling thread, and sets the default of
threads that are yet to make their first call of torch: so the default is put back as soon as can be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

_changing = threading.Lock()


@contextmanager
def one_core() -> Iterator[None]:
    """Many small operations of the calling thread on one core: where the others are busy with something else, waiting
    for them at each operation's end costs up to thirty times the operation itself."""
    with _changing:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _changing:
            torch.set_num_threads(threads)


@contextmanager
def single_core_pool() -> Iterator[tuple[ThreadPoolExecutor, int]]:
    """(pool, threads): as many threads as torch uses cores here, each of which uses one core for its operations.

    The caller's own number never changes. Leaving drops what has not begun and waits for what has.
    """
    with _changing:
        threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="embed")
    started = threading.Barrier(threads + 1)

    def start() -> None:
        torch.get_num_threads()  # a thread's first call takes over the default: let that be behind us
        torch.set_num_threads(1)
        started.wait()

    try:
        with _changing:
            try:
                for _ in range(threads):
                    pool.submit(start)
                started.wait()
            finally:
                torch.set_num_threads(threads)
        yield pool, threads
    finally:
        started.abort()  # a signal may have interrupted the start: then its threads wait here for good
        pool.shutdown(wait=True, cancel_futures=True)

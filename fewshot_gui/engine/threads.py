"""How many cores an operation of torch uses. torch.set_num_threads acts on the calling thread, and sets the default of
threads that are yet to make their first call of torch: so the default is put back as soon as can be.

A thread that has used several cores once keeps the others of its team until it ends. With more of those about than
there are cores, OpenMP lets them sleep between two operations, and each operation then begins by waking them: training
took 1.2 to 1.7 times as long because another thread had once stacked pictures. So what is done beside a thread that
adapts a backbone is done on one core.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

_SMALL = 2_000_000  # numbers
_changing = threading.Lock()


@contextmanager
def one_core() -> Iterator[None]:
    """Many small operations of the calling thread on one core: where the others are busy with something else, waiting
    for them at each operation's end costs up to thirty times the operation itself. Threads begun meanwhile use all."""
    threads = torch.get_num_threads()
    if threads == 1:
        yield
        return
    with _changing:
        torch.set_num_threads(1)
        default = threading.Thread(target=torch.set_num_threads, args=(threads,))  # its own number ends with it
        default.start()
        default.join()
    try:
        yield
    finally:
        with _changing:
            torch.set_num_threads(threads)


def cores_for(numbers: int) -> AbstractContextManager[None]:
    """One core for work on so few numbers that waking the others costs more than they save (up to 100 times)."""
    return one_core() if numbers < _SMALL else nullcontext()


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

"""What jobs tell while they run: frozen values that a command line prints and a window shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Literal, TypeVar

Result = TypeVar("Result")
Progress = Callable[[float | None, str], None]  # share done 0-1 or None, what is being done
Level = Literal["info", "warning"]  # news, or something that may be amiss


@dataclass(frozen=True, slots=True)
class Step:
    """How far a part of a job is. share: 0-1 of what is being done, None if its size is not known."""

    what: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A sentence the user should read, though the job goes on. level: info if all is well."""

    sentence: str
    level: Level = "warning"


class Told:
    """Takes sentences from any thread, each once, and hands them out between the steps of a job."""

    def __init__(self) -> None:
        self._sentences: dict[str, Level] = {}
        self._lock = threading.Lock()
        self._handed_out = 0

    def __call__(self, sentence: str, level: Level = "warning") -> None:
        """Takes a sentence."""
        with self._lock:
            self._sentences.setdefault(sentence, level)

    def news(self) -> Iterator[Warned]:
        """What was told since the last call."""
        with self._lock:
            new = list(self._sentences.items())[self._handed_out :]
        self._handed_out += len(new)
        return (Warned(sentence, level) for sentence, level in new)

    @property
    def all(self) -> tuple[str, ...]:
        """Every sentence so far, in order."""
        return tuple(self._sentences)


class _Cancelled(Exception):
    """Raised inside the work when nobody waits for its result any more."""


def relayed(function: Callable[[Progress], Result]) -> Generator[Step, None, Result]:
    """Runs function(progress) in a thread, yields what it reports and returns its result (or raises its error).

    Closing the generator makes the next report raise inside the function, and waits for its end.
    """
    reports: SimpleQueue[Step | None] = SimpleQueue()
    closed = threading.Event()

    def progress(share: float | None, what: str) -> None:
        if closed.is_set():
            raise _Cancelled
        reports.put(Step(what, share))

    with ThreadPoolExecutor(1, thread_name_prefix="adapt") as pool:
        future = pool.submit(function, progress)
        future.add_done_callback(lambda _: reports.put(None))
        try:
            while (step := reports.get()) is not None:
                yield step
        finally:
            closed.set()
        return future.result()

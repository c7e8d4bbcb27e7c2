"""Threads: the only file that knows them. A job is a generator without Qt; a Run iterates it in a thread of its own.

What the job yields crosses to the GUI thread in batches, at most 30 a second; then comes exactly one end. Cancelling
takes effect at the job's next yield, by closing the generator in its own thread, so that its `finally` runs there.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

Job = Generator[Any, None, Any]
End = Literal["succeeded", "failed", "cancelled"]

BATCHES_PER_SECOND = 30
CLOSING_SECONDS = 3.0
_SWITCH_SECONDS = 0.001  # how long Python code in a worker may hold up the GUI thread; Python's own 0.005 is felt
_NICE = 10  # how far workers stand behind the GUI thread where both want a core


def step_back() -> None:
    """Lets the GUI thread go first where it and this thread want a core; threads begun by this one do the same.

    On Linux alone, the only system on which a thread has a niceness of its own.
    """
    if sys.platform == "linux":
        process = os.getpriority(os.PRIO_PROCESS, os.getpid())  # the GUI thread, which has the process's number
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), process + _NICE)


class Run(QObject):
    """One job on its way. Signals come in the thread that made the Run, and none after `drop`.

    yielded: a tuple of what the job yielded since the last time. succeeded: what it returned. failed: its exception.
    ended: after any of the three ends.
    """

    yielded = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()
    _woken = Signal()

    def __init__(self, kind: str, job: Job, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._worker = _Worker(kind, job, self._wake)
        self._dropped = False
        self._over = False
        self._last = 0.0  # when the last batch was handed over, seconds
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._pace, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Lets the job begin."""
        self._worker.thread.start()

    def cancel(self) -> None:
        """The job ends at its next yield; what it returned before that counts."""
        self._worker.cancel()

    def drop(self) -> None:
        """Cancels, and nobody hears of this run any more: its answer would be late."""
        self._dropped = True
        self.cancel()

    def pause(self, paused: bool = True) -> None:
        """The job is not asked for more until `pause(False)`."""
        self._worker.pause(paused)

    @property
    def is_paused(self) -> bool:
        """Whether it waits for `pause(False)`."""
        return not self._worker.going.is_set()

    @property
    def is_over(self) -> bool:
        """Whether the end has been told (or would have been, were the run not dropped)."""
        return self._over

    def wait(self, seconds: float) -> bool:
        """Waits for the thread's end; whether it came. No signal is delivered meanwhile."""
        if self._worker.thread.ident is not None:
            self._worker.thread.join(max(0.0, seconds))
        return not self._worker.thread.is_alive()

    def _wake(self) -> None:
        """Called by the worker."""
        try:
            self._woken.emit()
        except RuntimeError:  # the application is gone, and this object with it
            self._worker.cancel()

    def _pace(self) -> None:
        due = self._last + 1 / BATCHES_PER_SECOND - time.monotonic()
        if self._worker.end is not None or due <= 0:
            self._deliver()
        elif not self._timer.isActive():
            self._timer.start(round(due * 1000))

    def _deliver(self) -> None:
        if self._over:
            return
        self._last = time.monotonic()
        end = self._worker.end  # before taking: what comes between belongs to the next delivery, an end comes last
        events = self._worker.take()
        if events and not self._dropped:
            self.yielded.emit(events)
        if end is not None:
            self._over = True
            self._timer.stop()
            self._tell(*end)

    def _tell(self, end: End, value: Any) -> None:
        if not self._dropped:
            if end == "cancelled":
                self.cancelled.emit()
            else:
                (self.succeeded if end == "succeeded" else self.failed).emit(value)
        if not self._dropped:  # a slot of the end may have dropped it by starting the next one
            self.ended.emit()


class _Worker:
    """The thread's side of a run."""

    def __init__(self, kind: str, job: Job, wake: Callable[[], None]) -> None:
        self.thread = threading.Thread(target=self._work, name=f"run-{kind}", daemon=True)
        self.going = threading.Event()
        self.going.set()
        self.end: tuple[End, Any] | None = None
        self._job = job
        self._wake = wake
        self._cancelled = False
        self._yields: deque[Any] = deque()
        self._asleep = True  # whether the GUI has taken all, so that it must be woken
        self._lock = threading.Lock()

    def cancel(self) -> None:
        self._cancelled = True
        self.going.set()

    def pause(self, paused: bool) -> None:
        if paused and not self._cancelled:
            self.going.clear()
        else:
            self.going.set()

    def take(self) -> tuple[Any, ...]:
        with self._lock:
            events, self._asleep = tuple(self._yields), True
            self._yields.clear()
        return events

    def _work(self) -> None:
        step_back()
        try:
            end: tuple[End, Any] = self._iterate()
        except BaseException as error:  # whatever it is, there must be an end
            end = ("failed", error)
        self._job = None  # type: ignore[assignment] # what it held may be large, and this object lives on
        self.end = end
        self._wake()

    def _iterate(self) -> tuple[End, Any]:
        while True:
            self.going.wait()
            if self._cancelled:
                self._job.close()
                return "cancelled", None
            try:
                event = next(self._job)
            except StopIteration as returned:
                return "succeeded", returned.value
            self._put(event)

    def _put(self, event: Any) -> None:
        with self._lock:
            self._yields.append(event)
            wake, self._asleep = self._asleep, False
        if wake:
            self._wake()


class Runner(QObject):
    """All runs, at most one of a kind. changed: a run began or ended."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._runs: dict[str, Run] = {}
        self._leaving: list[Run] = []  # dropped, but their threads still work: Qt objects must outlive them

    def start(self, kind: str, job: Job, prepare: Callable[[Run], None] | None = None) -> Run:
        """Starts a job; the run of this kind that was there is dropped. prepare(run): connects before it starts."""
        self.drop(kind)
        run = Run(kind, job, self)
        self._runs[kind] = run
        if prepare:
            prepare(run)
        run.ended.connect(self._ended)  # no closure over self: Qt would end both within one another
        run.start()
        self.changed.emit()
        return run

    def run(self, kind: str) -> Run | None:
        """The run of this kind that is on its way."""
        return self._runs.get(kind)

    def kinds(self) -> tuple[str, ...]:
        """The kinds that are on their way."""
        return tuple(self._runs)

    def drop(self, kind: str) -> None:
        """Cancels the run of this kind, and nobody hears of it any more."""
        run = self._runs.pop(kind, None)
        if run is not None:
            run.drop()
            self._leaving.append(run)
            self.changed.emit()
        self._sweep()

    def drop_all(self) -> None:
        """Drops every run."""
        for kind in tuple(self._runs):
            self.drop(kind)

    def wait(self, seconds: float = CLOSING_SECONDS) -> bool:
        """Waits for the threads of dropped runs; whether all of them ended in that time."""
        limit = time.monotonic() + seconds
        ended = [run.wait(limit - time.monotonic()) for run in tuple(self._leaving)]
        self._sweep()
        return all(ended)

    def close(self, seconds: float = CLOSING_SECONDS) -> bool:
        """Cancels everything and waits at most that long; False if a thread still works (it is a daemon: leave it)."""
        self.drop_all()
        return self.wait(seconds)

    def _ended(self) -> None:
        over = [run for run in self._runs.values() if run.is_over]
        for run in over:
            del self._runs[run.kind]
        self._leaving += over
        self._sweep()
        self.changed.emit()

    def _sweep(self) -> None:
        """Lets go of runs whose threads are over."""
        over = [run for run in self._leaving if run.wait(0)]
        self._leaving = [run for run in self._leaving if run not in over]
        for run in over:
            run.deleteLater()

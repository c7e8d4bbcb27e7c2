"""Thumbnails, and pictures at full size, decoded in worker threads and kept in memory.

Who needs many (the grid) says at every move what is wanted now, nearest first: that list replaces the one before, so
that what has scrolled away is never decoded, and the newest list of all is served first. Who needs few just asks.
Workers make QImages; QPixmaps are made in the GUI thread, a few milliseconds at a time.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from fewshot_gui import paths
from fewshot_gui.ui.picture_files import Box, DiskCache, Full, FullPicture, Thumb, full_picture, thumbnail
from fewshot_gui.ui.runner import step_back

MEMORY_BYTES = 192 << 20
DISK_BYTES = 1 << 30
TICK_SECONDS = 0.004  # of the GUI thread at once
_SINGLE = "single"  # the list of those who just ask
_MOST_SINGLE = 512  # of them wait at once; beyond, the oldest are dropped
_MOST_FAILED = 20_000

Wanted = Thumb | Full


class Requests:
    """What waits to be decoded, a list for each client; the list that changed last is served first. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: OrderedDict[str, deque[Wanted]] = OrderedDict()
        self._running: set[Wanted] = set()
        self._workers = 0
        self.generation = 0

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._lists.values()))

    def replace(self, client: str, wanted: Iterable[Wanted]) -> None:
        """The client wants these now, the first of them first, and nothing it wanted before."""
        with self._lock:
            self.generation += 1
            self._lists[client] = deque(wanted)
            self._lists.move_to_end(client)

    def add(self, client: str, wanted: Wanted, most: int) -> None:
        """The client wants this before all else; of more than `most` the oldest are dropped."""
        with self._lock:
            waiting = self._lists.setdefault(client, deque())
            if wanted not in self._running and wanted not in waiting:
                self.generation += 1
                waiting.appendleft(wanted)
                while len(waiting) > most:
                    waiting.pop()
                self._lists.move_to_end(client)

    def hire(self, most: int) -> int:
        """How many workers to start now so that at most `most` are at work. Each takes until it gets None."""
        with self._lock:
            number = max(0, min(most - self._workers, sum(map(len, self._lists.values()))))
            self._workers += number
            return number

    def take(self) -> Wanted | None:
        """What to decode next; `done` must follow. None if nothing waits: the worker is then no longer counted."""
        with self._lock:
            for waiting in reversed(self._lists.values()):
                while waiting:
                    wanted = waiting.popleft()
                    if wanted not in self._running:
                        self._running.add(wanted)
                        return wanted
            self._workers -= 1  # under the lock: whoever asks from now on hires another
            return None

    def done(self, wanted: Wanted) -> None:
        """It was decoded."""
        with self._lock:
            self._running.discard(wanted)

    def clear(self) -> None:
        """Nothing is wanted any more."""
        with self._lock:
            self._lists.clear()


class _Inbox(QObject):
    """Where workers leave what they made. It has no parent: it lives as long as the last of them."""

    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.made: deque[tuple[Wanted, QImage | FullPicture | str]] = deque()


class _Worker(QRunnable):
    """Decodes until nothing waits."""

    def __init__(self, requests: Requests, inbox: _Inbox, disk: DiskCache | None) -> None:
        super().__init__()
        self._requests, self._inbox, self._disk = requests, inbox, disk

    def run(self) -> None:
        """In a thread of the pool."""
        step_back()
        while (wanted := self._requests.take()) is not None:
            try:
                made = full_picture(wanted) if isinstance(wanted, Full) else thumbnail(wanted, self._disk)
            except Exception as error:  # one odd file must not end the thread that all thumbnails come from
                made = _failed(wanted, f"cannot be shown: {error}")
            self._requests.done(wanted)
            self._inbox.made.append((wanted, made))
            self._inbox.arrived.emit()


class Thumbnails(QObject):
    """Pictures for views. ready(frozenset of paths): thumbnails arrived, or it is known why not (`reason`).

    loaded(FullPicture): what `load` asked for. One object serves all views.
    """

    ready = Signal(object)
    loaded = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        folder: Path | None = None,
        memory_bytes: int = MEMORY_BYTES,
        disk_bytes: int = DISK_BYTES,
    ) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, (os.cpu_count() or 2) - 1))
        self._disk = DiskCache(folder or paths.cache_folder() / "thumbnails", disk_bytes)
        self._requests, self._inbox = Requests(), _Inbox()
        self._inbox.arrived.connect(self._unpack_soon)
        self._memory_bytes, self._held = memory_bytes, 0
        self._pixmaps: OrderedDict[Thumb, QPixmap] = OrderedDict()
        self._latest: dict[tuple[str, Box | None], Thumb] = {}  # the size that came last, to show until another comes
        self._reasons: OrderedDict[str, str] = OrderedDict()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._unpack)

    def pixmap(self, path: str, side: int, *, radius: int = 0, crop: Box | None = None) -> QPixmap | None:
        """The thumbnail, a square of `side` device pixels, if it is in memory; else it is asked for, see `ready`."""
        wanted = Thumb(path, side, radius, crop)
        found = self.held(wanted)
        if found is None and path not in self._reasons:
            self._requests.add(_SINGLE, wanted, _MOST_SINGLE)
            self._start()
        return found

    def held(self, wanted: Thumb) -> QPixmap | None:
        """The thumbnail if it is in memory. Asks for nothing."""
        found = self._pixmaps.get(wanted)
        if found is not None:
            self._pixmaps.move_to_end(wanted)
        return found

    def nearest(self, path: str, crop: Box | None = None) -> QPixmap | None:
        """The picture in another size, to show until the right one is there."""
        latest = self._latest.get((path, crop))
        return self._pixmaps.get(latest) if latest is not None else None

    def want(self, client: str, wanted: Iterable[Thumb]) -> None:
        """What `client` needs now, the most urgent first. What it wanted before and is not begun is dropped."""
        missing = [one for one in wanted if one not in self._pixmaps and one.path not in self._reasons]
        self._requests.replace(client, missing)
        if missing:
            self._start()

    def load(self, path: str, *after: str) -> None:
        """Reads a picture at full size, then those `after`; a request before that is not begun is dropped."""
        self._requests.replace("full", [Full(one) for one in (path, *after)])
        self._start()

    def reason(self, path: str) -> str:
        """Why there is no thumbnail; "" if there is one or nothing is known yet."""
        return self._reasons.get(path, "")

    def forget(self) -> None:
        """Files may have changed: all are looked at anew (what did not change comes from the disk cache)."""
        self._pixmaps.clear()
        self._latest.clear()
        self._reasons.clear()
        self._held = 0

    def stop(self, milliseconds: int = 2000) -> bool:
        """Drops all that waits and lets the threads end; whether they did in that time."""
        self._requests.clear()
        return self._pool.waitForDone(milliseconds)

    @property
    def waiting(self) -> int:
        """How many pictures wait to be decoded."""
        return len(self._requests)

    @property
    def held_bytes(self) -> int:
        """Bytes of the pixmaps in memory."""
        return self._held

    def _start(self) -> None:
        for _ in range(self._requests.hire(self._pool.maxThreadCount())):
            self._pool.start(_Worker(self._requests, self._inbox, self._disk))

    def _unpack_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _unpack(self) -> None:
        end = time.perf_counter() + TICK_SECONDS
        arrived = set()
        while self._inbox.made and time.perf_counter() < end:
            wanted, made = self._inbox.made.popleft()
            if isinstance(made, FullPicture):
                self.loaded.emit(made)
                continue
            assert isinstance(wanted, Thumb)
            self._keep(wanted, made) if isinstance(made, QImage) else self._keep_reason(wanted.path, str(made))
            arrived.add(wanted.path)
        if arrived:
            self.ready.emit(frozenset(arrived))
        if self._inbox.made:
            self._timer.start()

    def _keep(self, wanted: Thumb, image: QImage) -> None:
        if wanted in self._pixmaps:
            return
        self._pixmaps[wanted] = QPixmap.fromImage(image)
        self._latest[wanted.path, wanted.crop] = wanted
        self._held += 4 * wanted.side**2
        while self._held > self._memory_bytes and len(self._pixmaps) > 1:
            oldest, _ = self._pixmaps.popitem(last=False)
            self._held -= 4 * oldest.side**2
            if self._latest.get((oldest.path, oldest.crop)) == oldest:
                del self._latest[oldest.path, oldest.crop]

    def _keep_reason(self, path: str, reason: str) -> None:
        self._reasons[path] = reason
        while len(self._reasons) > _MOST_FAILED:
            self._reasons.popitem(last=False)


def _failed(wanted: Wanted, reason: str) -> FullPicture | str:
    return FullPicture(wanted.path, None, reason) if isinstance(wanted, Full) else reason

"""Python's cyclic garbage: collected in the GUI thread alone, a little at a time.

Left to itself Python collects in whichever thread has made the next object. A worker would then destroy Qt objects
that a cycle held, which Qt does not survive; and a collection over all that an import of torch has made stops every
thread for a tenth of a second.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 250
_WHOLE_SECONDS = 30.0  # between two collections of all generations


class Garbage(QObject):
    """Collects as often as Python's thresholds say, until `stop`. importing: asked whether a worker imports modules.

    Meanwhile nothing is collected, and what an import has made stays for good: later collections do not look at it.
    """

    def __init__(self, importing: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._importing = importing
        self._imported = False
        self._whole = time.monotonic()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Takes over from Python; what is there now stays for good."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leaves it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        """Collects the generations that are due."""
        if self._importing():
            self._imported = True
        elif self._imported:
            self._imported = False
            gc.freeze()
        elif (generation := self._due()) >= 0:
            gc.collect(generation)

    def _due(self) -> int:
        """The oldest generation that has come to its threshold, -1 for none."""
        over = [count > threshold for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        now = time.monotonic()
        if over[2] and now - self._whole >= _WHOLE_SECONDS:
            self._whole = now
            return 2
        return 1 if over[1] or over[2] else 0 if over[0] else -1

"""SIGINT and SIGTERM close the window as its own button does, so that runs end and everything is stored.

Python runs its handlers between two instructions of Python, and while Qt waits for events there are none: the signal's
number comes through a socket that wakes Qt up.
"""

from __future__ import annotations

import signal
import socket
import threading
from types import FrameType

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class StopSignals(QObject):
    """While it is installed, the application ends with 128 + the signal's number; a second signal ends it at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: dict[int, object] = {}
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._came)

    def install(self) -> None:
        """Takes the signals over; those that the process was told to ignore stay ignored. Only in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._wakes_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in _STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _nothing)

    def remove(self) -> None:
        """Gives the signals back."""
        self._notifier.setEnabled(False)
        if self._before:
            signal.set_wakeup_fd(self._wakes_before)
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        self._before = {}
        self._reader.close()
        self._writer.close()

    def _came(self) -> None:
        for number in self._reader.recv(16):
            if number in self._before:
                signal.signal(number, signal.SIG_DFL)
                QCoreApplication.exit(128 + number)


def _nothing(number: int, frame: FrameType | None) -> None:
    """A handler of Python's must be there for the wake-up to come."""

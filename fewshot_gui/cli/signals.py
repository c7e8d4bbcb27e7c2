"""SIGTERM as an exception, so that being terminated tidies up just as Ctrl-C does.

An exception that comes while Python runs a finaliser, or a callback of the garbage collector, is dropped there: the
work would go on as if nobody had asked it to end. So one that is dropped comes again, a moment later.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_LATER = 0.05  # seconds


class Terminated(BaseException):
    """SIGTERM came. No Exception, so that no handler on the way takes it for a failure of its own work."""


@contextmanager
def sigterm_as_exception() -> Iterator[None]:
    """Lets SIGTERM unwind the main thread, so that half-written files are removed; neither it nor Ctrl-C gets lost."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, hook = signal.signal(signal.SIGTERM, _terminate), sys.unraisablehook

    def dropped(what: Any) -> None:
        if isinstance(what.exc_value, Terminated):
            signal.signal(signal.SIGTERM, _terminate)
            _again(signal.SIGTERM)
        elif isinstance(what.exc_value, KeyboardInterrupt):
            _again(signal.SIGINT)
        else:
            hook(what)

    sys.unraisablehook = dropped
    try:
        yield
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not disturb the tidying up
    raise Terminated


def _again(number: int) -> None:
    """The main thread gets the signal once more, when it is out of where it cannot be heard."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        timer = threading.Timer(_LATER, _thread.interrupt_main, (number,))
    else:
        timer = threading.Timer(_LATER, signal.pthread_kill, (main, number))  # it may be waiting, and this wakes it
    timer.daemon = True
    timer.start()

"""stderr: messages, and how far the work is: one line that overwrites itself on a terminal, a few plain ones else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TextIO

ON_TERMINAL, ELSEWHERE = 0.1, 10.0  # least seconds between two lines of progress


class Console:
    """Messages and progress for the person who waits; a stream that is closed or missing is borne."""

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        """stream: None where there is none, as in a program without a terminal on Windows."""
        self._stream = stream
        self._clock = clock
        self._overwrites = stream is not None and stream.isatty()
        self._shown = 0  # characters of progress that stand in the terminal's last line
        self._what = ""
        self._next = clock() + (0.0 if self._overwrites else ELSEWHERE)

    def say(self, text: str) -> None:
        """A message on lines of its own."""
        self._clear()
        self._write(text + "\n")

    def warn(self, sentence: str) -> None:
        """Something the user should read, though the work goes on."""
        self.say(f"Warning: {sentence}")

    def error(self, sentence: str) -> None:
        """Why the work has ended."""
        self.say(f"Error: {sentence}")

    def progress(self, what: str, share: float | None = None, more: str = "") -> None:
        """How far the work is, shown now and then; on a terminal at once where `what` is new. share: 0-1."""
        now = self._clock()
        if now < self._next and not (self._overwrites and what != self._what):
            return
        self._what, self._next = what, now + (ON_TERMINAL if self._overwrites else ELSEWHERE)
        line = what + ("" if share is None else f" {100 * share:.0f} %") + (f", {more}" if more else "")
        if self._overwrites:
            self._overwrite(line)
        else:
            self._write(line + "\n")

    def close(self) -> None:
        """Leaves the terminal with an empty line to go on from."""
        self._clear()

    def _overwrite(self, line: str) -> None:
        line = line[: self._width() - 1]
        self._write("\r" + line.ljust(self._shown))
        self._shown = len(line)

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except (OSError, AttributeError):
            return 80

    def _clear(self) -> None:
        if self._shown:
            self._write("\r" + " " * self._shown + "\r")
            self._shown = 0

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # its reader is gone, or it is closed: the data on stdout still matter
            self._stream = None

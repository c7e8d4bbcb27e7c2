"""Watches the beat of another process (see beat.py): PID, its GUI thread, the file with the beat's time, and a log.

While a beat is missing it notes every 10 ms what Linux says of the thread, and has the process write its stacks.
"""

import mmap
import os
import signal
import struct
import sys
import time
from contextlib import suppress

_MISSING = 0.020  # seconds since the last beat
_EVERY = 0.010


def main(process: int, thread: int, heart: str, log: str) -> None:
    """Ends when the beat's time is negative or the process is gone."""
    with open(heart, "r+b") as file:
        beat = mmap.mmap(file.fileno(), 16)
    out = os.open(log, os.O_WRONLY | os.O_APPEND)
    folder = f"/proc/{process}/task/{thread}"
    calm = _delay(folder)
    while (last := struct.unpack_from("<d", beat)[0]) >= 0:
        if last and time.monotonic() - last > _MISSING:
            note = f"\n## at={time.monotonic():.4f} state={_state(folder)} waited={_delay(folder) - calm:.4f}\n"
            os.write(out, note.encode())
            os.kill(process, signal.SIGUSR2)
        else:
            calm = _delay(folder)
        time.sleep(_EVERY)


def _delay(folder: str) -> float:
    """Seconds that the thread has waited for a core so far."""
    with open(f"{folder}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9


def _state(folder: str) -> str:
    with open(f"{folder}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


if __name__ == "__main__":
    with suppress(FileNotFoundError, ProcessLookupError):  # the program has ended first
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])

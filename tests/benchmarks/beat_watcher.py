"""Watches the beat of another process (see beat.py): PID, its GUI thread, the file with the beat's time, and a folder.

Notes every 5 ms how long Linux has let the thread wait for a core so far (waits: pairs of float64, seconds). Asked for
stacks, it has the process write them while a beat is missing, beneath a line about the thread.
"""

import mmap
import os
import signal
import struct
import sys
import time
from contextlib import suppress

_MISSING = 0.020  # seconds since the last beat
_EVERY = 0.005


def main(process: int, thread: int, folder: str, stacks: bool) -> None:
    """Ends when the beat's time is negative or the process is gone."""
    with open(f"{folder}/heart", "r+b") as file:
        beat = mmap.mmap(file.fileno(), 16)
    out = os.open(f"{folder}/stacks", os.O_WRONLY | os.O_APPEND)
    task = f"/proc/{process}/task/{thread}"
    with open(f"{folder}/waits", "wb") as waits:
        while (last := struct.unpack_from("<d", beat)[0]) >= 0:
            now = time.monotonic()
            waits.write(struct.pack("<2d", now, _delay(task)))
            if stacks and last and now - last > _MISSING:
                os.write(out, f"\n## at={now:.4f} state={_state(task)}\n".encode())
                os.kill(process, signal.SIGUSR2)
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
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] == "stacks")

"""How late a GUI's event loop is: a 5 ms beat in it, and a watcher in another process that says why a beat is missing.

Two figures: `timer` is how late a 5 ms timer fires, once per beat; `event` is how late an event would be that is due
every 5 ms: there a gap of 100 ms counts as twenty late events and not as one beat.

The watcher needs no interpreter lock of the program: it reads the time of the last beat from shared memory, what Linux
says of the GUI thread (running, waiting for a core, waiting for a lock), and has faulthandler write what all threads
are at. That takes time, and faulthandler looks at running threads at its peril: figures are measured without.
"""

from __future__ import annotations

import faulthandler
import mmap
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 0.005  # seconds
LATE = 0.016  # a gap longer than BEAT + LATE is told


@dataclass(frozen=True, slots=True)
class Turn:
    """Two beats and what lay between them. busy: seconds of core time that the GUI thread used meanwhile."""

    phase: str
    start: float
    end: float
    busy: float

    @property
    def gap(self) -> float:
        """Seconds by which the beat came late."""
        return self.end - self.start - BEAT


@dataclass
class Phase:
    """Lateness of one part of the session, in milliseconds. late: of an event, one figure per 5 ms that passed; timer:
    of a 5 ms timer, one figure per beat.

    Shares of the time, 0-1: busy, the GUI thread itself worked; core, it waited for a core; lock, for a lock.
    """

    name: str
    late: np.ndarray = field(default_factory=lambda: np.zeros(0))
    timer: np.ndarray = field(default_factory=lambda: np.zeros(0))
    busy: float = 0.0
    core: float = 0.0
    lock: float = 0.0

    def row(self) -> str:
        """A line of the table."""
        if not len(self.late):
            return f"{self.name:28}  (nothing)"
        timer, event = np.percentile(self.timer, (50, 95, 99)), np.percentile(self.late, (95, 99))
        figures = "{:12.1f} {:6.1f} {:6.1f} {:11.1f} {:6.1f} {:6.1f}".format(*timer, *event, self.late.max())
        shares = f"{self.busy:4.0%} {self.core:4.0%} {self.lock:4.0%}"
        return f"{self.name:28} {len(self.late) * BEAT:6.1f} s {figures}   {shares}"


class Beat(QObject):
    """The beat in the GUI thread. phase: what goes on, set by the session that is measured. watched: find causes."""

    def __init__(self, folder: Path, phase: str, stacks: bool) -> None:
        super().__init__()
        self.phase = phase
        self.turns: list[Turn] = []
        self._folder = folder
        self._file = (folder / "stacks").open("ab", buffering=0)
        (folder / "heart").write_bytes(bytes(16))
        with (folder / "heart").open("r+b") as file:
            self._heart = mmap.mmap(file.fileno(), 16)
        if stacks:
            faulthandler.register(signal.SIGUSR2, self._file, all_threads=True)
        self._watcher = self._watch("stacks" if stacks else "none") if sys.platform == "linux" else None
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=round(BEAT * 1000))
        self._timer.timeout.connect(self._beat)
        self._last, self._busy = time.monotonic(), time.thread_time()
        self._timer.start()

    def _watch(self, stacks: str) -> subprocess.Popen[bytes]:
        names = map(str, (os.getpid(), threading.get_native_id(), self._folder, stacks))
        return subprocess.Popen([sys.executable, "-S", str(Path(__file__).with_name("beat_watcher.py")), *names])

    def _beat(self) -> None:
        now, busy = time.monotonic(), time.thread_time()
        self.turns.append(Turn(self.phase, self._last, now, busy - self._busy))
        self._last, self._busy = now, busy
        struct.pack_into("<d", self._heart, 0, now)

    def stop(self) -> None:
        """The end of the session."""
        self._timer.stop()
        struct.pack_into("<d", self._heart, 0, -1.0)
        if self._watcher is not None:
            self._watcher.wait(5)

    def phases(self, leaving_out: tuple[str, ...] = ()) -> list[Phase]:
        """Each phase in the order of time, then all of them."""
        names = [name for name in dict.fromkeys(turn.phase for turn in self.turns) if name not in leaving_out]
        waited = self._waits()
        found = [_phase(name, [turn for turn in self.turns if turn.phase == name], waited) for name in names]
        return [*found, _phase("all", [turn for turn in self.turns if turn.phase in names], waited)]

    def causes(self, most: int = 15) -> list[str]:
        """The longest gaps, longest first: busy, waiting for a core and waiting for a lock, and what was seen then."""
        seen, waits = _seen((self._folder / "stacks").read_text(errors="replace")), self._waits()
        told = []
        for turn in sorted(self.turns, key=lambda turn: -turn.gap)[:most]:
            if turn.gap < LATE:
                break
            core = _waited(waits, turn)
            rest = max(0.0, turn.gap - turn.busy - core)
            parts = f"busy {turn.busy * 1000:.0f}, waited for a core {core * 1000:.0f}, for a lock {rest * 1000:.0f}"
            looks = [look for look in seen if turn.start <= look.at <= turn.end + 0.002]
            told.append("\n".join([f"{turn.gap * 1000:6.0f} ms  {turn.phase}: {parts}", *_summary(looks)]))
        return told

    def _waits(self) -> np.ndarray:
        """[n, 2] float64: when, and how long the GUI thread had waited for a core until then; seconds."""
        file = self._folder / "waits"
        return np.fromfile(file, np.float64).reshape(-1, 2) if file.is_file() else np.zeros((1, 2))


def _waited(waits: np.ndarray, turn: Turn) -> float:
    """Seconds for which the thread waited for a core between two beats; the watcher looks every 5 ms."""
    start, end = np.interp([turn.start, turn.end + BEAT], waits[:, 0], waits[:, 1])
    return float(end - start)


def _phase(name: str, turns: list[Turn], waits: np.ndarray) -> Phase:
    passed = sum(turn.end - turn.start for turn in turns) or 1.0
    late = [turn for turn in turns if turn.gap > 0.002]
    core = sum(_waited(waits, turn) for turn in late)
    lock = sum(turn.gap - turn.busy for turn in late) - core
    timer = np.array([max(0.0, 1000 * turn.gap) for turn in turns])
    shares = [share / passed for share in (sum(turn.busy for turn in turns), core, max(0.0, lock))]
    return Phase(name, lateness(turns), timer, *shares)


def lateness(turns: list[Turn]) -> np.ndarray:
    """Milliseconds by which each event of a 5 ms beat was late."""
    late: list[np.ndarray] = []
    for turn in turns:
        due = np.arange(turn.start + BEAT, max(turn.end, turn.start + 1.5 * BEAT), BEAT)
        late.append(np.maximum(turn.end - due, 0) * 1000)
    return np.concatenate(late) if late else np.zeros(0)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the watcher saw. state: R running or waiting for a core, S for a lock, D for a disk."""

    at: float
    state: str
    stacks: dict[str, list[str]]


_MARK = re.compile(r"^## at=(\S+) state=(\S)$", re.M)
_FRAME = re.compile(r'  File "(.*)", line (\d+) in (.*)')


def _seen(text: str) -> list[_Look]:
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        _Look(float(mark[1]), mark[2], _stacks(text[mark.end() : end]))
        for mark, end in zip(marks, ends, strict=False)  # without a mark there is one end too many
    ]


def _stacks(text: str) -> dict[str, list[str]]:
    """Thread -> its frames, innermost first."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith(("Thread ", "Current thread ")):
            name = line.split("0x")[1].split()[0]
            found[name] = []
        elif name and (frame := _FRAME.match(line)):
            path = "/".join(frame[1].split("/")[-2:])
            found[name].append(f"{path}:{frame[2]} {frame[3]}")
    return found


def _summary(looks: list[_Look]) -> list[str]:
    """What was seen in one gap, in a few lines. The last thread of a dump is the main one."""
    if not looks:
        return []
    states = Counter(look.state for look in looks)
    words = {"R": "running or waiting for a core", "S": "waiting for a lock", "D": "waiting for the disk"}
    lines = [f"           {n} x {words.get(state, state)}" for state, n in states.items()]
    gui, others = Counter[str](), Counter[str]()
    for look in looks:
        stacks = list(look.stacks.values())
        if stacks:
            gui[_short(stacks[-1])] += 1
            others.update(_short(stack, 2) for stack in stacks[:-1] if not _idle(stack))
    lines += [f"           gui {n} x {stack}" for stack, n in gui.most_common(2)]
    return lines + [f"           other {n} x {stack}" for stack, n in others.most_common(4)]


def _short(stack: list[str], depth: int = 3) -> str:
    """The innermost frame and the first ones of this program."""
    own = [frame for frame in stack[1:] if "fewshot_gui" in frame or frame.split("/")[0] in _ROOMS][: depth - 1]
    return " < ".join([*stack[:1], *own]) or "no Python"


_ROOMS = ("ui", "views", "widgets", "jobs", "engine", "methods", "backbones", "project", "images", "benchmarks")


def _idle(stack: list[str]) -> bool:
    return (
        not stack
        or any(wait in stack[0] for wait in ("threading.py", "_base.py", "queue.py"))
        or ("concurrent/futures/thread.py" in stack[0])
    )

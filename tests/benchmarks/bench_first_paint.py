"""From the start of the process to the first painted frame of the window, and that torch has not been imported by then.

    python tests/benchmarks/bench_first_paint.py [--runs 9]

Whole processes as `fewshot-gui` starts them, one after the other, on an X server that nobody sees (where Xvfb is
installed) and offscreen. Prints wall and core time, medians of the runs after one that does not count (its files come
from the disk). Goal: below 0.5 s on Linux and macOS. Core time is what a quiet machine would need at least: other
programs lengthen the wall time alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from screen import environment, platforms

GOAL = 0.5  # seconds
_CHILD = """
import functools, json, os, resource, sys, time
from fewshot_gui import __main__
def painted(application):
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = dict(at=time.monotonic(), core=used.ru_utime + used.ru_stime, torch="torch" in sys.modules)
    print(json.dumps(told), flush=True)
    os._exit(0)
def open_window(target):
    from fewshot_gui.ui import app
    app.main = functools.partial(app.main, painted=painted)
    return __main__.open_window(target)
from fewshot_gui import cli
cli.run([], open_window)
"""


def main() -> None:
    """Prints a line per platform."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        for platform in platforms():
            with environment(platform, Path(folder)) as own:
                _told(f"first paint, {platform}", [_run(own) for _ in range(runs + 1)][1:])
                _told("  of it: python -c pass", [_nothing(own) for _ in range(runs + 1)][1:])


def _run(own: dict[str, str]) -> tuple[float, float]:
    """(seconds, seconds of core time) of one start."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", _CHILD], env=own, stdout=subprocess.PIPE, check=True, text=True)
    told = json.loads(done.stdout)
    assert not told["torch"], "torch was imported before the first frame"
    return told["at"] - began, told["core"]


def _nothing(own: dict[str, str]) -> tuple[float, float]:
    before, began = os.times(), time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], env=own, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, used


def _told(name: str, found: list[tuple[float, float]]) -> None:
    walls, cores = ([pair[i] for pair in found] for i in (0, 1))
    line = f"{name:28} median {statistics.median(walls):.3f} s ({min(walls):.3f} to {max(walls):.3f}), "
    line += f"core time {statistics.median(cores):.3f} s"
    if name.startswith("first"):
        line += f"   goal {GOAL} s: {'met' if statistics.median(walls) < GOAL else 'MISSED'}"
    print(line)


if __name__ == "__main__":
    main()

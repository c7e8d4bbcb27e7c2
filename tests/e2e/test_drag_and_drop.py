"""Real drags of the real mouse between two programs on an X server of their own: what no constructed event can show."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60  # seconds: for one line of a program, on a machine that is busy with other tests

if sys.platform != "linux":
    pytest.skip("the drags are made on an X server", allow_module_level=True)
for program in ("Xvfb", "xdotool"):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed", allow_module_level=True)


class Program:
    """A process that says what happens in lines of JSON."""

    def __init__(self, module, *arguments, display):
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        environment.pop("QT_QPA_FONTDIR", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.e2e.{module}", *map(str, arguments)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip
        self.lines = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def says(self, key, within=TIMEOUT):
        """What it says next under this key; other lines before are skipped. queue.Empty if it says nothing."""
        end = time.monotonic() + within
        while (line := self.lines.get(timeout=max(end - time.monotonic(), 0.01))) is not None:
            if key in line:
                return line[key]
        pytest.fail(f"the program ended before it said {key!r}")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Mouse:
    """The mouse of the X server."""

    def __init__(self, display):
        self._environment = {**os.environ, "DISPLAY": display}

    def do(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env=self._environment, check=True, timeout=TIMEOUT)

    def go(self, x, y):
        self.do("mousemove", "--sync", x, y)

    def pull(self, start, end):
        """Presses at start and goes to end over some points on the way; the button stays down."""
        self.go(*start)
        self.do("mousedown", 1)
        for step in (0.02, 0.1, 0.4, 0.8, 1.0):
            self.go(*(round(a + (b - a) * step) for a, b in zip(start, end, strict=True)))

    def hover(self, at, window, words):
        """Stays there, no steadier than a hand, until the window promises something with these words, "": nothing."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            for aside in (1, 0):  # one motion alone can be lost while the programs still answer each other
                self.go(at[0] + aside, at[1])
            with suppress(queue.Empty):
                promise = window.says("promise", within=1)
                if words in promise and bool(words) == bool(promise):
                    return promise
        pytest.fail(f"the window never promised {words!r}")

    def drop(self):
        self.do("mouseup", 1)


@pytest.fixture
def display():
    """The name of an X server that only this test knows."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    number = server.stdout.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture
def mouse(display):
    return Mouse(display)


@pytest.fixture
def start(display):
    """Starts programs, and ends them with the test."""
    started = []

    def make(module, *arguments):
        started.append(Program(module, *arguments, display=display))
        return started[-1]

    yield make
    for program in started:
        program.end()


@pytest.fixture
def files(tmp_path):
    for name in ("a.jpg", "b.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    for folder in ("wolf", "examples"):
        (tmp_path / folder).mkdir()
    for number in range(3):
        (tmp_path / "examples" / f"{number}.jpg").write_bytes(b"")
    return tmp_path


@pytest.fixture
def window(start, files):
    program = start("drop_window", files / "examples")
    program.places = program.says("ready")
    return program


def test_files_of_another_program_land_on_a_card_and_are_only_copied(start, window, mouse, files):
    source = start("drag_source", files / "a.jpg", files / "b.png", files / "notes.txt")
    mouse.pull(source.says("ready"), window.places["fox"])
    assert "2" in mouse.hover(window.places["fox"], window, "add")
    mouse.drop()
    assert window.says("files_dropped") == [[str(files / "a.jpg"), str(files / "b.png")], 2]
    assert "notes.txt" in window.says("notice")[0]
    assert source.says("action") == "CopyAction"
    assert (files / "a.jpg").exists()


def test_a_folder_of_another_program_makes_a_class(start, window, mouse, files):
    source = start("drag_source", files / "wolf")
    mouse.pull(source.says("ready"), window.places["zone"])
    assert "wolf" in mouse.hover(window.places["zone"], window, "class")
    mouse.drop()
    assert window.says("folders_dropped") == [[str(files / "wolf")], None]
    assert source.says("action") == "CopyAction"


def test_a_drag_that_goes_away_again_leaves_nothing(start, window, mouse, files):
    source = start("drag_source", files / "a.jpg")
    at = source.says("ready")
    mouse.pull(at, window.places["fox"])
    mouse.hover(window.places["fox"], window, "add")
    mouse.hover((900, 700), window, "")
    mouse.drop()
    assert source.says("action") == "IgnoreAction"


def test_a_card_is_dragged_below_another(window, mouse):
    mouse.pull(window.places["lynx"], window.places["below fox"])
    mouse.hover(window.places["below fox"], window, "between")
    mouse.drop()
    assert window.says("reorder_wanted") == [[2, 1]]


def test_an_example_is_dragged_to_another_class(window, mouse):
    mouse.pull(window.places["example"], window.places["fox"])
    mouse.hover(window.places["fox"], window, "move")
    mouse.drop()
    assert window.says("examples_move_wanted") == [[0], 2]

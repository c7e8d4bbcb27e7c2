"""What only a process shows: signals, pipes, encodings, and a full disk behind stdout."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.cli.signals import Terminated
from tests.flows.helpers import rows
from tests.jobs.tasks import draw_classes

ROOT = Path(__file__).resolve().parents[2]
not_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and breaks pipes in another way")


def process(*arguments, **rest):
    """A command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "fewshot_gui", *map(str, arguments)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **rest,
    )  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_full_disk_behind_stdout_ends_with_1(tiny, support, query, option):
    command = [
        sys.executable,
        "-m",
        "fewshot_gui",
        "classify",
        "--support",
        support,
        "--query",
        query,
        "--backbone",
        tiny,
    ]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*command, *option], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "The standard output could not be written (No space left on device)" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_fault_of_the_program_says_how_to_report_it(fewshot, monkeypatch):
    from fewshot_gui.cli import commands

    monkeypatch.setitem(commands.COMMANDS, "models", lambda *_: 1 / 0)
    done = fewshot("models")
    assert (done.code, done.out) == (1, "")
    assert "ZeroDivisionError" in done.err
    assert "Please report it with the lines above" in done.err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_being_stopped_has_codes_of_its_own(fewshot, monkeypatch, error, code):
    from fewshot_gui.cli import commands

    def stopped(*_):
        raise error

    monkeypatch.setitem(commands.COMMANDS, "models", stopped)
    done = fewshot("models")
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err


@pytest.fixture
def long_query(tmp_path):
    """A folder that takes long: many links to one large picture."""
    pixels = np.random.default_rng(0).integers(0, 255, (1500, 2000, 3), dtype=np.uint8)
    folder = tmp_path / "long"
    folder.mkdir()
    Image.fromarray(pixels).save(folder / "0.jpg", quality=95)
    for number in range(1, 800):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return folder


def heeds_ctrl_c():
    """In the new process: what a shell starts in the background ignores SIGINT, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@not_windows
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_run_leaves_no_half_written_file(tiny, support, long_query, tmp_path, number, code):
    out = tmp_path / "answers.csv"
    with process("classify", "--support", support, "--query", long_query, "--backbone", tiny, "--out", out,
                 "--no-cache", preexec_fn=heeds_ctrl_c) as running:  # fmt: skip
        assert any(line.startswith("Classifying") for line in running.stderr)
        assert list(tmp_path.glob(".answers*"))
        running.send_signal(number)
        rest = running.stderr.read()
    assert running.returncode == code
    assert rest.strip() in ("Terminated.", "Interrupted.")
    assert not list(tmp_path.glob("*answers*"))
    assert not list(tmp_path.glob(".answers*"))


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_a_training_that_is_stopped_says_how_to_go_on(fewshot, tmp_path, monkeypatch, error, code):
    from fewshot_gui.engine.meta_train.progress import Note, Saved
    from fewshot_gui.jobs import meta_train

    def run(options):
        yield Note("Reading 56 pictures.")
        yield Saved("maml", 1200)
        raise error

    monkeypatch.setattr(meta_train, "run", run)
    done = fewshot("meta-train", "--data", tmp_path, "--backbone", "conv4", "--out", tmp_path / "model")
    assert done.code == code
    assert "Saved after step 1,200 of stage maml: add --resume to go on from there." in done.err


@not_windows
def test_a_reader_that_has_seen_enough_is_no_error(tiny, support, long_query):
    for number in range(1, 800):
        (long_query / f"{number}.jpg").unlink()
        shutil.copy(support / "red" / "0.png", long_query / f"{number}.png")
    with process("classify", "--support", support, "--query", long_query, "--backbone", tiny) as running:
        assert running.stdout.readline().startswith("path,label,")
        running.stdout.close()
        said = running.stderr.read()
    assert running.returncode == 0
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_a_terminal_of_another_encoding_is_no_error(tiny, tmp_path):
    support = draw_classes(tmp_path / "support", names=("猫", "Öl"))
    query = draw_classes(tmp_path / "query", names=("猫",), seed=1)
    command = [
        sys.executable,
        "-m",
        "fewshot_gui",
        "classify",
        "--support",
        support,
        "--query",
        query,
        "--backbone",
        tiny,
    ]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}, capture_output=True
    )
    assert done.returncode == 0
    assert {row["label"] for row in rows(done.stdout.decode("utf-8"))} <= {"猫", "Öl", ""}

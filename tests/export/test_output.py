import io
import json
import os
import subprocess
import sys

import pytest

from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.export.output import to_file, to_stream
from fewshot_gui.types import Prediction

PREDICTION = Prediction("a.jpg", "x", 1.0, "ok", "", {"x": 1.0})
HEADER = "path,label,confidence,status,reason,p:x\n"
LINE = "a.jpg,x,1.000000,ok,,1.000000\n"

needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")


def write(path, times=1, error=None):
    with to_file(path) as output:
        output.begin(["x"])
        for _ in range(times):
            output.write([PREDICTION])
        if error:
            raise error
        output.end({})


def test_the_file_appears_whole_at_the_end(tmp_path):
    path = tmp_path / "out.csv"
    with to_file(path) as output:
        output.begin(["x"])
        output.write([PREDICTION])
        assert not path.exists()
    assert path.read_text() == HEADER + LINE
    assert os.listdir(tmp_path) == ["out.csv"]


def test_a_failed_run_leaves_the_old_output_and_no_litter(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write(path, error=KeyboardInterrupt())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_a_success_replaces_the_old_output_through_a_link(tmp_path):
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() == HEADER + LINE


def test_an_error_of_the_work_is_not_taken_for_one_of_the_output(tmp_path):
    with pytest.raises(OSError, match="a picture's disk"):
        write(tmp_path / "out.csv", error=OSError("a picture's disk"))


@pytest.mark.parametrize("name", ["none/out.csv", "file/out.csv"])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match=r"out\.csv could not be written"), to_file(tmp_path / name):
        pytest.fail("the work began")


def test_a_folder_is_refused_as_output(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match="is a folder"), to_file(tmp_path / "folder.csv"):
        pytest.fail("the work began")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_output_is_refused(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(UserError, match="write-protected"), to_file(path):
        pytest.fail("the work began")


def test_an_unknown_ending_is_a_usage_error_that_lists_the_known(tmp_path):
    with pytest.raises(UsageError, match=r"\.csv, \.json, \.jsonl"), to_file(tmp_path / "out.xlsx"):
        pytest.fail("the work began")


LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from tests.export.test_output import write
from fewshot_gui.errors import UserError
try:
    write(Path(sys.argv[1]), times=10_000)
except UserError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_full_disk_keeps_the_old_output(tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    path.write_text("old")
    run = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert f"{path} could not be written (File too large): free some space" in run.stdout
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


@needs_full
def test_a_device_is_written_to_and_not_replaced(tmp_path):
    link = tmp_path / "full.csv"
    link.symlink_to("/dev/full")
    with pytest.raises(UserError, match="No space left on device"):
        write(link)
    assert not os.path.isfile("/dev/full")


def test_a_path_that_is_no_unicode_survives_in_json_and_is_escaped_in_csv(tmp_path):
    path = os.fsdecode(b"caf\xe9.jpg")
    odd = Prediction(path, "x", 1.0, "ok", "", {"x": 1.0})
    for ending in ("csv", "jsonl"):
        with to_file(tmp_path / f"out.{ending}") as output:
            output.begin(["x"])
            output.write([odd])
    assert "caf\\udce9.jpg,x" in (tmp_path / "out.csv").read_text("utf-8")
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["path"] == path


def test_a_stream_gets_every_line_at_once_and_stays_open():
    stream = io.BytesIO()
    with to_stream(stream) as output:
        output.begin(["x"])
        assert stream.getvalue().decode() == HEADER
        output.write([PREDICTION])
        assert stream.getvalue().decode() == HEADER + LINE
    stream.write(b"more")


STREAMING = """
import sys
from fewshot_gui.errors import UserError
from fewshot_gui.export.output import ReaderGone, to_stream
from tests.export.test_output import PREDICTION
try:
    with to_stream(sys.stdout.buffer) as output:
        output.begin(["x"])
        for _ in range(100_000):
            output.write([PREDICTION])
except ReaderGone:
    sys.exit(7)
except UserError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently on Windows")
def test_a_reader_that_has_seen_enough_ends_the_output_quietly():
    with subprocess.Popen(
        [sys.executable, "-c", STREAMING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout.readline() == HEADER
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 7


@needs_full
def test_a_standard_output_on_a_full_disk_is_a_sentence():
    with open("/dev/full", "wb") as full:
        run = subprocess.run(
            [sys.executable, "-c", STREAMING], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr.startswith("The standard output could not be written (No space left on device)")
    assert "Traceback" not in run.stderr

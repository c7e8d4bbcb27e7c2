"""meta-train in several processes, as torchrun starts them."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from fewshot_gui.engine.meta_train.recipe import Episodes
from fewshot_gui.jobs.meta_train import MetaTrainOptions, run
from tests.jobs.test_meta_train import drawings, recipe, written

__all__ = ["drawings"]  # a fixture

ROOT = Path(__file__).resolve().parents[2]
# Plain gradient descent: Adam makes steps of whole size out of gradients that are nothing but rounding.
STAGE = Episodes(steps=8, optimiser="sgd", rate=1e-3, ways=4, queries=3, ema=0.9)


@pytest.mark.slow
def test_torchrun_makes_the_model_that_one_process_makes_and_says_everything_once(drawings, tmp_path):
    file = written(tmp_path, recipe(drawings, STAGE))
    list(run(MetaTrainOptions(tmp_path / "alone", recipe=file)))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
               "-m", "fewshot_gui", "meta-train", "--recipe", str(file), "--out", str(tmp_path / "two")]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Reading 40 pictures") == 1
    assert "in each of 2 processes" in done.stderr
    found, expected = (load_file(tmp_path / name / "model.safetensors") for name in ("two", "alone"))
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=2e-3, atol=1e-4)  # half precision on the disk
    tables = [list(csv.DictReader((tmp_path / name / "training.csv").open())) for name in ("two", "alone")]
    for two, alone in zip(*tables, strict=True):
        assert float(two["loss"]) == pytest.approx(float(alone["loss"]), rel=1e-4)
        assert two["validation_accuracy"] == alone["validation_accuracy"]
    assert not (tmp_path / "two" / "checkpoint").exists()


# The last process gets a signal in the third step.
SIGNALLED = """
import os, signal, sys
from pathlib import Path
from fewshot_gui.engine.meta_train.loop import Training
from fewshot_gui.errors import UserError
from fewshot_gui.jobs.meta_train import MetaTrainOptions, run
step = Training._step
def signalled(self, *arguments):
    if self.position.step == 2 and not self.scene.processes.first:
        os.kill(os.getpid(), signal.SIGTERM)
    return step(self, *arguments)
Training._step = signalled
try:
    for value in run(MetaTrainOptions(Path(sys.argv[2]), recipe=Path(sys.argv[1]))):
        print(type(value).__name__, getattr(value, "step", ""))
except UserError as error:
    sys.exit(str(error))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once")
def test_a_signal_to_one_process_stops_all_after_the_same_step(drawings, tmp_path):
    file = written(tmp_path, recipe(drawings, STAGE))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    command = [sys.executable, "-c", SIGNALLED, str(file), str(tmp_path / "out")]
    first, last = (
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **shared, "RANK": rank, "LOCAL_RANK": rank},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for rank in ("0", "1")
    )  # fmt: skip
    told, error = first.communicate(timeout=170)
    assert last.communicate(timeout=170)[0] == ""
    assert (first.returncode, last.returncode) == (1, -signal.SIGTERM)
    assert "Another process of this training was asked to stop: add --resume" in error
    assert told.split()[-4:] == ["Saved", "3", "Trained", "3"]
    assert json.loads((tmp_path / "out" / "checkpoint" / "checkpoint.json").read_text())["step"] == 3

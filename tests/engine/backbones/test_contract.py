"""What every registered backbone architecture keeps to."""

import copy

import numpy as np
import pytest
import torch

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.backbones import create as made
from fewshot_gui.engine.folding import folded
from fewshot_gui.errors import UsageError
from tests import onnx_file

GRAPH = onnx_file.backbone(np.random.default_rng(0).normal(size=(8, 3, 4, 4)))
SIZES = {"conv4": 28}  # the others take any size; 64 pixels keep the tests quick


def create(name):
    """The architecture's network; an ONNX graph is nothing without a file, so it has one."""
    if name != "onnx":
        return made(name)
    network = made(name, bytes=len(GRAPH), embedding_size=8, output="embedding")
    network.graph = torch.frombuffer(bytearray(GRAPH), dtype=torch.uint8)
    return network


def channels_of(network):
    return next((p.shape[1] for p in network.parameters() if p.ndim == 4), 3)


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def network(name):
    torch.manual_seed(0)
    return create(name).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def pictures(name, network):
    channels = channels_of(network)
    size = SIZES.get(name, 64)
    return torch.randn(3, channels, size, size, generator=torch.Generator().manual_seed(1))


def test_all_families_are_registered():
    assert {"conv4", "resnet10", "resnet12", "resnet18", "lite0", "lite1", "lite2"} <= set(ARCHITECTURES)
    assert {"torchvision", "timm", "onnx"} <= set(ARCHITECTURES)


def test_an_embedding_per_picture(network, pictures):
    embeddings = network(pictures)
    assert embeddings.shape == (3, network.embedding_size)
    assert embeddings.dtype == torch.float32
    assert torch.isfinite(embeddings).all()
    assert embeddings.std(0).max() > 0


def test_cut_at_any_block_the_two_parts_give_the_same_embedding(network, pictures):
    whole = network(pictures)
    for block in range(network.n_blocks + 1):
        features = network(pictures, stop=block)
        assert features.ndim == 4
        torch.testing.assert_close(network(features, start=block), whole)


def test_folded_for_answers_it_is_the_same_network_at_every_cut(name, pictures):
    torch.manual_seed(0)
    network = create(name).eval().requires_grad_(False)
    for norm in network.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            for numbers in (norm.running_mean, norm.bias):
                torch.nn.init.normal_(numbers, std=0.3)
            for numbers in (norm.running_var, norm.weight):
                torch.nn.init.uniform_(numbers, 0.5, 2.0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    fast = folded(network, pictures.shape[1], pictures.shape[2])
    if name in ("conv4", "resnet10", "resnet12", "resnet18", "lite0", "lite1", "lite2", "composite"):
        assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fast.modules())
    whole = network(pictures)
    tolerance = 1e-4 * float(whole.abs().max())
    torch.testing.assert_close(fast(pictures), whole, rtol=0, atol=tolerance)
    for block in range(network.n_blocks + 1):
        torch.testing.assert_close(fast(network(pictures, stop=block), start=block), whole, rtol=0, atol=tolerance)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_a_stretch_from_block_to_block_is_what_lies_between(network, pictures):
    middle = network.n_blocks // 2
    below = network(pictures, stop=middle)
    torch.testing.assert_close(
        network(below, start=middle, stop=network.n_blocks), network(pictures, stop=network.n_blocks)
    )


def test_every_parameter_belongs_to_the_part_that_uses_it(name):
    network = create(name)
    for parameter in network.state_dict():
        assert -1 <= network.block_of(parameter) <= network.n_blocks
    cut = (network.n_blocks + 1) // 2
    size = SIZES.get(name, 64)
    channels = channels_of(network)
    if not network.adaptable:
        assert not list(network.parameters())
        return
    with torch.no_grad():
        features = network(torch.randn(2, channels, size, size), stop=cut)
    network(features, start=cut).square().sum().backward()
    used = {name for name, parameter in network.named_parameters() if parameter.grad is not None}
    assert used == set(network.parameters_from(cut))
    assert set(network.parameters_from(-1)) == {name for name, _ in network.named_parameters()}


def test_a_picture_is_embedded_alike_in_any_batch(network, pictures):
    if network.adaptable:  # float32's rounding over all layers depends on the machine's kernels
        network, pictures = copy.deepcopy(network).double(), pictures.double()
    torch.testing.assert_close(network(pictures[1:2]), network(pictures)[1:2], rtol=1e-4, atol=1e-5)


def test_state_dict_makes_the_same_network_again(name, network, pictures):
    other = create(name).eval()
    other.load_state_dict(network.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(other(pictures), network(pictures), rtol=0, atol=0)


def test_an_unknown_architecture_is_answered_with_the_known():
    with pytest.raises(UsageError, match=r"no backbone architecture 'resnet11'.*Known: .*lite0.*resnet10"):
        made("resnet11")

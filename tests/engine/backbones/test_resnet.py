"""The residual networks: sizes as in the literature, and ResNet-18 against torchvision's."""

import pytest
import torch
import torchvision

from fewshot_gui.engine.backbones import create

RENAMED = {"downsample.0": "shortcut.conv", "downsample.1": "shortcut.bn"}


def our_name(theirs):
    """ "layer2.1.conv1.weight" -> "blocks.3.conv1.weight"."""
    if not theirs.startswith("layer"):
        part, kind = theirs.split(".")
        return f"stem.{'conv' if part == 'conv1' else 'bn'}.{kind}"
    stage, block, rest = theirs.removeprefix("layer").split(".", 2)
    part, kind = rest.rsplit(".", 1)
    return f"blocks.{2 * (int(stage) - 1) + int(block)}.{RENAMED.get(part, part)}.{kind}"


def test_resnet18_with_the_imagenet_stem_equals_torchvisions():
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18(weights=None).eval()
    theirs.fc = torch.nn.Identity()
    ours = create("resnet18", stem="imagenet").eval()
    ours.load_state_dict({our_name(name): tensor for name, tensor in theirs.state_dict().items()})
    pictures = torch.randn(2, 3, 97, 97)
    with torch.no_grad():
        torch.testing.assert_close(ours(pictures), theirs(pictures))


@pytest.mark.parametrize(
    ("name", "size", "millions", "features"),
    [("resnet10", 64, 4.9, (512, 4, 4)), ("resnet12", 84, 12.4, (640, 5, 5)), ("resnet18", 64, 11.2, (512, 4, 4))],
)
def test_parameters_and_last_features_are_those_of_the_literature(name, size, millions, features):
    network = create(name).eval()
    assert sum(p.numel() for p in network.parameters()) / 1e6 == pytest.approx(millions, abs=0.05)
    with torch.no_grad():
        assert network(torch.zeros(1, 3, size, size), stop=network.n_blocks).shape[1:] == features


def test_resnet12_takes_another_width():
    network = create("resnet12", width=16)
    assert network.embedding_size == 160
    assert [block.conv1.out_channels for block in network.blocks] == [16, 40, 80, 160]

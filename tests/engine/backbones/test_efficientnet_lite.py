"""EfficientNet-Lite against timm's, with timm's random weights copied over: nothing is downloaded."""

import pytest
import timm
import torch

from fewshot_gui.engine.backbones import create

# The sizes of the ImageNet weights, the adaptation's size, and ones with odd stages from the first on.
CASES = [("lite0", 224), ("lite0", 160), ("lite0", 97), ("lite1", 240), ("lite2", 260)]


def same_weights(ours, theirs):
    """Copies timm's weights; both lists are in the order of definition, sizes must agree one by one."""
    names = [name for name in ours.state_dict() if not name.endswith("num_batches_tracked")]
    values = {n: v for n, v in theirs.state_dict().items() if not n.endswith("num_batches_tracked")}
    renamed = dict(zip(names, values.values(), strict=True))
    assert all(part(ours_name) == part(theirs_name) for ours_name, theirs_name in zip(renamed, values, strict=True))
    ours.load_state_dict(renamed, strict=False)


def part(name):
    """What a tensor is, in either naming: its last word, e.g. "running_mean"."""
    return name.rpartition(".")[2]


def stirred(model):
    """The model with BatchNorm statistics and weights that are not those of a new one."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


@pytest.mark.parametrize(("name", "size"), CASES)
def test_embeddings_equal_timms(name, size):
    torch.manual_seed(0)
    theirs = stirred(timm.create_model(f"tf_efficientnet_{name}", pretrained=False, num_classes=0))
    ours = create(name).eval()
    same_weights(ours, theirs)
    pictures = torch.randn(2, 3, size, size)
    with torch.no_grad():
        expected = theirs(pictures)
        assert expected.std() > 1e-3
        torch.testing.assert_close(ours(pictures), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("size", "pads"), [(8, (0, 1)), (7, (1, 1))])
def test_stride_two_pads_right_and_below_at_even_sizes(size, pads):
    conv = create("lite0").stem.conv
    assert conv._padding(size) == pads

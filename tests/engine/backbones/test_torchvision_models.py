"""torchvision's models through our registry."""

import subprocess
import sys

import pytest
import torch
import torchvision

from fewshot_gui.engine.backbones import create
from fewshot_gui.errors import UsageError

FAMILIES = {
    "convnext_tiny": 8,
    "densenet121": 12,
    "efficientnet_b0": 9,
    "mnasnet0_5": 17,
    "mobilenet_v2": 19,
    "mobilenet_v3_small": 13,
    "regnet_x_400mf": 22,
    "resnet18": 8,
    "shufflenet_v2_x0_5": 1,
    "swin_t": 1,
    "vgg11": 1,
    "vit_b_32": 1,
}


@pytest.mark.parametrize(("model", "n_blocks"), FAMILIES.items())
def test_each_family_has_its_embedding_and_its_cut(model, n_blocks):
    network = create("torchvision", model=model).eval()
    pictures = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        features = network(pictures, stop=1)
        assert network.n_blocks == n_blocks
        assert features.ndim == 4
        assert network(features, start=1).shape == (2, network.embedding_size)


@pytest.mark.parametrize(
    "model", ["resnet18", "mobilenet_v2", "densenet121", "convnext_tiny", "regnet_x_400mf", "vit_b_32"]
)
def test_the_embedding_is_what_torchvisions_classifier_is_given(model):
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(model, weights=None).eval()
    torch.manual_seed(0)
    ours = create("torchvision", model=model).eval()
    given = []
    last = [m for m in theirs.modules() if isinstance(m, torch.nn.Linear)][-1]
    last.register_forward_pre_hook(lambda module, inputs: given.append(inputs[0]))
    pictures = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        theirs(pictures)
        torch.testing.assert_close(ours(pictures), given[0].flatten(1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("model", ["resnet51", "googlenet", "squeezenet1_0"])
def test_a_model_that_cannot_be_used_is_answered_with_others(model):
    with pytest.raises(UsageError, match=f"no backbone '{model}' that can be used here; nearest: "):
        create("torchvision", model=model)


def test_torchvision_is_imported_only_when_one_is_made():
    code = (
        "import sys\n"
        "from fewshot_gui.engine import backbones\n"
        "backbones.create('conv4')\n"
        "assert 'torchvision' in list(backbones.ARCHITECTURES)\n"
        "assert 'torchvision' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tensorflows_padding_changes_nothing_but_where_strided_convolutions_pad():
    plain = create("torchvision", model="mobilenet_v2").eval()
    same = create("torchvision", model="mobilenet_v2", padding="tensorflow").eval()
    same.load_state_dict(plain.state_dict())
    first, theirs = same.blocks[0][0], plain.blocks[0][0]
    pictures = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        padded = torch.nn.functional.pad(pictures, (0, 1, 0, 1))
        expected = torch.nn.functional.conv2d(padded, theirs.weight, stride=2)
        torch.testing.assert_close(first(pictures), expected)
        assert not torch.allclose(first(pictures), theirs(pictures), atol=1e-2)
        # At odd sizes TensorFlow pads on both sides, as torch does.
        torch.testing.assert_close(first(pictures[..., :223, :223]), theirs(pictures[..., :223, :223]))


def test_an_unknown_padding_is_told():
    with pytest.raises(UsageError, match="padding must be torch or tensorflow, not 'jax'"):
        create("torchvision", model="mobilenet_v2", padding="jax")

"""timm's models through our registry, with random weights: nothing is downloaded."""

import subprocess
import sys
from dataclasses import replace

import pytest
import timm
import torch

from fewshot_gui.engine import methods, model_folder
from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.model import Adaptation
from fewshot_gui.errors import UsageError, UserError
from tests.engine.factories import task, tiny_model

# model, its arguments, its side in pixels, how many blocks there are to cut between
FAMILIES = [
    ("resnet18", {}, 64, 8),
    ("efficientnet_b0.ra_in1k", {}, 64, 17),
    ("mobilenetv4_conv_small.e2400_r224_in1k", {}, 64, 17),
    ("convnext_atto", {}, 64, 4),
    ("vit_tiny_patch16_224", {"img_size": 64, "depth": 3}, 64, 3),
    ("vit_small_patch14_dinov2.lvd142m", {"img_size": 56, "depth": 3}, 56, 3),
    ("vit_base_patch32_clip_224.openai", {"img_size": 64, "depth": 3}, 64, 3),
    ("vit_base_patch16_siglip_224.webli", {"img_size": 64, "depth": 3}, 64, 3),
    ("vit_small_patch16_dinov3.lvd1689m", {"depth": 3}, 64, 3),
    ("swin_tiny_patch4_window7_224", {"img_size": 56}, 56, 1),
    ("regnetx_002", {}, 64, 1),
]


@pytest.mark.parametrize(("model", "arguments", "size", "n_blocks"), FAMILIES, ids=lambda value: str(value))
def test_the_chain_gives_what_timms_model_gives(model, arguments, size, n_blocks):
    torch.manual_seed(0)
    theirs = timm.create_model(model, pretrained=False, num_classes=0, **arguments).eval()
    torch.manual_seed(0)
    ours = create("timm", model=model, arguments=arguments).eval()
    pictures = torch.randn(2, 3, size, size)
    with torch.no_grad():
        expected = theirs(pictures)
        assert expected.std() > 0
        torch.testing.assert_close(ours(pictures), expected, rtol=1e-4, atol=1e-5)
        middle = ours(pictures, stop=n_blocks // 2)
        torch.testing.assert_close(ours(middle, start=n_blocks // 2), expected, rtol=1e-4, atol=1e-5)
    assert ours.n_blocks == n_blocks
    assert ours.embedding_size == expected.shape[1]
    numbers = [sum(p.numel() for p in network.parameters()) for network in (ours, theirs)]
    assert numbers[0] == numbers[1]


def test_a_transformer_that_turns_takes_other_sizes_too():
    network = create("timm", model="vit_small_patch16_dinov3.lvd1689m", arguments={"depth": 1}).eval()
    with torch.no_grad():
        assert network(torch.randn(1, 3, 96, 96)).shape == (1, 384)


@pytest.mark.parametrize(
    ("model", "arguments"),
    [("vit_small_patch16_dinov3.lvd1689m", {"depth": 1}), ("swin_tiny_patch4_window7_224", {"depths": [1, 1]})],
)
def test_what_a_network_computes_itself_is_there_after_loading(tmp_path, model, arguments):
    network = create("timm", model=model, arguments=arguments).eval()
    size = 224 if "swin" in model else 64
    options = {"model": model, "arguments": arguments}
    config = tiny_model(
        architecture="timm", architecture_options=options, embedding_size=network.embedding_size, size=size
    ).config
    model_folder.write(tmp_path / "m", config, network)
    x = torch.randn(1, 3, size, size)
    with torch.no_grad():
        torch.testing.assert_close(model_folder.load(tmp_path / "m").network(x), network(x), rtol=0, atol=2e-2)


@pytest.mark.parametrize(
    ("model", "arguments"),
    [
        ("test_vit", {}),
        ("test_convnext", {}),
        ("test_efficientnet", {}),
        ("vit_small_patch16_dinov3", {"depth": 2, "img_size": 64}),
    ],
)
def test_its_upper_blocks_adapt(model, arguments):
    torch.manual_seed(0)
    network = create("timm", model=model, arguments=arguments).eval().requires_grad_(False)
    base = tiny_model(size=160 if model == "test_vit" else 64)
    config = replace(
        base.config, embedding_size=network.embedding_size, normalised=True,
        adaptation=Adaptation(network.n_blocks // 2, base.config.preprocessing),
    )  # fmt: skip
    loaded = replace(base, config=config, network=network, base_mean=torch.zeros(network.embedding_size))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    few = task(loaded, [3, 3])
    head = methods.create("finetune", config, {"steps": 2, "keep": "always"}).adapt(loaded, few.support)
    assert torch.isfinite(head.logits(few.query(head))).all()
    assert head.changed
    assert {network.block_of(name) >= network.n_blocks // 2 for name in head.changed} == {True}
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("argument", ["checkpoint_path", "pretrained", "pretrained_cfg_overlay"])
def test_arguments_that_would_read_a_file_are_refused(argument):
    with pytest.raises(UsageError, match=f"timm's argument '{argument}' cannot be given here"):
        create("timm", model="test_vit", arguments={argument: "x"})


def test_an_unknown_model_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="timm has no model 'vit_smal_patch16_224'; nearest: vit_small_patch16_224"):
        create("timm", model="vit_smal_patch16_224")


def test_an_unknown_tag_or_a_size_that_does_not_fit_is_told():
    with pytest.raises(UsageError, match=r"timm cannot make 'resnet18.moon' \(.*\): choose another model or tag"):
        create("timm", model="resnet18.moon")
    with pytest.raises(UsageError, match="timm cannot make 'resnet18'"):
        create("timm", model="resnet18", img_size=64)


def test_without_timm_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(UserError, match=r'timm, which is not installed: pip install "fewshot_gui\[hub\]"'):
        create("timm", model="resnet18")


def test_timm_is_imported_only_when_one_is_made():
    code = (
        "import sys\n"
        "from fewshot_gui.engine import backbones\n"
        "assert 'timm' in list(backbones.ARCHITECTURES)\n"
        "backbones.create('conv4')\n"
        "assert 'timm' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Views: versions of a picture whose embeddings are averaged, on any backbone and in any batch."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import pretrained_onnx
from fewshot_gui.engine.combine import combine
from fewshot_gui.engine.methods.finetune import FineTune
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.quality import View
from tests import onnx_file
from tests.engine.backbones.test_onnx_graph import WEIGHT
from tests.engine.factories import task, tiny_model
from tests.engine.test_combine import written

ALL = View.__args__
PICTURES = torch.randint(0, 256, (6, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def looking(model, *views):
    """The model with these views."""
    preprocessing = replace(model.config.preprocessing, views=views)
    return replace(model, config=replace(model.config, preprocessing=preprocessing))


def seen(view, pictures, **options):
    """What a network is given of float pictures [n, C, S, S]."""
    usual = Preprocessing(pictures.shape[-1], (0.0,) * pictures.shape[1], (1.0,) * pictures.shape[1])
    (version,) = replace(usual, views=(view,), **options).versions(pictures)
    return version


def test_a_mirrored_view_is_the_picture_from_right_to_left():
    x = torch.rand(2, 3, 32, 32)
    assert torch.equal(seen("whole", x), x)
    assert torch.equal(seen("flip", x), x.flip(3))
    assert torch.equal(seen("centre-flip", x), seen("centre", x).flip(3))


@pytest.mark.parametrize(
    ("view", "top", "left"),
    [("centre", 2, 2), ("upper-left", 0, 0), ("upper-right", 0, 4), ("lower-left", 4, 0), ("lower-right", 4, 4)],
)
@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_a_crop_is_seven_eighths_of_the_sides_at_its_place(view, top, left, kernel):
    x = torch.rand(2, 3, 32, 32)
    crop = x[:, :, top : top + 28, left : left + 28]
    expected = F.interpolate(crop, (32, 32), mode=kernel, align_corners=False)
    torch.testing.assert_close(seen(view, x, kernel=kernel), expected)


@pytest.mark.parametrize("size", [8, 28, 33, 160])
@pytest.mark.parametrize("view", ALL)
def test_every_view_has_the_inputs_shape(view, size):
    version = seen(view, torch.rand(2, 1, size, size))
    assert version.shape == (2, 1, size, size)
    assert version.is_contiguous(memory_format=torch.channels_last)


def test_the_views_embeddings_are_averaged():
    model = tiny_model(normalised=False)
    apart = [looking(model, view).embed(PICTURES) for view in ALL]
    torch.testing.assert_close(looking(model, *ALL).embed(PICTURES), torch.stack(apart).mean(0))


def test_normalised_embeddings_count_alike_and_their_mean_is_normalised_again():
    model = tiny_model(normalised=True)
    apart = [looking(model, view).embed(PICTURES) for view in ("whole", "flip", "centre")]
    expected = F.normalize(torch.stack(apart).sum(0), dim=1)
    torch.testing.assert_close(looking(model, "whole", "flip", "centre").embed(PICTURES), expected)


def test_without_views_of_its_own_a_model_embeds_as_ever():
    model = tiny_model(normalised=True)
    x = model.config.preprocessing.normalise(PICTURES)
    torch.testing.assert_close(model.embed(PICTURES), model.finish(model.network(x)))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_pictures_embedding_does_not_depend_on_the_batch(channels):
    model = looking(tiny_model(channels=channels, normalised=True), *ALL)
    together = model.embed(PICTURES[:, :channels])
    alone = torch.cat([model.embed(picture) for picture in PICTURES[:, :channels].split(1)])
    torch.testing.assert_close(alone, together, rtol=1e-5, atol=1e-6)


def test_one_view_at_a_time_goes_through_the_network():
    tiny, sizes = tiny_model(), []
    model = replace(tiny, network=tiny.fast)  # folded already, which runs a picture through
    model.network.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    looking(model, *ALL).embed(PICTURES)
    assert sizes == [len(PICTURES)] * len(ALL)


def test_a_composites_members_see_the_same_views(tmp_path):
    pair = combine(tmp_path / "pair", [written(tmp_path / name, 4, seed) for name, seed in (("a", 0), ("b", 1))])
    pictures = torch.randint(0, 256, (3, 3, 64, 64), dtype=torch.uint8)
    mirrored = torch.stack([pair.embed(pictures), pair.embed(pictures.flip(3))]).sum(0)
    torch.testing.assert_close(looking(pair, "whole", "flip").embed(pictures), F.normalize(mirrored, dim=1))


def test_a_graph_of_a_fixed_size_and_batch_takes_them_too(tmp_path):
    (tmp_path / "g.onnx").write_bytes(onnx_file.backbone(WEIGHT, batch=2, side=32))
    network, _ = pretrained_onnx.read(tmp_path / "g.onnx")
    tiny = tiny_model(normalised=True)
    model = replace(tiny, network=network.eval(), config=replace(tiny.config, embedding_size=8))
    mirrored = torch.stack([model.embed(PICTURES), model.embed(PICTURES.flip(3))]).sum(0)
    torch.testing.assert_close(looking(model, "whole", "flip").embed(PICTURES), F.normalize(mirrored, dim=1))


def test_an_adapted_head_sees_pictures_as_the_adaptation_says():
    model = tiny_model()
    some = task(model, [3, 3])
    method = FineTune(steps=2, copies=1, keep="always")
    heads = [method.adapt(of, some.support) for of in (model, looking(model, "whole", "flip"))]
    assert torch.equal(*(head.embed(some.pictures) for head in heads))

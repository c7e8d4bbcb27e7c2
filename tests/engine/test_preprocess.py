"""The one preprocessing: against Pillow's bilinear, and what changes its id."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fewshot_gui.engine.preprocess import Preprocessing

NATURAL = Preprocessing(64, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3))
INK = Preprocessing(28, (0.0,), (1.0,), polarity="ink")


def picture(height, width, seed=0):
    """Noise over a slope: hard edges and smooth parts."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    slope = np.linspace(0, 255, width)[None, :, None]
    return ((noise + slope) / 2).astype(np.uint8)


@pytest.mark.parametrize("size", [28, 64, 160, 224])
@pytest.mark.parametrize("shape", [(64, 64), (500, 333), (131, 977), (40, 50), (1, 300), (1, 1), (640, 640)])
def test_resizing_equals_pillows_bilinear_but_for_rounding(shape, size):
    pixels = picture(*shape)
    expected = np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR))
    ours = replace(NATURAL, size=size).resize(pixels).permute(1, 2, 0).numpy()
    difference = np.abs(ours.astype(int) - expected.astype(int))
    assert difference.max() <= 2
    assert (difference > 1).mean() < 1e-3


def test_a_picture_of_the_right_size_is_left_alone():
    pixels = picture(64, 64)
    assert np.array_equal(NATURAL.resize(pixels).permute(1, 2, 0).numpy(), pixels)


def test_read_only_and_strided_pixels_are_taken_without_a_warning(recwarn):
    pixels = picture(100, 80)
    expected = NATURAL.resize(pixels)
    wide = np.repeat(pixels, 2, axis=1)[:, ::2]
    wide.flags.writeable = False
    assert torch.equal(NATURAL.resize(wide), expected)
    assert len(recwarn) == 0


def test_ink_on_paper_becomes_one_on_zero():
    pixels = np.full((28, 28, 3), 255, np.uint8)
    pixels[3:5] = 0
    drawing = INK.normalise(INK.resize(pixels)[None])
    assert drawing.shape == (1, 1, 28, 28)
    assert (drawing[0, 0, 3:5] == 1).all()
    assert drawing.sum() == 2 * 28


def test_ink_for_a_network_of_three_channels_is_the_same_in_each():
    three = replace(INK, mean=(0.0,) * 3, std=(1.0,) * 3)
    assert torch.equal(three.resize(picture(50, 50)), INK.resize(picture(50, 50)).expand(3, -1, -1))


def test_normalising_is_per_channel_and_alike_for_bytes_and_floats():
    pictures = NATURAL.resize(picture(64, 64))[None]
    x = NATURAL.normalise(pictures)
    for c in range(3):
        torch.testing.assert_close(x[0, c], (pictures[0, c] / 255 - NATURAL.mean[c]) / NATURAL.std[c])
    assert torch.equal(x, NATURAL.normalise(pictures.float()))
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_the_id_changes_with_whatever_changes_the_input_and_with_nothing_else():
    changed = [
        replace(NATURAL, size=65),
        replace(NATURAL, mean=(0.5, 0.4, 0.31)),
        replace(NATURAL, std=(0.2, 0.25, 0.31)),
        replace(NATURAL, polarity="ink"),
        replace(NATURAL, draft=1),
        replace(NATURAL, views=("whole", "flip")),
        replace(NATURAL, views=("flip",)),
    ]
    assert len({NATURAL.id, *(other.id for other in changed)}) == 8
    assert replace(NATURAL).id == NATURAL.id
    assert NATURAL.id.isalnum()
    assert len(NATURAL.id) == 12


def test_the_id_of_a_model_without_views_is_that_of_the_time_before_there_were_any():
    assert NATURAL.id == "1eea37aeb2f2"  # else embeddings that were cached then would be computed again


def test_the_bicubic_kernel_is_pillows():
    pixels = np.random.default_rng(0).integers(0, 256, (97, 130, 3), dtype=np.uint8)
    ours = Preprocessing(40, (0.5,) * 3, (0.5,) * 3, kernel="bicubic").resize(pixels)
    theirs = np.asarray(Image.fromarray(pixels).resize((40, 40), Image.Resampling.BICUBIC))
    assert np.abs(ours.permute(1, 2, 0).numpy().astype(int) - theirs).max() <= 2

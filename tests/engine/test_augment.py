import pytest
import torch

from fewshot_gui.engine.augment import Augmentation, augment, resize
from fewshot_gui.engine.preprocess import Preprocessing

ALL = Augmentation(crop=0.5, stretch=1.2, flip=True, rotate=10, brightness=0.3, contrast=0.3, saturation=0.3)


def pictures(n=4, size=32):
    return torch.randint(0, 256, (n, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def ramp():
    """Grey grows from left to right, as a colour: 0, 8, 16 ..."""
    return (torch.arange(32) * 8).to(torch.uint8).expand(200, 3, 32, 32)


def changed(how, x=None, seed=0, **more):
    return augment(pictures() if x is None else x, how, 32, torch.Generator().manual_seed(seed), **more)


def test_the_generator_alone_decides():
    torch.manual_seed(5)
    first = changed(ALL)
    torch.manual_seed(6)
    assert torch.equal(first, changed(ALL))
    assert not torch.equal(first, changed(ALL, seed=1))


def test_grey_values_stay_in_range():
    result = changed(ALL)
    assert result.shape == (4, 3, 32, 32)
    assert result.dtype == torch.float32
    assert result.min() >= 0
    assert result.max() <= 255


def test_nothing_to_change_changes_nothing():
    assert torch.equal(changed(Augmentation()), pictures())


def test_every_picture_is_changed_in_its_own_way():
    same = pictures(1).expand(6, -1, -1, -1)
    result = changed(ALL, same)
    assert all(not torch.equal(result[0], other) for other in result[1:])


def test_the_input_is_left_alone():
    x = pictures()
    before = x.clone()
    changed(ALL, x)
    assert torch.equal(x, before)


def test_flips_mirror_about_half_of_the_pictures():
    x = ramp()
    result = changed(Augmentation(flip=True), x)
    mirrored = (result - x.flip(3).float()).abs().amax((1, 2, 3)) < 1e-2
    kept = (result - x.float()).abs().amax((1, 2, 3)) < 1e-2
    assert (mirrored ^ kept).all()
    assert 70 < mirrored.sum() < 130


def test_a_crop_shows_at_least_its_share_of_the_area():
    """On a ramp of grey the range of values is the width of what is shown."""
    result = changed(Augmentation(crop=0.5), ramp())
    shown = (result.amax((1, 2, 3)) - result.amin((1, 2, 3))) / 248
    assert shown.min() > 0.5**0.5 - 0.05
    assert shown.max() <= 1
    assert shown.std() > 0.05


def test_brightness_multiplies_all_channels_alike():
    x = torch.full((50, 3, 32, 32), 100, dtype=torch.uint8)
    factors = changed(Augmentation(brightness=0.2), x).mean((1, 2, 3)) / 100
    assert factors.min() > 0.8 - 1e-3
    assert factors.max() < 1.2 + 1e-3
    assert factors.std() > 0.05


def test_contrast_keeps_the_mean():
    x = torch.randint(80, 170, (8, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    result = changed(Augmentation(contrast=0.3), x)
    assert torch.allclose(result.mean((1, 2, 3)), x.float().mean((1, 2, 3)), atol=0.1)
    assert not torch.allclose(result.std((1, 2, 3)), x.float().std((1, 2, 3)), rtol=0.01)


def test_saturation_leaves_grey_grey():
    grey = pictures()[:, :1].expand(-1, 3, -1, -1)
    assert torch.allclose(changed(Augmentation(saturation=0.5), grey), grey.float(), atol=1e-3)


@pytest.mark.parametrize("padding", ["zeros", "reflection"])
def test_what_lies_beyond_the_edge_is_black_or_mirrored(padding):
    white = torch.full((20, 1, 32, 32), 255, dtype=torch.uint8)
    result = changed(Augmentation(rotate=30), white, padding=padding)
    assert (result.min() < 1) == (padding == "zeros")


def test_resize_gives_what_preprocessing_gives():
    x = pictures(1, 64)
    expected = Preprocessing(32, (0.5,) * 3, (0.5,) * 3).resize(x[0].permute(1, 2, 0).numpy())
    assert torch.equal(resize(x, 32)[0], expected)

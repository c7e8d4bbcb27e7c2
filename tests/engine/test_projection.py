"""The map's axes."""

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine.projection import fit


def rows(n, size=12, seed=0):
    """Points that differ most along the first direction, then along the second."""
    draw = torch.Generator().manual_seed(seed)
    spread = torch.full((size,), 0.05)
    spread[0], spread[1] = 0.8, 0.4
    return torch.randn(n, size, generator=draw) * spread + torch.eye(size)[2] * 2


@pytest.mark.parametrize("n", [7, 500])  # fewer and more rows than numbers in each
def test_the_axes_are_the_principal_components_of_normalised_rows(n):
    x = rows(n)
    unit = F.normalize(x, dim=1)
    _, singular, vectors = torch.linalg.svd(unit - unit.mean(0), full_matrices=False)
    projection = fit(x)
    cosines = (projection.axes.T @ vectors[:2].T).abs()
    torch.testing.assert_close(cosines, torch.eye(2), atol=1e-3, rtol=0)
    share = singular[:2].square().sum() / singular.square().sum()
    assert projection.explained == pytest.approx(float(share), abs=1e-4)
    torch.testing.assert_close(projection.place(x), (unit - unit.mean(0)) @ projection.axes)


def test_it_is_the_same_each_time_and_takes_float16():
    x = rows(200)
    assert torch.equal(fit(x).axes, fit(x).axes)
    torch.testing.assert_close(fit(x.half()).place(x.half()), fit(x).place(x), atol=5e-3, rtol=0)


def test_more_rows_do_not_flip_or_turn_the_map():
    x = rows(400)
    first = fit(x[:100])
    for seed in range(5):
        mirrored = x[torch.randperm(400, generator=torch.Generator().manual_seed(seed))] * 1.0
        later = fit(mirrored, first)
        turn = first.axes.T @ later.axes
        assert torch.linalg.det(turn) > 0.9
        assert turn.diag().min() > 0.9
        old, new = first.place(x), later.place(x)
        assert F.cosine_similarity(old, new, dim=1).median() > 0.95


def test_only_so_many_rows_are_looked_at_and_all_are_placed():
    x = rows(1000)
    few = fit(x, most=100)
    assert torch.equal(few.axes, fit(x[torch.linspace(0, 999, 100).round().long()]).axes)
    assert few.fitted == 1000
    assert few.place(x).shape == (1000, 2)


@pytest.mark.parametrize("x", [torch.ones(1, 5), torch.ones(4, 5), torch.zeros(3, 5)])
def test_pictures_that_do_not_differ_lie_on_one_point(x):
    placed = fit(x).place(x)
    assert torch.isfinite(placed).all()
    assert placed.std(0, unbiased=False).max() < 1e-3


def test_no_rows_have_no_points():
    assert fit(rows(5)).place(torch.zeros(0, 12)).shape == (0, 2)

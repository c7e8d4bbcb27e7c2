"""Accuracy told by the support set alone."""

import pytest
import torch

from fewshot_gui.engine import estimate as estimates
from fewshot_gui.engine.estimate import MOST_FITS, leave_groups_out
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS, create
from tests.engine.factories import tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def support(model, shots, *, apart=1.0, seed=0, groups=None):
    """Classes around random directions under noise; apart: how far the directions reach out of it."""
    draw = torch.Generator().manual_seed(seed)
    size = model.config.embedding_size
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    centres = torch.randn(len(shots), size, generator=draw)
    x = apart * centres[labels] + torch.randn(len(labels), size, generator=draw)
    return Support(labels, len(shots), x, groups=groups)


def estimated(model, support, method="protonet", **options):
    return leave_groups_out(create(method, model.config), model, support, **options)


@pytest.mark.parametrize("method", ["protonet", "ridge"])
def test_classes_far_apart_are_all_right_and_count_per_class(model, method):
    estimate = estimated(model, support(model, [5, 6, 7], apart=5), method)
    assert (estimate.accuracy.right, estimate.accuracy.total) == (18, 18)
    assert [one.total for one in estimate.per_class] == [5, 6, 7]
    assert (estimate.rough, estimate.why_none, estimate.left_out) == (False, "", 0)


def test_under_five_independent_examples_it_is_rough(model):
    assert estimated(model, support(model, [5, 4])).rough
    assert not estimated(model, support(model, [5, 5])).rough


def test_without_a_second_example_there_is_no_estimate_but_the_reason(model):
    estimate = estimated(model, support(model, [1, 1, 1]))
    assert estimate.accuracy.total == 0
    assert "two independent examples" in estimate.why_none
    assert "one class" in estimated(model, support(model, [4])).why_none


def test_a_class_with_one_example_is_not_asked_and_the_others_are(model):
    estimate = estimated(model, support(model, [1, 5, 5], apart=5))
    assert [one.total for one in estimate.per_class] == [0, 5, 5]
    assert (estimate.accuracy.right, estimate.left_out, estimate.rough) == (10, 1, True)


def test_pure_noise_is_estimated_at_chance_and_not_below(model):
    """Leaving out one example alone would have nearly none right: its class lacks what makes it near."""
    shares = [estimated(model, support(model, [2] * 5, apart=0, seed=s)).accuracy.value for s in range(60)]
    assert sum(shares) / len(shares) == pytest.approx(0.2, abs=0.06)


def test_near_duplicates_are_left_out_together_and_count_once(model):
    alone = support(model, [2] * 5, apart=0, seed=3)
    copies = Support(alone.labels.repeat(4), 5, alone.embeddings.repeat(4, 1), groups=torch.arange(10).repeat(4))
    estimate = estimated(model, copies)
    assert estimate.accuracy.total == 10
    assert estimate.accuracy.right == estimated(model, alone).accuracy.right
    assert estimated(model, Support(copies.labels, 5, copies.embeddings)).accuracy.value > 0.9  # what it guards against


def test_a_group_in_two_classes_counts_in_each(model):
    given = support(model, [2, 2], groups=torch.tensor([0, 1, 0, 2]))
    assert [one.total for one in estimated(model, given).per_class] == [2, 2]
    same = support(model, [1, 3], groups=torch.tensor([0, 0, 1, 2]))
    assert [one.total for one in estimated(model, same).per_class] == [0, 3]


def test_the_work_is_bounded(model, monkeypatch):
    fits = []
    adapt = METHODS["protonet"].adapt
    monkeypatch.setattr(METHODS["protonet"], "adapt", lambda *a, **k: fits.append(1) or adapt(*a, **k))
    estimate = estimated(model, support(model, [150, 90, 2], apart=5))
    assert len(fits) == MOST_FITS
    assert estimate.accuracy.total == 242


def test_progress_may_cancel(model):
    class Stopped(Exception):
        pass

    def stop(share, what):
        raise Stopped

    with pytest.raises(Stopped):
        estimated(model, support(model, [3, 3]), progress=stop)


def test_classes_without_examples_get_a_figure_of_none(model):
    estimate = estimated(model, support(model, [2, 3], apart=5)).spread([1, -1, 0])
    assert [one.total for one in estimate.per_class] == [3, 0, 2]
    assert estimates.none(2, "why").accuracy.total == 0

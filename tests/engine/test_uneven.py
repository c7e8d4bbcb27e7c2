"""Classes with few support pictures are answered as often as others."""

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import methods
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS
from tests.engine.factories import gaussian, tiny_model

D = 32


def alike(shots, *, within=0.5, between=0.2):
    """(support, one query of each class [n_way, D]): pictures have length 1, two of a class the product `within`, two
    of different classes `between`.
    """
    n_way, shown = len(shots), sum(shots)
    labels = torch.arange(n_way).repeat(2).repeat_interleave(torch.tensor([*shots, *[1] * n_way]))
    products = torch.where(labels[:, None] == labels, within, between).double().fill_diagonal_(1.0)
    rows = F.pad(torch.linalg.cholesky(products).float(), (0, D - len(labels)))
    return Support(labels[:shown], n_way, rows[:shown]), rows[shown:]


@pytest.mark.parametrize("centre", ["none", "support"])
@pytest.mark.parametrize("name", ["baseline++", "linear", "protonet", "ridge"])
def test_where_classes_differ_in_shots_alone_each_is_ahead_by_as_much_as_the_others_are_of_it(name, centre):
    support, query = alike([1, 3, 10])
    scores = METHODS[name](centre=centre, temperature=1.0).adapt(tiny_model(), support).logits(query)
    ahead = scores.diagonal().unsqueeze(1) - scores
    torch.testing.assert_close(ahead.sum(1), ahead.sum(0), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "method", ["baseline++", "lda", "linear", "mahalanobis", "protonet", "protonet:metric=euclidean", "ridge"]
)
def test_uneven_shots_do_not_starve_the_classes_with_few(method):
    """Averaged over draws; by the plain rules of their papers no method reaches both."""
    model = tiny_model()
    name, given = methods.parse(method)
    recalls = []
    for seed in range(20):
        support, query, labels = gaussian([1, 1, 2, 5, 20], n_query=40, seed=seed)
        answers = methods.create(name, model.config, given).adapt(model, support).logits(query).argmax(1)
        recalls.append(torch.stack([(answers[labels == c] == c).float().mean() for c in range(5)]))
    recall = torch.stack(recalls).mean(0)
    assert recall.min() > 0.45
    assert recall.max() < 0.85
    assert recall.max() - recall.min() < 0.32


def repeated(support, times):
    """The support with each picture as many times as `times` has for its class; these are near-duplicates."""
    rows = torch.arange(len(support.labels)).repeat_interleave(torch.tensor(times)[support.labels])
    return Support(support.labels[rows], support.n_way, support.embeddings[rows], groups=rows)


def correction(support):
    return METHODS["protonet"]().adapt(tiny_model(), support).correction


def test_near_duplicates_count_as_one_picture():
    support, _, _ = gaussian([2, 4, 8])
    assert correction(support).any()
    torch.testing.assert_close(correction(repeated(support, [4, 2, 1])), correction(support))


def test_a_class_of_nothing_but_near_duplicates_may_be_alike_by_nature():
    support, _, _ = gaussian([1, 4, 4])
    assert not correction(repeated(support, [4, 1, 1])).any()


@pytest.mark.parametrize("name", ["baseline++", "linear", "protonet", "ridge"])
def test_uneven_shots_of_nothing_but_copies_are_answered_with_a_number(name):
    support = Support(torch.tensor([0, 1, 1, 2, 2, 2]), 3, torch.ones(6, D))
    for centre in ("none", "support"):
        assert METHODS[name](centre=centre).adapt(tiny_model(), support).logits(torch.ones(1, D)).isfinite().all()


@pytest.mark.parametrize("name", ["baseline++", "protonet", "ridge"])
def test_equal_shots_are_answered_without_a_bias(name):
    head = METHODS[name]().adapt(tiny_model(), gaussian([3, 3, 3])[0])
    assert not (head.bias if name == "ridge" else head.correction).any()

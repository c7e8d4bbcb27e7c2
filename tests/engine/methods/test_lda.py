"""Linear discriminant analysis, against scikit-learn and dense matrices."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from fewshot_gui.engine import knowledge
from fewshot_gui.engine.features import cosine_transform
from fewshot_gui.engine.knowledge import Covariance
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.lda import discriminants
from tests.engine.factories import gaussian, tiny_model

D = 32


@pytest.fixture
def model():
    return replace(tiny_model(), base_mean=torch.linspace(-0.3, 0.3, D))


def features(model, support, query):
    transform = cosine_transform(model, support, None, "base")
    return transform(support.embeddings).double().numpy(), transform(query).double().numpy()


@pytest.mark.parametrize("shots", [[5, 5, 5], [2, 4, 30], [20, 20], [40, 40, 40]])
@pytest.mark.parametrize("shrinkage", [0.1, 0.6])
def test_it_is_scikit_learns_but_for_scale_and_the_term_for_uneven_shots(model, shots, shrinkage):
    support, query, _ = gaussian(shots)
    x, q = features(model, support, query)
    y = support.labels.numpy()
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage, priors=np.array(shots) / sum(shots))
    expected = theirs.fit(x, y).decision_function(q) - np.log(theirs.priors_ if len(shots) > 2 else [1])
    if len(shots) == 2:  # scikit-learn has one column then: class 1 less class 0; the chances are even
        expected = np.stack([np.zeros(len(q)), expected[:, 0] if expected.ndim > 1 else expected], 1)
    head = METHODS["lda"](shrinkage=shrinkage, temperature=1.0).adapt(model, support)
    means = torch.stack([support_features(head, support)[support.labels == c].mean(0) for c in range(len(shots))])
    plain = (head.bias + (head.weight * means).sum(1) / 2).numpy()  # the term
    if len({*shots}) == 1:
        np.testing.assert_allclose(plain, 0, atol=1e-4)
    ours = head.logits(query).numpy() - plain
    ours, expected = ours - ours.mean(1, keepdims=True), expected - expected.mean(1, keepdims=True)
    np.testing.assert_allclose(ours / np.linalg.norm(ours), expected / np.linalg.norm(expected), atol=1e-4)


def support_features(head, support):
    return head.features(support.embeddings)


@pytest.mark.parametrize("shots", [[5, 5, 5], [1, 4, 30], [60, 60]], ids=["equal", "uneven", "more than numbers"])
def test_a_known_covariance_is_what_it_is_shrunk_towards(shots):
    support, _, _ = gaussian(shots)
    x, y, n = support.embeddings.double(), support.labels, len(shots)
    known = knowledge.fit(*gaussian([9] * 8, seed=1)[1:], rank=6).covariance
    weight, bias = discriminants(x, y, n, 0.3, known)
    means = torch.stack([x[y == c].mean(0) for c in range(n)])
    apart = x - means[y]
    pooled = apart.T @ apart / (len(x) - n)
    covariance = 0.7 * pooled / (pooled.trace() / D) + 0.3 * known.dense
    expected = torch.linalg.solve(covariance, means.T).T
    scale = means.square().sum() / (expected * means).sum()
    expected = scale * expected
    torch.testing.assert_close(weight.double(), expected, rtol=1e-3, atol=1e-4)
    lengths = (expected * means).sum(1)
    if len({*shots}) > 1:
        lengths = true_lengths(lengths, scale * noise(x, y, covariance), support.shots)
    torch.testing.assert_close(bias.double(), -lengths / 2, rtol=1e-3, atol=1e-3)


def noise(x, y, covariance):
    """What one picture's distance from its true class mean comes to, each left out of all that is measured with."""
    found = []
    spread = sum((x[y == c] - x[y == c].mean(0)).square().sum() for c in range(int(y.max()) + 1)) / D

    def scatter(rows):
        return (rows - rows.mean(0)).T @ (rows - rows.mean(0))

    for i, c in enumerate(y.tolist()):
        others = x[(y == c) & (torch.arange(len(x)) != i)]
        if len(others):
            without = covariance - 0.7 * (scatter(x[y == c]) - scatter(others)) / spread
            apart = x[i] - others.mean(0)
            found.append(apart @ torch.linalg.solve(without, apart) / (1 + 1 / len(others)))
    return torch.stack(found).mean()


def true_lengths(lengths, noise, shots):
    """Classes of few pictures near the mean of all."""
    trust = (shots / (shots + 1)) / (shots / (shots + 1)).max()
    less = lengths - noise / shots
    mean = (trust * less).sum() / trust.sum()
    return mean + trust * (less - mean)


def test_one_picture_of_each_class_is_the_nearest_by_what_is_known():
    x, y = gaussian([1, 1, 1])[0].embeddings, gaussian([1, 1, 1])[0].labels
    query = gaussian([1, 1, 1])[1]
    for known in (Covariance.even(D), knowledge.fit(*gaussian([9] * 8, seed=1)[1:], rank=6).covariance):
        weight, bias = discriminants(x, y, 3, 0.5, known)
        white = [known.times(rows.double(), -0.5) for rows in (query, x[y.argsort()])]
        nearest = torch.cdist(*white).argmin(1)
        assert torch.equal((query @ weight.T + bias).argmax(1), nearest)


def test_what_is_known_of_base_classes_helps_where_classes_spread_alike():
    """Classes that spread widely along four directions: one picture cannot show which, the base classes did."""
    model, spread = tiny_model(), torch.cat([torch.full((4,), 6.0), torch.full((D - 4,), 0.5)])
    draw = torch.Generator().manual_seed(0)

    def drawn(n_classes, each):
        labels = torch.arange(n_classes).repeat_interleave(each)
        rows = torch.randn(n_classes, D, generator=draw)[labels] + spread * torch.randn(len(labels), D, generator=draw)
        return torch.nn.functional.normalize(rows, dim=1), labels

    model.__dict__["knowledge"] = knowledge.fit(*drawn(30, 20), rank=8)  # as if read from a folder
    rows, labels = drawn(5, 41)
    shown = torch.arange(5) * 41
    asked = torch.ones(len(rows), dtype=torch.bool).index_fill(0, shown, False)
    support = Support(torch.arange(5), 5, rows[shown])
    right = {
        prior: (METHODS["lda"](prior=prior).adapt(model, support).logits(rows[asked]).argmax(1) == labels[asked])
        for prior in (0.0, 1.0)
    }
    assert right[1.0].float().mean() > right[0.0].float().mean() + 0.2

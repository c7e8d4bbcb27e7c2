"""Prototypes that unlabelled pictures refine, against the rule written out, and against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.mixture import GaussianMixture

from fewshot_gui.engine.features import cosine_transform
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS, soft_kmeans
from tests.engine.factories import gaussian, tiny_model

D = 32


@pytest.fixture
def model():
    return replace(tiny_model(), base_mean=torch.linspace(-0.3, 0.3, D))


def adapted(model, support, pool, **options):
    return METHODS["soft-kmeans"](**options).adapt(model, support, pool=pool)


def written_out(model, support, pool, rounds, sharpness, trust):
    """Picture by picture and class by class."""
    transform = cosine_transform(model, support, None, "base")
    x, u = transform(support.embeddings).double().numpy(), transform(pool).double().numpy()
    own = [x[support.labels.numpy() == c].sum(0) for c in range(support.n_way)]
    p = [v / np.linalg.norm(v) for v in own]
    for _ in range(rounds):
        z = np.array([[np.exp(sharpness * picture @ v) for v in p] for picture in u])
        z = z / z.sum(1, keepdims=True)
        found = []
        for c, sums in enumerate(own):
            weight = 1 if trust == 0 else min(1, trust / z[:, c].sum())
            moved = sums + weight * sum(z[i, c] * u[i] for i in range(len(u)))
            found.append(moved / np.linalg.norm(moved))
        p = found
    return np.stack(p)


@pytest.mark.parametrize("trust", [0.0, 2.0])
@pytest.mark.parametrize("rounds", [0, 1, 7])
def test_prototypes_are_those_of_the_rule(model, rounds, trust):
    support, pool, _ = gaussian([1, 2, 5])
    head = adapted(model, support, pool, rounds=rounds, sharpness=8.0, trust=trust)
    expected = written_out(model, support, pool, rounds, 8.0, trust)
    np.testing.assert_allclose(head.prototypes.numpy(), expected, atol=1e-5)


def test_shares_are_those_of_scikit_learns_mixture_of_round_gaussians(model):
    """Of unit vectors, softmax(s cos) is the posterior under Gaussians of variance 1 / s around the prototypes."""
    support, pool, _ = gaussian([2, 2, 2])
    head = adapted(model, support, pool, rounds=0, temperature=9.0)
    mixture = GaussianMixture(3, covariance_type="spherical")
    mixture.means_, mixture.weights_ = head.prototypes.double().numpy(), np.full(3, 1 / 3)
    mixture.covariances_, mixture.precisions_cholesky_ = np.full(3, 1 / 9), np.full(3, 3.0)
    theirs = mixture.predict_proba(head.features(pool).double().numpy())
    np.testing.assert_allclose(head.logits(pool).softmax(1).numpy(), theirs, atol=1e-4)


def test_without_rounds_it_is_protonet(model):
    support, pool, _ = gaussian([1, 4, 4])
    plain = METHODS["protonet"]().adapt(model, support)
    head = adapted(model, support, pool, rounds=0, temperature=plain.temperature)
    without_bias = replace(plain, correction=torch.zeros(3))
    torch.testing.assert_close(head.logits(pool), without_bias.logits(pool))


def test_unlabelled_pictures_show_where_classes_lie():
    model, draw = tiny_model(), torch.Generator().manual_seed(0)
    centres = F.normalize(torch.randn(4, D, generator=draw), dim=1)
    labels = torch.arange(4).repeat_interleave(60)
    pool = centres[labels] + 0.25 * torch.randn(240, D, generator=draw)
    support = Support(torch.arange(4), 4, centres + 0.35 * torch.randn(4, D, generator=draw))
    right = [(adapted(model, support, pool, rounds=rounds).logits(pool).argmax(1) == labels) for rounds in (0, 20)]
    assert right[1].float().mean() > right[0].float().mean() + 0.05


def test_trust_bounds_what_a_flood_of_pictures_does(model):
    support, pool, _ = gaussian([5, 5, 5])
    flood = pool[:30].repeat(50, 1)  # all of the first class
    plain = adapted(model, support, flood, rounds=0).prototypes
    moved = {trust: (adapted(model, support, flood, trust=trust).prototypes - plain).norm() for trust in (0.0, 1.0)}
    assert moved[1.0] < 0.5 * moved[0.0]


def test_of_a_large_pool_an_even_part_is_looked_at_whatever_its_order(model, monkeypatch):
    support, pool, _ = gaussian([2, 2, 2], n_query=100)
    monkeypatch.setattr(soft_kmeans, "_MOST", 120)
    order = torch.randperm(len(pool), generator=torch.Generator().manual_seed(1))
    some, others = adapted(model, support, pool), adapted(model, support, pool[order])
    assert torch.equal(some.prototypes, others.prototypes)
    assert len(soft_kmeans._in_order(pool)) == 120
    assert len({tuple(row) for row in soft_kmeans._in_order(pool).tolist()}) == 120
    assert torch.equal(soft_kmeans._in_order(pool[:7]).sort(0).values, pool[:7].sort(0).values)

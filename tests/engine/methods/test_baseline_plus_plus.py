"""The cosine classifier, against torch's own weight normalisation and optimiser."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from fewshot_gui.engine.features import class_means, cosine_transform
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.baseline_plus_plus import cosine_classifier
from tests.engine.factories import gaussian, tiny_model

D = 32


@pytest.fixture
def model():
    return replace(tiny_model(), base_mean=torch.linspace(-0.3, 0.3, D))


def trained_by_torch(x, y, n_way, *, steps, rate, sharpness):
    """[n_way, D] the directions of a weight-normed layer after torch's SGD from the prototypes."""
    layer = weight_norm(nn.Linear(D, n_way, bias=False, dtype=torch.float64))
    lengths, directions = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
    with torch.no_grad():
        lengths.fill_(1.0)
        directions.copy_(F.normalize(class_means(x, y, n_way), dim=1))
    lengths.requires_grad_(False)
    optimiser = torch.optim.SGD([directions], lr=rate, momentum=0.9)
    for _ in range(steps):
        optimiser.zero_grad()
        losses = F.cross_entropy(sharpness * layer(x), y, reduction="none")
        torch.stack([losses[y == c].mean() for c in range(n_way)]).mean().backward()
        optimiser.step()
    return layer.weight.detach()


@pytest.mark.parametrize("shots", [[5, 5, 5], [1, 4, 40]], ids=["equal", "uneven, more than numbers"])
@pytest.mark.parametrize(
    "options", [{"steps": 25, "rate": 0.2, "sharpness": 10.0}, {"steps": 3, "rate": 2.0, "sharpness": 2.0}]
)
def test_directions_are_those_of_torchs_optimiser(shots, options):
    support, _, _ = gaussian(shots)
    x, y, n = F.normalize(support.embeddings.double(), dim=1), support.labels, len(shots)
    ours = cosine_classifier(x, y, n, **options)
    torch.testing.assert_close(ours.double(), trained_by_torch(x, y, n, **options), rtol=1e-4, atol=1e-5)


def test_without_steps_it_is_protonet(model):
    support, query, _ = gaussian([1, 4, 4])
    plain = METHODS["protonet"]().adapt(model, support)
    head = METHODS["baseline++"](steps=0, temperature=plain.temperature).adapt(model, support)
    torch.testing.assert_close(head.logits(query), plain.logits(query))


def test_steps_fit_the_examples_better_than_prototypes_do(model):
    support, _, _ = gaussian([60] * 8)
    right = {
        steps: (METHODS["baseline++"](steps=steps).adapt(model, support).logits(support.embeddings).argmax(1))
        for steps in (0, 200)
    }
    shares = {steps: (answers == support.labels).float().mean() for steps, answers in right.items()}
    assert shares[200] > shares[0]


def test_a_large_rate_ends_in_directions_all_the_same(model):
    support, query, _ = gaussian([3, 3, 3])
    head = METHODS["baseline++"](steps=500, rate=100.0, sharpness=1000.0).adapt(model, support)
    assert torch.isfinite(head.logits(query)).all()
    torch.testing.assert_close(head.prototypes.norm(dim=1), torch.ones(3))


def test_features_are_those_of_its_centre(model):
    support, query, _ = gaussian([3, 3, 3])
    head = METHODS["baseline++"](centre="support").adapt(model, support)
    assert torch.equal(head.features(query), cosine_transform(model, support, None, "support")(query))

"""Heads and the closed-form methods, against other libraries and slow, obvious references."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import heads
from fewshot_gui.engine.features import Transform, cosine_transform
from fewshot_gui.engine.heads import LinearHead, PrototypeHead
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS, linear
from fewshot_gui.engine.methods.linear import logistic_regression
from fewshot_gui.errors import UserError
from tests.conftest import ROOT
from tests.engine.factories import gaussian, tiny_model

D = 32


@pytest.fixture
def model():
    """Cosine, with a base mean."""
    return replace(tiny_model(), base_mean=torch.linspace(-0.3, 0.3, D))


@pytest.fixture
def euclidean():
    return tiny_model(metric="euclidean", temperature=0.5)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def centred_on_support(support, query):
    """Support and query features as ridge makes them, in numpy."""
    x, y = unit(support.embeddings.double().numpy()), support.labels.numpy()
    centre = np.mean([x[y == c].mean(0) for c in range(support.n_way)], axis=0)
    return unit(x - centre), unit(unit(query.double().numpy()) - centre)


def test_euclidean_prototypes_are_those_of_easyfsl(euclidean):
    easyfsl = pytest.importorskip("easyfsl.methods", reason="easyfsl, an oracle, is not installed")
    support, query, _ = gaussian([4, 4, 4])
    theirs = easyfsl.PrototypicalNetworks(torch.nn.Identity())
    theirs.process_support_set(support.embeddings, support.labels)
    ours = METHODS["protonet"]().adapt(euclidean, support).logits(query)
    torch.testing.assert_close(ours, -0.5 * theirs(query).square(), rtol=1e-4, atol=1e-3)


def test_cosine_prototypes_are_easyfsls_simpleshot(model):
    easyfsl = pytest.importorskip("easyfsl.methods", reason="easyfsl, an oracle, is not installed")
    support, query, _ = gaussian([2, 5, 9])
    theirs = easyfsl.SimpleShot(torch.nn.Identity(), feature_centering=model.base_mean, feature_normalization=2)
    theirs.process_support_set(support.embeddings, support.labels)
    head = METHODS["protonet"](temperature=7.0).adapt(model, support)
    ours = head.logits(query) - 7 * head.correction
    torch.testing.assert_close(ours, 7 * theirs(query), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shots", [[5, 5, 5], [1, 4, 30], [40, 40, 40]], ids=["equal", "uneven", "primal"])
def test_ridge_is_scikit_learns_balanced_ridge_classifier(model, shots):
    linear_model = pytest.importorskip("sklearn.linear_model", reason="scikit-learn, an oracle, is not installed")
    support, query, _ = gaussian(shots)
    x, q = centred_on_support(support, query)
    theirs = linear_model.RidgeClassifier(alpha=0.5, fit_intercept=False, class_weight="balanced")
    theirs.fit(x, support.labels.numpy())
    head = METHODS["ridge"](temperature=3.0).adapt(model, support)
    ours = head.logits(query) - 3 * head.bias
    np.testing.assert_allclose(ours.numpy(), 3 * theirs.decision_function(q), atol=1e-4)


@pytest.mark.parametrize("shots", [[5, 5, 5], [1, 4, 30], [20, 20]], ids=["equal", "uneven", "two classes"])
def test_linear_is_scikit_learns_balanced_logistic_regression(model, shots, monkeypatch):
    linear_model = pytest.importorskip("sklearn.linear_model", reason="scikit-learn, an oracle, is not installed")
    support, query, _ = gaussian(shots)
    x, q = centred_on_support(support, query)
    # With two classes scikit-learn has one vector w where we have w/2 and -w/2: its penalty is twice ours.
    strength = 5.0 if len(shots) > 2 else 10.0
    theirs = linear_model.LogisticRegression(C=strength, class_weight="balanced", tol=1e-10, max_iter=10000)
    theirs.fit(x, support.labels.numpy())
    monkeypatch.setattr(linear, "class_bias", lambda *_: torch.zeros(support.n_way))  # which it adds for uneven shots
    method = METHODS["linear"](strength=5.0, centre="support", temperature=1.0)
    ours = method.adapt(model, support).logits(query).softmax(1)
    np.testing.assert_allclose(ours.numpy(), theirs.predict_proba(q), atol=1e-4)


@pytest.mark.parametrize("strength", [1e-6, 1.0, 1e6])
def test_linear_ends_where_its_gradient_vanishes(strength):
    support, _, _ = gaussian([1, 4, 30])
    x = F.normalize(support.embeddings).double()
    weight, bias = (part.double().requires_grad_() for part in logistic_regression(x, support.labels, 3, strength))
    balance = strength * len(x) / (3 * support.shots[support.labels])
    loss = (balance * F.cross_entropy(x @ weight.T + bias, support.labels, reduction="none")).sum()
    (loss + weight.square().sum() / 2).backward()
    scale = 1e-6 * (1 + strength)  # weight and bias are rounded to float32
    assert max(weight.grad.abs().max(), bias.grad.abs().max()) < scale


def test_the_first_linear_classifier_of_a_process_does_not_wait_for_torchs_compiler():
    program = (
        "import sys, torch\n"
        "from fewshot_gui.engine.methods.linear import logistic_regression\n"
        "logistic_regression(torch.eye(4), torch.tensor([0, 0, 1, 1]), 2, 10.0)\n"
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_the_correction_is_the_pooled_within_class_trace_over_the_shots(euclidean):
    support, _, _ = gaussian([1, 3, 7])
    groups = [support.embeddings[support.labels == c] for c in range(3)]
    trace = sum(((g - g.mean(0)) ** 2).sum() for g in groups) / (2 + 6)
    head = METHODS["protonet"]().adapt(euclidean, support)
    torch.testing.assert_close(head.correction, trace / torch.tensor([1.0, 3.0, 7.0]))
    equal = METHODS["protonet"]().adapt(euclidean, gaussian([3, 3])[0])
    assert not equal.correction.any()


@pytest.mark.parametrize("centre", ["base", "support", "none", "folder"])
def test_each_centre_is_the_mean_it_is_named_after(model, centre):
    support, pool, _ = gaussian([1, 4])
    x, p = unit(support.embeddings.numpy()), unit(pool.numpy())
    of_support = (x[support.labels == 0].mean(0) + x[support.labels == 1].mean(0)) / 2
    expected = {
        "base": unit(pool.numpy() - model.base_mean.numpy()),
        "support": unit(p - of_support),
        "none": p,
        "folder": unit(p - np.concatenate([x, p]).mean(0)),
    }
    features = cosine_transform(model, support, pool, centre)(pool)
    np.testing.assert_allclose(features.numpy(), expected[centre], atol=1e-5)


def test_what_only_rounding_leaves_after_centring_is_no_direction(model):
    row = torch.randn(1, D, generator=torch.Generator().manual_seed(0))
    transform = cosine_transform(model, Support(torch.zeros(7, dtype=torch.long), 1, row.expand(7, D)), None, "support")
    assert not transform(row).any()


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("last", [False, True])
def test_products_are_those_of_the_features(first, centred, last):
    draw = torch.Generator().manual_seed(0)
    rows, directions = torch.randn(40, 64, generator=draw), torch.randn(3, 64, generator=draw)
    centre = F.normalize(rows[:1], dim=-1).squeeze(0) if first else rows[0].clone()
    rows[1], rows[2], rows[3] = rows[0] + 1e-4 * rows[4], rows[0] * (1 + 1e-7), 0.0  # next to the centre; on it; empty
    transform = Transform(first, centre if centred else None, last)
    expected = transform(rows) @ directions.T
    torch.testing.assert_close(transform.products(rows, directions), expected, rtol=1e-4, atol=1e-5)


def test_a_temperature_leaves_labels_and_sharpens_probabilities(model):
    support, query, _ = gaussian([3, 3, 3])
    for name in ("protonet", "ridge", "linear"):
        low, high = (METHODS[name](temperature=t).adapt(model, support).logits(query) for t in (1.0, 10.0))
        torch.testing.assert_close(high, 10 * low, rtol=1e-4, atol=1e-4)


def test_without_a_temperature_protonet_takes_the_models(model):
    support = gaussian([3, 3, 3])[0]
    default = METHODS["protonet"]().adapt(model, support)
    assert default.temperature == model.config.temperature
    torch.testing.assert_close(default.scores(default.prototypes).diagonal(), torch.full((3,), 10.0))


def prototype_head():
    return PrototypeHead(Transform(centre=torch.ones(D), last=True), torch.eye(3, D), "cosine", 10.0, torch.zeros(3))


def test_heads_come_back_from_their_state(model):
    query = torch.randn(4, D)
    linear = LinearHead(Transform(first=True), torch.randn(3, D), torch.randn(3), 2.0)
    for head in (prototype_head(), replace(prototype_head(), metric="euclidean"), linear):
        again = heads.restore(head.kind, *head.state(), model)
        assert type(again) is type(head)
        assert torch.equal(again.logits(query), head.logits(query))


@pytest.mark.parametrize(
    ("tensors", "values"),
    [
        ({"prototypes": torch.zeros(3, D + 1)}, {}),
        ({"prototypes": torch.zeros(2, D)}, {}),
        ({"prototypes": torch.full((3, D), torch.nan)}, {}),
        ({"centre": torch.zeros(D - 1)}, {}),
        ({"other": torch.zeros(D)}, {}),
        ({}, {"metric": "hamming"}),
        ({}, {"temperature": "warm"}),
        ({}, {"temperature": None}),
    ],
)
def test_a_damaged_state_is_a_user_error(model, tensors, values):
    good_tensors, good_values = prototype_head().state()
    with pytest.raises(UserError, match="damaged"):
        heads.restore("prototypes", good_tensors | tensors, good_values | values, model)


def test_a_state_with_something_missing_is_a_user_error(model):
    tensors, values = prototype_head().state()
    for key in ("prototypes", "correction"):
        with pytest.raises(UserError, match="damaged"):
            heads.restore("prototypes", {k: t for k, t in tensors.items() if k != key}, values, model)
    for key in values:
        with pytest.raises(UserError, match="damaged"):
            heads.restore("prototypes", tensors, {k: v for k, v in values.items() if k != key}, model)


def test_an_unknown_kind_of_head_is_a_user_error(model):
    with pytest.raises(UserError, match="'oracle'"):
        heads.restore("oracle", {}, {}, model)


def test_two_kinds_of_one_name_are_refused():
    with pytest.raises(ValueError, match="'linear'"):
        heads.head_kind(type("Other", (), {"kind": "linear"}))


def test_features_of_cosine_heads_have_length_one(model):
    support, query, _ = gaussian([3, 3])
    for name in ("protonet", "ridge", "linear"):
        features = METHODS[name]().adapt(model, support).features(query)
        torch.testing.assert_close(features, F.normalize(features, dim=1))

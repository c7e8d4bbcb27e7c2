"""The Simple CNAPS head, against plain matrices."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from fewshot_gui.engine import heads, knowledge
from fewshot_gui.engine.features import cosine_transform
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.errors import UserError
from tests.engine.factories import gaussian, tiny_model

D = 32


@pytest.fixture
def model():
    return replace(tiny_model(), base_mean=torch.linspace(-0.3, 0.3, D))


def covariance(rows):
    """[D, D] around the mean, with the divisor n."""
    apart = rows - rows.mean(0)
    return apart.T @ apart / len(rows)


def distances(model, support, query, regularisation, prior):
    """[m, n_way] half the squared distances, each class by the whole [D, D] matrix of the paper's equation (3), less
    what the means of few pictures are expected to lie further off."""
    transform = cosine_transform(model, support, None, "base")
    x, q, y = transform(support.embeddings).double().numpy(), transform(query).double().numpy(), support.labels.numpy()
    white = x @ np.linalg.inv(np.linalg.cholesky(prior)).T
    variance = np.trace(covariance(white)) / D
    within = sum(len(x[y == c]) * covariance(x[y == c]) for c in range(support.n_way))
    within = within / max(len(x) - support.n_way, 1)
    columns = []
    for c in range(support.n_way):
        own = x[y == c]
        share = len(own) / (len(own) + 1)
        matrix = (share * covariance(own) + (1 - share) * covariance(x)) / variance
        inverse = np.linalg.inv(matrix + regularisation * prior)
        squared = cdist(q, own.mean(0, keepdims=True), "mahalanobis", VI=inverse)[:, 0] ** 2
        columns.append((squared - np.trace(inverse @ within) / len(own)) / 2)
    return np.stack(columns, 1)


@pytest.mark.parametrize("shots", [[5, 5, 5], [1, 4, 9], [1, 1], [40, 40]])
@pytest.mark.parametrize("prior", [0.0, 0.5])
def test_logits_are_those_of_each_class_s_whole_covariance_but_for_a_constant(model, shots, prior):
    support, query, _ = gaussian(shots)
    model.__dict__["knowledge"] = knowledge.fit(*gaussian([9] * 8, seed=1)[1:], rank=6)  # as if read from a folder
    known = knowledge.prior_of(model, prior).dense.numpy()
    expected = -distances(model, support, query, 2.0, known)
    method = METHODS["mahalanobis"](regularisation=2.0, prior=prior, temperature=3.0, directions=128)
    ours = method.adapt(model, support).logits(query).numpy()
    # What lies beside the support's span is the same for all classes; the scale is one number.
    ours, expected = (rows - rows.mean(1, keepdims=True) for rows in (ours, expected))
    np.testing.assert_allclose(ours / np.linalg.norm(ours), expected / np.linalg.norm(expected), atol=1e-4)


def test_class_means_lie_on_average_as_far_apart_as_they_do(model):
    head = METHODS["mahalanobis"](temperature=3.0).adapt(model, gaussian([1, 4, 9, 9])[0])
    apart = head.means.unsqueeze(0) - head.means.unsqueeze(1)
    torch.testing.assert_close((apart @ head.factors).square().sum(), apart.square().sum())


def test_uneven_shots_do_not_starve_the_classes_with_few(model):
    """Averaged over draws; without the term for the means' own error the classes with one picture have 11 %."""
    recalls = []
    for seed in range(20):
        support, query, labels = gaussian([1, 1, 2, 5, 20], n_query=40, seed=seed)
        answers = METHODS["mahalanobis"]().adapt(model, support).logits(query).argmax(1)
        recalls.append(torch.stack([(answers[labels == c] == c).float().mean() for c in range(5)]))
    recall = torch.stack(recalls).mean(0)
    assert recall.min() > 0.5
    assert recall.max() < 0.75


def test_fewer_directions_are_the_main_ones(model):
    support, query, labels = gaussian([8] * 4)
    head = METHODS["mahalanobis"](directions=6).adapt(model, support)
    assert head.projection.shape == (D, 6)
    whole = METHODS["mahalanobis"]().adapt(model, support)
    right = [(h.logits(query).argmax(1) == labels).float().mean() for h in (head, whole)]
    assert right[0] > right[1] - 0.1


@pytest.mark.parametrize(
    "wrong",
    [
        {"projection": torch.zeros(D + 1, 6)},
        {"means": torch.zeros(3, 5)},
        {"factors": torch.full((3, 6, 6), torch.nan)},
        {"factors": torch.zeros(2, 6, 6)},
        {"offsets": torch.zeros(2)},
        {"more": torch.zeros(1)},
        {"means": torch.zeros(6)},
    ],
)
def test_a_damaged_state_is_a_user_error(model, wrong):
    head = METHODS["mahalanobis"](directions=6).adapt(model, gaussian([4, 4, 4])[0])
    tensors, values = head.state()
    with pytest.raises(UserError, match="damaged"):
        heads.restore("mahalanobis", tensors | wrong, values, model)
    with pytest.raises(UserError, match="damaged"):
        heads.restore("mahalanobis", {k: v for k, v in tensors.items() if k not in wrong}, {}, model)

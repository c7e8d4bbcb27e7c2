"""What a model remembers of its base classes: fitted, stored, and taken up by methods."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import knowledge, model_folder, weights
from fewshot_gui.engine.knowledge import Covariance, Knowledge
from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UserError
from tests.engine.factories import tiny_model

D = 32


def pictures(n_classes=12, each=20, seed=0):
    """(features [n, D] of length 1, labels [n]): classes that all spread along the same few directions."""
    draw = torch.Generator().manual_seed(seed)
    spread = torch.cat([torch.full((4,), 3.0), torch.full((D - 4,), 0.3)])
    labels = torch.arange(n_classes).repeat_interleave(each)
    centres = torch.randn(n_classes, D, generator=draw)
    return F.normalize(centres[labels] + spread * torch.randn(len(labels), D, generator=draw), dim=1), labels


def pooled(features, labels):
    """[D, D] the within-class covariance, class by class."""
    parts = [features[labels == c].double().numpy() for c in labels.unique()]
    scatter = sum((part - part.mean(0)).T @ (part - part.mean(0)) for part in parts)
    return scatter / (len(features) - len(parts))


@pytest.fixture
def known():
    return knowledge.fit(*pictures(), rank=8, examples=50)


def write_model(folder, **config) -> Model:
    tiny = tiny_model(**config)
    model_folder.write(folder, tiny.config, tiny.network)
    return model_folder.load(folder)


def test_with_all_directions_it_is_the_pooled_covariance():
    features, labels = pictures()
    found = knowledge.fit(features, labels, rank=D)
    expected = pooled(features, labels)
    np.testing.assert_allclose(found.covariance.dense.numpy(), expected / expected.trace() * D, atol=1e-3)


def test_with_few_directions_the_largest_variances_and_the_sum_are_kept(known):
    expected = pooled(*pictures())
    assert known.directions.shape == (D, 8)
    torch.testing.assert_close(known.directions.T @ known.directions, torch.eye(8), atol=1e-5, rtol=0)
    assert float(known.variances.sum()) + known.rest * (D - 8) == pytest.approx(expected.trace(), rel=1e-4)
    assert known.variances.tolist() == sorted(known.variances.tolist(), reverse=True)
    assert known.variances[:4].min() > 5 * known.rest
    assert known.covariance.dense.diagonal().mean() == pytest.approx(1.0)


def test_differences_along_two_directions_are_uncorrelated(known):
    along = known.directions.double().numpy().T @ pooled(*pictures()) @ known.directions.double().numpy()
    np.testing.assert_allclose(along, np.diag(known.variances.numpy()), atol=1e-6)


def test_the_examples_come_evenly_from_the_classes_and_by_the_seed():
    features, labels = pictures(n_classes=6, each=10)
    labels = torch.cat([labels, torch.tensor([6, 6])])  # a class with two pictures gives what it has
    features = torch.cat([features, torch.eye(2, D)])
    found, again, other = (knowledge.fit(features, labels, rank=D, examples=20, seed=seed) for seed in (1, 1, 2))
    rows = found.examples @ found.directions.T
    of_class = labels[torch.cdist(rows, features).argmin(1)]
    assert torch.bincount(of_class).tolist() == [3, 3, 3, 3, 3, 3, 2]
    assert torch.equal(found.examples, again.examples)
    assert not torch.equal(found.examples, other.examples)


def test_one_picture_of_each_class_shows_nothing():
    with pytest.raises(UserError, match="No class has two pictures"):
        knowledge.fit(torch.eye(3, D), torch.arange(3))


@pytest.mark.parametrize("n", [5, 50], ids=["fewer pictures than numbers", "more"])
def test_a_sum_is_solved_as_its_dense_matrix(known, n):
    draw = torch.Generator().manual_seed(3)
    rows, right = (torch.randn(m, D, generator=draw, dtype=torch.float64) for m in (n, 4))
    for covariance in (known.covariance, Covariance.even(D)):
        dense = rows.T @ rows + 0.3 * covariance.dense
        torch.testing.assert_close(covariance.solved(right, 0.3, rows), torch.linalg.solve(dense, right.T).T)


def test_a_whitened_covariance_is_the_identity(known):
    covariance = known.covariance
    white = covariance.times(covariance.times(covariance.dense, -0.5).T, -0.5)
    torch.testing.assert_close(white, torch.eye(D, dtype=torch.float64))
    torch.testing.assert_close(covariance.times(covariance.dense, -1), torch.eye(D, dtype=torch.float64))


def test_nearness_is_the_mean_of_the_largest_cosines_in_the_directions(known):
    query, _ = pictures(seed=5)
    cosines = (query @ known.directions @ known.examples.T).numpy()
    np.testing.assert_allclose(known.nearness(query, 3).numpy(), np.sort(cosines)[:, -3:].mean(1), atol=1e-5)
    assert known.nearness(query, 10**6).shape == (len(query),)


def test_it_comes_back_from_a_model_folder(tmp_path, known):
    model = write_model(tmp_path)
    assert model.knowledge is None
    knowledge.write(tmp_path, known, model.weights_hash)
    again = model_folder.load(tmp_path)
    read = again.knowledge
    assert again.knowledge is read  # it is read once
    torch.testing.assert_close(read.directions, known.directions, atol=1e-3, rtol=0)
    torch.testing.assert_close(read.examples, known.examples, atol=1e-3, rtol=0)
    torch.testing.assert_close(read.variances, known.variances)
    dense, stored = known.covariance.dense, read.covariance.dense
    torch.testing.assert_close(stored, dense, atol=2e-3 * float(dense.max()), rtol=0)
    exact = read.covariance.directions
    torch.testing.assert_close(exact.T @ exact, torch.eye(8, dtype=torch.float64), atol=1e-6, rtol=0)


def test_a_model_without_a_folder_knows_nothing():
    assert tiny_model().knowledge is None


def test_other_weights_knowledge_is_refused_and_goes_when_the_weights_change(tmp_path, known):
    model = write_model(tmp_path)
    knowledge.write(tmp_path, known, model.weights_hash)
    model_folder.write(tmp_path, model.config, model.network)
    assert model_folder.load(tmp_path).knowledge is not None
    model_folder.write(tmp_path, model.config, tiny_model(seed=1).network)
    assert model_folder.load(tmp_path).knowledge is None
    knowledge.write(tmp_path, known, model.weights_hash)
    with pytest.raises(UserError, match=r"knowledge.safetensors was made for other weights.*models know"):
        _ = model_folder.load(tmp_path).knowledge


@pytest.mark.parametrize(
    "wrong",
    [
        {"directions": torch.zeros(D + 1, 8)},
        {"variances": torch.zeros(7)},
        {"variances": -torch.ones(8)},
        {"rest": torch.tensor([-1.0])},
        {"rest": torch.zeros(2)},
        {"examples": torch.zeros(5, 9)},
        {"examples": torch.zeros(0, 8)},
        {"more": torch.zeros(1)},
        {"variances": torch.zeros(0), "directions": torch.zeros(D, 0), "examples": torch.zeros(5, 0)},
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path, known, wrong):
    model = write_model(tmp_path)
    knowledge.write(tmp_path, known, model.weights_hash)
    tensors, about = weights.read(tmp_path / knowledge.FILE)
    weights.write(tmp_path / knowledge.FILE, tensors | wrong, about)
    with pytest.raises(UserError, match="damaged or of another model"):
        _ = model.knowledge


def test_a_prior_is_a_share_of_the_base_classes_covariance_where_it_is_known(known):
    model, even = tiny_model(), torch.eye(D, dtype=torch.float64)
    assert torch.equal(knowledge.prior_of(model, 0.3).dense, even)
    model.__dict__["knowledge"] = known  # as if read from a folder
    assert torch.equal(knowledge.prior_of(model, 0.0).dense, even)
    torch.testing.assert_close(knowledge.prior_of(model, 0.3).dense, 0.7 * even + 0.3 * known.covariance.dense)
    torch.testing.assert_close(knowledge.prior_of(model, 1.0).dense, known.covariance.dense)


def test_directions_in_which_nothing_differs_do_not_divide_by_zero():
    flat = Knowledge(torch.eye(D, 4), torch.tensor([1.0, 1.0, 0.0, 0.0]), 0.0, torch.zeros(1, 4))
    assert torch.isfinite(flat.covariance.times(torch.ones(2, D, dtype=torch.float64), -1)).all()

"""What every registered method owes, whatever it does inside. A new method is tested here by being registered."""

from dataclasses import fields, replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import heads, knowledge, model_folder
from fewshot_gui.engine.learner import Learner
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.errors import UsageError, UserError
from tests.engine.factories import task, tiny_model, with_copies

# Options that make a method cheap here, or take another way through it. A method that is not listed runs as it is.
VARIANTS = {
    "protonet": (
        {},
        {"metric": "euclidean"},
        {"centre": "support"},
        {"centre": "none"},
        {"centre": "folder"},
        {"copies": 2},
        {"copies": 2, "metric": "euclidean"},
    ),
    "ridge": ({}, {"centre": "base"}, {"centre": "folder"}, {"copies": 2}),
    "linear": ({}, {"centre": "support"}, {"centre": "folder"}, {"copies": 2}),
    "lda": ({}, {"prior": 0.0, "centre": "support"}, {"centre": "folder"}, {"copies": 2}),
    "baseline++": ({}, {"steps": 0, "centre": "support"}, {"centre": "folder"}, {"copies": 2}),
    "soft-kmeans": ({}, {"trust": 0.0, "sharpness": 10.0}, {"copies": 2}),
    "mahalanobis": ({}, {"prior": 0.0, "directions": 4}, {"centre": "folder"}, {"copies": 2}),
    "finetune": ({"steps": 2, "copies": 2, "keep": "always"}, {"steps": 2, "copies": 2}),
    "tsa": ({"steps": 2, "keep": "always"}, {"steps": 2}),
    "maml": ({"steps": 2}, {"steps": 0}),
    "fomaml": ({"steps": 2},),
    "anil": ({"steps": 2}, {"steps": 2, "keep": "auto"}),
    "meta-sgd": ({"steps": 2},),
    "reptile": ({"steps": 2},),
}
CASES = [(name, options) for name in METHODS for options in VARIANTS.get(name, ({},))]


@pytest.fixture(scope="module", params=["cosine", "euclidean"])
def model(request, tmp_path_factory):
    """A tiny model of each metric, with what maml needs to have learned and what is known of base classes."""
    folder = tmp_path_factory.mktemp("models") / f"tiny-{request.param}"
    tiny = tiny_model(metric=request.param, temperature=10.0 if request.param == "cosine" else 0.1)
    learner = Learner(tiny.network, metric=request.param, normalised=False, temperature=tiny.config.temperature)
    learned = {"maml": model_folder.Learned({name: t.detach() for name, t in learner.state().items()})}
    embeddings = task(tiny, [4] * 8).embeddings
    model_folder.write(folder, tiny.config, tiny.network, embeddings.mean(0), learned)
    features = F.normalize(embeddings - embeddings.mean(0), dim=1)
    known = knowledge.fit(features, torch.arange(8).repeat_interleave(len(features) // 8), rank=4)
    knowledge.write(folder, known, model_folder.load(folder).weights_hash)
    return model_folder.load(folder)


@pytest.fixture(params=CASES, ids=lambda case: ":".join([case[0], *(f"{k}={v}" for k, v in case[1].items())]))
def method(request):
    name, options = request.param
    return METHODS[name]().with_options(options)


def adapt(method, model, support, pool=None, seed=0):
    if method.transductive and pool is None:
        pool = task(model, [2] * 5, seed=99).embeddings
    if method.copies_wanted and support.copies is None and support.pictures is not None:
        support = with_copies(model, support, method.copies_wanted)
    return method.adapt(model, support, pool=pool, seed=seed)


def assert_same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=1e-3, atol=1e-3)


def test_logits_have_a_row_per_query_and_a_column_per_class(method, model):
    some = task(model, [3, 3, 3])
    head = adapt(method, model, some.support)
    query = some.query(head)
    features, logits = head.features(query), head.logits(query)
    assert logits.shape == (6, 3)
    assert logits.dtype == features.dtype == torch.float32
    assert logits.device == features.device == model.device
    assert len(features) == 6
    assert not logits.requires_grad
    torch.testing.assert_close(head.scores(features), logits, rtol=1e-4, atol=1e-4)
    assert head.logits(query[:0]).shape == (0, 3)


def test_the_support_set_is_learned(method, model):
    easy = task(model, [5, 5, 5], noise=5.0)
    head = adapt(method, model, easy.support, pool=easy.embeddings)
    assert (head.logits(easy.query(head)).argmax(1) == easy.labels).all()


def test_permuted_classes_permute_the_logits(method, model):
    some = task(model, [1, 2, 3, 4])
    order = torch.tensor([2, 0, 3, 1])
    permuted = replace(some.support, labels=order[some.support.labels])
    head, other = adapt(method, model, some.support), adapt(method, model, permuted)
    assert_same(other.logits(some.query(other))[:, order], head.logits(some.query(head)))


@pytest.mark.parametrize("n_way", [2, 50])
def test_any_number_of_classes_works(method, model, n_way):
    some = task(model, [2] * n_way, n_query=1)
    head = adapt(method, model, some.support)
    logits = head.logits(some.query(head))
    assert logits.shape == (n_way, n_way)
    assert torch.isfinite(logits).all()


def test_one_class_has_probability_one(method, model):
    some = task(model, [3])
    head = adapt(method, model, some.support)
    assert torch.equal(head.logits(some.query(head)).softmax(1), torch.ones(2, 1))


def test_one_picture_in_one_class_and_fifty_in_another_leave_both_their_answers(method, model):
    uneven = task(model, [1, 50], n_query=10, noise=5.0)
    head = adapt(method, model, uneven.support, pool=uneven.embeddings)
    assert (head.logits(uneven.query(head)).argmax(1) == uneven.labels).all()


def test_the_same_query_twice_gets_the_same_answer(method, model):
    some = task(model, [2, 3, 4])
    head = adapt(method, model, some.support)
    query = some.query(head)
    assert torch.equal(head.logits(query), head.logits(query))


def test_an_answer_does_not_depend_on_the_batch_it_came_in(method, model):
    some = task(model, [2, 3, 4])
    head = adapt(method, model, some.support)
    query = some.query(head)
    one_by_one = torch.cat([head.logits(query[i : i + 1]) for i in range(len(query))])
    torch.testing.assert_close(one_by_one, head.logits(query), rtol=1e-5, atol=1e-4)


def test_only_a_transductive_method_looks_at_the_pool(method, model):
    some = task(model, [2, 3, 4])
    pool = task(model, [3] * 5, seed=5).embeddings
    head, other = (adapt(method, model, some.support, pool=p) for p in (pool, pool[:4]))
    same = torch.equal(head.logits(some.query(head)), other.logits(some.query(other)))
    assert same == (not method.transductive or _euclidean(method, model))
    shuffled = adapt(method, model, some.support, pool=pool.flip(0))
    assert torch.equal(shuffled.logits(some.query(shuffled)), head.logits(some.query(head)))


def _euclidean(method, model):
    """Distances do not change with the centre."""
    return getattr(method, "metric", "") == "model" and model.config.metric == "euclidean"


def test_duplicates_and_empty_vectors_give_no_nan(method, model):
    some = task(model, [2, 2, 2])
    grey = torch.full_like(some.support.pictures, 127)
    alike = Support(some.support.labels, 3, model.embed(grey), grey)
    empty = replace(alike, embeddings=torch.zeros_like(alike.embeddings))
    for support in (alike, empty):
        head = adapt(method, model, support, pool=support.embeddings)
        embeddings = torch.cat([some.embeddings, support.embeddings])
        query = embeddings if head.needs == "embeddings" else torch.cat([some.pictures, grey])
        assert torch.isfinite(head.logits(query)).all()


def test_adapting_leaves_the_model_as_it_was(method, model):
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    some = task(model, [2, 3, 4])
    support = some.support.embeddings.clone()
    head = adapt(method, model, some.support)
    head.logits(some.query(head))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    assert not model.network.training
    assert torch.equal(some.support.embeddings, support)


def test_the_seed_alone_decides(method, model):
    some = task(model, [2, 3, 4])
    torch.manual_seed(1)
    head = adapt(method, model, some.support, seed=7)
    torch.manual_seed(2)
    other = adapt(method, model, some.support, seed=7)
    assert torch.equal(head.logits(some.query(head)), other.logits(some.query(other)))


def test_a_stored_head_gives_the_same_logits(method, model):
    some = task(model, [2, 3, 4])
    head = adapt(method, model, some.support)
    again = heads.restore(head.kind, *head.state(), model)
    assert again.needs == head.needs
    assert torch.equal(again.logits(some.query(again)), head.logits(some.query(head)))


def test_a_transductive_method_without_a_pool_is_a_usage_error(method, model):
    if not method.transductive or _euclidean(method, model):
        return
    for pool in (None, torch.zeros(0, model.config.embedding_size)):
        with pytest.raises(UsageError, match="folder"):
            method.adapt(model, task(model, [2, 2]).support, pool=pool)


def test_options_have_words_for_people(method):
    for known in fields(method):
        assert known.metadata["label"]
        assert known.metadata["help"].endswith(".")
    assert method.title
    assert method.source


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_embeddings_that_are_not_finite_are_a_clear_error(wrong):
    embeddings = torch.zeros(4, 8)
    embeddings[2, 3] = wrong
    with pytest.raises(UserError, match="not finite"):
        Support(torch.tensor([0, 0, 1, 1]), 2, embeddings)

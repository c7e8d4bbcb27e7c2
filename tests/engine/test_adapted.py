from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import heads
from fewshot_gui.engine.adapted import AdaptedHead, side_by_side
from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.features import Transform
from fewshot_gui.engine.heads import LinearHead
from fewshot_gui.engine.model import Adaptation
from fewshot_gui.engine.network import with_tensors
from fewshot_gui.errors import UserError
from tests.engine.factories import task, tiny_model

NAME = "blocks.3.0.weight"


@pytest.fixture
def model():
    return tiny_model()


def adapted(model, amount=0.1, **more):
    draw = torch.Generator().manual_seed(3)
    old = model.network.get_parameter(NAME)
    size = model.config.embedding_size
    inner = LinearHead(Transform(last=True), torch.randn(3, size, generator=draw), torch.zeros(3), 2.0)
    return AdaptedHead(model, {NAME: old + amount * torch.randn(old.shape, generator=draw)}, inner, **more)


def test_with_nothing_changed_features_are_those_of_the_frozen_model(model):
    query = task(model, [2, 2, 2]).pictures
    head = adapted(model, amount=0.0)
    assert torch.equal(head.embed(query), model.embed(query))
    assert torch.equal(head.features(query), head.inner.features(model.embed(query)))


def beside(model, block=-1):
    """A head on frozen and adapted embeddings side by side, block 3 of which is adapted."""
    model = replace(model, config=replace(model.config, adaptation=Adaptation(block, model.config.preprocessing)))
    head = adapted(model)
    size = model.config.embedding_size
    inner = replace(head.inner, weight=torch.randn(3, 2 * size))
    return AdaptedHead(model, head.changed, inner, centres=torch.rand(2, size))


@pytest.mark.parametrize("block", [-1, 0, 3])
def test_a_head_may_see_the_frozen_embedding_beside_the_adapted_one(model, block):
    query = task(model, [2, 2, 2]).pictures
    head = beside(model, block)
    frozen, changed = (F.normalize(of.embed(query) - head.centres[i]) for i, of in enumerate([model, adapted(model)]))
    torch.testing.assert_close(head.embed(query), torch.cat([frozen, changed], dim=1))
    assert head.embed(query[:0]).shape == (0, 2 * model.config.embedding_size)


def test_a_head_may_see_pictures_smaller_than_they_come(model):
    query = task(model, [2, 2, 2]).pictures
    small = adapted(model, size=query.shape[-1] // 2)
    torch.testing.assert_close(small.embed(query), adapted(model).embed(resize(query, small.size)))
    again = heads.restore(small.kind, *small.state(), model)
    assert torch.equal(again.embed(query), small.embed(query))


@pytest.mark.parametrize("size", [0, 10_000, "32", True])
def test_a_stored_size_that_no_picture_can_be_shrunk_to_is_a_user_error(model, size):
    tensors, values = adapted(model).state()
    with pytest.raises(UserError, match="damaged"):
        heads.restore("adapted", tensors, values | {"size": size}, model)


def test_a_stored_head_that_sees_both_comes_back_whole(model):
    head = beside(model)
    again = heads.restore(head.kind, *head.state(), model)
    query = task(model, [2, 2, 2]).pictures
    assert torch.equal(again.logits(query), head.logits(query))


def test_centres_of_another_size_are_a_user_error(model):
    tensors, values = beside(model).state()
    with pytest.raises(UserError, match="centres"):
        heads.restore("adapted", tensors | {"centres": torch.zeros(2, 1)}, values, model)


def test_a_model_seen_side_by_side_has_its_base_mean_twice(model):
    model = replace(model, base_mean=torch.arange(model.config.embedding_size))
    seen = side_by_side(model)
    assert seen.config.embedding_size == len(seen.base_mean) == 2 * model.config.embedding_size
    assert torch.equal(*seen.base_mean.chunk(2))


def test_changed_parameters_change_the_answers_and_not_the_model(model):
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    query = task(model, [2, 2, 2]).pictures
    assert not torch.allclose(adapted(model).logits(query), adapted(model, amount=0.0).logits(query))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())


def test_two_heads_on_one_model_answer_at_the_same_time(model):
    query = task(model, [4, 4, 4]).pictures
    both = [adapted(model), adapted(model, amount=0.5)]
    expected = [head.logits(query) for head in both]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda i: both[i % 2].logits(query), range(16)))
    assert all(torch.equal(logits, expected[i % 2]) for i, logits in enumerate(found))


def test_a_stored_head_comes_back_whole(model):
    head = adapted(model, said=("On held-out examples it gained.",), held_out=torch.rand(6))
    again = heads.restore(head.kind, *head.state(), model)
    query = task(model, [2, 2, 2]).pictures
    assert torch.equal(again.logits(query), head.logits(query))
    assert again.notes == head.notes
    assert torch.equal(again.held_out, head.held_out)
    assert again.needs == "pictures"


@pytest.mark.parametrize(
    "damage",
    [
        {"network." + NAME: torch.zeros(2, 2)},
        {"network.blocks.9.0.weight": torch.zeros(2)},
        {"head.bias": torch.full((3,), torch.nan)},
        {"head.weight": torch.zeros(3, 1)},
        {"other": torch.zeros(1)},
    ],
)
def test_a_damaged_head_is_a_user_error(model, damage):
    tensors, values = adapted(model).state()
    with pytest.raises(UserError, match="damaged"):
        heads.restore("adapted", tensors | damage, values, model)


def test_replaced_tensors_are_new_and_all_others_shared(model):
    network = with_tensors(model.network, {NAME: torch.zeros_like(model.network.get_parameter(NAME))})
    old, new = dict(model.network.named_parameters()), dict(network.named_parameters())
    assert old.keys() == new.keys()
    assert {name for name in old if old[name] is not new[name]} == {NAME}
    assert new[NAME].abs().sum() == 0
    buffers = dict(network.named_buffers())
    assert all(buffers[name] is tensor for name, tensor in model.network.named_buffers())


def test_a_tensor_that_does_not_fit_is_refused(model):
    with pytest.raises(ValueError, match="size"):
        with_tensors(model.network, {NAME: torch.zeros(1)})
    with pytest.raises(KeyError):
        with_tensors(model.network, {"no.such": torch.zeros(1)})

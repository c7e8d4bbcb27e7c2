import copy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import heads, learner, model_folder
from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.learner import Learner
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.anil import Anil
from fewshot_gui.engine.methods.maml import Maml
from fewshot_gui.engine.model import Adaptation
from fewshot_gui.errors import UsageError, UserError
from tests.engine.factories import task, tiny_model


def stored(folder, *, start=None, norm="batch", damage=None, **options):
    """A tiny model in a folder, with what a learner of these options learned."""
    tiny = tiny_model(metric=options.get("metric", "cosine"), temperature=options.pop("temperature", 10.0))
    made = Learner(tiny.network, normalised=False, temperature=tiny.config.temperature, **options)
    tensors = made.state(start) | (damage or {})
    learned = {"maml": model_folder.Learned({name: t for name, t in tensors.items() if t is not None})}
    model_folder.write(folder, tiny.config, tiny.network, None, learned)
    return model_folder.load(folder)


@pytest.fixture
def model(tmp_path):
    return stored(tmp_path / "tiny", rate=0.1)


def support_loss(head, support):
    return float(F.cross_entropy(head.logits(support.pictures), support.labels))


def test_without_steps_it_is_a_cosine_prototype_classifier(model):
    some = task(model, [2, 3, 4])
    head = Maml(steps=0).adapt(model, some.support)
    vectors, asked = F.normalize(some.support.embeddings, dim=1), F.normalize(some.embeddings, dim=1)
    means = torch.stack([vectors[some.support.labels == c].mean(0) for c in range(3)])
    centred = F.normalize(vectors - means.mean(0), dim=1)
    prototypes = torch.stack([centred[some.support.labels == c].mean(0) for c in range(3)])
    cosines = F.cosine_similarity(F.normalize(asked - means.mean(0), dim=1)[:, None], prototypes[None], dim=2)
    expected = (model.config.temperature * cosines).softmax(1)
    torch.testing.assert_close(head.logits(some.pictures).softmax(1), expected, rtol=1e-4, atol=1e-5)


def test_steps_lower_the_loss_on_the_support(tmp_path):
    model = stored(tmp_path / "tiny", rate=1e-5)
    support = task(model, [4, 4, 4], noise=300.0).support
    losses = [support_loss(Maml(steps=steps).adapt(model, support), support) for steps in (0, 1, 3, 10)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize(
    ("rate", "said"),
    [(1e-5, None), (1e-3, "so they were taken at 1/4 of their length"), (1e20, "so none was taken")],
)
def test_steps_that_diverge_are_taken_shorter_or_not_at_all(tmp_path, rate, said):
    model = stored(tmp_path / "tiny", rate=rate)
    support = task(model, [4, 4, 4], noise=100.0).support
    head, unadapted = Maml().adapt(model, support), Maml(steps=0).adapt(model, support)
    logits, before = head.logits(support.pictures), unadapted.logits(support.pictures)
    assert (logits.argmax(1) == support.labels).sum() >= (before.argmax(1) == support.labels).sum()
    assert torch.equal(logits, before) == (rate == 1e20)
    assert [said in note for note in head.notes] == [True] * (said is not None)


def test_steps_are_by_default_those_of_the_meta_training(tmp_path):
    model = stored(tmp_path / "tiny", steps=3)
    support = task(model, [3, 3]).support
    by_default, by_hand = Maml().adapt(model, support), Maml(steps=3).adapt(model, support)
    assert torch.equal(by_default.logits(support.pictures), by_hand.logits(support.pictures))


def test_a_head_rate_of_nothing_leaves_the_classifier_and_adapts_the_network(model):
    support = task(model, [3, 3]).support
    before, after = (Maml(steps=2, head_rate=rate).adapt(model, support) for rate in (1.0, 0.0))
    unadapted = Maml(steps=0).adapt(model, support)
    assert torch.equal(after.inner.weight, unadapted.inner.weight)
    assert not torch.equal(before.inner.weight, unadapted.inner.weight)
    assert any(not torch.equal(after.changed[name], unadapted.changed[name]) for name in after.changed)


def test_a_start_of_its_own_is_used(tmp_path):
    other = tiny_model(seed=7)
    model = stored(tmp_path / "tiny", start=other.network, block=2)
    some = task(model, [3, 3])
    embed = Maml(steps=0).adapt(model, some.support).embed
    below = model.network(model.config.preprocessing.normalise(some.pictures), stop=2)
    expected = other.network(below, start=2)
    assert (expected - model.embed(some.pictures)).abs().max() > 0.03
    torch.testing.assert_close(embed(some.pictures), expected, rtol=0, atol=3e-3)  # kept in bytes


def test_it_learns_and_answers_at_the_size_of_its_training(model):
    usual = model.config.preprocessing
    doubled = replace(usual, size=2 * usual.size)
    large = replace(model, config=replace(model.config, adaptation=Adaptation(-1, doubled, usual.size)))
    support = task(model, [2, 2]).support
    pictures = F.interpolate(support.pictures, (doubled.size, doubled.size))
    head = Maml().adapt(large, replace(support, pictures=pictures))
    small = resize(pictures, usual.size)
    expected = Maml().adapt(model, replace(support, pictures=small))
    torch.testing.assert_close(head.logits(pictures), expected.logits(small))


def test_only_blocks_from_the_first_adapted_one_change(tmp_path):
    model = stored(tmp_path / "tiny", block=2)
    head = Maml().adapt(model, task(model, [3, 3]).support)
    assert head.changed.keys() == model.network.parameters_from(2).keys()


def test_a_large_support_set_is_taken_in_parts_with_the_same_result(model, monkeypatch):
    some = task(model, [5, 9, 2])
    whole = Maml(steps=3).adapt(model, some.support)
    monkeypatch.setattr(learner, "_CHUNK", 4)
    in_parts = Maml(steps=3).adapt(model, some.support)
    torch.testing.assert_close(in_parts.logits(some.pictures), whole.logits(some.pictures), rtol=1e-3, atol=1e-4)


def test_each_class_counts_the_same_however_many_pictures_it_has(model):
    """Each picture of one class three times: the same loss, so the same answers."""
    support = task(model, [2, 3, 4]).support
    rows = torch.cat([torch.arange(9), (support.labels == 1).nonzero()[:, 0].repeat(2)])
    head, other = Maml(steps=4).adapt(model, support), Maml(steps=4).adapt(model, support.subset(rows))
    query = support.pictures
    torch.testing.assert_close(other.logits(query), head.logits(query), rtol=1e-3, atol=1e-3)


def test_the_support_s_statistics_are_used_and_stored(tmp_path):
    model = stored(tmp_path / "tiny", statistics="support", metric="euclidean", temperature=0.1)
    some = task(model, [4, 4, 4])
    head = Maml(steps=0).adapt(model, some.support)
    x = model.config.preprocessing.normalise(some.support.pictures)
    first = model.network.blocks[0][0](x)
    assert torch.allclose(head.changed["blocks.0.1.running_mean"], first.mean((0, 2, 3)), atol=1e-5)
    assert torch.allclose(head.changed["blocks.0.1.running_var"], first.var((0, 2, 3), unbiased=False), rtol=1e-3)
    one_by_one = torch.cat([head.logits(picture) for picture in some.pictures.split(1)])
    torch.testing.assert_close(one_by_one, head.logits(some.pictures), rtol=1e-4, atol=1e-4)
    again = heads.restore(head.kind, *head.state(), model)
    assert torch.equal(again.logits(some.pictures), head.logits(some.pictures))


def test_by_the_batch_it_answers_as_a_network_in_training_mode_and_leaves_the_model_s_statistics(tmp_path):
    model = stored(tmp_path / "tiny", statistics="support", metric="euclidean", temperature=0.1)
    some = task(model, [4, 4, 4], n_query=9)
    before = {name: buffer.clone() for name, buffer in model.network.named_buffers()}
    head = Maml(steps=0, norm="batch").adapt(model, some.support)
    inductive = Maml(steps=0).adapt(model, some.support)
    trained = copy.deepcopy(model.network).train()
    queries = trained(model.config.preprocessing.normalise(some.pictures))
    torch.testing.assert_close(head.logits(some.pictures), inductive.inner.logits(queries), rtol=1e-4, atol=1e-5)
    assert not torch.allclose(head.logits(some.pictures[:9]), head.logits(some.pictures)[:9], rtol=1e-2)
    assert all(torch.equal(buffer, before[name]) for name, buffer in model.network.named_buffers())


def test_by_the_batch_needs_a_network_with_batch_norm():
    tiny = tiny_model()
    model = replace(tiny, network=create("conv4", width=8, channels=3, size=32, norm="group").eval())
    with pytest.raises(UsageError, match=r"tiny has no BatchNorm .* ask for anil without norm=batch"):
        Anil(norm="batch").adapt(model, task(model, [2, 2]).support)


def test_with_one_picture_in_a_class_auto_keeps_the_frozen_head(model):
    head = Maml(keep="auto").adapt(model, task(model, [1, 3]).support)
    assert head.needs == "embeddings"
    assert "only one" in head.notes[0]


def test_no_steps_need_no_decision(model):
    assert Maml(keep="auto", steps=0).adapt(model, task(model, [1, 3]).support).needs == "pictures"


def test_every_step_is_told_and_cancelling_leaves_the_model_alone(model):
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    told = []

    def progress(share, what):
        told.append(share)
        if len(told) == 4:
            raise KeyboardInterrupt

    support = task(model, [3, 3]).support
    with pytest.raises(KeyboardInterrupt):
        Maml(steps=50).adapt(model, support, progress=progress)
    assert told == sorted(told)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())
    assert Maml(steps=2).adapt(model, support).needs == "pictures"


@pytest.mark.parametrize("name", ["maml", "fomaml", "anil", "meta-sgd", "reptile"])
def test_without_a_start_for_it_a_method_begins_from_plain_weights_and_says_so(name):
    model = tiny_model()
    method = METHODS[name]()
    head = method.adapt(model, task(model, [2, 2]).support)
    assert head.notes == (f"{name} was not meta-trained for tiny: it begins from the plain weights.",)
    assert method.start_of(model) == "plain"


@pytest.mark.parametrize("name", ["fomaml", "anil", "meta-sgd", "reptile"])
def test_without_a_start_of_its_own_a_method_begins_from_that_for_maml_and_says_so(tmp_path, name):
    other = tiny_model(seed=5)
    model = stored(tmp_path / "tiny", start=other.network, rate=0.1)
    support = task(model, [3, 3]).support
    method = METHODS[name]()
    head = method.with_options({"steps": 0}).adapt(model, support)
    expected = Maml(steps=0).adapt(model, support)
    torch.testing.assert_close(head.logits(support.pictures), expected.logits(support.pictures))
    assert "it begins from the start for maml" in head.notes[0]
    assert (method.start_of(model), Maml().start_of(model)) == ("maml", "own")
    kept = method.with_options({"keep": "auto", "steps": 3}).adapt(model, support)
    assert kept.needs == "embeddings" or "it begins from the start for maml" in kept.notes[0]


def test_anil_adapts_the_classifier_alone(model):
    support = task(model, [3, 3]).support
    head, unadapted = (Anil(steps=steps).adapt(model, support) for steps in (5, 0))
    assert all(torch.equal(head.changed[name], unadapted.changed[name]) for name in head.changed)
    assert not torch.equal(head.inner.weight, unadapted.inner.weight)
    whole = Maml(steps=1).adapt(model, support)
    torch.testing.assert_close(Anil(steps=1).adapt(model, support).inner.weight, whole.inner.weight)


def test_a_rate_for_each_number_is_learned_and_restored(tmp_path):
    model = stored(tmp_path / "tiny", rate_per="number", rate=0.02)
    learned = model.learned("maml")
    name = "blocks.3.0.weight"
    assert learned["rate.network." + name].shape == model.network.get_parameter(name).shape
    again, _ = learner.restored(model.network, learned, "cosine", False)
    assert again.rates().keys() == {key.removeprefix("rate.") for key in learned if key.startswith("rate.")}
    torch.testing.assert_close(again.rates()["network." + name], learned["rate.network." + name])


@pytest.mark.parametrize(
    "damage",
    [
        {"scale": None},
        {"rate.head.bias": None},
        {"statistics": torch.tensor(9)},
        {"start.blocks.3.0.weight": torch.zeros(3)},
        {"start.no.such": torch.zeros(3)},
    ],
)
def test_a_damaged_file_is_a_user_error(tmp_path, damage):
    model = stored(tmp_path / "tiny", damage=damage)
    with pytest.raises(UserError, match="damaged"):
        Maml().adapt(model, task(model, [2, 2]).support)


def test_meta_training_lowers_the_loss_after_adapting():
    """On ever the same four tasks, start, rates and scale trained together."""
    model = tiny_model()
    network = model.network.requires_grad_(True)
    made = Learner(network, steps=2, normalised=False, rate=0.05)
    optimiser = torch.optim.Adam([*network.parameters(), *made.parameters()], lr=3e-3)
    tasks = [task(model, [2, 2, 2], seed=seed, noise=120.0) for seed in range(4)]
    normalise = model.config.preprocessing.normalise

    def loss():
        return sum(
            made.meta_loss(
                network, normalise(t.support.pictures), t.support.labels, normalise(t.pictures), t.labels, 3
            )
            for t in tasks
        )  # fmt: skip

    first = float(loss().detach())
    for _ in range(15):
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
    assert float(loss().detach()) < 0.7 * first


def test_what_was_learned_comes_back_from_the_file(tmp_path):
    model = stored(tmp_path / "tiny", rate=0.03, steps=4, block=1, statistics="support")
    again, start = learner.restored(model.network, model.learned("maml"), "cosine", False)
    assert (again.block, again.steps, again.statistics) == (1, 4, "support")
    assert all(float(rate.detach()) == pytest.approx(0.03) for rate in again.rates().values())
    assert float(again.log_scale.detach().exp()) == pytest.approx(model.config.temperature / 2)
    same = replace(model, network=start)
    picture = task(model, [1]).pictures
    assert torch.equal(same.embed(picture), model.embed(picture))

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import adapting
from fewshot_gui.engine.adapted import beside
from fewshot_gui.engine.adapting import Upper
from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.method import Support, no_progress
from fewshot_gui.engine.methods import finetune
from fewshot_gui.engine.methods.finetune import FineTune
from fewshot_gui.engine.methods.lda import LDA
from fewshot_gui.engine.model import Adaptation
from tests.engine.factories import task, tiny_model

FAST = {"steps": 3, "copies": 2, "keep": "always"}


def below(model, support, copies, size=None):
    size = size or model.adaptation.preprocessing.size
    return adapting.shots_below(model, support, copies, torch.Generator().manual_seed(0), size, lambda: None)


@pytest.fixture
def model():
    return tiny_model()


def from_block(block):
    preprocessing = tiny_model().config.preprocessing
    return tiny_model(adaptation=Adaptation(block, preprocessing))


def test_only_parameters_from_the_first_adapted_block_change():
    model = from_block(2)
    head = FineTune(**FAST).adapt(model, task(model, [3, 3]).support)
    assert head.changed.keys() == model.network.parameters_from(2).keys()
    old = dict(model.network.named_parameters())
    assert all(not torch.equal(value, old[name]) for name, value in head.changed.items())


def test_depthwise_filters_stay_and_their_batch_norms_learn():
    copied = finetune.trainable_copy(create("lite0"), 14)
    learning = {name for name, parameter in copied.named_parameters() if parameter.requires_grad}
    left_out = copied.parameters_from(14).keys() - learning
    assert left_out == {"blocks.14.depthwise.conv.weight", "blocks.15.depthwise.conv.weight"}


def test_the_rate_falls_along_a_cosine(model, monkeypatch):
    rates = []
    step = torch.optim.Adam.step

    def noted(optimiser):
        rates.append(optimiser.param_groups[0]["lr"])
        return step(optimiser)

    monkeypatch.setattr(torch.optim.Adam, "step", noted)
    FineTune(steps=4, copies=2, rate=1e-3, keep="always").adapt(model, task(model, [3, 3]).support)
    assert rates == pytest.approx([1e-3 * (1 + math.cos(math.pi * part / 4)) / 2 for part in range(4)])


def test_statistics_of_batch_norm_stay(model):
    head = FineTune(**FAST).adapt(model, task(model, [3, 3]).support)
    found = dict(head.network.named_buffers())
    assert all(torch.equal(found[name], buffer) for name, buffer in model.network.named_buffers())


def test_weights_are_blended_with_the_frozen_ones(model):
    support = task(model, [3, 3]).support
    whole, half, none = (FineTune(**FAST, blend=blend).adapt(model, support).changed for blend in (1.0, 0.5, 0.0))
    for name, frozen in model.network.named_parameters():
        torch.testing.assert_close(half[name], (whole[name] + frozen) / 2)
        torch.testing.assert_close(none[name], frozen.detach())


def test_the_weights_of_several_runs_with_other_draws_are_averaged(model):
    support = task(model, [9, 9, 9, 9]).support  # 72 copies: each step draws 32 of them
    seen = adapting._seen(model, support, 2, 4, lambda: None)
    method = FineTune(**FAST, blend=1.0)
    first, second, other = (method._trained(model, seen, seed, no_progress).changed for seed in (4, 5, 6))
    both = replace(method, runs=2)._trained(model, seen, 4, no_progress).changed
    for name, mean in both.items():
        torch.testing.assert_close(mean, (first[name] + second[name]) / 2)
        assert not torch.equal(second[name], other[name])


def test_what_is_learned_on_small_pictures_answers_on_large_ones():
    usual = tiny_model().config.preprocessing
    model = tiny_model(adaptation=Adaptation(2, usual, train_size=usual.size // 2))
    support = task(model, [3, 3]).support
    seen = adapting._seen(model, support, 2, 0, lambda: None)
    assert 2 * seen.small.plain.shape[-1] == seen.full.shape[-1]
    work = Upper(model, finetune.trainable_copy(model.network, 2))
    head = FineTune(**FAST, blend=0.0).adapt(model, support)
    expected, _ = work.final_head(below(model, support, 1).plain, support.labels, support.n_way)
    torch.testing.assert_close(head.inner.state()[0], expected.state()[0])
    assert torch.isfinite(head.logits(support.pictures)).all()


def separation(head, support):
    """How much closer adapted embeddings are within a class than between classes: difference of the mean cosines."""
    vectors = F.normalize(head.embed(support.pictures).chunk(2, dim=1)[1], dim=1)
    vectors = F.normalize(vectors - vectors.mean(0), dim=1)
    same = support.labels[:, None] == support.labels
    cosines = vectors @ vectors.T
    return float(cosines[same].mean() - cosines[~same].mean())


def test_steps_pull_the_classes_apart(model):
    some = task(model, [5, 5, 5], noise=150.0)
    few, many = (FineTune(steps=steps, copies=2, rate=2e-3, keep="always") for steps in (1, 30))
    heads = [method.adapt(model, some.support) for method in (few, many)]
    assert separation(heads[1], some.support) > separation(heads[0], some.support) + 0.1


def test_the_final_head_is_the_mean_of_discriminants_on_the_frozen_and_on_the_adapted_embeddings(model):
    config = replace(model.config, methods={"lda": {"temperature": 3.0, "centre": "none", "copies": 2}})
    model = replace(model, config=config, base_mean=torch.full_like(model.base_mean, 0.01))
    shots = below(model, task(model, [3, 3]).support, 1)
    work = Upper(model, finetune.trainable_copy(tiny_model(seed=1).network, -1))
    both = [network(shots.plain).detach() for network in (model.network, work.network)]
    lda = LDA(temperature=3.0)
    each = [lda.adapt(model, Support(shots.labels, 2, embeddings)).logits(embeddings) for embeddings in both]
    found, centres = work.final_head(shots.plain, shots.labels, 2)
    torch.testing.assert_close(found.logits(beside(both, centres)), (each[0] + each[1]) / 2)
    torch.testing.assert_close(found.features(beside(both, centres)).norm(dim=1), torch.ones(6))


def test_prototypes_take_part_in_the_gradient_only_where_they_are_made(model):
    work = Upper(model, finetune.trainable_copy(model.network, -1))
    shots = below(model, task(model, [3, 3]).support, 1)
    weight = work.network.get_parameter("blocks.0.0.weight")
    made = work.prototypes(shots, torch.Generator().manual_seed(0))
    gradients = [
        torch.autograd.grad(work.loss(*shots.all_copies, prototypes), weight, retain_graph=True)
        for prototypes in (made, made.detached())
    ]
    assert gradients[1][0].abs().sum() > 0
    assert not torch.allclose(gradients[0][0], gradients[1][0])


def test_a_part_of_the_support_keeps_its_copies(model):
    support = task(model, [3, 3]).support
    shots = below(model, support, 2)
    rows = torch.tensor([True, False, True, True, False, True])
    part = shots.subset(rows)
    assert torch.equal(part.plain, shots.plain[rows])
    assert torch.equal(part.all_copies[0][4:], shots.copies[1][rows])
    assert part.all_copies[1].tolist() == support.labels[rows].repeat(2).tolist()


def test_many_pictures_get_fewer_copies_each(model, monkeypatch):
    monkeypatch.setattr(adapting, "_MOST_COPIES", 20)
    shots = below(model, task(model, [4, 4]).support, 6)
    assert len(shots.copies) == 2


def test_reading_the_examples_can_be_cancelled_at_every_copy(model):
    told = []

    def progress(share, what):
        told.append(what)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FineTune(**FAST | {"copies": 4}).adapt(model, task(model, [3, 3]).support, progress=progress)
    assert set(told) == {"reading the examples"}


def test_rows_are_drawn_evenly_from_uneven_classes():
    labels = torch.tensor([0] * 60 + [1] * 30 + [2] * 4)
    rows = adapting.balanced(labels, 3, 30, torch.Generator().manual_seed(0))
    assert torch.bincount(labels[rows]).tolist() == [10, 10, 4]
    assert len(rows.unique()) == len(rows)


def test_auto_keeps_the_frozen_head_with_one_picture_in_a_class(model):
    some = task(model, [1, 4])
    head = FineTune(steps=3, copies=2).adapt(model, some.support)
    assert head.needs == "embeddings"
    assert "only one" in head.notes[0]


def test_auto_says_what_it_found(model):
    head = FineTune(steps=3, copies=2).adapt(model, task(model, [4, 4]).support)
    assert "held-out examples" in head.notes[0]


def test_every_step_is_told_and_cancelling_leaves_the_model_alone(model):
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    told = []

    def progress(share, what):
        told.append((share, what))
        if "step 4 of 50" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FineTune(steps=50, copies=2).adapt(model, task(model, [3, 3]).support, progress=progress)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert "step 4 of 50" in told[-1][1]
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())
    assert not any(parameter.requires_grad for parameter in model.network.parameters())


def test_it_works_where_the_caller_has_switched_gradients_off(model):
    with torch.no_grad():
        head = FineTune(**FAST).adapt(model, task(model, [3, 3]).support)
    assert head.needs == "pictures"

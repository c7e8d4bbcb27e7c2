import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine.meta_train import stages
from fewshot_gui.engine.meta_train.progress import Note, Trained, Validated
from fewshot_gui.engine.meta_train.recipe import Augmentation, Distilled, Episodes, Maml, Supervised, Validation
from fewshot_gui.errors import UserError
from tests.engine.meta_train.toys import toy_recipe, toy_training

CHANCE = 0.2
LIGHT = Augmentation(crop=0.8, rotate=5.0, shift=0.05)

EPISODES = Episodes(steps=40, rate=3e-3, ways=10, shots=1, queries=4, ema=0.9, augmentation=LIGHT)
SUPERVISED = Supervised(steps=40, optimiser="sgd", rate=0.1, warmup=4, clip=5.0, batch=40, ema=0.9, warm_start=False)
MAML = Maml(steps=25, rate=3e-3, ways=5, queries=4, tasks=2, inner_steps=2, inner_rate=0.05, clip=5.0, ema=0.9)
TOWARDS_MAML = {"backbone_options": {"width": 8, "norm": "group"}}


def run(training):
    """(losses of the steps, looks, notes); losses are running means."""
    values = list(training.run())
    return (
        [v.loss for v in values if isinstance(v, Trained)],
        [v for v in values if isinstance(v, Validated)],
        [v.text for v in values if isinstance(v, Note)],
    )


@pytest.mark.parametrize(
    ("stage", "changes"),
    [
        (EPISODES, {}),
        (EPISODES, {"metric": "cosine", "normalised": True, "temperature": 10.0}),
        (SUPERVISED, {}),
        (MAML, TOWARDS_MAML),
        (replace(MAML, kind="fomaml"), TOWARDS_MAML),
        (replace(MAML, kind="anil"), TOWARDS_MAML),
        (replace(MAML, kind="meta-sgd"), TOWARDS_MAML),
    ],
    ids=["episodes, Euclidean", "episodes, cosine", "supervised", "maml", "fomaml", "anil", "meta-sgd"],
)
def test_a_stage_learns_from_nothing(stage, changes, tmp_path):
    method = "maml" if isinstance(stage, Maml) else "protonet"
    look = Validation(ways=5, shots=(1,), queries=5, episodes=20, method=method, every=1000)
    training = toy_training(toy_recipe(stage, validation=look, **changes), tmp_path)
    losses, looks, notes = run(training)
    assert len(losses) == stage.steps
    assert losses[-1] < 0.9 * losses[0]
    assert looks[-1].low > CHANCE + 0.1
    assert training.kept.score.mean == looks[-1].accuracy
    assert "reached" in notes[-1]


REPTILE = Maml(
    kind="reptile", steps=30, optimiser="sgd", rate=1.0, ways=5, shots=3, queries=3, tasks=2, inner_steps=6,
    inner_rate=0.05, ema=0.9,
)  # fmt: skip


def test_reptile_learns_from_nothing_and_leaves_its_rates(tmp_path):
    look = Validation(ways=5, shots=(1,), queries=5, episodes=20, method="maml", every=1000)
    training = toy_training(toy_recipe(REPTILE, validation=look, **TOWARDS_MAML), tmp_path)
    _, looks, _ = run(training)
    assert looks[-1].low > CHANCE + 0.1
    learned = training.kept.learned["reptile"]
    rates = torch.stack([value for name, value in learned.items() if name.startswith("rate.")])
    torch.testing.assert_close(rates, torch.full_like(rates, 0.05))


def test_reptile_takes_the_start_to_the_mean_of_the_tasks_ends(tmp_path):
    training = toy_training(toy_recipe(REPTILE, **TOWARDS_MAML), tmp_path)
    stage = stages.KINDS["reptile"](training.scene, REPTILE, 0, training.network)
    name = stage.learner.names[0]
    before = stage.network.get_parameter(name).detach().clone()
    ends = [stage._end(task)[name] for task in range(2)]
    assert not torch.equal(*ends)
    stage.gradients(0)
    torch.testing.assert_close(before - stage.network.get_parameter(name).grad, torch.stack(ends).mean(0))


def test_reptile_s_batches_use_every_picture_before_one_comes_again(tmp_path):
    training = toy_training(toy_recipe(REPTILE, **TOWARDS_MAML), tmp_path)
    stage = stages.KINDS["reptile"](training.scene, REPTILE, 0, training.network)
    batches = stage._batches(torch.arange(5).repeat(6), 5, 7)
    assert [len(batch) for batch in batches] == [10] * REPTILE.inner_steps
    assert sorted(torch.cat(batches[:3]).tolist()) == list(range(30))


def test_several_starts_lie_beside_one_backbone(tmp_path):
    own = replace(MAML, steps=2, own_start=True, keep="always", rate=1e-5)
    recipe = toy_recipe(EPISODES, own, replace(own, kind="anil"), **TOWARDS_MAML)
    training = toy_training(recipe, tmp_path)
    _, _, notes = run(training)
    assert all("is kept" in note for note in notes[1:]), notes
    assert training.kept.learned.keys() == {"maml", "anil"}
    assert {name for name in training.kept.learned["anil"] if name.startswith("rate.")} == {
        "rate.head.weight",
        "rate.head.bias",
    }


@pytest.mark.parametrize(("keep", "learned"), [("auto", set()), ("always", {"maml"})])
def test_a_start_whose_steps_do_harm_is_kept_only_where_the_recipe_says_so(tmp_path, keep, learned):
    still = replace(MAML, steps=1, own_start=True, keep=keep, rate=1e-9, rate_of_rates=1e-9)
    ruin = replace(still, inner_rate=1e-6, head_rate=1e3)  # fits the examples, so that these do not tell
    look = Validation(ways=5, shots=(1,), queries=5, episodes=20, method="maml", every=1000)
    training = toy_training(toy_recipe(EPISODES, ruin, validation=look, **TOWARDS_MAML), tmp_path)
    _, _, notes = run(training)
    assert ("is kept: -" if learned else "is not kept: -") in notes[-1]
    assert training.kept.learned.keys() == learned


def test_learned_rates_go_into_the_methods_tensors(tmp_path):
    training = toy_training(
        toy_recipe(MAML, validation=Validation(method="maml", shots=(1,), episodes=4), **TOWARDS_MAML), tmp_path
    )
    run(training)
    learned = training.kept.learned["maml"]
    assert learned["steps"] == 2
    rates = torch.stack([value for name, value in learned.items() if name.startswith("rate.")])
    assert not torch.allclose(rates, torch.full_like(rates, 0.05))
    assert not [name for name in learned if name.startswith("start.")]


def test_a_learned_temperature_goes_into_the_config(tmp_path):
    stage = Episodes(steps=5, ways=5, queries=4, learn_temperature=True, rate=0.1, ema=0.0)
    training = toy_training(toy_recipe(stage), tmp_path)
    run(training)
    assert training.kept.values["temperature"] != pytest.approx(0.1)


def test_within_a_source_only_its_classes_meet(tmp_path):
    from fewshot_gui.engine.meta_train.stages import KINDS

    training = toy_training(toy_recipe(Episodes(ways=5, queries=2, within_source=True)), tmp_path, sources=3)
    stage = KINDS["episodes"](training.scene, training.scene.recipe.stages[0], 0, training.network)
    groups = training.scene.training.table.groups
    met = [{groups[c] for c in stage.episode(step).classes} for step in range(30)]
    assert all(len(sources) == 1 for sources in met)
    assert len(set.union(*met)) == 3


def test_tasks_of_many_shots_have_them_all(tmp_path):
    from fewshot_gui.engine.meta_train.stages import KINDS

    stage = Maml(ways=5, shots=1, most_shots=3, queries=2, block=1)
    training = toy_training(toy_recipe(stage), tmp_path)
    run = KINDS["maml"](training.scene, stage, 0, training.network)
    assert {len(run.episode(number).support) for number in range(30)} == {5, 10, 15}


def test_tasks_at_once_teach_what_they_teach_one_by_one(tmp_path):
    stage = Maml(ways=3, shots=1, most_shots=2, queries=2, tasks=5, inner_steps=2)
    training = toy_training(toy_recipe(stage, **TOWARDS_MAML), tmp_path)
    runs = [
        stages.KINDS["maml"](training.scene, replace(stage, at_once=at_once), 0, training.network)
        for at_once in (False, True)
    ]
    assert {len(runs[1].episode(number).support) for number in range(5)} == {3, 6}, "two sizes in one step"
    losses, gradients = [], []
    for run in runs:
        run.modules.zero_grad(set_to_none=True)
        losses.append(run.gradients(0))
        gradients.append([p.grad for p in run.modules.parameters()])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    torch.testing.assert_close(*gradients, rtol=1e-3, atol=1e-5)


def test_blocks_below_stay_as_they_are_and_so_do_frozen_statistics(tmp_path):
    stage = Supervised(steps=3, batch=20, rate=0.1, from_block=2, statistics="frozen", ema=0.0, distil=1.0)
    training = toy_training(toy_recipe(stage), tmp_path)
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    run(training)
    after = training.kept.network
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed
    assert all(name.startswith(("blocks.2", "blocks.3")) and "running" not in name for name in changed)


def test_embeddings_with_frozen_blocks_are_the_networks_own(tmp_path):
    stage = Supervised(steps=1, batch=20, from_block=2, statistics="frozen")
    training = toy_training(toy_recipe(stage), tmp_path)
    run = stages.KINDS["supervised"](training.scene, stage, 0, training.network)
    run.train_mode()
    x = torch.randn(9, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    embeddings = run.embed(x)
    torch.testing.assert_close(embeddings, training.network(x), rtol=1e-4, atol=1e-4)
    embeddings.sum().backward()
    touched = {name.split(".")[1] for name, p in training.network.named_parameters() if p.grad is not None}
    assert touched == {"2", "3"}


def test_a_student_comes_to_see_pictures_as_its_teacher_does(tmp_path):
    stage = Distilled(
        steps=60, rate=3e-3, batch=40, ema=0.0, statistics="frozen", labels=0.0, features=0.1, teacher="teacher"
    )
    training = toy_training(toy_recipe(stage), tmp_path)
    teacher, x = training.scene.teachers["teacher"], training.scene.normalise(training.scene.training.tensor)

    @torch.no_grad()
    def cosines(network):
        points = F.normalize(network(x), dim=-1)
        apart = F.normalize(points - points.mean(0), dim=-1)
        return apart @ apart.T

    wanted = cosines(teacher.network)
    before = (cosines(training.network.eval()) - wanted).abs().mean()
    losses = run(training)[0]
    training.network.load_state_dict(training.kept.network)
    after = (cosines(training.network.eval()) - wanted).abs().mean()
    assert losses[-1] < losses[0]
    assert after < 0.9 * before


def test_the_map_to_the_teachers_embeddings_starts_where_it_is_best(tmp_path):
    stage = Distilled(steps=1, batch=40, statistics="frozen", labels=0.0, relations=0.0, teacher="teacher")
    training = toy_training(toy_recipe(stage), tmp_path)
    made = stages.KINDS["distilled"](training.scene, stage, 0, training.network)
    cold = made.loss(0)
    made.prepare()
    assert made.loss(0) < 0.2 * cold


def test_batch_statistics_are_learned_above_the_frozen_blocks(tmp_path):
    training = toy_training(toy_recipe(Supervised(steps=3, batch=20, from_block=2)), tmp_path)
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    run(training)
    moved = {
        name
        for name, value in before.items()
        if "running" in name and not torch.equal(value, training.kept.network[name])
    }
    assert {name.split(".")[1] for name in moved} == {"2", "3"}


def test_a_warm_start_begins_where_class_means_stand(tmp_path):
    warm, cold = (
        run(
            toy_training(
                toy_recipe(Supervised(steps=1, batch=60, warm_start=w, statistics="frozen")), tmp_path / str(w)
            )
        )[0][0]
        for w in (True, False)
    )
    assert warm < cold


def test_turned_pictures_add_a_loss_of_its_weight(tmp_path):
    light, heavy = (
        run(toy_training(toy_recipe(Supervised(steps=1, batch=20, rotation=r)), tmp_path / str(r)))[0][0]
        for r in (0.5, 2.5)
    )
    assert heavy - light == pytest.approx(2 * math.log(4), abs=0.2)  # guessing among four turns, at the start


def test_a_stage_that_gains_nothing_is_not_kept(tmp_path):
    useless = Episodes(steps=2, rate=1e-9, ways=5, queries=2, statistics="frozen")
    training = toy_training(toy_recipe(EPISODES, useless), tmp_path)
    *_, notes = run(training)
    assert "Stage episodes is not kept: +0.00 points" in notes[-1]


def test_a_pretrained_start_is_kept_where_training_ruins_it(tmp_path):
    good = toy_training(toy_recipe(EPISODES), tmp_path / "good")
    run(good)
    ruin = toy_recipe(Supervised(steps=3, optimiser="sgd", rate=30.0, clip=30.0, batch=20, ema=0.0))
    training = toy_training(ruin, tmp_path / "ruin", pretrained=True, network=good.network)
    good.network.load_state_dict(good.kept.network)
    *_, notes = run(training)
    assert "is not kept" in notes[-1]
    assert all(torch.equal(value, good.kept.network[name]) for name, value in training.kept.network.items())


@pytest.mark.parametrize("views", [0, 2])
def test_a_start_of_its_own_leaves_the_backbone_alone(tmp_path, views):
    stage = Maml(
        steps=4, ways=5, shots=2, queries=3, tasks=1, inner_steps=1, block=2, own_start=True, first_order=True,
        views=views, rate=1e-3, inner_rate=1e-3, augmentation=Augmentation(flip=True),
    )  # fmt: skip
    look = Validation(ways=5, shots=(2,), queries=3, episodes=6, method="maml", every=1000)
    training = toy_training(toy_recipe(stage, validation=look), tmp_path, pretrained=True)
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    *_, notes = run(training)
    assert "over its un-adapted head" in notes[-1]
    assert all(torch.equal(value, training.kept.network[name]) for name, value in before.items())
    if "is kept" in notes[-1]:
        starts = {n.removeprefix("start.") for n in training.kept.learned["maml"] if n.startswith("start.")}
        assert starts == set(training.network.parameters_from(2))
    else:
        assert training.kept.learned == {}


def test_a_loss_that_is_no_number_ends_the_training_with_a_way_out(tmp_path):
    stage = Episodes(steps=50, optimiser="sgd", rate=1e30, ways=5, queries=2)
    with pytest.raises(UserError, match="lower the stage's rate"):
        run(toy_training(toy_recipe(stage), tmp_path))


def test_the_faster_precision_is_chosen_and_nothing_is_changed_by_trying(tmp_path):
    from fewshot_gui.engine.meta_train.stages import KINDS

    recipe = toy_recipe(Supervised(batch=20, precision="auto"))
    training = toy_training(recipe, tmp_path)
    stage = KINDS["supervised"](training.scene, recipe.stages[0], 0, training.network)
    before = {name: value.clone() for name, value in stage.modules.state_dict().items()}
    assert stage.choose_precision() in ("float32", "bfloat16")
    assert all(torch.equal(value, before[name]) for name, value in stage.modules.state_dict().items())
    assert all(parameter.grad is None for parameter in stage.modules.parameters())


def test_one_class_per_source_cannot_be_told_apart(tmp_path):
    with pytest.raises(UserError, match="No source has two classes"):
        run(toy_training(toy_recipe(Supervised()), tmp_path, sources=20))


def test_more_validation_ways_than_classes_are_refused_at_once(tmp_path):
    with pytest.raises(UserError, match="ways must be at most 10"):
        toy_training(toy_recipe(Episodes(), validation=Validation(ways=11)), tmp_path)

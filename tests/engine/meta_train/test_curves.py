import json

import pytest

from fewshot_gui.engine.meta_train import curves
from fewshot_gui.engine.meta_train.curves import Curve, Look, Point
from fewshot_gui.engine.meta_train.progress import Trained, Validated
from fewshot_gui.engine.meta_train.recipe import Episodes, Validation
from tests.engine.meta_train.toys import toy_recipe, toy_training

STAGE = Episodes(steps=6, rate=3e-3, ways=4, queries=2, ema=0.9)
LOOK = Validation(ways=5, shots=(1,), queries=5, episodes=4, every=4)


def test_a_short_stage_has_a_point_for_each_step():
    curve = Curve(0, "episodes", 3)
    for step in (1, 2, 3):
        curve.add(step, 1 / step, pictures=10, seconds=0.5)
    assert curve.points == [Point(1, 1.0, 20.0), Point(2, 0.5, 20.0), Point(3, pytest.approx(1 / 3), 20.0)]


def test_a_long_one_has_the_means_of_at_most_a_thousand_spans():
    curve = Curve(0, "episodes", 2501)
    for step in range(1, 2502):
        curve.add(step, float(step), pictures=6, seconds=1.0)
    assert len(curve.points) == 834
    assert curve.points[:2] == [Point(3, 2.0, 6.0), Point(6, 5.0, 6.0)]
    assert curve.points[-1] == Point(2501, 2500.5, 6.0)


def test_a_curve_comes_back_from_json_in_the_middle_of_a_span():
    one, other = Curve(1, "maml", 2000, before=0.5, kept=True), Curve(1, "maml", 2000, before=0.5, kept=True)
    one.looks.append(Look(1, 0.5, 0.4, 0.6, True))
    other.looks.append(Look(1, 0.5, 0.4, 0.6, True))
    for step in range(1, 5):
        one.add(step, float(step), 2, 1.0)
        other.add(step, float(step), 2, 1.0)
        other = curves.from_json(json.loads(json.dumps(curves.to_json(other))))
    assert one == other
    assert len(one.points) == 2


def test_rows_hold_the_loss_and_the_looks_of_a_step():
    curve = Curve(1, "maml", 2000)
    curve.points.append(Point(2, 0.5, 100.0))
    curve.looks += [Look(2, 0.8, 0.7, 0.9, True), Look(3, 0.75, 0.7, 0.8, False)]
    assert [dict(zip(curves.COLUMNS, row, strict=True)) for row in curve.rows()] == [
        {"stage": 2, "kind": "maml", "step": 2, "loss": 0.5, "pictures_per_second": 100.0,
         "validation_accuracy": 0.8, "ci95_low": 0.7, "ci95_high": 0.9, "best": True},
        {"stage": 2, "kind": "maml", "step": 3, "loss": None, "pictures_per_second": None,
         "validation_accuracy": 0.75, "ci95_low": 0.7, "ci95_high": 0.8, "best": False},
    ]  # fmt: skip


def test_a_training_collects_what_it_tells(tmp_path):
    training = toy_training(toy_recipe(STAGE, STAGE, validation=LOOK), tmp_path)
    values = list(training.run())
    first, second = training.position.curves
    assert [point.step for point in first.points] == [point.step for point in second.points] == list(range(1, 7))
    looks = [(v.step, v.accuracy, v.best) for v in values if isinstance(v, Validated)]
    assert [(look.step, look.accuracy, look.best) for look in (*first.looks, *second.looks)] == looks
    assert first.points[0].loss == next(v for v in values if isinstance(v, Trained)).loss
    assert (first.before, first.kept) == (None, True)
    assert second.before == max(look.accuracy for look in first.looks)
    assert second.kept == ("is kept" in training.position.notes[-1])


@pytest.mark.parametrize("forget", [False, True], ids=["all", "a checkpoint of before there were curves"])
def test_interrupted_and_resumed_the_curves_are_those_of_an_undisturbed_training(tmp_path, forget):
    recipe = toy_recipe(STAGE, STAGE, validation=LOOK)
    whole = toy_training(recipe, tmp_path / "whole")
    list(whole.run())
    begun = toy_training(recipe, tmp_path / "parts").run()
    for value in begun:
        if isinstance(value, Trained) and value.step == 3:
            break
    begun.close()
    if forget:
        file = tmp_path / "parts" / "checkpoint" / "checkpoint.json"
        values = json.loads(file.read_text())
        del values["curves"]
        file.write_text(json.dumps(values))
    resumed = toy_training(recipe, tmp_path / "parts")
    list(resumed.run(resume=True))
    expected = [_without_speed(curve) for curve in whole.position.curves]
    found = [_without_speed(curve) for curve in resumed.position.curves]
    if forget:
        expected[0] = (expected[0][0][3:], *expected[0][1:])
    assert found == expected


def _without_speed(curve):
    return [(point.step, point.loss) for point in curve.points], curve.looks, curve.before, curve.kept

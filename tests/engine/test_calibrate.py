"""Temperatures measured on episodes, and used by the methods."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import calibrate, methods
from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.shown import Copies
from fewshot_gui.engine.temperatures import Temperatures
from fewshot_gui.errors import UserError
from tests.engine.factories import task, tiny_model

METHODS = ["protonet", "ridge", "linear", "lda", "mahalanobis", "baseline++", "soft-kmeans"]
USUAL = {"protonet": 10.0, "ridge": 5.0, "linear": 2.0, "lda": 9 * 4**0.75, "mahalanobis": 20.0, "baseline++": 10.0}
USUAL |= {"soft-kmeans": 10.0}
PLAN = calibrate.Plan(ways=(2, 4), shots=(1, 4), episodes=30)


def data(noise, n_classes=6, each=12, size=32):
    draw = torch.Generator().manual_seed(0)
    means = torch.randn(n_classes, size, generator=draw)
    points = means.repeat_interleave(each, 0) + noise * torch.randn(n_classes * each, size, generator=draw)
    groups = tuple("even" if c % 2 == 0 else "odd" for c in range(n_classes))
    return Data(ClassTable((each,) * n_classes, groups, name="points"), points)


def measured(model, method, some, plan=PLAN):
    work = calibrate.temperatures(model, method, some, plan, "points")
    shares = []
    try:
        while True:
            shares.append(next(work))
    except StopIteration as done:
        assert shares == sorted(shares)
        assert shares[-1] == 1
        return done.value


@pytest.mark.parametrize("method", METHODS)
def test_no_other_factor_makes_the_answers_likelier(method):
    model, some = tiny_model(), data(noise=2.0)
    table = measured(model, method, some)
    logits, labels = calibrate._Work(model, method, some, PLAN).answers(2, 4, ["even", "odd"])
    loss = {times: float(F.cross_entropy(times * table.values[0][1] * logits, labels)) for times in (0.8, 1.0, 1.25)}
    assert min(loss, key=loss.get) == 1.0


def test_a_method_is_measured_with_the_copies_that_config_json_asks_for():
    model, some = tiny_model(methods={"ridge": {"copies": 2}}), data(noise=2.0)
    with pytest.raises(ValueError, match="wants copies"):
        measured(model, "ridge", some)
    copies = Copies.blank(np.ones(len(some.embeddings), bool), 2, some.embeddings.shape[1])
    draw = torch.Generator().manual_seed(1)
    copies.rows[:] = some.embeddings[:, None] + 0.5 * torch.randn(copies.rows.shape, generator=draw)
    plain = measured(tiny_model(), "ridge", some)
    assert measured(model, "ridge", replace(some, copies=copies)).values != plain.values
    copies.rows[:] = some.embeddings[:, None]
    for found, expected in zip(
        measured(model, "ridge", replace(some, copies=copies)).values, plain.values, strict=True
    ):
        assert found == pytest.approx(expected, rel=0.01)


def test_hard_classes_make_it_less_sure():
    easy, hard = (measured(tiny_model(), "ridge", data(noise)).at(4, 4) for noise in (1.0, 4.0))
    assert hard < 0.7 * easy


def test_more_classes_than_groups_have_are_no_easier_for_being_of_all_kinds():
    """Groups lie far from each other, so all classes together are easy; within a group they are as hard as ever."""
    some = data(2.5, n_classes=8)
    shift = 6 * torch.eye(2, some.embeddings.shape[1])[torch.arange(8).repeat_interleave(12) % 2]
    far = replace(some, embeddings=some.embeddings + shift)
    plan = calibrate.Plan(ways=(2, 4, 8), shots=(4,), episodes=30)
    within, together = measured(tiny_model(), "ridge", far, plan), calibrate._Work(tiny_model(), "ridge", far, plan)
    assert within.at(8, 4) < 0.9 * together.best(8, 4, [None])


def test_numbers_of_classes_and_pictures_that_the_data_lack_are_left_out():
    table = measured(tiny_model(), "ridge", data(2.0), calibrate.Plan(ways=(2, 6, 20), shots=(1, 50), episodes=2))
    assert (table.ways, table.shots) == ((2, 6), (1,))


def test_too_little_data_is_one_sentence():
    with pytest.raises(UserError, match="points has too few classes or pictures"):
        measured(tiny_model(), "ridge", data(2.0, each=1))


@pytest.mark.parametrize("method", METHODS)
def test_a_method_takes_the_measured_one_for_its_task(method):
    plain = tiny_model()
    table = Temperatures((2, 8), (1, 16), ((1.0, 2.0), (3.0, 4.0)))
    model = replace(plain, config=replace(plain.config, temperatures={method: table}))
    some = task(model, [2, 4, 8])  # the shots' geometric mean is 4
    head = methods.create(method, model.config).adapt(model, some.support, pool=some.embeddings)
    assert head.temperature == pytest.approx(table.at(3, 4))
    own = methods.create(method, model.config, {"temperature": 7}).adapt(model, some.support, pool=some.embeddings)
    assert own.temperature == 7
    usual = methods.create(method, plain.config).adapt(plain, some.support, pool=some.embeddings)
    assert usual.temperature == pytest.approx(USUAL[method])
    assert np.array_equal(own.logits(some.embeddings).argmax(1), head.logits(some.embeddings).argmax(1))

"""Copies of a data set's pictures: of those that are ever shown, and of no others."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from fewshot_gui.engine import shown as module
from fewshot_gui.engine.copies import MOST
from fewshot_gui.engine.episodes import ClassTable, sample_episode
from fewshot_gui.engine.methods import create
from fewshot_gui.engine.plan import Plan
from fewshot_gui.engine.shown import Copies, shown
from fewshot_gui.errors import UserError
from tests.engine.factories import tiny_model

CONFIG = tiny_model().config
TABLE = ClassTable((40,) * 8, ("a",) * 4 + ("b",) * 4)
PLAN = Plan(ways=3, shots=(1, 2), queries=5, episodes=4, seed=3)


def methods(**copies):
    return {name: create(name, CONFIG, {"copies": count}) for name, count in copies.items()}


def support_rows(plan, shots, group=None):
    rows = [
        sample_episode(TABLE, n_way=3, n_shot=shots, n_query=5, seed=3, number=n, group=group).support
        for n in range(plan.episodes)
    ]
    return {int(row) for part in rows for row in part}


@pytest.mark.parametrize("by_group", [False, True])
def test_the_support_pictures_of_all_episodes_are_shown_and_no_others(by_group):
    plan = replace(PLAN, by_group=by_group)
    wanted, count = shown(TABLE, methods(ridge=3, protonet=2), plan, CONFIG)
    groups = ("a", "b") if by_group else (None,)
    expected = set.union(*(support_rows(plan, shots, group) for shots in (1, 2) for group in groups))
    assert {int(row) for row in np.flatnonzero(wanted)} == expected
    assert len(expected) < 320
    assert count == 3


def test_every_picture_is_shown_in_time_and_then_no_episode_is_drawn_any_more(monkeypatch):
    numbers = []

    def sample(table, **how):
        numbers.append(how["number"])
        return sample_episode(table, **how)

    monkeypatch.setattr(module, "sample_episode", sample)
    wanted, _ = shown(TABLE, methods(ridge=1), replace(PLAN, shots=(5,), episodes=100_000), CONFIG)
    assert wanted.all()
    assert len(numbers) < 1000


def test_where_no_method_wants_copies_nothing_is_shown():
    wanted, count = shown(TABLE, methods(ridge=0), PLAN, CONFIG)
    assert not wanted.any()
    assert count == 0


def test_large_tasks_want_fewer_copies():
    table = ClassTable((61,) * 3)
    plan = replace(PLAN, shots=(60,), episodes=1)
    assert shown(table, methods(ridge=6), plan, CONFIG)[1] == MOST // 180


def test_copies_are_found_by_the_pictures_rows():
    copies = Copies.blank(np.array([True, False, True]), 2, 4)
    copies.rows[:] = torch.arange(16).view(2, 2, 4)
    assert torch.equal(copies.of(np.array([2, 0]), 2), torch.arange(16.0).view(2, 2, 4).flip(0))
    assert copies.of(np.array([2]), 1).tolist() == [[[8, 9, 10, 11]]]
    for pictures, count in ((np.array([1]), 1), (np.array([0]), 3)):
        with pytest.raises(ValueError, match="no"):
            copies.of(pictures, count)


def test_more_than_memory_holds_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(UserError, match="fewer episodes or pictures, or copies=0"):
        Copies.blank(np.ones(10, bool), 6, 4)

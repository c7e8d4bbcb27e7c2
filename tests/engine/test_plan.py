"""What is measured of a grid, and what is left out of it."""

from dataclasses import replace

import pytest

from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.plan import GRID_SHOTS, GRID_WAYS, Plan, left_out, stages
from fewshot_gui.errors import UserError

BIRDS = ClassTable((30,) * 6 + (4,) * 5, name="birds")
GRID = Plan(GRID_WAYS, GRID_SHOTS, episodes=2000, episodes_on_pictures=200, grid=True, few_on_pictures=True)


class Quick:
    needs = "embeddings"
    least_shots = 1


class Slow(Quick):
    needs = "pictures"


class Hungry(Quick):
    least_shots = 5


def cells(table, plan, **methods):
    """ways -> the shots that are measured."""
    found = {}
    for stage in stages(table, methods or {"quick": Quick()}, plan):
        found.setdefault(stage.ways, []).append(stage.shots)
    return found


def test_a_grid_has_the_cells_that_the_data_allow():
    assert cells(BIRDS, GRID) == {2: [1, 2, 5, 10, 20], 5: [1, 2, 5, 10, 20], 10: [1, 2]}


def test_what_is_left_out_is_named():
    assert left_out(BIRDS, {"quick": Quick()}, GRID) == (
        "The data have too few classes or pictures for 10 ways with 5, 10, 20 shots, 20 ways and 50 ways."
    )
    assert left_out(BIRDS, {"quick": Quick()}, replace(GRID, ways=(2, 5))) == ""


def test_a_slow_method_is_measured_at_two_cells_with_fewer_episodes_unless_all_are_wanted():
    methods = {"quick": Quick(), "slow": Slow()}
    found = {(stage.ways, stage.shots): dict(stage.episodes) for stage in stages(BIRDS, methods, GRID)}
    both = {"quick": 2000, "slow": 200}
    assert found[5, 1] == found[5, 5] == both
    assert found[2, 1] == found[5, 2] == {"quick": 2000}
    assert left_out(BIRDS, methods, replace(GRID, ways=5)) == (
        "At 5 ways with 1 and 5 shots alone, as it takes its time: slow; --full has the rest."
    )
    everything = replace(GRID, few_on_pictures=False)
    assert all(dict(stage.episodes) == both for stage in stages(BIRDS, methods, everything))


def test_a_method_that_wants_more_shots_takes_part_where_there_are_enough():
    methods = {"quick": Quick(), "hungry": Hungry()}
    found = {stage.shots: list(stage.episodes) for stage in stages(BIRDS, methods, replace(GRID, ways=5))}
    assert found == {1: ["quick"], 2: ["quick"], 5: list(methods), 10: list(methods), 20: list(methods)}
    assert left_out(BIRDS, methods, replace(GRID, ways=5)) == "Some numbers of shots are too few for hungry."
    assert cells(BIRDS, replace(GRID, ways=5), hungry=Hungry()) == {5: [5, 10, 20]}


def test_in_a_grid_groups_with_fewer_classes_than_ways_take_no_part():
    table = ClassTable((9,) * 10, ("a",) * 3 + ("b",) * 7)
    grid = replace(GRID, by_group=True, ways=(2, 5, 10), shots=(1, 10))
    found = {(stage.ways, stage.shots): stage.groups for stage in stages(table, {"quick": Quick()}, grid)}
    assert found == {(2, 1): ("a", "b"), (5, 1): ("b",)}
    plain = Plan(5, (1,), by_group=True)
    assert stages(table, {"quick": Quick()}, plain)[0].groups == ("a", "b")


def test_a_range_of_shots_needs_pictures_for_its_most():
    assert cells(BIRDS, replace(GRID, shots=(range(1, 4), range(1, 11)))) == {
        2: [range(1, 4), range(1, 11)],
        5: [range(1, 4), range(1, 11)],
        10: [range(1, 4)],
    }


def test_without_a_cell_at_all_there_is_no_grid():
    with pytest.raises(UserError, match="birds has too few classes or pictures for any part of the grid"):
        stages(BIRDS, {"quick": Quick()}, replace(GRID, ways=(20, 50)))


def test_without_a_grid_every_number_of_ways_must_be_there():
    with pytest.raises(UserError, match="ways must be at most 6, not 10"):
        stages(BIRDS, {"quick": Quick()}, Plan((2, 10), (5,)))
    with pytest.raises(UserError, match="hungry needs at least 5 shots, not 1"):
        stages(BIRDS, {"hungry": Hungry()}, Plan(2, (range(1, 9),)))

"""What an evaluation measures: which ways and shots, each with which groups and methods, in how many episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fewshot_gui.engine.episodes import (
    ClassTable,
    Shots,
    Ways,
    check_ways,
    groups_of,
    least_shots,
    most_shots,
    most_ways,
    shots_text,
)
from fewshot_gui.engine.method import Method
from fewshot_gui.errors import UserError

GRID_WAYS, GRID_SHOTS = (2, 5, 10, 20, 50), (1, 2, 5, 10, 20)
_FEW = {(5, 1), (5, 5)}  # ways and shots that are measured where an episode takes seconds


@dataclass(frozen=True)
class Plan:
    """What is measured: `episodes` episodes per number of ways and shots (and per group, if by_group).

    ways: one or several. episodes_on_pictures: of methods that adapt the backbone, None: as many as others. unknown:
    pictures of other classes are asked about, too. grid: what the data do not allow is left out instead of refused,
    and groups with fewer classes than ways take no part; few_on_pictures: of the grid, methods that adapt the backbone
    are measured at 5 ways with 1 and 5 shots alone.
    """

    ways: Ways | tuple[Ways, ...] = 5
    shots: tuple[Shots, ...] = (1, 5)
    queries: int = 15
    episodes: int = 600
    by_group: bool = False
    seed: int = 0
    episodes_on_pictures: int | None = None
    unknown: bool = False
    grid: bool = False
    few_on_pictures: bool = False

    @property
    def all_ways(self) -> tuple[Ways, ...]:
        """The ways, one or several, in a row."""
        return self.ways if isinstance(self.ways, tuple) else (self.ways,)


@dataclass(frozen=True)
class Stage:
    """One number of ways and of shots. groups: (None,) without groups; episodes: of each method, by its name."""

    ways: Ways
    shots: Shots
    groups: tuple[str | None, ...]
    episodes: Mapping[str, int]


def stages(table: ClassTable, methods: Mapping[str, Method], plan: Plan) -> tuple[Stage, ...]:
    """What there is to do, in order. UserError if the plan cannot be carried out; costs nothing."""
    if plan.episodes < 1 or plan.queries < 1 or not plan.shots or min(map(least_shots, plan.shots)) < 1:
        raise UserError("Episodes, queries and shots must each be at least 1.")
    wanted = [(ways, shots) for ways in plan.all_ways for shots in plan.shots]
    if not plan.grid:
        for ways, shots in wanted:
            _check(table, methods, plan, ways, shots)
    found = [_stage(table, methods, plan, ways, shots) for ways, shots in wanted]
    possible = tuple(stage for stage in found if stage.groups and stage.episodes)
    if not possible:
        raise UserError(f"{table.name} has too few classes or pictures for any part of the grid; name more data.")
    return possible


def left_out(table: ClassTable, methods: Mapping[str, Method], plan: Plan) -> str:
    """A sentence that names what of the grid is not measured; "" if all is. Raises as `stages`."""
    done = {(stage.ways, stage.shots): stage.episodes for stage in stages(table, methods, plan)}
    missing = [(w, k) for w in plan.all_ways for k in plan.shots if (w, k) not in done]
    slow, short = [], []
    for name, method in methods.items():
        without = [cell for cell, episodes in done.items() if name not in episodes]
        if any(_too_slow(method, plan, *cell) for cell in without):
            slow.append(name)
        if any(least_shots(shots) < method.least_shots for _, shots in without):
            short.append(name)
    sentences = (
        f"The data have too few classes or pictures for {_named(missing, len(plan.shots))}." if missing else "",
        f"At 5 ways with 1 and 5 shots alone, as it takes its time: {', '.join(slow)}; --full has the rest."
        if slow
        else "",
        f"Some numbers of shots are too few for {', '.join(short)}." if short else "",
    )
    return " ".join(filter(None, sentences))


def _too_slow(method: Method, plan: Plan, ways: Ways, shots: Shots) -> bool:
    return method.needs == "pictures" and plan.few_on_pictures and (ways, shots) not in _FEW


def _check(table: ClassTable, methods: Mapping[str, Method], plan: Plan, ways: Ways, shots: Shots) -> None:
    for name, method in methods.items():
        if least_shots(shots) < method.least_shots:
            raise UserError(f"{name} needs at least {method.least_shots} shots, not {least_shots(shots)}.")
    if not plan.by_group:
        check_ways(table, ways, most_shots(shots))
    elif not groups_of(table, most_shots(shots)):
        raise UserError(
            f"{table.name} has no group of at least 3 classes with at least {most_shots(shots) + 1} pictures each; "
            "evaluate it without groups."
        )


def _stage(table: ClassTable, methods: Mapping[str, Method], plan: Plan, ways: Ways, shots: Shots) -> Stage:
    episodes = {}
    for name, method in methods.items():
        if least_shots(shots) >= method.least_shots and not _too_slow(method, plan, ways, shots):
            on_pictures = plan.episodes_on_pictures if method.needs == "pictures" else None
            episodes[name] = on_pictures or plan.episodes
    return Stage(ways, shots, _groups(table, plan, ways, most_shots(shots)), episodes)


def _groups(table: ClassTable, plan: Plan, ways: Ways, shots: int) -> tuple[str | None, ...]:
    """The groups that take part."""
    groups: Sequence[str | None] = groups_of(table, shots) if plan.by_group else (None,)
    if not plan.grid:
        return tuple(groups)
    least = 2 if ways == "all" else ways
    return tuple(group for group in groups if most_ways(table, shots, group) >= least)


def _named(cells: Sequence[tuple[Ways, Shots]], all_shots: int) -> str:
    """Cells by their ways: "20 ways with 10, 20 shots and 50 ways", the latter with all numbers of shots."""
    by_ways: dict[Ways, list[str]] = {}
    for ways, shots in cells:
        by_ways.setdefault(ways, []).append(shots_text(shots))
    named = [
        f"{ways} ways" + ("" if len(shots) == all_shots else f" with {', '.join(shots)} shots")
        for ways, shots in by_ways.items()
    ]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)

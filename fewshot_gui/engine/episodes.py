"""Few-shot episodes as index arrays, drawn from a table of classes: no pictures, no torch.

Every episode is a pure function of (table, sizes, seed, number): it can be made alone, in any order, and whoever
asks for the same number gets the same episode. A picture is known by its row: classes one after the other in the
table's order, the pictures of a class side by side, so `embeddings[episode.support]` needs nothing else.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from fewshot_gui.errors import UserError

Ways = int | Literal["all"]
Shots = int | range  # range(1, 11): every class of an episode draws its own number, 1 to 10
LEAST_GROUP = 3  # classes a group must have: with two, an episode says little about the group
_SHOTS, _STRANGERS = 1, 2  # streams of random numbers beside the one that draws classes and pictures


@dataclass(frozen=True, eq=False)
class ClassTable:
    """The classes that episodes are drawn from.

    counts: usable pictures per class. groups: a name per class (or empty: no groups).
    apart: sets of class indices of which an episode holds at most one (classes that show the same thing).
    name: what messages call the whole.
    """

    counts: tuple[int, ...]
    groups: tuple[str | None, ...] = ()
    apart: tuple[tuple[int, ...], ...] = ()
    name: str = "The data set"

    def __post_init__(self) -> None:
        if self.groups and len(self.groups) != len(self.counts):
            raise ValueError(f"{len(self.groups)} groups for {len(self.counts)} classes")

    @cached_property
    def starts(self) -> np.ndarray:
        """[n_classes + 1] int64: the first row of every class, last the number of all rows."""
        return np.concatenate([[0], np.cumsum(np.asarray(self.counts, np.int64))])

    @cached_property
    def labels(self) -> np.ndarray:
        """[n_rows] int64: the class of every row."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def eligible(self, n_shot: int, group: str | None = None) -> np.ndarray:
        """Indices of the classes (of one group, if given) with n_shot pictures and at least one more as query."""
        enough = self._counts > n_shot
        if group is not None:
            enough = enough & (self._groups == group)
        return np.flatnonzero(enough)

    @cached_property
    def _counts(self) -> np.ndarray:
        return np.asarray(self.counts, np.int64)

    @cached_property
    def _groups(self) -> np.ndarray:
        return np.asarray(self.groups, dtype=object) if self.groups else np.full(len(self.counts), None)

    @cached_property
    def _sets_of(self) -> dict[int, frozenset[int]]:
        sets: dict[int, set[int]] = {}
        for number, members in enumerate(self.apart):
            for member in members:
                sets.setdefault(int(member), set()).add(number)
        return {member: frozenset(numbers) for member, numbers in sets.items()}


@dataclass(frozen=True, eq=False)
class Episode:
    """One task: who is in it (table indices) and which rows are its support and query set.

    classes: [n_way] int64. support, query: rows, class by class; n_way * n_shot of the support if shots are even.
    support_labels, query_labels: int64 in 0..n_way-1, the position in `classes`.
    """

    number: int
    classes: np.ndarray
    support: np.ndarray
    support_labels: np.ndarray
    query: np.ndarray
    query_labels: np.ndarray

    @property
    def n_way(self) -> int:
        """The number of classes."""
        return len(self.classes)


def sample_episode(
    table: ClassTable,
    *,
    n_way: Ways,
    n_shot: Shots,
    n_query: int,
    seed: int,
    number: int,
    group: str | None = None,
) -> Episode:
    """The episode of that number: n_shot support and up to n_query query pictures of each of n_way classes.

    Classes are drawn evenly, pictures of a class evenly without repetition; a class with too few pictures gives the
    queries it has (at least one, else it is not drawn). At equal n_way the support of fewer shots is part of the
    support of more, as long as the same classes have pictures enough. Of a range of shots each class draws its number
    evenly; classes and queries are those of the most shots. UserError if there are too few classes.
    """
    most = most_shots(n_shot)
    n_way = check_ways(table, n_way, most, group)
    rng = generator(seed, number, group)
    classes = _draw_classes(table, n_way, most, group, rng)
    drawn = [_draw_rows(table, c, most, n_query, rng) for c in classes]
    shots = _draw_shots(n_shot, n_way, generator(seed, number, group, _SHOTS))
    return Episode(
        number=number,
        classes=classes,
        support=np.concatenate([rows[:k] for rows, k in zip(drawn, shots, strict=True)]),
        support_labels=np.repeat(np.arange(n_way), shots),
        query=np.concatenate([rows[most:] for rows in drawn]),
        query_labels=np.repeat(np.arange(n_way), [len(rows) - most for rows in drawn]),
    )


def sample_strangers(
    table: ClassTable, episode: Episode, *, n_query: int, seed: int, group: str | None = None
) -> np.ndarray:
    """Rows of pictures that are of none of the episode's classes: up to n_query each of up to n_way other classes.

    A pure function of its arguments, as `sample_episode`. Empty where the table (or its group) has no class left over;
    one that shows the same thing as a class of the episode is no stranger.
    """
    rng = generator(seed, episode.number, group, _STRANGERS)
    taken = episode.classes.tolist()
    sets, none = table._sets_of, frozenset()
    met = none.union(*(sets.get(c, none) for c in taken))
    left = [c for c in table.eligible(0, group).tolist() if c not in taken and not sets.get(c, none) & met]
    chosen = rng.permutation(np.asarray(left, np.int64))[: episode.n_way]
    drawn = [_draw_rows(table, c, 0, n_query, rng) for c in chosen]
    return np.concatenate(drawn) if drawn else np.empty(0, np.int64)


def generator(seed: int, number: int, group: str | None = None, stream: int = 0) -> np.random.Generator:
    """The random stream of one episode; independent between numbers, seeds, groups and streams."""
    of_group = [] if group is None else [zlib.crc32(group.encode())]
    if stream:
        of_group = [*(of_group or [0]), stream]
    return np.random.default_rng([seed, number, *of_group])


def least_shots(n_shot: Shots) -> int:
    """The fewest support pictures of a class."""
    return n_shot if isinstance(n_shot, int) else n_shot[0]


def most_shots(n_shot: Shots) -> int:
    """The most support pictures of a class."""
    return n_shot if isinstance(n_shot, int) else n_shot[-1]


def shots_text(n_shot: Shots) -> str:
    """As on a command line: "5", and "1-10" for a range."""
    return str(n_shot) if isinstance(n_shot, int) else f"{n_shot[0]}-{n_shot[-1]}"


def check_ways(table: ClassTable, n_way: Ways, n_shot: int, group: str | None = None) -> int:
    """n_way as a number ("all": every class with pictures enough); UserError if it cannot be had."""
    most = most_ways(table, n_shot, group)
    where = f"{table.name}, group {group!r}," if group is not None else table.name
    pictures = f"at least {n_shot + 1} pictures ({n_shot} to learn from and one to ask about)"
    if most < 2:
        raise UserError(f"{where} has {_classes(most)} with {pictures}; an episode needs at least 2 classes.")
    if n_way == "all":
        return most
    if n_way < 2:
        raise UserError(f"An episode needs at least 2 classes; ways is {n_way}.")
    if n_way > most:
        raise UserError(f"{where} has {_classes(most)} with {pictures}; ways must be at most {most}, not {n_way}.")
    return n_way


def most_ways(table: ClassTable, n_shot: int, group: str | None = None) -> int:
    """The most classes an episode can have; of every set that must stay apart one class counts."""
    usable = table.eligible(n_shot, group)
    if not table.apart:
        return len(usable)
    free = [c for c in usable if int(c) not in table._sets_of]
    sets = {min(table._sets_of[int(c)]) for c in usable if int(c) in table._sets_of}
    return len(free) + len(sets)


def groups_of(table: ClassTable, n_shot: int) -> list[str]:
    """The groups with at least three classes of n_shot pictures and one more, sorted by name."""
    names = sorted({g for g in table.groups if g is not None})
    return [g for g in names if len(table.eligible(n_shot, g)) >= LEAST_GROUP]


def group_ways(table: ClassTable, n_way: Ways, n_shot: int, group: str) -> int:
    """The ways of an episode within one group: min(n_way, its classes)."""
    most = len(table.eligible(n_shot, group))
    return most if n_way == "all" else min(n_way, most)


def _draw_classes(
    table: ClassTable, n_way: int, n_shot: int, group: str | None, rng: np.random.Generator
) -> np.ndarray:
    order = rng.permutation(table.eligible(n_shot, group))
    if not table.apart:
        return order[:n_way]
    taken: list[int] = []
    met: set[int] = set()
    for c in order.tolist():
        sets = table._sets_of.get(c, frozenset())
        if len(taken) < n_way and not (sets & met):
            taken.append(c)
            met |= sets
    if len(taken) < n_way:
        raise UserError(f"{table.name} has too few classes that may meet in one episode; lower ways to {len(taken)}.")
    return np.asarray(taken, np.int64)


def _draw_shots(n_shot: Shots, n_way: int, rng: np.random.Generator) -> list[int]:
    """The support pictures of each class."""
    if isinstance(n_shot, int):
        return [n_shot] * n_way
    return rng.integers(n_shot[0], n_shot[-1] + 1, n_way).tolist()


def _draw_rows(table: ClassTable, c: int, n_shot: int, n_query: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of class c, support first; as many queries as there are, up to n_query."""
    count = table.counts[c]
    return table.starts[c] + rng.permutation(count)[: n_shot + n_query]


def _classes(number: int) -> str:
    return "1 class" if number == 1 else f"{number} classes"

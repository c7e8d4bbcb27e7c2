"""Few-shot methods measured over episodes: every method of one call answers the very same ones.

The pictures of the data set are embedded once, by the caller; an episode only picks rows. `evaluate` is a generator:
it yields how far it is and, as soon as they are known, rows and comparisons as frozen values.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import metrics
from fewshot_gui.engine.episodes import ClassTable, Episode, Ways, check_ways, group_ways, groups_of, sample_episode
from fewshot_gui.engine.method import Head, Method, Support
from fewshot_gui.engine.metrics import Estimate
from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UserError

MEAN = "mean"  # the name of the row that is the plain mean over groups
_TELL_EVERY = 0.2  # seconds between two Progress values


@dataclass(frozen=True, eq=False)
class Data:
    """The data set in rows, in the table's order (episodes.ClassTable.starts).

    embeddings: [n, D] float32, the frozen model's. pictures: [n, C, S, S] uint8 at the adaptation's size, on the CPU;
    None unless a method needs pictures.
    """

    table: ClassTable
    embeddings: Tensor
    pictures: Tensor | None = None


@dataclass(frozen=True)
class Plan:
    """What is measured: `episodes` episodes per number of shots (and per group, if by_group)."""

    ways: Ways = 5
    shots: tuple[int, ...] = (1, 5)
    queries: int = 15
    episodes: int = 600
    by_group: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the evaluation is. share: 0-1; what: the method and the shots at work."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One method's result. group: None without groups, "mean" for the plain mean over groups.

    ways: None for a mean over groups of different ways (--ways all). n_classes: classes episodes were drawn from.
    accuracy: over episodes. over_classes: the wide 95 % interval, had other classes been drawn (metrics).
    adapted: share of episodes, 0-1, that ended with a changed backbone; None if the method never changes it.
    """

    group: str | None
    ways: int | None
    shots: int
    queries: int
    episodes: int
    method: str
    backbone: str
    n_classes: int
    accuracy: Estimate
    over_classes: tuple[float, float]
    adapted: float | None
    milliseconds_per_adapt: float


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference in accuracy, a less b, over the same episodes."""

    group: str | None
    ways: int | None
    shots: int
    a: str
    b: str
    difference: Estimate


def evaluate(model: Model, data: Data, methods: Mapping[str, Method], plan: Plan) -> Iterator[Progress | Row | Paired]:
    """Rows for every number of shots, group and method (name as to be reported -> method), each pair compared.

    UserError, before the first episode where it can be known: too few classes, too many ways, damaged embeddings,
    a method that wants more shots.
    """
    check(data.table, methods, plan)
    if not torch.isfinite(data.embeddings).all():
        raise UserError(f"The embeddings of {data.table.name} are not finite: the weights of {model.name} are damaged.")
    done, total = 0, sum(len(_groups(data.table, plan, s)) for s in plan.shots) * len(methods) * plan.episodes
    for shots in plan.shots:
        cells: list[_Cell] = []
        for group in _groups(data.table, plan, shots):
            cell = _cell(data.table, plan, shots, group)
            cells.append(cell)
            for name, method in methods.items():
                for tally in _run(model, data, method, cell, plan):
                    yield Progress(f"{name}, {shots} shot", (done + tally.episodes) / total)
                done += plan.episodes
                cell.tallies[name] = tally
            yield from _report([cell], model.name, plan, group, cell.ways)
        if plan.by_group:
            yield from _report(cells, model.name, plan, MEAN, plan.ways if plan.ways != "all" else None)


def check(table: ClassTable, methods: Mapping[str, Method], plan: Plan) -> None:
    """UserError if the plan cannot be carried out with these classes and methods; costs nothing."""
    if plan.episodes < 1 or plan.queries < 1 or not plan.shots or min(plan.shots) < 1:
        raise UserError("Episodes, queries and shots must each be at least 1.")
    for shots in plan.shots:
        for name, method in methods.items():
            if shots < method.least_shots:
                raise UserError(f"{name} needs at least {method.least_shots} shots, not {shots}.")
        if not plan.by_group:
            check_ways(table, plan.ways, shots)
        elif not _groups(table, plan, shots):
            raise UserError(
                f"{table.name} has no group of at least 3 classes with at least {shots + 1} pictures each; "
                "evaluate it without groups."
            )


@dataclass(eq=False)
class _Tally:
    """What one method did in one cell, so far. hits, asked: per class of the table.

    adapted: episodes that ended with a changed backbone; None if the method never changes it.
    """

    accuracies: np.ndarray
    hits: np.ndarray
    asked: np.ndarray
    adapted: int | None
    episodes: int = 0
    seconds: float = 0.0

    def add(self, episode: Episode, right: np.ndarray, adapted: bool, seconds: float) -> None:
        self.accuracies[self.episodes] = right.mean()
        self.hits += np.bincount(episode.classes[episode.query_labels], right, len(self.hits))
        self.asked += np.bincount(episode.classes[episode.query_labels], minlength=len(self.asked))
        self.episodes += 1
        if self.adapted is not None:
            self.adapted += adapted
        self.seconds += seconds

    @property
    def adapted_share(self) -> float | None:
        """adapted / episodes, 0-1, or None."""
        return None if self.adapted is None else self.adapted / self.episodes

    @property
    def recalls(self) -> np.ndarray:
        """The share of right answers of each class that was asked about."""
        met = self.asked > 0
        return self.hits[met] / self.asked[met]


@dataclass(frozen=True, eq=False)
class _Cell:
    """One group (or all classes) at one number of shots."""

    group: str | None
    ways: int
    shots: int
    n_classes: int
    tallies: dict[str, _Tally]


def _groups(table: ClassTable, plan: Plan, shots: int) -> Sequence[str | None]:
    return groups_of(table, shots) if plan.by_group else [None]


def _cell(table: ClassTable, plan: Plan, shots: int, group: str | None) -> _Cell:
    ways = check_ways(table, plan.ways, shots) if group is None else group_ways(table, plan.ways, shots, group)
    return _Cell(group, ways, shots, len(table.eligible(shots, group)), {})


def _run(model: Model, data: Data, method: Method, cell: _Cell, plan: Plan) -> Iterator[_Tally]:
    """Yields the growing tally from time to time and at the end."""
    n = len(data.table.counts)
    tally = _Tally(np.zeros(plan.episodes), np.zeros(n), np.zeros(n), 0 if method.needs == "pictures" else None)
    told = time.monotonic()
    for number in range(plan.episodes):
        episode = sample_episode(
            data.table, n_way=cell.ways, n_shot=cell.shots, n_query=plan.queries,
            seed=plan.seed, number=number, group=cell.group,
        )  # fmt: skip
        started = time.perf_counter()
        head = _adapt(model, data, method, episode, plan.seed)
        _wait_for(model.device)
        seconds = time.perf_counter() - started
        tally.add(episode, _right(model, data, method, head, episode), head.needs == "pictures", seconds)
        if number == plan.episodes - 1 or time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            yield tally


def _adapt(model: Model, data: Data, method: Method, episode: Episode, seed: int) -> Head:
    rows = torch.from_numpy(episode.support)
    pictures = None
    if method.needs == "pictures":
        if data.pictures is None:
            raise ValueError(f"{method.name} needs pictures, and was given embeddings only")
        pictures = data.pictures[rows].to(model.device)
    support = Support(
        labels=torch.from_numpy(episode.support_labels).to(model.device),
        n_way=episode.n_way,
        embeddings=data.embeddings[rows].to(model.device),
        pictures=pictures,
    )
    pool = data.embeddings[torch.from_numpy(episode.query)].to(model.device) if method.transductive else None
    return method.adapt(model, support, pool=pool, seed=_seed(seed, episode.number))


@torch.no_grad()
def _right(model: Model, data: Data, method: Method, head: Head, episode: Episode) -> np.ndarray:
    """[n_query] float: 1 where the answer is right."""
    asked = data.pictures if head.needs == "pictures" else data.embeddings
    logits = head.logits(asked[torch.from_numpy(episode.query)].to(model.device))
    if not torch.isfinite(logits).all():
        raise UserError(
            f"{method.name} gave answers that are no numbers in episode {episode.number}; change its options."
        )
    return (logits.argmax(1).cpu().numpy() == episode.query_labels).astype(float)


def _seed(seed: int, number: int) -> int:
    """What a method may draw with in this episode: the same for all methods, and not the episode's own stream."""
    return int(np.random.SeedSequence([seed, number, 1]).generate_state(1)[0] >> 1)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _report(
    cells: Sequence[_Cell], backbone: str, plan: Plan, group: str | None, ways: int | None
) -> Iterator[Row | Paired]:
    """Every method's row, then every pair; over several cells the plain mean of theirs."""
    shots, names = cells[0].shots, list(cells[0].tallies)
    for name in names:
        tallies = [cell.tallies[name] for cell in cells]
        accuracy = metrics.mean_over_groups([t.accuracies for t in tallies])
        yield Row(
            group=group,
            ways=ways,
            shots=shots,
            queries=plan.queries,
            episodes=accuracy.n,
            method=name,
            backbone=backbone,
            n_classes=sum(cell.n_classes for cell in cells),
            accuracy=accuracy,
            over_classes=metrics.interval_over_classes([t.recalls for t in tallies], plan.seed),
            adapted=_mean_share([t.adapted_share for t in tallies]),
            milliseconds_per_adapt=float(np.mean([t.seconds / t.episodes for t in tallies])) * 1000,
        )
    for a, b in itertools.combinations(names, 2):
        pairs = [(cell.tallies[a].accuracies, cell.tallies[b].accuracies) for cell in cells]
        difference = metrics.paired_difference_over_groups([x for x, _ in pairs], [y for _, y in pairs])
        yield Paired(group, ways, shots, a, b, difference)


def _mean_share(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return float(np.mean(known)) if known else None

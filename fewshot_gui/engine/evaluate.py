"""Few-shot methods measured over episodes: every method of one call answers the very same ones.

The pictures of the data set are embedded once, by the caller; an episode only picks rows. `evaluate` is a generator:
it yields how far it is and, as soon as they are known, rows and comparisons as frozen values.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine.episodes import ClassTable, Episode, Ways, check_ways, group_ways, groups_of, sample_episode
from fewshot_gui.engine.method import Head, Method, Support
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.results import MEAN, Cell, Paired, Row, Tally, report
from fewshot_gui.errors import UserError

_TELL_EVERY = 0.2  # seconds between two Progress values
_BATCH = 64  # query pictures at a time through an adapted backbone
_SMALL = 2**20  # numbers in a support set under which one thread is faster than several


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


def evaluate(model: Model, data: Data, methods: Mapping[str, Method], plan: Plan) -> Iterator[Progress | Row | Paired]:
    """Rows for every number of shots, group and method (name as to be reported -> method), each pair compared.

    UserError, before the first episode where it can be known: too few classes, too many ways, damaged embeddings,
    a method that wants more shots.
    """
    check(data.table, methods, plan)
    if not torch.isfinite(data.embeddings).all():
        raise UserError(f"The embeddings of {data.table.name} are not finite: the weights of {model.name} are damaged.")
    common = {"queries": plan.queries, "backbone": model.name, "seed": plan.seed}
    done, total = 0, sum(len(_groups(data.table, plan, s)) for s in plan.shots) * len(methods) * plan.episodes
    for shots in plan.shots:
        cells: list[Cell] = []
        for group in _groups(data.table, plan, shots):
            cell = _cell(data.table, plan, shots, group)
            cells.append(cell)
            for name, method in methods.items():
                for tally in _run(model, data, method, cell, plan):
                    yield Progress(f"{name}, {shots} shot", (done + tally.episodes) / total)
                done += plan.episodes
                cell.tallies[name] = tally
            yield from report([cell], group=group, ways=cell.ways, **common)
        if plan.by_group:
            yield from report(cells, group=MEAN, ways=plan.ways if plan.ways != "all" else None, **common)


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


def _groups(table: ClassTable, plan: Plan, shots: int) -> Sequence[str | None]:
    return groups_of(table, shots) if plan.by_group else [None]


def _cell(table: ClassTable, plan: Plan, shots: int, group: str | None) -> Cell:
    ways = check_ways(table, plan.ways, shots) if group is None else group_ways(table, plan.ways, shots, group)
    return Cell(group, ways, shots, len(table.eligible(shots, group)))


def _run(model: Model, data: Data, method: Method, cell: Cell, plan: Plan) -> Iterator[Tally]:
    """Yields the growing tally from time to time and at the end."""
    n = len(data.table.counts)
    tally = Tally(np.zeros(plan.episodes), np.zeros(n), np.zeros(n), 0 if method.needs == "pictures" else None)
    told = time.monotonic()
    for number in range(plan.episodes):
        episode = sample_episode(
            data.table, n_way=cell.ways, n_shot=cell.shots, n_query=plan.queries,
            seed=plan.seed, number=number, group=cell.group,
        )  # fmt: skip
        with _threads_for(method, len(episode.support) * data.embeddings.shape[1]):
            started = time.perf_counter()
            head = _adapt(model, data, method, episode, plan.seed)
            _wait_for(model.device)
            seconds = time.perf_counter() - started
            right = _right(model, data, method, head, episode)
        tally.add(episode, right, head.needs == "pictures", seconds)
        if number == plan.episodes - 1 or time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            yield tally


@contextmanager
def _threads_for(method: Method, numbers: int) -> Iterator[None]:
    """One thread while small tensors are worked on: several cost more to wake up than they save (up to 100 times)."""
    before = torch.get_num_threads()
    if method.needs == "embeddings" and numbers < _SMALL and before > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


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
    on_pictures = head.needs == "pictures"
    asked = (data.pictures if on_pictures else data.embeddings)[torch.from_numpy(episode.query)]
    parts = asked.split(_BATCH if on_pictures else len(asked))
    logits = torch.cat([head.logits(part.to(model.device)) for part in parts])
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

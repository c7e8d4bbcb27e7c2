"""Few-shot methods measured over episodes: every method of one call answers the very same ones.

The pictures of the data set are embedded once, by the caller; an episode only picks rows. `evaluate` is a generator:
it yields how far it is and, as soon as they are known, rows and comparisons as frozen values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import results
from fewshot_gui.engine.copies import usable
from fewshot_gui.engine.episodes import (
    ClassTable,
    Episode,
    check_ways,
    group_ways,
    most_shots,
    sample_episode,
    sample_strangers,
    shots_text,
)
from fewshot_gui.engine.method import Head, Method, Support
from fewshot_gui.engine.methods import copies_wanted
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.plan import Plan, Stage, stages
from fewshot_gui.engine.results import MEAN, About, Cell, Outcome, Paired, Row, Tally
from fewshot_gui.engine.shown import Copies
from fewshot_gui.engine.strangers import told_apart
from fewshot_gui.engine.threads import cores_for
from fewshot_gui.errors import UserError

_TELL_EVERY = 0.2  # seconds between two Progress values


@dataclass(frozen=True, eq=False)
class Data:
    """The data set in rows, in the table's order (episodes.ClassTable.starts).

    embeddings: [n, D] float32, the frozen model's. pictures: [n, C, S, S] uint8 at the adaptation's size, on the CPU;
    None unless a method needs pictures. copies: of the pictures that methods want copies of (engine.shown).
    """

    table: ClassTable
    embeddings: Tensor
    pictures: Tensor | None = None
    copies: Copies | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the evaluation is. share: 0-1; what: the method, ways and shots at work.

    so_far: the row of the method at work, on the episodes done, and its comparisons with those before it; for whoever
    cannot wait for the end.
    """

    what: str
    share: float
    so_far: Callable[[], Sequence[Row | Paired]]


def evaluate(model: Model, data: Data, methods: Mapping[str, Method], plan: Plan) -> Iterator[Progress | Row | Paired]:
    """Rows for every number of ways and shots, group and method (name as to be reported -> method), each pair compared.

    UserError, before the first episode where it can be known: too few classes, too many ways, damaged embeddings,
    a method that wants more shots.
    """
    planned = stages(data.table, methods, plan)
    if not torch.isfinite(data.embeddings).all():
        raise UserError(f"The embeddings of {data.table.name} are not finite: the weights of {model.name} are damaged.")
    done, total = 0, sum(len(stage.groups) * sum(stage.episodes.values()) for stage in planned)
    for stage in planned:
        cells: list[Cell] = []
        for group in stage.groups:
            cell = _cell(data.table, stage, group)
            cells.append(cell)
            about = About(group, cell.ways, plan.queries, model.name, plan.seed)
            work = _Work(model, data, plan, cell)
            for name, episodes in stage.episodes.items():
                what = f"{name}, {cell.ways}-way {shots_text(cell.shots)}-shot"
                for tally in work.run(name, methods[name], episodes):
                    so_far = _SoFar(cell, about, name)
                    yield Progress(what, (done + tally.episodes) / total, so_far)
                done += episodes
                yield from results.rows([cell], about, [name])
            yield from results.pairs([cell], about, list(stage.episodes))
        if plan.by_group:
            about = About(MEAN, None if stage.ways == "all" else stage.ways, plan.queries, model.name, plan.seed)
            yield from results.rows(cells, about, list(stage.episodes))
            yield from results.pairs(cells, about, list(stage.episodes))


def _cell(table: ClassTable, stage: Stage, group: str | None) -> Cell:
    most = most_shots(stage.shots)
    ways = check_ways(table, stage.ways, most) if group is None else group_ways(table, stage.ways, most, group)
    return Cell(group, ways, stage.shots, len(table.eligible(most, group)))


@dataclass(frozen=True, eq=False)
class _SoFar:
    """See Progress.so_far."""

    cell: Cell
    about: About
    name: str

    def __call__(self) -> list[Row | Paired]:
        names = list(self.cell.tallies)
        names = names[: names.index(self.name) + 1]  # one that has just begun has no episode yet
        compared = results.pairs([self.cell], self.about, names)
        return [*results.rows([self.cell], self.about, [self.name]), *compared]


@dataclass(frozen=True, eq=False)
class _Work:
    """One cell's episodes. told: (AUROC, FPR95) of an episode, which all heads on frozen embeddings share."""

    model: Model
    data: Data
    plan: Plan
    cell: Cell
    told: dict[int, tuple[float, float] | None] = field(default_factory=dict)

    def run(self, name: str, method: Method, episodes: int) -> Iterator[Tally]:
        """Yields the growing tally of the cell from time to time and at the end."""
        n, adapts = len(self.data.table.counts), method.needs == "pictures"
        start = method.start_of(self.model)
        tally = Tally.blank(episodes, n, adapts=adapts, transductive=method.transductive, start=start)
        self.cell.tallies[name] = tally
        told = time.monotonic()
        for number in range(episodes):
            episode = sample_episode(
                self.data.table, n_way=self.cell.ways, n_shot=self.cell.shots, n_query=self.plan.queries,
                seed=self.plan.seed, number=number, group=self.cell.group,
            )  # fmt: skip
            tally.add(episode, self._outcome(method, episode))
            if number == episodes - 1 or time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                yield tally

    def _outcome(self, method: Method, episode: Episode) -> Outcome:
        model, data = self.model, self.data
        numbers = len(episode.support) * data.embeddings.shape[1]
        with cores_for(numbers) if method.needs == "embeddings" else nullcontext():
            started = time.perf_counter()
            support = _support(model, data, method, episode)
            head = _adapt(model, data, method, episode, support, self.plan.seed)
            _wait_for(model.device)
            adapted = time.perf_counter()
            logits = _logits(model, data, method, head, episode)
            _wait_for(model.device)
            answered = time.perf_counter()
            unknown = self._unknown(head, support, episode) if self.plan.unknown else None
        confidence, answer = logits.softmax(1).max(1)
        return Outcome(
            right=(answer.cpu().numpy() == episode.query_labels).astype(float),
            confidence=confidence.cpu().numpy(),
            adapted=head.needs == "pictures",
            seconds=adapted - started,
            asking=answered - adapted,
            unknown=unknown,
        )

    def _unknown(self, head: Head, support: Support, episode: Episode) -> tuple[float, float] | None:
        shared = head.needs == "embeddings"
        if shared and episode.number in self.told:
            return self.told[episode.number]
        plan, table = self.plan, self.data.table
        rows = sample_strangers(table, episode, n_query=plan.queries, seed=plan.seed, group=self.cell.group)
        found = None
        if len(rows):
            known, strange = _asked(self.data, head, episode.query), _asked(self.data, head, rows)
            found = told_apart(self.model, head, support, known, strange)
        if shared:
            self.told[episode.number] = found
        return found


def _support(model: Model, data: Data, method: Method, episode: Episode) -> Support:
    rows = torch.from_numpy(episode.support)
    pictures = None
    if method.needs == "pictures":
        if data.pictures is None:
            raise ValueError(f"{method.name} needs pictures, and was given embeddings only")
        pictures = data.pictures[rows].to(model.device)
    copies = _copies(model, data, method, episode)
    return Support(
        labels=torch.from_numpy(episode.support_labels).to(model.device),
        n_way=episode.n_way,
        embeddings=data.embeddings[rows].to(model.device),
        pictures=pictures,
        copies=None if copies is None else copies.to(model.device),
    )


def _copies(model: Model, data: Data, method: Method, episode: Episode) -> Tensor | None:
    count = usable(copies_wanted(method, model.config), len(episode.support))
    if count == 0:
        return None
    if data.copies is None:
        raise ValueError(f"{method.name} wants copies of pictures, and was given none")
    return data.copies.of(episode.support, count)


def _adapt(model: Model, data: Data, method: Method, episode: Episode, support: Support, seed: int) -> Head:
    pool = data.embeddings[torch.from_numpy(episode.query)].to(model.device) if method.transductive else None
    return method.adapt(model, support, pool=pool, seed=_seed(seed, episode.number))


@torch.no_grad()
def _logits(model: Model, data: Data, method: Method, head: Head, episode: Episode) -> Tensor:
    """[n_query, n_way]."""
    asked = _asked(data, head, episode.query)
    logits = head.logits(asked if head.needs == "pictures" else asked.to(model.device))  # pictures it takes in parts
    if not torch.isfinite(logits).all():
        raise UserError(
            f"{method.name} gave answers that are no numbers in episode {episode.number}; change its options."
        )
    return logits


def _asked(data: Data, head: Head, rows: np.ndarray) -> Tensor:
    """These rows as the head wants them."""
    held = data.pictures if head.needs == "pictures" else data.embeddings
    assert held is not None  # a head wants pictures only of a method that was given some
    return held[torch.from_numpy(rows)]


def _seed(seed: int, number: int) -> int:
    """What a method may draw with in this episode: the same for all methods, and not the episode's own stream."""
    return int(np.random.SeedSequence([seed, number, 1]).generate_state(1)[0] >> 1)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()

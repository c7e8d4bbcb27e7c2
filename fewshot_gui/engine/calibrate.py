"""Measuring how sure a method may be: the temperatures at which unseen classes' answers are likeliest.

For each number of classes and examples, episodes of classes that the model was not trained on are answered at
temperature 1, and the one factor is sought that gives the right classes the highest likelihood. The loss is convex in
the factor, so there is one.

People's tasks are of one kind, so episodes are drawn within each group of classes as long as at least half of the
groups have enough. More classes can only be drawn from all together, where they are easier to tell apart: the factor
found there is lowered by as much as it would have to be at the largest number of classes that groups have.

Methods are measured as config.json has them, with copies of examples (engine.copies) where it asks for any. Heads of a
task's plain examples, which answer until the copies are there, take the same factor: within two sources of photos-128's
validation classes the likeliest factors of both lay about a twentieth apart at most for ridge and linear.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine import methods
from fewshot_gui.engine.copies import usable
from fewshot_gui.engine.episodes import ClassTable, Episode, sample_episode
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.method import Method, Support
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.temperatures import Temperatures
from fewshot_gui.errors import UserError

WAYS, SHOTS = (2, 3, 5, 10, 20, 50), (1, 2, 5, 10, 20)
_EPISODES_IN_ALL = 4  # times as many as of a group
_QUERIES = 5  # of each class; more would be answered by the same support
_RANGE = (0.01, 10_000.0)  # where factors are looked for; discriminants of characters need up to two thousand
_HALVINGS = 40


@dataclass(frozen=True)
class Plan:
    """ways, shots: the table's axes, as far as the data have the classes and pictures. episodes: of each group."""

    ways: tuple[int, ...] = WAYS
    shots: tuple[int, ...] = SHOTS
    episodes: int = 40
    seed: int = 0


def temperatures(
    model: Model, method: str, data: Data, plan: Plan, measured_on: str
) -> Generator[float, None, Temperatures]:
    """Yields the share that is done, 0-1; returns the table of a method that needs embeddings alone.

    UserError if not even two classes have a picture more than the fewest shots.
    """
    ways, shots = _possible(data.table, plan)
    work = _Work(model, method, data, plan)
    columns: list[list[float]] = []
    for n_shot in shots:
        column: list[float] = []
        easier, last = 1.0, None  # how much surer all classes together make, at the last number that groups have
        for n_way in ways:
            groups = _groups(data.table, n_way, n_shot)
            if groups:
                column.append(work.best(n_way, n_shot, groups))
                last = (n_way, column[-1])
            else:
                if last:
                    easier, last = work.best(last[0], n_shot, [None]) / last[1], None
                column.append(work.best(n_way, n_shot, [None]) / easier)
            yield (len(columns) * len(ways) + len(column)) / (len(ways) * len(shots))
        columns.append(column)
    values = tuple(tuple(round(column[row], 2) for column in columns) for row in range(len(ways)))
    return Temperatures(ways, shots, values, measured_on)


def _possible(table: ClassTable, plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes for which there are tasks: a table has no holes, so shots that too few classes have are left out."""
    fewest = min(plan.ways)
    shots = tuple(k for k in plan.shots if len(table.eligible(k)) >= fewest)
    ways = tuple(n for n in plan.ways if shots and n <= len(table.eligible(max(shots))))
    if not ways:
        raise UserError(f"{table.name} has too few classes or pictures to measure temperatures on; name more.")
    return ways, shots


def _groups(table: ClassTable, n_way: int, n_shot: int) -> list[str | None]:
    """The groups that have so many classes, if at least half of all do: the few large ones may be the hard ones."""
    groups = sorted({group for group in table.groups if group is not None})
    enough: list[str | None] = [group for group in groups if len(table.eligible(n_shot, group)) >= n_way]
    return enough if 2 * len(enough) >= len(groups) else []


@dataclass(frozen=True, eq=False)
class _Work:
    """What stays the same from one entry of a table to the next."""

    model: Model
    method: str
    data: Data
    plan: Plan

    def best(self, n_way: int, n_shot: int, groups: Sequence[str | None]) -> float:
        """The factor for tasks of these groups; None: of all classes together."""
        return _best(*self.answers(n_way, n_shot, groups))

    def answers(self, n_way: int, n_shot: int, groups: Sequence[str | None]) -> tuple[Tensor, Tensor]:
        """(logits at temperature 1 [m, n_way], labels [m]) of all episodes."""
        own = methods.create(self.method, self.model.config, {"temperature": 1.0})
        logits, labels = [], []
        for group in groups:
            for number in range(self.plan.episodes * (_EPISODES_IN_ALL if group is None else 1)):
                episode = sample_episode(
                    self.data.table, n_way=n_way, n_shot=n_shot, n_query=_QUERIES,
                    seed=self.plan.seed, number=number, group=group,
                )  # fmt: skip
                logits.append(self._answered(own, episode))
                labels.append(torch.from_numpy(episode.query_labels))
        return torch.cat(logits), torch.cat(labels)

    def _answered(self, method: Method, episode: Episode) -> Tensor:
        embeddings = self.data.embeddings
        shown = torch.from_numpy(episode.support_labels).to(embeddings.device)
        support = Support(shown, episode.n_way, embeddings[episode.support], copies=self._copies(method, episode))
        asked = embeddings[episode.query]
        pool = asked if method.transductive else None
        return method.adapt(self.model, support, pool=pool, seed=self.plan.seed).logits(asked)

    def _copies(self, method: Method, episode: Episode) -> Tensor | None:
        count = usable(method.copies_wanted, len(episode.support))
        if count == 0:
            return None
        if self.data.copies is None:
            raise ValueError(f"{method.name} wants copies of pictures, and was given none")
        return self.data.copies.of(episode.support, count).to(self.data.embeddings.device)


def _best(logits: Tensor, labels: Tensor) -> float:
    """The factor on the logits that makes the labels likeliest, by halving where the loss's slope changes its sign."""
    logits = logits.double().cpu()
    right = logits.gather(1, labels.cpu()[:, None])[:, 0].mean()
    low, high = map(math.log, _RANGE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        chances = F.softmax(math.exp(middle) * logits, dim=1)
        rising = float((chances * logits).sum(1).mean() - right) > 0  # the slope of the mean cross entropy
        low, high = (low, middle) if rising else (middle, high)
    return math.exp((low + high) / 2)

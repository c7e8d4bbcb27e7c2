"""Measuring how sure a method may be: the temperatures at which unseen classes' answers are likeliest.

For each number of classes and examples, episodes of classes that the model was not trained on are answered at
temperature 1, and the one factor is sought that gives the right classes the highest likelihood. The loss is convex in
the factor, so there is one. Episodes are drawn within each group of classes, since people's tasks are of one kind,
as long as at least half of the groups have enough classes; beyond that from all classes together, because the few large
groups may be the hard ones.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine import methods
from fewshot_gui.engine.episodes import ClassTable, Episode, sample_episode
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.temperatures import Temperatures
from fewshot_gui.errors import UserError

WAYS, SHOTS = (2, 3, 5, 10, 20, 50), (1, 2, 5, 10, 20)
_EPISODES_IN_ALL = 4  # times as many where there is one group
_QUERIES = 5  # of each class; more would be answered by the same support
_RANGE = (0.01, 200.0)  # where factors are looked for
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
    values = []
    for row, n_way in enumerate(ways):
        line = []
        for column, n_shot in enumerate(shots):
            line.append(round(_best(*_answers(model, method, data, plan, n_way, n_shot)), 2))
            yield (row * len(shots) + column + 1) / (len(ways) * len(shots))
        values.append(tuple(line))
    return Temperatures(ways, shots, tuple(values), measured_on)


def _possible(table: ClassTable, plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes for which there are tasks: a table has no holes, so shots that too few classes have are left out."""
    fewest = min(plan.ways)
    shots = tuple(k for k in plan.shots if len(table.eligible(k)) >= fewest)
    ways = tuple(n for n in plan.ways if shots and n <= len(table.eligible(max(shots))))
    if not ways:
        raise UserError(f"{table.name} has too few classes or pictures to measure temperatures on; name more.")
    return ways, shots


def _answers(model: Model, method: str, data: Data, plan: Plan, n_way: int, n_shot: int) -> tuple[Tensor, Tensor]:
    """(logits at temperature 1 [m, n_way], labels [m]) of all episodes of one cell."""
    own = methods.create(method, model.config, {"temperature": 1.0})
    logits, labels = [], []
    for episode in _episodes(data.table, plan, n_way, n_shot):
        shown = torch.from_numpy(episode.support_labels).to(data.embeddings.device)
        support = Support(shown, n_way, data.embeddings[episode.support])
        logits.append(own.adapt(model, support, seed=plan.seed).logits(data.embeddings[episode.query]))
        labels.append(torch.from_numpy(episode.query_labels))
    return torch.cat(logits), torch.cat(labels)


def _episodes(table: ClassTable, plan: Plan, n_way: int, n_shot: int) -> list[Episode]:
    groups: list[str | None] = sorted({str(group) for group in table.groups if group is not None})
    enough = [group for group in groups if len(table.eligible(n_shot, group)) >= n_way]
    chosen = enough if enough and 2 * len(enough) >= len(groups) else [None]
    return [
        sample_episode(
            table, n_way=n_way, n_shot=n_shot, n_query=_QUERIES, seed=plan.seed, number=number, group=group,
        )
        for group in chosen for number in range(_EPISODES_IN_ALL * plan.episodes if group is None else plan.episodes)
    ]  # fmt: skip


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

"""Validation: episodes of classes that are not trained on, always the same, on embeddings computed once per look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from fewshot_gui.engine.episodes import ClassTable, Episode, group_ways, groups_of, sample_episode
from fewshot_gui.engine.meta_train.data import Pictures
from fewshot_gui.engine.meta_train.recipe import Validation
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.method import Method, Support
from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UserError

EPISODE_SEED = 20_240  # not the training's: trainings with different seeds are compared on the same episodes

Answer = Callable[[Episode], float]  # an episode -> share of right answers, 0-1


@dataclass(frozen=True)
class Validator:
    """The episodes of a validation split. UserError when made: the split has too few classes."""

    recipe: Validation
    table: ClassTable
    cells: dict[str, list[Episode]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", {key: eps for s in self.recipe.shots for key, eps in self._episodes(s)})

    def score(self, answer: Answer) -> Score:
        """The score of something that can answer episodes."""
        return Score({cell: [answer(episode) for episode in episodes] for cell, episodes in self.cells.items()})

    def _episodes(self, shots: int) -> list[tuple[str, list[Episode]]]:
        groups: Sequence[str | None] = groups_of(self.table, shots) if self.recipe.within_source else [None]
        if not groups:
            raise UserError(
                f"{self.table.name} has no source with three classes of {shots + 1} pictures to validate with."
            )
        return [(f"{group or 'all'}, {shots} shot", self._of(group, shots)) for group in groups]

    def _of(self, group: str | None, shots: int) -> list[Episode]:
        ways = self.recipe.ways if group is None else group_ways(self.table, self.recipe.ways, shots, group)
        return [
            sample_episode(
                self.table,
                n_way=ways,
                n_shot=shots,
                n_query=self.recipe.queries,
                seed=EPISODE_SEED,
                number=i,
                group=group,
            )
            for i in range(self.recipe.episodes)
        ]


def method_answer(model: Model, method: Method, embeddings: Tensor) -> Answer:
    """Answers by a method on frozen embeddings [n, D] (finished as the model does), in the table's order."""

    def answer(episode: Episode) -> float:
        labels = torch.from_numpy(episode.support_labels).to(embeddings.device)
        support = Support(labels, episode.n_way, embeddings[torch.from_numpy(episode.support)])
        logits = method.adapt(model, support).logits(embeddings[torch.from_numpy(episode.query)])
        return float((logits.argmax(1).cpu() == torch.from_numpy(episode.query_labels)).float().mean())

    return answer


@torch.no_grad()
def embed_all(network: Callable[[Tensor], Tensor], normalise: Callable[[Tensor], Tensor], pictures: Pictures) -> Tensor:
    """[n, D] float32: what the network gives for every picture, on the network's device."""
    batches = pictures.tensor.split(batch_size(pictures.tensor))
    return torch.cat([network(normalise(batch)).float() for batch in batches])


def batch_size(pictures: Tensor) -> int:
    """How many pictures [n, C, S, S] go through a network at a time: few large ones, as their features must fit into
    the processor's caches (measured: 128 of 160 px cost more time for fresh memory than for arithmetic).
    """
    return max(8, min(256, 2**20 // pictures[0].numel()))

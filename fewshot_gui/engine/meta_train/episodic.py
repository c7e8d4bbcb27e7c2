"""Episodic training: Prototypical Networks for Few-shot Learning (Snell, Swersky, Zemel 2017, arXiv 1703.05175).

Each step is one episode: support and query go through the network in one forward pass, the loss is the cross entropy
of the queries over distances (or cosines) to the prototypes. Differs from the paper: BatchNorm's running statistics
are used for answers, so an answer never depends on the other queries; the averaged weights are kept; the metric may
be a cosine with a learned temperature.

Several processes share the episode's pictures, support and query alike, and give each other the embeddings: sharing
the queries alone would have every process embed the whole support.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.episodes import Episode, groups_of, sample_episode
from fewshot_gui.engine.meta_train.draws import numbers, stage_seed
from fewshot_gui.engine.meta_train.recipe import Episodes
from fewshot_gui.engine.meta_train.stage import Scene, StageRun
from fewshot_gui.engine.network import Network


class Temperature(nn.Module):
    """A positive factor on the logits, learned as its logarithm."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.log = nn.Parameter(torch.tensor(math.log(start)))

    def forward(self) -> Tensor:
        """The factor."""
        return self.log.exp()


class EpisodesRun(StageRun):
    """The stage of kind "episodes"."""

    stage: Episodes

    def __init__(self, scene: Scene, stage: Episodes, number: int, network: Network) -> None:
        super().__init__(scene, stage, number, network)
        self.space = scene.space(network)
        self.modules["temperature"] = Temperature(scene.recipe.temperature)
        self.modules["temperature"].requires_grad_(stage.learn_temperature)
        self._sources = groups_of(scene.training.table, stage.shots) if stage.within_source else []
        self._seed = stage_seed(scene.recipe.seed, number)

    @property
    def pictures_per_step(self) -> int:
        return self.stage.ways * (self.stage.shots + self.stage.queries)

    def loss(self, step: int) -> Tensor:
        episode, processes = self.episode(step), self.scene.processes
        n_support, n_query = len(episode.support), len(episode.query)
        rows = torch.cat([torch.from_numpy(episode.support), torch.from_numpy(episode.query)])
        own = processes.part(len(rows), "pictures")
        points = processes.joined(self.space.place(self.embed(self.batch(rows, step, own=own))), len(rows))
        support = points[:n_support].view(episode.n_way, self.stage.shots, -1)
        asked = processes.part(n_query, "queries")
        labels = torch.from_numpy(episode.query_labels)[asked].to(points.device)
        prototypes = self.space.prototypes(support)
        logits = self.space.logits(prototypes, points[n_support:][asked], self.modules["temperature"]())
        return F.cross_entropy(logits, labels) * (len(labels) / n_query)

    def episode(self, step: int) -> Episode:
        """The episode of a step."""
        source = None
        ways = self.stage.ways
        table = self.scene.training.table
        if self._sources:
            draw = numbers(self.scene.recipe.seed, self.number, step, "source")
            source = self._sources[int(draw.integers(len(self._sources)))]
            ways = min(ways, len(table.eligible(self.stage.shots, source)))
        return sample_episode(
            table,
            n_way=ways,
            n_shot=self.stage.shots,
            n_query=self.stage.queries,
            seed=self._seed,
            number=step,
            group=source,
        )

    def kept(self, values: Mapping[str, Tensor]) -> dict[str, Any]:
        return {"temperature": float(values["temperature.log"].exp())}

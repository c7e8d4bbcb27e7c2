"""Meta-training of gradient adaptation: MAML (Finn, Abbeel, Levine 2017, arXiv 1703.03400) and its kin as
engine.learner has them; Reptile's way to learn is in reptile.py.

A step is a few tasks; their losses after the inner loop are averaged. With `own_start` the backbone stays as it is
and what comes of it is a start beside it: the stage is then kept only if adapting from it is not worse than the
un-adapted head, on the same tasks. Blocks below the one that adapts are frozen; with `views` what they give for each
picture, plain and in a few augmented copies, is computed once and kept in memory as float16.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.episodes import Episode, groups_of, sample_episode
from fewshot_gui.engine.inner_head import Adapted
from fewshot_gui.engine.learner import Learner
from fewshot_gui.engine.meta_train.draws import numbers, stage_seed
from fewshot_gui.engine.meta_train.recipe import Maml
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.meta_train.stage import Scene, StageRun
from fewshot_gui.engine.meta_train.validation import batch_size
from fewshot_gui.engine.network import Network, with_tensors


class _OnFeatures(Learner):
    """The learner, for pictures that have been through the blocks below already."""

    def below(self, network: Network, x: Tensor) -> Tensor:
        return x


class MamlRun(StageRun):
    """A stage of a gradient method. modules: the network that is the start, and the learner (rates and scale)."""

    stage: Maml

    def __init__(self, scene: Scene, stage: Maml, number: int, network: Network) -> None:
        super().__init__(scene, stage, number, copy.deepcopy(network) if stage.own_start else network)
        recipe = scene.recipe
        self.modules["learner"] = _OnFeatures(
            self.network, stage.block, stage.inner_steps, stage.first_order or stage.kind == "fomaml",
            metric=recipe.metric, normalised=recipe.normalised, statistics=stage.statistics,
            temperature=recipe.temperature, rate=stage.inner_rate,
            adapts="head" if stage.kind == "anil" else "network",
            rate_per="number" if stage.kind == "meta-sgd" else "tensor",
        ).to(scene.device)  # fmt: skip
        if stage.head_rate:
            self.learner.log_rates.data[-2:] = math.log(stage.head_rate)  # the last two are the classifier's
        self._most_shots = max(stage.shots, stage.most_shots)
        self._sources = groups_of(scene.training.table, self._most_shots) if stage.within_source else []
        self._seed = stage_seed(recipe.seed, number)

    @property
    def learns(self) -> str:
        return self.stage.kind

    @property
    def learner(self) -> Learner:
        """Rates and scale."""
        return cast(Learner, self.modules["learner"])

    @property
    def pictures_per_step(self) -> int:
        shots = (self.stage.shots + self._most_shots) / 2
        return round(self.stage.tasks * self.stage.ways * (shots + self.stage.queries))

    @property
    def first_block(self) -> int | None:
        return None if self.stage.block < 0 else self.stage.block

    def extra_rates(self) -> dict[str, float]:
        return {"learner": self.stage.rate_of_rates}

    def train_mode(self) -> None:
        """BatchNorm's statistics are frozen or the support's: never a training batch's."""
        self.modules.eval()

    def gradients(self, step: int) -> float:
        """Task by task, so that one task's graph is in memory, or all at once."""
        if self.stage.at_once:
            return super().gradients(step)
        total = 0.0
        for number in self.tasks(step):
            loss = self._task_loss(number) / self.stage.tasks
            loss.backward()
            total += loss.item()
        return total

    def loss(self, step: int) -> Tensor:
        """What this process's tasks add to the mean loss of the step's tasks."""
        return self._losses(self.tasks(step)).sum() / self.stage.tasks

    def tasks(self, step: int) -> range:
        """The numbers of a step's tasks that are this process's."""
        own = self.scene.processes.part(self.stage.tasks, "tasks")
        return range(step * self.stage.tasks, (step + 1) * self.stage.tasks)[own]

    def _losses(self, numbers: Sequence[int]) -> Tensor:
        """[tasks] the loss after the inner loop of the tasks of these numbers, in any order."""
        if not self.stage.at_once:
            return torch.stack([self._task_loss(number) for number in numbers])
        alike: dict[bytes, list[Episode]] = {}  # by their labels: those of every task that is computed at once
        for episode in map(self.episode, numbers):
            labels = episode.support_labels.tobytes() + b"|" + episode.query_labels.tobytes()
            alike.setdefault(labels, []).append(episode)
        return torch.cat([self._losses_at_once(group) for group in alike.values()])

    def _losses_at_once(self, episodes: Sequence[Episode]) -> Tensor:
        tasks = [self._task(episode) for episode in episodes]
        _, support_y, _, query_y, n_way = tasks[0]
        support, query = (torch.stack([task[place] for task in tasks]) for place in (0, 2))
        return self.learner.meta_losses(self.network, support, support_y, query, query_y, n_way)

    def _task_loss(self, number: int) -> Tensor:
        return self.learner.meta_loss(self.network, *self._task(self.episode(number)))

    def _task(self, episode: Episode) -> tuple[Tensor, Tensor, Tensor, Tensor, int]:
        """(support, its labels, query, its labels, n_way) as Learner.meta_loss takes them."""
        rows = torch.cat([torch.from_numpy(episode.support), torch.from_numpy(episode.query)])
        x = self._features(rows, episode.number)
        support, query = x.split([len(episode.support), len(episode.query)])
        labels = [torch.from_numpy(y).to(x.device) for y in (episode.support_labels, episode.query_labels)]
        return support, labels[0], query, labels[1], episode.n_way

    def _features(self, rows: Tensor, number: int) -> Tensor:
        """What the first block that adapts is given, for training pictures by row, augmented."""
        if not self.stage.views:
            return self.features_below(self.batch(rows, number))
        draw = numbers(self.scene.recipe.seed, self.number, number, "views")
        views = torch.from_numpy(draw.integers(0, self.stage.views, len(rows)))
        return self._views[views, rows].to(self.scene.device).float()

    @cached_property
    def _views(self) -> Tensor:
        """[views, n, c, h, w] float16: each training picture's features, plain and in augmented copies."""
        rows = torch.arange(len(self.scene.training)).split(batch_size(self.scene.training.tensor))
        views = []
        for view in range(self.stage.views):
            size = self.stage.size or self.scene.recipe.preprocessing.size
            plain = (self.scene.normalise(resize(self.scene.training.tensor[part], size)) for part in rows)
            turned = (self.batch(part, int(part[0]), f"view {view}") for part in rows)
            views.append(torch.cat([self.features_below(x).half().cpu() for x in (turned if view else plain)]))
        return torch.stack(views)

    def episode(self, number: int) -> Episode:
        """The task of that number."""
        source, ways, shots = None, self.stage.ways, self.stage.shots
        table = self.scene.training.table
        if self._most_shots > shots:
            draw = numbers(self.scene.recipe.seed, self.number, number, "shots")
            shots = int(draw.integers(shots, self._most_shots + 1))
        if self._sources:
            draw = numbers(self.scene.recipe.seed, self.number, number, "source")
            source = self._sources[int(draw.integers(len(self._sources)))]
            ways = min(ways, len(table.eligible(shots, source)))
        return sample_episode(
            table, n_way=ways, n_shot=shots, n_query=self.stage.queries,
            seed=self._seed, number=number, group=source,
        )  # fmt: skip

    def score(self, values: Mapping[str, Tensor]) -> Score:
        """Accuracy after the inner loop."""
        return self._scored(values, None)

    def baseline(self) -> Score | None:
        """Accuracy of the un-adapted head, for a start of its own."""
        return self._scored(self.modules.state_dict(), 0) if self.stage.own_start else None

    def _scored(self, values: Mapping[str, Tensor], steps: int | None) -> Score:
        start, learner = self.network_with(values), copy.deepcopy(self.learner)
        learner.load_state_dict(_learner_values(values))

        def answer(episode: Episode) -> float:
            support, queries = (self._validation_features(rows) for rows in (episode.support, episode.query))
            labels = torch.from_numpy(episode.support_labels).to(support.device)
            adapted = learner.adapt(start, support, labels, episode.n_way, steps)
            logits = self._logits(start, adapted, queries)
            return float((logits.argmax(1).cpu() == torch.from_numpy(episode.query_labels)).float().mean())

        return self.scene.validator.score(answer)

    @torch.no_grad()
    def _logits(self, start: Network, adapted: Adapted, queries: Tensor) -> Tensor:
        block = self.stage.block if self.stage.block >= 0 else None
        embeddings = with_tensors(start, adapted.changed)(queries, start=block).float()
        if self.scene.recipe.normalised:
            embeddings = F.normalize(embeddings, dim=-1)
        return adapted.logits(embeddings)

    def _validation_features(self, rows: np.ndarray) -> Tensor:
        chosen = torch.from_numpy(rows)
        if self.stage.block >= 0:
            return self._validation_below[chosen].to(self.scene.device).float()
        return self.scene.normalise(self._validation_pictures[chosen])

    @cached_property
    def _validation_pictures(self) -> Tensor:
        return resize(self.scene.validation.tensor, self.stage.size or self.scene.recipe.preprocessing.size)

    @cached_property
    def _validation_below(self) -> Tensor:
        """[n, c, h, w] float16: features of the validation pictures; the blocks below never change."""
        parts = self._validation_pictures.split(batch_size(self._validation_pictures))
        return torch.cat([self.features_below(self.scene.normalise(part)).half().cpu() for part in parts])

    def learned(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The tensors of methods/METHOD.safetensors."""
        self.learner.load_state_dict(_learner_values(values))
        return self.learner.state(self.network_with(values) if self.stage.own_start else None)


def _learner_values(values: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("learner."): v for name, v in values.items() if name.startswith("learner.")}

"""Meta-training by Reptile (Nichol, Achiam, Schulman 2018, arXiv 1803.02999): descent on each task, and part of the way
there.

A task's pictures, support and query alike, are what it descends on, in small batches that differ from step to step:
only between different batches does following the end points favour what generalises. The difference between the start
and the mean of the end points takes the place of the gradient, so that `sgd` at rate 1 goes all the way.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fewshot_gui.engine.meta_train.draws import numbers
from fewshot_gui.engine.meta_train.maml import MamlRun

_BATCH_PER_CLASS = 2  # pictures of a class in a step; the paper has 10 of 5 classes


class ReptileRun(MamlRun):
    """The stage of kind "reptile". The inner rates stay as the recipe has them."""

    def gradients(self, step: int) -> float:
        """The start less the mean of the tasks' ends, as gradients.

        Returns how far the tasks end from the start: the mean square of the numbers' differences, over the tasks.
        """
        parameters = {name: self.network.get_parameter(name) for name in self.learner.names}
        moved = {name: torch.zeros_like(p) for name, p in parameters.items()}
        far = 0.0
        for number in self.tasks(step):
            end = self._end(number)
            ways = {name: p.detach() - end[name] for name, p in parameters.items()}
            far += float(torch.cat([way.flatten() for way in ways.values()]).square().mean()) / self.stage.tasks
            for name, way in ways.items():
                moved[name] += way / self.stage.tasks
        for name, p in parameters.items():
            p.grad = moved[name] if p.grad is None else p.grad + moved[name]
        return far

    def _end(self, number: int) -> dict[str, Tensor]:
        """The network's numbers after descending on the task of that number."""
        episode = self.episode(number)
        rows = torch.cat([torch.from_numpy(episode.support), torch.from_numpy(episode.query)])
        labels = torch.cat([torch.from_numpy(episode.support_labels), torch.from_numpy(episode.query_labels)])
        x = self._features(rows, number)
        batches = self._batches(labels, episode.n_way, number)
        adapted = self.learner.adapt(
            self.network, x, labels.to(x.device), episode.n_way, batches=[batch.to(x.device) for batch in batches]
        )
        return adapted.changed

    def _batches(self, labels: Tensor, n_way: int, number: int) -> list[Tensor]:
        """Rows for each inner step: all are used before one comes again."""
        draw = numbers(self.scene.recipe.seed, self.number, number, "batches")
        size, order = _BATCH_PER_CLASS * n_way, torch.empty(0, dtype=torch.long)
        while len(order) < size * self.stage.inner_steps:
            order = torch.cat([order, torch.from_numpy(draw.permutation(len(labels)))])
        return list(order[: size * self.stage.inner_steps].split(size))

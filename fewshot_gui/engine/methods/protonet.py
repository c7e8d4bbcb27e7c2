"""Prototypical Networks: a class is the mean of its support embeddings, a query goes to the nearest.

J. Snell, K. Swersky, R. Zemel: Prototypical Networks for Few-shot Learning, NeurIPS 2017, arXiv:1703.05175.
With the cosine metric and the base set's mean subtracted it is CL2N of Y. Wang et al.: SimpleShot, 2019,
arXiv:1911.04623, with a softmax over scaled cosines.

Differs from the paper where classes have different numbers of support pictures: the expected extra distance
tr(S)/k_c of a mean of k_c pictures is subtracted from squared Euclidean distances, S being the pooled
within-class covariance; to cosines the bias of engine.uneven is added. Without it classes with few pictures are hardly
ever answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from fewshot_gui.engine.features import Transform, averaged, class_means, cosine_transform
from fewshot_gui.engine.heads import PrototypeHead, unit_prototypes
from fewshot_gui.engine.method import (
    Method,
    Progress,
    Support,
    centre_option,
    copies_option,
    no_progress,
    option,
    temperature_option,
)
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.uneven import class_bias

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model


@METHODS.register("protonet")
@dataclass(frozen=True)
class ProtoNet(Method):
    """Nearest class mean, by cosine or squared Euclidean distance."""

    name = "protonet"
    title = "Prototypical Networks"
    source = "Snell, Swersky, Zemel 2017: Prototypical Networks for Few-shot Learning"
    needs = "embeddings"

    metric: Literal["model", "cosine", "euclidean"] = option(
        "model", "Metric", "How pictures are compared; model: as the backbone was trained.",
        choices=("model", "cosine", "euclidean"),
    )  # fmt: skip
    copies: int = copies_option()
    temperature: float = temperature_option()
    centre: Literal["base", "support", "none", "folder"] = centre_option(
        "base", "support", "none", "folder", what="What cosine prototypes subtract first"
    )

    @torch.no_grad()
    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> PrototypeHead:
        """See Method.adapt. UsageError if centre=folder has no pool."""
        metric = model.config.metric if self.metric == "model" else self.metric
        temperature = self.temperature or self._measured(model, metric, support)
        if metric == "euclidean":
            return _euclidean(replace(support, embeddings=averaged(Transform(), support, self.copies)), temperature)
        transform = cosine_transform(model, support, pool, self.centre)
        prototypes = unit_prototypes(averaged(transform, support, self.copies), support.labels, support.n_way)
        correction = class_bias(transform, self.centre, support, self.copies, _of_means)
        return PrototypeHead(transform, prototypes, "cosine", temperature, correction)

    def _measured(self, model: Model, metric: str, support: Support) -> float:
        """The model's own temperature, which is that of its own metric."""
        usual = model.config.temperature
        return model.temperature(self.name, support.shots, usual) if metric == model.config.metric else usual


def _of_means(means: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """See uneven.Fit."""
    prototypes = unit_prototypes(means, labels, len(means))
    return prototypes, prototypes.new_zeros(len(means))


def _euclidean(support: Support, temperature: float) -> PrototypeHead:
    """No centring: distances do not change with it."""
    prototypes = class_means(support.embeddings, support.labels, support.n_way)
    return PrototypeHead(Transform(), prototypes, "euclidean", temperature, _correction(support, prototypes))


def _correction(support: Support, prototypes: Tensor) -> Tensor:
    """[n_way] tr(S)/k_c with the trace pooled over the classes that have two pictures or more; 0 for equal shots."""
    shots = support.shots
    if (shots == shots[0]).all():
        return torch.zeros_like(prototypes[:, 0])
    squares = (support.embeddings - prototypes[support.labels]).square().sum()  # 0 from classes with one picture
    return squares / (shots - 1).sum() / shots

"""The space in which embeddings are compared while training: the same as that of the model which comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Space:
    """metric, normalised: as in ModelConfig. base_mean: [D] float32, subtracted before a cosine is taken."""

    metric: Literal["cosine", "euclidean"]
    normalised: bool
    base_mean: Tensor

    def place(self, embeddings: Tensor) -> Tensor:
        """What the network gives [..., D] -> the points [..., D] float32 that are compared."""
        points = embeddings.float()
        if self.normalised:
            points = F.normalize(points, dim=-1)
        return F.normalize(points - self.base_mean, dim=-1) if self.metric == "cosine" else points

    def prototypes(self, support: Tensor) -> Tensor:
        """support: points [n_way, n_shot, D] -> [n_way, D]."""
        means = support.mean(1)
        return F.normalize(means, dim=-1) if self.metric == "cosine" else means

    def logits(self, prototypes: Tensor, query: Tensor, temperature: Tensor | float) -> Tensor:
        """prototypes [n_way, D], query points [m, D] -> [m, n_way]: temperature times cosine, or minus distance^2."""
        if self.metric == "cosine":
            return temperature * (query @ prototypes.T)
        products = query @ prototypes.T
        distances = query.pow(2).sum(-1, keepdim=True) - 2 * products + prototypes.pow(2).sum(-1)
        return -temperature * distances


def mean_embedding(embeddings: Tensor, normalised: bool) -> Tensor:
    """The base mean [D] of what the network gave [n, D]."""
    points = F.normalize(embeddings.float(), dim=-1) if normalised else embeddings.float()
    return points.mean(0)

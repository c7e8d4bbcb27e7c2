"""The classifier that an inner loop changes beside the network: where it starts, and the space it works in.

E. Triantafillou et al.: Meta-Dataset, ICLR 2020, arXiv:1903.03096, section 3 (ProtoMAML): W = 2 P, b = -|P|^2 from the
support's prototypes P, so that any number of classes works and un-adapted answers are those of a prototype classifier.

The space of the classifier. Euclidean models: embeddings as they are. Cosine models: embeddings L2-normalised, minus
the mean of the support's class means, L2-normalised; prototypes L2-normalised. There |f - P|^2 = 2 - 2 cos(f, P), so
the start scale * (W f + b) differs from 2 * scale * cosine by a constant and is exactly the model's cosine classifier
at temperature 2 * scale: the inner loop begins where the model was trained to be good, and its gradients do not grow
with the length of embeddings, which differs from picture to picture. The centre is the support's and not the base
set's, because the base mean is that of the frozen network: it is wrong after the first inner step, and wrong at once
for a start of its own. It is computed once, at the start, and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from fewshot_gui.engine.features import Transform, class_means, l2_normalised


@dataclass(frozen=True, eq=False)
class Adapted:
    """What an inner loop ends with, or begins with.

    changed: the network's parameters from `block` up and, with the support's statistics, BatchNorm's buffers; empty
    before the first step. weight: [n_way, D], bias: [n_way], scale: []. length: of the steps, as a share of the
    learned rates.
    """

    changed: dict[str, Tensor]
    transform: Transform
    weight: Tensor
    bias: Tensor
    scale: Tensor
    length: float = 1.0

    def logits(self, embeddings: Tensor) -> Tensor:
        """[m, n_way] for embeddings [m, D] of the changed network."""
        return self.scale * (self.transform(embeddings) @ self.weight.T + self.bias)


def prototype_start(
    embedded: Tensor, labels: Tensor, n_way: int, metric: Literal["cosine", "euclidean"], scale: Tensor
) -> Adapted:
    """The classifier before the first step, for the support's embeddings [n, D]; nothing changed yet."""
    transform = _transform(embedded, labels, n_way, metric)
    prototypes = class_means(transform(embedded), labels, n_way)
    if metric == "cosine":
        prototypes = l2_normalised(prototypes)
    return Adapted({}, transform, 2 * prototypes, -prototypes.square().sum(1), scale)


def _transform(embedded: Tensor, labels: Tensor, n_way: int, metric: Literal["cosine", "euclidean"]) -> Transform:
    if metric == "euclidean":
        return Transform()
    centre = class_means(l2_normalised(embedded), labels, n_way).mean(0)
    return Transform(first=True, centre=centre, last=True)

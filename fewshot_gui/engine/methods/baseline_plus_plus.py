"""Baseline++: a cosine classifier, trained on the frozen backbone's features of the support set.

W.-Y. Chen, Y.-C. Liu, Z. Kira, Y.-C. F. Wang, J.-B. Huang: A Closer Look at Few-shot Classification, ICLR 2019,
arXiv:1904.04232, section 3.2.

Features x [n, D] have length 1, centred; a class is a vector v_c, and w_c = v_c / |v_c|. From the prototypes on, steps
of gradient descent with momentum 0.9 lower the mean over classes of the mean cross entropy of

    sharpness * x' w_c

The gradient is left in v, whose length grows by it, as weight normalisation has it. Steps stay in the span of the
support and of the start, so they are made there.

Differs from the paper: the start is the prototypes and not random; full batches, so nothing is drawn; each class counts
the same; a temperature afterwards for probabilities that hold, apart from the sharpness that is trained with; a bias
for uneven shots (engine.uneven).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.features import copied, cosine_transform, l2_normalised
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
from fewshot_gui.engine.threads import one_core
from fewshot_gui.engine.uneven import class_bias

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_TEMPERATURE = 10.0  # where none was measured for the model
_MOMENTUM = 0.9
_LEAST_LENGTH = 1e-12


@METHODS.register("baseline++")
@dataclass(frozen=True)
class BaselinePlusPlus(Method):
    """A cosine classifier by gradient descent on frozen features."""

    name = "baseline++"
    title = "Cosine classifier (Baseline++)"
    source = "Chen, Liu, Kira, Wang, Huang 2019: A Closer Look at Few-shot Classification"
    needs = "embeddings"

    steps: int = option(30, "Steps", "More fit the examples closer; 0: prototypes.", least=0, most=10_000)
    rate: float = option(0.3, "Rate", "How far a step goes.", least=1e-6, most=100.0)
    sharpness: float = option(10.0, "Sharpness", "Higher looks at the hard examples only.", least=0.1, most=1000.0)
    centre: Literal["base", "support", "none", "folder"] = centre_option("base", "support", "none", "folder")
    copies: int = copies_option()
    temperature: float = temperature_option()

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
        transform = cosine_transform(model, support, pool, self.centre)
        rows = copied(transform, support, self.copies)
        directions, _ = self._fitted(rows.features, rows.labels)
        correction = class_bias(transform, self.centre, support, self.copies, self._fitted)
        temperature = self.temperature or model.temperature(self.name, support.shots, _TEMPERATURE)
        return PrototypeHead(transform, directions, "cosine", temperature, correction)

    def _fitted(self, features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """(the classes' directions [n_way, D], no bias [n_way]) for features [n, D]."""
        n_way = int(labels.max()) + 1
        directions = cosine_classifier(
            features, labels, n_way, steps=self.steps, rate=self.rate, sharpness=self.sharpness
        )
        return directions, directions.new_zeros(n_way)


def cosine_classifier(
    features: Tensor, labels: Tensor, n_way: int, *, steps: int, rate: float, sharpness: float
) -> Tensor:
    """[n_way, D] the classes' directions w for features [n, D]; on the CPU in float64, the same on every device."""
    x, y = features.cpu().double(), labels.cpu()
    with one_core():
        basis, _ = torch.linalg.qr(x.T)  # [D, min(n, D)]; prototypes lie in its span
        found = _descended(x @ basis, y, unit_prototypes(x, y, n_way) @ basis, steps, rate, sharpness)
    return l2_normalised(found @ basis.T).float().to(features.device)


def _descended(x: Tensor, y: Tensor, start: Tensor, steps: int, rate: float, sharpness: float) -> Tensor:
    """[n_way, r] v after the steps, for x [n, r] and v [n_way, r]."""
    n_way = len(start)
    target = F.one_hot(y, n_way).to(x.dtype)
    weights = (1 / (n_way * torch.bincount(y, minlength=n_way)[y])).unsqueeze(1)
    vectors, speed = start, torch.zeros_like(start)
    for _ in range(steps):
        lengths = vectors.norm(dim=1, keepdim=True).clamp_min(_LEAST_LENGTH)
        directions = vectors / lengths
        chances = (sharpness * x @ directions.T).softmax(1)
        slope = sharpness * (weights * (chances - target)).T @ x  # by the directions
        across = slope - (slope * directions).sum(1, keepdim=True) * directions
        speed = _MOMENTUM * speed + across / lengths
        vectors = vectors - rate * speed
    return vectors

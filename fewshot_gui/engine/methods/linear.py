"""Transfer learning: a linear classifier on the frozen backbone's features.

The baseline of W.-Y. Chen et al.: A Closer Look at Few-shot Classification, ICLR 2019, arXiv:1904.04232, with the
L2-normalised features of Y. Tian et al.: Rethinking Few-Shot Image Classification, 2020, arXiv:2003.11539.

Features X [n, D] have length 1. Minimised by L-BFGS, starting from the prototypes, until it has converged:
strength * sum_i w_i cross_entropy(X W' + b, y)_i + |W|^2 / 2, with w_i ~ 1/k_c of mean 1; the bias b is free. The
problem is convex, so the start changes nothing but the time. W lies in the span of the support, so it is solved there.

Differs from the papers: full-batch and exact instead of SGD; a temperature afterwards for probabilities that hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.features import class_means, cosine_transform
from fewshot_gui.engine.heads import LinearHead
from fewshot_gui.engine.method import Method, Progress, Support, no_progress, option
from fewshot_gui.engine.methods import METHODS

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_ITERATIONS = 500


@METHODS.register("linear")
@dataclass(frozen=True)
class Linear(Method):
    """Class-balanced multinomial logistic regression on frozen features."""

    name = "linear"
    title = "Logistic regression (transfer learning)"
    source = "Chen, Liu, Kira, Wang, Huang 2019: A Closer Look at Few-shot Classification"
    needs = "embeddings"

    strength: float = option(
        10.0, "Strength", "Higher trusts single support pictures more; 1 / regularisation.", least=1e-6, most=1e6
    )
    centre: Literal["base", "support", "none", "folder"] = option(
        "base", "Centre", "What is subtracted from features; folder: the mean of the pictures to classify.",
        choices=("base", "support", "none", "folder"),
    )  # fmt: skip
    temperature: float = option(
        2.0, "Temperature", "Higher makes probabilities more extreme; labels stay.", least=1e-3, most=1000.0
    )

    @property
    def transductive(self) -> bool:
        """True if centred on the folder."""
        return self.centre == "folder"

    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> LinearHead:
        """See Method.adapt. UsageError if centre=folder has no pool."""
        transform = cosine_transform(model, support, pool, self.centre)
        features = transform(support.embeddings)
        weight, bias = logistic_regression(features, support.labels, support.n_way, self.strength)
        return LinearHead(transform, weight, bias, self.temperature)


def logistic_regression(features: Tensor, labels: Tensor, n_way: int, strength: float) -> tuple[Tensor, Tensor]:
    """(weight [n_way, D], bias [n_way]) for features [n, D]; on the CPU in float64, the same on every device."""
    x, y = features.cpu().double(), labels.cpu()
    counts = torch.bincount(y, minlength=n_way)
    row_weights = strength * len(x) / (n_way * counts[y].double())
    basis, _ = torch.linalg.qr(x.T)  # [D, min(n, D)]
    weight, bias = _minimised(x @ basis, y, n_way, row_weights)
    return (weight @ basis.T).float().to(features.device), bias.float().to(features.device)


def _minimised(x: Tensor, y: Tensor, n_way: int, row_weights: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        weight = class_means(x, y, n_way).requires_grad_()
        bias = torch.zeros(n_way, dtype=x.dtype, requires_grad=True)
        optimiser = torch.optim.LBFGS(
            [weight, bias],
            max_iter=_ITERATIONS,
            tolerance_grad=1e-5,
            tolerance_change=1e-9,
            history_size=20,
            line_search_fn="strong_wolfe",
        )

        def loss() -> Tensor:
            optimiser.zero_grad()
            errors = F.cross_entropy(x @ weight.T + bias, y, reduction="none")
            value = (row_weights * errors).sum() + weight.square().sum() / 2
            value.backward()
            return value

        optimiser.step(loss)
    return weight.detach(), bias.detach()

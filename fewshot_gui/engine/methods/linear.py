"""Transfer learning: a linear classifier on the frozen backbone's features.

The baseline of W.-Y. Chen et al.: A Closer Look at Few-shot Classification, ICLR 2019, arXiv:1904.04232, with the
L2-normalised features of Y. Tian et al.: Rethinking Few-Shot Image Classification, 2020, arXiv:2003.11539.

Features X [n, D] have length 1. Minimised by Newton steps that are solved by conjugate gradients (C.-J. Lin, R. Weng,
S. Keerthi: Trust Region Newton Method for Logistic Regression, JMLR 2008), from the prototypes until it has converged:
strength * sum_i w_i cross_entropy(X W' + b, y)_i + |W|^2 / 2, with w_i ~ 1/k_c of mean 1; the bias b is free. The
problem is convex, so the start changes nothing but the time. W lies in the span of the support, so it is solved there.

Differs from the papers: full-batch and exact instead of SGD; a temperature afterwards for probabilities that hold; a
bias for uneven shots (engine.uneven).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.features import class_means, copied, cosine_transform
from fewshot_gui.engine.heads import LinearHead
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

_TEMPERATURE = 2.0  # where none was measured for the model
_ITERATIONS = 500
_CONVERGED = 1e-9  # length of the gradient, as a share of the start's
_ROUNDING = 1e-14  # the same, as a share of the rows' weights: what is left where nothing can be told apart


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
    centre: Literal["base", "support", "none", "folder"] = centre_option("base", "support", "none", "folder")
    copies: int = copies_option()
    temperature: float = temperature_option()

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
        rows = copied(transform, support, self.copies)
        weight, bias = logistic_regression(rows.features, rows.labels, support.n_way, self.strength / rows.of_each)
        bias = bias + class_bias(transform, self.centre, support, self.copies, partial(self._of_means, support))
        temperature = self.temperature or model.temperature(self.name, support.shots, _TEMPERATURE)
        return LinearHead(transform, weight, bias, temperature)

    def _of_means(self, support: Support, means: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """See uneven.Fit."""
        strength = self.strength * len(support.labels) / support.n_way
        return logistic_regression(means, labels, support.n_way, strength)


def logistic_regression(features: Tensor, labels: Tensor, n_way: int, strength: float) -> tuple[Tensor, Tensor]:
    """(weight [n_way, D], bias [n_way]) for features [n, D]; on the CPU in float64, the same on every device."""
    x, y = features.cpu().double(), labels.cpu()
    counts = torch.bincount(y, minlength=n_way)
    row_weights = strength * len(x) / (n_way * counts[y].double())
    with one_core():
        basis, _ = torch.linalg.qr(x.T)  # [D, min(n, D)]
        weight, bias = _minimised(x @ basis, y, n_way, row_weights)
    return (weight @ basis.T).float().to(features.device), bias.float().to(features.device)


def _minimised(x: Tensor, y: Tensor, n_way: int, row_weights: Tensor) -> tuple[Tensor, Tensor]:
    """(weight [n_way, r], bias [n_way]) at the minimum, for x [n, r], by truncated Newton steps.

    torch.optim has L-BFGS, but its first optimiser in a process loads torch's compiler, for more than a second.
    """
    inputs = torch.cat([x, x.new_ones(len(x), 1)], 1)
    penalty = torch.cat([x.new_ones(x.shape[1]), x.new_zeros(1)])  # none on the bias
    target = F.one_hot(y, n_way).to(x.dtype)
    weights = row_weights.unsqueeze(1)

    def loss(theta: Tensor) -> float:
        errors = F.cross_entropy(inputs @ theta.T, y, reduction="none")
        return float(row_weights @ errors + (penalty * theta.square()).sum() / 2)

    theta = torch.cat([class_means(x, y, n_way), x.new_zeros(n_way, 1)], 1)
    first, noise = 0.0, _ROUNDING * float(row_weights.sum())
    for _ in range(_ITERATIONS):
        chances = (inputs @ theta.T).softmax(1)
        gradient = (weights * (chances - target)).T @ inputs + penalty * theta
        length = float(gradient.norm())
        first = first or length
        if length <= max(_CONVERGED * first, noise):
            break
        curvature = partial(_curvature, inputs, weights * chances, chances, penalty)
        step = _solved(curvature, -gradient, min(0.1, (length / first) ** 0.5) * length)
        before, theta = theta, _downhill(loss, theta, step, float((gradient * step).sum()))
        if theta is before:
            break
    return theta[:, :-1], theta[:, -1]


def _curvature(inputs: Tensor, weighted: Tensor, chances: Tensor, penalty: Tensor, direction: Tensor) -> Tensor:
    """The second derivative of the loss, times a direction [n_way, r + 1]."""
    change = inputs @ direction.T
    return (weighted * (change - (chances * change).sum(1, keepdim=True))).T @ inputs + penalty * direction


def _solved(times: Callable[[Tensor], Tensor], right: Tensor, within: float) -> Tensor:
    """The solution of times(s) = right by conjugate gradients, until what is missing is no longer than `within`."""
    solution, missing = torch.zeros_like(right), right
    direction, square = right, float(right.square().sum())
    for _ in range(_ITERATIONS):
        if square**0.5 <= within:
            break
        image = times(direction)
        curvature = float((direction * image).sum())
        if curvature <= 0:  # the same added to all biases changes nothing; rounding may lead there
            break
        share = square / curvature
        solution, missing = solution + share * direction, missing - share * image
        before, square = square, float(missing.square().sum())
        direction = missing + square / before * direction
    return solution


def _downhill(loss: Callable[[Tensor], float], theta: Tensor, step: Tensor, slope: float) -> Tensor:
    """theta and as much of the step as lowers the loss well (Armijo); theta itself if rounding leaves no way down."""
    here = loss(theta)
    for halvings in range(30):
        share = 0.5**halvings
        if loss(theta + share * step) < here + 1e-4 * share * slope:
            return theta + share * step
    return theta

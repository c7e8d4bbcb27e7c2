"""Ridge regression to the class labels in closed form: the head of R2-D2.

L. Bertinetto, J. Henriques, P. Torr, A. Vedaldi: Meta-learning with differentiable closed-form solvers, ICLR 2019,
arXiv:1805.08136, section 3.2.

Embeddings are L2-normalised, centred and L2-normalised again: X [n, D]. Targets Y [n, n_way] are 1 for the picture's
class and -1 for the others. Rows are weighted by w ~ 1/k_c with mean 1, so that every class counts the same and equal
shots are the plain rule: W = X' (X X' + lambda I)^-1 Y, X and Y scaled by the root of w; the primal form where n > D.

Differs from the paper: no meta-training of lambda, scale and bias; the scale is the option `temperature`; a bias for
uneven shots (engine.uneven).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from fewshot_gui.engine.features import copied, cosine_transform
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
from fewshot_gui.engine.uneven import class_bias

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_TEMPERATURE = 5.0  # where none was measured for the model


@METHODS.register("ridge")
@dataclass(frozen=True)
class Ridge(Method):
    """Class-balanced ridge regression on centred features; exact and instant."""

    name = "ridge"
    title = "Ridge regression (R2-D2)"
    source = "Bertinetto, Henriques, Torr, Vedaldi 2019: Meta-learning with differentiable closed-form solvers"
    needs = "embeddings"

    regularisation: float = option(
        0.5, "Regularisation", "Higher trusts single support pictures less.", least=1e-6, most=1e6
    )
    centre: Literal["support", "folder", "base", "none"] = centre_option("support", "folder", "base", "none")
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
    ) -> LinearHead:
        """See Method.adapt. UsageError if centre=folder has no pool."""
        transform = cosine_transform(model, support, pool, self.centre)
        rows = copied(transform, support, self.copies)
        # A row's share of its picture's weight, put on the other side.
        weight = ridge_weight(rows.features, rows.labels, support.n_way, self.regularisation * rows.of_each)
        bias = class_bias(transform, self.centre, support, self.copies, partial(self._of_means, support))
        temperature = self.temperature or model.temperature(self.name, support.shots, _TEMPERATURE)
        return LinearHead(transform, weight, bias, temperature)

    def _of_means(self, support: Support, means: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """See uneven.Fit."""
        regularisation = self.regularisation * support.n_way / len(support.labels)
        return ridge_weight(means, labels, support.n_way, regularisation), means.new_zeros(support.n_way)


def ridge_weight(features: Tensor, labels: Tensor, n_way: int, regularisation: float) -> Tensor:
    """[n_way, D] the weights W' for features [n, D]; solved on the CPU in float64, the same on every device."""
    x, of_class = features.cpu().double(), labels.cpu()
    y = torch.full((len(x), n_way), -1.0, dtype=torch.float64)
    y[torch.arange(len(x)), of_class] = 1.0
    root = (len(x) / (n_way * torch.bincount(of_class, minlength=n_way)[of_class].double())).sqrt().unsqueeze(1)
    return _solved(root * x, root * y, regularisation).T.float().to(features.device)


def _solved(x: Tensor, y: Tensor, regularisation: float) -> Tensor:
    """[D, n_way] the W that makes |x W - y|^2 + regularisation |W|^2 least, by the smaller of the two systems."""
    primal = len(x) > x.shape[1]
    gram = x.T @ x if primal else x @ x.T
    gram.diagonal().add_(regularisation)
    factor = torch.linalg.cholesky(gram)
    return torch.cholesky_solve(x.T @ y, factor) if primal else x.T @ torch.cholesky_solve(y, factor)

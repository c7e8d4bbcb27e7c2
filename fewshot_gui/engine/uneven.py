"""Uneven shots: what a class with few support pictures loses, and the bias that gives it back.

The mean of one picture lies further from the next picture of its class than the mean of twenty, and heads that are
fitted to support pictures learn to score what they have many of higher. Rows weighted by class do not undo that.

How much it is follows from the shots alone if classes are alike: let features of two pictures of one class have the
dot product w, of two classes b (each pooled over the support) and of a picture with itself o. Then there are mu_c with
mu_c' mu_c = w and mu_c' mu_d = b, the mean of the k_c pictures of class c is m_c = mu_c + e_c sqrt((o - w) / k_c), with
e_c of length 1 across all else, and the next picture of class c is mu_c but for noise across all. A head that treats
the pictures of a class alike is the same whether it is fitted to them or to their mean, as heavy as they are. Fitted to
the m_c it gives mu_c the score F_cj for class j. The bias is, of all, that which brings the margins of any two classes
closest together:

    b_c = sum over classes j of ((F_jj - F_jc) - (F_cc - F_cj)) / (2 n_way)

Near-duplicates count as one picture, their mean: ten of a burst show no more of a class than one of them. Equal shots
have no bias, so there heads are as in their papers. There is nothing to tune. What it is worth measures
tests/benchmarks/bench_uneven.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from fewshot_gui.engine.features import Centre, Transform, averaged, class_means
from fewshot_gui.engine.method import Support, scenes_of

_LEAST = 1e-12  # squared length about the centre below which all pictures are alike
Fit = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""(features [n_way, r] of one row for each class, labels [n_way]) -> (weight [n_way, r], bias [n_way])"""


def class_bias(transform: Transform, centre: Centre, support: Support, copies: int, fit: Fit) -> Tensor:
    """[n_way] float32, to be added to scores of `transform`'s features, on the support's device; 0 for equal shots.

    centre: what the transform subtracts. copies: how many of each picture the head was fitted to. fit: the head's own,
    to one row for each class that weighs as much as all pictures of a class.
    """
    part_of, labels = _parts(support)
    shots = torch.bincount(labels)
    if (shots == shots[0]).all():
        return torch.zeros(support.n_way, device=support.embeddings.device)
    # A centre made of these very pictures is nearer to them than to the next ones: it belongs into the likeness.
    own_centre = centre == "support"
    pictures = averaged(Transform(last=True) if own_centre else transform, support, copies)
    features = class_means(pictures.cpu().double(), part_of, len(labels))
    alike = _alike(_pooled(features, labels, shots), shots.double())
    if own_centre:
        alike = alike.centred()
    weight, bias = fit(alike.means, torch.arange(support.n_way))
    scores = alike.next @ weight.T.double() + bias.double()
    ahead = scores.diagonal().unsqueeze(1) - scores
    return ((ahead.T - ahead).mean(1) / 2).float().to(support.embeddings.device)


def _parts(support: Support) -> tuple[Tensor, Tensor]:
    """([n] which part a picture belongs to, [parts] the label of each): near-duplicates of one class are one part."""
    labels = support.labels.cpu()
    if support.groups is None:
        return torch.arange(len(labels)), labels
    scenes = scenes_of(labels, support.groups.cpu(), support.n_way)
    parts, part_of = torch.unique(torch.stack([labels, scenes], 1), dim=0, return_inverse=True)
    return part_of, parts[:, 0]


@dataclass(frozen=True)
class _Products:
    """Mean dot products of a picture's features with its own, with others of its class and with those of others."""

    itself: float
    within: float
    between: float


@dataclass(frozen=True, eq=False)
class _Alike:
    """Classes that differ in shots alone. means: [n_way, r] of their pictures; next: [n_way, r] their next picture."""

    means: Tensor
    next: Tensor

    def centred(self) -> _Alike:
        """About the mean of the class means, and single pictures of length 1 again; they have length 1 before."""
        centre = self.means.mean(0)
        rest = 1 + centre.square().sum()
        means, following = (
            (rows - centre) / (rest - 2 * rows @ centre).clamp_min(_LEAST).sqrt().unsqueeze(1)
            for rows in (self.means, self.next)
        )
        return _Alike(means, following)


def _pooled(features: Tensor, labels: Tensor, shots: Tensor) -> _Products:
    """Of features [n, D], a class at least having two; within lies between the others, as it does in expectation."""
    sums = class_means(features, labels, len(shots)) * shots.unsqueeze(1)
    squares = features.square().sum()
    same = sums.square().sum()
    itself = float(squares / len(features))
    between = float((sums.sum(0).square().sum() - same) / (shots.sum().square() - shots.square().sum()))
    within = float((same - squares) / (shots * (shots - 1)).sum())
    return _Products(itself, min(max(within, between), itself), between)


def _alike(products: _Products, shots: Tensor) -> _Alike:
    """The first n_way numbers of each row span the mu_c, the others the e_c."""
    n_way = len(shots)
    apart = max(products.within - products.between, 0.0) ** 0.5
    along = max(products.within + (n_way - 1) * products.between, 0.0) ** 0.5
    even = torch.eye(n_way, dtype=torch.float64)
    true = apart * even + (along - apart) / n_way  # its square has `within` on the diagonal and `between` beside it
    noise = ((products.itself - products.within) / shots).sqrt().diag()
    return _Alike(torch.cat([true, noise], 1), torch.cat([true, torch.zeros_like(noise)], 1))

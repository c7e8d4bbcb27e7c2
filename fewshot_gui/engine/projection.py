"""Embeddings on a map: the two directions in which L2-normalised embeddings differ most (principal components).

The plane is that of the covariance's two largest eigenvectors, from at most 20,000 embeddings. Eigenvectors have no
sign, and two of nearly the same size swap places when a few pictures come in: so a later fit is turned and mirrored
within its plane to lie as the earlier one did (orthogonal Procrustes, Schoenemann 1966), and the map does not flip.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fewshot_gui.engine.features import l2_normalised
from fewshot_gui.engine.threads import one_core

MOST_ROWS = 20_000  # embeddings a fit looks at: more change the plane by less than a picture's own scatter
_PART = 4096  # rows at a time in float32


@dataclass(frozen=True, eq=False)
class Projection:
    """Embeddings [n, D] -> points [n, 2]. mean: [D]; axes: [D, 2], orthonormal; explained: share of the variance 0-1.

    fitted: embeddings it was made of.
    """

    mean: Tensor
    axes: Tensor
    explained: float
    fitted: int

    def place(self, rows: Tensor) -> Tensor:
        """rows [n, D], any float type -> [n, 2] float32."""
        if not len(rows):
            return torch.zeros(0, 2)
        with one_core():
            return torch.cat([self._points(part) for part in rows.split(_PART)])

    def _points(self, rows: Tensor) -> Tensor:
        return (l2_normalised(rows.float()) - self.mean) @ self.axes


@torch.no_grad()
def fit(rows: Tensor, earlier: Projection | None = None, most: int = MOST_ROWS) -> Projection:
    """The projection of rows [n, D], n >= 1; earlier: the one to lie alike, of the same D. Deterministic.

    On one core, since the others embed pictures meanwhile: a second for 20,000 rows of 1280 numbers.
    """
    n = len(rows)
    chosen = rows if n <= most else rows[torch.linspace(0, n - 1, most).round().long()]
    with one_core():
        mean, values, axes = _few(chosen) if len(chosen) < rows.shape[1] else _many(chosen)
    total = float(values.clamp_min(0).sum())
    explained = float(values[-2:].clamp_min(0).sum()) / total if total > 0 else 0.0
    return Projection(mean, _aligned(axes, earlier), explained, n)


def _many(rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(mean [D], variances ascending, axes [D, 2]) from the covariance [D, D].

    Sums of numbers below 1: float32 suffices.
    """
    size = rows.shape[1]
    total, products = torch.zeros(size), torch.zeros(size, size)
    for part in rows.split(_PART):
        unit = l2_normalised(part.float())
        total += unit.sum(0)
        products.addmm_(unit.T, unit)
    mean = total / len(rows)
    values, vectors = torch.linalg.eigh(products / len(rows) - torch.outer(mean, mean))
    return mean, values, _two(vectors)


def _few(rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The same from the products of the rows with each other [n, n], which is less work for n < D."""
    unit = l2_normalised(rows.float())
    mean = unit.mean(0)
    centred = unit - mean
    values, vectors = torch.linalg.eigh(centred @ centred.T / len(rows))
    return mean, values, l2_normalised((centred.T @ _two(vectors)).T).T


def _two(vectors: Tensor) -> Tensor:
    """The last two columns, the last first; zeros where there is but one."""
    last = vectors[:, -2:].flip(1)
    return torch.nn.functional.pad(last, (0, 2 - last.shape[1]))


def _aligned(axes: Tensor, earlier: Projection | None) -> Tensor:
    """The axes turned or mirrored within their plane to lie as earlier ones; without, each points to its largest."""
    if earlier is not None and earlier.axes.shape == axes.shape:
        left, _, right = torch.linalg.svd(axes.T @ earlier.axes)
        return axes @ (left @ right)
    largest = axes.gather(0, axes.abs().argmax(0, keepdim=True))
    return axes * torch.where(largest < 0, -1.0, 1.0)

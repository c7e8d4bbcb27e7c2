"""From embeddings to the features that heads compare: centring and L2-normalising, in one place for all heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.method import Support
from fewshot_gui.errors import UsageError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

Centre = Literal["base", "support", "none", "folder"]

_LEAST_LENGTH = 1e-12  # as in torch.nn.functional.normalize
_CLOSE = 1e-2  # of the squared length: what centring must leave for a difference of sums to be exact enough
_ROUNDING = 1e-6  # centring leaves no less of a vector's length than this, unless what is left is rounding noise


@dataclass(frozen=True, eq=False)
class Transform:
    """Embeddings [m, D] -> features [m, D]: L2-normalise first, subtract the centre, L2-normalise; each step optional.

    The base mean is a mean of embeddings as they are, so nothing comes before it (SimpleShot's CL2N, Wang et al.
    2019); a support's or folder's mean is that of L2-normalised embeddings.
    """

    first: bool = False
    centre: Tensor | None = None  # [D]
    last: bool = False

    def __call__(self, embeddings: Tensor) -> Tensor:
        embeddings = at_least_float32(embeddings)
        features = l2_normalised(embeddings) if self.first else embeddings
        if self.centre is None:
            return l2_normalised(features) if self.last else features
        length = features.norm(dim=-1, keepdim=True)
        features = features - self.centre
        left = features.norm(dim=-1, keepdim=True)
        noise = left <= _ROUNDING * length
        if not self.last:
            return features.masked_fill(noise, 0.0)
        # Noise over infinity is 0: filling it with 0 takes as long as all the rest.
        return features / left.clamp_min(_LEAST_LENGTH).masked_fill(noise, torch.inf)

    def products(self, embeddings: Tensor, directions: Tensor) -> Tensor:
        """[m, k] self(embeddings) @ directions.T for directions [k, D], but for rounding; here without the features.

        Fresh memory for them takes more time than the arithmetic (measured: 1,000 queries of 1280 numbers, 5 ways).
        """
        if not self.last:
            return self(embeddings) @ directions.T
        embeddings = at_least_float32(embeddings)
        length = torch.linalg.vector_norm(embeddings, dim=-1, keepdim=True)
        if self.centre is None:
            return embeddings @ directions.T / length.clamp_min(_LEAST_LENGTH)
        scale = length.clamp_min(_LEAST_LENGTH) if self.first else torch.ones_like(length)
        found = embeddings @ torch.cat([directions, self.centre.unsqueeze(0)]).T / scale
        whole = (length / scale).square()
        left = whole - 2 * found[:, -1:] + self.centre.square().sum()
        products = (found[:, :-1] - directions @ self.centre) / left.clamp_min(_LEAST_LENGTH).sqrt()
        close = (left <= _CLOSE * whole).squeeze(1)
        if close.any():
            products[close] = self(embeddings[close]) @ directions.T
        return products

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors, JSON values) for `transform_from`; part of a head's state."""
        tensors = {} if self.centre is None else {"centre": self.centre}
        return tensors, {"first": self.first, "last": self.last}


def transform_from(tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> Transform:
    """The transform whose `state` this is; other entries are ignored."""
    return Transform(bool(values["first"]), tensors.get("centre"), bool(values["last"]))


def cosine_transform(model: Model, support: Support, pool: Tensor | None, centre: Centre) -> Transform:
    """Features of length 1 whose dot products are cosines.

    centre: base = the base mean in the model's folder; support = the mean of the support's class means; folder = the
    mean of support and pool together (transductive); none = no centring. UsageError for folder without a pool.
    """
    if centre == "base":
        return Transform(first=False, centre=model.base_mean, last=True)
    if centre == "none":
        return Transform(last=True)
    vectors = l2_normalised(support.embeddings)
    if centre == "support":
        return Transform(first=True, centre=class_means(vectors, support.labels, support.n_way).mean(0), last=True)
    if pool is None or not len(pool):
        raise UsageError("centre=folder needs a folder of pictures to centre on; choose centre=support without one.")
    together = torch.cat([vectors, l2_normalised(pool.to(vectors.device).float())])
    return Transform(first=True, centre=_mean(together), last=True)


@dataclass(frozen=True, eq=False)
class Rows:
    """What a head is fitted to. features: [n (1 + k), D], the pictures' first; labels: [n (1 + k)]; of_each: 1 + k."""

    features: Tensor
    labels: Tensor
    of_each: int


def copied(transform: Transform, support: Support, copies: int) -> Rows:
    """The features of the support's pictures and of up to `copies` copies of each, as rows of their own.

    Whoever weighs rows divides by `of_each`: then a picture weighs the same with copies and without.
    """
    features = transform(support.embeddings)
    if support.copies is None or copies == 0:
        return Rows(features, support.labels, 1)
    used = support.copies[:, :copies].transpose(0, 1)
    changed = transform(used.flatten(0, 1))
    return Rows(torch.cat([features, changed]), support.labels.repeat(1 + len(used)), 1 + len(used))


def averaged(transform: Transform, support: Support, copies: int) -> Tensor:
    """[n, D] for heads made of class means and spreads: the mean of each picture's features and its copies'.

    It is still one row for each picture, as these heads correct for how many pictures a mean is made of.
    """
    rows = copied(transform, support, copies)
    return rows.features.unflatten(0, (rows.of_each, -1)).mean(0) if rows.of_each > 1 else rows.features


def at_least_float32(vectors: Tensor) -> Tensor:
    """The same numbers as float32, or as float64 if they are that (gradients are checked in it)."""
    return vectors.to(torch.promote_types(vectors.dtype, torch.float32))


def l2_normalised(vectors: Tensor) -> Tensor:
    """Each row of [m, D] with length 1; a zero row stays zero."""
    return F.normalize(vectors, dim=-1)


def class_means(vectors: Tensor, labels: Tensor, n_way: int) -> Tensor:
    """[n_way, D] the mean of each class's rows of vectors [n, D]; every class must have one."""
    sums = vectors.new_zeros(n_way, vectors.shape[1]).index_add_(0, labels, vectors)
    return sums / torch.bincount(labels, minlength=n_way).unsqueeze(1)


def _mean(vectors: Tensor) -> Tensor:
    """The mean of the rows, the same float32 numbers in whatever order they come; summed on the CPU in float64."""
    return vectors.cpu().double().mean(0).float().to(vectors.device)

"""What methods share that train the backbone's upper blocks on the support: its pictures as those blocks see them,
prototypes, and the head that is fitted in the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine import keep
from fewshot_gui.engine.adapted import AdaptedHead, embedded_from
from fewshot_gui.engine.augment import OF_EXAMPLES, augment, resize
from fewshot_gui.engine.device import full_chunk
from fewshot_gui.engine.features import Transform, class_means, l2_normalised
from fewshot_gui.engine.heads import LinearHead, unit_prototypes
from fewshot_gui.engine.method import Head, Keep, Progress, Support
from fewshot_gui.engine.methods import create
from fewshot_gui.engine.network import Network

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_MOST_COPIES = 1024  # of all pictures together: with many pictures, fewer of each do
_PLAIN = 128  # most plain pictures that prototypes are made of
_SCALE = 12.0  # of the cosines


@dataclass(frozen=True, eq=False)
class Shots:
    """The support as the adapted blocks see it. plain: [n, ...], copies: [copies, n, ...], labels: [n]."""

    plain: Tensor
    copies: Tensor
    labels: Tensor
    n_way: int

    def subset(self, rows: Tensor) -> Shots:
        """Those pictures, and their copies, where rows [n] is True."""
        return Shots(self.plain[rows], self.copies[:, rows], self.labels[rows], self.n_way)

    @property
    def all_copies(self) -> tuple[Tensor, Tensor]:
        """([copies * n, ...], their labels)."""
        return self.copies.flatten(0, 1), self.labels.repeat(len(self.copies))


@dataclass(frozen=True, eq=False)
class Seen:
    """The support as the gradient steps see it, with copies, and as the final head does, without: full [n, ...]."""

    small: Shots
    full: Tensor

    def subset(self, rows: Tensor) -> Seen:
        """Those pictures, where rows [n] is True."""
        return Seen(self.small.subset(rows), self.full[rows])


def _seen(model: Model, support: Support, copies: int, seed: int, tell: Callable[[], None]) -> Seen:
    """The support at both sizes of the adaptation."""
    small_size, size = model.adaptation.learning_size, model.adaptation.preprocessing.size
    small = shots_below(model, support, copies, torch.Generator().manual_seed(seed), small_size, tell)
    return Seen(small, small.plain if small_size == size else _below(model, _parts(model, support, size), tell))


Train = Callable[[Seen, int, Progress], AdaptedHead]  # the support, a seed, progress: the head of a whole training


def adapted(
    train: Train, model: Model, support: Support, copies: int, *, when: Keep, seed: int, progress: Progress
) -> Head:
    """The head that `train` makes, or the frozen one: see keep.chosen.

    copies: augmented versions of each picture. The blocks below see each picture once, also for the held-out checks.
    """

    @cache
    def seen() -> Seen:
        return _seen(model, support, copies, seed, lambda: progress(0.0, "reading the examples"))

    def fit(rows: Tensor, tell: Progress) -> AdaptedHead:
        return train(seen().subset(rows), seed, tell)

    return keep.chosen(fit, model, support, when=when, seed=seed, progress=progress)


@torch.no_grad()
def shots_below(
    model: Model, support: Support, copies: int, draw: torch.Generator, size: int, tell: Callable[[], None]
) -> Shots:
    """The support and `copies` augmented versions of each picture, run through the blocks that stay frozen.

    size: the side to which pictures are shrunk first. tell: called before every part of the pictures; may raise to
    cancel.
    """
    padding = model.adaptation.preprocessing.padding
    copies = max(1, min(copies, _MOST_COPIES // len(support.labels)))
    parts = _parts(model, support, size)
    changed = [
        _below(model, (augment(part, OF_EXAMPLES, size, draw, padding) for part in parts), tell) for _ in range(copies)
    ]
    return Shots(_below(model, parts, tell), torch.stack(changed), support.labels, support.n_way)


def _parts(model: Model, support: Support, size: int) -> tuple[Tensor, ...]:
    """The support's pictures at that size, as many at a time as the device takes."""
    if support.pictures is None:
        raise ValueError("a method that trains blocks needs the support's pictures")
    return resize(support.pictures.to(model.device), size).split(full_chunk(model.device))


@torch.no_grad()
def _below(model: Model, parts: Iterable[Tensor], tell: Callable[[], None]) -> Tensor:
    """[n, ...] what block `model.adaptation.block` is given of the pictures; tell: see shots_below."""
    block = model.adaptation.block
    found: list[Tensor] = []
    for part in parts:
        tell()
        x = model.adaptation.preprocessing.normalise(part)
        found.append(x if block < 0 else model.fast(x, stop=block))
    return torch.cat(found)


@dataclass(frozen=True, eq=False)
class Prototypes:
    """centre: [D], of the class means. vectors: [n_way, D], about it, each of length 1."""

    centre: Tensor
    vectors: Tensor

    def detached(self) -> Prototypes:
        """The same numbers without a graph."""
        return Prototypes(self.centre.detach(), self.vectors.detach())


@dataclass(frozen=True, eq=False)
class Upper:
    """The model that is adapted, and the network in which it happens: a copy whose numbers change."""

    model: Model
    network: Network

    @cached_property
    def learning(self) -> dict[str, nn.Parameter]:
        """The parameters that need gradients, by name."""
        return {name: p for name, p in self.network.named_parameters() if p.requires_grad}

    def set(self, values: Mapping[str, Tensor]) -> None:
        """Gives parameters of `learning` these numbers."""
        for name, value in values.items():
            self.learning[name].data.copy_(value)

    def head(self, seen: Seen) -> AdaptedHead:
        """The network as it is now, and the final head on it."""
        inner, centres = self.final_head(seen.full, seen.small.labels, seen.small.n_way)
        return AdaptedHead(self.model, {n: p.detach() for n, p in self.learning.items()}, inner, centres=centres)

    def prototypes(self, shots: Shots, draw: torch.Generator) -> Prototypes:
        """Of some plain pictures, the same number of each class as far as there are."""
        rows = balanced(shots.labels, shots.n_way, _PLAIN, draw)
        return _prototypes_of(self.vectors(shots.plain[rows]), shots.labels[rows], shots.n_way)

    def to_own_prototypes(self, shots: Shots, draw: torch.Generator) -> Tensor:
        """Cross entropy of some plain pictures over cosines to the prototypes made of the same ones."""
        rows = balanced(shots.labels, shots.n_way, _PLAIN, draw)
        vectors, labels = self.vectors(shots.plain[rows]), shots.labels[rows]
        made = _prototypes_of(vectors, labels, shots.n_way)
        return _cross_entropy(vectors, labels, made)

    def loss(self, below: Tensor, labels: Tensor, prototypes: Prototypes) -> Tensor:
        """Cross entropy of pictures, as the adapted blocks see them, over cosines to the prototypes."""
        return _cross_entropy(self.vectors(below), labels, prototypes)

    @torch.no_grad()
    def final_head(self, plain: Tensor, labels: Tensor, n_way: int) -> tuple[LinearHead, Tensor]:
        """(head, centres [2, D]) for frozen and adapted embeddings side by side: the mean of the logits that linear
        discriminants give on either alone.

        plain: [n, ...] the pictures as block `model.adaptation.block` is given them; labels: [n].
        """
        lda = create("lda", self.model.config, {"centre": "base", "copies": 0})
        parts = plain.split(full_chunk(self.model.device))
        of_each: list[LinearHead] = []
        for network in (self.model.fast, self.network):
            embeddings = torch.cat([embedded_from(part, self.model, network) for part in parts])
            of_each.append(cast(LinearHead, lda.adapt(self.model, Support(labels, n_way, embeddings))))
        # side by side they have the length sqrt(2), to be divided by again
        weight = torch.cat([head.weight for head in of_each], dim=1) * math.sqrt(2) / 2
        bias = (of_each[0].bias + of_each[1].bias) / 2
        head = LinearHead(Transform(last=True), weight, bias, of_each[0].temperature)
        return head, self.model.base_mean.repeat(2, 1)

    def vectors(self, below: Tensor) -> Tensor:
        """[m, D] of length 1, of what block `model.adaptation.block` is given."""
        return l2_normalised(embedded_from(below, self.model, self.network))


def _prototypes_of(vectors: Tensor, labels: Tensor, n_way: int) -> Prototypes:
    centre = class_means(vectors, labels, n_way).mean(0)
    return Prototypes(centre, unit_prototypes(l2_normalised(vectors - centre), labels, n_way))


def _cross_entropy(vectors: Tensor, labels: Tensor, prototypes: Prototypes) -> Tensor:
    queries = l2_normalised(vectors - prototypes.centre)
    return F.cross_entropy(_SCALE * queries @ prototypes.vectors.T, labels)


def balanced(labels: Tensor, n_way: int, most: int, draw: torch.Generator) -> Tensor:
    """Indices of about `most` rows drawn without replacement, the same number of each class as far as there are."""
    order = torch.randperm(len(labels), generator=draw).to(labels.device)
    if len(labels) <= most:
        return order
    place_in_class = F.one_hot(labels[order], n_way).cumsum(0).gather(1, labels[order, None])[:, 0]
    return order[place_in_class <= max(1, round(most / n_way))]

"""The cut below which a picture belongs to no class, set on the support set alone for a wanted false-alarm rate.

A picture's score is its largest cosine to a class prototype: of embeddings less the model's base mean for a frozen
backbone (`space`), of the head's own features for an adapted one. A space centred on the support would do worse: each
support picture has drawn the centre towards what it is, so a cut meant for 5 % let 1-2 % fall, and the two kinds
overlap more (area under the ROC curve 0.77 against 0.81 within the sources of photos-128, 5 shots).

Where the model knows pictures of its base classes (engine.knowledge), half of the mean cosine to the ten nearest of
them is subtracted: a picture that lies as near to what is certainly another class as to a prototype is hardly one of
these classes. Left-out classes within nine sources of photos-128's validation classes (lite0-natural,
tests/benchmarks/bench_unknown.py) are told better by it, most where the base classes are of the same kind, and those
of other sources no worse.

Every support picture is scored as a query would be: without itself, and without its near-duplicates, in the classes'
prototypes; a copy left in would raise the score above any new picture's. Of n such scores in ascending order, a new
picture of the classes lies below the k-th with probability k / (n + 1) (order statistics of exchangeable draws; no
distribution is assumed). So the cut for a rate r is the k-th score with k = floor(r (n + 1)), and at least the lowest:
under 1/r - 1 pictures (19 at 5 %) the rate is 1 / (n + 1), more than was wanted, as there is no lower score to cut at.
Scores without itself are those of one shot less, hence a little low: it offsets this at few shots.

Weak at few shots, and blind to unknowns that look like a class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fewshot_gui.engine.features import Transform, class_means, l2_normalised, transform_from
from fewshot_gui.engine.method import scenes_of
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.knowledge import Knowledge
    from fewshot_gui.engine.model import Model

AUTO_RATE = 0.05

_WEIGHT, _NEAREST = 0.5, 10  # of base pictures
_ROUNDING = 1e-5  # a copy of the picture at the cut must not fall below it
_NO_SCORES = (
    "No picture can be told as unknown: every class has only one picture, not counting copies of it, so there is "
    "nothing to set the cut on; give a class a second one."
)


@dataclass(frozen=True, eq=False)
class UnknownRule:
    """Tells pictures of no class, from rows [m, F]: embeddings, or the features of a head that needs pictures.

    prototypes: [n_way, F] float32 of length 1. cut: least score of a known picture, None: the rule is off.
    rate: the wanted share of known pictures below the cut, 0-1. warning: a sentence, if the rule could not be set.
    transform: from rows to the space of the prototypes. base: what is known of base classes in that space.
    """

    prototypes: Tensor
    cut: float | None
    rate: float
    warning: str = ""
    transform: Transform = field(default_factory=Transform)
    base: Knowledge | None = None

    @classmethod
    def fit(
        cls,
        rows: Tensor,
        labels: Tensor,
        n_way: int,
        rate: float,
        *,
        transform: Transform | None = None,
        groups: Tensor | None = None,
        held_out: Tensor | None = None,
        base: Knowledge | None = None,
    ) -> UnknownRule:
        """The rule from the support's rows [n, F] and labels [n]; off for rate 0. transform None compares as they are.

        groups: [n] near-duplicates share a number, as in Support; where a whole class is one group its pictures are
        alike by nature, and only exact copies count as copies. held_out: [n] the scores, if better ones are known than
        leaving each out of its prototype, e.g. because the backbone was adapted to the pictures. ValueError for a
        rate outside 0-1.
        """
        if not 0 <= rate <= 1:
            raise ValueError(f"the rate must lie in 0-1, not {rate}")
        transform = transform or Transform()
        vectors = l2_normalised(transform(rows))
        prototypes = l2_normalised(class_means(vectors, labels, n_way))
        scores = held_out
        if scores is None:
            scores = _fair_scores(vectors, labels, n_way, groups, _lowered(vectors, base))
        if not len(scores):
            return cls(prototypes, None, rate, _NO_SCORES, transform, base)
        return cls(prototypes, cut_at(scores, rate), rate, "", transform, base)

    def scores(self, rows: Tensor) -> Tensor:
        """rows [m, F] -> [m] the largest cosine to a prototype, less what nearness to base pictures lowers it by."""
        vectors = self.transform(rows)
        if not self.transform.last:
            vectors = l2_normalised(vectors)
        return (vectors @ self.prototypes.T).amax(1) - _lowered(vectors, self.base)

    def is_unknown(self, rows: Tensor) -> Tensor:
        """rows [m, F] -> bool [m], True where no class fits."""
        if self.cut is None:
            return torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
        return self.scores(rows) < self.cut

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors, JSON values) from which `restore` makes the same rule again."""
        tensors, values = self.transform.state()
        values |= {"cut": self.cut, "rate": self.rate, "warning": self.warning}
        values |= {"base": "" if self.base is None else self.base.digest}
        return tensors | {"prototypes": self.prototypes}, values


def space(model: Model) -> Transform:
    """From a frozen model's embeddings to where known and unknown pictures are told apart."""
    return Transform(centre=model.base_mean, last=True)


def of_frozen(
    model: Model, embeddings: Tensor, labels: Tensor, n_way: int, rate: float, groups: Tensor | None = None
) -> UnknownRule:
    """The rule for embeddings [n, D] of a frozen model, by the base classes it knows; see UnknownRule.fit."""
    how: dict[str, Any] = {"transform": space(model), "groups": groups, "base": model.knowledge}
    return UnknownRule.fit(embeddings, labels, n_way, rate, **how)


def restore(tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> UnknownRule:
    """The rule whose `state` these are, on the model's device. UserError if they are damaged."""
    try:
        on_device = {name: tensor.to(model.device) for name, tensor in tensors.items()}
        prototypes, transform = on_device["prototypes"], transform_from(on_device, values)
        if prototypes.dim() != 2 or not all(torch.isfinite(tensor).all() for tensor in on_device.values()):
            raise ValueError("its prototypes are not finite rows")
        if transform.centre is not None and transform.centre.shape != prototypes[0].shape:
            raise ValueError("its centre and prototypes differ in size")
        cut = None if values["cut"] is None else float(values["cut"])
        base = model.knowledge if values.get("base") else None
        if values.get("base", "") != ("" if base is None else base.digest):
            raise ValueError("the model knows other base classes now")
        return UnknownRule(prototypes, cut, float(values["rate"]), str(values["warning"]), transform, base)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"A stored rule for unknown pictures is damaged ({error}): adapt again.") from None


def default_rate(n_way: int, shots: Tensor | Sequence[int]) -> float | None:
    """The false-alarm rate if none was asked for; None (off) below 3 classes or with a class of one picture.

    shots: pictures per class.
    """
    return None if n_way < 3 or min(int(k) for k in shots) < 2 else AUTO_RATE


def own_scores(vectors: Tensor, labels: Tensor, n_way: int, groups: Tensor | None = None) -> Tensor:
    """[m] the largest cosines of the support pictures to the prototypes made without them and their group.

    vectors: [n, F], of length 1. groups: [n] whole numbers; None: each picture is its own. A picture whose class has
    no others gives no score, and a class that has only the picture's group is not compared with.
    """
    scores, scored = _without_own(vectors, labels, n_way, groups)
    return scores[scored]


def _without_own(vectors: Tensor, labels: Tensor, n_way: int, groups: Tensor | None) -> tuple[Tensor, Tensor]:
    """(own_scores [n], [n] bool: that there is one)."""
    groups = torch.arange(len(labels), device=labels.device) if groups is None else groups
    # A part: what one group has of one class.
    parts, part_of = torch.unique(torch.stack([groups, labels], 1), dim=0, return_inverse=True)
    part_group, part_class = parts.T
    sums = vectors.new_zeros(n_way, vectors.shape[1]).index_add_(0, labels, vectors)
    part_sums = vectors.new_zeros(len(parts), vectors.shape[1]).index_add_(0, part_of, vectors)
    others = torch.bincount(labels, minlength=n_way)[part_class] - torch.bincount(part_of)
    without = l2_normalised(sums[part_class] - part_sums)
    cosines = vectors @ l2_normalised(sums).T
    picture, part = (groups.unsqueeze(1) == part_group).nonzero(as_tuple=True)
    held_out = (vectors[picture] * without[part]).sum(1).masked_fill(others[part] == 0, -math.inf)
    cosines[picture, part_class[part]] = held_out
    return cosines.amax(1), others[part_of] > 0


def _lowered(vectors: Tensor, base: Knowledge | None) -> Tensor:
    """[m] what is subtracted from the scores of vectors [m, F]."""
    return vectors.new_zeros(()) if base is None else _WEIGHT * base.nearness(vectors, _NEAREST)


def _fair_scores(vectors: Tensor, labels: Tensor, n_way: int, groups: Tensor | None, lowered: Tensor) -> Tensor:
    """own_scores less `lowered`, but for exact copies: they do not show how far a picture may lie from its class."""
    if groups is not None:
        groups = scenes_of(labels, groups, n_way)  # else the cut would rest on the classes that are not alike alone
    scores, scored = _without_own(vectors, labels, n_way, groups)
    return (scores - lowered)[scored & (scores < 1 - _ROUNDING)]


def cut_at(scores: Tensor, rate: float) -> float | None:
    """The cut for a wanted false-alarm rate, given at least one known picture's score; None for rate 0."""
    if rate == 0:
        return None
    n = len(scores)
    k = math.floor(rate * (n + 1) + 1e-9)
    return float(scores.sort().values[min(max(k, 1), n) - 1]) - _ROUNDING

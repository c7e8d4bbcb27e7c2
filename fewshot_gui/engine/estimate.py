"""How good a head is, told by the support set alone: each example answered by a head that has not seen it.

Examples are left out by groups of near-duplicates, else a burst's pictures vouch for one another (21-24 points too
high); and one group of every class at a time. Leaving out one alone would make its class the one with the least
examples just when it is asked, which costs a prototype head with 2 examples per class nearly all its right answers;
one of each class measures, without bias, the head with one example less per class. So the figure is a little low.

A unit of the count is a group within a class, not a picture: its pictures stand or fall together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from fewshot_gui.engine.method import Method, Progress, Support, no_progress
from fewshot_gui.types import Accuracy

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

MOST_FITS = 60  # with more groups in a class, several of it are left out at once
ROUGH_BELOW = 5  # independent examples per class: under that the interval is all there is to it

MEASURED_ON = "examples, each asked of a classifier that has not seen it or a near-duplicate of it"
_ONE_CLASS = "There is only one class, so there is nothing to confuse it with: add a second class."
_ONE_SHOT = (
    "No accuracy can be estimated: no class has two independent examples, of which one could be asked; "
    "add a second example, of another scene, to a class."
)


@dataclass(frozen=True)
class Estimate:
    """An accuracy estimated from the support set. per_class: by label, total 0 for a class that could not be asked.

    rough: a class has fewer than five independent examples. why_none: why there is no figure, "" if there is one.
    left_out: classes with one independent example, of which none could be asked.
    """

    accuracy: Accuracy
    per_class: tuple[Accuracy, ...]
    rough: bool
    why_none: str = ""
    left_out: int = 0

    def spread(self, labels: Sequence[int]) -> Estimate:
        """The same with per_class of these labels, in this order; -1 for a class that is not in the support."""
        nothing = Accuracy(0, 0, MEASURED_ON)
        return replace(self, per_class=tuple(self.per_class[i] if i >= 0 else nothing for i in labels))


def leave_groups_out(
    method: Method,
    model: Model,
    support: Support,
    *,
    pool: Tensor | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Estimate:
    """The estimate for a method whose heads need embeddings; at most MOST_FITS fits. progress may raise to cancel."""
    units = _units(support)
    shots = torch.bincount(units.classes, minlength=support.n_way).tolist()
    if support.n_way < 2:
        return none(support.n_way, _ONE_CLASS)
    if max(shots) < 2:
        return none(support.n_way, _ONE_SHOT)
    answers = _answers(method, model, support, units.folds(min(MOST_FITS, max(shots))), pool, seed, progress)
    right, total = _counted(units, answers)
    per_class = tuple(Accuracy(r, t, MEASURED_ON) for r, t in zip(right, total, strict=True))
    accuracy = Accuracy(sum(right), sum(total), MEASURED_ON)
    return Estimate(accuracy, per_class, min(shots) < ROUGH_BELOW, "", sum(k < 2 for k in shots))


def none(n_way: int, why: str) -> Estimate:
    """No figure, and the sentence why."""
    return Estimate(Accuracy(0, 0, MEASURED_ON), (Accuracy(0, 0, MEASURED_ON),) * n_way, True, why)


@dataclass(frozen=True, eq=False)
class _Units:
    """What is left out and counted: the pictures of one group in one class. Alike pictures of two classes are two
    units, since one in the rest could only mislead about the other.

    of: [n] the unit of each picture; classes: [units] the class of each, ascending.
    """

    of: Tensor
    classes: Tensor

    def folds(self, count: int) -> Tensor:
        """[n] the fold in which each picture is left out: the units of a class take the folds in turn."""
        place_in_class = torch.arange(len(self.classes)) - torch.searchsorted(self.classes, self.classes)
        return (place_in_class % count)[self.of]


def _units(support: Support) -> _Units:
    labels = support.labels.cpu()
    groups = torch.arange(len(labels)) if support.groups is None else support.groups.cpu()
    pairs, of = torch.unique(torch.stack([labels, groups]), dim=1, return_inverse=True)
    return _Units(of, pairs[0].contiguous())


def _answers(
    method: Method, model: Model, support: Support, fold: Tensor, pool: Tensor | None, seed: int, progress: Progress
) -> Tensor:
    """[n, n_way] each picture's probabilities from a head without its fold; NaN where its class would be empty."""
    labels = support.labels.cpu()
    answers = torch.full((len(labels), support.n_way), torch.nan)
    whole, numbers = torch.bincount(labels, minlength=support.n_way), fold.unique().tolist()
    for done, number in enumerate(numbers):
        progress(done / len(numbers), "Estimating the accuracy")
        out = _left_out(labels, fold == number, whole)
        if not out.any():
            continue
        head = method.adapt(model, support.subset((~out).to(support.labels.device)), pool=pool, seed=seed)
        with torch.no_grad():
            logits = head.logits(support.embeddings[out.to(support.embeddings.device)])
        answers[out] = logits.softmax(1).cpu()
    return answers


def _left_out(labels: Tensor, wanted: Tensor, whole: Tensor) -> Tensor:
    """[n] bool: the wanted pictures, but for those of a class of which nothing would be left."""
    emptied = torch.bincount(labels[wanted], minlength=len(whole)) == whole
    return wanted & ~emptied[labels]


def _counted(units: _Units, answers: Tensor) -> tuple[list[int], list[int]]:
    """(right, asked) units per class; a unit's answer is the mean of its pictures' [n, n_way]."""
    right, total = [0] * answers.shape[1], [0] * answers.shape[1]
    for unit, label in enumerate(units.classes.tolist()):
        mean = answers[units.of == unit].mean(0)
        if not mean.isnan().any():
            total[label] += 1
            right[label] += int(mean.argmax()) == label
    return right, total

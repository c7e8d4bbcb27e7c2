"""Whether adapting the backbone is worth it for this support set: decided by its own held-out pictures.

Adapting the upper blocks gains many points on pictures far from what the backbone was trained on, and loses some on
near ones, so neither choice is right for all. The support is cut into folds (near-duplicates stay together); each fold
is answered by a frozen and by an adapted head that have seen the other folds only.

"auto": the adapted head is taken if it had more of them right, or as many with a higher likelihood. Right answers
first, because an adapted head is more certain of itself, right or wrong: over one task each of nine sources of
validation classes the sign of the gain in right answers was that of the true gain or 0, the sign of the gain in
likelihood was wrong in five.

"lenient": it is taken unless it lost more of them than chance explains. A few dozen pictures tell a gain of five points
from none hardly better than a coin; so where adapting is known to gain on most data, the doubt should go its way.

Two folds, because each costs an adaptation. A head that has seen half of the pictures gains less by adapting than one
that has seen all: what is kept is more likely worth it than the figures say.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.heads import LinearHead, PrototypeHead, unit_prototypes
from fewshot_gui.engine.method import Head, Keep, Needs, Progress, Support
from fewshot_gui.engine.methods import create, instant

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_ROUNDING = 1e-5
FOLDS = 2  # each costs one adaptation
Fit = Callable[[Tensor, Progress], AdaptedHead]  # of the support pictures where the first, [n] bool, is True


@dataclass(frozen=True, eq=False)
class KeptHead(Head):
    """The frozen head, with the sentence that says why. Stored and restored as the head it is."""

    frozen: Head
    said: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.frozen.kind

    @property
    def needs(self) -> Needs:
        return self.frozen.needs

    @property
    def notes(self) -> tuple[str, ...]:
        return self.said

    def features(self, query: Tensor) -> Tensor:
        return self.frozen.features(query)

    def scores(self, features: Tensor) -> Tensor:
        return self.frozen.scores(features)

    def logits(self, query: Tensor) -> Tensor:
        return self.frozen.logits(query)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        return self.frozen.state()


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Every support picture, answered without itself.

    frozen, adapted: logits [n, n_way] of both heads; labels: [n]; score: [n] of the adapted head, for unknowns.
    """

    frozen: Tensor
    adapted: Tensor
    labels: Tensor
    score: Tensor

    @property
    def gains(self) -> bool:
        """True if the adapted head has more right answers, or as many and a likelihood higher than by rounding."""
        frozen, adapted = (int(right.sum()) for right in self._right)
        loss = [float(F.cross_entropy(logits, self.labels)) for logits in (self.frozen, self.adapted)]
        return adapted > frozen or (adapted == frozen and loss[0] - loss[1] > _ROUNDING * loss[0])

    @property
    def loses(self) -> bool:
        """True if the adapted head has fewer right answers by more than one standard error: the square root of the
        number of pictures of which one head alone is right (McNemar 1947).
        """
        frozen, adapted = self._right
        lost, won = int((frozen & ~adapted).sum()), int((adapted & ~frozen).sum())
        return lost - won > math.sqrt(lost + won)

    def verdict(self, when: Keep) -> tuple[bool, str]:
        """Whether the adapted head is to be used, and the sentence that says so."""
        if self.gains:
            return True, self._sentence("the adapted backbone is used")
        if when == "lenient" and not self.loses:
            return True, self._sentence("that is no clear loss, and the adapted backbone is used")
        return False, self._sentence("the backbone stays frozen")

    def _sentence(self, verdict: str) -> str:
        """How many right answers either had, and what follows. Counts: a share of so few would promise too much."""
        frozen, adapted = (int(right.sum()) for right in self._right)
        return (
            f"On held-out examples the frozen backbone had {frozen} of {len(self.labels)} right, the adapted one "
            f"{adapted} of {len(self.labels)}: {verdict}."
        )

    @property
    def _right(self) -> tuple[Tensor, Tensor]:
        """[n] bool each, of the frozen and the adapted head."""
        return self.frozen.argmax(1) == self.labels, self.adapted.argmax(1) == self.labels


def chosen(fit: Fit, model: Model, support: Support, *, when: Keep, seed: int, progress: Progress) -> Head:
    """The adapted head: always, or as `decided` says."""
    if when == "always":
        return fit(everything(support), progress)
    return decided(fit, model, support, when=when, seed=seed, progress=progress)


def decided(fit: Fit, model: Model, support: Support, *, when: Keep, seed: int, progress: Progress) -> Head:
    """The adapted head if the support's own held-out pictures say so (see above), else the model's frozen head.

    The frozen head also stays if a class has a single example (or copies of one): nothing of it can be held out.
    """
    fold = folds(support, seed)
    if fold is None:
        return KeptHead(
            frozen_head(model, support),
            ("A class has only one independent example, so nothing can check an adapted backbone: it stays frozen.",),
        )
    held = held_out(fit, model, support, fold, lambda share, what: progress(share * FOLDS / (FOLDS + 1), what))
    use, said = held.verdict(when)
    if not use:
        return KeptHead(frozen_head(model, support), (said,))
    head = fit(everything(support), lambda share, what: progress((FOLDS + share) / (FOLDS + 1), what))
    return replace(head, held_out=held.score, said=(*head.said, said))


def held_out(fit: Fit, model: Model, support: Support, fold: Tensor, progress: Progress) -> HeldOut:
    """Both heads' answers for every support picture from fits without its fold."""
    frozen, adapted = torch.zeros(2, len(support.labels), support.n_way, device=support.labels.device)
    score = torch.zeros(len(support.labels), device=support.labels.device)
    for number in range(FOLDS):
        asked, rest = fold == number, support.subset(fold != number)
        head = fit(~asked, lambda share, what, n=number: progress((n + share) / FOLDS, _check(n, what)))
        features = head.features(support.pictures[asked])
        frozen[asked] = frozen_head(model, rest).logits(support.embeddings[asked])
        adapted[asked] = head.scores(features)
        score[asked] = _nearness(head, rest, features)
    return HeldOut(frozen, adapted, support.labels, score)


def frozen_head(model: Model, support: Support) -> LinearHead | PrototypeHead:
    """The head on the frozen embeddings by the model's default method; by protonet if that one needs pictures."""
    return cast(LinearHead | PrototypeHead, create(instant(model.config), model.config).adapt(model, support))


def everything(support: Support) -> Tensor:
    """[n] bool: all pictures, for a fit without a check."""
    return torch.ones_like(support.labels, dtype=torch.bool)


def folds(support: Support, seed: int) -> Tensor | None:
    """[n] the fold of each picture: groups stay together, each class is spread. None if a class cannot be cut."""
    labels = support.labels.cpu()
    groups = torch.arange(len(labels)) if support.groups is None else support.groups.cpu()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed)).tolist()
    fold_of: dict[int, int] = {}
    members = torch.zeros(support.n_way, FOLDS, dtype=torch.long)
    for row in order:
        label, group = int(labels[row]), int(groups[row])
        number = fold_of.setdefault(group, int(members[label].argmin()))
        members[label, number] += 1
    if (members == 0).any():
        return None
    return torch.tensor([fold_of[int(g)] for g in groups], device=support.labels.device)


def _check(number: int, what: str) -> str:
    return f"held-out check {number + 1} of {FOLDS}, {what}"


def _nearness(head: AdaptedHead, rest: Support, features: Tensor) -> Tensor:
    """[m] the largest cosine to a class prototype, as the unknown rule scores pictures."""
    prototypes = unit_prototypes(head.features(rest.pictures), rest.labels, rest.n_way)
    return (F.normalize(features, dim=1) @ prototypes.T).max(1).values

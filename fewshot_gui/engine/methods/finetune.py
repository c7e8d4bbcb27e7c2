"""Fine-tuning the upper blocks on augmented support pictures, kept only where held-out examples gain.

S. X. Hu et al.: Pushing the Limits of Simple Pipelines for Few-Shot Learning (PMF), CVPR 2022, arXiv:2204.07305:
augmented copies of the support are the queries of an episode whose support are the plain pictures.

The weights that are used lie between the frozen and the fine-tuned ones (M. Wortsman et al.: Robust Fine-tuning of
Zero-shot Models, CVPR 2022, arXiv:2109.01903), and the fine-tuned ones may be the mean of several runs that differ in
their random choices (M. Wortsman et al.: Model Soups, ICML 2022, arXiv:2203.05482).

Differs from the papers: only the blocks from the model's `adaptation.block` up are trained, what lies below is computed
once for plain pictures and copies; what is learned on small pictures (`adaptation.train_size`) answers on larger ones;
depthwise filters stay, because their gradient takes a third of a step's time on a CPU; features are centred on the
support; the prototypes are made anew, and get a gradient, at every third step only, which halves the time and costs no
accuracy; the rate falls to 0 along a cosine; at the end the model's own default head is fitted on frozen and adapted
embeddings side by side, of plain pictures and copies; and the adapted backbone is used only where the support's own
held-out pictures gain (engine/keep.py), since near domains lose by adapting.

Frozen beside adapted at a blend of 0.5 had 1.8 +- 1.2 points more than adapted alone at 0.75 (19 tasks of validation
classes, 5 shots, paired).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine import keep
from fewshot_gui.engine.adapted import AdaptedHead, beside, check_adaptable, embedded_from, side_by_side
from fewshot_gui.engine.augment import Augmentation, augment, resize
from fewshot_gui.engine.features import class_means, l2_normalised
from fewshot_gui.engine.heads import LinearHead, PrototypeHead, unit_prototypes
from fewshot_gui.engine.method import Head, Method, Progress, Support, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import Network

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_QUERIES = 16  # augmented copies per step
_PART = 64  # pictures at a time where no gradients are kept
_MOST_COPIES = 1024  # of all pictures together: with many pictures, fewer of each do
_HEAD_COPIES = 2  # of each picture for the final head: six were no better, and cost time at the full size
_PLAIN = 128  # most plain pictures per step that prototypes are made of
_SCALE = 12.0  # of the cosines
_CALMER = 0.65  # times the frozen head's temperature: likeliest on validation classes; the support is no surprise to it
_PROTOTYPES_EVERY = 3  # steps
_CHANGES = Augmentation(crop=0.5, stretch=1.2, flip=True, brightness=0.2, contrast=0.2)


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


@METHODS.register("finetune")
@dataclass(frozen=True)
class FineTune(Method):
    """Adapts the upper blocks by gradient steps on augmented support pictures."""

    name = "finetune"
    title = "Fine-tuning of the upper blocks (PMF)"
    source = "Hu, Li, Stuehmer, Kim, Hospedales 2022: Pushing the Limits of Simple Pipelines for Few-Shot Learning"
    needs = "pictures"

    steps: int = option(24, "Steps", "Gradient steps on the support.", least=1, most=500)
    rate: float = option(3e-4, "Rate", "Learning rate of Adam.", least=1e-6, most=0.1)
    blend: float = option(
        0.75, "Blend", "How far the weights go from the frozen (0) to the fine-tuned ones (1).", least=0.0, most=1.0
    )
    runs: int = option(1, "Runs", "Runs with other random choices, whose weights are averaged.", least=1, most=20)
    copies: int = option(6, "Copies", "Augmented copies of each support picture.", least=1, most=50)
    keep: Literal["auto", "always"] = option(
        "auto", "Keep", "auto: only if the support's own held-out pictures gain.", choices=("auto", "always")
    )

    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> Head:
        """See Method.adapt. UserError if the model's network cannot be trained."""
        check_adaptable(model, self.name)

        @cache
        def seen() -> _Seen:
            return _seen(model, support, self.copies, seed, lambda: progress(0.0, "reading the examples"))

        def fit(rows: Tensor, tell: Progress) -> AdaptedHead:
            return self._fitted(model, seen().subset(rows), seed, tell)

        if self.keep == "always":
            return fit(keep.everything(support), progress)
        return keep.decided(fit, model, support, seed=seed, progress=progress)

    def _fitted(self, model: Model, seen: _Seen, seed: int, progress: Progress) -> AdaptedHead:
        work = _Work(model, trainable_copy(model.network, model.adaptation.block))
        upper = {name: p for name, p in work.network.named_parameters() if p.requires_grad}
        frozen = {name: p.detach().clone() for name, p in upper.items()}
        total = {name: torch.zeros_like(p) for name, p in frozen.items()}
        for run in range(self.runs):
            for name, p in upper.items():
                p.data.copy_(frozen[name])
            self._descend(work, seen.small, torch.Generator().manual_seed(seed + run), self._told(run, progress))
            for name, p in upper.items():
                total[name] += p.detach()
        for name, p in upper.items():
            p.data.copy_(frozen[name].lerp(total[name] / self.runs, self.blend))
        inner, centres = work.final_head(seen.full)
        return AdaptedHead(model, {name: p.detach() for name, p in upper.items()}, inner, centres=centres)

    def _descend(self, work: _Work, shots: Shots, draw: torch.Generator, told: Callable[[int], None]) -> None:
        """One run of gradient steps on work's network. told: called after each step."""
        optimiser = torch.optim.Adam([p for p in work.network.parameters() if p.requires_grad], lr=self.rate)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.steps)
        for step in range(self.steps):
            with torch.enable_grad():
                if step % _PROTOTYPES_EVERY == 0:
                    prototypes = work.prototypes(shots, draw)
                loss = work.loss(shots, prototypes, draw)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            falling.step()
            prototypes = prototypes.detached()
            told(step)

    def _told(self, run: int, progress: Progress) -> Callable[[int], None]:
        steps = self.runs * self.steps

        def told(step: int) -> None:
            done = run * self.steps + step + 1
            progress(done / (steps + 1), f"step {done} of {steps}")

        return told


@dataclass(frozen=True, eq=False)
class _Seen:
    """The support as the gradient steps see it and as the final head does: the same if both see the same size."""

    small: Shots
    full: Shots

    def subset(self, rows: Tensor) -> _Seen:
        small = self.small.subset(rows)
        return _Seen(small, small if self.full is self.small else self.full.subset(rows))


def _seen(model: Model, support: Support, copies: int, seed: int, tell: Callable[[], None]) -> _Seen:
    """The support at both sizes of the adaptation."""

    def at(size: int, copies: int) -> Shots:
        return shots_below(model, support, copies, torch.Generator().manual_seed(seed), size, tell)

    sizes = model.adaptation.learning_size, model.adaptation.preprocessing.size
    small = at(sizes[0], copies)
    return _Seen(small, small if sizes[0] == sizes[1] else at(sizes[1], min(copies, _HEAD_COPIES)))


@torch.no_grad()
def shots_below(
    model: Model, support: Support, copies: int, draw: torch.Generator, size: int, tell: Callable[[], None]
) -> Shots:
    """The support and `copies` augmented versions of each picture, run through the blocks that stay frozen.

    size: the side to which pictures are shrunk first. tell: called before every part of the pictures; may raise to
    cancel.
    """
    if support.pictures is None:
        raise ValueError("finetune needs the support's pictures")
    preprocessing, block = model.adaptation.preprocessing, model.adaptation.block
    padding = "zeros" if preprocessing.polarity == "ink" else "reflection"

    def below(pictures: Tensor) -> Tensor:
        tell()
        x = preprocessing.normalise(pictures)
        return x if block < 0 else model.network(x, stop=block)

    copies = max(1, min(copies, _MOST_COPIES // len(support.labels)))
    parts = resize(support.pictures.to(model.device), size).split(_PART)
    changed = [
        torch.cat([below(augment(part, _CHANGES, size, draw, padding)) for part in parts]) for _ in range(copies)
    ]
    return Shots(torch.cat([below(part) for part in parts]), torch.stack(changed), support.labels, support.n_way)


def trainable_copy(network: Network, block: int) -> Network:
    """The network's copy in eval mode (BatchNorm statistics stay), with gradients from `block` up.

    Depthwise filters get none.
    """
    copied = copy.deepcopy(network).eval().requires_grad_(False)
    for parameter in copied.parameters_from(block).values():
        parameter.requires_grad_(True)
    for module in copied.modules():
        if isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1:
            module.weight.requires_grad_(False)
    return copied


@dataclass(frozen=True, eq=False)
class _Prototypes:
    """centre: [D], of the class means. vectors: [n_way, D], about it, each of length 1."""

    centre: Tensor
    vectors: Tensor

    def detached(self) -> _Prototypes:
        """The same numbers without a graph."""
        return _Prototypes(self.centre.detach(), self.vectors.detach())


@dataclass(frozen=True, eq=False)
class _Work:
    """The model that is adapted, and the network in which it happens."""

    model: Model
    network: Network

    def prototypes(self, shots: Shots, draw: torch.Generator) -> _Prototypes:
        """Of some plain pictures, the same number of each class as far as there are."""
        rows = _balanced(shots.labels, shots.n_way, _PLAIN, draw)
        plain, labels = self._vectors(shots.plain[rows]), shots.labels[rows]
        centre = class_means(plain, labels, shots.n_way).mean(0)
        return _Prototypes(centre, unit_prototypes(l2_normalised(plain - centre), labels, shots.n_way))

    def loss(self, shots: Shots, prototypes: _Prototypes, draw: torch.Generator) -> Tensor:
        """Cross entropy of some copies over cosines to the prototypes."""
        copies, labels = shots.all_copies
        asked = _balanced(labels, shots.n_way, _QUERIES, draw)
        queries = l2_normalised(self._vectors(copies[asked]) - prototypes.centre)
        return F.cross_entropy(_SCALE * queries @ prototypes.vectors.T, labels[asked])

    @torch.no_grad()
    def final_head(self, shots: Shots) -> tuple[LinearHead | PrototypeHead, Tensor]:
        """(head, centres): the model's default head on frozen and adapted embeddings side by side, of plain pictures
        and some copies, but less sure of itself; the centres [2, D] are the plain pictures'.
        """
        copies, labels = replace(shots, copies=shots.copies[:_HEAD_COPIES]).all_copies
        parts = [*shots.plain.split(_PART), *copies.split(_PART)]
        networks = [self.model.network, self.network]
        both = [torch.cat([embedded_from(part, self.model, network) for part in parts]) for network in networks]
        n = len(shots.labels)
        centres = torch.stack([class_means(each[:n], shots.labels, shots.n_way).mean(0) for each in both])
        support = Support(torch.cat([shots.labels, labels]), shots.n_way, beside(both, centres))
        head = keep.frozen_head(side_by_side(self.model), support)
        plain = keep.frozen_head(self.model, Support(shots.labels, shots.n_way, both[0][:n]))
        return replace(head, temperature=_CALMER * plain.temperature), centres

    def _vectors(self, below: Tensor) -> Tensor:
        return l2_normalised(embedded_from(below, self.model, self.network))


def _balanced(labels: Tensor, n_way: int, most: int, draw: torch.Generator) -> Tensor:
    """Indices of about `most` rows drawn without replacement, the same number of each class as far as there are."""
    order = torch.randperm(len(labels), generator=draw).to(labels.device)
    if len(labels) <= most:
        return order
    place_in_class = F.one_hot(labels[order], n_way).cumsum(0).gather(1, labels[order, None])[:, 0]
    return order[place_in_class <= max(1, round(most / n_way))]

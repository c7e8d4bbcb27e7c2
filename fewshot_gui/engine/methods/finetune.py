"""Fine-tuning the upper blocks on augmented support pictures, kept only where held-out examples gain.

S. X. Hu et al.: Pushing the Limits of Simple Pipelines for Few-Shot Learning (PMF), CVPR 2022, arXiv:2204.07305:
augmented copies of the support are the queries of an episode whose support are the plain pictures.

Differs from the paper: only the blocks from the model's `adaptation.block` up are trained, what lies below is computed
once for plain pictures and copies; features are centred on the support; the prototypes get a gradient at every third
step only, which costs little accuracy and saves a third of the time; at the end the model's own default head is fitted
on the adapted embeddings of plain pictures and copies; and the adapted backbone is used only where the support's own
held-out pictures gain (engine/keep.py), since near domains lose by adapting.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine import keep
from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.augment import Augmentation, augment
from fewshot_gui.engine.features import class_means, l2_normalised
from fewshot_gui.engine.heads import unit_prototypes
from fewshot_gui.engine.method import Head, Method, Progress, Support, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import Network

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_QUERIES = 32  # augmented copies per step
_PART = 64  # pictures at a time where no gradients are kept
_PLAIN = 128  # most plain pictures per step that prototypes are made of
_SCALE = 12.0  # of the cosines
_PROTOTYPE_GRADIENTS_EVERY = 3
_CHANGES = Augmentation(crop=0.5, stretch=1.2, flip=True, brightness=0.2, contrast=0.2)


@dataclass(frozen=True, eq=False)
class _Shots:
    """Plain pictures and their copies as the adapted blocks see them: below [n, ...], labels [n]."""

    plain: Tensor
    labels: Tensor
    copies: Tensor
    copy_labels: Tensor
    n_way: int


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
        """See Method.adapt."""

        def fit(part: Support, tell: Progress) -> AdaptedHead:
            return self._fitted(model, part, seed, tell)

        if self.keep == "always":
            return fit(support, progress)
        return keep.decided(fit, model, support, seed=seed, progress=progress)

    def _fitted(self, model: Model, support: Support, seed: int, progress: Progress) -> AdaptedHead:
        draw = torch.Generator().manual_seed(seed)
        work = _Work(model, trainable_copy(model.network, model.adaptation.block))
        shots = work.shots(support, self.copies, draw)
        upper = {name: p for name, p in work.network.named_parameters() if p.requires_grad}
        optimiser = torch.optim.Adam(list(upper.values()), lr=self.rate)
        for step in range(self.steps):
            with torch.enable_grad():
                loss = work.loss(shots, step % _PROTOTYPE_GRADIENTS_EVERY == 0, draw)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            progress((step + 1) / (self.steps + 1), f"step {step + 1} of {self.steps}")
        changed = {name: p.detach().clone() for name, p in upper.items()}
        return AdaptedHead(model, changed, work.final_head(shots))


def trainable_copy(network: Network, block: int) -> Network:
    """The network's copy in eval mode (BatchNorm statistics stay), with gradients from `block` up."""
    copied = copy.deepcopy(network).eval().requires_grad_(False)
    for parameter in copied.parameters_from(block).values():
        parameter.requires_grad_(True)
    return copied


@dataclass(frozen=True, eq=False)
class _Work:
    """The model that is adapted, and the network in which it happens."""

    model: Model
    network: Network

    def shots(self, support: Support, copies: int, draw: torch.Generator) -> _Shots:
        """The support and `copies` augmented versions of each picture, run through the frozen blocks."""
        if support.pictures is None:
            raise ValueError("finetune needs the support's pictures")
        preprocessing = self.model.adaptation.preprocessing
        padding = "zeros" if preprocessing.polarity == "ink" else "reflection"
        changed = [
            self._below(augment(part, _CHANGES, preprocessing.size, draw, padding))
            for _ in range(copies)
            for part in support.pictures.split(_PART)
        ]
        plain = torch.cat([self._below(part) for part in support.pictures.split(_PART)])
        return _Shots(plain, support.labels, torch.cat(changed), support.labels.repeat(copies), support.n_way)

    def loss(self, shots: _Shots, through_prototypes: bool, draw: torch.Generator) -> Tensor:
        """Cross entropy of some copies over cosines to the prototypes of the plain pictures."""
        rows = _balanced(shots.labels, shots.n_way, _PLAIN, draw)
        with torch.set_grad_enabled(through_prototypes):
            plain = self._vectors(shots.plain[rows])
            centre = class_means(plain, shots.labels[rows], shots.n_way).mean(0)
            prototypes = unit_prototypes(l2_normalised(plain - centre), shots.labels[rows], shots.n_way)
        asked = _balanced(shots.copy_labels, shots.n_way, _QUERIES, draw)
        logits = _SCALE * l2_normalised(self._vectors(shots.copies[asked]) - centre) @ prototypes.T
        return F.cross_entropy(logits, shots.copy_labels[asked])

    @torch.no_grad()
    def final_head(self, shots: _Shots) -> Head:
        """The model's default head on the adapted embeddings of plain pictures and copies."""
        parts = [*shots.plain.split(_PART), *shots.copies.split(_PART)]
        embeddings = torch.cat([self.model.finish(self._above(part)) for part in parts])
        labels = torch.cat([shots.labels, shots.copy_labels])
        return keep.frozen_head(self.model, Support(labels, shots.n_way, embeddings))

    @torch.no_grad()
    def _below(self, pictures: Tensor) -> Tensor:
        x, block = self.model.adaptation.preprocessing.normalise(pictures), self.model.adaptation.block
        return x if block < 0 else self.network(x, stop=block)

    def _above(self, below: Tensor) -> Tensor:
        block = self.model.adaptation.block
        return self.network(below, start=None if block < 0 else block)

    def _vectors(self, below: Tensor) -> Tensor:
        return l2_normalised(self.model.finish(self._above(below)))


def _balanced(labels: Tensor, n_way: int, most: int, draw: torch.Generator) -> Tensor:
    """Indices of about `most` rows drawn without replacement, the same number of each class as far as there are."""
    order = torch.randperm(len(labels), generator=draw).to(labels.device)
    if len(labels) <= most:
        return order
    place_in_class = F.one_hot(labels[order], n_way).cumsum(0).gather(1, labels[order, None])[:, 0]
    return order[place_in_class <= max(1, most // n_way)]

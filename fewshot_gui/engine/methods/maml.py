"""Gradient adaptation from a meta-trained start: MAML with ProtoMAML's classifier and learned rates.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, ICML 2017,
arXiv:1703.03400; E. Triantafillou et al.: Meta-Dataset, ICLR 2020, arXiv:1903.03096 (ProtoMAML).

A few steps of gradient descent on the support set change the network's upper blocks and a linear classifier that
starts as the support's prototypes. Start, rates and scale come from meta-training (methods/maml.safetensors). What is
learned, the inner loop and where this differs from the papers: engine/learner.py, whose Learner has the meta loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from fewshot_gui.engine import keep
from fewshot_gui.engine.adapted import AdaptedHead, check_adaptable
from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.heads import LinearHead
from fewshot_gui.engine.learner import Learner, restored
from fewshot_gui.engine.method import Head, Method, Progress, Support, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

__all__ = ["Learner", "Maml"]

_PART = 64  # pictures at a time through the blocks that do not adapt


@METHODS.register("maml")
@dataclass(frozen=True)
class Maml(Method):
    """A few meta-learned gradient steps on the support set."""

    name = "maml"
    title = "MAML (ProtoMAML)"
    source = "Finn, Abbeel, Levine 2017: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks"
    needs = "pictures"

    steps: int = option(
        -1, "Steps", "Gradient steps on the support set; -1: as in meta-training, 0: do not adapt.", least=-1, most=1000
    )
    head_rate: float = option(
        1.0, "Head rate", "Times the classifier's learned rate; less trusts single examples less.", least=0.0, most=10.0
    )
    keep: Literal["auto", "always"] = option(
        "always", "Keep", "auto: only if the support's own held-out pictures gain.", choices=("auto", "always")
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
        """See Method.adapt. UserError if maml was not meta-trained for this model, or cannot be."""
        check_adaptable(model, self.name)
        learner, start = _learned(model)
        learner.scale_head_rate(self.head_rate)
        steps = learner.steps if self.steps < 0 else self.steps

        def fit(rows: Tensor, tell: Progress) -> AdaptedHead:
            return _fitted(model, learner, start, support.subset(rows), steps, tell)

        if self.keep == "always" or steps == 0:
            return fit(keep.everything(support), progress)
        return keep.decided(fit, model, support, seed=seed, progress=progress)


def _fitted(
    model: Model, learner: Learner, start: Network, support: Support, steps: int, progress: Progress
) -> AdaptedHead:
    if support.pictures is None:
        raise ValueError("maml needs the support's pictures")
    adaptation = model.adaptation
    size, normalise = adaptation.learning_size, adaptation.preprocessing.normalise  # the start was learned at that size
    parts = support.pictures.to(model.device).split(_PART)
    progress(0.0, "reading the examples")
    below = torch.cat([learner.below(start, normalise(resize(part, size))) for part in parts])
    adapted = learner.adapt(
        start, below, support.labels, support.n_way, steps,
        lambda step: progress((step + 1) / (steps + 1), f"step {step + 1} of {steps}"),
    )  # fmt: skip
    inner = LinearHead(adapted.transform, adapted.weight, adapted.bias, float(adapted.scale))
    return AdaptedHead(model, adapted.changed, inner, size=size)


def _learned(model: Model) -> tuple[Learner, Network]:
    """(what was meta-trained for this model, the start)."""
    learned = model.learned("maml")
    if learned is None:
        raise UserError(
            f"{model.name} has no meta-trained start for maml (methods/maml.safetensors): "
            "meta-train one for it, or choose finetune, which needs none."
        )
    try:
        return restored(model.network, learned, model.config.metric, model.config.normalised)
    except (KeyError, ValueError, RuntimeError, IndexError) as error:
        sentence = f"methods/maml.safetensors of {model.name} is damaged ({error}): meta-train it again."
        raise UserError(sentence) from None

"""Gradient adaptation from a meta-trained start: MAML with ProtoMAML's classifier and learned rates.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, ICML 2017,
arXiv:1703.03400; E. Triantafillou et al.: Meta-Dataset, ICLR 2020, arXiv:1903.03096 (ProtoMAML).

A few steps of gradient descent on the support set change the network's upper blocks and a linear classifier that
starts as the support's prototypes. Start, rates and scale come from meta-training (methods/maml.safetensors). What is
learned, the inner loop and where this differs from the papers: engine/learner.py, whose Learner has the meta loss.

The methods beside this one (fomaml, anil, meta-sgd, reptile) differ in how their start is learned, or in what adapts.
One that was not meta-trained for a model begins from the model's start for maml, or else from the plain weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import torch
from torch import Tensor

from fewshot_gui.engine import keep
from fewshot_gui.engine.adapted import AdaptedHead, check_adaptable
from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.batch_head import BatchHead, check_batch_norm
from fewshot_gui.engine.device import full_chunk
from fewshot_gui.engine.heads import LinearHead
from fewshot_gui.engine.learner import Adapts, Learner, restored
from fewshot_gui.engine.method import Head, Keep, Method, Progress, Start, Support, keep_option, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

__all__ = ["Learner", "Maml"]

_USUAL_STEPS = 5  # where no number was meta-trained


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
    keep: Keep = keep_option("always")
    norm: Literal["own", "batch"] = option(
        "own", "Normalisation", "batch: by all pictures asked about together, as in the papers; only to be measured.",
        choices=("own", "batch"),
    )  # fmt: skip
    rate: float = option(
        0.01, "Rate", "Step size where no rates were meta-trained for the model.", least=1e-6, most=10.0
    )

    adapts: ClassVar[Adapts] = "network"

    @property
    def transductive(self) -> bool:
        """See Method.transductive."""
        return self.norm == "batch"

    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> Head:
        """See Method.adapt. UserError if the model's network cannot be trained, or what was learned is damaged;
        UsageError for norm=batch without BatchNorm.
        """
        check_adaptable(model, self.name)
        if self.norm == "batch":
            check_batch_norm(model, self.name)
        learner, start, said = self._start(model)
        learner.scale_head_rate(self.head_rate)
        steps = learner.steps if self.steps < 0 else self.steps

        def fit(rows: Tensor, tell: Progress) -> AdaptedHead:
            head = _fitted(model, learner, start, support.subset(rows), steps, tell, said)
            return BatchHead(model, head.changed, head.inner, said, size=head.size) if self.norm == "batch" else head

        when: Keep = "always" if steps == 0 or self.norm == "batch" else self.keep
        return keep.chosen(fit, model, support, when=when, seed=seed, progress=progress)

    def start_of(self, model: Model) -> Start:
        """See Method.start_of."""
        if model.has_learned(self.name):
            return "own"
        return "maml" if model.has_learned(Maml.name) else "plain"

    def _start(self, model: Model) -> tuple[Learner, Network, tuple[str, ...]]:
        """(learner, network to begin with, notes)."""
        if own := _restored(model, self.name, self.adapts):
            return *own, ()
        if maml := _restored(model, Maml.name, self.adapts):
            return *maml, (f"{self.name} was not meta-trained for {model.name}: it begins from the start for maml.",)
        config = model.config
        learner = Learner(
            model.network, model.adaptation.block, _USUAL_STEPS, True, metric=config.metric,
            normalised=config.normalised, temperature=config.temperature, rate=self.rate, adapts=self.adapts,
            statistics="support" if self.norm == "batch" else "frozen",
        ).to(model.device)  # fmt: skip
        note = f"{self.name} was not meta-trained for {model.name}: it begins from the plain weights."
        return learner, model.network, (note,)


def _fitted(
    model: Model,
    learner: Learner,
    start: Network,
    support: Support,
    steps: int,
    progress: Progress,
    said: tuple[str, ...],
) -> AdaptedHead:
    if support.pictures is None:
        raise ValueError("maml needs the support's pictures")
    adaptation = model.adaptation
    size, normalise = adaptation.learning_size, adaptation.preprocessing.normalise  # the start was learned at that size
    parts = support.pictures.to(model.device).split(full_chunk(model.device))
    progress(0.0, "reading the examples")
    below = torch.cat([learner.below(start, normalise(resize(part, size))) for part in parts])
    adapted = learner.adapt(
        start, below, support.labels, support.n_way, steps,
        lambda step: progress((step + 1) / (steps + 1), f"step {step + 1} of {steps}"),
    )  # fmt: skip
    inner = LinearHead(adapted.transform, adapted.weight, adapted.bias, float(adapted.scale))
    return AdaptedHead(model, adapted.changed, inner, (*said, *_shortened(adapted.length)), size=size)


def _shortened(length: float) -> tuple[str, ...]:
    """What to say of steps that were taken at this share of their length."""
    if length == 1:
        return ()
    if length == 0:
        return ("Gradient steps left fewer of the examples right, however short they were, so none was taken.",)
    part = round(1 / length)
    return (f"Gradient steps left fewer of the examples right, so they were taken at 1/{part} of their length.",)


def _restored(model: Model, name: str, adapts: Adapts) -> tuple[Learner, Network] | None:
    """(what was meta-trained for this model under that name, the start); None if nothing was."""
    learned = model.learned(name)
    if learned is None:
        return None
    try:
        return restored(model.network, learned, model.config.metric, model.config.normalised, adapts)
    except (KeyError, ValueError, RuntimeError, IndexError) as error:
        sentence = f"methods/{name}.safetensors of {model.name} is damaged ({error}): meta-train it again."
        raise UserError(sentence) from None

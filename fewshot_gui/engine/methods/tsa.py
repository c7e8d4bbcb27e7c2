"""Task-specific adapters: small changes beside the upper blocks' convolutions, fitted on the support alone.

W.-H. Li, X. Liu, H. Bilen: Cross-domain Few-shot Learning with Task-specific Adapters, CVPR 2022, arXiv:2107.00358.
A 1x1 convolution is added beside each convolution, starting at nothing; Adadelta fits it to the support so that each
picture lies near its own class's prototype.

A 1x1 convolution beside a larger one is the same as a change of that one's middle tap, so nothing has to be added to
the network: gradients reach the middle taps of ordinary convolutions and nothing else. Differs from the paper: there is
no linear map behind the embedding; depthwise convolutions, which mix no channels, stay as they are; the answers are
those of discriminants on frozen and on adapted embeddings, as in finetune; and the adapted backbone is used only where
the support's own held-out pictures gain (engine/keep.py).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from fewshot_gui.engine.adapted import AdaptedHead, check_adaptable
from fewshot_gui.engine.adapting import Seen, Upper, adapted
from fewshot_gui.engine.method import Head, Keep, Method, Progress, Support, keep_option, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import Network

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model


@METHODS.register("tsa")
@dataclass(frozen=True)
class TaskSpecificAdapters(Method):
    """Adapts the upper blocks by small changes beside their convolutions."""

    name = "tsa"
    title = "Task-specific adapters (TSA)"
    source = "Li, Liu, Bilen 2022: Cross-domain Few-shot Learning with Task-specific Adapters"
    needs = "pictures"

    steps: int = option(40, "Steps", "Steps of Adadelta on the support.", least=1, most=500)
    rate: float = option(0.5, "Rate", "Times Adadelta's own step size.", least=1e-4, most=10.0)
    keep: Keep = keep_option("auto")

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
        train = partial(self._trained, model)
        return adapted(train, model, support, 1, when=self.keep, seed=seed, progress=progress)

    def _trained(self, model: Model, seen: Seen, seed: int, progress: Progress) -> AdaptedHead:
        upper = Upper(model, with_adapters(model.network, model.adaptation.block))
        optimiser = torch.optim.Adadelta(list(upper.learning.values()), lr=self.rate)
        shots, draw = seen.small, torch.Generator().manual_seed(seed)
        for step in range(self.steps):
            with torch.enable_grad():
                loss = upper.to_own_prototypes(shots, draw)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            progress((step + 1) / (self.steps + 1), f"step {step + 1} of {self.steps}")
        return upper.head(seen)


def with_adapters(network: Network, block: int) -> Network:
    """The network's copy in eval mode, in which the middle taps of ordinary convolutions from `block` up learn."""
    copied = copy.deepcopy(network).eval().requires_grad_(False)
    for name, module in copied.named_modules():
        if isinstance(module, nn.Conv2d) and module.groups == 1 and copied.block_of(f"{name}.weight") >= block:
            module.weight.requires_grad_(True)
            if module.weight.shape[2:] != (1, 1):
                module.weight.register_hook(_middle)
    return copied


def _middle(gradient: Tensor) -> Tensor:
    """A convolution's gradient [out, in, h, w] with nothing but its middle tap."""
    kept = torch.zeros_like(gradient)
    row, column = gradient.shape[2] // 2, gradient.shape[3] // 2
    kept[:, :, row, column] = gradient[:, :, row, column]
    return kept

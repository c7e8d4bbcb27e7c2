"""An adapted backbone whose BatchNorm takes the statistics of the pictures that are asked about together.

So MAML's papers measure (C. Finn, P. Abbeel, S. Levine, ICML 2017, arXiv:1703.03400; A. Nichol, J. Achiam, J. Schulman
2018, arXiv:1803.02999, section 6.1, tells both ways apart). It is transductive: another batch gives a picture another
answer, and a batch of one class none that means anything. So it is there to be measured beside the inductive figure,
and never to classify with.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UsageError


@dataclass(frozen=True, eq=False)
class BatchHead(AdaptedHead):
    """An AdaptedHead without centres that must be given all queries at once; it cannot be stored."""

    kind = "adapted-by-batch"

    @cached_property
    def fast(self) -> Network:
        """The changed network, in which BatchNorm counts on the batch and remembers nothing of it."""
        copied = copy.deepcopy(self.network).eval()
        for module in copied.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.train()
                module.momentum = 0.0
        return copied

    @torch.no_grad()
    def embed(self, pictures: Tensor) -> Tensor:
        """See AdaptedHead.embed; in one batch, however many there are."""
        return self._embedded(self._input(pictures.to(self.model.device)))


def check_batch_norm(model: Model, method: str) -> None:
    """UsageError if the model's network has no BatchNorm."""
    if not any(isinstance(module, nn.BatchNorm2d) for module in model.network.modules()):
        raise UsageError(
            f"{model.name} has no BatchNorm whose statistics could be a batch's: ask for {method} without norm=batch."
        )

"""BatchNorm with the support's statistics: for networks trained from nothing, which have no other good ones.

The statistics of one batch, the support set, are gathered and then used for every query, so that an answer does not
depend on which other pictures are asked about. Made of primitive operations, and differentiable to any order.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from fewshot_gui.engine.network import Network


class SupportNorm(nn.Module):
    """Stands in for a BatchNorm2d of the same parameters. gathering: statistics are those of the batch at hand."""

    def __init__(self, like: nn.BatchNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = like.weight, like.bias, like.eps
        self.register_buffer("running_mean", like.running_mean)
        self.register_buffer("running_var", like.running_var)
        self.gathering = False
        self.gathered: tuple[Tensor, Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """x: [n, C, H, W], normalised per channel."""
        if self.gathering:
            self.gathered = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        mean, variance = self.gathered or (self.running_mean, self.running_var)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return x * scale.view(1, -1, 1, 1) + (self.bias - mean * scale).view(1, -1, 1, 1)


def skeleton(network: Network, support_norm_from: int | None) -> Network:
    """The network's structure in eval mode without numbers (torch's meta device), for torch.func.functional_call.

    support_norm_from: BatchNorm of this block and above becomes SupportNorm; None: none does.
    """
    copied = copy.deepcopy(network).to("meta").eval()
    if support_norm_from is None:
        return copied
    for name, module in list(copied.named_modules()):
        if isinstance(module, nn.BatchNorm2d) and copied.block_of(f"{name}.weight") >= support_norm_from:
            parent, _, child = name.rpartition(".")
            setattr(copied.get_submodule(parent), child, SupportNorm(module))
    return copied


@contextmanager
def gathering(body: Network) -> Iterator[None]:
    """While active, each SupportNorm takes its statistics from the batch it is given, and keeps them."""
    norms = [module for module in body.modules() if isinstance(module, SupportNorm)]
    for norm in norms:
        norm.gathering = True
    try:
        yield
    finally:
        for norm in norms:
            norm.gathering = False


def forget(body: Network) -> None:
    """Drops what was gathered, and the graphs it hangs on."""
    for module in body.modules():
        if isinstance(module, SupportNorm):
            module.gathered = None


def gathered_statistics(body: Network) -> dict[str, Tensor]:
    """What was gathered, by the names of the BatchNorm buffers it takes the place of."""
    found: dict[str, Tensor] = {}
    for name, module in body.named_modules():
        if isinstance(module, SupportNorm) and module.gathered is not None:
            mean, variance = cast(tuple[Tensor, Tensor], module.gathered)
            found |= {f"{name}.running_mean": mean.detach(), f"{name}.running_var": variance.detach()}
    return found

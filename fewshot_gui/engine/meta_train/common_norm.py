"""BatchNorm over the batch of all processes, so that what it learns does not depend on how many there are.

S. Ioffe, C. Szegedy: Batch Normalization, ICML 2015, arXiv:1502.03167. torch.nn.SyncBatchNorm does the same on GPUs
alone; this one is made of primitive operations and works wherever tensors can be summed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn

from fewshot_gui.engine.features import at_least_float32
from fewshot_gui.engine.meta_train.processes import Processes


@contextmanager
def common_statistics(modules: nn.Module, processes: Processes) -> Iterator[None]:
    """Context: BatchNorm in training mode takes its statistics from the batches of all processes together."""
    norms = [m for m in modules.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.training]
    if processes.count == 1:
        norms = []
    for norm in norms:
        norm.forward = partial(_normalised, norm, processes)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for norm in norms:
            del norm.forward


def _normalised(norm: nn.modules.batchnorm._BatchNorm, processes: Processes, x: Tensor) -> Tensor:
    """x: [n, C, ...], this process's part of the batch; normalised per channel as in the whole batch."""
    values, others = at_least_float32(x), [0, *range(2, x.ndim)]
    mean = values.mean(others)
    spread = (values - _per_channel(mean, x)).square().sum(others)
    count = mean.new_tensor([values.numel() / len(mean)])
    found = processes.joined(torch.cat([count, mean, spread])[None], processes.count)
    counts, means, spreads = found.split([1, len(mean), len(mean)], dim=1)
    total = counts.sum()
    # T. F. Chan et al. 1983: no difference of large sums, as the mean square less the squared mean would be.
    mean = (counts * means).sum(0) / total
    variance = (spreads + counts * (means - mean).square()).sum(0) / total
    _remember(norm, mean.detach(), (variance * total / (total - 1)).detach())
    scale = torch.rsqrt(variance + norm.eps)
    y = (values - _per_channel(mean, x)) * _per_channel(scale, x)
    if norm.affine:
        y = y * _per_channel(norm.weight, x) + _per_channel(norm.bias, x)
    return y.to(x.dtype)


@torch.no_grad()
def _remember(norm: nn.modules.batchnorm._BatchNorm, mean: Tensor, variance: Tensor) -> None:
    """Take a batch's statistics into the running ones."""
    if not norm.track_running_stats:
        return
    norm.num_batches_tracked.add_(1)
    share = norm.momentum if norm.momentum is not None else 1 / float(norm.num_batches_tracked)
    norm.running_mean.lerp_(mean.to(norm.running_mean.dtype), share)
    norm.running_var.lerp_(variance.to(norm.running_var.dtype), share)


def _per_channel(values: Tensor, like: Tensor) -> Tensor:
    return values.view(1, -1, *(1,) * (like.ndim - 2))

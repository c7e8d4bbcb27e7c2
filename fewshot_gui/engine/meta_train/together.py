"""Several processes that train together, by torch.distributed: NCCL between GPUs, Gloo elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.nn  # now: imported while a group lives, as optimisers do, it keeps that (arguments' defaults)
from torch import Tensor, nn

from fewshot_gui.engine.meta_train.processes import Processes
from fewshot_gui.errors import UserError

_PATIENCE = timedelta(days=1)  # the others wait while the first one looks at the validation classes


@contextmanager
def group(device: torch.device) -> Iterator[Processes]:
    """Context: the group of processes that the environment names (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT).

    Its threads end with it. One that was left would take the process down if it let go of a tensor while Python ends.
    """
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if cuda else "gloo", timeout=_PATIENCE, device_id=device if cuda else None)
    try:
        yield Together(device if cuda else torch.device("cpu"))
    finally:
        dist.destroy_process_group()


class Together(Processes):
    """One of several. Sums are the same numbers, to the last bit, for all of them: so stay their weights."""

    def __init__(self, wire: torch.device) -> None:
        """wire: where tensors must lie to be sent."""
        self.number, self.count, self._wire = dist.get_rank(), dist.get_world_size(), wire

    def sum_gradients(self, parameters: Iterable[nn.Parameter], loss: float) -> float:
        """See Processes. A parameter that has no gradient in any process keeps none."""
        trained = [p for p in parameters if p.requires_grad]
        told = self._sum(torch.tensor([loss, *(p.grad is not None for p in trained)], dtype=torch.float64))
        concerned = [p for p, count in zip(trained, told[1:].tolist(), strict=True) if count]
        if concerned:
            parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in concerned]
            flat = self._sum(torch.cat([part.flatten() for part in parts]))
            for p, part in zip(concerned, flat.split([p.numel() for p in concerned]), strict=True):
                p.grad = part.view(p.shape).to(p) if p.grad is None else p.grad.copy_(part.view(p.shape))
        return float(told[0])

    def share(self, modules: nn.Module) -> None:
        """See Processes."""
        with torch.no_grad():
            for value in modules.state_dict().values():
                sent = value.to(self._wire, memory_format=torch.contiguous_format, copy=True)
                _checked(dist.broadcast, sent, 0)
                value.copy_(sent)

    def agreed(self, value: Any) -> Any:
        """See Processes."""
        text = json.dumps(value).encode() if self.first else b""
        length = int(self._from_first(torch.tensor([len(text)])))
        text = text or bytes(length)
        return json.loads(bytes(self._from_first(torch.tensor(list(text), dtype=torch.uint8)).tolist()))

    def any(self, flag: bool) -> bool:
        """See Processes."""
        return bool(self._sum(torch.tensor(float(flag))) > 0)

    def wait(self) -> None:
        """See Processes."""
        self.any(False)

    def joined(self, own: Tensor, n: int) -> Tensor:
        """See Processes."""
        return _Joined.apply(own, n, self)

    def _from_first(self, value: Tensor) -> Tensor:
        sent = value.to(self._wire)
        _checked(dist.broadcast, sent, 0)
        return sent.cpu()

    def _sum(self, value: Tensor) -> Tensor:
        """The sum over all processes, on the value's device."""
        sent = value.to(self._wire).contiguous()
        _checked(dist.all_reduce, sent)
        return sent.to(value.device)


class _Joined(torch.autograd.Function):
    """Rows of all processes. Each goes on to a loss of its own, and what is differentiated is the sum of the losses."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, n: int, processes: Together) -> Tensor:
        """own: [m, ...] -> [n, ...]"""
        ctx.place, ctx.processes = processes.part(n, "rows"), processes
        whole = own.new_zeros((n, *own.shape[1:]))
        whole[ctx.place] = own
        return processes._sum(whole)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        """gradient: of this process's loss, for the rows of all."""
        return ctx.processes._sum(gradient.clone())[ctx.place], None, None


def _checked(collective: Any, *arguments: Any) -> None:
    """UserError if another process is gone."""
    try:
        collective(*arguments)
    except RuntimeError as error:
        raise UserError("Another process of this training has ended: see what it said, and add --resume.") from error

"""What torchrun says in the environment: how many processes train together, and which of them this one is.

torch.distributed is left alone where there is only one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from fewshot_gui.engine import device as devices
from fewshot_gui.engine.meta_train.processes import ALONE, Processes
from fewshot_gui.errors import UserError


@contextmanager
def started(device: torch.device) -> Iterator[Processes]:
    """Context: the processes that torchrun started, or this one alone. device: where this one computes."""
    if several():
        from fewshot_gui.engine.meta_train.together import group

        with group(device) as processes:
            yield processes
    else:
        yield ALONE


def several() -> bool:
    """Whether torchrun started more than one."""
    return "RANK" in os.environ and int(os.environ.get("WORLD_SIZE", "1")) > 1


def own_device(name: str) -> torch.device:
    """`device.choose` by name, for this process: among several each has a GPU of its own. UserError if they lack."""
    number, gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count() if several() else 0
    if number < gpus:
        torch.cuda.set_device(number)
    chosen = devices.choose(name)
    if chosen.type != "cuda" or not several():
        return chosen
    if number >= gpus:
        raise UserError(
            f"More processes were started here than there are GPUs ({gpus}): start {gpus}, or use --device cpu."
        )
    return torch.device("cuda", number)

"""A start of a method's own as what it differs in from the backbone: whole numbers of one byte, a step for each row.

A start lies near the weights that it was meta-trained from, so a byte holds the difference to a 254th of the row's
largest; float16 would take twice the room in a model folder for numbers that are mostly the backbone's.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

_START, _STEP = "start.", "step."
_LARGEST = 127
_NO_STEP = 1e-30  # where nothing differs


def packed(tensors: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What goes on the disk: `start.NAME` as int8 and `step.NAME` [rows] float32, where the backbone has such a matrix.

    own: the backbone's tensors by name, as they are on the disk. All other tensors stay.
    """
    result: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        known = own.get(name.removeprefix(_START)) if name.startswith(_START) else None
        if known is None or tensor.ndim < 2 or known.shape != tensor.shape:
            result[name] = tensor
            continue
        apart = (tensor.float() - known.float()).cpu()
        step = (apart.flatten(1).abs().amax(1) / _LARGEST).clamp_min(_NO_STEP)
        result[name] = (apart / _rows(step, apart)).round().to(torch.int8)
        result[_STEP + name.removeprefix(_START)] = step
    return result


def unpacked(tensors: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `packed` was given, but for rounding. KeyError or ValueError for what it did not make."""
    result = {name: tensor for name, tensor in tensors.items() if not name.startswith(_STEP)}
    for name, step in tensors.items():
        if name.startswith(_STEP):
            place = name.removeprefix(_STEP)
            known, count = own[place], tensors[_START + place]
            if known.shape != count.shape or step.shape != count.shape[:1]:
                raise ValueError(f"{name} has the size {list(step.shape)}")
            result[_START + place] = known.float() + _rows(step, count) * count.float()
    return result


def _rows(step: Tensor, like: Tensor) -> Tensor:
    return step.view(-1, *[1] * (like.ndim - 1))

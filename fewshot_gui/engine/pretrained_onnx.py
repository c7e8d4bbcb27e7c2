"""What an ONNX file is: its input, and which of its outputs is an embedding, found by asking it once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from fewshot_gui.engine.backbones.onnx_graph import OnnxGraph, Pooling, pooled, session
from fewshot_gui.errors import UserError

_FLOATS = ("tensor(float)", "tensor(float16)")
# What exporters call the embedding, the best first; otherwise the first output that can be one is taken.
_NAMES = ("image_embeds", "embedding", "embeddings", "pooler_output", "features", "last_hidden_state")
_POOLINGS: dict[int, Pooling] = {2: "none", 3: "tokens", 4: "picture"}


def read(path: Path, size: int | None = None) -> tuple[OnnxGraph, int]:
    """(the network, the side of its input in pixels). size: the side where the graph leaves it open, None: 224.

    UserError if the file is no ONNX graph, wants anything but one batch of RGB pictures, or gives no embedding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror}.") from None
    opened = session(content)
    batch, last, side = _input(opened, path, size)
    shape = (batch or 2, side, side, 3) if last else (batch or 2, 3, side, side)
    name, pooling, width = _output(opened, path, np.random.default_rng(0).normal(size=shape))
    network = OnnxGraph(len(content), width, name, pooling, batch, last)
    network.graph = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return network, side


def _input(opened: Any, path: Path, size: int | None) -> tuple[int | None, bool, int]:
    """(pictures at a time or None, channels last, side)."""
    inputs = opened.get_inputs()
    asked = inputs[0] if len(inputs) == 1 else None
    shape = list(asked.shape) if asked else []
    last = len(shape) == 4 and shape[3] == 3 and shape[1] != 3
    if (
        asked is None
        or asked.type not in _FLOATS
        or len(shape) != 4
        or not (last or shape[1] in (3, None) or isinstance(shape[1], str))
    ):
        wants = ", ".join(f"{one.name} {one.type}{one.shape}" for one in inputs)
        raise UserError(
            f"{path} wants {wants}, and a backbone is given RGB pictures [n, 3, height, width] of float32: export the "
            "image tower alone."
        )
    sides = shape[1:3] if last else shape[2:]
    fixed = {side for side in sides if isinstance(side, int) and side > 0}
    if len(fixed) > 1 or (fixed and size is not None and size not in fixed):
        raise UserError(f"{path} wants pictures of {' x '.join(map(str, sides))} pixels: give that --size, or none.")
    batch = shape[0] if isinstance(shape[0], int) and shape[0] > 0 else None
    return batch, last, fixed.pop() if fixed else size or 224


def _output(opened: Any, path: Path, pictures: np.ndarray) -> tuple[str, Pooling, int]:
    """(name, how it is pooled, how many numbers it then has) of the embedding."""
    (asked,) = opened.get_inputs()
    dtype = np.float16 if asked.type == "tensor(float16)" else np.float32
    try:
        answers = opened.run(None, {asked.name: pictures.astype(dtype)})
    except Exception as error:  # onnxruntime's errors have no common class of their own
        first = (str(error).splitlines() or [""])[0][:160]
        raise UserError(
            f"{path} does not take pictures of {max(pictures.shape)} pixels ({first}): give --size."
        ) from None
    found = dict(zip((one.name for one in opened.get_outputs()), answers, strict=True))
    fit = [
        name for name, value in found.items() if getattr(value, "ndim", 0) in _POOLINGS and len(value) == len(pictures)
    ]
    if not fit:
        raise UserError(f"{path} gives no embedding: none of its outputs ({', '.join(found)}) has a row per picture.")
    name = min(fit, key=lambda one: (_NAMES.index(one) if one in _NAMES else len(_NAMES), found[one].ndim != 2))
    pooling = _POOLINGS[found[name].ndim]
    return name, pooling, pooled(found[name], pooling).shape[1]

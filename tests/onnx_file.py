"""ONNX files for tests, written by hand: a few lines of protobuf spare the tests two large packages.

Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

_FLOAT, _INT64 = 1, 7


def model(
    nodes: Sequence[bytes], tensors: dict[str, np.ndarray], inputs: dict[str, Sequence], outputs: dict[str, Sequence]
):
    """The file's bytes. inputs, outputs: name -> shape, with texts for sizes that are open."""
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, b"graph")
    graph += b"".join(_bytes(5, _tensor(name, values)) for name, values in tensors.items())
    graph += b"".join(_bytes(11, _value(name, shape)) for name, shape in inputs.items())
    graph += b"".join(_bytes(12, _value(name, shape)) for name, shape in outputs.items())
    return _int(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _int(2, 17))


def node(kind: str, inputs: Sequence[str], output: str, **attributes) -> bytes:
    """One operation; attributes: whole numbers and lists of them."""
    text = b"".join(_bytes(1, name.encode()) for name in inputs) + _bytes(2, output.encode()) + _bytes(4, kind.encode())
    for name, value in attributes.items():
        given = (
            _int(20, 2) + _int(3, value)
            if isinstance(value, int)
            else _int(20, 7) + b"".join(_int(8, v) for v in value)
        )
        text += _bytes(5, _bytes(1, name.encode()) + given)
    return text


def backbone(
    weight: np.ndarray, *, batch="n", side="side", channels_last=False, output="embedding", end="pooled"
) -> bytes:
    """A convolution of stride 4, ReLU and mean. weight: [D, 3, 4, 4].

    end: "pooled" [n, D], "picture" [n, D, h, w], or "tokens" [n, h * w, D].
    """
    shape = [batch, side, side, 3] if channels_last else [batch, 3, side, side]
    first = [node("Transpose", ["x"], "planes", perm=[0, 3, 1, 2])] if channels_last else []
    nodes = [*first, node("Conv", ["planes" if channels_last else "x", "w"], "c", strides=[4, 4], kernel_shape=[4, 4])]
    if end == "picture":
        nodes.append(node("Relu", ["c"], output))
    elif end == "tokens":
        nodes += [
            node("Relu", ["c"], "r"),
            node("Reshape", ["r", "flat"], "t"),
            node("Transpose", ["t"], output, perm=[0, 2, 1]),
        ]
    else:
        nodes += [node("Relu", ["c"], "r"), node("GlobalAveragePool", ["r"], "g"), node("Flatten", ["g"], output)]
    tensors = {"w": weight.astype(np.float32), "flat": np.array([0, 0, -1])}
    sizes = {"pooled": ["n", "d"], "picture": ["n", "d", "h", "w"], "tokens": ["n", "t", "d"]}[end]
    return model(nodes, tensors, {"x": shape}, {output: sizes})


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind, plain = (_FLOAT, "<f4") if values.dtype.kind == "f" else (_INT64, "<i8")
    sizes = b"".join(_int(1, size) for size in values.shape)
    return sizes + _int(2, kind) + _bytes(8, name.encode()) + _bytes(9, values.astype(plain).tobytes())


def _value(name: str, shape: Sequence) -> bytes:
    sizes = b"".join(_bytes(1, _int(1, s) if isinstance(s, int) else _bytes(2, s.encode())) for s in shape)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _int(1, _FLOAT) + _bytes(2, sizes)))


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return struct.pack(f"{len(parts) + 1}B", *parts, value)

"""A finished graph (ONNX, https://onnx.ai) as a backbone: it gives embeddings, and cannot be adapted.

The file's bytes are the network's one tensor, so that a model folder keeps, checks and hashes them like any weights.
onnxruntime is an extra and is imported only when such a network computes.
"""

from __future__ import annotations

import threading
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

Pooling = Literal["none", "picture", "tokens"]
_LOCK = threading.Lock()


class OnnxGraph(Network):
    """One block, from pictures to embeddings [n, D, 1, 1]; computed on the CPU wherever the model lies."""

    adaptable = False
    n_blocks = 1

    def __init__(
        self, bytes: int, embedding_size: int, output: str, pooling: Pooling, batch: int | None, channels_last: bool
    ) -> None:
        super().__init__()
        self.embedding_size = embedding_size
        self.output, self.pooling, self.batch, self.channels_last = output, pooling, batch, channels_last
        self.register_buffer("graph", torch.zeros(bytes, dtype=torch.uint8))
        self._session: Any = None

    @property
    def options(self) -> dict[str, Any]:
        """What the architecture "onnx" makes the same network of, but for the graph itself."""
        return {
            "bytes": len(self.graph),
            "embedding_size": self.embedding_size,
            "output": self.output,
            "pooling": self.pooling,
            "batch": self.batch,
            "channels_last": self.channels_last,
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_session": None}  # it cannot be copied: a copy opens its own

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        if stop == 0:
            return x
        features = x if start == 1 else self._embedded(x)[:, :, None, None]
        return features.flatten(1) if stop is None else features

    def block_of(self, parameter: str) -> int:
        return 0

    def _embedded(self, x: Tensor) -> Tensor:
        pictures = x.detach().float().permute(0, 2, 3, 1) if self.channels_last else x.detach().float()
        rows = pictures.cpu().contiguous().numpy()
        parts = [rows] if self.batch is None else _of_size(rows, self.batch)
        found = np.concatenate([pooled(self._answer(part), self.pooling) for part in parts])
        return torch.from_numpy(found[: len(rows)].astype(np.float32)).to(x.device)

    def _answer(self, rows: np.ndarray) -> np.ndarray:
        with _LOCK:
            if self._session is None:
                self._session = session(self.graph.cpu().numpy().tobytes())
        (asked,) = self._session.get_inputs()
        rows = rows.astype(np.float16) if asked.type == "tensor(float16)" else rows
        try:
            return self._session.run([self.output], {asked.name: rows})[0]
        except Exception as error:  # onnxruntime's errors have no common class of their own
            raise UserError(
                f"The ONNX graph could not be computed ({_first_line(error)}): add its file again."
            ) from None


@ARCHITECTURES.register("onnx")
def onnx(
    bytes: int = 0,
    embedding_size: int = 1,
    output: str = "",
    pooling: Pooling = "none",
    batch: int | None = None,
    channels_last: bool = False,
) -> OnnxGraph:
    """A graph of that many bytes, which are its weights. output: which one is the embedding, and how it is pooled.

    batch: how many pictures it takes at a time, None: any number. channels_last: whether it wants [n, H, W, C].
    """
    return OnnxGraph(bytes, embedding_size, output, pooling, batch, channels_last)


def session(content: bytes) -> Any:
    """onnxruntime's session for a file's content, with one thread. UserError without it, or if the file is none."""
    try:
        import onnxruntime
    except ModuleNotFoundError:
        sentence = 'This backbone is an ONNX graph, and onnxruntime is not installed: pip install "fewshot_gui[onnx]".'
        raise UserError(sentence) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # several threads ask at the same time
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # see OnnxGraph._answer
        raise UserError(
            f"The ONNX graph could not be opened ({_first_line(error)}): export it again, into one file."
        ) from None


def pooled(values: np.ndarray, pooling: Pooling) -> np.ndarray:
    """An output as embeddings [n, D]: as it is, its mean over the places of a picture, or over tokens [n, T, D]."""
    if pooling == "picture":
        return values.mean((2, 3))
    return values.mean(1) if pooling == "tokens" else values.reshape(len(values), -1)


def _of_size(rows: np.ndarray, size: int) -> list[np.ndarray]:
    """The rows in parts of that size, the last one filled up with copies."""
    missing = -len(rows) % size
    filled = np.concatenate([rows, rows[-1:].repeat(missing, 0)]) if missing else rows
    return [filled[first : first + size] for first in range(0, len(filled), size)]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]

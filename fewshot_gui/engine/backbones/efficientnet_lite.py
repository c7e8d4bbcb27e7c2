"""EfficientNet-Lite (Tan & Le 2019, "EfficientNet"; Lite: Liu 2020): no squeeze-excite, ReLU6, fixed stem and head.

The weights that exist were trained in TensorFlow, whose "same" padding depends on the input's size: it is computed
here from the tensor, so that every input size gives what the original gives.
"""

import math
from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.network import Network, norms_by_name

_EPSILON = 1e-3  # of every BatchNorm, as trained


class _Stage(NamedTuple):
    kernel: int
    stride: int
    expand: int
    width: int
    repeats: int


# EfficientNet-B0's stages, before scaling.
_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's "same": output ceil(size / stride), the odd zero right and below."""

    def forward(self, x: Tensor) -> Tensor:
        top, bottom = self._padding(x.shape[2])
        left, right = self._padding(x.shape[3])
        if (top, left) == (bottom, right):
            return F.conv2d(x, self.weight, self.bias, self.stride, (top, left), self.dilation, self.groups)
        x = F.pad(x, (left, right, top, bottom))
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)

    def _padding(self, size: int) -> tuple[int, int]:
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2


class _ConvNorm(nn.Module):
    """Convolution, BatchNorm and (if wanted) ReLU6."""

    def __init__(
        self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        self.conv = SameConv2d(channels, width, kernel, stride, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=_EPSILON)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.relu6(x, inplace=True) if self.relu else x  # in place: memory is what takes the time


class _Block(nn.Module):
    """Inverted residual: expand by 1x1, depthwise, project by 1x1; added to its input where shapes agree."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        inner = channels * expand
        self.expand = _ConvNorm(channels, inner, 1) if expand > 1 else None
        self.depthwise = _ConvNorm(inner, inner, kernel, stride, groups=inner)
        self.project = _ConvNorm(inner, width, 1, relu=False)
        self.residual = stride == 1 and channels == width

    def forward(self, x: Tensor) -> Tensor:
        h = x if self.expand is None else self.expand(x)
        h = self.project(self.depthwise(h))
        return h.add_(x) if self.residual else h


class EfficientNetLite(Network):
    """Embedding: the global average of the head's 1280 channels. Input sides: any from 32 pixels."""

    embedding_size = 1280

    def __init__(self, width: float, depth: float) -> None:
        super().__init__()
        self.stem = _ConvNorm(3, 32, 3, 2)
        self.blocks = nn.ModuleList(_blocks(width, depth))
        self.n_blocks = len(self.blocks)
        self.head = _ConvNorm(_scaled(_STAGES[-1].width, width), self.embedding_size, 1)

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        if start is None:
            x = self.stem(x)
        for block in self.blocks[start or 0 : stop]:
            x = block(x)
        return self.head(x).mean((2, 3)) if stop is None else x

    def norms_after_convolutions(self) -> dict[str, str]:
        return norms_by_name(self)

    def block_of(self, parameter: str) -> int:
        part, *rest = parameter.split(".")
        return {"stem": -1, "head": self.n_blocks}.get(part) if part != "blocks" else int(rest[0])


def _blocks(width: float, depth: float) -> list[_Block]:
    """All blocks. Lite scales neither the stem nor the number of blocks in the first and the last stage."""
    blocks, channels = [], 32
    for index, stage in enumerate(_STAGES):
        fixed = index in (0, len(_STAGES) - 1)
        out = _scaled(stage.width, width)
        for repeat in range(stage.repeats if fixed else math.ceil(stage.repeats * depth)):
            blocks.append(_Block(channels, out, stage.kernel, stage.stride if repeat == 0 else 1, stage.expand))
            channels = out
    return blocks


def _scaled(channels: int, width: float) -> int:
    """channels * width, rounded to a multiple of 8 and never down by more than a tenth."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


@ARCHITECTURES.register("lite0")
def lite0() -> EfficientNetLite:
    """EfficientNet-Lite0: 16 blocks, 3.4 M parameters; ImageNet weights were trained at 224 pixels."""
    return EfficientNetLite(1.0, 1.0)


@ARCHITECTURES.register("lite1")
def lite1() -> EfficientNetLite:
    """EfficientNet-Lite1: 21 blocks, 4.1 M parameters; ImageNet weights were trained at 240 pixels."""
    return EfficientNetLite(1.0, 1.1)


@ARCHITECTURES.register("lite2")
def lite2() -> EfficientNetLite:
    """EfficientNet-Lite2: 21 blocks, 4.8 M parameters; ImageNet weights were trained at 260 pixels."""
    return EfficientNetLite(1.1, 1.2)

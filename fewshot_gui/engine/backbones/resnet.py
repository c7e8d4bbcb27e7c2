"""Residual networks (He et al. 2016, "Deep Residual Learning"): ResNet-10 and -18, and few-shot learning's ResNet-12.

ResNet-12 is that of Oreshkin et al. 2018 (TADAM) with the widths of Lee et al. 2019 (MetaOptNet), without their
DropBlock: regularisation belongs to the training, not to the network.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.network import Network, norms_by_name

Stem = Literal["small", "imagenet"]


class _Shortcut(nn.Sequential):
    """1x1 convolution and BatchNorm, where a block changes the width or the size."""

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        conv = nn.Conv2d(channels, width, 1, stride, bias=False)
        super().__init__(OrderedDict(conv=conv, bn=nn.BatchNorm2d(width)))


class _BasicBlock(nn.Module):
    """Two 3x3 convolutions with BatchNorm and ReLU, added to the (projected) input."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        same = stride == 1 and channels == width
        self.shortcut = nn.Identity() if same else _Shortcut(channels, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.bn1(self.conv1(x)), inplace=True)  # in place: memory takes the time
        return F.relu(self.bn2(self.conv2(h)).add_(self.shortcut(x)), inplace=True)


class _Block12(nn.Module):
    """Three 3x3 convolutions with BatchNorm and LeakyReLU(0.1), added to the projected input, then 2x2 max pooling."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        for i in (1, 2, 3):
            self.add_module(f"conv{i}", nn.Conv2d(channels if i == 1 else width, width, 3, padding=1, bias=False))
            self.add_module(f"bn{i}", nn.BatchNorm2d(width))
        self.shortcut = _Shortcut(channels, width)

    def forward(self, x: Tensor) -> Tensor:
        h = F.leaky_relu(self.bn1(self.conv1(x)), 0.1)
        h = F.leaky_relu(self.bn2(self.conv2(h)), 0.1)
        h = F.leaky_relu(self.bn3(self.conv3(h)) + self.shortcut(x), 0.1)
        return F.max_pool2d(h, 2)


class ResNet(Network):
    """Stem, residual blocks, global average pooling. The head has no parameters."""

    def __init__(self, stem: nn.Module, blocks: Sequence[nn.Module], embedding_size: int) -> None:
        super().__init__()
        self.stem = stem
        self.blocks = nn.ModuleList(blocks)
        self.n_blocks = len(blocks)
        self.embedding_size = embedding_size
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        if start is None:
            x = self.stem(x)
        for block in self.blocks[start or 0 : stop]:
            x = block(x)
        return x.mean((2, 3)) if stop is None else x

    def norms_after_convolutions(self) -> dict[str, str]:
        return norms_by_name(self)

    def block_of(self, parameter: str) -> int:
        part, index, *_ = parameter.split(".")
        return -1 if part == "stem" else int(index)


def _stem(kind: Stem, channels: int, width: int) -> nn.Module:
    kernel = {"small": 3, "imagenet": 7}[kind]
    conv = nn.Conv2d(channels, width, kernel, 2, padding=kernel // 2, bias=False)
    parts = OrderedDict(conv=conv, bn=nn.BatchNorm2d(width), relu=nn.ReLU())
    if kind == "imagenet":
        parts["pool"] = nn.MaxPool2d(3, 2, padding=1)
    return nn.Sequential(parts)


def _basic(blocks_per_stage: int, width: int, channels: int, stem: Stem) -> ResNet:
    widths = [width << stage for stage in range(4) for _ in range(blocks_per_stage)]
    blocks = [
        _BasicBlock(before, after, 1 if before == after else 2)
        for before, after in zip([width, *widths], widths, strict=False)
    ]
    return ResNet(_stem(stem, channels, width), blocks, widths[-1])


@ARCHITECTURES.register("resnet10")
def resnet10(width: int = 64, channels: int = 3, stem: Stem = "small") -> ResNet:
    """4 blocks of width, 2, 4 and 8 times width; 5.0 M parameters. stem "small": 3x3, stride 2, for 64 pixels."""
    return _basic(1, width, channels, stem)


@ARCHITECTURES.register("resnet18")
def resnet18(width: int = 64, channels: int = 3, stem: Stem = "small") -> ResNet:
    """8 blocks, 11.2 M parameters. stem "imagenet": 7x7, stride 2, then 3x3 max pooling, for 224 pixels."""
    return _basic(2, width, channels, stem)


@ARCHITECTURES.register("resnet12")
def resnet12(width: int = 64, channels: int = 3) -> ResNet:
    """4 blocks of width times 1, 2.5, 5 and 10 (64-160-320-640: 12.4 M parameters), for 84 pixels; no stem."""
    widths = [width, width * 5 // 2, width * 5, width * 10]
    blocks = [_Block12(before, after) for before, after in zip([channels, *widths], widths, strict=False)]
    return ResNet(nn.Identity(), blocks, widths[-1])

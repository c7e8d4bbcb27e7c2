"""Conv-4: four blocks of 3x3 convolution, norm, ReLU, 2x2 max pooling (Vinyals et al. 2016, Snell et al. 2017)."""

from typing import Literal

from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.network import Network


class Conv4(Network):
    """Embedding: the last block's features, flattened; 64 numbers for 28x28 pictures at width 64."""

    n_blocks = 4

    def __init__(self, width: int, channels: int, size: int, norm: Literal["batch", "group"]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(channels if i == 0 else width, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width) if norm == "batch" else nn.GroupNorm(8, width),
                nn.MaxPool2d(2),  # before the ReLU: the same numbers, a quarter of the work
                nn.ReLU(),
            )
            for i in range(self.n_blocks)
        )
        self.embedding_size = width * (size // 16) ** 2

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        for block in self.blocks[start or 0 : stop]:
            x = block(x)
        return x.flatten(1) if stop is None else x

    def block_of(self, parameter: str) -> int:
        return int(parameter.split(".")[1])


@ARCHITECTURES.register("conv4")
def conv4(width: int = 64, channels: int = 1, size: int = 28, norm: Literal["batch", "group"] = "batch") -> Conv4:
    """The standard few-shot network. size: the input's side in pixels, which sets the embedding's size."""
    return Conv4(width, channels, size, norm)

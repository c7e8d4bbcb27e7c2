"""torchvision's classification models as backbones: their classifier taken off, their blocks made a chain.

torchvision is imported only when such a network is made: the import costs seconds.
"""

import difflib
from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.backbones.efficientnet_lite import SameConv2d
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UsageError

# The first two give several outputs while training; the others end in a convolution over classes.
_REFUSED = ("googlenet", "inception_v3", "squeezenet1_0", "squeezenet1_1")


class TorchvisionNetwork(Network):
    """stem, blocks, tail (activation or norm around the pooling). Parameters keep torchvision's names in each part."""

    def __init__(self, stem: nn.Module, blocks: Sequence[nn.Module], tail: nn.Module, embedding_size: int) -> None:
        super().__init__()
        self.stem = stem
        self.blocks = nn.ModuleList(blocks)
        self.tail = tail
        self.n_blocks = len(blocks)
        self.embedding_size = embedding_size

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        if start is None:
            x = self.stem(x)
        for block in self.blocks[start or 0 : stop]:
            x = block(x)
        return self.tail(x).flatten(1) if stop is None else x

    def block_of(self, parameter: str) -> int:
        part, index, *_ = parameter.split(".")
        return {"stem": -1, "tail": self.n_blocks}[part] if part != "blocks" else int(index)


class _Whole(nn.Module):
    """A model whose inside is no chain (transformers, VGG): one block, from pictures to embeddings [n, D, 1, 1]."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)[:, :, None, None]


@ARCHITECTURES.register("torchvision")
def torchvision(model: str = "resnet50", padding: Literal["torch", "tensorflow"] = "torch") -> TorchvisionNetwork:
    """torchvision's model of that name, randomly initialised. UsageError names the nearest if there is none.

    padding "tensorflow": convolutions of a stride pad right and below first, as weights from TensorFlow want it.
    """
    return as_backbone(whole(model), padding)


def whole(model: str) -> nn.Module:
    """torchvision's model of that name with its classifier, randomly initialised. UsageError names the nearest."""
    from torchvision import models

    known = names()
    if model not in known:
        close = ", ".join(difflib.get_close_matches(model, known, n=3) or known)
        raise UsageError(f"torchvision has no backbone {model!r} that can be used here; nearest: {close}.")
    return models.get_model(model, weights=None)


def names() -> list[str]:
    """The names of torchvision's models that can be backbones."""
    from torchvision import models

    return [name for name in models.list_models(module=models) if name not in _REFUSED]


def as_backbone(made: nn.Module, padding: str = "torch") -> TorchvisionNetwork:
    """A model of torchvision's (which is used up) as a backbone with the same weights, without its classifier."""
    if padding not in ("torch", "tensorflow"):
        raise UsageError(f"padding must be torch or tensorflow, not {padding!r}.")
    if padding == "tensorflow":
        _pad_as_tensorflow(made)
    chain = _chain(made)
    if chain is None:
        return TorchvisionNetwork(nn.Identity(), [_Whole(made)], nn.Identity(), _cut_classifier(made))
    return TorchvisionNetwork(*chain, _first_linear(made).in_features)


def _pad_as_tensorflow(model: nn.Module) -> None:
    """Puts padding by the input's size in the place of a fixed one, wherever a convolution has a stride."""
    for name, conv in list(model.named_modules()):
        if isinstance(conv, nn.Conv2d) and max(conv.stride) > 1 and max(conv.padding) > 0:
            same = SameConv2d(
                conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, groups=conv.groups,
                bias=conv.bias is not None,
            )  # fmt: skip
            same.weight, same.bias = conv.weight, conv.bias
            parent, _, attribute = name.rpartition(".")
            setattr(model.get_submodule(parent), attribute, same)


def _chain(model: nn.Module) -> tuple[nn.Module, list[nn.Module], nn.Module] | None:
    """(stem, blocks, tail) of the families that are chains of blocks, else None."""
    pool = nn.AdaptiveAvgPool2d(1)
    match type(model).__name__:
        case "ResNet":
            stages = (model.layer1, model.layer2, model.layer3, model.layer4)
            stem = nn.Sequential(model.conv1, model.bn1, model.relu, model.maxpool)
            return stem, [block for stage in stages for block in stage], pool
        case "RegNet":
            return model.stem, [block for stage in model.trunk_output for block in stage], pool
        case "EfficientNet" | "MobileNetV2" | "MobileNetV3":
            return nn.Identity(), list(model.features), pool
        case "ConvNeXt":
            return nn.Identity(), list(model.features), nn.Sequential(pool, model.classifier[0])
        case "DenseNet":
            return nn.Identity(), list(model.features), nn.Sequential(nn.ReLU(), pool)
        case "MNASNet":
            return nn.Identity(), list(model.layers), pool
    return None


def _first_linear(model: nn.Module) -> nn.Linear:
    """The layer that is given the pooled features."""
    classifier = model.fc if hasattr(model, "fc") else model.classifier
    return next(m for m in classifier.modules() if isinstance(m, nn.Linear))


def _cut_classifier(model: nn.Module) -> int:
    """Replaces the last linear layer by nothing and returns how many numbers it was given."""
    name, last = [(name, m) for name, m in model.named_modules() if isinstance(m, nn.Linear)][-1]
    parent, _, attribute = name.rpartition(".")
    setattr(model.get_submodule(parent), attribute, nn.Identity())
    return last.in_features

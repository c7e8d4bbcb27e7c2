"""torchvision's classification models as backbones: their classifier taken off, their blocks made a chain.

torchvision is imported only when such a network is made: the import costs seconds.
"""

import difflib
from collections.abc import Sequence

from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
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
def torchvision(model: str = "resnet50") -> TorchvisionNetwork:
    """torchvision's model of that name, randomly initialised. UsageError names the nearest if there is none."""
    from torchvision import models

    known = [name for name in models.list_models(module=models) if name not in _REFUSED]
    if model not in known:
        close = ", ".join(difflib.get_close_matches(model, known, n=3) or known)
        raise UsageError(f"torchvision has no backbone {model!r} that can be used here; nearest: {close}.")
    made = models.get_model(model, weights=None)
    chain = _chain(made)
    if chain is None:
        return TorchvisionNetwork(nn.Identity(), [_Whole(made)], nn.Identity(), _cut_classifier(made))
    return TorchvisionNetwork(*chain, _first_linear(made).in_features)


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

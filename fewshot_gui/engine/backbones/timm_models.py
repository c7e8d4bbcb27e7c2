"""timm's models as backbones: their classifier taken off, and made a chain of blocks where their family is one here.

timm is an extra and is imported only when such a network is made. Transformers hand tokens [n, T, D] from block to
block; here they travel as features [n, D, T, 1], so that they can be cut like any other backbone.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.backbones.torchvision_models import TorchvisionNetwork
from fewshot_gui.errors import UsageError, UserError

# Arguments by which timm would read or fetch a file: a config.json from a stranger must not say so.
_REFUSED = ("checkpoint_path", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "cache_dir")


@ARCHITECTURES.register("timm")
def timm(
    model: str = "mobilenetv4_conv_small", img_size: int | None = None, arguments: Mapping[str, Any] | None = None
) -> TorchvisionNetwork:
    """timm's model of that name, with or without a tag, randomly initialised.

    img_size: side of the input, for families whose weights depend on it; arguments: further ones for its constructor.
    UsageError names the nearest if there is none; UserError without timm.
    """
    return as_backbone(whole(model, img_size, arguments))


def library() -> Any:
    """The timm package. UserError names the extra if it is not installed."""
    try:
        import timm
    except ModuleNotFoundError:
        raise UserError(
            'This backbone is made by timm, which is not installed: pip install "fewshot_gui[hub]".'
        ) from None
    return timm


def check_name(model: str) -> None:
    """UsageError, with the nearest names, unless timm has a model of that name, whatever its tag."""
    package = library()
    if not package.is_model(model.partition(".")[0]):
        close = difflib.get_close_matches(model, package.list_models(), n=3)
        hint = f"; nearest: {', '.join(close)}" if close else ""
        raise UsageError(f"timm has no model {model!r}{hint}.")


def whole(model: str, img_size: int | None = None, arguments: Mapping[str, Any] | None = None) -> nn.Module:
    """timm's model without its classifier, randomly initialised; see `timm`. Nothing is downloaded."""
    check_name(model)
    if refused := sorted(set(_REFUSED) & set(arguments or {})):
        raise UsageError(f"timm's argument {refused[0]!r} cannot be given here: leave it out.")
    given = dict(arguments or {}) | ({} if img_size is None else {"img_size": img_size})
    try:
        return library().create_model(model, pretrained=False, num_classes=0, **given)
    except (RuntimeError, TypeError, ValueError, AssertionError) as error:
        raise UsageError(f"timm cannot make {model!r} ({error}): choose another model or tag.") from None


def as_backbone(made: nn.Module) -> TorchvisionNetwork:
    """A model of timm's without classifier (which is used up) as a backbone with the same weights."""
    size = getattr(made, "head_hidden_size", None) or made.num_features
    stem, blocks, tail = _chain(made) or (nn.Identity(), [_Whole(made)], nn.Identity())
    return TorchvisionNetwork(stem, blocks, tail, size)


def _chain(model: Any) -> tuple[nn.Module, list[nn.Module], nn.Module] | None:
    """(stem, blocks, tail) of the families that are chains of blocks, else None."""
    match type(model).__name__:
        case "ResNet":
            stages = (model.layer1, model.layer2, model.layer3, model.layer4)
            stem = nn.Sequential(model.conv1, model.bn1, model.act1, model.maxpool)
            return stem, [block for stage in stages for block in stage], model.global_pool
        case "EfficientNet":
            blocks = [block for stage in model.blocks for block in stage]
            last = nn.Sequential(model.conv_head, model.bn2)
            return nn.Sequential(model.conv_stem, model.bn1), [*blocks, last], model.global_pool
        case "MobileNetV3":
            blocks = [block for stage in model.blocks for block in stage]
            tail = nn.Sequential(model.global_pool, model.conv_head, model.norm_head, model.act2, model.flatten)
            return nn.Sequential(model.conv_stem, model.bn1), blocks, tail
        case "ConvNeXt":
            return model.stem, list(model.stages), nn.Sequential(model.norm_pre, _Head(model.head))
        case "VisionTransformer":
            return _tokens_of(model), [_OnTokens(block) for block in model.blocks], _pooled(model)
        case "Eva" if model.rope is not None and not model.rope_mixed and model.dynamic_img_size:
            ropes = [_OnTokens(_Turned(block, model.rope, model.num_prefix_tokens)) for block in model.blocks]
            return _tokens_of(model), ropes, _pooled(model)
    return None


class _Whole(nn.Module):
    """A model whose inside is no chain here: one block, from pictures to embeddings [n, D, 1, 1]."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x).flatten(1)[:, :, None, None]


class _Head(nn.Module):
    """timm's head, up to where its classifier would come."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x, pre_logits=True)


class _OnTokens(nn.Module):
    """A block of a transformer, which wants [n, T, D], on features [n, D, T, 1]."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        return _as_features(self.block(_as_tokens(x)))


class _Turned(nn.Module):
    """A block that is told where its tokens lie: a square of them behind the prefix. The rope has no weights."""

    def __init__(self, block: nn.Module, rope: nn.Module, prefix: int) -> None:
        super().__init__()
        self.block = block
        self.rope = rope
        self.prefix = prefix

    def forward(self, x: Tensor) -> Tensor:
        side = round((x.shape[1] - self.prefix) ** 0.5)
        return self.block(x, rope=self.rope.get_embed(shape=(side, side)))


class _Part(nn.Module):
    """What a function does with a part of a model: that model, but for what belongs to other parts."""

    def __init__(self, model: nn.Module, keep: Collection[str], does: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.part = copy.copy(model)
        self.part._modules = {name: m for name, m in model._modules.items() if name in keep}
        self.part._parameters = {name: p for name, p in model._parameters.items() if name in keep or p is None}
        self.does = does

    def forward(self, x: Tensor) -> Tensor:
        return self.does(self.part, x)


def _tokens_of(model: nn.Module) -> nn.Module:
    keep = ("patch_embed", "pos_drop", "patch_drop", "norm_pre", "rope", "cls_token", "reg_token", "pos_embed")
    return _Part(model, keep, _embedded_patches)


def _pooled(model: nn.Module) -> nn.Module:
    return _Part(model, ("norm", "attn_pool", "fc_norm", "head_drop"), _normed_and_pooled)


def _embedded_patches(model: Any, x: Tensor) -> Tensor:
    found = model._pos_embed(model.patch_embed(x))
    tokens = found[0] if isinstance(found, tuple) else found  # Eva's come with where they lie
    if getattr(model, "patch_drop", None) is not None and not isinstance(found, tuple):
        tokens = model.patch_drop(tokens)
    return _as_features(model.norm_pre(tokens))


def _normed_and_pooled(model: Any, x: Tensor) -> Tensor:
    return model.forward_head(model.norm(_as_tokens(x)), pre_logits=True)


def _as_features(tokens: Tensor) -> Tensor:
    return tokens.transpose(1, 2).unsqueeze(3)


def _as_tokens(features: Tensor) -> Tensor:
    return features.squeeze(3).transpose(1, 2)

"""A file of weights from anywhere: which architecture it fits, and the network with the weights in it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fewshot_gui.engine import foreign_weights, model_folder, pretrained_timm
from fewshot_gui.engine.backbones import ARCHITECTURES, create, timm_models, torchvision_models
from fewshot_gui.engine.network import Network
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UsageError, UserError

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# What a network's input may look like: mean and deviation of values 0-1.
INPUTS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "imagenet": IMAGENET,
    "symmetric": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
}
_OWN = ("lite0", "lite1", "lite2", "resnet10", "resnet12", "resnet18")  # ours that are trained on photographs
_BASE_MEAN = "base_mean"
# The modules that classifiers are, by the names they have in torchvision's models.
_CLASSIFIERS = ("fc", "classifier", "head", "heads")

# A part that they have -> how torchvision's models are called. Making each of them to compare takes a minute.
_FAMILIES = {
    "layer1": ("resn", "wide"),
    "trunk_output": ("regnet",),
    "features": ("alexnet", "vgg", "dense", "mobile", "efficient", "convnext", "swin"),
    "layers": ("mnasnet",),
    "stage2": ("shuffle",),
    "conv_proj": ("vit",),
    "blocks": ("maxvit",),
}


@dataclass(frozen=True)
class Fitted:
    """A network with the weights of a file. sure: whether its input is known, and not only likely."""

    network: Network
    architecture: str
    options: Mapping[str, Any]
    preprocessing: Preprocessing
    base_mean: Tensor | None
    sure: bool


def fitted(
    tensors: Mapping[str, Tensor], source: str, hint: str, architecture: str | None, input: str | None, size: int | None
) -> Fitted:
    """The network that the tensors are of.

    hint: the file's name, which may tell the architecture; architecture: NAME[:field=value...], torchvision:MODEL or
    timm:MODEL, None: the one whose names and sizes fit. input: one of INPUTS, size: pixels, None: as usual for it.
    UserError if nothing fits, UsageError for an unknown architecture or input.
    """
    scaled = None if input is None else scaling(input)
    mean = tensors.get(_BASE_MEAN)
    plain = {name: tensor for name, tensor in tensors.items() if name != _BASE_MEAN}
    name, options = parse(architecture) if architecture else _guessed(plain, source, hint)
    network, usual = _filled(name, options, plain, source)
    shape = Preprocessing(size or usual.size, *(scaled or (usual.mean, usual.std)), kernel=usual.kernel)
    if mean is not None and mean.shape != (network.embedding_size,):
        raise UserError(f"{source} does not fit: base_mean is {list(mean.shape)}, not [{network.embedding_size}].")
    sure = input is not None or name == "timm" or mean is not None
    return Fitted(network, name, options, shape, mean, sure)


def scaling(input: str | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(mean, deviation) of an input by its name; None: imagenet. UsageError for an unknown name."""
    if input is not None and input not in INPUTS:
        raise UsageError(f"--input must be one of {', '.join(INPUTS)}, not {input!r}.")
    return INPUTS[input or "imagenet"]


def parse(text: str) -> tuple[str, dict[str, Any]]:
    """ "torchvision:mobilenet_v2:padding=tensorflow" -> ("torchvision", {"model": ..., "padding": ...}). UsageError."""
    name, *parts = text.split(":")
    if name not in ARCHITECTURES or name in ("onnx", "composite"):
        raise ARCHITECTURES.unknown(name)
    options: dict[str, Any] = {}
    for number, part in enumerate(parts):
        key, equals, value = part.partition("=")
        if not equals and number == 0 and name in ("torchvision", "timm"):
            options["model"] = part
        elif not equals:
            raise UsageError(f"{part!r} in --architecture must be written field=value, as in {name}:width=64.")
        else:
            options[key] = int(value) if value.isdigit() else value
    return name, options


def _filled(
    name: str, options: Mapping[str, Any], tensors: Mapping[str, Tensor], source: str
) -> tuple[Network, Preprocessing]:
    """(the network, the input that is usual for it)."""
    try:
        if name == "torchvision":
            made = torchvision_models.whole(options.get("model", "resnet50"))
            padding = str(options.get("padding", "torch"))
            network: Network = foreign_weights.fitted(
                made, lambda model: torchvision_models.as_backbone(model, padding), tensors, source
            )
            return network, Preprocessing(224, *INPUTS["symmetric" if padding == "tensorflow" else "imagenet"])
        if name == "timm":
            found = pretrained_timm.by_architecture(options)
            return found.network(tensors, source), found.preprocessing
        network = create(name, **options)
    except TypeError as error:
        raise UsageError(f"--architecture {name} does not take these fields ({error}).") from None
    foreign_weights.check(source, {n: t.shape for n, t in network.state_dict().items()}, tensors, frozenset())
    network.load_state_dict(dict(tensors), strict=False)
    kind = "symmetric" if name.startswith("lite") else "imagenet"
    return network.eval().requires_grad_(False), Preprocessing(224, *INPUTS[kind])


def _guessed(tensors: Mapping[str, Tensor], source: str, hint: str) -> tuple[str, dict[str, Any]]:
    """The architecture whose names and sizes are those of the tensors. UserError if there is none."""
    sizes = {name: tensor.shape for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")}
    for name in _OWN:
        with torch.device("meta"):
            network = create(name)
        if {n: t.shape for n, t in model_folder.stored(network).items()} == sizes:
            return name, {}
    for model in _likely(sizes, hint):
        if _is_of(model, sizes):
            return "torchvision", {"model": model}
    stem = hint.partition(".")[0]
    if _timm_has(stem):
        return "timm", {"model": hint if "." in hint else stem}
    raise UserError(
        f"{source} fits no architecture that is known here: say which with --architecture, as in torchvision:resnet50 "
        "or timm:vit_small_patch16_224."
    )


def _likely(sizes: Mapping[str, torch.Size], hint: str) -> list[str]:
    """torchvision's models whose family names its parts so, the ones called most like the hint first."""
    parts = {name.partition(".")[0] for name in sizes}
    families = tuple(start for part, starts in _FAMILIES.items() if part in parts for start in starts)
    names = [name for name in torchvision_models.names() if name.startswith(families)]
    return difflib.get_close_matches(hint, names, n=max(1, len(names)), cutoff=0.0)


def _is_of(model: str, sizes: Mapping[str, torch.Size]) -> bool:
    """Whether all but the classifier of torchvision's model has these sizes."""
    try:
        with torch.device("meta"):
            made = torchvision_models.whole(model)
    except NotImplementedError:  # RegNets compute their widths with tensors
        made = torchvision_models.whole(model)
    theirs = {n: t.shape for n, t in made.state_dict().items() if not n.endswith("num_batches_tracked")}
    return _body(theirs) == _body(sizes)


def _body(sizes: Mapping[str, torch.Size]) -> dict[str, torch.Size]:
    return {name: size for name, size in sizes.items() if name.partition(".")[0] not in _CLASSIFIERS}


def _timm_has(model: str) -> bool:
    try:
        return bool(timm_models.library().is_model(model))
    except UserError:  # without timm it is none of timm's
        return False

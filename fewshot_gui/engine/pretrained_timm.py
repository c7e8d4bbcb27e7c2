"""timm's pre-trained networks: which repository of the hub has the weights, their input, and how they are fitted in."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from fewshot_gui.engine import foreign_weights
from fewshot_gui.engine.backbones import timm_models
from fewshot_gui.engine.initial_weights import imagenet_classes
from fewshot_gui.engine.network import Network
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.pretrained import Origin
from fewshot_gui.engine.terms import IMAGENET_TERMS
from fewshot_gui.errors import UsageError, UserError

_KERNELS = ("bilinear", "bicubic")  # what the preprocessing can do; bicubic stands for any other


@dataclass(frozen=True)
class TimmWeights:
    """Weights for a model of timm's. options: of the architecture "timm"; repository: ORG/REPO on the hub, "" if none.

    licence: "" where timm states none. crop: share of the shorter side that timm's own preprocessing keeps.
    classes: what they were trained to tell apart, where that is known. classifiers: modules that are left out.
    """

    options: Mapping[str, Any]
    repository: str
    licence: str
    preprocessing: Preprocessing
    crop: float
    classes: tuple[str, ...]
    classifiers: tuple[str, ...]

    @property
    def model(self) -> str:
        """The model's name, with its tag if it has one."""
        return str(self.options["model"])

    def origin(self, source: str, licence: str, sha256: str) -> Origin:
        """Where the weights come from; licence: as the repository states it."""
        terms = IMAGENET_TERMS if self.classes == imagenet_classes() else "The terms of its pictures are not stated."
        return Origin(f"What timm's {self.model} was trained on", source, licence, sha256, terms, self.classes)

    def network(self, tensors: Mapping[str, Tensor], source: str) -> Network:
        """The backbone with the weights of a file."""
        made = timm_models.whole(**self.options)
        convert = getattr(sys.modules[type(made).__module__], "checkpoint_filter_fn", None)
        given = dict(convert(dict(tensors), made)) if convert else tensors  # other names and sizes of input
        kept = {name: t for name, t in given.items() if name.rpartition(".")[0] not in self.classifiers}
        return foreign_weights.fitted(made, timm_models.as_backbone, kept, source)


def by_name(model: str, size: int | None = None) -> TimmWeights:
    """The weights of a model's name, with a tag or with timm's choice of it. size: side of the input, None: timm's.

    UsageError if timm knows no such model, or no weights for it.
    """
    timm_models.check_name(model)
    try:
        found = timm_models.library().get_pretrained_cfg(model, allow_unregistered=False)
    except RuntimeError:  # the tag is not known
        found = None
    if found is None or not found.hf_hub_id:
        raise UsageError(f"timm knows no weights of the hub for {model!r}: choose another model or tag.")
    name = f"{model.partition('.')[0]}.{found.tag}" if found.tag else model
    return _of(name, found.to_dict(), found.hf_hub_id, size, {})


def by_architecture(options: Mapping[str, Any]) -> TimmWeights:
    """Weights that are at hand, for the options of the architecture "timm"; UsageError if timm has no such model."""
    model, size = str(options["model"]), options.get("img_size")
    timm_models.check_name(model)
    found = timm_models.library().get_pretrained_cfg(model)
    if found is None:
        raise UsageError(f"timm knows no input for {model!r}: choose another model or tag.")
    extra = {name: value for name, value in options.items() if name not in ("model", "img_size")}
    return _of(model, found.to_dict(), "", size, extra)


def by_config(values: Mapping[str, Any], source: str, repository: str = "") -> TimmWeights:
    """The weights beside a config.json that timm wrote; source: what that file is called in messages.

    UserError if timm did not write it, or does not know its architecture.
    """
    name, about = values.get("architecture"), values.get("pretrained_cfg", values)
    if not isinstance(name, str) or not isinstance(about, Mapping) or "input_size" not in about:
        raise UserError(
            f"{source} is not one of timm's (it names no timm architecture and input): use timm's own copy of that "
            "network, as in hf:timm/NAME."
        )
    arguments = dict(values.get("model_args") or {})
    if "global_pool" in values:
        arguments.setdefault("global_pool", values["global_pool"])
    merged = {**about, "num_classes": values.get("num_classes", about.get("num_classes"))}
    merged["label_names"] = values.get("label_names") or about.get("label_names")
    return _of(name, merged, repository, None, arguments)


def _of(
    name: str, about: Mapping[str, Any], repository: str, size: int | None, arguments: dict[str, Any]
) -> TimmWeights:
    own_size = int(about["input_size"][-1])
    options: dict[str, Any] = {"model": name}
    if size is not None and size != own_size and about.get("fixed_input_size"):
        options["img_size"] = size
    if arguments:
        options["arguments"] = arguments
    kernel = about.get("interpolation", "bicubic")
    classifiers = about.get("classifier") or ()
    return TimmWeights(
        options=options,
        repository=repository,
        licence=str(about.get("license") or ""),
        preprocessing=Preprocessing(
            size or own_size,
            tuple(map(float, about["mean"])),
            tuple(map(float, about["std"])),
            kernel=kernel if kernel in _KERNELS else "bicubic",
        ),
        crop=float(about.get("crop_pct") or 1.0),
        classes=_classes(name, about),
        classifiers=(classifiers,) if isinstance(classifiers, str) else tuple(classifiers),
    )


def _classes(name: str, about: Mapping[str, Any]) -> tuple[str, ...]:
    """ImageNet's wnids, or the labels that are listed; nothing where neither is known."""
    labels = about.get("label_names")
    if isinstance(labels, Sequence) and not isinstance(labels, str) and labels:
        return tuple(map(str, labels))
    tag = f"{name.partition('.')[2]} {about.get('tag') or ''}"
    return imagenet_classes() if "in1k" in tag or about.get("num_classes") == len(imagenet_classes()) else ()

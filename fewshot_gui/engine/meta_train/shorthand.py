"""The recipe that the command line's flags stand for: usual values for a method, a backbone and the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from fewshot_gui.engine.backbones import ARCHITECTURES
from fewshot_gui.engine.meta_train.recipe import (
    Augmentation,
    DataSet,
    Episodes,
    Gradient,
    Maml,
    Recipe,
    Supervised,
    Validation,
)
from fewshot_gui.engine.model import ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UsageError

Kind = Literal["protonet", "supervised"] | Gradient
KINDS: tuple[Kind, ...] = ("protonet", *get_args(Gradient), "supervised")

_HALF = (0.5, 0.5, 0.5)
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_DRAWINGS = Preprocessing(28, (0.0,), (1.0,), "ink")
_SMALL_PHOTOS = ((0.480, 0.448, 0.398), (0.277, 0.269, 0.282))
_USUAL = {
    "conv4": Preprocessing(64, *_SMALL_PHOTOS),
    "resnet10": Preprocessing(64, *_SMALL_PHOTOS),
    "resnet12": Preprocessing(84, *_SMALL_PHOTOS),
    "lite0": Preprocessing(224, _HALF, _HALF),
    "lite1": Preprocessing(240, _HALF, _HALF),
    "lite2": Preprocessing(260, _HALF, _HALF),
}
_INK = Augmentation(crop=0.85, stretch=1.2, rotate=10.0, shift=0.04)
_NATURAL = Augmentation(crop=0.35, stretch=1.33, flip=True, brightness=0.3, contrast=0.3, saturation=0.3)


@dataclass(frozen=True)
class Flags:
    """What was said on the command line, and what is known of the data.

    drawings: black ink on white, one channel. classes, pictures: of the training split; held_out: classes of the
    validation split; fewest: pictures of the smallest of those. start: the config of the model that `init` names.
    """

    kind: Kind
    backbone: str
    data: tuple[DataSet, ...]
    classes: int
    pictures: int
    held_out: int
    fewest: int = 20
    init: str = ""
    start: ModelConfig | None = None
    drawings: bool = False
    epochs: int | None = None
    episodes: int | None = None
    seed: int = 0
    name: str = "model"
    options: Mapping[str, Any] = field(default_factory=dict)


def recipe_from(flags: Flags) -> Recipe:
    """The recipe of these flags. UsageError for an unknown backbone, or a length that does not go with the method."""
    if flags.backbone not in ARCHITECTURES:
        raise ARCHITECTURES.unknown(flags.backbone)
    _check_length(flags)
    euclidean = flags.backbone == "conv4" if flags.start is None else flags.start.metric == "euclidean"
    return Recipe(
        name=flags.name,
        backbone=flags.backbone,
        preprocessing=_preprocessing(flags),
        data=flags.data,
        stages=(_STAGES[flags.kind](flags),),
        validation=_validation(flags),
        backbone_options=_options(flags),
        init=flags.init,
        seed=flags.seed,
        metric="euclidean" if euclidean else "cosine",
        normalised=not euclidean if flags.start is None else flags.start.normalised,
        temperature=(1.0 if euclidean else 10.0) if flags.start is None else flags.start.temperature,
        method=flags.kind if flags.kind != "supervised" else "ridge",
    )


def _validation(flags: Flags) -> Validation:
    shots = (1, 5) if flags.fewest > 5 else (1,)
    method = "maml" if flags.kind in get_args(Gradient) else "protonet"
    return Validation(ways=min(5, flags.held_out), shots=shots, every=500, method=method)


def _check_length(flags: Flags) -> None:
    if flags.kind == "supervised" and flags.episodes is not None:
        raise UsageError("--episodes goes with protonet and the gradient methods; with supervised use --epochs.")
    if flags.kind != "supervised" and flags.epochs is not None:
        raise UsageError("--epochs goes with --method supervised; with the others use --episodes.")
    for name, value in (("--epochs", flags.epochs), ("--episodes", flags.episodes)):
        if value is not None and value < 1:
            raise UsageError(f"{name} must be at least 1, not {value}.")


def _preprocessing(flags: Flags) -> Preprocessing:
    if flags.start is not None:
        return flags.start.preprocessing
    if flags.drawings and flags.backbone == "conv4":
        return _DRAWINGS
    return _USUAL.get(flags.backbone, Preprocessing(224, *_IMAGENET))


def _options(flags: Flags) -> dict[str, Any]:
    if flags.start is not None:
        return dict(flags.start.architecture_options)
    options: dict[str, Any] = {}
    if flags.backbone == "conv4":
        if not flags.drawings:
            options |= {"channels": 3, "size": _USUAL["conv4"].size}
        if flags.kind in get_args(Gradient):
            options["norm"] = "group"  # no batch's statistics: an answer depends on nothing but the support
    return {**options, **flags.options}


def _supervised(flags: Flags) -> Supervised:
    batch = min(128, flags.pictures)
    steps = max(1, (flags.epochs or 10) * flags.pictures // batch)
    shared: dict[str, Any] = {
        "steps": steps, "optimiser": "sgd", "batch": batch, "warmup": min(400, steps // 10),
        "augmentation": _INK if flags.drawings else _NATURAL, "precision": "auto",
    }  # fmt: skip
    if flags.init:
        return Supervised(
            **shared,
            rate=0.02,
            classifier_rate=0.3,
            clip=2.0,
            statistics="frozen",
            smoothing=0.05,
            distil=1.0,
            ema=0.997,
        )
    return Supervised(**shared, rate=0.1, decay=5e-4, clip=5.0, warm_start=False)


def _episodes(flags: Flags) -> Episodes:
    ways, queries = min(60 if flags.drawings else 20, flags.classes), 5
    return Episodes(
        steps=flags.episodes or (1000 if flags.init else 5000), rate=1e-4 if flags.init else 1e-3, ways=ways, shots=1,
        queries=queries, statistics="frozen" if flags.init else "batch",
        augmentation=_INK if flags.drawings else _NATURAL,
    )  # fmt: skip


def _gradient(flags: Flags) -> Maml:
    tasks = 4
    block = flags.start.adaptation.block if flags.start is not None and flags.start.adaptation else -1
    shared: dict[str, Any] = {
        "kind": flags.kind, "steps": max(1, (flags.episodes or 8000) // tasks), "tasks": tasks,
        "ways": min(5, flags.classes), "statistics": "frozen", "block": block, "own_start": bool(flags.init),
    }  # fmt: skip
    if flags.kind == "reptile":
        return Maml(**shared, optimiser="sgd", rate=0.1 if flags.init else 1.0, inner_steps=10, inner_rate=0.02)
    return Maml(**shared, clip=10.0, first_order=bool(flags.init))


_STAGES = {"protonet": _episodes, "supervised": _supervised, **dict.fromkeys(get_args(Gradient), _gradient)}

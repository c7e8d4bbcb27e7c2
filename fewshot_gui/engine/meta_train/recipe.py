"""A training as data: frozen dataclasses that are read from, and written to, one TOML file.

The recipe that made a model lies beside it as recipe.toml; the command's flags are shorthand for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fewshot_gui.engine.augment import Augmentation
from fewshot_gui.engine.preprocess import Preprocessing

Optimiser = Literal["adam", "sgd"]
Statistics = Literal["batch", "frozen", "support"]
Precision = Literal["float32", "bfloat16", "auto"]
Gradient = Literal["maml", "fomaml", "anil", "meta-sgd", "reptile"]  # as the methods are called


@dataclass(frozen=True)
class DataSet:
    """Pictures to train on or to validate with.

    paths: a folder, .npz, or one or more .zip that are one data set; relative to the working folder.
    train, validation: names of splits; "" is the usual one, "none" leaves the data set out there.
    Without any split a fifth of the classes, drawn by the seed, is held out for validation.
    leave_out: keys of the split file whose classes are not trained on. source: a regular expression; what it
    finds in a class's name is the class's source ("": the whole data set is one source). rotations: a class turned
    by 90, 180 and 270 degrees makes three classes more. per_class: the most pictures of a class (0: all).
    """

    paths: tuple[str, ...]
    name: str = ""
    split_file: str = ""
    train: str = ""
    validation: str = ""
    leave_out: tuple[str, ...] = ()
    source: str = ""
    rotations: bool = False
    per_class: int = 0
    origin: str = ""
    terms: str = ""


@dataclass(frozen=True)
class Stage:
    """What all kinds of stages share.

    steps: outer steps. rate: the highest learning rate, reached after `warmup` steps, then falling along a cosine
    to 0. from_block: blocks below are frozen with their BatchNorm statistics (-1: nothing is frozen). statistics:
    "batch" trains BatchNorm on its batches, "frozen" keeps the running statistics. size: pixels (0: as the model's).
    clip: largest norm of the gradient (0: none). ema: decay of the averaged weights that are validated and kept.
    decay: weight decay, not on norms and biases.
    """

    kind: str = ""
    steps: int = 1000
    optimiser: Optimiser = "adam"
    rate: float = 1e-3
    warmup: int = 0
    decay: float = 0.0
    clip: float = 0.0
    from_block: int = -1
    statistics: Statistics = "batch"
    size: int = 0
    precision: Precision = "float32"
    ema: float = 0.999
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class Supervised(Stage):
    """A cosine classifier per source over one backbone.

    scale: of the cosine; classifier_rate: the classifiers' own highest rate (0: `rate`). warm_start: classifiers start
    as class means less their mean. smoothing: of labels; labels: weight of the classifiers' loss. distil: weight of
    the cosine distance to the start's embedding, on `distil_share` of each batch. rotation: weight of a 4-way rotation
    loss on half of each batch. sources: how the source of a batch is drawn: by the square root of its size, or evenly.
    """

    kind: Literal["supervised"] = "supervised"
    batch: int = 96
    scale: float = 14.0
    classifier_rate: float = 0.0
    warm_start: bool = True
    smoothing: float = 0.1
    labels: float = 1.0
    distil: float = 0.0
    distil_share: float = 0.34
    rotation: float = 0.0
    sources: Literal["sqrt", "even"] = "sqrt"


@dataclass(frozen=True)
class Distilled(Supervised):
    """Supervised training led by a teacher's embeddings of the same changed pictures.

    teacher: a model's name or folder. features: weight of the cosine distance between its embedding and a linear map
    of ours. relations: weight of the divergence of how near the pictures of a batch lie to one another; sharpness: of
    the cosines there.
    """

    kind: Literal["distilled"] = "distilled"  # type: ignore[assignment]
    teacher: str = ""
    features: float = 1.0
    relations: float = 1.0
    sharpness: float = 10.0


@dataclass(frozen=True)
class Episodes(Stage):
    """Prototypical episodes (Snell et al. 2017) with the model's metric. within_source: classes of one source only."""

    kind: Literal["episodes"] = "episodes"
    ways: int = 5
    shots: int = 1
    queries: int = 15
    within_source: bool = False
    learn_temperature: bool = False


@dataclass(frozen=True)
class Maml(Stage):
    """Gradient adaptation, meta-trained (Finn et al. 2017): what is learned are the start and the inner rates.

    kind: the method whose start it is; fomaml takes no second derivatives, anil adapts the classifier alone, meta-sgd
    learns a rate for each number, reptile moves the start towards where tasks end (rate 1: all the way). tasks: per
    outer step. inner_steps: while training. first_order: no second derivatives. block: the first block that adapts
    (-1: all). inner_rate, head_rate: the network's and the classifier's at the start (head_rate 0: the same).
    rate_of_rates: learning rate of the inner rates' logarithms. most_shots: each task draws its shots evenly from
    `shots` to this many, so that the rates suit them all (0: always `shots`).
    own_start: the start is kept apart from the backbone (methods/METHOD.safetensors); the backbone stays as it is.
    keep: auto keeps such a start only if adapting from it is not worse than its un-adapted head; always: in any case,
    to compare methods.
    at_once: a step's tasks of one size in one pass (torch.func.vmap), for a GPU that one task leaves idle; it needs the
    memory of all. statistics: BatchNorm's, "frozen" or the "support"'s. views: augmented copies of each picture, the
    plain one among them, whose features below `block` are computed once (0: augmented anew at each step).
    """

    kind: Gradient = "maml"
    ways: int = 5
    shots: int = 1
    most_shots: int = 0
    queries: int = 15
    statistics: Statistics = "frozen"
    within_source: bool = False
    tasks: int = 4
    at_once: bool = False
    inner_steps: int = 5
    inner_rate: float = 0.1
    head_rate: float = 0.0
    rate_of_rates: float = 1e-2
    first_order: bool = False
    block: int = -1
    own_start: bool = False
    keep: Literal["auto", "always"] = "auto"
    views: int = 0


@dataclass(frozen=True)
class Validation:
    """What decides: episodes of classes that are not trained on, always the same ones.

    every: steps between two looks. per_class: the most pictures of a class that are looked at (0: all).
    within_source: each source on its own, the score is their plain mean.
    """

    ways: int = 5
    shots: tuple[int, ...] = (1, 5)
    queries: int = 15
    episodes: int = 200
    method: Literal["protonet", "ridge", "maml"] = "protonet"
    within_source: bool = False
    every: int = 500
    per_class: int = 0


@dataclass(frozen=True)
class Recipe:
    """A whole training. init: "" (from nothing), a model's name or folder, or imagenet:NAME.

    normalised, metric, temperature, method: as in the model's config.json. checkpoint_minutes: between checkpoints.
    """

    name: str
    backbone: str
    preprocessing: Preprocessing
    data: tuple[DataSet, ...]
    stages: tuple[Supervised | Episodes | Maml, ...]
    validation: Validation = field(default_factory=Validation)
    backbone_options: Mapping[str, Any] = field(default_factory=dict)
    init: str = ""
    seed: int = 0
    metric: Literal["cosine", "euclidean"] = "cosine"
    normalised: bool = True
    temperature: float = 10.0
    method: str = "protonet"
    description: str = ""
    checkpoint_minutes: float = 2.0

"""A data set that a tiny network learns in seconds: blocky patterns under noise, 28x28 like Omniglot's pictures."""

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.meta_train.checkpoint import CheckpointFolder
from fewshot_gui.engine.meta_train.data import Pictures
from fewshot_gui.engine.meta_train.loop import Training
from fewshot_gui.engine.meta_train.recipe import DataSet, Recipe, Validation
from fewshot_gui.engine.meta_train.result import config_of
from fewshot_gui.engine.meta_train.stage import Scene
from fewshot_gui.engine.meta_train.validation import Validator
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.model_folder import from_network
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.types import Picture, Unreadable


def toy_pictures(n_classes: int, *, seed: int, count: int = 10, sources: int = 1, noise: float = 50.0) -> Pictures:
    """`count` pictures of each of n_classes 7x7 patterns, enlarged to 28x28; classes dealt out to sources in turn."""
    draw = torch.Generator().manual_seed(seed)
    patterns = F.interpolate(torch.rand(n_classes, 1, 7, 7, generator=draw).round() * 200, scale_factor=4)
    pictures = patterns.repeat_interleave(count, 0)
    pictures = pictures + noise * torch.randn(pictures.shape, generator=draw)
    table = ClassTable((count,) * n_classes, tuple(f"source {i % sources}" for i in range(n_classes)), name="toys")
    return Pictures(pictures.clamp(0, 255).to(torch.uint8), table, tuple(f"class {i}" for i in range(n_classes)))


def toy_recipe(*stages, validation: Validation | None = None, **changes) -> Recipe:
    """A recipe of a Conv-4 of width 8."""
    fields = {
        "name": "toy",
        "backbone": "conv4",
        "preprocessing": Preprocessing(28, (0.0,), (1.0,), "ink"),
        "data": (DataSet(("toys",)),),
        "stages": stages,
        "validation": validation or Validation(ways=5, shots=(1,), queries=5, episodes=30, every=1000),
        "backbone_options": {"width": 8},
        "metric": "euclidean",
        "normalised": False,
        "temperature": 0.1,
    }
    return Recipe(**(fields | changes))


def toy_teacher(recipe: Recipe) -> Model:
    """A wider Conv-4 of random weights, which hold more of a picture than those of a narrow one."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        network = create("conv4", width=24).eval().requires_grad_(False)
    return from_network("teacher", config_of(recipe, network), network)


def toy_training(
    recipe: Recipe, folder, *, pretrained: bool = False, network=None, sources: int = 1, **more
) -> Training:
    """A training of that recipe on toys; its checkpoint lies in the folder."""
    if network is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            network = create(recipe.backbone, **recipe.backbone_options)
    training, held_out = toy_pictures(20, seed=1, sources=sources), toy_pictures(10, seed=2, sources=sources)
    validator = Validator(recipe.validation, held_out.table)
    scene = Scene(recipe, training, held_out, validator, torch.device("cpu"), teachers={"teacher": toy_teacher(recipe)})
    return Training(scene, network, pretrained, CheckpointFolder(folder / "checkpoint"), **more)


@dataclass(frozen=True)
class ToyClass:
    """See data.LabelledClass."""

    name: str
    count: int


@dataclass(frozen=True)
class ToyCollection:
    """See data.LabelledPictures: a picture's grey value is 10 * class + picture; those in `broken` are unreadable."""

    classes: tuple[ToyClass, ...]
    same_concept: tuple[tuple[str, ...], ...] = ()
    broken: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    name: str = "toy collection"

    def read(self, class_index: int, picture_index: int, at_least: int) -> Picture | Unreadable:
        if (class_index, picture_index) in self.broken:
            return Unreadable("toy", "broken")
        grey = 10 * class_index + picture_index
        return Picture(np.full((at_least, at_least, 3), grey, np.uint8), f"{grey}")

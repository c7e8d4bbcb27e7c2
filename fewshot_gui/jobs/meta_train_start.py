"""Where a training begins: the network with its first weights, what comes with them, and whom it learns from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch

from fewshot_gui.engine import backbones, initial_weights, model_folder
from fewshot_gui.engine.meta_train.recipe import Distilled, Recipe
from fewshot_gui.engine.meta_train.result import Inherited
from fewshot_gui.engine.model import Model, trained_together
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError


def start(recipe: Recipe) -> tuple[Network, Inherited, dict[str, Model]]:
    """The network with the weights it starts from, what comes with them, and the stages' teachers by name."""
    network, inherited = _network(recipe)
    teachers = _teachers(recipe)
    return network, _taught(inherited, teachers.values()), teachers


def config_of_start(init: str) -> model_folder.ModelConfig | None:
    """The config of the model a training starts from; None for bare weights, or none at all."""
    if not init or init.startswith("imagenet:") or init.endswith(".safetensors"):
        return None
    return model_folder.read_config(model_folder.find(init))


def _network(recipe: Recipe) -> tuple[Network, Inherited]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = backbones.create(recipe.backbone, **recipe.backbone_options)
    if not network.adaptable:
        raise UserError(f"The backbone {recipe.backbone} is a finished graph that cannot be trained: choose another.")
    network = network.to(memory_format=torch.channels_last)
    if not recipe.init:
        return network, Inherited()
    start = initial_weights.initial(network, recipe.init)
    config = config_of_start(recipe.init)
    if config is None:
        return network, Inherited(start.training_classes, start.data)
    return network, Inherited(start.training_classes, start.data, config.adaptation, config.methods)


def _teachers(recipe: Recipe) -> dict[str, Model]:
    """The models that stages learn from, by name. UserError if one does not see pictures as the recipe's model does."""
    names = {stage.teacher for stage in recipe.stages if isinstance(stage, Distilled)}
    teachers = {name: model_folder.load(name) for name in sorted(names)}
    for name, teacher in teachers.items():
        own, other = recipe.preprocessing, teacher.config.preprocessing
        if (own.mean, own.std, own.polarity) != (other.mean, other.std, other.polarity):
            raise UserError(
                f"The teacher {name} sees pictures in another way (mean, deviation, polarity): take another."
            )
    return teachers


def _taught(inherited: Inherited, teachers: Iterable[Model]) -> Inherited:
    """With what the teachers were trained on: it reaches the student, too."""
    classes, data = trained_together([inherited, *(teacher.config for teacher in teachers)])
    return replace(inherited, training_classes=classes, data=data)

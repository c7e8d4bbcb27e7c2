"""Making a composite model folder of existing models: see engine/backbones/composite.py for what it computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.backbones.composite import composite
from fewshot_gui.engine.model import Adaptation, Member, Model, ModelConfig, trained_together
from fewshot_gui.errors import UsageError, UserError


def combine(folder: Path, members: Sequence[str | Path], *, size: int = 0, description: str = "") -> Model:
    """Writes the folder of a composite of two or more models, and loads it.

    The first member leads: preprocessing, temperature and what adapts are its own. size: side of the input in pixels,
    the same for all (0: the first one's). UsageError, UserError: too few members, or some that do not go together.
    """
    models = [model_folder.load(member) for member in members]
    _check(folder, models)
    config = _config(models, size, description)
    mean = torch.cat([model.base_mean for model in models]) / len(models) ** 0.5
    network = composite(config.architecture_options["members"])
    for own, model in zip(network.members, models, strict=True):
        own.load_state_dict(model_folder.stored(model.network), strict=False)
    model_folder.write(folder, config, network.eval(), mean)
    return model_folder.load(folder)


def _check(folder: Path, models: Sequence[Model]) -> None:
    if len(models) < 2:
        raise UsageError("A composite needs two models or more; name another one.")
    names = [model.name for model in models]
    if len(set(names)) < len(names):
        raise UsageError("A model is named twice; name different ones.")
    first = models[0]
    for model in models:
        if model.config.metric != "cosine" or not model.config.normalised:
            raise UserError(f"{model.name} does not compare by cosines of normalised embeddings; leave it out.")
        if _input(model) != _input(first):
            raise UserError(f"{model.name} and {first.name} do not see pictures alike (mean, deviation, polarity).")
    if (folder / model_folder.CONFIG).exists():
        raise UserError(f"{folder} already holds a model; name another folder.")


def _input(model: Model) -> object:
    return replace(model.config.preprocessing, size=0, draft=1)


def _config(models: Sequence[Model], size: int, description: str) -> ModelConfig:
    first = models[0].config
    preprocessing = replace(first.preprocessing, size=size or first.preprocessing.size)
    classes, data = trained_together(model.config for model in models)
    *most, last = (model.name for model in models)
    return ModelConfig(
        architecture="composite",
        architecture_options={"members": [model_folder.architecture_of(model.config) for model in models]},
        embedding_size=sum(model.config.embedding_size for model in models),
        normalised=True,
        preprocessing=preprocessing,
        metric="cosine",
        temperature=first.temperature,
        method=first.method,
        methods={name: options for name, options in first.methods.items() if name != "maml"},
        adaptation=first.adaptation or Adaptation(-1, preprocessing),
        base_mean_of="the members' base means, side by side",
        training_classes=classes,
        data=data,
        description=description or f"{', '.join(most)} and {last} side by side.",
        members=tuple(Member(model.name, model.weights_hash) for model in models),
    )

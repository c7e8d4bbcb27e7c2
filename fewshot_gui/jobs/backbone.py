"""A backbone by its name and quality: the one way in which a job comes to the model that a person chose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.quality import names_of
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.types import BALANCED, QUALITIES


@dataclass(frozen=True, eq=False)
class Backbone:
    """A model before its weights are read. name: what reports call it, NAME or NAME@QUALITY; folder: where it lies.

    config: with the input of the quality; it has no other qualities then, as their gains are against balanced.
    """

    name: str
    folder: Path
    config: ModelConfig

    def load(self, device: torch.device) -> Model:
        """Reads the weights. UserError for a folder that is damaged, or a network that does not take the input."""
        loaded = model_folder.load(self.folder, device)
        model = replace(loaded, name=self.name, config=self.config)
        if self.config.preprocessing != loaded.config.preprocessing:
            _try(model)
        return model


def find(name_or_folder: str, quality: str = BALANCED) -> Backbone:
    """The model of that name, shipped or the user's own, or in that folder, with what a quality makes of it.

    UsageError for an unknown model, or a quality that it does not have; UserError for a folder that is damaged.
    """
    folder = model_folder.find(name_or_folder)
    config, name = model_folder.read_config(folder), folder.resolve().name
    if quality not in QUALITIES:
        raise UsageError(f"There is no quality {quality!r}. Known: {', '.join(QUALITIES)}.")
    if quality == BALANCED:
        return Backbone(name, folder, config)
    if quality not in config.qualities:
        raise UsageError(f"{name} has no quality {quality}. It has: {', '.join(names_of(config.qualities))}.")
    wanted = config.qualities[quality]
    if wanted.backbone:
        folder = _other(folder, wanted.backbone, quality)
        config = model_folder.read_config(folder)
    preprocessing = wanted.applied(config.preprocessing)
    return Backbone(f"{name}@{quality}", folder, replace(config, preprocessing=preprocessing, qualities={}))


def _other(folder: Path, name: str, quality: str) -> Path:
    """The folder of the model that a quality of the one in `folder` is."""
    beside = folder.resolve().parent / name
    if (beside / model_folder.CONFIG).is_file():
        return beside
    try:
        return model_folder.find(name)
    except UsageError:
        raise UserError(
            f"The quality {quality} of {folder.resolve().name} is the model {name}, which is not on this computer: "
            "copy it beside the other one, or choose another quality."
        ) from None


def _try(model: Model) -> None:
    """UserError if the network does not take the quality's input, or gives something else for it."""
    preprocessing = model.config.preprocessing
    side = preprocessing.size
    try:
        embedding = model.embed(torch.zeros(1, preprocessing.channels, side, side, dtype=torch.uint8))
        fits = embedding.shape == (1, model.config.embedding_size)
    except (RuntimeError, ValueError):
        fits = False
    if not fits:
        raise UserError(
            f"The network of {model.name} does not take pictures of {side} x {side} pixels: correct that size in its "
            "config.json, or choose another quality."
        )

"""Networks that others trained, as model folders of ours: what they were trained on, their input, their licence."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from fewshot_gui.engine import foreign_weights, model_folder
from fewshot_gui.engine.backbones import torchvision_models
from fewshot_gui.engine.initial_weights import Wheel, imagenet_classes
from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.network import Network
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.terms import IMAGENET_TERMS, TORCHVISION_LICENCE
from fewshot_gui.errors import UsageError

_CHAIN = 4  # blocks from which on adapting the upper half alone is worth the name


@dataclass(frozen=True)
class Origin:
    """Where weights come from. source: an address or file; licence: as their owner says; sha256: of the file."""

    name: str
    source: str
    licence: str
    sha256: str
    terms: str
    classes: tuple[str, ...] = ()  # what they were trained to tell apart, where that is known

    def as_entry(self) -> dict[str, Any]:
        """The entry among `data` in config.json."""
        entry: dict[str, Any] = {"name": self.name, "used": "the weights, as they are"}
        if self.classes:
            entry["classes"] = len(self.classes)
        terms = f"Licence: {self.licence}. {self.terms}"
        return {**entry, "terms": terms, "licence": self.licence, "source": self.source, "sha256": self.sha256}


@dataclass(frozen=True)
class TorchvisionWeights:
    """An entry of torchvision's list. checksum: the first hex digits of the file's sha256; megabytes: 10^6 bytes."""

    model: str
    weights: str
    url: str
    checksum: str
    megabytes: float
    licence: str
    preprocessing: Preprocessing
    crop: float  # share of the shorter side that torchvision's own preprocessing keeps

    def origin(self, sha256: str) -> Origin:
        """Where the weights come from."""
        name = f"ImageNet-1k, by torchvision's weights {self.model} {self.weights}"
        return Origin(name, self.url, self.licence, sha256, IMAGENET_TERMS, imagenet_classes())

    def network(self, tensors: Mapping[str, Tensor], source: str) -> Network:
        """The backbone with the weights of the downloaded file."""
        made = torchvision_models.whole(self.model)
        return foreign_weights.fitted(made, torchvision_models.as_backbone, tensors, source)


def torchvision_weights(model: str, weights: str = "") -> TorchvisionWeights:
    """torchvision's weights by name; "": those it takes for the best. UsageError names the known ones."""
    from torchvision import models

    if model not in torchvision_models.names():
        torchvision_models.whole(model)  # raises, with the nearest names
    known = models.get_model_weights(model)
    if weights and weights not in known.__members__:
        close = difflib.get_close_matches(weights, known.__members__, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise UsageError(
            f"torchvision has no weights {weights!r} for {model}.{hint} Known: {', '.join(known.__members__)}."
        )
    entry = known[weights] if weights else known.DEFAULT
    shape = entry.transforms()
    size = shape.crop_size[0]
    return TorchvisionWeights(
        model=model,
        weights=entry.name,
        url=entry.url,
        checksum=entry.url.rpartition("-")[2].partition(".")[0],
        megabytes=entry.meta["_file_size"] * 1.048576,  # torchvision counts in 2^20 bytes
        licence=entry.meta.get("license", TORCHVISION_LICENCE),
        preprocessing=Preprocessing(size, tuple(shape.mean), tuple(shape.std), kernel=shape.interpolation.value),
        crop=size / shape.resize_size[0],
    )


def wheel_origin(wheel: Wheel) -> Origin:
    """Where the weights in a wheel come from."""
    return Origin(
        name=wheel.trained_on,
        source=f"the Python package {wheel.project} {wheel.version}",
        licence="Apache-2.0",
        sha256=wheel.sha256,
        terms=IMAGENET_TERMS,
        classes=imagenet_classes(),
    )


def write(
    folder: Path,
    network: Network,
    *,
    architecture: str,
    options: Mapping[str, Any],
    preprocessing: Preprocessing,
    origin: Origin,
    description: str,
    card: str,
    base_mean: Tensor | None = None,
) -> None:
    """Makes a model folder of a network that others trained: compared by cosine, ridge by default, nothing measured.

    base_mean: [D] that came with the weights. UserError if it cannot be written.
    """
    block = network.n_blocks // 2
    adapts = network.adaptable and network.n_blocks >= _CHAIN
    config = ModelConfig(
        architecture=architecture,
        architecture_options=dict(options),
        embedding_size=network.embedding_size,
        normalised=True,
        preprocessing=preprocessing,
        metric="cosine",
        temperature=10.0,
        method="ridge",
        adaptation=Adaptation(block, preprocessing) if adapts else None,
        base_mean_of="" if base_mean is None else f"as it came with {origin.source}",
        training_classes=origin.classes,
        data=(origin.as_entry(),),
        description=description,
    )
    model_folder.write(folder, config, network, base_mean, card=card)

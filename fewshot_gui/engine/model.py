"""A model folder in memory: config.json, the backbone's weights, its base mean, and what methods learned for it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine import differences, weights
from fewshot_gui.engine.folding import folded
from fewshot_gui.engine.knowledge import Knowledge
from fewshot_gui.engine.knowledge import read as read_knowledge
from fewshot_gui.engine.network import Network
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.quality import Quality
from fewshot_gui.engine.temperatures import Temperatures
from fewshot_gui.errors import UserError


@dataclass(frozen=True)
class Adaptation:
    """How the upper blocks are adapted: the first block that changes, and the input an adapted network is given.

    train_size: side in pixels of the pictures while it learns; None: as in preprocessing. Steps cost with the square of
    the side and gain little by it, answers do gain.
    """

    block: int
    preprocessing: Preprocessing
    train_size: int | None = None

    @property
    def learning_size(self) -> int:
        """Side in pixels of the pictures the gradient steps see."""
        return self.train_size or self.preprocessing.size


@dataclass(frozen=True)
class Member:
    """A model that is part of a composite one. name: of a model folder beside it, or of a known model.

    weights: its weights' hash, so that another model of that name is not taken for it.
    """

    name: str
    weights: str


@dataclass(frozen=True)
class ModelConfig:
    """config.json, checked. `methods` maps a method's name to the option values found best on validation tasks."""

    architecture: str
    architecture_options: Mapping[str, Any]
    embedding_size: int
    normalised: bool  # the embedding is L2-normalised before anything else (base_mean is then of such embeddings)
    preprocessing: Preprocessing
    metric: Literal["cosine", "euclidean"]
    temperature: float
    method: str  # the default method
    methods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    adaptation: Adaptation | None = None
    base_mean_of: str = ""  # what the base mean was measured on; "" if none was, and it is zero
    knowledge_of: str = ""  # what knowledge.safetensors was measured on; "" if there is none
    training_classes: tuple[str, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()  # what it was trained on, with terms
    accuracy: tuple[Mapping[str, Any], ...] = ()  # measured, each with interval and what it was measured on
    description: str = ""
    temperatures: Mapping[str, Temperatures] = field(default_factory=dict)  # by method; "temperature" where none is
    members: tuple[Member, ...] = ()  # of a composite: whose weights it uses, in the order of the architecture's
    qualities: Mapping[str, Quality] = field(default_factory=dict)  # fast, balanced (figures alone), careful


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded backbone. The network is in eval mode, needs no gradients, and is never changed."""

    name: str
    folder: Path | None
    config: ModelConfig
    network: Network
    base_mean: Tensor  # [D] float32, zeros if none was measured
    weights_hash: str
    device: torch.device

    @property
    def adaptation(self) -> Adaptation:
        """The config's entry, or: the whole network at its usual input."""
        return self.config.adaptation or Adaptation(-1, self.config.preprocessing)

    def temperature(self, method: str, shots: Tensor, usual: float) -> float:
        """The factor on a method's logits as measured for so many classes and pictures of each; `usual` if it was not.

        shots: [n_way] pictures per class.
        """
        table = self.config.temperatures.get(method)
        return table.at(len(shots), float(shots.float().log().mean().exp())) if table else usual

    def finish(self, embeddings: Tensor) -> Tensor:
        """What the network gives [n, D] -> embeddings [n, D] float32 as the config defines them."""
        embeddings = embeddings.float()
        return F.normalize(embeddings, dim=-1) if self.config.normalised else embeddings

    @cached_property
    def fast(self) -> Network:
        """The network for answers: the same blocks and the same embeddings, without BatchNorms where that can be."""
        return folded(self.network, self.config.preprocessing.channels, self.config.preprocessing.size)

    @torch.no_grad()
    def embed(self, pictures: Tensor) -> Tensor:
        """pictures: [n, C, S, S] uint8 (preprocessing.resize) -> embeddings [n, D] float32.

        Where the preprocessing has several views: the mean of theirs, finished once more.
        """
        preprocessing = self.config.preprocessing
        x = preprocessing.normalise(pictures.to(self.device))
        seen = [self.finish(self.fast(version)) for version in preprocessing.versions(x)]
        return seen[0] if len(seen) == 1 else self.finish(torch.stack(seen).mean(0))

    def to(self, device: torch.device) -> Model:
        """This model on that device: itself if it is there already, else a copy."""
        if device == self.device:
            return self
        network = copy.deepcopy(self.network).to(device)
        return replace(self, network=network, base_mean=self.base_mean.to(device), device=device)

    @cached_property
    def knowledge(self) -> Knowledge | None:
        """What the folder knows of the base classes, read when first asked for; None if it knows nothing.

        UserError if the file is damaged or of other weights.
        """
        return None if self.folder is None else read_knowledge(self.folder, len(self.base_mean), self.weights_hash)

    def has_learned(self, method: str) -> bool:
        """Whether there is a methods/METHOD.safetensors, sound or not."""
        return self.folder is not None and learned_file(self.folder, method).exists()

    def learned(self, method: str, n_way: int | None = None) -> dict[str, Tensor] | None:
        """The tensors of methods/METHOD.safetensors, float32 on the device; None if there are none for that method.

        UserError if they were learned for other weights than this model's, or for fewer classes than n_way.
        """
        if self.folder is None or not self.has_learned(method):
            return None
        path = learned_file(self.folder, method)
        tensors, about = weights.read(path)
        if about.get("backbone") != self.weights_hash:
            raise UserError(
                f"{path} was learned for other weights than {self.name}'s model.safetensors: "
                f"meta-train {method} again, or copy the whole model folder again."
            )
        most = about.get("max_classes")
        if most and n_way is not None and n_way > int(most):
            raise UserError(
                f"{method} of {self.name} takes at most {most} classes, not {n_way}; choose another method."
            )
        on_device = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        try:
            return differences.unpacked(on_device, self.network.state_dict())
        except (KeyError, ValueError) as error:
            raise UserError(f"{path} is damaged ({error}): meta-train {method} again.") from None


class Trained(Protocol):
    """What was trained: a config, or what one hands on."""

    @property
    def training_classes(self) -> tuple[str, ...]: ...

    @property
    def data(self) -> tuple[Mapping[str, Any], ...]: ...


def trained_together(parts: Iterable[Trained]) -> tuple[tuple[str, ...], tuple[Mapping[str, Any], ...]]:
    """(training classes, data) of all parts, each class and each entry once."""
    parts = list(parts)
    classes = {name for part in parts for name in part.training_classes}
    data = {str(entry): entry for part in parts for entry in part.data}
    return tuple(sorted(classes)), tuple(data.values())


def learned_file(folder: Path, method: str) -> Path:
    """Where a model folder keeps what a method learned for it."""
    return folder / "methods" / f"{method}.safetensors"

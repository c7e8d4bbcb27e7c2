"""A model folder in memory: config.json, the backbone's weights, its base mean, and what methods learned for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.network import Network
from fewshot_gui.engine.preprocess import Preprocessing


@dataclass(frozen=True)
class Adaptation:
    """How the upper blocks are adapted: the first block that changes, and the (smaller) input used while doing so."""

    block: int
    preprocessing: Preprocessing


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
    training_classes: tuple[str, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()  # what it was trained on, with terms
    accuracy: tuple[Mapping[str, Any], ...] = ()  # measured, each with interval and what it was measured on
    description: str = ""


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

    def finish(self, embeddings: Tensor) -> Tensor:
        """What the network gives [n, D] -> embeddings [n, D] float32 as the config defines them."""
        embeddings = embeddings.float()
        return F.normalize(embeddings, dim=-1) if self.config.normalised else embeddings

    @torch.no_grad()
    def embed(self, pictures: Tensor) -> Tensor:
        """pictures: [n, C, S, S] uint8 (preprocessing.resize) -> embeddings [n, D] float32."""
        x = self.config.preprocessing.normalise(pictures.to(self.device))
        return self.finish(self.network(x))

    def learned(self, method: str) -> dict[str, Tensor] | None:
        """The tensors of methods/METHOD.safetensors, on the device; None if this model has none for that method."""
        raise NotImplementedError

"""Small things to test the engine with."""

from typing import Any

import torch

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing


def tiny_model(*, seed: int = 0, width: int = 8, size: int = 32, channels: int = 3, **config: Any) -> Model:
    """An untrained Conv-4 of embedding size width * (size // 16)**2 on the CPU; config: ModelConfig's other fields."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = create("conv4", width=width, channels=channels, size=size).eval().requires_grad_(False)
    fields: dict[str, Any] = {
        "architecture": "conv4",
        "architecture_options": {"width": width, "channels": channels, "size": size},
        "embedding_size": network.embedding_size,
        "normalised": False,
        "preprocessing": Preprocessing(size, (0.5,) * channels, (0.5,) * channels),
        "metric": "cosine",
        "temperature": 10.0,
        "method": "protonet",
    }
    return Model(
        name="tiny",
        folder=None,
        config=ModelConfig(**(fields | config)),
        network=network,
        base_mean=torch.zeros(network.embedding_size),
        weights_hash=f"tiny-{seed}",
        device=torch.device("cpu"),
    )

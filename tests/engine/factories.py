"""Small things to test the engine with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.copies import copies
from fewshot_gui.engine.method import Head, Support
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


@dataclass(frozen=True, eq=False)
class Task:
    """A support set and queries of the same classes; pictures: [m, C, S, S] uint8, embeddings: [m, D]."""

    support: Support
    pictures: torch.Tensor
    embeddings: torch.Tensor
    labels: torch.Tensor

    def query(self, head: Head) -> torch.Tensor:
        """The queries as the head wants them."""
        return self.embeddings if head.needs == "embeddings" else self.pictures


def task(model: Model, shots: Sequence[int], *, n_query: int = 2, seed: int = 0, noise: float = 60.0) -> Task:
    """Pictures of random blocky patterns, one per class, under noise (grey values); shots: support pictures per class.

    The support's order is shuffled: no class lies in one piece.
    """
    draw = torch.Generator().manual_seed(seed)
    channels, size = model.adaptation.preprocessing.channels, model.adaptation.preprocessing.size
    patterns = F.interpolate(torch.rand(len(shots), channels, 4, 4, generator=draw) * 255, (size, size))

    def pictures(labels: torch.Tensor) -> torch.Tensor:
        noisy = patterns[labels] + noise * torch.randn(len(labels), channels, size, size, generator=draw)
        return noisy.clamp(0, 255).to(torch.uint8)

    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    labels = labels[torch.randperm(len(labels), generator=draw)]
    asked = torch.arange(len(shots)).repeat_interleave(n_query)
    shown, query = pictures(labels), pictures(asked)
    return Task(Support(labels, len(shots), model.embed(shown), shown), query, model.embed(query), asked)


def with_copies(model: Model, support: Support, count: int) -> Support:
    """The support with the embeddings of so many copies of each of its pictures."""
    assert support.pictures is not None
    rows = [
        model.embed(copies(picture, picture.numpy().tobytes().hex(), count, model.config.preprocessing))
        for picture in support.pictures
    ]
    return replace(support, copies=torch.stack(rows))


def gaussian(
    shots: Sequence[int], n_query: int = 30, seed: int = 0, size: int = 32
) -> tuple[Support, torch.Tensor, torch.Tensor]:
    """(support, query [m, size], labels [m]) of classes that overlap a little; the support's order is shuffled."""
    draw = torch.Generator().manual_seed(seed)
    centres = torch.randn(len(shots), size, generator=draw)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    labels = labels[torch.randperm(len(labels), generator=draw)]
    asked = torch.arange(len(shots)).repeat_interleave(n_query)
    support = Support(labels, len(shots), centres[labels] + 2 * torch.randn(len(labels), size, generator=draw))
    return support, centres[asked] + 2 * torch.randn(len(asked), size, generator=draw), asked

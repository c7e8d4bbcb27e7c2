"""Supervised training on many domains: a cosine classifier per source over one backbone.

Cosine classifiers: Gidaris, Komodakis 2018, arXiv 1804.09458; Chen et al. 2019, arXiv 1904.04232. The rotation loss:
Gidaris, Singh, Komodakis 2018, arXiv 1803.07728. Each step looks at one source. Warm-started classifiers are the
class means of the start's embeddings, less their mean, so that training begins where a prototype head stands; the
cosine distance to the frozen start's embedding keeps what it knew of other pictures.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.features import class_means
from fewshot_gui.engine.meta_train.draws import numbers, tensors
from fewshot_gui.engine.meta_train.recipe import Supervised
from fewshot_gui.engine.meta_train.stage import Scene, StageRun, evaluating
from fewshot_gui.engine.meta_train.validation import batch_size
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

_WARM_PICTURES = 40  # per class, for its mean


class CosineClassifier(nn.Module):
    """Logits [n, n_classes]: scale times the cosine of embeddings less a centre and the classes' weights."""

    def __init__(self, n_classes: int, size: int, scale: float, normalised: bool, draw: torch.Generator) -> None:
        """size: of the embedding. draw: from which weights start."""
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_classes, size, generator=draw) / size**0.5)
        self.register_buffer("centre", torch.zeros(size))
        self._scale, self._normalised = scale, normalised

    def forward(self, embeddings: Tensor) -> Tensor:
        """embeddings: [n, D] float32 -> logits."""
        points = F.normalize(self._finish(embeddings) - self.centre, dim=-1)
        return self._scale * points @ F.normalize(self.weight, dim=-1).T

    @torch.no_grad()
    def start_from(self, embeddings: Tensor, labels: Tensor) -> None:
        """Start as the class means of embeddings [n, D], less their mean."""
        means = class_means(self._finish(embeddings), labels, len(self.weight))
        self.centre.copy_(means.mean(0))
        self.weight.copy_(F.normalize(means - self.centre, dim=-1))

    def _finish(self, embeddings: Tensor) -> Tensor:
        return F.normalize(embeddings, dim=-1) if self._normalised else embeddings


class _Source:
    """The rows of one source and the label of each among its classes."""

    def __init__(self, scene: Scene, name: str) -> None:
        table = scene.training.table
        classes = [c for c, group in enumerate(table.groups) if group == name]
        self.n_classes = len(classes)
        self.rows = torch.cat([torch.arange(table.starts[c], table.starts[c + 1]) for c in classes])
        self.labels = torch.repeat_interleave(
            torch.arange(len(classes)), torch.tensor([table.counts[c] for c in classes])
        )


class SupervisedRun(StageRun):
    """The stage of kind "supervised"."""

    stage: Supervised

    def __init__(self, scene: Scene, stage: Supervised, number: int, network: Network) -> None:
        super().__init__(scene, stage, number, network)
        sources = [_Source(scene, name) for name in scene.training.sources]
        self.sources = [source for source in sources if source.n_classes > 1]
        if not self.sources:
            raise UserError("No source has two classes to tell apart; name data with more classes.")
        self._chances = self._source_chances()
        draw = tensors(scene.recipe.seed, number, 0, "classifiers")
        self.modules["classifiers"] = nn.ModuleList(
            CosineClassifier(s.n_classes, network.embedding_size, stage.scale, scene.recipe.normalised, draw)
            for s in self.sources
        ).to(scene.device)
        if stage.rotation:
            turns = nn.Linear(network.embedding_size, 4)
            nn.init.normal_(turns.weight, std=0.01, generator=draw)
            nn.init.zeros_(turns.bias)
            self.modules["turns"] = turns.to(scene.device)
        self._start = copy.deepcopy(network).eval().requires_grad_(False) if stage.distil else None

    @property
    def pictures_per_step(self) -> int:
        return self.stage.batch

    def extra_rates(self) -> dict[str, float]:
        rate = self.stage.classifier_rate or self.stage.rate
        return {"classifiers": rate, "turns": rate}

    def prepare(self) -> None:
        """Warm-start the classifiers."""
        if not self.stage.warm_start:
            return
        with evaluating(self.network), torch.no_grad():
            for source, classifier in zip(self.sources, self.modules["classifiers"], strict=True):
                chosen = _spread_per_class(source.labels, _WARM_PICTURES)
                embeddings = torch.cat(
                    [
                        self._embed_plain(rows)
                        for rows in source.rows[chosen].split(batch_size(self.scene.training.tensor))
                    ]
                )
                classifier.start_from(embeddings, source.labels[chosen].to(embeddings.device))

    def loss(self, step: int) -> Tensor:
        draw = numbers(self.scene.recipe.seed, self.number, step)
        chosen = int(draw.choice(len(self.sources), p=self._chances))
        source = self.sources[chosen]
        n = len(source.rows)
        size = self.stage.batch
        own = self.scene.processes.part(size, "pictures")
        picks = torch.from_numpy(draw.choice(n, size, replace=n < size))
        x = self.batch(source.rows[picks], step, own=own)
        n_turned = size // 2 if self.stage.rotation else 0
        turns = torch.from_numpy(draw.integers(0, 4, n_turned))[own]
        if len(turns):
            x = torch.cat([_turned(x[: len(turns)], turns), x[len(turns) :]])
        features = self.features_below(x)
        embeddings = self.embed_from(features)
        logits = self.modules["classifiers"][chosen](embeddings)
        labels = source.labels[picks][own].to(logits.device)
        part = self.stage.labels * (len(labels) / size)
        loss = part * F.cross_entropy(logits, labels, label_smoothing=self.stage.smoothing)
        if len(turns):
            answers = self.modules["turns"](embeddings[: len(turns)])
            part = len(turns) / n_turned
            loss = loss + self.stage.rotation * part * F.cross_entropy(answers, turns.to(answers.device))
        return loss + self.guidance(x, features, embeddings, own)

    def guidance(self, x: Tensor, features: Tensor, embeddings: Tensor, own: slice) -> Tensor:
        """What is added to the classifiers' loss, for our part of a batch: pictures, what is given to the first block
        that is trained, and embeddings. Here the distance to the start's embeddings.
        """
        if self._start is None:
            return embeddings.new_zeros(())
        return self.stage.distil * self._distance_to_start(features, embeddings, own)

    def _distance_to_start(self, features: Tensor, embeddings: Tensor, own: slice) -> Tensor:
        """1 less the cosine of the start's embedding and ours, over the first pictures of the batch: our part of it."""
        compared = max(1, round(self.stage.distil_share * self.stage.batch))
        n = len(range(compared)[own])
        if not n:
            return embeddings.new_zeros(())
        with torch.no_grad(), self.autocast():
            wanted = self._start(features[:n], start=self.first_block).float()
        return (n / compared) * (1 - F.cosine_similarity(embeddings[:n], wanted, dim=-1).mean())

    def _embed_plain(self, rows: Tensor) -> Tensor:
        pictures = self.scene.training.tensor[rows.to(self.scene.training.tensor.device)]
        size = self.stage.size or self.scene.recipe.preprocessing.size
        return self.embed(self.scene.normalise(resize(pictures, size)))

    def _source_chances(self) -> np.ndarray:
        sizes = np.array([len(source.rows) for source in self.sources], float)
        weights = np.sqrt(sizes) if self.stage.sources == "sqrt" else np.ones_like(sizes)
        return weights / weights.sum()


def _spread_per_class(labels: Tensor, most: int) -> Tensor:
    """Positions of up to `most` evenly spread pictures of every class."""
    chosen = []
    for label in labels.unique():
        places = torch.nonzero(labels == label).flatten()
        chosen.append(places[torch.linspace(0, len(places) - 1, min(most, len(places))).round().long()])
    return torch.cat(chosen)


def _turned(x: Tensor, turns: Tensor) -> Tensor:
    """Each picture turned by its own number of quarters."""
    turned = [torch.rot90(picture, int(quarter), (1, 2)) for picture, quarter in zip(x, turns, strict=True)]
    return torch.stack(turned).contiguous(memory_format=torch.channels_last)

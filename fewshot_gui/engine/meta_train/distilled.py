"""Supervised training led by a teacher: a larger network, or several side by side, seen in the embeddings they give.

Relations: W. Park, D. Kim, Y. Lu, M. Cho: Relational Knowledge Distillation, CVPR 2019, arXiv:1904.05068; as a
divergence of softmaxed similarities Z. Fang et al.: SEED, ICLR 2021, arXiv:2101.04731. Features through a linear map:
A. Romero et al.: FitNets, ICLR 2015, arXiv:1412.6550.

For each batch, which is of one source, both sides' embeddings have length 1. The features' loss is 1 less the cosine of
the teacher's and a linear map of ours, that starts as the ridge regression over plain pictures. The relations' loss is
the Kullback-Leibler divergence of softmax(sharpness * cosines to the batch's other pictures), embeddings less the
batch's mean: so the heads compare that come afterwards.

Differs from the papers: no queue and no second view of a picture; teacher and student see the same one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.features import l2_normalised
from fewshot_gui.engine.meta_train.recipe import Distilled
from fewshot_gui.engine.meta_train.stage import Scene, evaluating
from fewshot_gui.engine.meta_train.supervised import SupervisedRun
from fewshot_gui.engine.meta_train.validation import batch_size, embed_all
from fewshot_gui.engine.network import Network

_MAP_PENALTY = 1e-3  # of the ridge regression, as a share of the mean squared length of an embedding


class DistilledRun(SupervisedRun):
    """The stage of kind "distilled"."""

    stage: Distilled

    def __init__(self, scene: Scene, stage: Distilled, number: int, network: Network) -> None:
        super().__init__(scene, stage, number, network)
        self._teacher = scene.teachers[stage.teacher].to(scene.device)
        wide = self._teacher.config.embedding_size
        self.modules["map"] = nn.Linear(network.embedding_size, wide, bias=False).to(scene.device)

    def extra_rates(self) -> dict[str, float]:
        rates = super().extra_rates()
        return rates | {"map": rates["classifiers"]}

    def prepare(self) -> None:
        """Warm-start the classifiers and the map."""
        super().prepare()
        scene = self.scene
        with evaluating(self.network), torch.no_grad():
            ours = l2_normalised(embed_all(self.embed, scene.normalise, scene.base_pictures)).double()
            wanted = embed_all(self._taught, scene.normalise, scene.base_pictures).double()
            gram = ours.T @ ours
            gram.diagonal().add_(_MAP_PENALTY * len(ours))
            self.modules["map"].weight.copy_(torch.linalg.solve(gram, ours.T @ wanted).T)

    def guidance(self, x: Tensor, features: Tensor, embeddings: Tensor, own: slice) -> Tensor:
        """See SupervisedRun: the distance to the start's, and to the teacher's."""
        taught, ours, batch = self._taught(x), l2_normalised(embeddings), self.stage.batch
        distance = (1 - F.cosine_similarity(self.modules["map"](ours), taught, dim=-1)).sum() / batch
        given, found = (self.scene.processes.joined(points, batch) for points in (taught, ours))
        divergence = _divergence(given, found, own, self.stage.sharpness) / batch
        before = super().guidance(x, features, embeddings, own)
        return before + self.stage.features * distance + self.stage.relations * divergence

    @torch.no_grad()
    def _taught(self, x: Tensor) -> Tensor:
        """[n, D] of length 1: the teacher's embeddings of the network's input."""
        teacher = self._teacher
        return torch.cat([l2_normalised(teacher.fast(part).float()) for part in x.split(batch_size(x))])


def _divergence(given: Tensor, found: Tensor, own: slice, sharpness: float) -> Tensor:
    """The sum over a batch's own rows; given, found: [n, D] the teacher's and our embeddings of the whole batch."""
    places = torch.arange(len(given), device=given.device)[own]
    itself = places.unsqueeze(1) == torch.arange(len(given), device=given.device)
    logs = []
    for points in (given, found):
        apart = l2_normalised(points - points.mean(0))
        cosines = (apart[own] @ apart.T).masked_fill(itself, float("-inf"))
        logs.append((sharpness * cosines).log_softmax(1).masked_fill(itself, 0.0))
    chances = logs[0].exp().masked_fill(itself, 0.0)
    return (chances * (logs[0] - logs[1])).sum()

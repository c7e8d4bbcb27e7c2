"""Soft k-means: prototypes that the unlabelled pictures refine. Transductive: answers depend on the whole folder.

M. Ren, E. Triantafillou, S. Ravi, J. Snell, K. Swersky, J. Tenenbaum, H. Larochelle, R. Zemel: Meta-Learning for
Semi-Supervised Few-Shot Classification, ICLR 2018, arXiv:1803.00676, section 3.1.1.

Features have length 1, base mean subtracted. From the support's prototypes p_c on, again and again: every unlabelled
picture x belongs to class c with the share z_c(x) = softmax(sharpness * x' p_c), and p_c becomes the direction of

    sum of the class's support pictures + r_c * sum of z_c(x) x,   r_c = min(1, trust / sum of z_c(x))

so that a class's unlabelled pictures together count no more than `trust` support pictures; 0 is the paper's r_c = 1.

Differs from the paper: cosine instead of Euclidean distance, as many rounds as it takes, and `trust`: within nine
sources of photos-128's validation classes (lite0-natural, 15 episodes each) trust 2 gained 7.4, 3.6 and 0.2 points on
prototypes at 1, 2 and 5 shots where classes were even, 3.0, 0.7 and -0.9 where half of them were five times rarer;
the paper's rule 7.6, 2.4, -2.0 and 2.5, -1.2, -3.4. It supposes that every picture is of one of the classes. Uneven
shots get no bias (engine.uneven): the unlabelled pictures make up for them, and with it each of four kinds of uneven
shots lost 0.1 to 0.7 points there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from fewshot_gui.engine.features import averaged, class_means, cosine_transform, l2_normalised
from fewshot_gui.engine.heads import PrototypeHead
from fewshot_gui.engine.method import Method, Progress, Support, copies_option, no_progress, option, temperature_option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.errors import UsageError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_TEMPERATURE = 10.0  # where none was measured for the model
_MOST = 10_000  # unlabelled pictures that are looked at; more would hardly move a mean
_SORTED_BY = 4  # numbers of an embedding: rows that share them are copies
_SETTLED = 1e-5  # change of a prototype's length-1 direction


@METHODS.register("soft-kmeans")
@dataclass(frozen=True)
class SoftKMeans(Method):
    """Prototypes, refined by the pictures to classify."""

    name = "soft-kmeans"
    title = "Soft k-means (transductive)"
    source = "Ren et al. 2018: Meta-Learning for Semi-Supervised Few-Shot Classification"
    needs = "embeddings"

    rounds: int = option(20, "Rounds", "The most that prototypes move; 0: plain prototypes.", least=0, most=1000)
    sharpness: float = option(20.0, "Sharpness", "Higher gives a picture to one class alone.", least=0.1, most=1000.0)
    trust: float = option(
        2.0, "Trust", "How many examples a class's folder pictures may count as; 0: one each.", least=0.0, most=1e6
    )
    copies: int = copies_option()
    temperature: float = temperature_option()

    @property
    def transductive(self) -> bool:
        """Always."""
        return True

    @property
    def meanwhile(self) -> Method:
        """The prototypes that it starts from."""
        return METHODS["protonet"]()

    @torch.no_grad()
    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> PrototypeHead:
        """See Method.adapt. UsageError without a pool. The same for the pool in any order."""
        if pool is None or not len(pool):
            raise UsageError("soft-kmeans needs a folder of pictures to learn from; choose protonet without one.")
        transform = cosine_transform(model, support, None, "base")
        unlabelled = transform(_in_order(pool).to(support.embeddings.device))
        prototypes = self._refined(averaged(transform, support, self.copies), support, unlabelled)
        temperature = self.temperature or model.temperature(self.name, support.shots, _TEMPERATURE)
        return PrototypeHead(transform, prototypes, "cosine", temperature, prototypes.new_zeros(support.n_way))

    def _refined(self, features: Tensor, support: Support, unlabelled: Tensor) -> Tensor:
        """[n_way, D] of length 1, from the support's features [n, D] and the unlabelled ones [p, D]."""
        shown = class_means(features, support.labels, support.n_way) * support.shots.unsqueeze(1)
        prototypes = l2_normalised(shown)
        for _ in range(self.rounds):
            shares = (self.sharpness * unlabelled @ prototypes.T).softmax(1)
            counted = 1.0 if self.trust == 0 else (self.trust / shares.sum(0)).clamp_max(1.0).unsqueeze(1)
            before, prototypes = prototypes, l2_normalised(shown + counted * (shares.T @ unlabelled))
            if float((prototypes - before).abs().max()) < _SETTLED:
                break
        return prototypes


def _in_order(pool: Tensor) -> Tensor:
    """The pool [p, D] in an order that does not depend on the one it came in, thinned out evenly if it is large."""
    order = torch.arange(len(pool), device=pool.device)
    for column in reversed(range(min(_SORTED_BY, pool.shape[1]))):
        order = order[pool[order, column].argsort(stable=True)]
    kept = torch.linspace(0, len(order) - 1, min(len(order), _MOST), device=pool.device).round().long()
    return pool[order[kept]]

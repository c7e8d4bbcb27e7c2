"""How well pictures of other classes are told from an episode's own, by the score that the program goes by."""

from __future__ import annotations

import torch
from torch import Tensor

from fewshot_gui.engine import metrics
from fewshot_gui.engine.method import Head, Support
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.unknown import UnknownRule, of_frozen


@torch.no_grad()
def told_apart(model: Model, head: Head, support: Support, known: Tensor, strange: Tensor) -> tuple[float, float]:
    """(AUROC, FPR95) of known pictures' and strangers' scores by engine.unknown's rule for this support set.

    known, strange: [m, ...], [k, ...] as the head wants its queries. No cut is needed: both measures go over all cuts.
    """
    if head.needs == "embeddings":
        rule = of_frozen(model, support.embeddings, support.labels, support.n_way, 0.0)
        scores = [rule.scores(rows.to(model.device)) for rows in (known, strange)]
    else:
        if support.pictures is None:
            raise ValueError("a head that needs pictures was given none")
        rule = UnknownRule.fit(head.features(support.pictures), support.labels, support.n_way, 0.0)
        scores = [rule.scores(head.features(rows)) for rows in (known, strange)]
    own, others = (found.cpu().numpy() for found in scores)
    return metrics.auroc(own, others), metrics.fpr95(own, others)

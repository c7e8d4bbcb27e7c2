"""The inner loop of gradient-based meta-learning: steps of gradient descent that can themselves be differentiated.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning, ICML 2017, arXiv:1703.03400; learned rates per parameter:
Z. Li et al.: Meta-SGD, 2017, arXiv:1707.09835, and A. Antoniou et al.: How to train your MAML, 2019, arXiv:1810.09502.

Parameters are plain dicts of tensors, to be put into a network by `torch.func.functional_call`. Tasks are looped over,
or computed in one pass by torch.func.vmap (`vmapped_gradients`) where the network allows it: see `check_vmap`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from fewshot_gui.errors import UserError

Parameters = Mapping[str, Tensor]
Losses = Callable[[Parameters], Iterable[Tensor]]  # the parts whose sum is the loss; each graph is freed by itself


class Gradients(Protocol):
    """How the gradient of a loss is taken: summed_gradients or vmapped_gradients."""

    def __call__(self, losses_of: Losses, parameters: Parameters, *, create_graph: bool) -> dict[str, Tensor]:
        """The gradient of the sum of the losses for each parameter; create_graph: it can be differentiated again."""


def adapt_parameters(
    losses_of: Losses,
    parameters: Parameters,
    rates: Mapping[str, Tensor],
    steps: int,
    *,
    first_order: bool,
    told: Callable[[int], None] | None = None,
    gradients: Gradients | None = None,
) -> dict[str, Tensor]:
    """The parameters after `steps` steps of gradient descent on a loss, connected to their start and to the rates.

    parameters: all must need gradients or hang on something that does. rates: per name a number or a tensor that
    broadcasts against the parameter. first_order: gradients are taken as constants (first-order MAML), so that only
    one step's graph is in memory; the result still hangs on start and rates. told: called before each step.
    gradients: None is summed_gradients.
    """
    gradients = gradients or summed_gradients
    # Views, because one start may be computed from another (a classifier's from the network's): each gradient is
    # that for its own parameter alone, and must not run on through another one's start.
    adapted = {name: value.view_as(value) for name, value in parameters.items()}
    for step in range(steps):
        if told is not None:
            told(step)
        slopes = gradients(losses_of, adapted, create_graph=not first_order)
        adapted = {name: value - rates[name] * slopes[name] for name, value in adapted.items()}
    return adapted


def summed_gradients(losses_of: Losses, parameters: Parameters, *, create_graph: bool) -> dict[str, Tensor]:
    """See Gradients. One loss's graph at a time is in memory; zeros for a parameter that no loss hangs on."""
    values = list(parameters.values())
    total: list[Tensor | None] = [None] * len(values)
    for loss in losses_of(parameters):
        parts = torch.autograd.grad(loss, values, create_graph=create_graph, allow_unused=True)
        total = [_sum(before, part) for before, part in zip(total, parts, strict=True)]
    return {
        name: torch.zeros_like(value) if gradient is None else gradient
        for (name, value), gradient in zip(parameters.items(), total, strict=True)
    }


def vmapped_gradients(losses_of: Losses, parameters: Parameters, *, create_graph: bool) -> dict[str, Tensor]:
    """See Gradients. For within torch.func.vmap, where there is no autograd.grad; all losses' graphs are in memory."""
    found = torch.func.grad(lambda values: torch.stack(list(losses_of(values))).sum())(dict(parameters))
    return found if create_graph else detached(found)


def check_vmap(network: nn.Module) -> None:
    """UserError for a network through which vmap gives wrong second derivatives (torch 2.15, affine norms that compute
    statistics of their own; GroupNorm is right, and so is BatchNorm that keeps to its running statistics).
    """
    for module in network.modules():
        if isinstance(module, nn.LayerNorm | _InstanceNorm) or (isinstance(module, _BatchNorm) and module.training):
            raise UserError(
                f"This network has {type(module).__name__}, with which tasks cannot be computed at once: leave "
                "'at_once' out of the recipe."
            )


def as_leaves(parameters: Parameters) -> dict[str, Tensor]:
    """Copies that need gradients and hang on nothing: the start of an inner loop outside of meta-training."""
    return {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}


def detached(parameters: Parameters) -> dict[str, Tensor]:
    """The same numbers without any graph."""
    return {name: value.detach() for name, value in parameters.items()}


def _sum(before: Tensor | None, part: Tensor | None) -> Tensor | None:
    if before is None or part is None:
        return part if before is None else before
    return before + part

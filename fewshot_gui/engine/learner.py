"""What the gradient methods learn, the inner loop they learn through, and the loss they are trained with.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning, ICML 2017, arXiv:1703.03400. The classifier starts as the
support's prototypes (ProtoMAML): engine/inner_head.py.

ANIL (A. Raghu et al., ICLR 2020, arXiv:1909.09157) is adapts="head"; Meta-SGD (Z. Li et al. 2017, arXiv:1707.09835) is
rate_per="number"; first-order MAML is first_order.

Differs from the papers: learned rates per parameter tensor (kept as logarithms, so that none is negative) and a learned
scale; each class counts the same however many pictures it has; steps that diverge on a support set are taken shorter;
BatchNorm keeps its running statistics, or takes the support's; never the query's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from fewshot_gui.engine.features import at_least_float32, l2_normalised
from fewshot_gui.engine.inner_head import Adapted, prototype_start
from fewshot_gui.engine.inner_loop import (
    Gradients,
    adapt_parameters,
    as_leaves,
    check_vmap,
    detached,
    vmapped_gradients,
)
from fewshot_gui.engine.network import Network, with_tensors
from fewshot_gui.engine.support_norm import forget, gathered_statistics, gathering, skeleton

Statistics = Literal["frozen", "support"]
Adapts = Literal["network", "head"]
RatePer = Literal["tensor", "number"]
_KINDS: tuple[Statistics, ...] = ("frozen", "support")
_NETWORK, _WEIGHT, _BIAS = "network.", "head.weight", "head.bias"  # names in the inner loop
_HEAD = _WEIGHT, _BIAS
_RATE, _START = "rate.", "start."  # names in a file
_LENGTHS = (1.0, 0.25, 0.0625, 0.0)  # of the steps, until they do not diverge
_CHUNK = 32  # support pictures per gradient where the loss is a sum over pictures: bounds the memory


@dataclass(frozen=True, eq=False)
class _Support:
    """The support set in an inner loop. below: [n, ...] what block `block` is given; embedded: [n, D] of the start.

    batches: per step the rows it sees; empty: each sees all.
    """

    below: Tensor
    embedded: Tensor
    labels: Tensor
    batches: Sequence[Tensor] = ()


class Learner(nn.Module):
    """What a gradient method learns beside the network's own parameters: inner rates and the scale; see meta_loss.

    To meta-train: train the parameters of this module together with the network's from `block` up,

        learner = Learner(network, block, steps, first_order, metric=..., normalised=..., statistics=...)
        loss = learner.meta_loss(network, support_x, support_y, query_x, query_y, n_way)   # one task
        loss.backward()

    and store `learner.state(network)` (a start of its own beside the backbone) or `learner.state()` (the backbone
    itself is the start) as methods/METHOD.safetensors, with max_classes None. The network is only read, and its
    train/eval mode does not matter. Keep the logarithms of the rates free of weight decay.
    """

    def __init__(
        self,
        network: Network,
        block: int = -1,
        steps: int = 5,
        first_order: bool = False,
        *,
        metric: Literal["cosine", "euclidean"] = "cosine",
        normalised: bool = True,
        statistics: Statistics = "frozen",
        temperature: float = 10.0,
        rate: float = 0.05,
        adapts: Adapts = "network",
        rate_per: RatePer = "tensor",
    ) -> None:
        """block: the first block that adapts, -1 for all. metric, normalised, temperature: as in the model's config.

        statistics: BatchNorm's in the blocks that adapt: "frozen" where they were pre-trained, "support" for a network
        trained from nothing. rate: all inner rates at the start of the training. adapts: the blocks and the classifier,
        or the classifier alone (the blocks then learn in meta-training only). rate_per: what has a rate of its own: a
        parameter tensor, or each number of it; the classifier, whose size is the task's, has one for weight and bias.
        """
        super().__init__()
        self.block, self.steps, self.first_order = block, steps, first_order
        self.metric, self.normalised, self.statistics = metric, normalised, statistics
        trained = network.parameters_from(block)
        self.names = tuple(trained)
        self.inner_names = () if adapts == "head" else self.names
        each = {name: trained[name].shape if rate_per == "number" else torch.Size() for name in self.inner_names}
        self._rate_shapes = {_NETWORK + name: shape for name, shape in each.items()} | dict.fromkeys(
            _HEAD, torch.Size()
        )
        self.log_rates = nn.Parameter(
            torch.full((sum(shape.numel() for shape in self._rate_shapes.values()),), rate).log()
        )
        self.log_scale = nn.Parameter(torch.tensor(temperature / 2 if metric == "cosine" else temperature).log())
        # In a tuple, so that it is no sub-module: it has no numbers of its own.
        self._skeleton = (skeleton(network, block if statistics == "support" else None),)

    def meta_loss(
        self, network: Network, support_x: Tensor, support_y: Tensor, query_x: Tensor, query_y: Tensor, n_way: int
    ) -> Tensor:
        """The queries' cross entropy [] after adapting to the support set; differentiable for network and learner.

        x: [n, C, S, S] float32, the network's input; y: [n] int64 in 0..n_way-1, every class in the support. Blocks
        below `block` get no gradient.
        """
        below = self.below(network, torch.cat([support_x, query_x]))
        return self._task_loss(network, below, support_y, query_y, n_way)

    def meta_losses(
        self, network: Network, support_x: Tensor, support_y: Tensor, query_x: Tensor, query_y: Tensor, n_way: int
    ) -> Tensor:
        """[tasks] the meta_loss of each of several tasks in one pass, for a GPU that one task leaves idle.

        support_x: [tasks, n, C, S, S], query_x: [tasks, m, C, S, S]; the labels [n] and [m] are those of every task.
        The graphs of all tasks are in memory. UserError if the network does not allow it (inner_loop.check_vmap).
        """
        check_vmap(self._body)
        x = torch.cat([support_x, query_x], 1)
        below = self.below(network, x.flatten(0, 1)).unflatten(0, x.shape[:2])

        def loss(task: Tensor) -> Tensor:
            return self._task_loss(network, task, support_y, query_y, n_way, vmapped_gradients)

        return cast(Tensor, torch.func.vmap(loss)(below))

    def _task_loss(
        self, network: Network, below: Tensor, support_y: Tensor, query_y: Tensor, n_way: int,
        gradients: Gradients | None = None,
    ) -> Tensor:  # fmt: skip
        """meta_loss, below: [n + m, ...] what block `block` is given of support and query."""
        support, query = below.split([len(support_y), len(query_y)])
        start = self._trained(network)
        embedded = self._embedded(network, start, support)
        head = self._head_start(embedded, support_y, n_way)
        data = _Support(support, embedded, support_y)
        adapted = self._descend(
            network, start, head, data, self.steps, self.rates(), self.first_order, gradients=gradients
        )
        logits = self._query_logits(network, adapted, support, query)
        forget(self._body)
        return F.cross_entropy(logits, query_y)

    def adapt(
        self, network: Network, support: Tensor, labels: Tensor, n_way: int, steps: int | None = None,
        told: Callable[[int], None] | None = None, batches: Sequence[Tensor] = (),
    ) -> Adapted:  # fmt: skip
        """The adapted classifier, without graphs; network: the start. Memory does not grow with the support set.

        support: [n, ...] what `below` gave. steps None: as in meta-training; 0: the un-adapted classifier. told: called
        before each step. batches: per step the rows it sees; without them it sees all, and steps after which fewer of
        the support are right than before are taken again, shorter: learned rates are those of other tasks, and a
        descent that diverges ends with one answer for all (4 of 150 tasks of Omniglot with Reptile's start).
        """
        steps = self.steps if steps is None else steps
        start = self._trained(network)
        with torch.no_grad():
            embedded = torch.cat([self._embedded(network, start, support[rows]) for rows in self._parts(len(labels))])
            head = self._head_start(embedded, labels, n_way)
        with torch.enable_grad():
            leaves, rates = as_leaves(start), detached(self.rates())
            head = replace(head, weight=head.weight.requires_grad_(), bias=head.bias.requires_grad_())
            data = _Support(support, embedded, labels, batches)
            for length in _LENGTHS:
                shorter = {name: length * rate for name, rate in rates.items()}
                adapted = self._descend(network, leaves, head, data, steps if length else 0, shorter, True, told)
                if batches or not steps or not length or not self._diverged(network, head, adapted, data):
                    break
        changed = detached(adapted.changed) | self._statistics(network, adapted, support)
        weight, bias, scale = adapted.weight.detach(), adapted.bias.detach(), head.scale.detach()
        return Adapted(changed, head.transform, weight, bias, scale, length)

    @torch.no_grad()
    def below(self, network: Network, x: Tensor) -> Tensor:
        """x: [n, C, S, S] float32 -> what block `block` is given; x itself if the whole network adapts."""
        if self.block < 0:
            return x
        tensors, stop = _tensors(network), {"stop": self.block}
        return torch.cat([functional_call(self._body, tensors, (part,), stop) for part in x.split(_CHUNK)])

    def rates(self) -> dict[str, Tensor]:
        """Name in the inner loop -> its rate []."""
        parts = self.log_rates.exp().split([shape.numel() for shape in self._rate_shapes.values()])
        return {name: part.view(shape) for (name, shape), part in zip(self._rate_shapes.items(), parts, strict=True)}

    @torch.no_grad()
    def scale_head_rate(self, factor: float) -> None:
        """Multiply the classifier's inner rates."""
        self.log_rates[-2:] += math.log(factor) if factor else -math.inf

    def state(self, start: Network | None = None) -> dict[str, Tensor]:
        """What `restored` makes the same learner of. start: a start of its own beside the backbone, else that."""
        tensors = {_RATE + name: value for name, value in self.rates().items()}
        tensors |= {"scale": self.log_scale.exp()}
        tensors |= {"block": torch.tensor(self.block), "steps": torch.tensor(self.steps)}
        tensors |= {"statistics": torch.tensor(_KINDS.index(self.statistics))}
        if start is not None:
            tensors |= {_START + name: value for name, value in self._trained(start).items()}
        return {name: value.detach().clone() for name, value in tensors.items()}

    @property
    def _body(self) -> Network:
        return self._skeleton[0]

    def _trained(self, network: Network) -> dict[str, Tensor]:
        return {name: network.get_parameter(name) for name in self.names}

    def _head_start(self, embedded: Tensor, labels: Tensor, n_way: int) -> Adapted:
        return prototype_start(embedded, labels, n_way, self.metric, self.log_scale.exp())

    def _descend(
        self, network: Network, start: Mapping[str, Tensor], head: Adapted, data: _Support, steps: int,
        rates: Mapping[str, Tensor], first_order: bool, told: Callable[[int], None] | None = None,
        gradients: Gradients | None = None,
    ) -> Adapted:  # fmt: skip
        """The inner loop: cross entropy on the support set, each class counting the same."""
        weights = 1 / (torch.bincount(data.labels, minlength=len(head.bias))[data.labels] * len(head.bias))
        batches = iter(data.batches)

        def changed(values: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {**start, **{name: values[_NETWORK + name] for name in self.inner_names}}

        def losses(values: Mapping[str, Tensor]) -> Iterator[Tensor]:
            for rows in [next(batches)] if data.batches else self._parts(len(data.labels)):
                now = replace(head, changed=changed(values), weight=values[_WEIGHT], bias=values[_BIAS])
                logits = self._support_logits(network, now, data, rows)
                yield (F.cross_entropy(logits, data.labels[rows], reduction="none") * weights[rows]).sum()

        inner = {_NETWORK + name: start[name] for name in self.inner_names} | {_WEIGHT: head.weight, _BIAS: head.bias}
        inner = adapt_parameters(losses, inner, rates, steps, first_order=first_order, told=told, gradients=gradients)
        return replace(head, changed=changed(inner), weight=inner[_WEIGHT], bias=inner[_BIAS])

    def _support_logits(self, network: Network, now: Adapted, data: _Support, rows: slice | Tensor) -> Tensor:
        """[m, n_way] of those pictures of the support, as the inner loop sees them."""
        if not self.inner_names:
            return now.logits(data.embedded[rows])
        return now.logits(self._embedded(network, now.changed, data.below[rows]))

    @torch.no_grad()
    def _diverged(self, network: Network, start: Adapted, end: Adapted, data: _Support) -> bool:
        """Whether fewer of the support are right at the end of an inner loop than at its start."""
        parts = self._parts(len(data.labels))
        after = torch.cat([self._support_logits(network, end, data, rows) for rows in parts])
        both = start.logits(data.embedded), after
        right = [int(((z.argmax(1) == data.labels) & z.isfinite().all(1)).sum()) for z in both]
        return right[1] < right[0]

    def _parts(self, n: int) -> Iterator[slice]:
        """The support set in pieces, or whole where its pictures share statistics."""
        chunk = n if self.statistics == "support" else _CHUNK
        return (slice(first, first + chunk) for first in range(0, n, chunk))

    def _embedded(self, network: Network, upper: Mapping[str, Tensor], support: Tensor) -> Tensor:
        """[n, D] of support pictures; their statistics are kept in the skeleton where those of the support are used."""
        with gathering(self._body):
            return self._embeddings(network, upper, support)

    def _embeddings(self, network: Network, upper: Mapping[str, Tensor], below: Tensor) -> Tensor:
        start = {"start": self.block} if self.block >= 0 else {}
        embeddings = at_least_float32(functional_call(self._body, _tensors(network) | dict(upper), (below,), start))
        return l2_normalised(embeddings) if self.normalised else embeddings

    def _query_logits(self, network: Network, adapted: Adapted, support: Tensor, query: Tensor) -> Tensor:
        if self.statistics == "support":
            self._embedded(network, adapted.changed, support)
        return adapted.logits(self._embeddings(network, adapted.changed, query))

    @torch.no_grad()
    def _statistics(self, network: Network, adapted: Adapted, support: Tensor) -> dict[str, Tensor]:
        """BatchNorm's buffers for queries: the support's, if those are used."""
        if self.statistics == "frozen":
            return {}
        self._embedded(network, adapted.changed, support)
        found = gathered_statistics(self._body)
        forget(self._body)
        return found


def restored(
    network: Network, learned: Mapping[str, Tensor], metric: Literal["cosine", "euclidean"], normalised: bool,
    adapts: Adapts = "network",
) -> tuple[Learner, Network]:  # fmt: skip
    """(learner, start) whose `state` this is; network: the backbone, never changed. KeyError, ValueError if damaged.

    adapts: "head" leaves out the rates of the network, if there are any.
    """
    block, steps = int(learned["block"]), int(learned["steps"])
    statistics = _KINDS[int(learned["statistics"])]
    inner = [rate for name, rate in learned.items() if name.startswith(_RATE + _NETWORK)]
    learner = Learner(
        network, block, steps, True, metric=metric, normalised=normalised, statistics=statistics,
        adapts=adapts if inner else "head", rate_per="number" if any(rate.dim() for rate in inner) else "tensor",
    )  # fmt: skip
    rates = torch.cat([learned[_RATE + name].view(rate.shape).flatten() for name, rate in learner.rates().items()])
    learner.load_state_dict({"log_rates": rates.log(), "log_scale": learned["scale"].log()})
    start = {name.removeprefix(_START): value for name, value in learned.items() if name.startswith(_START)}
    return learner.to(rates.device), with_tensors(network, start)


def _tensors(network: Network) -> dict[str, Tensor]:
    """All numbers of a network by name; BatchNorm's step counters are none."""
    named = [*network.named_parameters(), *network.named_buffers()]
    return {name: tensor for name, tensor in named if not name.endswith("num_batches_tracked")}

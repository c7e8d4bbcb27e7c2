"""Heads on frozen embeddings: nearest prototype and linear. A stored head of any kind comes back through `restore`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import torch
from torch import Tensor

from fewshot_gui.engine.features import Transform, class_means, l2_normalised, transform_from
from fewshot_gui.engine.method import Head
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model


class StoredHead(Protocol):
    """A head class that can make a head from its stored state."""

    kind: str

    @classmethod
    def from_state(cls, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> Head:
        """The head whose `state` gave these. KeyError, TypeError or ValueError if they do not fit."""
        ...


Stored = TypeVar("Stored", bound=type)
_KINDS: dict[str, type[StoredHead]] = {}


def head_kind(head: Stored) -> Stored:
    """Class decorator: heads of this class can be restored, by their `kind`."""
    if _KINDS.setdefault(head.kind, head) is not head:
        raise ValueError(f"two kinds of head are called {head.kind!r}")
    return head


def restore(kind: str, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> Head:
    """The head whose `kind` and `state` these are, on the model's device. UserError if they are damaged or foreign."""
    list(METHODS)  # the modules of methods bring their kinds of head with them
    if kind not in _KINDS:
        raise UserError(f"A stored head is of the unknown kind {kind!r}: update the program, or adapt again.")
    on_device = {name: tensor.to(model.device) for name, tensor in tensors.items()}
    try:
        return _KINDS[kind].from_state(on_device, values, model)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"A stored {kind} head is damaged ({error}): adapt again.") from None


@head_kind
@dataclass(frozen=True, eq=False)
class PrototypeHead(Head):
    """Scores by nearness to class prototypes [n_way, D] (Snell et al. 2017).

    cosine: temperature * (cosine + correction); features and prototypes have length 1 (or 0).
    euclidean: -temperature * (squared distance - correction). correction: [n_way], 0 for equal shots.
    """

    kind = "prototypes"
    needs = "embeddings"

    transform: Transform
    prototypes: Tensor
    metric: Literal["cosine", "euclidean"]
    temperature: float
    correction: Tensor

    def features(self, query: Tensor) -> Tensor:
        return self.transform(query)

    def logits(self, query: Tensor) -> Tensor:
        if self.metric != "cosine":
            return super().logits(query)
        return self.temperature * (self.transform.products(query, self.prototypes) + self.correction)

    def scores(self, features: Tensor) -> Tensor:
        if self.metric == "cosine":
            return self.temperature * (features @ self.prototypes.T + self.correction)
        distance = torch.cdist(features, self.prototypes, compute_mode="donot_use_mm_for_euclid_dist")
        return -self.temperature * (distance.square() - self.correction)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        tensors, values = self.transform.state()
        tensors |= {"prototypes": self.prototypes, "correction": self.correction}
        return tensors, values | {"metric": self.metric, "temperature": self.temperature}

    @classmethod
    def from_state(cls, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> PrototypeHead:
        """See StoredHead."""
        _check_sizes(tensors, "prototypes", "correction", model)
        if values["metric"] not in ("cosine", "euclidean"):
            raise ValueError(f"metric is {values['metric']!r}")
        return cls(
            transform=transform_from(tensors, values),
            prototypes=tensors["prototypes"],
            metric=values["metric"],
            temperature=float(values["temperature"]),
            correction=tensors["correction"],
        )


@head_kind
@dataclass(frozen=True, eq=False)
class LinearHead(Head):
    """Scores temperature * (features @ weight.T + bias); weight: [n_way, D], bias: [n_way]."""

    kind = "linear"
    needs = "embeddings"

    transform: Transform
    weight: Tensor
    bias: Tensor
    temperature: float

    def features(self, query: Tensor) -> Tensor:
        return self.transform(query)

    def logits(self, query: Tensor) -> Tensor:
        return self.temperature * (self.transform.products(query, self.weight) + self.bias)

    def scores(self, features: Tensor) -> Tensor:
        return self.temperature * (features @ self.weight.T + self.bias)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        tensors, values = self.transform.state()
        return tensors | {"weight": self.weight, "bias": self.bias}, values | {"temperature": self.temperature}

    @classmethod
    def from_state(cls, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> LinearHead:
        """See StoredHead."""
        _check_sizes(tensors, "weight", "bias", model)
        transform, temperature = transform_from(tensors, values), float(values["temperature"])
        return cls(transform=transform, weight=tensors["weight"], bias=tensors["bias"], temperature=temperature)


def unit_prototypes(features: Tensor, labels: Tensor, n_way: int) -> Tensor:
    """[n_way, D] the directions of the classes' mean features, length 1 (0 where features cancel out)."""
    return l2_normalised(class_means(features, labels, n_way))


def _check_sizes(tensors: Mapping[str, Tensor], rows: str, per_class: str, model: Model) -> None:
    """ValueError unless all is finite, rows [n_way, D], per_class [n_way] and the centre, if any, [D]."""
    size = model.config.embedding_size
    n_way = tensors[per_class].numel()
    expected = {rows: (n_way, size), per_class: (n_way,), "centre": (size,)}
    for name, tensor in tensors.items():
        if tuple(tensor.shape) != expected.get(name):
            raise ValueError(f"{name} has the size {list(tensor.shape)}, not {list(expected.get(name, ()))}")
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} is not finite")

"""A head whose backbone was changed from a block upwards: it needs pictures, and carries the changed numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fewshot_gui.engine import heads
from fewshot_gui.engine.method import Head
from fewshot_gui.engine.network import Network, with_tensors

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_CHUNK = 64  # pictures per forward pass
_NETWORK, _INNER, _HELD_OUT = "network.", "head.", "held_out"  # names in a stored state


@heads.head_kind
@dataclass(frozen=True, eq=False)
class AdaptedHead(Head):
    """The model with some parameters replaced, and a head on the embeddings that then come of it.

    model: the frozen one. changed: parameters and buffers by name, all of `model.adaptation.block` or above for the
    least work. inner: a head that needs embeddings. said: the notes. held_out: [n] the support
    pictures' scores for the unknown rule, each from a fit without the picture; None if none was made.
    """

    kind = "adapted"
    needs = "pictures"

    model: Model
    changed: Mapping[str, Tensor]
    inner: Head
    said: tuple[str, ...] = ()
    held_out: Tensor | None = None
    network: Network = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A network of its own: functional_call would swap tensors in the model's, which other threads are using.
        object.__setattr__(self, "network", with_tensors(self.model.network, self.changed))

    @torch.no_grad()
    def embed(self, pictures: Tensor) -> Tensor:
        """pictures: [m, C, S, S] uint8 at the adaptation's size -> embeddings [m, D] of the changed network."""
        normalise = self.model.adaptation.preprocessing.normalise
        parts = [self.network(normalise(part.to(self.model.device))) for part in pictures.split(_CHUNK)]
        if not parts:
            return torch.zeros(0, self.network.embedding_size, device=self.model.device)
        return self.model.finish(torch.cat(parts))

    def features(self, query: Tensor) -> Tensor:
        return self.inner.features(self.embed(query))

    def scores(self, features: Tensor) -> Tensor:
        return self.inner.scores(features)

    @property
    def notes(self) -> tuple[str, ...]:
        return self.said

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        tensors, values = self.inner.state()
        stored = {_NETWORK + name: tensor for name, tensor in self.changed.items()}
        stored |= {_INNER + name: tensor for name, tensor in tensors.items()}
        stored |= {} if self.held_out is None else {_HELD_OUT: self.held_out}
        return stored, {"inner": {"kind": self.inner.kind, "values": values}, "notes": list(self.said)}

    @classmethod
    def from_state(cls, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> AdaptedHead:
        """See heads.StoredHead."""
        if strange := [name for name in tensors if not name.startswith((_NETWORK, _INNER, _HELD_OUT))]:
            raise ValueError(f"{strange[0]} is not known")
        if broken := [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]:
            raise ValueError(f"{broken[0]} is not finite")
        inner = heads.restore(values["inner"]["kind"], _part(tensors, _INNER), values["inner"]["values"], model)
        notes = tuple(map(str, values["notes"]))
        return cls(model, _part(tensors, _NETWORK), inner, notes, tensors.get(_HELD_OUT))


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}

"""A head whose backbone was changed from a block upwards: it needs pictures, and carries the changed numbers.

It may see the frozen embedding beside the changed one: what a few pictures taught adds to what was known and does not
take its place, for the cost of running the upper blocks a second time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fewshot_gui.engine import heads
from fewshot_gui.engine.augment import resize
from fewshot_gui.engine.device import full_chunk
from fewshot_gui.engine.features import l2_normalised
from fewshot_gui.engine.folding import folded
from fewshot_gui.engine.method import Head
from fewshot_gui.engine.network import Network, with_tensors
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

_NETWORK, _INNER, _HELD_OUT, _CENTRES = "network.", "head.", "held_out", "centres"  # names in a stored state


@heads.head_kind
@dataclass(frozen=True, eq=False)
class AdaptedHead(Head):
    """The model with some parameters replaced, and a head on the embeddings that then come of it.

    model: the frozen one. changed: parameters and buffers by name, all of `model.adaptation.block` or above for the
    least work. inner: a head that needs embeddings. said: the notes. held_out: [n] the support
    pictures' scores for the unknown rule, each from a fit without the picture; None if none was made. centres:
    [2, D] if inner is one for `side_by_side(model)`; nothing below `model.adaptation.block` may then be changed. size:
    side in pixels to which pictures are shrunk first; None: as they are.
    """

    kind = "adapted"
    needs = "pictures"

    model: Model
    changed: Mapping[str, Tensor]
    inner: Head
    said: tuple[str, ...] = ()
    held_out: Tensor | None = None
    centres: Tensor | None = None
    size: int | None = None
    network: Network = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A network of its own: functional_call would swap tensors in the model's, which other threads are using.
        object.__setattr__(self, "network", with_tensors(self.model.network, self.changed))

    @cached_property
    def fast(self) -> Network:
        """The changed network for answers; see Model.fast."""
        preprocessing = self.model.adaptation.preprocessing
        return folded(self.network, preprocessing.channels, preprocessing.size)

    @torch.no_grad()
    def embed(self, pictures: Tensor) -> Tensor:
        """pictures: [m, C, S, S] uint8 at the adaptation's size -> embeddings [m, D] of the changed network.

        With centres [m, 2 D]: the frozen network's and the changed one's, each of length 1 about its centre.
        """
        chunk = full_chunk(self.model.device)
        parts = [self._embedded(self._input(part.to(self.model.device))) for part in pictures.split(chunk)]
        size = self.network.embedding_size * (1 if self.centres is None else 2)
        return torch.cat(parts) if parts else torch.zeros(0, size, device=self.model.device)

    def _input(self, pictures: Tensor) -> Tensor:
        small = pictures if self.size is None else resize(pictures, self.size)
        return self.model.adaptation.preprocessing.normalise(small)

    def _embedded(self, x: Tensor) -> Tensor:
        if self.centres is None:
            return self.model.finish(self.fast(x))
        block = self.model.adaptation.block
        below = x if block < 0 else self.model.fast(x, stop=block)
        both = [embedded_from(below, self.model, network) for network in (self.model.fast, self.fast)]
        return beside(both, self.centres)

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
        stored |= {} if self.centres is None else {_CENTRES: self.centres}
        inner = {"kind": self.inner.kind, "values": values}
        return stored, {"inner": inner, "notes": list(self.said), "size": self.size}

    @classmethod
    def from_state(cls, tensors: Mapping[str, Tensor], values: Mapping[str, Any], model: Model) -> AdaptedHead:
        """See heads.StoredHead."""
        if strange := [name for name in tensors if not name.startswith((_NETWORK, _INNER, _HELD_OUT, _CENTRES))]:
            raise ValueError(f"{strange[0]} is not known")
        if broken := [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]:
            raise ValueError(f"{broken[0]} is not finite")
        centres = tensors.get(_CENTRES)
        if centres is not None and centres.shape != (2, model.config.embedding_size):
            raise ValueError(f"{_CENTRES} has the size {list(centres.shape)}")
        seen = model if centres is None else side_by_side(model)
        inner = heads.restore(values["inner"]["kind"], _part(tensors, _INNER), values["inner"]["values"], seen)
        notes, size = tuple(map(str, values["notes"])), values.get("size")  # folders of 0.1 have none
        if size is not None and not (type(size) is int and 8 <= size <= model.adaptation.preprocessing.size):
            raise ValueError(f"the size {json.dumps(size)} is none to shrink pictures to")
        return cls(model, _part(tensors, _NETWORK), inner, notes, tensors.get(_HELD_OUT), centres, size)


def check_adaptable(model: Model, method: str) -> None:
    """UserError if the model's numbers cannot be changed, so that a method that adapts the backbone has no use."""
    if not model.network.adaptable:
        raise UserError(
            f"{model.name} is a finished graph ({model.config.architecture}) whose numbers cannot be trained here, and "
            f"{method} trains them: choose ridge, protonet or linear."
        )


def side_by_side(model: Model) -> Model:
    """The model as a head on two of its embeddings side by side [m, 2 D] has to see it."""
    config = replace(model.config, embedding_size=2 * model.config.embedding_size)
    return replace(model, config=config, base_mean=model.base_mean.repeat(2))


def embedded_from(below: Tensor, model: Model, network: Network) -> Tensor:
    """What block `model.adaptation.block` is given -> embeddings [m, D]."""
    return model.finish(network(below, start=None if model.adaptation.block < 0 else model.adaptation.block))


def beside(embeddings: Sequence[Tensor], centres: Tensor) -> Tensor:
    """Two embeddings [m, D] each as one [m, 2 D] in which both weigh the same; centres: [2, D]."""
    return torch.cat([l2_normalised(part - centre) for part, centre in zip(embeddings, centres, strict=True)], dim=1)


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}

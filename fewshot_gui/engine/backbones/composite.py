"""Several backbones side by side as one: their embeddings, each of length 1, one after the other.

Different networks are wrong about different pictures, so together they are right more often than the best of them,
for the time that all of them take. Only the first member adapts; what the others say of a picture goes along with what
the first one's upper blocks are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fewshot_gui.engine.backbones import ARCHITECTURES, create
from fewshot_gui.engine.network import Network

_MEMBERS = "members."
_PAIR = ({"architecture": "lite0"}, {"architecture": "lite1"})


class Composite(Network):
    """Embedding: [e_1, e_2, ...] / sqrt(members), each member's embedding L2-normalised, so its length is 1.

    Cut at a block: the first member's features, and behind them, as further channels filled up with zeros, the other
    members' embeddings. A block below 0 adapts all members.
    """

    def __init__(self, members: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.embedding_size = sum(member.embedding_size for member in members)
        self.n_blocks = members[0].n_blocks

    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        first = self.members[0]
        if start is None:
            others = torch.cat([F.normalize(member(x), dim=-1) for member in self.members[1:]], dim=-1)
        else:
            x, others = self._taken_apart(x)
        if stop is not None:
            return _together(first(x, start, stop), others)
        return torch.cat([F.normalize(first(x, start), dim=-1), others], dim=-1) / len(self.members) ** 0.5

    def block_of(self, parameter: str) -> int:
        number, _, inner = parameter.removeprefix(_MEMBERS).partition(".")
        return self.members[0].block_of(inner) if number == "0" else -1

    def _taken_apart(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(the first member's features, the others' embeddings) of what `_together` made."""
        size = self.embedding_size - self.members[0].embedding_size
        channels = x.shape[1] - _channels(size, x)
        return x[:, :channels], x[:, channels:].flatten(1)[:, :size]


def _together(features: Tensor, others: Tensor) -> Tensor:
    """[n, c, h, w] and [n, D] -> [n, c + as many channels as D numbers fill, h, w]."""
    n, _, height, width = features.shape
    channels = _channels(others.shape[1], features)
    filled = F.pad(others, (0, channels * height * width - others.shape[1]))
    return torch.cat([features, filled.view(n, channels, height, width).to(features.dtype)], dim=1)


def _channels(size: int, features: Tensor) -> int:
    """How many channels of the features' height and width hold that many numbers."""
    return -(-size // (features.shape[2] * features.shape[3]))


def member_tensor(number: int, tensor: str) -> str:
    """What a tensor of a member is called in the composite."""
    return f"{_MEMBERS}{number}.{tensor}"


@ARCHITECTURES.register("composite")
def composite(members: Sequence[Mapping[str, Any]] = _PAIR) -> Composite:
    """Two or more architectures side by side. members: {"architecture": NAME, "options": {...}} each."""
    if len(members) < 2:
        raise ValueError("a composite has two members or more")
    return Composite([create(member["architecture"], **member.get("options", {})) for member in members])

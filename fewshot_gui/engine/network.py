"""What every backbone network offers: embeddings, and a cut at any block so that the upper part can adapt alone."""

import copy
from abc import abstractmethod
from collections.abc import Mapping

from torch import Tensor, nn


class Network(nn.Module):
    """A backbone as a chain: stem, blocks 0..n_blocks-1, head (pooling). Cut at block b: what block b is given."""

    embedding_size: int
    n_blocks: int
    adaptable: bool = True  # False: a finished graph without gradients, which gives embeddings and no more

    @abstractmethod
    def forward(self, x: Tensor, start: int | None = None, stop: int | None = None) -> Tensor:
        """Run a part of the chain.

        x: [n, C, H, W] float32 if start is None, else what `forward(x, stop=start)` gave.
        stop None: embeddings [n, embedding_size]; else the features [n, c, h, w] that block `stop` is given.
        stop == n_blocks gives what the head (or the pooling) is given.
        """

    @abstractmethod
    def block_of(self, parameter: str) -> int:
        """The block a parameter (as named in state_dict) belongs to: -1 for the stem, n_blocks for the head."""

    def norms_after_convolutions(self) -> dict[str, str] | None:
        """Convolution -> the BatchNorm that alone is given its output, by name; None if only running it can tell."""
        return None

    def parameters_from(self, block: int) -> dict[str, nn.Parameter]:
        """The parameters that `forward(h, start=block)` uses, by name; all of them for block < 0."""
        return {name: p for name, p in self.named_parameters() if self.block_of(name) >= block}


def norms_by_name(network: nn.Module) -> dict[str, str]:
    """conv -> bn, conv1 -> bn1 and so on, wherever a module has both: for networks of ours, which keep to that."""
    names = {name for name, _ in network.named_modules()}
    pairs = {name: f"{name.rpartition('conv')[0]}bn{name.rpartition('conv')[2]}" for name in names if "conv" in name}
    return {conv: norm for conv, norm in pairs.items() if norm in names}


def with_tensors(network: Network, tensors: Mapping[str, Tensor]) -> Network:
    """A network with some parameters and buffers replaced by name, in eval mode; all others are shared, not copied.

    KeyError for a name the network does not have, ValueError for another size.
    """
    own = dict(network.named_parameters()) | dict(network.named_buffers())
    changed = copy.deepcopy(network, {id(tensor): tensor for tensor in own.values()}).eval()
    for name, tensor in tensors.items():
        if own[name].shape != tensor.shape:
            raise ValueError(f"{name} has the size {list(tensor.shape)}, not {list(own[name].shape)}")
        place, _, last = name.rpartition(".")
        module = changed.get_submodule(place)
        if last in module._parameters:
            module._parameters[last] = nn.Parameter(tensor, requires_grad=False)
        else:
            module._buffers[last] = tensor
    return changed

"""A network for answers alone: each BatchNorm that follows a convolution becomes part of its weights.

In eval mode a BatchNorm multiplies and adds the same numbers for every picture, which a convolution can do by the way.
EfficientNet-Lite0 embeds a third more pictures a second so, on a CPU.

Networks of ours know which BatchNorm follows which convolution. For others it is seen by running a small picture
through, because they name their parts as they like; and the result is compared, because one may use a convolution's
output twice.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from fewshot_gui.engine.network import Network

_SMALL = 64  # side of the picture that is run through; networks of one fixed size get theirs
_TOLERANCE = 1e-4  # of the largest number of an embedding


@torch.no_grad()
def folded(network: Network, channels: int, size: int) -> Network:
    """A copy of a network in eval mode with each BatchNorm folded that can be; the network itself if none can.

    The copy shares what it does not change; it has the same blocks and can be cut at each. channels, size: of its usual
    input [1, channels, size, size].
    """
    if not any(isinstance(module, nn.BatchNorm2d) for module in network.modules()):
        return network
    if pairs := network.norms_after_convolutions():
        return _fused(network, pairs)
    for side in (min(_SMALL, size), size):
        picture = _picture(network, channels, side)
        try:
            pairs, expected = _followers(network, picture)
        except RuntimeError:  # it takes no picture of this size
            continue
        copied = _fused(network, pairs)
        same = torch.allclose(copied(picture), expected, rtol=0, atol=_TOLERANCE * float(expected.abs().max()))
        return copied if same else network
    return network


def _picture(network: Network, channels: int, side: int) -> Tensor:
    like = next(network.parameters())
    draw = torch.Generator().manual_seed(0)
    return torch.randn(1, channels, side, side, generator=draw).to(like.device, like.dtype)


def _followers(network: Network, picture: Tensor) -> tuple[dict[str, str], Tensor]:
    """(convolution -> the BatchNorm that is given its output, by name; the embedding).

    Parts that run more than once are left out.
    """
    runs: dict[str, int] = {}
    made: dict[int, tuple[str, Tensor]] = {}  # by the output's id; kept alive, so that no id comes again
    pairs: dict[str, str] = {}

    def noted(name: str, module: nn.Module, given: Tensor, result: Tensor) -> None:
        runs[name] = runs.get(name, 0) + 1
        if isinstance(module, nn.Conv2d):
            made[id(result)] = (name, result)
        elif type(module) is nn.BatchNorm2d and id(given) in made:  # timm has some that hold an activation, too
            pairs[made[id(given)][0]] = name

    hooks = [
        module.register_forward_hook(lambda m, given, result, name=name: noted(name, m, given[0], result))
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d)
    ]
    try:
        embedding = network(picture)
    finally:
        for hook in hooks:
            hook.remove()
    return {conv: norm for conv, norm in pairs.items() if runs[conv] == runs[norm] == 1}, embedding


def _fused(network: Network, pairs: dict[str, str]) -> Network:
    own = [*network.parameters(), *network.buffers()]
    copied = copy.deepcopy(network, {id(tensor): tensor for tensor in own})  # what stays as it is need not be copied
    for conv, norm in pairs.items():
        before, after = copied.get_submodule(conv), copied.get_submodule(norm)
        fused = fuse_conv_bn_weights(
            before.weight, before.bias, after.running_mean, after.running_var, after.eps, after.weight, after.bias
        )
        before.weight, before.bias = (parameter.requires_grad_(False) for parameter in fused)
        _put(copied, norm, nn.Identity())
    return copied


def _put(network: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, child = name.rpartition(".")
    setattr(network.get_submodule(parent), child, module)

"""Weights that other programs wrote, read without running any code and fitted into a backbone name by name."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fewshot_gui.engine import weights
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

_COUNTER = "num_batches_tracked"
# Under which names training programs keep a state dict within a checkpoint; averaged weights first, as they are better.
_NESTED = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "teacher")
# What wrappers put in front of every name.
_PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "network.")


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors file or of a state dict in a .pth or .pt file, float32, on the CPU.

    A pickle is read with weights_only: whatever would need code is refused. UserError if the file is damaged, holds
    something else, or a number that is not finite.
    """
    if path.suffix == ".safetensors":
        return weights.read(path)[0]
    found = _unwrapped(_unpickled(path))
    tensors = {str(name): value for name, value in found.items() if isinstance(value, Tensor)}
    if not tensors:
        raise UserError(
            f"{path} holds no tensors by name: save the model's state dict, torch.save(model.state_dict(), ...)."
        )
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise UserError(f"{path}: {name} has numbers that are not finite: the file is damaged; download it again.")
    return {name: t.float() if t.is_floating_point() else t for name, t in _without_prefix(tensors).items()}


def fitted(
    model: nn.Module, as_backbone: Callable[[nn.Module], Network], tensors: Mapping[str, Tensor], source: str
) -> Network:
    """The model as a backbone with these weights, which have the model's names; a classifier of any size is left out.

    source: what the weights are called in messages. UserError names the first tensor that is missing, unknown or of
    another size.
    """
    theirs = _tensors(model)
    network = as_backbone(model)
    ours = {id(tensor): name for name, tensor in _tensors(network).items()}
    names = {name: ours[id(tensor)] for name, tensor in theirs.items() if id(tensor) in ours}
    check(source, {name: theirs[name].shape for name in names}, tensors, left_out=theirs.keys() - names.keys())
    network.load_state_dict({names[name]: tensors[name] for name in names if name in tensors}, strict=False)
    return network.eval().requires_grad_(False)


def check(
    source: str, wanted: Mapping[str, torch.Size], found: Mapping[str, Tensor], left_out: set[str] | frozenset[str]
) -> None:
    """UserError unless found has exactly the wanted names and sizes; left_out: further names that may be there."""
    cure = "choose the architecture it was made for with --architecture."
    for name, size in wanted.items():
        if name not in found and not name.endswith(_COUNTER):
            raise UserError(f"{source} does not fit: it lacks {name}; {cure}")
        if name in found and found[name].shape != size:
            have, want = list(found[name].shape), list(size)
            raise UserError(f"{source} does not fit: {name} is {have} and should be {want}; {cure}")
    for name in found:
        if name not in wanted and name not in left_out:
            raise UserError(f"{source} does not fit: it has {name}, which the architecture does not know; {cure}")


def _tensors(module: nn.Module) -> dict[str, Tensor]:
    """The tensors of a state dict themselves, as which they are recognised in another module."""
    named = [*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)]
    return {name: tensor for name, tensor in named if name in module.state_dict(keep_vars=True)}


def _unpickled(path: Path) -> Any:
    try:
        path.open("rb").close()
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror or error}.") from None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol")  # what cannot be read is told below
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise UserError(
            f"{path} would have to run code to be read, and is not: save the model's numbers alone, "
            "torch.save(model.state_dict(), ...), or convert them to safetensors."
        ) from None
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise UserError(f"{path} is no state dict of PyTorch's, or is cut short ({first}): get it again.") from None


def _unwrapped(found: Any) -> Mapping[str, Any]:
    """The state dict within a checkpoint."""
    while isinstance(found, Mapping):
        inner = next((found[key] for key in _NESTED if isinstance(found.get(key), Mapping)), None)
        if inner is None:
            return found
        found = inner
    return {}


def _without_prefix(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without what wrappers put in front of every name."""
    while prefix := next((p for p in _PREFIXES if all(name.startswith(p) for name in tensors)), ""):
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return dict(tensors)

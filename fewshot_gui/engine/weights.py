"""Tensors on disk: read only through safetensors, with every name, size and kind checked; written atomically.

Nothing is ever unpickled here: a file that is not safetensors is refused with a sentence.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from fewshot_gui.errors import UserError

_PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle")


def read(
    path: Path, sizes: Mapping[str, torch.Size] | None = None, optional: Collection[str] = ()
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """(tensors, metadata) of a safetensors file, on the CPU; floating-point tensors become float32.

    sizes: the names and sizes the file must have, no more and no less; checked before any number is read.
    optional: names that may be there beside them, of any size.
    UserError if the file is missing, no safetensors file, of other sizes, or holds a number that is not finite.
    """
    _refuse_pickle(path)
    try:
        with safe_open(path, "pt") as file:
            names = list(file.keys())
            if sizes is not None:
                found = {name: torch.Size(file.get_slice(name).get_shape()) for name in names if name not in optional}
                _check_sizes(path, found, sizes)
            return {name: _in_memory(path, name, file.get_tensor(name)) for name in names}, dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path} is damaged or cut short ({error}): copy or download it again.") from None


def write(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Writes a safetensors file, whole or not at all. UserError if it cannot be written or a number is not finite."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise UserError(f"{path} was not written: {name} has numbers that are not finite; the training diverged.")
    plain = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    write_whole(path, lambda temporary: temporary.write_bytes(save(plain, dict(metadata or {}))))


def write_whole(path: Path, save: Callable[[Path], object]) -> None:
    """Calls save with a temporary path beside `path`, then moves that file into place: no reader sees half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(temporary)
        os.replace(temporary, path)
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path} could not be written ({error}): free some space or choose another folder.") from None
    finally:
        with contextlib.suppress(OSError):  # moved already, or its folder could not be made
            temporary.unlink()


def hash_tensors(tensors: Mapping[str, Tensor], about: str = "") -> str:
    """32 hex digits over about and the names, sizes and float32 values of the tensors, whatever their order."""
    digest = hashlib.blake2b(about.encode(), digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu()
        values = (tensor.float() if tensor.is_floating_point() else tensor).contiguous()
        digest.update(f"\n{name} {list(values.shape)}\n".encode())
        digest.update(values.numpy().tobytes())
    return digest.hexdigest()


def _refuse_pickle(path: Path) -> None:
    if not path.is_file():
        pickles = [p.name for p in sorted(path.parent.glob("*")) if p.suffix in _PICKLES]
        if pickles:
            raise UserError(
                f"{path.parent} holds {pickles[0]} but no {path.name}: pickled weights can run code and are not read; "
                "convert them to safetensors."
            )
        raise UserError(f"{path} is missing: the model folder is not complete; copy it again.")
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror}.") from None
    if start[:4] == b"PK\x03\x04" or (start[:1] == b"\x80" and start[8:9] != b"{"):
        raise UserError(
            f"{path} is a pickle, not a safetensors file: pickled weights can run code and are not read; "
            "convert them to safetensors."
        )


def _check_sizes(path: Path, found: Mapping[str, torch.Size], wanted: Mapping[str, torch.Size]) -> None:
    cure = "config.json and this file do not belong together; copy the whole model folder again."
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            raise UserError(f"{path} lacks the tensor {name}: {cure}")
        if name not in wanted:
            raise UserError(f"{path} has the tensor {name}, which the architecture does not know: {cure}")
        if found[name] != wanted[name]:
            raise UserError(
                f"{path}: {name} is {list(found[name])}, the architecture wants {list(wanted[name])}: {cure}"
            )


def _in_memory(path: Path, name: str, tensor: Tensor) -> Tensor:
    if not tensor.is_floating_point():
        return tensor
    tensor = tensor.float()
    if not torch.isfinite(tensor).all():
        raise UserError(f"{path}: {name} has numbers that are not finite: the file is damaged; copy it again.")
    return tensor

"""Model folders: config.json, model.safetensors, README.md (the card), methods/METHOD.safetensors for what a method
learned and knowledge.safetensors for what is known of the base classes (engine/knowledge.py).

A composite model's folder holds no weights but its members' names: see engine/backbones/composite.py.

On disk weights are float16; BatchNorm statistics and the base mean stay float32, because float16 rounds small
variances to 0. In memory all is float32.
"""

import copy
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fewshot_gui import paths
from fewshot_gui.engine import backbones, config_json, differences, knowledge, model_card, weights
from fewshot_gui.engine.backbones.composite import member_tensor
from fewshot_gui.engine.model import Model, ModelConfig, learned_file
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UsageError, UserError

CONFIG, WEIGHTS, CARD = "config.json", "model.safetensors", "README.md"
_BASE_MEAN = "base_mean"
_COUNTER = "num_batches_tracked"  # BatchNorm's count of training steps: no weight, and not stored


@dataclass(frozen=True, eq=False)
class Learned:
    """What a method learned for one backbone. max_classes: the most classes it takes; None: any number.

    The tensors are stored with the precision they come in and read back as float32.
    """

    tensors: Mapping[str, Tensor]
    max_classes: int | None = None


def available() -> list[str]:
    """The names of the shipped models, sorted."""
    return sorted(p.parent.name for p in paths.models_folder().glob(f"*/{CONFIG}"))


def find(name_or_folder: str | Path) -> Path:
    """The folder of a model's name, shipped or the user's own, or of a path. UsageError names the known models."""
    text, known = str(name_or_folder), paths.model_folders()
    if named := [folder for folder in known if folder.name == text]:
        return named[0]
    folder = Path(name_or_folder)
    if folder.is_dir():
        return folder
    names = ", ".join(folder.name for folder in known)
    if os.sep in text or "/" in text:
        raise UserError(f"There is no model folder {text}; give an existing one or one of: {names}.")
    raise UsageError(f"There is no model {text!r}. Known: {names}, or the path of a model folder.")


def read_config(folder: Path) -> ModelConfig:
    """The checked config.json of a folder, without reading weights. UserError names the file, the key and the cure."""
    path = folder / CONFIG
    try:
        return config_json.parse(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        raise UserError(f"{folder} is no model folder: it has no {CONFIG}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} could not be read ({error}): copy it again.") from None


def load(name_or_folder: str | Path, device: torch.device | str = "cpu") -> Model:
    """A model, ready to embed: eval mode, no gradients, channels_last, on the device.

    UsageError for an unknown name; UserError for a folder that is damaged, incomplete or not ours.
    """
    folder, device = find(name_or_folder), torch.device(device)
    config = read_config(folder)
    network = empty_network(config, str(folder / CONFIG))
    sizes = {name: tensor.shape for name, tensor in _own(config, stored(network)).items()}
    tensors, _ = weights.read(folder / WEIGHTS, {**sizes, _BASE_MEAN: torch.Size([config.embedding_size])})
    base_mean = tensors.pop(_BASE_MEAN)
    network = _frozen(_filled(network, tensors | _of_members(folder, config), config))
    backbone = weights_hash(config, network)
    return Model(folder.resolve().name, folder, config, network, base_mean, backbone, torch.device("cpu")).to(device)


def from_network(name: str, config: ModelConfig, network: Network, base_mean: Tensor | None = None) -> Model:
    """A Model with a copy of a network in memory, e.g. of one in training, on the same device.

    The weights' hash is that of the network as it would be read back from disk. base_mean: [D]; None is zeros.
    """
    device = next(network.parameters()).device
    mean = torch.zeros(config.embedding_size) if base_mean is None else base_mean.float()
    frozen = _frozen(copy.deepcopy(network))
    return Model(name, None, config, frozen, mean.to(device), weights_hash(config, network), device)


def weights_hash(config: ModelConfig, network: Network) -> str:
    """32 hex digits that change whenever embeddings would: over the tensors as stored, not over files or times."""
    about = json.dumps([config.architecture, dict(config.architecture_options), config.normalised], sort_keys=True)
    return weights.hash_tensors(_on_disk(stored(network)), about)


def stored(network: Network) -> dict[str, Tensor]:
    """The network's tensors that a model folder keeps, by name: all of state_dict but BatchNorm's step counters."""
    return {name: t for name, t in network.state_dict().items() if not name.endswith(_COUNTER)}


def empty_network(config: ModelConfig, file: str = CONFIG) -> Network:
    """The config's architecture without memory for its weights (torch's meta device). UserError if it cannot be."""
    try:
        network = _created(config)
    except UsageError as error:
        raise UserError(f"{file}: {error}") from None
    except (TypeError, ValueError, KeyError, RuntimeError, ZeroDivisionError) as error:
        raise UserError(
            f"{file}: architecture_options do not fit {config.architecture} ({error}); correct them."
        ) from None
    if network.embedding_size != config.embedding_size:
        raise UserError(
            f"{file}: 'embedding_size' is {config.embedding_size}, but {config.architecture} gives "
            f"{network.embedding_size}; correct it."
        )
    if config.adaptation and not -1 <= config.adaptation.block < network.n_blocks:
        raise UserError(f"{file}: 'adaptation.block' must lie in -1..{network.n_blocks - 1}; correct it.")
    return network


def write(
    folder: Path,
    config: ModelConfig,
    network: Network,
    base_mean: Tensor | None = None,
    learned: Mapping[str, Learned] | None = None,
    card: str = "",
) -> None:
    """Writes a model folder, each file whole or not at all; what methods learned for earlier weights is removed.

    base_mean: [D]; None writes zeros. card: Markdown for the README's upper part. UserError if it cannot be written.
    """
    mean = torch.zeros(config.embedding_size) if base_mean is None else base_mean.float()
    weights.write(folder / WEIGHTS, {**_on_disk(_own(config, stored(network))), _BASE_MEAN: mean})
    backbone = weights_hash(config, network)
    _remove_stale(folder, backbone)
    if not (folder / knowledge.FILE).is_file():
        config = replace(config, knowledge_of="")
    for method, entry in (learned or {}).items():
        _write_learned(folder, method, entry, backbone, network)
    write_config(folder, config, card)


def write_config(folder: Path, config: ModelConfig, card: str | None = None) -> None:
    """Replaces config.json and the README's part made from it. card None keeps what a person wrote there."""
    readme = folder / CARD
    if card is None:
        card = model_card.text_of(readme.read_text("utf-8"), read_config(folder)) if readme.is_file() else ""
    text = model_card.card(folder.resolve().name, config, card)
    weights.write_whole(folder / CONFIG, lambda path: path.write_text(config_json.dump(config), "utf-8"))
    weights.write_whole(readme, lambda path: path.write_text(text, "utf-8"))


def write_learned(folder: Path, method: str, learned: Learned) -> None:
    """Adds (or replaces) what a method learned for the model that lies in the folder."""
    model = load(folder)
    _write_learned(folder, method, learned, model.weights_hash, model.network)


def copy_learned(source: Path, target: Path) -> None:
    """What methods learned for the weights that lie in both folders; what the target has already stays."""
    backbone = load(target).weights_hash
    for path in sorted((source / "methods").glob("*.safetensors")):
        place = learned_file(target, path.stem)
        if not place.exists() and weights.read(path)[1].get("backbone") == backbone:
            data = path.read_bytes()
            weights.write_whole(place, lambda part, data=data: part.write_bytes(data))


def _write_learned(folder: Path, method: str, learned: Learned, backbone: str, network: Network) -> None:
    about = {"backbone": backbone, "max_classes": str(learned.max_classes or "")}
    tensors = differences.packed(learned.tensors, _on_disk(stored(network)))
    weights.write(learned_file(folder, method), tensors, about)


def _remove_stale(folder: Path, backbone: str) -> None:
    knowledge.remove_stale(folder, backbone)
    for path in (folder / "methods").glob("*.safetensors"):
        _, about = weights.read(path)
        if about.get("backbone") != backbone:
            path.unlink()


def _on_disk(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors with the precision they have on disk."""
    return {
        name: t if "running_" in name or not t.is_floating_point() else t.to(torch.float16)
        for name, t in tensors.items()
    }


def _own(config: ModelConfig, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that lie in the model's own folder and not in one of its members'."""
    foreign = tuple(member_tensor(number, "") for number in range(len(config.members)))
    return {name: tensor for name, tensor in tensors.items() if not (foreign and name.startswith(foreign))}


def _of_members(folder: Path, config: ModelConfig) -> dict[str, Tensor]:
    """The members' tensors as the composite names them. UserError if one is missing or not the one it was made of."""
    tensors = {}
    for number, member in enumerate(config.members):
        model = load(_member_folder(folder, member.name))
        if model.weights_hash != member.weights or architecture_of(model.config) != _member_architecture(
            config, number
        ):
            raise UserError(
                f"{folder.name} was made of another {member.name} than the one in {model.folder}: "
                "combine its members again, or copy all of them again."
            )
        tensors |= {member_tensor(number, name): tensor for name, tensor in stored(model.network).items()}
    return tensors


def _member_folder(folder: Path, name: str) -> Path:
    beside = folder.resolve().parent / name
    if (beside / CONFIG).is_file():
        return beside
    try:
        return find(name)
    except UsageError:
        raise UserError(f"{folder.name} needs the model {name} beside it: copy that one as well.") from None


def architecture_of(config: ModelConfig) -> dict[str, Any]:
    """A model's architecture as a composite's options name it among the members'."""
    return {"architecture": config.architecture, "options": dict(config.architecture_options)}


def _member_architecture(config: ModelConfig, number: int) -> dict[str, Any]:
    members = config.architecture_options.get("members", ())
    return {"options": {}, **members[number]} if number < len(members) else {}


def _created(config: ModelConfig) -> Network:
    try:
        with torch.device("meta"):
            return backbones.create(config.architecture, **config.architecture_options)
    except NotImplementedError:  # torchvision's RegNets compute their widths with tensors
        return backbones.create(config.architecture, **config.architecture_options)


def _frozen(network: Network) -> Network:
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def _filled(network: Network, tensors: dict[str, Tensor], config: ModelConfig) -> Network:
    """The empty network with these weights."""
    counters = {n: torch.zeros((), dtype=torch.long) for n in network.state_dict() if n.endswith(_COUNTER)}
    if {name for name, _ in network.named_buffers()} - network.state_dict().keys():
        network = backbones.create(config.architecture, **config.architecture_options)  # it computes some itself
    network.load_state_dict({**tensors, **counters}, assign=True)
    return network

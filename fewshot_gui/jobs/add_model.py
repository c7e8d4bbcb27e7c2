"""`add(AddOptions(...))`: a file of weights or a model folder on this computer becomes a model of the user's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewshot_gui.errors import UserError
from fewshot_gui.jobs import download, own_models
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.jobs.pulling import MAKING

if TYPE_CHECKING:
    from fewshot_gui.engine.pretrained import Origin

ENDINGS = (".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".onnx")
_CONFIG = "config.json"
_KEPT = (_CONFIG, "model.safetensors", "knowledge.safetensors", "README.md", "recipe.toml")
_KEPT += ("training.csv", "curves.svg", "methods/*.safetensors", "methods/*.toml")
_UNKNOWN = "not stated by the file"


@dataclass(frozen=True, kw_only=True)
class AddOptions:
    """What `add` is asked for. path: a file with one of ENDINGS, a model folder, or a folder as the hub has them.

    architecture: NAME[:field=value...], torchvision:MODEL or timm:MODEL; None: by the tensors' names and sizes. name:
    what the model is called; None: as the file. input: how pixels are scaled (see engine.pretrained_file.INPUTS); size:
    side of the input in pixels; None: as usual for the architecture.
    """

    path: Path
    architecture: str | None = None
    name: str | None = None
    input: str | None = None
    size: int | None = None


def add(options: AddOptions) -> Generator[Step | Warned, None, str]:
    """Makes the model and returns its name. UserError or UsageError says in a sentence why that cannot be."""
    path = options.path
    stem = path.resolve().name if path.is_dir() else path.stem
    name = own_models.checked_name(options.name or own_models.fitting_name(stem))
    yield Step("Reading the weights")
    if path.is_dir():
        return (yield from _from_folder(path, name))
    if not path.is_file():
        raise UserError(f"There is no file or folder {path}.")
    if path.suffix not in ENDINGS:
        raise UserError(f"{path} is no file of weights: they end in {', '.join(ENDINGS)}.")
    if path.suffix == ".onnx":
        return (yield from _from_onnx(options, name))
    return (yield from _from_file(options, name))


def _from_folder(folder: Path, name: str) -> Generator[Step | Warned, None, str]:
    from fewshot_gui.engine import model_folder

    if not (folder / _CONFIG).is_file():
        raise UserError(f"{folder} is no model folder: it has no {_CONFIG}.")
    if "architecture_options" not in _json(folder / _CONFIG):
        return (yield from _from_hub_folder(folder, name))
    model_folder.load(folder)  # what is damaged is told before anything is copied
    yield Step(MAKING)
    with own_models.being_made(name) as copy:
        for pattern in _KEPT:
            for file in folder.glob(pattern):
                target = copy / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
    return name


def _from_hub_folder(folder: Path, name: str) -> Generator[Step | Warned, None, str]:
    """timm's config.json beside weights, as they lie on the hub."""
    from fewshot_gui.engine import foreign_weights, pretrained_timm

    found = pretrained_timm.by_config(_json(folder / _CONFIG), str(folder / _CONFIG))
    weights = [folder / file for file in ("model.safetensors", "pytorch_model.bin") if (folder / file).is_file()]
    if not weights:
        raise UserError(f"{folder} has no model.safetensors or pytorch_model.bin: copy the whole folder.")
    network = found.network(foreign_weights.read(weights[0]), str(weights[0]))
    origin = found.origin(folder.resolve().name, found.licence or _UNKNOWN, download.sha256(weights[0]))
    yield Step(MAKING)
    how = {"architecture": "timm", "options": found.options, "preprocessing": found.preprocessing}
    about = f"timm's {found.model}, from the folder {folder.resolve().name}."
    return own_models.finished(name, network, origin, about, own_models.card(origin, found.crop), how)


def _from_file(options: AddOptions, name: str) -> Generator[Step | Warned, None, str]:
    from fewshot_gui.engine import foreign_weights, pretrained_file

    path = options.path
    tensors = foreign_weights.read(path)
    yield Step("Looking for the architecture")
    found = pretrained_file.fitted(tensors, str(path), path.stem, options.architecture, options.input, options.size)
    what = ":".join([found.architecture, *(f"{key}={value}" for key, value in found.options.items())])
    if not found.sure:
        yield Warned(_likely(what, found.preprocessing.size), "info")
    yield Step(MAKING)
    origin = _origin(path)
    how = {"architecture": found.architecture, "options": found.options, "preprocessing": found.preprocessing}
    how |= {"base_mean": found.base_mean}
    return own_models.finished(name, found.network, origin, f"{what}, from {path.name}.", own_models.card(origin), how)


def _from_onnx(options: AddOptions, name: str) -> Generator[Step | Warned, None, str]:
    from fewshot_gui.engine import pretrained_file, pretrained_onnx
    from fewshot_gui.engine.preprocess import Preprocessing

    if options.architecture is not None:
        raise UserError("An ONNX file brings its architecture along: leave --architecture out.")
    network, size = pretrained_onnx.read(options.path, options.size)
    scaling = pretrained_file.scaling(options.input)
    if options.input is None:
        yield Warned(_likely(f"the graph, whose output {network.output} is taken for the embedding", size), "info")
    yield Step(MAKING)
    origin = _origin(options.path)
    how = {"architecture": "onnx", "options": network.options, "preprocessing": Preprocessing(size, *scaling)}
    about = f"The ONNX graph {options.path.name}: it gives embeddings and cannot be adapted."
    return own_models.finished(name, network, origin, about, own_models.card(origin), how)


def _likely(what: str, size: int) -> str:
    return (
        f"It is {what}. Its input is taken to be scaled as usual for that, at {size} pixels: if it was trained "
        "otherwise, add it again by `fewshot-gui models add` with --input and --size."
    )


def _origin(path: Path) -> Origin:
    from fewshot_gui.engine.pretrained import Origin

    terms = "Not known: the file does not say what it was trained on."
    return Origin(f"Not known, by the file {path.name}", path.name, _UNKNOWN, download.sha256(path), terms)


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} could not be read ({error}): copy the folder again.") from None
    return values if isinstance(values, dict) else {}

"""An adapted classifier on disk: a folder that needs nothing else, of safetensors and JSON.

classifier.json (class names, method, seed, the values of head and unknown rule, the support's content hashes),
head.safetensors, support.safetensors, and backbone/, a copy of the model it was adapted from. Nothing is unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from fewshot_gui.engine import heads, model_folder, weights
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.model import Model, learned_file
from fewshot_gui.engine.threads import one_core
from fewshot_gui.errors import UserError

SCHEMA = 1
BACKBONE = "backbone"  # the sub-folder that is a model folder
_ABOUT, _HEAD, _SUPPORT = "classifier.json", "head.safetensors", "support.safetensors"
_KINDS = {"class_names": list, "backbone": str, "method": str, "seed": int, "head": dict, "support": list}


def save(classifier: Classifier, folder: Path) -> None:
    """Writes the folder, which must be new, empty or a classifier's. UserError if it cannot be written."""
    if folder.exists() and not (folder / _ABOUT).exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} exists and is no classifier's folder: give a new folder.")
    tensors, values = classifier.head.state()
    about = {
        "schema": SCHEMA,
        "class_names": list(classifier.class_names),
        "backbone": classifier.model.name,
        "method": classifier.method,
        "seed": classifier.seed,
        "head": {"kind": classifier.head.kind, "values": values},
        "support": list(classifier.support_contents),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    with one_core():
        (folder / _ABOUT).unlink(missing_ok=True)  # first out and last in: half a folder is no classifier
        _write_model(classifier, folder / BACKBONE)
        weights.write(folder / _HEAD, tensors)
        support = {"embeddings": classifier.support_embeddings, "labels": classifier.support_labels}
        weights.write(folder / _SUPPORT, support)
        weights.write_whole(folder / _ABOUT, lambda path: path.write_text(text, "utf-8"))


def load(folder: Path, device: torch.device | str = "cpu") -> Classifier:
    """The classifier as it was saved. UserError names what is wrong with a folder that is damaged or not ours."""
    about = _about(folder)
    names, contents = tuple(about["class_names"]), tuple(about["support"])
    with one_core():
        model = replace(model_folder.load(folder / BACKBONE, device), name=about["backbone"])
        tensors, _ = weights.read(folder / _HEAD)
        support, _ = weights.read(folder / _SUPPORT, _support_sizes(len(contents), model))
        head = heads.restore(about["head"].get("kind", ""), tensors, about["head"].get("values", {}), model)
        ways = head.scores(head.features(_nothing(head.needs, model))).shape[1]
    if ways != len(names):
        raise UserError(f"{folder}: {_HEAD} knows {ways} classes, {_ABOUT} {len(names)}; copy the folder again.")
    return Classifier(
        model=model,
        head=head,
        class_names=names,
        unknown=None,
        method=about["method"],
        seed=about["seed"],
        support_contents=contents,
        support_labels=support["labels"],
        support_embeddings=support["embeddings"].half(),
    )


def _about(folder: Path) -> Mapping[str, Any]:
    path = folder / _ABOUT
    try:
        about = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{folder} is no classifier's folder: it has no {_ABOUT}; make one with adapt.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path} could not be read ({error}): copy the folder again.") from None
    if not isinstance(about, dict) or about.get("schema") != SCHEMA:
        raise UserError(f"{path} is of another version than {SCHEMA}: adapt again, or update the program.")
    for key, kind in _KINDS.items():
        if not isinstance(about.get(key), kind):
            raise UserError(f"{path}: {key!r} is missing or damaged; copy the folder again, or adapt again.")
    if not all(isinstance(text, str) for key in ("class_names", "support") for text in about[key]):
        raise UserError(f"{path}: class names and content hashes must be texts; adapt again.")
    return about


def _support_sizes(n: int, model: Model) -> dict[str, torch.Size]:
    return {"embeddings": torch.Size([n, model.config.embedding_size]), "labels": torch.Size([n])}


def _nothing(needs: str, model: Model) -> torch.Tensor:
    """A query of one blank picture, to see that all of a head fits together."""
    if needs == "embeddings":
        return torch.zeros(1, model.config.embedding_size, device=model.device)
    preprocessing = model.adaptation.preprocessing
    side = preprocessing.size
    return torch.zeros(1, preprocessing.channels, side, side, dtype=torch.uint8, device=model.device)


def _write_model(classifier: Classifier, folder: Path) -> None:
    """The backbone as it is in memory, and what the method learned for it, so that it can be adapted again."""
    model, method = classifier.model, classifier.method.partition(":")[0]
    model_folder.write(folder, model.config, model.network, model.base_mean)
    source = None if model.folder is None else learned_file(model.folder, method)
    if source is not None and source.is_file():
        data = source.read_bytes()
        weights.write_whole(learned_file(folder, method), lambda path: path.write_bytes(data))

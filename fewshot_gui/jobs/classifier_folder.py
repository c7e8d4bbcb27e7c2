"""An adapted classifier on disk: a folder that needs nothing else, of safetensors and JSON.

classifier.json (class names, method, seed, the values of head and unknown rule, the support's content hashes),
head.safetensors, unknown.safetensors (if unknowns are told), support.safetensors, and backbone/, a copy of the model it
was adapted from. Nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from fewshot_gui.engine import heads, model_folder, unknown, weights
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.method import Head
from fewshot_gui.engine.model import Model, learned_file
from fewshot_gui.engine.threads import one_core
from fewshot_gui.engine.unknown import UnknownRule
from fewshot_gui.errors import UserError

SCHEMA = 1
BACKBONE = "backbone"  # the sub-folder that is a model folder
_ABOUT, _HEAD, _SUPPORT = "classifier.json", "head.safetensors", "support.safetensors"
_UNKNOWN = "unknown.safetensors"
_KINDS = {"class_names": list, "backbone": str, "method": str, "seed": int, "head": dict, "support": list}


def check_target(folder: Path) -> None:
    """UserError unless a classifier can be written there; leaves everything as it is."""
    taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if taken and not (folder / _ABOUT).exists():
        raise UserError(f"{folder} exists and is no classifier's folder: give a new folder.")
    part = _beside(folder, "part")
    try:
        part.mkdir(parents=True)
        part.rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from None


def save(classifier: Classifier, folder: Path) -> None:
    """Writes the folder, which must be new, empty or a classifier's; whole or not at all. UserError if it cannot be."""
    check_target(folder)
    part, old = _beside(folder, "part"), _beside(folder, "old")
    try:
        with one_core():
            _write(classifier, part)
        if folder.exists():
            os.rename(os.path.realpath(folder), old)
        os.rename(part, os.path.realpath(folder))
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def load(folder: Path, device: torch.device | str = "cpu") -> Classifier:
    """The classifier as it was saved. UserError names what is wrong with a folder that is damaged or not ours."""
    about = _about(folder)
    with one_core():
        model = replace(model_folder.load(folder / BACKBONE, device), name=about["backbone"])
        tensors, _ = weights.read(folder / _HEAD)
        head = heads.restore(about["head"].get("kind", ""), tensors, about["head"].get("values", {}), model)
        rule = _rule(folder, about, model)
        support, _ = weights.read(folder / _SUPPORT, _support_sizes(len(about["support"]), model))
        _check_classes(folder, len(about["class_names"]), model, head, rule, support["labels"])
    return Classifier(
        model=model,
        head=head,
        class_names=tuple(about["class_names"]),
        unknown=rule,
        method=about["method"],
        seed=about["seed"],
        support_contents=tuple(about["support"]),
        support_labels=support["labels"],
        support_embeddings=support["embeddings"].half(),
    )


def _write(classifier: Classifier, folder: Path) -> None:
    tensors, values = classifier.head.state()
    rule_tensors, rule_values = classifier.unknown.state() if classifier.unknown else ({}, None)
    about = {
        "schema": SCHEMA,
        "class_names": list(classifier.class_names),
        "backbone": classifier.model.name,
        "method": classifier.method,
        "seed": classifier.seed,
        "head": {"kind": classifier.head.kind, "values": values},
        "unknown": rule_values,
        "support": list(classifier.support_contents),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    _write_model(classifier, folder / BACKBONE)
    weights.write(folder / _HEAD, tensors)
    if rule_tensors:
        weights.write(folder / _UNKNOWN, rule_tensors)
    weights.write(folder / _SUPPORT, {"embeddings": classifier.support_embeddings, "labels": classifier.support_labels})
    weights.write_whole(folder / _ABOUT, lambda path: path.write_text(text, "utf-8"))


def _unwritable(folder: Path, error: OSError) -> UserError:
    return UserError(f"{folder} could not be written ({error.strerror}): free some space or choose another folder.")


def _beside(folder: Path, kind: str) -> Path:
    whole = Path(os.path.realpath(folder))
    return whole.with_name(f".{whole.name}.{os.getpid()}.{kind}")


def _rule(folder: Path, about: Mapping[str, Any], model: Model) -> UnknownRule | None:
    if about["unknown"] is None:
        return None
    tensors, _ = weights.read(folder / _UNKNOWN)
    return unknown.restore(tensors, about["unknown"], model)


def _check_classes(
    folder: Path, n_way: int, model: Model, head: Head, rule: UnknownRule | None, labels: torch.Tensor
) -> None:
    """UserError unless all files speak of the same number of classes."""
    features = head.features(_blank(head.needs, model))
    fits = head.scores(features).shape[1] == n_way
    if len(labels):
        fits = fits and int(labels.min()) >= 0 and int(labels.max()) < n_way
    if rule is not None:
        fits = fits and tuple(rule.prototypes.shape) == (n_way, features.shape[1])
    if not fits:
        raise UserError(f"{folder}: its files do not belong together; copy the whole folder again, or adapt again.")


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
    if about.get("unknown", ()) is not None and not isinstance(about.get("unknown"), dict):
        raise UserError(f"{path}: 'unknown' is missing or damaged; copy the folder again, or adapt again.")
    if not all(isinstance(text, str) for key in ("class_names", "support") for text in about[key]):
        raise UserError(f"{path}: class names and content hashes must be texts; adapt again.")
    return about


def _support_sizes(n: int, model: Model) -> dict[str, torch.Size]:
    return {"embeddings": torch.Size([n, model.config.embedding_size]), "labels": torch.Size([n])}


def _blank(needs: str, model: Model) -> torch.Tensor:
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

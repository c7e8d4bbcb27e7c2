"""The data sets of a meta-training: opened, split into training and validation classes; and flags that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.meta_train.recipe import DataSet, Recipe
from fewshot_gui.engine.meta_train.result import data_entry
from fewshot_gui.engine.meta_train.shorthand import KINDS, Flags, recipe_from
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.images.splits import Splits, read_splits

if TYPE_CHECKING:
    from fewshot_gui.jobs.meta_train import MetaTrainOptions

NONE = "none"  # the split that leaves a data set out
_TRAIN = ("vinyals_train", "train")
_VALIDATION = ("vinyals_val", "val", "validation")
_HELD_OUT = 5  # every fifth class validates where there is no split


@dataclass(frozen=True, eq=False)
class Part:
    """One data set: its classes to train on and to validate with (None: it is left out there)."""

    data: DataSet
    train: Collection | None
    validation: Collection | None

    @property
    def entry(self) -> dict[str, Any]:
        """What the model's config says about it; only if it is trained on."""
        classes = self.train.classes if self.train is not None else ()
        name = self.train.name if self.train is not None else ""
        return data_entry(self.data, name, len(classes), sum(one.count for one in classes))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the person, each once."""
        parts = [c for c in (self.train, self.validation) if c is not None]
        return tuple(dict.fromkeys(sentence for c in parts for sentence in c.warnings))


@dataclass(frozen=True, eq=False)
class Opened:
    """All data sets of a recipe; at least one is trained on and at least one validates."""

    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """The number of pictures that will be read."""
        both = [c for part in self.parts for c in (part.train, part.validation) if c is not None]
        return sum(entry.count for c in both for entry in c.classes)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the person."""
        return tuple(sentence for part in self.parts for sentence in part.warnings)


def open_data(data_sets: Sequence[DataSet], seed: int) -> Opened:
    """The data sets, opened and split. UserError if there is nothing to train on or nothing to validate with."""
    opened = Opened(tuple(_open(data, seed) for data in data_sets))
    if not any(part.train for part in opened.parts):
        raise UserError("No data set is trained on; set 'train' of one to something but none.")
    if not any(part.validation for part in opened.parts):
        raise UserError("No data set validates; set 'validation' of one to something but none.")
    return opened


def recipe_of_flags(options: MetaTrainOptions, name: str) -> tuple[Recipe, Opened]:
    """The recipe that the flags stand for, and its data sets, opened. UsageError for flags that make no sense."""
    if not options.data:
        raise UsageError("Name what to train on: --data PATH[@SPLITFILE[:SPLIT]], or --recipe FILE.toml.")
    if not options.backbone:
        raise UsageError("Name the backbone: --backbone NAME, or use --recipe FILE.toml.")
    if options.method not in KINDS:
        raise UsageError(f"There is no meta-training method {options.method!r}. Known: {', '.join(KINDS)}.")
    seed = options.seed or 0
    data = _data_sets(options.data, options.rotations)
    opened = open_data(data, seed)
    train = [entry for part in opened.parts if part.train for entry in part.train.classes]
    held_out = [entry for part in opened.parts if part.validation for entry in part.validation.classes]
    bare = not options.init or options.init.startswith("imagenet:") or options.init.endswith(".safetensors")
    start = None if bare else model_folder.read_config(model_folder.find(options.init))
    times = 4 if options.rotations else 1
    flags = Flags(
        kind=options.method, backbone=options.backbone, data=data, classes=times * len(train),
        pictures=times * sum(entry.count for entry in train), held_out=times * len(held_out),
        fewest=min(entry.count for entry in held_out), init=options.init,
        start=start, drawings=all(path.endswith(".npz") for one in data for path in one.paths),
        epochs=options.epochs, episodes=options.episodes, seed=seed, name=name,
    )  # fmt: skip
    return recipe_from(flags), opened


def _data_sets(texts: Sequence[str], rotations: bool) -> tuple[DataSet, ...]:
    """PATH[@SPLITFILE[:SPLIT]] each; paths with the same split file and split are one data set."""
    by_split: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        path, split_file, split = _parsed(text)
        key = (split_file, split) if split_file else (f"\0{path}", split)
        by_split.setdefault(key, []).append(path)
    return tuple(
        DataSet(tuple(paths), split_file="" if file.startswith("\0") else file, train=split, rotations=rotations)
        for (file, split), paths in by_split.items()
    )


def _parsed(text: str) -> tuple[str, str, str]:
    """(path, split file, split), the last two maybe empty."""
    if Path(text).exists() or "@" not in text:
        return text, "", ""
    path, _, rest = text.rpartition("@")
    if Path(rest).exists() or ":" not in rest:
        return path, rest, ""
    split_file, _, split = rest.rpartition(":")
    return path, split_file, split


def _open(data: DataSet, seed: int) -> Part:
    collection = open_collection(data.paths)
    if data.name:
        collection = replace(collection, name=data.name)
    splits = read_splits(data.split_file) if data.split_file else collection.own_splits
    if splits is None:
        return _held_out(data, collection, seed)
    split_file = data.split_file or None
    train = _choose(data.train, _TRAIN, splits, "train")
    validation = _choose(data.validation, _VALIDATION, splits, "validation")
    return Part(
        data,
        None if train == NONE else collection.split(split_file, train, data.leave_out),
        None if validation == NONE else collection.split(split_file, validation),
    )


def _choose(wanted: str, usual: Sequence[str], splits: Splits, what: str) -> str:
    """The split that was asked for, or the usual one. UserError if there is no usual one."""
    if wanted:
        return wanted
    for name in usual:
        if name in splits.names:
            return name
    raise UserError(f"{splits.origin} has no split {' or '.join(usual)}; name the one for {what}.")


def _held_out(data: DataSet, collection: Collection, seed: int) -> Part:
    """Without splits: a fifth of the classes validates, drawn by the seed."""
    for wanted in (data.train, data.validation):
        if wanted not in ("", NONE, "all"):
            raise UsageError(f"{collection.name} has no split {wanted!r}: it has no split file; name one.")
    names = [entry.name for entry in collection.classes]
    if data.validation == NONE:
        return Part(data, collection, None)
    if data.train == NONE:
        return Part(data, None, collection)
    if len(names) < 4:
        raise UserError(f"{collection.name} has {len(names)} classes; at least 4 are needed, as some must validate.")
    order = np.random.default_rng([seed, 5]).permutation(len(names))
    n = max(2, len(names) // _HELD_OUT)
    chosen = {names[i] for i in order[:n]}
    return Part(
        data,
        collection.select([n for n in names if n not in chosen]),
        collection.select([n for n in names if n in chosen]),
    )

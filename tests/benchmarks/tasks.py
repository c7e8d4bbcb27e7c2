"""What the measurements of methods share: labelled pictures, embedded, and how a figure is said."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.metrics import Estimate
from fewshot_gui.engine.model import Model
from fewshot_gui.images.collection import open_collection
from fewshot_gui.jobs import labelled


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """DATA..., --split-file, --split, --backbone and --per-class (of which None means all), for `embedded`."""
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--split-file", type=Path)
    parser.add_argument("--split")
    parser.add_argument("--backbone", default="lite0-natural")
    parser.add_argument("--per-class", type=int, default=30, help="pictures of each class that are embedded")


def embedded(
    options: argparse.Namespace, model: Model, paths: Sequence[Path] = (), *, sources: str = "", copies: int = 0
) -> Data:
    """The pictures of options.data, or of paths, with that many copies of each; sources: groups, else all."""
    collection = open_collection(tuple(paths) or tuple(options.data)).split(options.split_file, options.split)
    if sources:
        kept = sources.split(",")
        collection = collection.select([c.name for c in collection.classes if c.group in kept])
    if options.per_class is not None:
        collection = collection.sample(options.per_class, 0)
    shown = (lambda table: (np.ones(int(table.starts[-1]), bool), copies)) if copies else None
    work = labelled.embedded(collection, model, [], shown=shown)
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value


def said(value: Estimate, sign: str = "") -> str:
    """In points, with the interval."""
    return f"{100 * value.value:{sign}.1f} ({100 * value.low:{sign}.1f} to {100 * value.high:{sign}.1f})"

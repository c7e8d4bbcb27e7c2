"""What a model remembers of its base classes, measured on their pictures and written beside its weights.

`know(KnowOptions(...))` yields `Step` and `Warned` (jobs.events) and returns the knowledge (engine.knowledge).
UserError and UsageError come before the costly part wherever that can be.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from fewshot_gui.engine import device, knowledge, model_folder, unknown
from fewshot_gui.engine.knowledge import EXAMPLES, RANK, Knowledge
from fewshot_gui.errors import UsageError
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.jobs import labelled
from fewshot_gui.jobs.events import Step, Warned

_TRAIN = "train"


@dataclass(frozen=True)
class KnowOptions:
    """The command line's options, by the same names.

    model: a known model's name or a model folder, which gets the file. data, split_file: as for evaluate. split: None
    is "train". leave_out: lists of the split file whose classes are not taken. per_class: pictures, drawn by the seed.
    rank: directions that are kept. examples: base pictures that are kept.
    """

    model: str
    data: tuple[Path, ...]
    split_file: Path | None = None
    split: str | None = None
    leave_out: tuple[str, ...] = ()
    per_class: int = 10
    rank: int = RANK
    examples: int = EXAMPLES
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("per_class", 2), ("rank", 1), ("examples", 1), ("seed", 0)):
            if getattr(self, name) < least:
                option = name.replace("_", "-")
                raise UsageError(f"--{option} must be at least {least}, not {getattr(self, name)}.")


def know(options: KnowOptions) -> Generator[Step | Warned, None, Knowledge]:
    """Embeds once, fits, and writes; see the module's first lines."""
    collection = _collection(options)
    heard = [*collection.warnings, *labelled.missing(collection)]
    model = model_folder.load(options.model, device.choose(options.device, heard.append))
    heard += _unseen(collection, labelled.seen(collection, model), model.name)
    yield from map(Warned, heard)
    told = len(heard)
    data = yield from labelled.embedded(collection, model, heard)
    yield from map(Warned, heard[told:])
    yield Step("measuring how pictures of a class differ")
    labels = torch.from_numpy(data.table.labels)
    features = unknown.space(model)(data.embeddings)
    found = knowledge.fit(features, labels, rank=options.rank, examples=options.examples, seed=options.seed)
    knowledge.write(model.folder, found, model.weights_hash)
    model_folder.write_config(model.folder, replace(model.config, knowledge_of=_measured_on(collection)))
    return found


def _collection(options: KnowOptions) -> Collection:
    collection = open_collection(options.data)
    split = options.split or (_TRAIN if options.split_file or collection.own_splits else None)
    return collection.split(options.split_file, split, options.leave_out).sample(options.per_class, options.seed)


def _measured_on(collection: Collection) -> str:
    """What the model's card says of it."""
    pictures = sum(entry.count for entry in collection.classes)
    named = f"{collection.name}, {collection.split_name}, {len(collection.classes)} classes"
    return f"{named}, {pictures:,} pictures"


def _unseen(collection: Collection, seen: Sequence[str], model: str) -> list[str]:
    """A sentence if the model was not trained on all of the classes."""
    new = [entry.name for entry in collection.classes if entry.name not in set(seen)]
    if not new:
        return []
    examples = ", ".join(new[:3]) + (", ..." if len(new) > 3 else "")
    return [
        f"{model} was not trained on {len(new)} of these {len(collection.classes)} classes ({examples}): "
        "what is measured on them later will be flattered."
    ]

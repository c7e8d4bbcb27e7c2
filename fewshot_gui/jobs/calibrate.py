"""How sure a model's methods may be, measured on classes it was not trained on and written into its config.json.

`calibrate(CalibrateOptions(...))` yields `Step` and `Warned` (jobs.events) and returns the tables by method.
UserError and UsageError come before the costly part wherever that can be.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np

from fewshot_gui.engine import calibrate as engine
from fewshot_gui.engine import device, model_folder
from fewshot_gui.engine import methods as method_registry
from fewshot_gui.engine.episodes import ClassTable
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.temperatures import Temperatures
from fewshot_gui.errors import UsageError
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.jobs import labelled
from fewshot_gui.jobs.events import Step, Warned

_SEEN = "the program would be too sure of itself: name other classes."


@dataclass(frozen=True)
class CalibrateOptions:
    """The command line's options, by the same names.

    model: a known model's name or a model folder; its config.json is rewritten. data, split_file, split: as for
    evaluate. methods: names, without fields; empty: all that have a temperature. episodes: of each group of classes,
    for each number of classes and shots.
    """

    model: str
    data: tuple[Path, ...]
    split_file: Path | None = None
    split: str | None = None
    methods: tuple[str, ...] = ()
    episodes: int = 40
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.episodes < 1:
            raise UsageError(f"--episodes must be at least 1, not {self.episodes}.")
        if self.seed < 0:
            raise UsageError(f"--seed must be 0 or more, not {self.seed}.")
        for name in self.methods:
            if not _has_temperature(name):
                raise UsageError(f"{name} takes its temperature from the method it starts with; leave it out.")


def calibrate(options: CalibrateOptions) -> Generator[Step | Warned, None, dict[str, Temperatures]]:
    """Embeds once, measures method by method, and writes; see the module's first lines."""
    heard: list[str] = []
    collection = open_collection(options.data).split(options.split_file, options.split)
    heard += [*collection.warnings, *labelled.missing(collection)]
    model = model_folder.load(options.model, device.choose(options.device, heard.append))
    labelled.refuse_seen(collection, model, _SEEN)
    yield from map(Warned, heard)
    told = len(heard)
    data = yield from labelled.embedded(collection, model, heard, shown=partial(_all, _copies(options, model)))
    yield from map(Warned, heard[told:])
    found = yield from _measured(options, model, data, _named(collection))
    config = replace(model.config, temperatures={**model.config.temperatures, **found}, methods=_without(model, found))
    model_folder.write_config(model.folder, config)
    return found


def _has_temperature(name: str) -> bool:
    method = method_registry.METHODS[name]
    return method.needs == "embeddings" and "temperature" in {field.name for field in fields(method)}


def _copies(options: CalibrateOptions, model: Model) -> int:
    """The most copies of an example that a method wants, as config.json has it."""
    made = [method_registry.create(name, model.config) for name in _names(options)]
    return max((method.copies_wanted for method in made), default=0)


def _all(copies: int, table: ClassTable) -> tuple[np.ndarray, int]:
    """Nearly all pictures are an example at some time."""
    return np.ones(int(table.starts[-1]), bool), copies


def _names(options: CalibrateOptions) -> tuple[str, ...]:
    return options.methods or tuple(filter(_has_temperature, method_registry.METHODS))


def _measured(
    options: CalibrateOptions, model: Model, data: Data, measured_on: str
) -> Generator[Step, None, dict[str, Temperatures]]:
    plan = engine.Plan(episodes=options.episodes, seed=options.seed)
    found = {}
    names = _names(options)
    for number, name in enumerate(names):
        work = engine.temperatures(model, name, data, plan, measured_on)
        try:
            while True:
                share = next(work)
                yield Step(f"measuring {name}", (number + share) / len(names))
        except StopIteration as done:
            found[name] = done.value
    return found


def _named(collection: Collection) -> str:
    return f"{collection.name}, {collection.split_name}, {len(collection.classes)} classes"


def _without(model: Model, measured: Mapping[str, Temperatures]) -> dict[str, dict[str, object]]:
    """The methods' options of config.json, but for the single temperatures that a table takes the place of."""
    kept = {
        name: {key: value for key, value in values.items() if not (name in measured and key == "temperature")}
        for name, values in model.config.methods.items()
    }
    return {name: values for name, values in kept.items() if values}

"""Few-shot accuracy on a labelled data set: `evaluate(EvaluateOptions(...))`, a generator.

It yields, as frozen values, `Step` and `Warned` (jobs.events), `Row` and `Paired` (engine.results) as soon as each
is known, and last one `Evaluation` that holds them all; `report_json` and `report_text` (jobs.evaluate_report) say
it to programs and to people. UserError and UsageError come before the costly part wherever that can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.engine import device
from fewshot_gui.engine import evaluate as engine
from fewshot_gui.engine import methods as method_registry
from fewshot_gui.engine.episodes import Ways
from fewshot_gui.engine.method import Method
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.results import Paired, Row
from fewshot_gui.errors import UsageError
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.jobs import backbone as backbones
from fewshot_gui.jobs import labelled
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.types import BALANCED

_SEEN = "the result would flatter it: choose other classes or another model, or allow it with --allow-seen."


@dataclass(frozen=True)
class EvaluateOptions:
    """The command line's options, by the same names and with the same defaults.

    data: folders, .zip archives or one .npz (see images.collection). ways: classes per episode, or "all" there are.
    shots: one result per number. queries: pictures asked about per class. methods: NAME[:field=value...] each; empty:
    the model's own default. split_file, split: which classes (default: test, else val, else all). rotations: every
    class turned by 90, 180 and 270 degrees is another class. groups: each episode within one group. allow_seen: also
    classes the model was trained on. size: side in pixels of the frozen network's input instead of the model's own, or
    quality: fast, balanced or careful; the report then names the backbone as NAME@SIZE or NAME@QUALITY. An adaptation
    with a size of its own keeps it.
    """

    data: tuple[Path, ...]
    ways: Ways = 5
    shots: tuple[int, ...] = (1, 5)
    queries: int = 15
    episodes: int = 600
    methods: tuple[str, ...] = ()
    backbone: str = DEFAULT_BACKBONE
    device: str = "auto"
    split_file: Path | None = None
    split: str | None = None
    rotations: bool = False
    groups: bool = False
    seed: int = 0
    allow_seen: bool = False
    size: int | None = None
    quality: str = BALANCED

    def __post_init__(self) -> None:
        for name in ("queries", "episodes"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name} must be at least 1, not {getattr(self, name)}.")
        if not self.shots or min(self.shots) < 1 or len(set(self.shots)) < len(self.shots):
            raise UsageError(f"--shots must be different numbers from 1 up, not {','.join(map(str, self.shots))!r}.")
        if self.ways != "all" and self.ways < 2:
            raise UsageError(f"--ways must be at least 2 or all, not {self.ways}.")
        if self.seed < 0:
            raise UsageError(f"--seed must be 0 or more, not {self.seed}.")
        if self.size is not None and self.size < 16:
            raise UsageError(f"--size must be at least 16 pixels, not {self.size}.")
        if self.size is not None and self.quality != BALANCED:
            raise UsageError("--size and --quality exclude each other: a quality has its own size.")


@dataclass(frozen=True)
class Evaluation:
    """All that was measured. split: the split's name, as the collection calls it."""

    dataset: str
    split: str
    seed: int
    rows: tuple[Row, ...]
    paired: tuple[Paired, ...]
    warnings: tuple[str, ...]


def evaluate(options: EvaluateOptions) -> Iterator[Step | Warned | Row | Paired | Evaluation]:
    """Opens, checks, embeds once, runs the episodes; see the module's first lines."""
    heard: list[str] = []
    told = 0
    for value in _evaluate(options, heard):
        while told < len(heard):
            yield Warned(heard[told])
            told += 1
        yield value


def _evaluate(options: EvaluateOptions, heard: list[str]) -> Iterator[Step | Row | Paired | Evaluation]:
    collection = _collection(options)
    heard += [*collection.warnings, *labelled.missing(collection)]
    model = _model(options, heard)
    methods = _methods(options, model)
    plan = engine.Plan(options.ways, options.shots, options.queries, options.episodes, options.groups, options.seed)
    engine.stages(labelled.table_of(collection), methods, plan)  # refuses what cannot be done
    if not options.allow_seen:
        labelled.refuse_seen(collection, model, _SEEN)
    pixels = any(method.needs == "pictures" for method in methods.values())
    data = yield from labelled.embedded(collection, model, heard, pixels=pixels)
    found: list[Row | Paired] = []
    for value in engine.evaluate(model, data, methods, plan):
        if isinstance(value, engine.Progress):
            yield Step(value.what, value.share)
        else:
            found.append(value)
            yield value
    rows = tuple(value for value in found if isinstance(value, Row))
    paired = tuple(value for value in found if isinstance(value, Paired))
    yield Evaluation(collection.name, collection.split_name, options.seed, rows, paired, tuple(heard))


def _collection(options: EvaluateOptions) -> Collection:
    collection = open_collection(options.data).split(options.split_file, options.split)
    return collection.rotated() if options.rotations else collection


def _model(options: EvaluateOptions, heard: list[str]) -> Model:
    chosen = device.choose(options.device, heard.append)
    model = backbones.find(options.backbone, options.quality).load(chosen)
    if options.size is None:
        return model
    preprocessing = replace(model.config.preprocessing, size=options.size)
    config = replace(model.config, preprocessing=preprocessing)
    return replace(model, name=f"{model.name}@{options.size}", config=config)  # the report must not hide the size


def _methods(options: EvaluateOptions, model: Model) -> dict[str, Method]:
    """The methods by the names they were asked for with. UsageError for an unknown one or one named twice."""
    names = options.methods or (model.config.method,)
    if len(set(names)) < len(names):
        raise UsageError(f"--methods names a method twice: {','.join(names)}.")
    created = {}
    for name in names:
        method, given = method_registry.parse(name)
        created[name] = method_registry.create(method, model.config, given)
    return created

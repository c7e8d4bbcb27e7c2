"""Few-shot accuracy on a labelled data set: `evaluate(EvaluateOptions(...))`, a generator.

It yields, as frozen values, `Step` and `Warned` (jobs.events), `Row` and `Paired` (engine.results) as soon as each
is known, and last one `Evaluation` that holds them all; jobs.evaluate_report says it to programs and to people. While
episodes run the steps are `Measuring`, which has what is known so far, for whoever cannot wait for the end. UserError
and UsageError come before the costly part wherever that can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fewshot_gui.engine import device
from fewshot_gui.engine import evaluate as engine
from fewshot_gui.engine import methods as method_registry
from fewshot_gui.engine.episodes import Shots, Ways, least_shots, shots_text
from fewshot_gui.engine.method import Method
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.plan import GRID_SHOTS, GRID_WAYS, Plan, left_out, stages
from fewshot_gui.engine.results import Paired, Row
from fewshot_gui.engine.shown import shown
from fewshot_gui.errors import UsageError
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.jobs import backbone as backbones
from fewshot_gui.jobs import labelled, project_data
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.types import BALANCED

_WAYS, _SHOTS, _EPISODES = 5, (1, 5), 600
_GRID_EPISODES, _GRID_EPISODES_ON_PICTURES = 2000, 200
_SEEN = "the result would flatter it: choose other classes or another model, or allow it with --allow-seen."


@dataclass(frozen=True)
class EvaluateOptions:
    """The command line's options, by the same names and with the same defaults.

    data: folders, .zip archives or one .npz (see images.collection), or one project of the window (jobs.project_data).
    ways: classes per episode, one or several numbers, or "all" there are; None: 5, of a project all, of a grid its own.
    shots: one result per number; of a range each class draws its own; None: 1 and 5, or the grid's. queries: pictures
    asked about per class. episodes: None for 600, of a grid 2,000, and 200 of methods that adapt the backbone.
    methods: NAME[:field=value...] each; empty: the model's own default. split_file, split: which classes (default:
    test, else val, else all). rotations: every class turned by 90, 180 and 270 degrees is another class. groups: each
    episode within one group. allow_seen: also classes the model was trained on. size: side in pixels of the frozen
    network's input instead of the model's own, or quality: fast, balanced or careful; the report then names the
    backbone as NAME@SIZE or NAME@QUALITY. An adaptation with a size of its own keeps it.
    unknown: pictures of other classes are asked about, too. grid: ways {2, 5, 10, 20, 50} by shots {1, 2, 5, 10, 20},
    as far as the data have them; methods that adapt the backbone on a CPU only 5 ways with 1 and 5 shots, unless full.
    """

    data: tuple[Path, ...]
    ways: Ways | tuple[Ways, ...] | None = None
    shots: tuple[Shots, ...] | None = None
    queries: int = 15
    episodes: int | None = None
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
    unknown: bool = False
    grid: bool = False
    full: bool = False

    def __post_init__(self) -> None:
        for name in ("queries", "episodes"):
            if (number := getattr(self, name)) is not None and number < 1:
                raise UsageError(f"--{name} must be at least 1, not {number}.")
        _check_shots(self.shots)
        _check_ways(self.ways if isinstance(self.ways, tuple) else (self.ways,))
        if self.full and not self.grid:
            raise UsageError("--full goes with --grid: without it every method is measured in all that is asked for.")
        if self.seed < 0:
            raise UsageError(f"--seed must be 0 or more, not {self.seed}.")
        if self.size is not None and self.size < 16:
            raise UsageError(f"--size must be at least 16 pixels, not {self.size}.")
        if self.size is not None and self.quality != BALANCED:
            raise UsageError("--size and --quality exclude each other: a quality has its own size.")


def _check_shots(shots: tuple[Shots, ...] | None) -> None:
    if shots is None:
        return
    empty = not shots or any(isinstance(k, range) and len(k) < 2 for k in shots)
    if empty or min(map(least_shots, shots)) < 1 or len(set(shots)) < len(shots):
        given = ",".join(str(k) if isinstance(k, range) and not k else shots_text(k) for k in shots)
        raise UsageError(f"--shots must be different numbers from 1 up, or ranges such as 1-10, not {given!r}.")


def _check_ways(ways: Sequence[Ways | None]) -> None:
    for number in ways:
        if isinstance(number, int) and number < 2:
            raise UsageError(f"--ways must be at least 2 or all, not {number}.")
    if not ways or len(set(ways)) < len(ways):
        raise UsageError(f"--ways must be different numbers, not {','.join(map(str, ways))!r}.")


@dataclass(frozen=True)
class Evaluation:
    """All that was measured. split: as the collection calls it. complete: False if the work was cut short."""

    dataset: str
    split: str
    seed: int
    rows: tuple[Row, ...]
    paired: tuple[Paired, ...]
    warnings: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Measuring(Step):
    """Episodes under way. so_far: the evaluation as it is known now, the method at work on the episodes it has done."""

    so_far: Callable[[], Evaluation] | None = None


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
    plan = _plan(options, model)
    stages(labelled.table_of(collection), methods, plan)  # what cannot be done is told before the costly part
    if not options.allow_seen:
        labelled.refuse_seen(collection, model, _SEEN)
    pixels = any(method.needs == "pictures" for method in methods.values())
    needed = partial(shown, methods=methods, plan=plan, config=model.config)
    data = yield from labelled.embedded(collection, model, heard, pixels=pixels, shown=needed)
    heard += filter(None, [left_out(data.table, methods, plan) if plan.grid else ""])
    found: list[Row | Paired] = []

    def known(values: Sequence[Row | Paired], complete: bool = True) -> Evaluation:
        rows = tuple(value for value in values if isinstance(value, Row))
        paired = tuple(value for value in values if isinstance(value, Paired))
        name, split = collection.name, collection.split_name
        return Evaluation(name, split, options.seed, rows, paired, tuple(heard), complete)

    for value in engine.evaluate(model, data, methods, plan):
        if isinstance(value, engine.Progress):
            yield Measuring(value.what, value.share, partial(_so_far, found, value, known))
        else:
            found.append(value)
            yield value
    yield known(found)


def _so_far(found: list[Row | Paired], latest: engine.Progress, known: Callable[..., Evaluation]) -> Evaluation:
    """What was found, with what the method at work has done, unless that is among it already."""
    whole = {_place(value) for value in found}
    return known([*found, *(value for value in latest.so_far() if _place(value) not in whole)], complete=False)


def _place(value: Row | Paired) -> tuple:
    of = (value.method,) if isinstance(value, Row) else (value.a, value.b)
    return value.group, value.ways, value.shots, of


def _plan(options: EvaluateOptions, model: Model) -> Plan:
    grid = options.grid
    return Plan(
        ways=options.ways or (GRID_WAYS if grid else "all" if project_data.is_project(options.data) else _WAYS),
        shots=options.shots or (GRID_SHOTS if grid else _SHOTS),
        queries=options.queries,
        episodes=options.episodes or (_GRID_EPISODES if grid else _EPISODES),
        by_group=options.groups,
        seed=options.seed,
        episodes_on_pictures=_GRID_EPISODES_ON_PICTURES if grid and options.episodes is None else None,
        unknown=options.unknown,
        grid=grid,
        few_on_pictures=grid and not options.full and model.device.type == "cpu",
    )


def _collection(options: EvaluateOptions) -> Collection:
    if project_data.is_project(options.data):
        collection = project_data.collection(options.data)
    else:
        collection = open_collection(options.data)
    collection = collection.split(options.split_file, options.split)
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

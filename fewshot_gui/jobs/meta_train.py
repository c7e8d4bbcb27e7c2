"""Meta-training: `run(MetaTrainOptions(...))`, a generator of progress values; the model folder is its result.

    run(options: MetaTrainOptions) -> Iterator[Progress]

It yields frozen values of engine.meta_train.progress: `Note` (a sentence), `Trained` (after each step: stage, step,
of, loss, validation, pictures_per_second, seconds_left), `Validated`, `Saved` (a checkpoint is on the disk) and last
one `Finished` (folder, accuracy and its interval). UserError and UsageError come before the costly part wherever
that can be. SIGINT and SIGTERM are held back until the step is done and the checkpoint saved, then act as always;
closing the generator saves a checkpoint too. While it trains OUT holds recipe.toml and checkpoint/.

Under torchrun all processes run the same and share each step (engine.meta_train.processes); the first one alone writes,
and yields. A signal to one of them stops all after the same step. OUT must lie where all can read it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from fewshot_gui.engine import device, model_folder
from fewshot_gui.engine.meta_train import data as training_data
from fewshot_gui.engine.meta_train import recipe_file, result, torchrun
from fewshot_gui.engine.meta_train.checkpoint import CheckpointFolder
from fewshot_gui.engine.meta_train.data import Pictures
from fewshot_gui.engine.meta_train.loop import Training
from fewshot_gui.engine.meta_train.processes import Processes
from fewshot_gui.engine.meta_train.progress import Finished, Note, Progress
from fewshot_gui.engine.meta_train.recipe import Recipe
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.meta_train.shorthand import Kind
from fewshot_gui.engine.meta_train.stage import Scene
from fewshot_gui.engine.meta_train.validation import Validator
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import meta_train_curves, meta_train_start
from fewshot_gui.jobs.meta_train_data import Opened, open_data, recipe_of_flags

RECIPE = "recipe.toml"


@dataclass(frozen=True)
class MetaTrainOptions:
    """The command line's options, by the same names.

    data: PATH[@SPLITFILE[:SPLIT]] each; those with the same split file are one data set. recipe: a TOML file instead
    of data, method, backbone, init, epochs, episodes and rotations. resume: go on from OUT's checkpoint, if there is
    one, with OUT's recipe unless another is named. seed: None is the recipe's, or 0.
    """

    out: Path
    data: tuple[str, ...] = ()
    recipe: Path | None = None
    method: Kind = "protonet"
    backbone: str = ""
    init: str = ""
    epochs: int | None = None
    episodes: int | None = None
    rotations: bool = False
    seed: int | None = None
    device: str = "auto"
    resume: bool = False


def run(options: MetaTrainOptions) -> Iterator[Progress]:
    """Train and write the model folder; see the module's first lines."""
    chosen = torchrun.own_device(options.device)
    with torchrun.started(chosen) as processes, closing(_run(options, chosen, processes)) as values:
        for value in values:
            if processes.first:
                yield value


def _run(options: MetaTrainOptions, chosen: torch.device, processes: Processes) -> Generator[Progress, None, None]:
    """The same in each process."""
    checkpoint = CheckpointFolder(options.out / "checkpoint")
    _check_out(options, checkpoint)
    recipe, opened = _recipe(options)
    processes.wait()  # all have read what lies in OUT
    if processes.first:
        _write_recipe(options.out, recipe)
    yield from (Note(warning) for warning in opened.warnings)
    network, inherited, teachers = meta_train_start.start(recipe)
    yield Note(f"Reading {opened.count} pictures; training on {_where(chosen, processes)}.")
    training, validation = _read(recipe, opened)
    yield from _skipped(training, validation)
    validator = Validator(recipe.validation, validation.table)
    scene = Scene(recipe, training, validation, validator, chosen, inherited, processes, teachers).on_device()
    with _held_back_signals() as stop:
        work = Training(scene, network.to(chosen), bool(recipe.init), checkpoint, stop)
        yield from work.run(options.resume)
        if not work.stopped and processes.first:
            yield _finished(options.out, scene, work, opened)
            checkpoint.remove()
    if work.stopped and processes.count > 1:
        raise UserError("Another process of this training was asked to stop: add --resume to go on from there.")


def _where(chosen: torch.device, processes: Processes) -> str:
    """What it is trained on, as a person calls it."""
    several = f" in each of {processes.count} processes" if processes.count > 1 else ""
    return device.describe(chosen) + several


def _check_out(options: MetaTrainOptions, checkpoint: CheckpointFolder) -> None:
    """UserError if OUT holds a model, or a training that --resume was not said for."""
    if (options.out / model_folder.CONFIG).exists() and not checkpoint.exists:
        raise UserError(f"{options.out} already holds a model; name another folder with --out.")
    if checkpoint.exists and not options.resume:
        raise UserError(f"{options.out} holds an unfinished training; add --resume or name another folder with --out.")


def _recipe(options: MetaTrainOptions) -> tuple[Recipe, Opened]:
    """The recipe, and the data sets it names, opened."""
    file = options.recipe
    if file is None and not options.data and options.resume and (options.out / RECIPE).is_file():
        file = options.out / RECIPE
    if file is None:
        return recipe_of_flags(options, options.out.resolve().name)
    if options.data:
        raise UsageError("--data and --recipe exclude each other: the recipe names its data.")
    recipe = recipe_file.read(file)
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    return recipe, open_data(recipe.data, recipe.seed)


def _write_recipe(out: Path, recipe: Recipe) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / RECIPE).write_text(recipe_file.dumps(recipe), "utf-8")
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}); name another folder with --out.") from None


def _read(recipe: Recipe, opened: Opened) -> tuple[Pictures, Pictures]:
    """(training, validation) pictures in memory; the first at the largest size a stage asks for."""
    size = max(stage.size or recipe.preprocessing.size for stage in recipe.stages)
    training = [
        training_data.load(
            part.train, replace(recipe.preprocessing, size=size), source=part.data.source,
            per_class=part.data.per_class, rotations=part.data.rotations,
        )
        for part in opened.parts if part.train is not None
    ]  # fmt: skip
    validation = [
        training_data.load(
            part.validation, recipe.preprocessing, source=part.data.source,
            per_class=recipe.validation.per_class, rotations=part.data.rotations,
        )
        for part in opened.parts if part.validation is not None
    ]  # fmt: skip
    return training_data.join(training), training_data.join(validation)


def _skipped(*all_pictures: Pictures) -> Iterator[Note]:
    unreadable = sum(pictures.unreadable for pictures in all_pictures)
    if unreadable:
        yield Note(f"{unreadable} pictures could not be read and are left out.")


@contextmanager
def _held_back_signals() -> Iterator[Callable[[], bool]]:
    """Context: a function that says whether SIGINT or SIGTERM came; they act when the context ends.

    Outside the main thread, where signals never arrive, it always says no.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda n, _: came.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


def _finished(out: Path, scene: Scene, work: Training, opened: Opened) -> Finished:
    """Write the model folder."""
    kept = work.kept
    work.network.load_state_dict(kept.network)
    base_mean = scene.base_mean(work.network).cpu()
    network = work.network.cpu()
    config = replace(
        scene.config(network),
        **kept.values,
        base_mean_of="" if scene.recipe.metric == "euclidean" else _base_mean_of(scene),
        training_classes=_training_classes(scene),
        data=(*scene.inherited.data, *(part.entry for part in opened.parts if part.train is not None)),
        accuracy=_accuracy(scene, kept.score, opened),
    )
    position, recipe = work.position, scene.recipe
    text = result.card_of(recipe, position.seconds, _where(scene.device, scene.processes), position.notes)
    text += "\n\n" + meta_train_curves.write(
        out, out.resolve().name, position.curves, recipe.validation, scene.validation.table.name
    )
    learned = {method: model_folder.Learned(tensors) for method, tensors in kept.learned.items()}
    model_folder.write(out, config, network, base_mean, learned, text)
    if meta_train_start.config_of_start(scene.recipe.init) is not None:
        # Starts that methods learned for the same backbone stay beside it.
        model_folder.copy_learned(model_folder.find(scene.recipe.init), out)
    return Finished(out, kept.score.mean, *kept.score.interval())


def _base_mean_of(scene: Scene) -> str:
    kind = "L2-normalised embeddings" if scene.recipe.normalised else "embeddings"
    size = scene.recipe.preprocessing.size
    return f"mean of the {kind} of {len(scene.base_pictures)} training pictures, evenly spread, at {size} px"


def _training_classes(scene: Scene) -> tuple[str, ...]:
    return tuple(sorted({*scene.inherited.training_classes, *result.upright_names(scene.training.class_names)}))


def _accuracy(scene: Scene, score: Score, opened: Opened) -> tuple[Mapping[str, Any], ...]:
    rotations = any(part.data.rotations for part in opened.parts if part.validation is not None)
    return tuple(result.accuracy_entries(scene.recipe.validation, score, scene.validation.table.name, rotations))

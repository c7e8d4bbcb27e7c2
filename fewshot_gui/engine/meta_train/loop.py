"""The training loop: stages in order, what validates best is kept, and a checkpoint from which it goes on exactly.

Everything that a step does is a pure function of the weights, the optimiser's state and the step's number, so a
training that was killed and resumed ends with the weights of an undisturbed one (same machine, same threads).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from fewshot_gui.engine.meta_train import optimise, recipe_file, stages
from fewshot_gui.engine.meta_train.checkpoint import CheckpointFolder
from fewshot_gui.engine.meta_train.ema import Average
from fewshot_gui.engine.meta_train.progress import Note, Progress, Saved, Trained, Validated
from fewshot_gui.engine.meta_train.recipe import Maml, Recipe
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.meta_train.stage import Scene, StageRun, network_values
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError


@dataclass
class Kept:
    """Weights worth keeping: values of a stage's modules, their score, and what goes into the model's config.

    network: the backbone's weights. learned: method -> its own tensors.
    """

    network: dict[str, Tensor]
    score: Score
    values: dict[str, Any]
    learned: dict[str, dict[str, Tensor]] = field(default_factory=dict)


@dataclass
class Position:
    """Where a training stands. stage, step: the next to do. kept: from earlier stages. best: of this stage.

    seconds: spent on steps and looks so far, over all runs. notes: what was decided about stages.
    """

    stage: int = 0
    step: int = 0
    loss: float = math.nan
    precision: str = ""
    kept: Kept | None = None
    best: Kept | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


@dataclass
class Training:
    """One training at work. When `run` is through, either `stopped` is true or `kept` is there."""

    scene: Scene
    network: Network  # with the weights of init, or random ones
    pretrained: bool
    checkpoint: CheckpointFolder
    stop: Callable[[], bool] = lambda: False
    position: Position = field(default_factory=Position)
    stopped: bool = False
    _number: int = 0
    _saved_at: float = 0.0

    @property
    def kept(self) -> Kept:
        """The best weights of all stages that validation kept."""
        if self.position.kept is None:
            raise ValueError("the training has not run")
        return self.position.kept

    def run(self, resume: bool = False) -> Iterator[Progress]:
        """Train. resume: go on from the checkpoint if there is one. Stops after a step, checkpoint saved, on `stop`."""
        loaded = self._load() if resume and self.checkpoint.exists else None
        if loaded is None and self.pretrained and not self._own_start(0):
            yield Note("Measuring the start on the validation classes.")
            self.position.kept = self._measured_start()
        for number in range(self.position.stage, len(self.scene.recipe.stages)):
            self.position.stage = number
            yield from self._stage(number, loaded)
            loaded = None
            if self.stopped:
                return

    def _stage(self, number: int, loaded: dict[str, Tensor] | None) -> Iterator[Progress]:
        run, average, optimiser = self._begin(number, loaded)
        try:
            yield from self._steps(run, average, optimiser)
        except GeneratorExit:
            self._save(run, average, optimiser)
            raise
        if self.position.step == run.stage.steps:
            self.position.notes.append(self._decide(run))
            yield Note(self.position.notes[-1])

    def _begin(self, number: int, loaded: dict[str, Tensor] | None) -> tuple[StageRun, Average, torch.optim.Optimizer]:
        """A stage at its first step, or at the step of the checkpoint."""
        if self.position.kept is not None:
            self.network.load_state_dict(self.position.kept.network)
        recipe = self.scene.recipe.stages[number]
        run = stages.KINDS[recipe.kind](self.scene, recipe, number, self.network)
        if loaded is None:
            self.position.step, self.position.loss, self.position.best = 0, math.nan, None
            run.prepare()
            self.position.precision = run.choose_precision()
        else:
            run.modules.load_state_dict(_under("modules.", loaded))
        run.precision = self.position.precision
        average = Average(run.modules, run.stage.ema)
        optimiser = optimise.optimiser_for(run.modules, run.stage, run.extra_rates())
        if loaded is not None:
            average.load(_under("average.", loaded))
            optimise.restore_state(optimiser, _under("optimiser.", loaded))
        return run, average, optimiser

    def _steps(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> Iterator[Progress]:
        """The steps that are left of a stage, with looks at the validation classes and checkpoints between them."""
        position, stage, every = self.position, run.stage, self.scene.recipe.validation.every
        spent, first, self._saved_at = 0.0, position.step, time.monotonic()
        while position.step < stage.steps:
            began = time.monotonic()
            self._step(run, average, optimiser)
            spent += time.monotonic() - began
            last = position.step == stage.steps
            if last or position.step % every == 0:
                yield self._look(run, average)
            position.seconds += time.monotonic() - began
            self.stopped = self.stop() and not last
            if self.stopped or (self._due() and not last):
                self._save(run, average, optimiser)
                yield Saved(stage.kind, position.step)
            yield self._told(run, spent / (position.step - first))
            if self.stopped:
                return

    def _told(self, run: StageRun, seconds: float) -> Trained:
        """Where the stage stands. seconds: per step."""
        position, stage = self.position, run.stage
        best = position.best.score.mean if position.best else None
        left = seconds * (stage.steps - position.step)
        return Trained(
            stage.kind, position.step, stage.steps, position.loss, best, run.pictures_per_step / seconds, left
        )

    def _step(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> None:
        position, stage = self.position, run.stage
        run.train_mode()
        optimise.set_rates(optimiser, stage, position.step)
        optimiser.zero_grad(set_to_none=True)
        loss = run.gradients(position.step)
        if not math.isfinite(loss):
            raise UserError(f"The loss became {loss} at step {position.step + 1}; lower the stage's rate.")
        if stage.clip:
            torch.nn.utils.clip_grad_norm_(run.modules.parameters(), stage.clip)
        optimiser.step()
        average.update(run.modules, position.step)
        position.loss = loss if math.isnan(position.loss) else 0.98 * position.loss + 0.02 * loss
        position.step += 1

    def _look(self, run: StageRun, average: Average) -> Validated:
        """Validate the averaged weights and remember them if they lead."""
        score = run.score(average.values)
        leads = self.position.best is None or score.mean > self.position.best.score.mean
        if leads:
            self.position.best = self._keep(run, average.values, score)
        return Validated(run.stage.kind, self.position.step, score.mean, *score.interval(), best=leads)

    def _decide(self, run: StageRun) -> str:
        """Keep a finished stage if nothing was there before or the paired gain's interval lies above zero."""
        position, best = self.position, self.position.best
        if best is None:
            raise ValueError("a stage ends with a look at the validation classes")
        name, before, kept_before = run.stage.kind, run.baseline(), position.kept
        if before is None and position.kept is None:
            position.kept = best
            return f"Stage {name} reached {best.score.mean:.1%} on the validation classes."
        mean, low, high = best.score.gain_over(before or position.kept.score)
        good = mean >= 0 if before is not None else low > 0
        if good:
            position.kept = best
            if before is not None and kept_before is not None:  # the backbone is the same, and so is its score
                position.kept = replace(best, score=kept_before.score)
        elif position.kept is None and before is not None:
            position.kept = Kept(dict(self.network.state_dict()), before, {})
        verdict = "is kept" if good else "is not kept"
        against = "over its un-adapted head" if before is not None else "over what was there"
        figures = f"{100 * mean:+.2f} points ({100 * low:+.2f} to {100 * high:+.2f})"
        return f"Stage {name} {verdict}: {figures} {against}, on the validation classes."

    def _keep(self, run: StageRun, values: Mapping[str, Tensor], score: Score) -> Kept:
        """Copies of what is to be kept. A start of its own leaves the backbone as the stage found it."""
        own_start = run.network is not self.network
        network = self.network.state_dict() if own_start else network_values(values)
        learned = {run.learns: run.learned(values)} if run.learns else {}
        if own_start and self.position.kept is not None:  # other methods' starts for the same backbone
            learned = self.position.kept.learned | learned
        return Kept({name: value.clone() for name, value in network.items()}, score, run.kept(values), learned)

    def _own_start(self, number: int) -> bool:
        stage = self.scene.recipe.stages[number]
        return isinstance(stage, Maml) and stage.own_start

    def _measured_start(self) -> Kept:
        run = stages.KINDS["episodes"](self.scene, stages.LOOK_ONLY, 0, self.network)
        values = run.modules.state_dict()
        return self._keep(run, values, run.score(values))

    def _due(self) -> bool:
        return time.monotonic() - self._saved_at >= 60 * self.scene.recipe.checkpoint_minutes

    def _save(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> None:
        position = self.position
        values = {
            "recipe": recipe_file.dumps(self.scene.recipe),
            "number": self._number,
            "stage": position.stage,
            "step": position.step,
            "loss": position.loss,
            "precision": position.precision,
            "seconds": position.seconds,
            "notes": position.notes,
            "kept": _kept_values(position.kept),
            "best": _kept_values(position.best),
        }
        tensors = {
            **_over("modules.", run.modules.state_dict()),
            **_over("average.", average.values),
            **_over("optimiser.", optimise.state_of(optimiser)),
            **_over("kept.", _kept_tensors(position.kept)),
            **_over("best.", _kept_tensors(position.best)),
        }
        self.checkpoint.save(self._number, values, tensors)
        self._number += 1
        self._saved_at = time.monotonic()

    def _load(self) -> dict[str, Tensor]:
        """Set the position from the checkpoint; its tensors. UserError if it belongs to another recipe."""
        values, tensors = self.checkpoint.load(self.scene.device)
        if not _same(recipe_file.loads(values["recipe"]), self.scene.recipe):
            raise UserError(f"{self.checkpoint.path} belongs to another recipe; train anew without --resume.")
        self._number = values["number"] + 1
        self.position = Position(
            values["stage"],
            values["step"],
            values["loss"],
            values["precision"],
            _kept(values["kept"], _under("kept.", tensors)),
            _kept(values["best"], _under("best.", tensors)),
            values["seconds"],
            values["notes"],
        )
        return tensors


def _same(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes make the same weights: how often a checkpoint is written does not count."""
    return replace(one, checkpoint_minutes=1.0) == replace(other, checkpoint_minutes=1.0)


def _over(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: value for name, value in tensors.items()}


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _kept_values(kept: Kept | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {"cells": {cell: list(v) for cell, v in kept.score.cells.items()}, "values": kept.values}


def _kept_tensors(kept: Kept | None) -> dict[str, Tensor]:
    if kept is None:
        return {}
    tensors = _over("network.", kept.network)
    for method, learned in kept.learned.items():
        tensors |= _over(f"learned.{method}.", learned)
    return tensors


def _kept(values: dict[str, Any] | None, tensors: dict[str, Tensor]) -> Kept | None:
    if values is None:
        return None
    learned: dict[str, dict[str, Tensor]] = {}
    for name, value in _under("learned.", tensors).items():
        method, _, name = name.partition(".")
        learned.setdefault(method, {})[name] = value
    return Kept(_under("network.", tensors), Score(values["cells"]), values["values"], learned)

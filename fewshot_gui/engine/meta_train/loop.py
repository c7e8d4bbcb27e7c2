"""The training loop: stages in order, what validates best is kept, and a checkpoint from which it goes on exactly.

Everything that a step does is a pure function of the weights, the optimiser's state and the step's number, so a
training that was killed and resumed ends with the weights of an undisturbed one (same machine, same threads).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import torch
from torch import Tensor

from fewshot_gui.engine.meta_train import optimise, recipe_file, stages
from fewshot_gui.engine.meta_train.checkpoint import CheckpointFolder
from fewshot_gui.engine.meta_train.curves import Curve, Look
from fewshot_gui.engine.meta_train.ema import Average
from fewshot_gui.engine.meta_train.position import Kept, Position, over, restored, tensors_of, under, values_of
from fewshot_gui.engine.meta_train.processes import Processes
from fewshot_gui.engine.meta_train.progress import Note, Progress, Saved, Trained, Validated
from fewshot_gui.engine.meta_train.recipe import Maml, Recipe
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.meta_train.stage import Scene, StageRun, network_values
from fewshot_gui.engine.network import Network
from fewshot_gui.errors import UserError

MaybeScore = TypeVar("MaybeScore", Score, Score | None)


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
            self.position.precision = self._processes.agreed(run.choose_precision())
        else:
            run.modules.load_state_dict(under("modules.", loaded))
        if not self.position.curves or self.position.curve.number != number:
            self.position.curves.append(Curve(number, recipe.kind, recipe.steps))
        self._processes.share(run.modules)
        run.precision = self.position.precision
        average = Average(run.modules, run.stage.ema)
        optimiser = optimise.optimiser_for(run.modules, run.stage, run.extra_rates())
        if loaded is not None:
            average.load(under("average.", loaded))
            optimise.restore_state(optimiser, under("optimiser.", loaded))
        return run, average, optimiser

    def _steps(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> Iterator[Progress]:
        """The steps that are left of a stage, with looks at the validation classes and checkpoints between them."""
        position, stage, every = self.position, run.stage, self.scene.recipe.validation.every
        spent, first, self._saved_at = 0.0, position.step, time.monotonic()
        while position.step < stage.steps:
            began = time.monotonic()
            loss = self._step(run, average, optimiser)
            taken = time.monotonic() - began
            spent += taken
            position.curve.add(position.step, loss, run.pictures_per_step, taken)
            last = position.step == stage.steps
            if last or position.step % every == 0:
                yield self._look(run, average)
            position.seconds += time.monotonic() - began
            self.stopped = self._processes.any(self.stop()) and not last
            if self.stopped or (self._due() and not last):
                self._save(run, average, optimiser)
                yield Saved(stage.kind, position.step)
            yield self._told(run, spent / (position.step - first))
            if self.stopped:
                self._processes.wait()  # none leaves before the checkpoint is there
                return

    def _told(self, run: StageRun, seconds: float) -> Trained:
        """Where the stage stands. seconds: per step."""
        position, stage = self.position, run.stage
        best = position.best.score.mean if position.best else None
        left = seconds * (stage.steps - position.step)
        return Trained(
            stage.kind, position.step, stage.steps, position.loss, best, run.pictures_per_step / seconds, left
        )

    def _step(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> float:
        """The loss of the step, which is done."""
        position, stage = self.position, run.stage
        run.train_mode()
        optimise.set_rates(optimiser, stage, position.step)
        optimiser.zero_grad(set_to_none=True)
        loss = run.joint_gradients(position.step)
        if not math.isfinite(loss):
            raise UserError(f"The loss became {loss} at step {position.step + 1}; lower the stage's rate.")
        if stage.clip:
            torch.nn.utils.clip_grad_norm_(run.modules.parameters(), stage.clip)
        optimiser.step()
        average.update(run.modules, position.step)
        position.loss = loss if math.isnan(position.loss) else 0.98 * position.loss + 0.02 * loss
        position.step += 1
        return loss

    def _look(self, run: StageRun, average: Average) -> Validated:
        """Validate the averaged weights and remember them if they lead."""
        score = self._measured(lambda: run.score(average.values))
        leads = self.position.best is None or score.mean > self.position.best.score.mean
        if leads:
            self.position.best = self._keep(run, average.values, score)
        look = Look(self.position.step, score.mean, *score.interval(), best=leads)
        self.position.curve.looks.append(look)
        return Validated(run.stage.kind, look.step, look.accuracy, look.low, look.high, look.best)

    def _decide(self, run: StageRun) -> str:
        """Keep a finished stage if nothing was there before or the paired gain's interval lies above zero."""
        position, best = self.position, self.position.best
        if best is None:
            raise ValueError("a stage ends with a look at the validation classes")
        name, before, kept_before = run.stage.kind, self._measured(run.baseline), position.kept
        if before is None and position.kept is None:
            position.kept, position.curve.kept = best, True
            return f"Stage {name} reached {best.score.mean:.1%} on the validation classes."
        rival = before or position.kept.score
        mean, low, high = best.score.gain_over(rival)
        good = mean >= 0 or self._always(run) if before is not None else low > 0
        position.curve.before, position.curve.kept = rival.mean, good
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

    @staticmethod
    def _always(run: StageRun) -> bool:
        return isinstance(run.stage, Maml) and run.stage.keep == "always"

    def _measured_start(self) -> Kept:
        run = stages.KINDS["episodes"](self.scene, stages.LOOK_ONLY, 0, self.network)
        values = run.modules.state_dict()
        return self._keep(run, values, self._measured(lambda: run.score(values)))

    def _measured(self, measure: Callable[[], MaybeScore]) -> MaybeScore:
        """What the first process measures, for all of them: so they decide alike."""
        score = measure() if self._processes.first else None
        cells = self._processes.agreed(score and {cell: list(values) for cell, values in score.cells.items()})
        return score if self._processes.first or cells is None else Score(cells)

    @property
    def _processes(self) -> Processes:
        return self.scene.processes

    def _due(self) -> bool:
        return time.monotonic() - self._saved_at >= 60 * self.scene.recipe.checkpoint_minutes

    def _save(self, run: StageRun, average: Average, optimiser: torch.optim.Optimizer) -> None:
        self._saved_at = time.monotonic()
        if not self._processes.first:
            return
        values = {
            "recipe": recipe_file.dumps(self.scene.recipe),
            "number": self._number,
            **values_of(self.position),
        }
        tensors = {
            **over("modules.", run.modules.state_dict()),
            **over("average.", average.values),
            **over("optimiser.", optimise.state_of(optimiser)),
            **tensors_of(self.position),
        }
        self.checkpoint.save(self._number, values, tensors)
        self._number += 1

    def _load(self) -> dict[str, Tensor]:
        """Set the position from the checkpoint; its tensors. UserError if it belongs to another recipe."""
        values, tensors = self.checkpoint.load(self.scene.device)
        if not _same(recipe_file.loads(values["recipe"]), self.scene.recipe):
            raise UserError(f"{self.checkpoint.path} belongs to another recipe; train anew without --resume.")
        self._number = values["number"] + 1
        self.position = restored(values, tensors)
        return tensors


def _same(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes make the same weights: how often a checkpoint is written does not count."""
    return replace(one, checkpoint_minutes=1.0) == replace(other, checkpoint_minutes=1.0)

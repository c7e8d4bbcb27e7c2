"""What becomes of a training: the model's config and card, from the recipe and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui.engine.meta_train.recipe import DataSet, Distilled, Maml, Recipe, Stage, Supervised, Validation
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.network import Network

_TURNS = ("@90", "@180", "@270")


@dataclass(frozen=True, eq=False)
class Inherited:
    """What the model that a training starts from hands on to the one that comes of it."""

    training_classes: tuple[str, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    adaptation: Adaptation | None = None
    methods: Mapping[str, Mapping[str, Any]] | None = None


def config_of(recipe: Recipe, network: Network, inherited: Inherited | None = None) -> ModelConfig:
    """The config of the recipe's model before anything was measured."""
    inherited = inherited or Inherited()
    own_start = next((stage for stage in recipe.stages if isinstance(stage, Maml)), None)
    adaptation = inherited.adaptation
    if own_start is not None and adaptation is None:
        adaptation = Adaptation(own_start.block, recipe.preprocessing)
    return ModelConfig(
        architecture=recipe.backbone,
        architecture_options=dict(recipe.backbone_options),
        embedding_size=network.embedding_size,
        normalised=recipe.normalised,
        preprocessing=recipe.preprocessing,
        metric=recipe.metric,
        temperature=recipe.temperature,
        method=recipe.method,
        methods=inherited.methods or {},
        adaptation=adaptation,
        training_classes=inherited.training_classes,
        data=inherited.data,
        description=recipe.description,
    )


def upright_names(names: Sequence[str]) -> tuple[str, ...]:
    """Class names as in their split files: without the turn that made classes more of them; sorted, each once."""
    plain = set()
    for name in names:
        for turn in _TURNS:
            name = name.removesuffix(turn)
        plain.add(name)
    return tuple(sorted(plain))


def data_entry(data: DataSet, name: str, classes: int, pictures: int) -> dict[str, Any]:
    """What config.json says about a data set that was trained on. name: if the recipe gives none."""
    turned = ", each class also turned by 90, 180 and 270 degrees as classes of their own" if data.rotations else ""
    entry: dict[str, Any] = {
        "name": data.name or name, "used": f"training{turned}", "classes": classes, "pictures": pictures,
        "terms": data.terms or "Not stated in the recipe.",
    }  # fmt: skip
    return {**entry, "origin": data.origin} if data.origin else entry


def accuracy_entries(validation: Validation, score: Score, dataset: str, rotations: bool) -> list[dict[str, Any]]:
    """What config.json says about validation: one entry per number of shots, the mean over its sources."""
    entries = []
    for shots in validation.shots:
        part = score.part(f", {shots} shot")
        entries.append({
            "dataset": dataset, "split": "validation", "ways": validation.ways, "shots": shots,
            "method": validation.method, "accuracy": round(part.mean, 4),
            "ci95": [round(bound, 4) for bound in part.interval()], "episodes": validation.episodes,
            "note": _note(validation, len(part.cells), rotations),
        })  # fmt: skip
    return entries


def _note(validation: Validation, sources: int, rotations: bool) -> str:
    parts = ["chose the weights, so it flatters a little"]
    if validation.within_source:
        parts.append(f"within each of {sources} sources, plain mean")
    if rotations:
        parts.append("turned characters are classes of their own")
    return "; ".join(parts)


def card_of(recipe: Recipe, seconds: float, device: str, notes: Sequence[str]) -> str:
    """The upper part of the model card: how it was made, what each stage brought."""
    lines = [
        "Made by `fewshot-gui meta-train --recipe recipe.toml --out FOLDER`; recipe.toml lies beside this card.",
        "",
    ]
    lines += [f"{i}. {_of_stage(stage)}" for i, stage in enumerate(recipe.stages, 1)]
    lines += ["", *(f"- {note}" for note in notes), f"- Seed {recipe.seed}; {seconds / 60:.0f} minutes on {device}."]
    return "\n".join(lines)


def _of_stage(stage: Stage) -> str:
    if isinstance(stage, Distilled):
        return (
            f"Distilled from {Path(stage.teacher).name}: {stage.steps} steps of {stage.batch} pictures, features and "
            "relations, a cosine classifier per source."
        )
    if isinstance(stage, Supervised):
        return f"Supervised: {stage.steps} steps of {stage.batch} pictures, a cosine classifier per source."
    order = " first order," if isinstance(stage, Maml) and stage.first_order else ""
    tasks = f"{stage.tasks} tasks a step," if isinstance(stage, Maml) else "an episode a step,"
    most = f" to {stage.most_shots}" if isinstance(stage, Maml) and stage.most_shots else ""
    shape = f"{stage.ways} ways, {stage.shots}{most} shot, {stage.queries} queries"
    name = METHODS[stage.kind].title if isinstance(stage, Maml) else "Episodes"
    return f"{name}: {stage.steps} steps,{order} {tasks} {shape}."

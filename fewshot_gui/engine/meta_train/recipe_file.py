"""recipe.toml <-> Recipe: every key's presence, type and range is checked, and an error names file, key and cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from fewshot_gui.engine.config_json import object_of
from fewshot_gui.engine.meta_train import toml_text
from fewshot_gui.engine.meta_train.recipe import (
    DataSet,
    Distilled,
    Episodes,
    Gradient,
    Maml,
    Recipe,
    Stage,
    Supervised,
    Validation,
)
from fewshot_gui.errors import UserError

KINDS: dict[str, type[Supervised | Episodes | Maml]] = {
    "supervised": Supervised,
    "distilled": Distilled,
    "episodes": Episodes,
    **dict.fromkeys(get_args(Gradient), Maml),
}


def read(path: Path) -> Recipe:
    """The recipe in a file. UserError if it cannot be read or says something that makes no sense."""
    try:
        return loads(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The recipe {path} cannot be read ({error}); name another file.") from None


def loads(text: str, file: str = "recipe.toml") -> Recipe:
    """The recipe in a TOML text; file names it in messages."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file} is not TOML ({error}); correct it.") from None
    stages = table.get("stages", [])
    if not isinstance(stages, list) or not all(isinstance(stage, Mapping) for stage in stages):
        raise UserError(f"{file}: 'stages' must be [[stages]] tables; correct it.")
    recipe: Recipe = object_of(Recipe, {**table, "stages": []}, file, "")
    recipe = replace(recipe, stages=tuple(_stage(stage, file, i) for i, stage in enumerate(stages)))
    check(recipe, file)
    return recipe


def dumps(recipe: Recipe) -> str:
    """The TOML text that `loads` reads back as the same recipe; every setting is written out."""
    return toml_text.dumps(asdict(recipe))


def check(recipe: Recipe, file: str = "recipe") -> None:
    """UserError for what types cannot say: empty lists, numbers out of range, a pattern that is none."""
    demands = [
        (bool(recipe.stages), "'stages' is empty; add a [[stages]] table"),
        (bool(recipe.data), "'data' is empty; add a [[data]] table with paths"),
        (recipe.temperature > 0, "'temperature' must be above 0"),
        (recipe.checkpoint_minutes > 0, "'checkpoint_minutes' must be above 0"),
        (
            not _after_own_start(recipe),
            "stages with 'own_start' leave the backbone alone, so they must be the last ones",
        ),
    ]
    demands += [demand for i, data in enumerate(recipe.data) for demand in _of_data(data, f"data[{i}].")]
    demands += [demand for i, stage in enumerate(recipe.stages) for demand in _of_stage(stage, f"stages[{i}].")]
    demands += _of_validation(recipe.validation)
    for holds, sentence in demands:
        if not holds:
            raise UserError(f"{file}: {sentence}.")


def _stage(table: Mapping[str, Any], file: str, index: int) -> Supervised | Episodes | Maml:
    kind = table.get("kind")
    if kind not in KINDS:
        raise UserError(f"{file}: 'stages[{index}].kind' must be one of {', '.join(KINDS)}, not {kind!r}.")
    return object_of(KINDS[kind], dict(table), file, f"stages[{index}].")


def _after_own_start(recipe: Recipe) -> bool:
    """Whether a stage that changes the backbone comes after one that makes a start of its own beside it."""
    own = [isinstance(stage, Maml) and stage.own_start for stage in recipe.stages]
    return own != sorted(own)


def _of_data(data: DataSet, key: str) -> list[tuple[bool, str]]:
    return [
        (bool(data.paths), f"'{key}paths' is empty; name a folder, .zip or .npz"),
        (_is_pattern(data.source), f"'{key}source' is no regular expression: {data.source!r}"),
        (data.per_class >= 0, f"'{key}per_class' must be 0 (all) or more"),
    ]


def _of_stage(stage: Stage, key: str) -> list[tuple[bool, str]]:
    changes = stage.augmentation
    demands = [
        (stage.steps > 0, f"'{key}steps' must be above 0"),
        (stage.rate > 0, f"'{key}rate' must be above 0"),
        (0 <= stage.warmup <= stage.steps, f"'{key}warmup' must lie between 0 and steps"),
        (0 <= stage.ema < 1, f"'{key}ema' must be at least 0 and below 1"),
        (stage.decay >= 0 and stage.clip >= 0, f"'{key}decay' and 'clip' must be 0 or more"),
        (0 < changes.crop <= 1, f"'{key}augmentation.crop' must be above 0 and at most 1"),
        (changes.stretch >= 1, f"'{key}augmentation.stretch' must be at least 1"),
    ]
    if isinstance(stage, Supervised):
        demands += [
            (stage.batch > 1, f"'{key}batch' must be at least 2"),
            (0 <= stage.smoothing < 1, f"'{key}smoothing' must be at least 0 and below 1"),
            (0 < stage.distil_share <= 1, f"'{key}distil_share' must be above 0 and at most 1"),
        ]
    else:
        demands += _of_shape(stage.ways, stage.shots, stage.queries, key)
    if isinstance(stage, Distilled):
        demands += [
            (bool(stage.teacher), f"'{key}teacher' must be the name or the folder of a model"),
            (stage.sharpness > 0, f"'{key}sharpness' must be above 0"),
        ]
    if isinstance(stage, Maml):
        demands += [
            (stage.tasks > 0, f"'{key}tasks' must be above 0"),
            (stage.most_shots == 0 or stage.most_shots >= stage.shots, f"'{key}most_shots' must be 0 or >= 'shots'"),
            (stage.inner_rate > 0, f"'{key}inner_rate' must be above 0"),
            (
                not stage.at_once or stage.kind != "reptile",
                f"'{key}at_once' is not for Reptile, which has no meta-loss",
            ),
            (stage.statistics != "batch", f"'{key}statistics' must be frozen or support: queries are never averaged"),
            (
                not stage.views or stage.block >= 0,
                f"'{key}views' needs 'block', as it is features below it that are kept",
            ),
        ]
    else:
        demands.append((stage.statistics != "support", f"'{key}statistics' must be batch or frozen"))
    return demands


def _of_validation(validation: Validation) -> list[tuple[bool, str]]:
    shape = (min(validation.shots, default=0), "validation.")
    return [
        *_of_shape(validation.ways, shape[0], validation.queries, shape[1]),
        (validation.episodes > 1, "'validation.episodes' must be at least 2, or there is no interval"),
        (validation.every > 0, "'validation.every' must be above 0"),
    ]


def _of_shape(ways: int, shots: int, queries: int, key: str) -> list[tuple[bool, str]]:
    return [
        (ways > 1, f"'{key}ways' must be at least 2"),
        (shots > 0, f"'{key}shots' must be at least 1"),
        (queries > 0, f"'{key}queries' must be at least 1"),
    ]


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True

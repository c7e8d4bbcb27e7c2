"""A project as `classify` takes it: its classes, examples and settings. It is read and never changed.

A project that a window has open may be read at the same time: what is seen is what was stored last.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.engine.methods import instant
from fewshot_gui.errors import UserError
from fewshot_gui.images.truth_table import TruthTable
from fewshot_gui.jobs import backbone as backbones
from fewshot_gui.jobs.adapt import AdaptOptions, UnknownOption
from fewshot_gui.jobs.bench import BenchExample
from fewshot_gui.jobs.examples import ExampleSet
from fewshot_gui.jobs.truth import KnownTruth
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.project import snapshot
from fewshot_gui.project.snapshot import Snapshot
from fewshot_gui.types import BALANCED


@dataclass(frozen=True, kw_only=True)
class OfProject:
    """A project file. backbone, quality, method, unknown, seed: instead of the project's own where they are not None.

    The project's quality is that of its own backbone: another one is taken as it is.
    """

    file: Path
    backbone: str | None = None
    quality: str | None = None
    method: str | None = None
    device: str = "auto"
    unknown: UnknownOption = None
    seed: int | None = None
    cache: bool = True


def read_project(by: OfProject) -> tuple[AdaptOptions, Snapshot]:
    """(how the project adapts, the project). UserError: no project, damaged, newer, or without an example."""
    project = snapshot.read(by.file)
    return _adapting(by, project), project


def own_folder(project: Snapshot) -> str:
    """The folder that the project classifies. UserError if none was chosen, or if it is gone."""
    if project.folder is None:
        raise UserError(
            f"The project {project.path} has no folder to classify yet: name pictures or a folder with --query."
        )
    if not os.path.isdir(project.folder):
        raise UserError(
            f"The project's folder {project.folder} does not exist (moved or deleted?): name one with --query, or "
            "choose another one in the window."
        )
    return project.folder


def project_truth(project: Snapshot, query: Sequence[Path | str]) -> KnownTruth | None:
    """What a table that the project was given says of its folder's pictures; None without one, or of other pictures."""
    if project.truth is None or project.folder is None:
        return None
    within = os.path.join(os.path.realpath(project.folder), "")
    if not any(os.path.join(os.path.realpath(path), "").startswith(within) for path in query):
        return None
    return KnownTruth(TruthTable(project.truth.table, project.truth.classes), (project.folder,), partly=True)


def _adapting(by: OfProject, project: Snapshot) -> AdaptOptions:
    """What gives the answers that the project's window shows."""
    if not project.examples:
        raise UserError(f"The project {project.path} has no examples yet: add some to its classes in the window.")
    how = project.settings
    backbone = by.backbone or how.backbone or DEFAULT_BACKBONE
    quality = by.quality or (BALANCED if by.backbone else how.quality)
    config = backbones.find(backbone, quality).config
    own: UnknownOption = None if how.unknown == "default" else how.unknown
    return AdaptOptions(
        support=_example_set(project),
        backbone=backbone,
        quality=quality,
        method=by.method or how.method or instant(config),
        device=by.device,
        unknown=own if by.unknown is None else by.unknown,
        seed=how.seed if by.seed is None else by.seed,
        cache=by.cache,
    )


def _example_set(project: Snapshot) -> ExampleSet:
    place = {info.id: index for index, info in enumerate(project.classes)}
    return ExampleSet(
        tuple(BenchExample(e.path, place[e.class_id], e.content, e.crop, e.id) for e in project.examples),
        tuple(info.name for info in project.classes),
        tuple(info.id for info in project.classes),
    )

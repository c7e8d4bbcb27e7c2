"""The map's points: the folder's embeddings, the class prototypes and the examples, in one plane."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import projection
from fewshot_gui.engine.features import class_means, l2_normalised
from fewshot_gui.errors import UserError
from fewshot_gui.jobs.bench import Examples, FolderRows, Points, Workbench
from fewshot_gui.jobs.events import Step

_GROWTH = 1.5  # times as many embeddings as were looked at, from which on the axes are found anew
_PART = 4096  # pictures placed at a time
_LEAST = 16  # embeddings, before which a map says nothing


def project(bench: Workbench) -> Generator[Step, None, Points]:
    """See jobs.workbench.project_points."""
    yield Step("Drawing the map")
    return points(bench)


def points(bench: Workbench, at_end: bool = False) -> Points:
    """Finds the axes if they are missing or due (see `is_due`), places the folder's pictures, and the other points.

    UserError if there is neither a picture nor an example to show.
    """
    with bench.lock:
        model, folder, examples, earlier = bench.ready_model(), bench.folder, bench.examples, bench.projection
        rows = np.zeros(0, np.intp) if folder is None else np.flatnonzero(folder.embedded)
    if earlier is not None and not is_due(bench, at_end):
        return _points(earlier, examples, moved=False)
    found = projection.fit(_sample(folder, rows, examples, model.config.embedding_size), earlier)
    axes = replace(found, fitted=max(len(rows), found.fitted))
    with bench.lock:
        if bench.model is model and bench.folder is folder:
            bench.projection = axes
    _place_all(bench, folder, axes)
    return _points(axes, examples, moved=True)


def _place_all(bench: Workbench, folder: FolderRows | None, axes: projection.Projection) -> None:
    """Places the folder's pictures on a new map, some at a time, so that nothing waits long for the lock."""
    rows = np.zeros(0, np.intp) if folder is None else np.flatnonzero(folder.embedded)
    for start in range(0, len(rows), _PART):
        with bench.lock:
            if bench.projection is not axes:
                return
            place_rows(bench, folder, rows[start : start + _PART])


def place_rows(bench: Workbench, folder: FolderRows, rows: np.ndarray) -> None:
    """Places pictures on the map as it is now, if there is one; under the bench's lock."""
    if bench.projection is not None and len(rows):
        folder.columns.set_xy(rows, bench.projection.place(torch.from_numpy(folder.vectors[rows])).numpy())


def is_due(bench: Workbench, at_end: bool = False) -> bool:
    """True if so many embeddings have come since the axes were found that they are better found anew.

    at_end: nothing more will come, so that any growth counts.
    """
    folder, axes = bench.folder, bench.projection
    count = 0 if folder is None else int(np.count_nonzero(folder.embedded))
    if axes is None:
        return count >= _LEAST or (at_end and count > 0)
    return count > axes.fitted if at_end else count >= max(_LEAST, _GROWTH * axes.fitted)


def _sample(folder: FolderRows | None, rows: np.ndarray, examples: Examples | None, size: int) -> Tensor:
    """What the axes are found from: the folder's pictures, evenly chosen; without any, the examples."""
    if folder is not None and len(rows):
        few = rows[np.linspace(0, len(rows) - 1, min(len(rows), projection.MOST_ROWS)).round().astype(np.intp)]
        return torch.from_numpy(folder.vectors[few])
    if examples is None:
        raise UserError("There is nothing to draw a map of: add examples, or choose a folder.")
    return examples.pictures.embeddings.reshape(-1, size)


def _points(axes: projection.Projection, examples: Examples | None, moved: bool) -> Points:
    if examples is None:
        nothing = np.zeros((0, 2), np.float32)
        return Points(nothing, (), nothing, (), (), axes.explained, moved)
    pictures = examples.pictures
    unit = l2_normalised(pictures.embeddings.float())
    prototypes = class_means(unit, pictures.labels, len(pictures.class_names))
    class_of = tuple(examples.class_ids[label] for label in pictures.labels.tolist())
    placed, centres = axes.place(unit).numpy(), ((prototypes - axes.mean) @ axes.axes).numpy()
    return Points(centres, examples.class_ids, placed, examples.ids, class_of, axes.explained, moved)

"""A project's folder as columns, and back: what a window shows before a model is there, and stores. No torch."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import numpy as np

from fewshot_gui.images.truth_table import TruthTable
from fewshot_gui.jobs.columns import (
    CONFIRMED,
    CORRECTED,
    EXCLUDED,
    NONE,
    OK,
    PENDING,
    SAID_UNKNOWN,
    UNREADABLE,
    PictureColumns,
)
from fewshot_gui.jobs.events import Step
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import PictureFile, Review, Truth

VERDICTS = {"confirmed": CONFIRMED, "corrected": CORRECTED, "unknown": SAID_UNKNOWN, "excluded": EXCLUDED}
_SLICE = 4096  # rows that are stored, or looked up, at a time


def stored_columns(project: Project) -> PictureColumns | None:
    """The folder as it was seen last, with the answers and verdicts that are stored; None without a folder."""
    folder = project.folder()
    if folder is None:
        return None
    pictures = project.pictures()
    paths = [os.path.join(folder, *picture.relative.split("/")) for picture in pictures]
    columns = PictureColumns(paths, folder, [picture.truth for picture in pictures])
    classes = project.classes()
    columns.set_classes([c.name for c in classes], [c.id for c in classes], [c.colour for c in classes])
    columns.set_content(range(columns.n), [picture.content for picture in pictures])
    _put_answers(columns, project, {picture.relative: row for row, picture in enumerate(pictures)})
    put_verdicts(columns, project.reviews())
    columns.set_support([example.content for example in project.examples()])
    put_truth(columns, project.truth())
    return columns


def put_truth(columns: PictureColumns, truth: Truth | None) -> None:
    """Makes the true classes what the project's table and the folders say."""
    if truth is not None:
        columns.set_truths(TruthTable(truth.table, truth.classes).match(columns.paths, [columns.root]).truths)
    elif columns.by_table:
        columns.set_truths(None)


def put_verdicts(columns: PictureColumns, reviews: Mapping[str, Review], rows: np.ndarray | None = None) -> None:
    """Makes the verdicts of rows [m], of all without, what the project says."""
    rows = np.arange(columns.n) if rows is None else rows
    verdict, label = np.full(len(rows), NONE, np.uint8), np.full(len(rows), -1, np.int16)
    place = {class_id: index for index, class_id in enumerate(columns.class_ids)}
    for at, row in enumerate(rows.tolist()) if reviews else ():
        review = reviews.get(columns.content[row] or "")
        if review is not None:
            verdict[at] = VERDICTS[review.verdict]
            label[at] = place.get(review.class_id, -1) if review.class_id is not None else -1
    columns.set_verdicts(rows, verdict, label)


def renewed(
    project: Project, found: PictureColumns, known: PictureColumns | None
) -> Generator[Step, None, PictureColumns]:
    """Tells the project what a scan of its folder found; gives columns of it: `known`, if nothing came or went."""
    yield Step("Comparing with the last visit")
    rows = [_picture(found, row) for row in range(found.n)]
    project.set_pictures([row for row in rows if row is not None])
    if known is not None and known.root == found.root and known.paths == found.paths:
        return known
    columns = stored_columns(project)
    return found if columns is None else columns


def store_answers(
    project: Project, columns: PictureColumns, values: Mapping[str, Any], stored: np.ndarray
) -> Generator[Step, None, int]:
    """Stores all answers that are there as one run, and the content hashes that are not stored yet; the run's id.

    stored: [n] bool, the rows whose hash the project has, brought up to date.
    """
    class_ids = columns.class_ids
    run = project.begin_run(values, class_ids)
    rows = np.flatnonzero(columns.status != PENDING)
    for part in _parts(rows):
        yield Step("Storing the answers")
        _learn(project, columns, part, stored)
        labels = np.array([*class_ids, -1], np.int64)[columns.label[part]]
        probabilities = columns.probabilities[part]
        if columns.class_ids != class_ids or probabilities.shape[1] != len(class_ids):
            return run  # the classes changed meanwhile: what is told next is stored next
        relatives = [columns.relative(row) for row in part]
        project.store_predictions(run, relatives, labels, columns.confidence[part], columns.status[part], probabilities)
    project.end_run(run, {"answered": len(rows), "ended": time.time()})
    return run


def _learn(project: Project, columns: PictureColumns, rows: np.ndarray, stored: np.ndarray) -> None:
    new = [row for row in rows[~stored[rows]] if columns.content[row] is not None]
    if new:
        project.learn_contents({columns.relative(row): str(columns.content[row]) for row in new})
        stored[new] = True


def _parts(rows: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), _SLICE):
        yield rows[start : start + _SLICE]


def _put_answers(columns: PictureColumns, project: Project, row_of: Mapping[str, int]) -> None:
    """The stored answers of pictures that are still there."""
    answers = project.predictions()
    if answers.probabilities.shape[1] == 0:
        return
    rows = np.array([row_of.get(relative, -1) for relative in answers.relatives], np.intp)
    for row, place in zip(rows, range(len(rows)), strict=True):
        if row >= 0 and answers.status[place] == UNREADABLE:
            columns.set_unreadable(int(row), "")
    there = (rows >= 0) & (answers.status != UNREADABLE) & (answers.status != PENDING)
    probabilities = answers.probabilities[there].astype(np.float32)
    columns.answer(rows[there], probabilities, answers.status[there] == OK, class_ids=answers.class_ids)


def _picture(columns: PictureColumns, row: int) -> PictureFile | None:
    try:
        stat = os.stat(columns.paths[row])
    except OSError:
        return None
    return PictureFile(columns.relative(row), stat.st_size, stat.st_mtime_ns, columns.folder_truths[row])


def opening(project: Project) -> Generator[Step, None, PictureColumns | None]:
    """`stored_columns` as a job."""
    yield Step("Looking for pictures")
    return stored_columns(project)


def scanning(
    project: Project, folder: str, known: PictureColumns | None, most: int | None = None
) -> Generator[Any, None, PictureColumns | None]:
    """Scans the project's folder and tells the project; gives its columns: `known` where nothing came or went.

    most: None, and nothing is told, if there are more pictures than that.
    """
    from fewshot_gui.jobs.workbench import scan_folder

    found = yield from scan_folder(folder, most)
    if found is None:
        return None
    return (yield from renewed(project, found, known))

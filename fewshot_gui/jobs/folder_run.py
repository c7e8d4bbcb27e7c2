"""A folder in the window: found, embedded and answered as a stream, what is looked at first, the rest by chance."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import torch

from fewshot_gui.engine.embed import Embedded, embed_stream
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.speed import Meter
from fewshot_gui.errors import UserError
from fewshot_gui.images import scan
from fewshot_gui.jobs.bench import FolderRows, Points, Rows, Workbench
from fewshot_gui.jobs.columns import UNREADABLE, PictureColumns
from fewshot_gui.jobs.counting import CountingWalk, TooMany
from fewshot_gui.jobs.events import Progress, Step, Told, Warned, relayed
from fewshot_gui.jobs.live_adapt import model_errors, write_answers
from fewshot_gui.jobs.ordered import First, OrderedSource, Rate, check_folder, ordered
from fewshot_gui.jobs.points import is_due, place_rows, points
from fewshot_gui.jobs.speeds import note_run
from fewshot_gui.jobs.tally import SCHEMA, Summary
from fewshot_gui.project.cache_store import FileKey

_BLOCK = 256  # pictures looked up in the cache at once

FolderEvent = Rows | Points | Warned


def scan_columns(folder: str, most: int | None) -> Generator[Step | Warned, None, PictureColumns | None]:
    """See jobs.workbench.scan_folder."""
    root = os.path.abspath(folder)
    if not os.path.isdir(root):
        raise UserError(f"The folder {root} does not exist (moved or deleted?): choose another one.")

    def work(progress: Progress) -> scan.Scan | None:
        try:
            return scan.scan_query([root], CountingWalk(progress=progress, most=most))
        except TooMany:
            return None

    found = yield from relayed(work)
    if found is None:
        return None
    for sentence in found.warnings:
        yield Warned(sentence)
    if not found.refs:
        yield Warned(f"There is no picture in {root}.")
    return PictureColumns([ref.path for ref in found.refs], root, [ref.truth for ref in found.refs])


def embed(bench: Workbench, first: First) -> Generator[FolderEvent, None, Summary]:
    """See jobs.workbench.embed_folder."""
    model, folder, told = bench.ready_model(), bench.folder, Told()
    if folder is None:
        raise UserError("No folder was chosen to classify: drop one on the pictures' place.")
    run = _Run(bench, model, folder)
    with model_errors(model.name):
        yield from run.rate.working(_from_cache(run, first))
        yield from run.rate.working(_from_files(run, first, told))
        if run.holds and is_due(bench, at_end=True):
            yield points(bench, at_end=True)
    yield from told.news()
    return _summary(run, told)


@dataclass
class _Run:
    """A run over a folder: what it began with, and how far it is."""

    bench: Workbench
    model: Model
    folder: FolderRows
    began: float = field(default_factory=time.perf_counter)
    rate: Rate = field(default_factory=Rate)
    done: int = 0
    fresh: int = 0  # embedded or found unreadable by this run

    def __post_init__(self) -> None:
        self.done = int(self.folder.embedded.sum())

    @property
    def holds(self) -> bool:
        """The bench still has this model and folder; else the run ends."""
        return self.bench.folder is self.folder and self.bench.model is self.model

    def missing(self) -> np.ndarray:
        """[m] the rows still to be embedded; unreadable ones are tried again."""
        return np.flatnonzero(~self.folder.embedded)

    def drawn(self) -> np.ndarray:
        """[m] the missing rows by chance, the same in every run.

        Folders are sorted, often by class: read in their order, the first figures and the first axes of the map would
        be those of one class. A random part stands for the whole.
        """
        return np.random.default_rng(0).permutation(self.missing())

    def accept(self, rows: Sequence[int], contents: Sequence[str | None], vectors: np.ndarray) -> None:
        """Writes embeddings [m, D] float16 of rows, and what the current classifier says of them."""
        bench, folder, places = self.bench, self.folder, np.asarray(rows, np.intp)
        with bench.lock:
            if not self.holds or not len(places):
                return
            folder.vectors[places] = vectors
            folder.embedded[places] = True
            folder.columns.set_content(places, contents)
            if bench.current is not None:
                write_answers(folder, bench.current, *_unanswered(bench, folder, places))
            place_rows(bench, folder, places)

    def told(self, rows: Sequence[int]) -> Rows:
        """The event for rows that are done now."""
        self.done += len(rows)
        self.fresh += len(rows)
        return Rows(np.asarray(rows, np.intp), self.done, self.folder.columns.n, self.rate(self.done))


def _unanswered(bench: Workbench, folder: FolderRows, rows: np.ndarray) -> tuple[np.ndarray, torch.Tensor]:
    """(rows, embeddings) but for those that an adapted backbone has answered."""
    deep = bench.deep
    if deep is not None and deep.folder is folder:
        rows = rows[~deep.answered[rows]]
    return rows, torch.from_numpy(folder.vectors[rows])


def _from_cache(run: _Run, first: First) -> Generator[FolderEvent, None, None]:
    """Pictures whose embedding is known cost neither reading nor a forward pass: they come at once."""
    cache, paths = run.bench.cache, run.folder.columns.paths
    rows = ordered(run.missing(), first)
    for start in range(0, len(rows) if cache is not None else 0, _BLOCK):
        if not run.holds:
            return
        block = rows[start : start + _BLOCK].tolist()
        hits = cache.find([FileKey.of(paths[row]) for row in block])
        found = [(row, hit) for row, hit in zip(block, hits, strict=True) if hit is not None and hit.vector is not None]
        if found:
            known = [row for row, _ in found]
            run.accept(known, [hit.content for _, hit in found], np.stack([hit.vector for _, hit in found]))
            yield run.told(known)
            yield from _moved(run)


def _from_files(run: _Run, first: First, told: Told) -> Generator[FolderEvent, None, None]:
    columns = run.folder.columns
    source = OrderedSource(columns.paths, run.drawn(), run.bench.cache)
    source.prefer(first())
    meter = Meter(run.model.device)
    with closing(embed_stream(run.model, source, tell=told, timed=meter)) as chunks:
        for chunk in chunks:
            rows = source.rows(chunk)
            source.store(rows, chunk)
            if not run.holds:
                return
            run.accept([rows[place] for place in chunk.readable], _contents(chunk), chunk.rows.numpy())
            if chunk.unreadable:
                _set_unreadable(columns, rows, chunk)
            yield run.told(rows)
            yield from told.news()
            yield from _moved(run)
            source.prefer(first())
    note_run(run.model, meter)
    if run.bench.cache is not None:
        run.bench.cache.flush()


def _contents(chunk: Embedded) -> list[str | None]:
    return [chunk.contents[place] for place in chunk.readable]


def _set_unreadable(columns: PictureColumns, rows: Sequence[int], chunk: Embedded) -> None:
    check_folder(columns)
    for place, unreadable in chunk.unreadable.items():
        columns.set_unreadable(rows[place], unreadable.reason)


def _moved(run: _Run) -> Generator[Points, None, None]:
    if run.holds and is_due(run.bench):
        yield points(run.bench)


def _summary(run: _Run, told: Told) -> Summary:
    """The figures of `classify --json`, of all pictures of the folder as they are answered now."""
    columns, classifier = run.folder.columns, run.bench.classifier
    counts, accuracy = columns.counts(), columns.accuracy()
    low, high = accuracy.interval() if accuracy.total else (None, None)
    answered = int((columns.measured() & (columns.label >= 0)).sum())
    seconds = time.perf_counter() - run.began
    return Summary(
        schema=SCHEMA,
        images=counts.images,
        classified=counts.classified,
        unknown=counts.unknown,
        unreadable=counts.unreadable,
        support_excluded=int((columns.support & (columns.status != UNREADABLE)).sum()),
        classes=columns.class_names,
        accuracy=accuracy.value if accuracy.total else None,
        accuracy_low=low,
        accuracy_high=high,
        accuracy_on_classified=accuracy.right / answered if answered else None,
        images_per_second=run.fresh / seconds if seconds else 0.0,
        seconds=seconds,
        device=run.model.device.type,
        backbone=run.model.name,
        method=classifier.method if classifier else "",
        seed=classifier.seed if classifier else 0,
        warnings=told.all,
    )

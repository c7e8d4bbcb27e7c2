"""Adapting the backbone itself behind the instant head, and asking it: what is seen and least certain first."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import closing
from typing import Any

import numpy as np

from fewshot_gui.engine import methods
from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs.adapt import AdaptOptions, UnknownOption, fitted
from fewshot_gui.jobs.bench import Answering, Deep, Deepened, FolderRows, Rows, Workbench
from fewshot_gui.jobs.columns import UNREADABLE
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.live_adapt import model_errors, write_answers
from fewshot_gui.jobs.ordered import First, OrderedSource, Rate, check_folder

CHANGED_MEANWHILE = "The examples changed meanwhile: adapt deeper again."
_MAML, _FINETUNE = "maml", "finetune"


def adapt(
    bench: Workbench, method: str | None, unknown: UnknownOption | str, seed: int
) -> Generator[Step | Warned, None, Deep]:
    """See jobs.workbench.adapt_deeper."""
    began, told, model = time.perf_counter(), Told(), bench.ready_model()
    with bench.lock:
        examples, based_on = bench.examples, bench.current
    if examples is None or based_on is None:
        raise UserError("There are no examples to adapt to: add some to at least two classes.")
    text = method or choice(model)
    name, given = methods.parse(text)
    chosen = methods.create(name, model.config, given)
    if chosen.needs != "pictures":
        raise UsageError(f"{name} adapts no backbone: choose {_MAML} or {_FINETUNE} to adapt deeper.")
    rate: UnknownOption = None if unknown == "default" else unknown  # type: ignore[assignment]
    options = AdaptOptions(support=examples.pictures.refs, method=text, unknown=rate, seed=seed)
    with model_errors(model.name):
        classifier = yield from fitted(model, chosen, examples.pictures, options, told)
    yield from told.news()
    notes = tuple(classifier.head.notes)
    kept = classifier.needs_pictures
    if kept and not _installed(bench, based_on, Answering(classifier, examples.class_ids)):
        kept, notes = False, (CHANGED_MEANWHILE,)
    return Deep(kept, notes, text, time.perf_counter() - began)


def ask(bench: Workbench, first: First) -> Generator[Rows | Warned, None, int]:
    """See jobs.workbench.ask_deeper."""
    rate = Rate()
    return (yield from rate.working(_asked(bench, first, rate)))


def _asked(bench: Workbench, first: First, rate: Rate) -> Generator[Rows | Warned, None, int]:
    told, model = Told(), bench.ready_model()
    with bench.lock:
        deep, folder = bench.deep, bench.folder
        if deep is None or folder is None:
            return 0
        answered = deep.begin(folder)
    wanted = _least_certain_first(folder, answered)
    source = OrderedSource(folder.columns.paths, wanted)
    source.prefer(first())
    total = folder.columns.n
    done = total - len(wanted)
    with model_errors(model.name), closing(deep.answering.classifier.embed(source, told)) as chunks:
        for chunk in chunks:
            rows = np.array(source.rows(chunk), np.intp)
            with bench.lock:
                if bench.deep is not deep or bench.folder is not folder:
                    return done
                read = rows[list(chunk.readable)]
                if len(read):
                    write_answers(folder, deep.answering, read, chunk.rows, deep=True)
                answered[read] = True
            if chunk.unreadable:
                check_folder(folder.columns)
            done += len(rows)
            yield Rows(read, done, total, rate(done))
            yield from told.news()
            source.prefer(first())
    return done


def choice(model: Model) -> str:
    """maml or finetune: the one measured higher where both were, else maml where it was learned for this model."""
    if not model.has_learned(_MAML):
        return _FINETUNE
    maml, finetune = (_measured(model, name) for name in (_MAML, _FINETUNE))
    both = maml.keys() & finetune.keys()
    return _FINETUNE if both and sum(finetune[k] - maml[k] for k in both) > 0 else _MAML


def _measured(model: Model, method: str) -> Mapping[tuple[Any, ...], float]:
    """What the model's config says of a method: (what it was measured on) -> accuracy 0-1."""
    alike = ("dataset", "split", "ways", "shots")
    return {
        tuple(entry.get(key) for key in alike): float(entry["accuracy"])
        for entry in model.config.accuracy
        if entry.get("method") == method and "accuracy" in entry
    }


def _installed(bench: Workbench, based_on: Answering, answering: Answering) -> bool:
    """Makes it the bench's adapted backbone, unless the examples have changed since it began."""
    with bench.lock:
        if bench.current is not based_on:
            return False
        bench.deep = Deepened(answering)
    return True


def _least_certain_first(folder: FolderRows, answered: np.ndarray) -> np.ndarray:
    """Rows still to ask, by how little the first probability exceeds the second; pictures without answer last."""
    columns = folder.columns
    rows = np.flatnonzero(~answered & (columns.status != UNREADABLE))
    return rows[np.argsort(np.nan_to_num(columns.margin[rows], nan=2.0), kind="stable")]

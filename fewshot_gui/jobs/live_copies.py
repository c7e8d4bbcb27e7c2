"""Augmented shots behind a window's instant head: it answers first, and again once the copies are embedded.

An example whose copies are not there yet counts as it is (SupportPictures.tensors), so a head never loses the copies of
other examples while those of a new one are made.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from fewshot_gui.engine import copies
from fewshot_gui.engine.method import Method
from fewshot_gui.engine.model import Model
from fewshot_gui.jobs.bench import Adapted, BenchExample, Examples, Rows, Workbench
from fewshot_gui.jobs.columns import OK
from fewshot_gui.jobs.copies import LOOKING, cached, made, without
from fewshot_gui.jobs.events import Step, Told, Warned

Again = Callable[[], Generator[Step | Warned | Rows, None, Adapted]]


@dataclass(frozen=True, eq=False)
class _Missing:
    """What is still to be embedded: `count` copies of the examples at these places."""

    model: Model
    examples: Examples
    places: Sequence[int]
    count: int


def with_known(bench: Workbench, model: Model, examples: Examples, method: Method) -> Examples:
    """The examples with those of the copies the method wants that are in memory or in the cache."""
    pictures = examples.pictures
    count = copies.usable(method.copies_wanted, len(pictures.refs))
    if not count:
        return examples
    with bench.lock:
        rows = {key: bench.copy_rows[key] for key in pictures.keys if key in bench.copy_rows}
    pictures = replace(pictures, copies=rows)
    found = cached(pictures, count, bench.cache)
    _keep(bench, model, found)
    return replace(examples, pictures=replace(pictures, copies=rows | found))


def as_read(examples: Sequence[BenchExample], adapted: Adapted) -> Sequence[BenchExample]:
    """The examples with the contents that were found, so that none is read once more."""
    if len({example.id for example in examples}) < len(examples):
        return examples  # nobody numbered them
    return [replace(one, content=adapted.contents.get(one.id, one.content)) for one in examples]


def looked_closer(
    bench: Workbench, adapted: Adapted, turn: int, again: Again
) -> Generator[Step | Warned | Rows | Adapted, None, Adapted]:
    """Embeds the copies that the adaptation `turn` lacked, if any, and adapts again with them.

    `adapted` is yielded before, with `pending`; what is returned belongs to the head that answers in the end. If no
    example had copies before, a sentence says how many answers that changed. A newer adaptation, or another model, ends
    this one; what was embedded until then is kept.
    """
    missing = _missing(bench, adapted, turn)
    if missing is None:
        return adapted
    yield replace(adapted, pending=len(missing.places))
    if not (yield from _made(bench, missing, turn)):
        return adapted
    before = _answers(bench)
    found = yield from _without_warnings(again())
    first = len(missing.places) == len(missing.examples.ids)  # and not after each correction
    if first and found.current and (changed := _differing(before, _answers(bench))):
        yield Warned(f"Answers changed by a closer look at the examples: {changed}.", "info")
    return replace(found, seconds=adapted.seconds)


def _missing(bench: Workbench, adapted: Adapted, turn: int) -> _Missing | None:
    with bench.lock:
        model, examples, current = bench.model, bench.examples, bench.last_turn == turn
    if not (adapted.current and current) or model is None or examples is None:
        return None
    count = copies.usable(adapted.copies, len(examples.pictures.refs))
    places = without(examples.pictures, examples.pictures.copies, count)
    return _Missing(model, examples, places, count) if places else None


def _made(bench: Workbench, missing: _Missing, turn: int) -> Generator[Step | Warned, None, bool]:
    """Embeds them; whether there is any, and they are still wanted."""
    told, found = Told(), 0
    model, pictures = missing.model, missing.examples.pictures
    with closing(made(model, pictures, missing.places, missing.count, bench.cache, told)) as parts:
        for part in parts:
            found += len(part.rows)
            _keep(bench, model, part.rows)
            if bench.model is not model or bench.last_turn != turn:
                return False
            yield Step(LOOKING, part.share)
            yield from told.news()
    return found > 0


def _keep(bench: Workbench, model: Model, rows: Mapping[str, Tensor]) -> None:
    with bench.lock:
        if bench.model is model:
            bench.copy_rows |= rows


def _without_warnings(
    job: Generator[Step | Warned | Rows, None, Adapted],
) -> Generator[Step | Rows, None, Adapted]:
    """What was warned of has been said when the examples were adapted to for the first time."""
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value
        if not isinstance(event, Warned):
            yield event


def _answers(bench: Workbench) -> np.ndarray | None:
    """[n] the shown classes, -1 for none."""
    columns = bench.columns
    return None if columns is None else np.where(columns.status == OK, columns.label, -1)


def _differing(before: np.ndarray | None, after: np.ndarray | None) -> int:
    """How many answers are others; 0 if they are of another folder."""
    if before is None or after is None or len(before) != len(after):
        return 0
    return int((before != after).sum())

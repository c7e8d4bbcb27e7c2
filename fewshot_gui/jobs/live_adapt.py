"""An instant head for a window's examples, and new answers for all pictures of its folder that are embedded."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import device as devices
from fewshot_gui.engine import estimate as estimates
from fewshot_gui.engine import methods
from fewshot_gui.engine.estimate import Estimate
from fewshot_gui.engine.features import l2_normalised
from fewshot_gui.engine.method import Method
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.threads import one_core, single_core_pool
from fewshot_gui.errors import UserError
from fewshot_gui.jobs import backbone as backbones
from fewshot_gui.jobs.adapt import AdaptOptions, UnknownOption, fitted
from fewshot_gui.jobs.bench import Adapted, Answering, BenchExample, Examples, FolderRows, Near, Rows, Workbench
from fewshot_gui.jobs.columns import UNREADABLE
from fewshot_gui.jobs.events import Step, Told, Warned, relayed
from fewshot_gui.jobs.examples import Found, contents_of, embed_examples, reasons_of, support_of
from fewshot_gui.jobs.live_copies import with_known
from fewshot_gui.jobs.pictures import opened_cache

_PART = 1024  # pictures answered at a time: their float32 embeddings stay in a core's cache
_TOLD = 16_384  # pictures per Rows event: views show each of them at their own pace, so few are soonest done


def load(bench: Workbench, backbone: str, quality: str, device: str, turn: int) -> Generator[Step | Warned, None, None]:
    """Loads a model and makes it the bench's; the one before stays if it cannot be. See Workbench.use_model."""
    told = Told()
    yield Step("Loading the model")
    with ExitStack() as stack:
        chosen = devices.choose(device, told)
        with one_core(), model_errors(backbone):
            model = backbones.find(backbone, quality).load(chosen)
        cache = stack.enter_context(opened_cache(model, bench.wants_cache, told))
        bench.use_model(model, devices.describe(chosen), cache, stack.pop_all(), turn)
    yield from told.news()


def instant(
    bench: Workbench,
    examples: Sequence[BenchExample],
    class_names: Sequence[str],
    ids: Sequence[int],
    colours: Sequence[int],
    method: str | None,
    unknown: UnknownOption | str,
    seed: int,
    turn: int,
) -> Generator[Step | Warned | Rows, None, Adapted]:
    """See jobs.workbench.adapt_instant. turn: of bench.next_turn; copies are used as far as they are at hand."""
    began, told = time.perf_counter(), Told()
    model = bench.ready_model()
    with model_errors(model.name):
        found = yield from embed_examples(bench, model, examples, told)
        mine = support_of(examples, class_names, ids, found, told)
        yield from told.news()
        classes = (tuple(class_names), tuple(ids), tuple(colours))
        if mine is None:
            current = _emptied(bench, model, turn, classes)
            return _adapted(examples, found, began, current=current)
        chosen = _method(bench, model.config, method, told)
        mine = with_known(bench, model, mine, chosen.method)
        rate: UnknownOption = None if unknown == "default" else unknown  # type: ignore[assignment]
        options = AdaptOptions(support=mine.pictures.refs, method=chosen.text, unknown=rate, seed=seed)
        classifier = yield from fitted(model, chosen.method, mine.pictures, options, told, chosen.pool)
        yield from told.news()
        answering = Answering(classifier, mine.class_ids)
        if not _installed(bench, model, turn, answering, mine, classes):
            return _adapted(examples, found, began, current=False)
        labelled = yield from _relabelled(bench, answering)
        seconds = time.perf_counter() - began
        estimate = yield from _estimated(model, chosen.method, mine, ids, chosen.pool, seed)
    found_now = {"estimate": estimate, "seconds": seconds, "labelled": labelled, "copies": chosen.method.copies_wanted}
    return replace(_adapted(examples, found, began), method=chosen.text, by_folder=chosen.by_folder, **found_now)


def write_answers(
    folder: FolderRows, answering: Answering, rows: np.ndarray, features: Tensor, deep: bool = False
) -> None:
    """Answers of pictures rows [m] into the columns; features: [m, F] as Classifier.answers wants them."""
    probabilities, known = answering.classifier.answers(features)
    folder.columns.answer(rows, probabilities.numpy(), known.numpy(), deep, answering.class_ids)


def vectors_of(folder: FolderRows, rows: np.ndarray) -> Tensor:
    """[m, D] float16, the embeddings of rows in ascending order; without a copy where the rows are consecutive."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
        return torch.from_numpy(folder.vectors[rows[0] : rows[-1] + 1])
    return torch.from_numpy(folder.vectors[rows])


@contextmanager
def model_errors(name: str) -> Iterator[None]:
    """What torch stumbles over becomes a UserError: the run ends, and what answered before goes on answering."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"The model {name} failed ({why}), so nothing was changed: try again, or choose another model or device."
        ) from error


def nearest(bench: Workbench, row: int, count: int) -> tuple[Near, ...]:
    """The examples nearest to a picture, nearest first; none if it is not embedded yet."""
    with bench.lock:
        folder, examples, model = bench.folder, bench.examples, bench.model
    if folder is None or examples is None or model is None or not folder.embedded[row]:
        return ()
    centre = model.base_mean.cpu()
    own = l2_normalised(torch.from_numpy(folder.vectors[row]).float() - centre)
    cosines = l2_normalised(examples.pictures.embeddings.float() - centre) @ own
    best = cosines.topk(min(count, len(cosines)))
    labels = examples.pictures.labels.tolist()
    return tuple(
        Near(examples.ids[place], examples.class_ids[labels[place]], cosine)
        for cosine, place in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )


Classes = tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]  # names, ids, colours


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The method that answers now, its text, and the pool for it. by_folder: the wanted one depends on the folder."""

    method: Method
    text: str
    pool: Tensor | None = None
    by_folder: bool = False


def _method(bench: Workbench, config: ModelConfig, wanted: str | None, told: Told) -> _Chosen:
    """The wanted method, or what stands in for one that cannot answer now."""
    text = wanted or config.method
    name, given = methods.parse(text)
    method = methods.create(name, config, given)
    if method.needs == "pictures":
        text = methods.instant(config)
        return _Chosen(methods.create(text, config), text)
    if not method.transductive:
        return _Chosen(method, text)
    pool = _pool(bench)
    if pool is not None:
        return _Chosen(method, text, pool, True)
    stands_in = method.meanwhile
    other = stands_in.name if stands_in.name != name else methods.text(name, {**given, "centre": "support"})
    told(f"{name} needs the folder's pictures: until they have been read, {other} answers.", "info")
    return _Chosen(stands_in, other, None, True)


def _pool(bench: Workbench) -> Tensor | None:
    """The folder's embeddings once all are there: of a part, answers would depend on when they were asked for."""
    folder = bench.folder
    if folder is None or not folder.embedded.any():
        return None
    if not (folder.embedded | (folder.columns.status == UNREADABLE)).all():
        return None
    return torch.from_numpy(folder.vectors[folder.embedded]).float()


def _adapted(examples: Sequence[BenchExample], found: Found, began: float, *, current: bool = True) -> Adapted:
    """An adaptation that labelled nothing."""
    seconds = time.perf_counter() - began
    return Adapted(None, seconds, "", contents_of(examples, found), reasons_of(examples, found), 0, current)


def _emptied(bench: Workbench, model: Model, turn: int, classes: Classes) -> bool:
    """No class has an example: nothing can be said of any picture. False if a newer adaptation says otherwise."""
    with bench.lock:
        if bench.model is not model or turn < bench.last_turn:
            return False
        bench.last_turn, bench.current, bench.deep, bench.examples = turn, None, None, None
        if bench.columns is not None:
            bench.columns.set_classes(*classes)
            bench.columns.set_support(())
            bench.columns.set_pending()
    return True


def _installed(
    bench: Workbench, model: Model, turn: int, answering: Answering, examples: Examples, classes: Classes
) -> bool:
    """Makes it the bench's classifier; False if the model or a newer adaptation has come in between."""
    with bench.lock:
        if bench.model is not model or turn < bench.last_turn:
            return False
        bench.last_turn, bench.current, bench.deep, bench.examples = turn, answering, None, examples
        if bench.columns is not None:
            bench.columns.set_classes(*classes)
            bench.columns.set_support(examples.pictures.contents)
        if (folder := bench.folder) is not None:  # answers of an adapted backbone that nothing will replace
            folder.columns.set_pending(np.flatnonzero(folder.columns.deep & ~folder.embedded))
    return True


def _relabelled(bench: Workbench, answering: Answering) -> Generator[Rows, None, int]:
    """Answers all embedded pictures anew, as long as this is the bench's classifier; how many that were."""
    folder = bench.folder
    if folder is None:
        return 0
    rows = np.flatnonzero(folder.embedded)
    with single_core_pool() if len(rows) > _PART else nullcontext((None, 1)) as (pool, _):
        each: Callable[..., Iterator[bool]] = map if pool is None else pool.map
        for start in range(0, len(rows), _TOLD):
            part = rows[start : start + _TOLD]
            parts = [part[first : first + _PART] for first in range(0, len(part), _PART)]
            if not all(list(each(partial(_answered, bench, folder, answering), parts))):
                return start
            yield Rows(part, start + len(part), len(rows))
    return len(rows)


def _answered(bench: Workbench, folder: FolderRows, answering: Answering, rows: np.ndarray) -> bool:
    """Answers embedded pictures, rows ascending; False if another classifier or folder has come meanwhile.

    Only writing holds the lock: the numbers do not depend on what else is written.
    """
    probabilities, known = answering.classifier.answers(vectors_of(folder, rows))
    with bench.lock:
        if bench.current is not answering or bench.folder is not folder:
            return False
        folder.columns.answer(rows, probabilities.numpy(), known.numpy(), class_ids=answering.class_ids)
    return True


def _estimated(
    model: Model, method: Method, examples: Examples, ids: Sequence[int], pool: Tensor | None, seed: int
) -> Generator[Step, None, Estimate]:
    """The estimate with a figure for every class of the project, also those without examples."""

    def work(progress: estimates.Progress) -> Estimate:
        with one_core():  # many small operations
            support = examples.pictures.tensors(model, copies=method.copies_wanted)
            return estimates.leave_groups_out(method, model, support, pool=pool, seed=seed, progress=progress)

    estimate = yield from relayed(work)
    place = {class_id: label for label, class_id in enumerate(examples.class_ids)}
    return estimate.spread([place.get(class_id, -1) for class_id in ids])

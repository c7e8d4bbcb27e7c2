"""The main job: `classify(ClassifyOptions(...))` labels every picture of the query with what the support set shows.

It yields, in this order: Step and Warned at any time; Ready once the classifier stands; Classified, a batch of answers
in the pictures' order; and last the Summary.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from fewshot_gui.engine import device as devices
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.embed import Embedded
from fewshot_gui.engine.model import Model
from fewshot_gui.images import scan
from fewshot_gui.jobs import classifier_folder
from fewshot_gui.jobs.adapt import AdaptOptions, UnknownOption, fitted, loaded, support_pictures, with_unknown
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.pictures import FileSource, embedded, opened_cache
from fewshot_gui.jobs.project_file import OfProject, own_folder, project_truth, read_project
from fewshot_gui.jobs.tally import MEASURED_BY_TABLE, MEASURED_ON, SCHEMA, Counts, Summary, Tally
from fewshot_gui.jobs.truth import KnownTruth
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.types import Accuracy, ImageRef, Prediction


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A stored classifier. unknown: None as it was stored, "off", "auto" or the wanted false-alarm rate 0-1."""

    folder: Path
    device: str = "auto"
    unknown: UnknownOption = None
    cache: bool = True


@dataclass(frozen=True, kw_only=True)
class ClassifyOptions:
    """What `classify` is asked for. query: files and folders, () for a project's own folder.

    by: a support set to adapt to, a stored classifier, or a project. truth: a table (CSV) of the pictures' true
    classes, by which the accuracy is measured; None: what a project's own says, and the names of the folders.
    """

    query: Sequence[Path | str] = ()
    by: AdaptOptions | Stored | OfProject
    truth: Path | KnownTruth | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """The classifier stands. images: pictures to classify."""

    class_names: tuple[str, ...]
    images: int


@dataclass(frozen=True, slots=True)
class Classified:
    """Answers for consecutive pictures, with the counts and the accuracy of all up to here."""

    predictions: tuple[Prediction, ...]
    counts: Counts
    accuracy: Accuracy


Event = Step | Warned | Ready | Classified | Summary


def classify(options: ClassifyOptions) -> Iterator[Event]:
    """Labels every picture of the query; see the head of this file for what is yielded, `adapt` for what is raised.

    A picture that cannot be read, or has vanished, is an answer like any other. Memory does not grow with the number
    of pictures, unless the method is transductive: then all embeddings are kept until the classifier stands.
    """
    told, started = Told(), time.perf_counter()
    options = _with_files(options)
    with ExitStack() as stack:
        classifier, refs, chunks = yield from _prepared(options, told, stack)
        yield Ready(classifier.class_names, len(refs))
        measured_on = MEASURED_BY_TABLE if options.truth else MEASURED_ON
        tally = Tally(classifier.class_names, classifier.support_contents, measured_on)
        began = time.perf_counter()
        for chunk in stack.enter_context(closing(chunks)):
            batch = refs[chunk.start : chunk.start + len(chunk)]
            predictions = predict(classifier, batch, chunk)
            for prediction, ref, content in zip(predictions, batch, chunk.contents, strict=True):
                tally.add(prediction, ref.truth, content)
            yield from told.news()
            yield Classified(predictions, tally.counts, tally.accuracy)
        ended = time.perf_counter()
    yield from told.news()
    yield _summary(classifier, tally, told, seconds=ended - started, asking=ended - began)


def predict(classifier: Classifier, refs: Sequence[ImageRef], chunk: Embedded) -> tuple[Prediction, ...]:
    """The answers for a chunk's pictures, one for each of refs."""
    answers: dict[int, Prediction] = {}
    if chunk.readable:
        probabilities, known = classifier.answers(chunk.rows)
        for place, row, certain in zip(chunk.readable, probabilities.tolist(), known.tolist(), strict=True):
            answers[place] = _prediction(refs[place].path, classifier.class_names, row, certain)
    for place, unreadable in chunk.unreadable.items():
        answers[place] = Prediction(refs[place].path, "", None, "unreadable", unreadable.reason, {})
    return tuple(answers[place] for place in range(len(refs)))


def _prediction(path: str, class_names: Sequence[str], probabilities: Sequence[float], known: bool) -> Prediction:
    confidence = max(probabilities)
    label = class_names[probabilities.index(confidence)] if known else ""
    by_name = dict(zip(class_names, probabilities, strict=True))
    return Prediction(path, label, confidence, "ok" if known else "unknown", "", by_name)


Prepared = tuple[Classifier, tuple[ImageRef, ...], Generator[Embedded, None, None]]


def _prepared(options: ClassifyOptions, told: Told, stack: ExitStack) -> Generator[Step | Warned, None, Prepared]:
    """(classifier, pictures to classify, their embeddings or features as they come)."""
    by = options.by
    if isinstance(by, Stored):
        classifier = _stored(by, told)
        cache = stack.enter_context(opened_cache(classifier.model, by.cache, told))
        refs = _query(options, told)
        return classifier, refs, answer_chunks(classifier, refs, cache, told)
    model, method = loaded(by, told)
    cache = stack.enter_context(opened_cache(model, by.cache, told))
    support = yield from support_pictures(by, model, method, cache, told)
    refs = _query(options, told)
    if not method.transductive:
        classifier = yield from fitted(model, method, support, by, told)
        return classifier, refs, answer_chunks(classifier, refs, cache, told)
    told(f"{method.name}, as it was asked for, is transductive: an answer depends on all of the pictures.", "info")
    kept = yield from _embedded_first(model, refs, cache, told)
    rows = [chunk.rows.float() for chunk in kept if chunk.readable]
    pool = torch.cat(rows) if rows else None
    classifier = yield from fitted(model, method, support, by, told, pool)
    return classifier, refs, (chunk for chunk in kept)


def _with_files(options: ClassifyOptions) -> ClassifyOptions:
    """The same with all that the files of a project and of a table say put in its place."""
    by, truth = options.by, options.truth
    if isinstance(by, OfProject):
        adapting, project = read_project(by)
        options = replace(options, by=adapting, query=options.query or (own_folder(project),))
        truth = truth or project_truth(project, options.query)
    return replace(options, truth=KnownTruth.read(truth, options.query) if isinstance(truth, (str, Path)) else truth)


def _query(options: ClassifyOptions, told: Told) -> tuple[ImageRef, ...]:
    found = scan.scan_query(options.query)
    for warning in found.warnings:
        told(warning)
    if not found.refs:
        told(f"There is no picture in {', '.join(map(str, options.query))}.")
    if not isinstance(options.truth, KnownTruth):
        return found.refs
    refs, sentences = options.truth.put(found.refs)
    for sentence in sentences:
        told(sentence)
    return refs


def _stored(by: Stored, told: Told) -> Classifier:
    classifier = classifier_folder.load(by.folder, devices.choose(by.device, told))
    return with_unknown(classifier, by.unknown)


def answer_chunks(
    classifier: Classifier, refs: Sequence[ImageRef], cache: EmbeddingCache | None, told: Told
) -> Generator[Embedded, None, None]:
    """The pictures as Classifier.answers wants them: embeddings, or the adapted backbone's own features."""
    if classifier.needs_pictures:
        return classifier.embed(FileSource(refs), told)
    return embedded(classifier.model, refs, cache, told)


def _embedded_first(
    model: Model, refs: Sequence[ImageRef], cache: EmbeddingCache | None, told: Told
) -> Generator[Step | Warned, None, list[Embedded]]:
    """All chunks, for a transductive method, whose answers depend on all pictures together."""
    kept = []
    for chunk in embedded(model, refs, cache, told):
        kept.append(chunk)
        yield Step("Reading all pictures before the first answer", (chunk.start + len(chunk)) / len(refs))
        yield from told.news()
    return kept


def _summary(classifier: Classifier, tally: Tally, told: Told, *, seconds: float, asking: float) -> Summary:
    figures = tally.figures()
    return Summary(
        schema=SCHEMA,
        **figures,
        classes=classifier.class_names,
        images_per_second=figures["images"] / asking if asking else 0.0,
        seconds=seconds,
        device=classifier.model.device.type,
        backbone=classifier.model.name,
        method=classifier.method,
        seed=classifier.seed,
        warnings=told.all,
    )

"""From a support folder to a classifier: `adapt(AdaptOptions(...))`.

A job is a generator: it yields Step and Warned while it works and returns its result; `yield from` hands both on.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from fewshot_gui.engine import device as devices
from fewshot_gui.engine import methods
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.method import Head, Method, Support
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.threads import cores_for, one_core
from fewshot_gui.engine.unknown import AUTO_RATE, UnknownRule, cut_at, default_rate, of_frozen
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images import scan
from fewshot_gui.jobs import backbone as backbones
from fewshot_gui.jobs import classifier_folder
from fewshot_gui.jobs.copies import with_copies
from fewshot_gui.jobs.events import Progress, Step, Told, Warned, relayed
from fewshot_gui.jobs.examples import ExampleSet, embed_set
from fewshot_gui.jobs.pictures import opened_cache
from fewshot_gui.jobs.support import SupportPictures, embed_support, near_duplicates, read_pictures
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.types import BALANCED, ImageRef

UnknownOption = Literal["off", "auto"] | float | None


@dataclass(frozen=True, kw_only=True)
class AdaptOptions:
    """What `adapt` is asked for, as on the command line.

    support: a folder with a sub-folder per class, pictures whose truth is their class, or a project's examples.
    backbone: a model's name or folder. quality: fast, balanced or careful, as far as the model has it.
    method: NAME[:field=value...], None: the model's default.
    unknown: "off", "auto", the wanted false-alarm rate 0-1, or None: as the support set allows.
    cache: use the embedding cache.
    """

    support: Path | Sequence[ImageRef] | ExampleSet
    backbone: str = DEFAULT_BACKBONE
    quality: str = BALANCED
    method: str | None = None
    device: str = "auto"
    unknown: UnknownOption = None
    seed: int = 0
    cache: bool = True


def adapt(options: AdaptOptions, told: Told | None = None) -> Generator[Step | Warned, None, Classifier]:
    """The classifier for a support set; told gathers the warnings that are also yielded.

    UsageError for an unknown method, backbone or quality, or a transductive method, which needs the pictures to
    classify; UserError if there is no class, a class without readable picture, no such device, or a damaged model
    folder.
    """
    told = told or Told()
    model, method = loaded(options, told)
    with opened_cache(model, options.cache, told) as cache:
        support = yield from support_pictures(options, model, method, cache, told)
    return (yield from fitted(model, method, support, options, told))


def loaded(options: AdaptOptions, told: Told) -> tuple[Model, Method]:
    """(model, method) as the options want them; the cheap mistakes are found before the weights are read."""
    device = devices.choose(options.device, told)
    backbone = backbones.find(options.backbone, options.quality)
    method = method_of(options, backbone.config)
    with one_core():
        return backbone.load(device), method


def method_of(options: AdaptOptions, config: ModelConfig) -> Method:
    """The method with the model's defaults and the options' fields. UsageError names what is not known."""
    name, given = methods.parse(options.method or config.method)
    method = methods.create(name, config, given)
    _refuse_batches(method)
    return method


def _refuse_batches(method: Method) -> None:
    if method.needs == "pictures" and method.transductive:
        raise UsageError(
            f"{method.name} with norm=batch answers by whatever pictures come together, which only evaluate can "
            "compare: leave norm=batch out."
        )


def support_pictures(
    options: AdaptOptions, model: Model, method: Method, cache: EmbeddingCache | None, told: Told
) -> Generator[Step | Warned, None, SupportPictures]:
    """The options' support set, embedded, with the copies that the method wants."""
    support = yield from _plain_support(options, model, cache, told)
    wanted = methods.copies_wanted(method, model.config)
    return (yield from with_copies(model, support, wanted, cache, told))


def _plain_support(
    options: AdaptOptions, model: Model, cache: EmbeddingCache | None, told: Told
) -> Generator[Step | Warned, None, SupportPictures]:
    refs, names = options.support, ()
    if isinstance(refs, ExampleSet):
        return (yield from embed_set(model, refs, cache, told))
    if isinstance(refs, (str, Path)):
        found = scan.scan_support(refs)
        refs, names = found.refs, found.class_names
        for warning in found.warnings:
            told(warning)
    return (yield from embed_support(model, refs, names, cache, told))


def fitted(
    model: Model,
    method: Method,
    support: SupportPictures,
    options: AdaptOptions,
    told: Told,
    pool: Tensor | None = None,
) -> Generator[Step | Warned, None, Classifier]:
    """The classifier that the method makes of the support set, and of its copies as far as they are there.

    pool: [p, D] embeddings of the pictures to label. UsageError for a method that is only to be measured.
    """
    _refuse_batches(method)
    pictures = None
    if method.needs == "pictures":
        support, pictures = yield from read_pictures(model, support, told)
    tensors = support.tensors(model, pictures, methods.copies_wanted(method, model.config))
    rate = _rate(options.unknown, tensors.n_way, tensors.shots.tolist())

    def work(progress: Progress) -> tuple[Head, UnknownRule | None]:
        numbers = tensors.embeddings.numel() + (0 if tensors.copies is None else tensors.copies.numel())
        with cores_for(numbers) if method.needs == "embeddings" else nullcontext():
            head = method.adapt(model, tensors, pool=pool, seed=options.seed, progress=progress)
            return head, None if rate is None else _unknown_rule(model, head, tensors, rate)

    head, rule = yield from relayed(work)
    if rule is not None and rule.warning:
        told(rule.warning)
    for note in head.notes:
        told(note, "info")
    yield from told.news()
    text = options.method or method.name
    return Classifier(
        model=model,
        head=head,
        class_names=support.class_names,
        unknown=rule,
        method=text,
        seed=options.seed,
        support_contents=support.contents,
        support_labels=support.labels,
        support_embeddings=support.embeddings,
    )


def save(options: AdaptOptions, folder: Path) -> Generator[Step | Warned, None, Classifier]:
    """Adapts and stores the classifier in a folder, for `classify`; raises as `adapt` and `classifier_folder.save`."""
    classifier_folder.check_target(folder)
    classifier = yield from adapt(options)
    classifier_folder.save(classifier, folder)
    return classifier


def parse_unknown(text: str) -> UnknownOption:
    """--unknown as written: off, auto or a rate 0-1. UsageError for anything else."""
    if text in ("off", "auto"):
        return text
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= 1:
        raise UsageError(f"--unknown must be off, auto or a rate from 0 to 1, not {text!r}.")
    return rate


def with_unknown(classifier: Classifier, option: UnknownOption) -> Classifier:
    """The classifier with the cut for unknowns as the option wants it; None leaves the one it has.

    UserError if the backbone was adapted and no cut was made then: the pictures it would be set on are not at hand.
    """
    n_way = len(classifier.class_names)
    if option is None:
        return classifier
    labels = classifier.support_labels.to(classifier.model.device)
    rate = _rate(option, n_way, torch.bincount(labels, minlength=n_way).tolist())
    if rate is None:
        return replace(classifier, unknown=None)
    if not classifier.needs_pictures:
        rows = classifier.support_embeddings.float().to(labels.device)
        centred = classifier.support_embeddings.float() - classifier.model.base_mean.cpu()
        groups = near_duplicates(classifier.support_contents, centred).to(labels.device)
        rule = of_frozen(classifier.model, rows, labels, n_way, rate, groups)
        return replace(classifier, unknown=rule)
    scores, rule = getattr(classifier.head, "held_out", None), classifier.unknown
    if rule is None or scores is None:
        raise UserError(
            "The stored classifier has no scores to set a cut for unknown pictures on: adapt again with --unknown."
        )
    return replace(classifier, unknown=replace(rule, cut=cut_at(scores, rate), rate=rate))


def _rate(option: UnknownOption, n_way: int, shots: Sequence[int]) -> float | None:
    """The wanted false-alarm rate; None: every picture gets a class."""
    if option is None:
        return default_rate(n_way, shots)
    if option == "auto":
        return AUTO_RATE
    return None if option == "off" else float(option)


def _unknown_rule(model: Model, head: Head, support: Support, rate: float) -> UnknownRule:
    labels, n_way, groups = support.labels, support.n_way, support.groups
    if head.needs == "embeddings":
        return of_frozen(model, support.embeddings, labels, n_way, rate, groups)
    held_out = getattr(head, "held_out", None)
    with torch.no_grad():
        rows = head.features(support.pictures)
    return UnknownRule.fit(rows, labels, n_way, rate, groups=groups, held_out=held_out)

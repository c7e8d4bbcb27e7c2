"""FewShotClassifier: fit, predict and partial_fit in Python, with scikit-learn's habits. Needs no Qt.

>>> from fewshot_gui import FewShotClassifier
>>> classifier = FewShotClassifier().fit(["tom.jpg", "rex.jpg"], ["cat", "dog"])
>>> classifier.predict(["new.jpg"])
"""

from __future__ import annotations

import inspect
import json
import os
import warnings
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fewshot_gui.engine import weights
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.device import choose
from fewshot_gui.engine.embed import Embedded
from fewshot_gui.engine.methods import copies_wanted
from fewshot_gui.jobs import classifier_folder
from fewshot_gui.jobs.adapt import (
    AdaptOptions,
    UnknownOption,
    fitted,
    loaded,
    method_of,
    support_pictures,
)
from fewshot_gui.jobs.classify import answer_chunks
from fewshot_gui.jobs.copies import with_copies
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.pictures import embedded, opened_cache
from fewshot_gui.jobs.project_file import OfProject, read_project
from fewshot_gui.jobs.support import SupportPictures, embed_support
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.types import BALANCED, ImageRef

Paths = Iterable[str | os.PathLike[str]]
Result = TypeVar("Result")
_LABELS = "labels.json"  # beside the classifier's own files, for labels that are no texts


class NotFittedError(ValueError, AttributeError):
    """Raised by whatever needs `fit` before; the same bases as scikit-learn's error of that name."""


class FewShotClassifier:
    """A classifier of picture files, adapted to a few examples per class.

    backbone: a shipped model's name or a model folder. quality: "fast", "balanced" or "careful", as far as the model
    has it. method: NAME[:field=value...], None: the backbone's default.
    device: "auto", "cpu", "cuda" or "mps". unknown: "off", "auto", or the share 0-1 of pictures of known classes that
    may be called unknown. cache: keep embeddings on disk for the next time. Warnings come as UserWarning.
    """

    def __init__(
        self,
        backbone: str | os.PathLike[str] = DEFAULT_BACKBONE,
        method: str | None = None,
        *,
        quality: str = BALANCED,
        device: str = "auto",
        unknown: UnknownOption = "off",
        seed: int = 0,
        cache: bool = True,
    ) -> None:
        self.backbone = backbone
        self.method = method
        self.quality = quality
        self.device = device
        self.unknown = unknown
        self.seed = seed
        self.cache = cache

    def fit(self, paths: Paths, labels: Iterable[Any]) -> FewShotClassifier:
        """Adapts to these pictures alone; labels: a text or a whole number for each.

        UserError names a picture that cannot be read, and a backbone, quality, method or device that is not there.
        """
        return self._adapt(paths, labels, None)

    def partial_fit(self, paths: Paths, labels: Iterable[Any]) -> FewShotClassifier:
        """Adapts to these pictures and all before; new classes are welcome. Raises as `fit`, and changes nothing then.

        The backbone, its quality and the device stay those of the first fit.
        """
        return self._adapt(paths, labels, getattr(self, "_fitted", None))

    def predict(self, paths: Paths) -> np.ndarray:
        """[n] the pictures' labels; None, with a warning, for one that cannot be read or is called unknown."""
        probabilities, known = self._answers(paths)
        readable = ~np.isnan(probabilities[:, 0])
        best = np.where(readable[:, None], probabilities, 0).argmax(1)
        labels = self.classes_[best]
        if known.all():
            return labels
        return np.where(known, labels.astype(object), None)

    def predict_proba(self, paths: Paths) -> np.ndarray:
        """[n, n_classes] float32 in the order of classes_, 0-1; a row of NaN, with a warning, if it cannot be read."""
        return self._answers(paths)[0]

    def score(self, paths: Paths, labels: Iterable[Any]) -> float:
        """The share of right answers, 0-1; pictures that are unreadable or called unknown count as wrong."""
        wanted = list(labels)
        return float(np.mean([label == right for label, right in zip(self.predict(paths), wanted, strict=True)]))

    def embed(self, paths: Paths) -> np.ndarray:
        """[n, D] float32 embeddings of the frozen backbone; a row of NaN, with a warning, if it cannot be read."""
        refs = [ImageRef(os.fspath(path)) for path in paths]
        fitted_already, told = getattr(self, "_fitted", None), Told()
        model = fitted_already.model if fitted_already else loaded(self._options(), told)[0]
        with opened_cache(model, self.cache, told) as cache:
            rows = _rows(embedded(model, refs, cache, told), len(refs), model.config.embedding_size, told)
        _warn(told)
        return rows

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes a folder for `load` and for `fewshot-gui classify --model`; UserError if it cannot be written."""
        classifier_folder.save(self._classifier(), Path(folder))
        if not all(isinstance(label, str) for label in self._labels.values()):
            text = json.dumps(self._labels)
            weights.write_whole(Path(folder) / _LABELS, lambda path: path.write_text(text, "utf-8"))

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, device: str = "auto", cache: bool = True) -> FewShotClassifier:
        """The classifier that `save`, or `fewshot-gui adapt`, wrote; UserError if the folder is damaged."""
        told = Told()
        stored = classifier_folder.load(Path(folder), choose(device, told))
        _warn(told)
        backbone = Path(folder) / classifier_folder.BACKBONE
        loaded_one = cls(backbone, stored.method, device=device, seed=stored.seed, cache=cache)
        path = Path(folder) / _LABELS
        labels = json.loads(path.read_text("utf-8")) if path.is_file() else {name: name for name in stored.class_names}
        loaded_one._keep(stored, labels)
        return loaded_one

    @classmethod
    def from_project(
        cls, file: str | os.PathLike[str], *, device: str = "auto", cache: bool = True
    ) -> FewShotClassifier:
        """Adapted as a project of the window is, with its examples and settings; the project is only read.

        UserError if the file is no project, or has no readable example.
        """
        told = Told()
        how = read_project(OfProject(file=Path(file), device=device, cache=cache))[0]
        made = cls(
            how.backbone,
            how.method,
            quality=how.quality,
            device=device,
            unknown=how.unknown,
            seed=how.seed,
            cache=cache,
        )
        model, method = loaded(how, told)
        with opened_cache(model, cache, told) as open_cache:
            support = _result(support_pictures(how, model, method, open_cache, told))
        names = {name: name for name in support.class_names}
        made._keep(_result(fitted(model, method, support, how, told)), names, support)
        _warn(told)
        return made

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments; deep is there for scikit-learn and changes nothing."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> FewShotClassifier:
        """Changes constructor arguments for the next `fit`; ValueError for an unknown one."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"There is no parameter {name!r}. Known: {', '.join(self.get_params())}.")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        return f"FewShotClassifier({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fitted")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags  # only scikit-learn calls this

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )

    def _options(self) -> AdaptOptions:
        return AdaptOptions(
            support=(),
            backbone=os.fspath(self.backbone),
            quality=self.quality,
            method=self.method,
            device=self.device,
            unknown=self.unknown,
            seed=self.seed,
            cache=self.cache,
        )

    def _adapt(self, paths: Paths, labels: Iterable[Any], before: Classifier | None) -> FewShotClassifier:
        refs, names = _labelled(paths, labels)
        names = {**self._labels, **names} if before else names
        told, options = Told(), self._options()
        model, method = (before.model, method_of(options, before.model.config)) if before else loaded(options, told)
        earlier = self._support if before else None
        with opened_cache(model, self.cache, told) as cache:
            support = _result(embed_support(model, refs, (), cache, told, strict=True, earlier=earlier))
            support = _result(with_copies(model, support, copies_wanted(method, model.config), cache, told))
        self._keep(_result(fitted(model, method, support, options, told)), names, support)
        _warn(told)
        return self

    def _keep(self, classifier: Classifier, labels: dict[str, Any], support: SupportPictures | None = None) -> None:
        """Takes over a classifier. labels: class name -> label as the user wrote it."""
        self._fitted = classifier
        self._labels = labels
        self._support = support or SupportPictures(
            refs=tuple(ImageRef("", classifier.class_names[label]) for label in classifier.support_labels),
            contents=classifier.support_contents,
            class_names=classifier.class_names,
            labels=classifier.support_labels,
            embeddings=classifier.support_embeddings,
        )
        self.classes_ = np.array(sorted(labels.values(), key=lambda label: (isinstance(label, str), label)))
        names = {label: name for name, label in labels.items()}
        self._columns = [classifier.class_names.index(names[label]) for label in self.classes_.tolist()]

    def _classifier(self) -> Classifier:
        if not hasattr(self, "_fitted"):
            raise NotFittedError("This FewShotClassifier has seen no pictures yet: call fit first.")
        return self._fitted

    def _answers(self, paths: Paths) -> tuple[np.ndarray, np.ndarray]:
        """(probabilities [n, n_classes], known [n]: readable and of a class)."""
        classifier, told = self._classifier(), Told()
        refs = [ImageRef(os.fspath(path)) for path in paths]
        probabilities = np.full((len(refs), len(self.classes_)), np.nan, np.float32)
        known = np.zeros(len(refs), bool)
        with opened_cache(classifier.model, self.cache, told) as cache:
            for chunk in answer_chunks(classifier, refs, cache, told):
                _tell_unreadable(chunk, told)
                if chunk.readable:
                    places = [chunk.start + place for place in chunk.readable]
                    answers, certain = classifier.answers(chunk.rows)
                    probabilities[places], known[places] = answers.numpy()[:, self._columns], certain.numpy()
        _warn(told)
        return probabilities, known


def _labelled(paths: Paths, labels: Iterable[Any]) -> tuple[list[ImageRef], dict[str, Any]]:
    """(pictures, class name -> label)"""
    listed, wanted = [os.fspath(path) for path in paths], np.asarray(list(labels)).tolist()
    if len(listed) != len(wanted):
        raise ValueError(f"There are {len(listed)} paths and {len(wanted)} labels: give one label for each path.")
    names: dict[str, Any] = {}
    for label in wanted:
        if not isinstance(label, (str, int)):
            raise ValueError(f"Labels must be texts or whole numbers, not {label!r}.")
        if names.setdefault(str(label), label) != label:
            raise ValueError(f"The labels {label!r} and {names[str(label)]!r} look alike: use one kind of label.")
    return [ImageRef(path, str(label)) for path, label in zip(listed, wanted, strict=True)], names


def _rows(chunks: Generator[Embedded, None, None], n: int, width: int, told: Told) -> np.ndarray:
    rows = np.full((n, width), np.nan, np.float32)
    for chunk in chunks:
        _tell_unreadable(chunk, told)
        if chunk.readable:
            rows[[chunk.start + place for place in chunk.readable]] = chunk.rows.float().numpy()
    return rows


def _tell_unreadable(chunk: Embedded, told: Told) -> None:
    for unreadable in chunk.unreadable.values():
        told(f"{unreadable.path} {unreadable.reason}.")


def _result(job: Generator[Step | Warned, None, Result]) -> Result:
    """What a job returns."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def _warn(told: Told) -> None:
    for sentence in told.all:
        warnings.warn(sentence, UserWarning, stacklevel=4)

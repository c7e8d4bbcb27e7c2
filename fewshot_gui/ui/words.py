"""Sentences of the session in the language in use: counts, estimates, steps of runs."""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale, QObject

from fewshot_gui.types import Accuracy
from fewshot_gui.ui.sentences import translated as sentence

NOTHING = Accuracy(0, 0, "")  # no picture that could have been asked

# What jobs call their steps; they are Qt-free and speak English.
STEPS = (
    QT_TRANSLATE_NOOP("Steps", "Loading the model"),
    QT_TRANSLATE_NOOP("Steps", "Reading the example pictures"),
    QT_TRANSLATE_NOOP("Steps", "Reading the example pictures again"),
    QT_TRANSLATE_NOOP("Steps", "Looking at the examples more closely"),
    QT_TRANSLATE_NOOP("Steps", "Adapting deeper"),
    QT_TRANSLATE_NOOP("Steps", "Asking the adapted backbone"),
    QT_TRANSLATE_NOOP("Steps", "Classifying"),
    QT_TRANSLATE_NOOP("Steps", "Looking for pictures"),
    QT_TRANSLATE_NOOP("Steps", "Comparing with the last visit"),
    QT_TRANSLATE_NOOP("Steps", "Storing the answers"),
    QT_TRANSLATE_NOOP("Steps", "Drawing the map"),
    QT_TRANSLATE_NOOP("Steps", "Exporting"),
    QT_TRANSLATE_NOOP("Steps", "Reading the table"),
    QT_TRANSLATE_NOOP("Steps", "Drawing the demo pictures"),
    QT_TRANSLATE_NOOP("Steps", "Looking up the weights"),
    QT_TRANSLATE_NOOP("Steps", "Making the model folder"),
    QT_TRANSLATE_NOOP("Steps", "Reading the weights"),
    QT_TRANSLATE_NOOP("Steps", "Looking for the architecture"),
    QT_TRANSLATE_NOOP("Steps", "Measuring the speed"),
)


class Counted(QObject):
    """Words that depend on a number. A QObject, because lupdate finds plurals only in `self.tr`."""

    def classes(self, n: int) -> str:
        """ "3 classes"."""
        return self.tr("%n class(es)", "", n)

    def examples(self, n: int) -> str:
        """ "14 examples"."""
        return self.tr("%n example(s)", "", n)

    def cpu(self, threads: int) -> str:
        """The processor as a device."""
        return self.tr("CPU, %n thread(s)", "", threads)

    def views(self, n: int) -> str:
        """How often a model looks at a picture."""
        return self.tr("%n view(s) of each picture", "", n)

    def days_ago(self, n: int) -> str:
        """ "2 days ago"."""
        return self.tr("%n day(s) ago", "", n)

    def answers_in(self, n: int, path: str) -> str:
        """Where answers were written to."""
        return self.tr("The answers for %n picture(s) are in {path}.", "", n).format(path=path)


def step_words(what: str) -> str:
    """A step of a job in the language in use; one that is not known stays as it is."""
    return QCoreApplication.translate("Steps", what) if what in STEPS else sentence(what)


def deep_words(what: str) -> str:
    """A step of adapting the backbone, which says by itself only how far it is."""
    known = QCoreApplication.translate("Steps", what)
    if what in STEPS:
        return known
    return QCoreApplication.translate("Steps", "Adapting deeper: {step}").format(step=sentence(what))


def counts(classes: int, examples: int, pictures: int | None) -> str:
    """ "3 classes · 14 examples · 1,200 pictures"."""
    translate = QCoreApplication.translate
    parts = [Counted().classes(classes), Counted().examples(examples)]
    if pictures is not None:
        parts.append(translate("Counts", "{count} pictures").format(count=QLocale().toString(pictures)))
    return "   ·   ".join(parts)


def device(name: str) -> str:
    """A device as the engine describes it, in the language in use."""
    found = re.fullmatch(r"CPU, (\d+) threads?", name)
    return Counted().cpu(int(found[1])) if found else name


def percent(share: float) -> str:
    """0.88 -> "88 %"."""
    return QCoreApplication.translate("Counts", "{number} %").format(number=round(100 * share))


def accuracy(value: Accuracy) -> str:
    """An accuracy with its interval: "88 % (70-96)"; "" without any picture."""
    if not value.total:
        return ""
    low, high = value.interval()
    return f"{percent(value.value)} ({round(100 * low)}-{round(100 * high)})"


def summary(classes: list[tuple[str, int, Accuracy]], whole: Accuracy | None, examples: int) -> str:
    """The dashboard in one plain sentence. classes: name, examples, estimate (total 0: none); whole: the estimate."""
    translate = QCoreApplication.translate
    if not classes:
        return ""
    parts = [
        translate("Counts", "{classes}, {examples}.").format(
            classes=Counted().classes(len(classes)),
            examples=Counted().examples(examples),
        )
    ]
    if len(classes) == 1:
        parts.append(translate("Counts", "Add a second class, so that there is something to tell apart."))
    elif whole is not None and whole.total:
        parts.append(translate("Counts", "About {accuracy}.").format(accuracy=accuracy(whole)))
    measured = [(value.value, -value.total, name) for name, _, value in classes if value.total]
    few = min(classes, key=lambda entry: entry[1])
    if len(measured) > 1 and min(measured)[0] < 1:
        parts.append(
            translate("Counts", "Weakest: {name}; more examples of it would help most.").format(
                name=_short(min(measured)[2])
            )
        )
    elif len(classes) > 1 and few[1] < 5:
        parts.append(translate("Counts", "More examples of {name} would help most.").format(name=_short(few[0])))
    return " ".join(parts)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"

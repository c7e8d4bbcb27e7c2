"""What the commands say to people, as text."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fewshot_gui.engine.knowledge import Knowledge
    from fewshot_gui.engine.meta_train.progress import Finished, Trained, Validated
    from fewshot_gui.engine.quality import Quality
    from fewshot_gui.engine.temperatures import Temperatures
    from fewshot_gui.jobs.catalogue import Entry
    from fewshot_gui.jobs.classify import Classified, Ready
    from fewshot_gui.jobs.doctor import Finding
    from fewshot_gui.jobs.download import Fetched
    from fewshot_gui.jobs.models import Measured, ShippedModel
    from fewshot_gui.jobs.pulling import Offered
    from fewshot_gui.jobs.speeds import Speed
    from fewshot_gui.jobs.tally import Summary


class ClassifyProgress:
    """How far `classify` is, as words."""

    def __init__(self, ready: Ready, clock: Callable[[], float] = time.monotonic) -> None:
        self._images = ready.images
        self._clock = clock
        self._began = clock()
        self.title = f"Classifying {number(ready.images, 'picture')} into {number(len(ready.class_names), 'class')}."

    def share(self, event: Classified) -> float:
        """0-1: pictures done."""
        return event.counts.images / self._images

    def details(self, event: Classified) -> str:
        """Speed, time left, and the accuracy so far where the folders' names tell the truth."""
        done = event.counts.images
        speed = done / max(self._clock() - self._began, 1e-6)
        parts = [f"{speed:,.0f} a second", f"{duration((self._images - done) / speed)} left"]
        if event.accuracy.total:
            low, high = event.accuracy.interval()
            parts.append(f"accuracy {percent(event.accuracy.value, low, high)}")
        return ", ".join(parts)


def summary(found: Summary, measured_on: str) -> str:
    """A run of `classify` in a few sentences. measured_on: which pictures the accuracy is of."""
    counts = [f"{found.classified:,} classified"]
    counts += [f"{count:,} {what}" for count, what in
               ((found.unknown, "unknown"), (found.unreadable, "unreadable")) if count]  # fmt: skip
    lines = [f"{number(found.images, 'picture')}: {', '.join(counts)}."]
    if found.accuracy is not None:
        low, high = found.accuracy_low or 0.0, found.accuracy_high or 0.0  # never None here
        lines.append(
            f"Accuracy {percent(found.accuracy, low, high)}, measured on {measured_on}"
            + (", unknown counting as wrong." if found.unknown else ".")
        )
    if found.support_excluded:
        lines.append(f"{number(found.support_excluded, 'example picture')} among them did not count.")
    lines.append(
        f"{found.backbone}, {found.method} on {found.device}: {found.images_per_second:,.0f} pictures a second, "
        f"{duration(found.seconds)} in all."
    )
    return "\n".join(lines)


def training(event: Trained) -> str:
    """Details of a training's progress."""
    parts = [f"step {event.step:,} of {event.of:,}", f"loss {event.loss:.3f}"]
    if event.validation is not None:
        parts.append(f"best validation {100 * event.validation:.1f} %")
    parts += [f"{event.pictures_per_second:,.0f} pictures a second", f"{duration(event.seconds_left)} left"]
    return ", ".join(parts)


def validated(event: Validated) -> str:
    """A look at the validation classes."""
    best = ", the best so far" if event.best else ""
    return f"{event.stage}, step {event.step:,}: validation {percent(event.accuracy, event.low, event.high)}{best}."


def finished(event: Finished) -> str:
    """The end of a training."""
    return f"The model is in {event.folder}: validation {percent(event.accuracy, event.low, event.high)}."


def model(found: ShippedModel) -> str:
    """A model in a few lines; one of the user's own with the terms it came with."""
    lines = [
        f"{found.name}  {found.megabytes:.1f} MB, {found.architecture}, {found.input_size}x{found.input_size} pixels, "
        f"embedding {found.embedding_size}, default method {found.method}",
        f"  {found.description}",
    ]
    lines += [f"  {_measured(entry)}" for entry in found.accuracy] or ["  Not measured."]
    lines += [f"  {line}" for line in _qualities(found)]
    lines += [f"  Your own. {terms}" for terms in found.terms] if found.own else []
    return "\n".join(lines)


def _measured(entry: Measured) -> str:
    accuracy = percent(entry.accuracy, *entry.ci95) if entry.ci95 else f"{100 * entry.accuracy:.1f} % (no interval)"
    about = [f"{entry.dataset} ({entry.split})", f"{entry.ways}-way {entry.shots}-shot", entry.method]
    about += [number(entry.episodes, "episode")] if entry.episodes else []
    return f"{', '.join(about)}: {accuracy}{f'; {entry.note}' if entry.note else ''}"


def speeds(found: ShippedModel, asked: str) -> str:
    """What each of its qualities is worth and how fast it is here, under a heading of its own. asked: its name."""
    lines = _qualities(found)
    if not any(found.speeds.values()):
        lines.append(f"Speed not measured yet: fewshot-gui models {quoted(Path(asked))} --speed")
    return "\n".join(["## On this machine", "", *(f"- {line}" for line in lines)])


def _qualities(found: ShippedModel) -> list[str]:
    """A line for each quality that has a gain, or a speed that was measured here."""
    lines = []
    for name in found.quality_names:
        entry = found.qualities.get(name)
        parts = [_gain(entry)] if entry is not None and entry.gain is not None else []
        parts += [_speed(one) for one in found.speeds.get(name, ())]
        if parts:
            lines.append(f"{name}: {'; '.join(parts)}")
    return lines


def _gain(entry: Quality) -> str:
    low, high = entry.gain_ci95
    return f"{entry.gain:+.1f} points ({low:+.1f} to {high:+.1f}) against balanced, measured on {entry.measured_on}"


def _speed(speed: Speed) -> str:
    return f"{rate(speed.per_second)} pictures a second without decoding ({speed.device})"


def rate(per_second: float) -> str:
    """Pictures per second, exact enough: `0.42`, `7.3`, `61`, `1,240`."""
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.2g}"


def knowledge(found: Knowledge) -> str:
    """What a model was made to remember."""
    rank, share = len(found.variances), found.share
    return (
        f"It remembers {len(found.examples)} pictures, and {rank} directions that hold {100 * share:.0f} % of how "
        "pictures of a class differ."
    )


def temperatures(method: str, table: Temperatures) -> str:
    """A table of temperatures as text: a line for each number of classes, a column for each number of examples."""
    head = f"{method}, measured on {table.measured_on}; examples per class to the right, classes down:"
    lines = [f"{'':>6}" + "".join(f"{shots:>9}" for shots in table.shots)]
    lines += [
        f"{ways:>6}" + "".join(f"{value:>9.2f}" for value in row)
        for ways, row in zip(table.ways, table.values, strict=True)
    ]
    return "\n".join([head, *lines])


def entry(found: Entry) -> str:
    """A backbone that can be pulled, in a few lines."""
    needs = f', needs pip install "fewshot_gui[{found.extra}]"' if found.extra else ""
    lines = [f"{found.name}  {found.megabytes:.0f} MB, {found.input_size}x{found.input_size} pixels{needs}"]
    return "\n".join([*lines, f"  {found.about}", f"  Licence: {found.licence}. {found.terms}"])


def offered(event: Offered) -> str:
    """What is about to be downloaded, and under which licence."""
    size = f", {event.megabytes:.0f} MB" if event.megabytes else ""
    return f"{event.name} from {event.address}{size}.\nLicence: {event.licence}. {event.terms}"


def fetched(event: Fetched) -> str:
    """How far a download is: `12.3 of 98.0 MB, 3.1 MB a second`."""
    done = f"{event.done / 1e6:.1f}" + (f" of {event.total / 1e6:.1f}" if event.total else "")
    return f"{done} MB, {event.per_second / 1e6:.1f} MB a second"


def ready(found: ShippedModel) -> str:
    """A model of the user's own that is new."""
    return f"{found.name} is ready ({found.megabytes:.0f} MB, in {found.folder}): use it with --backbone {found.name}."


def finding(found: Finding) -> str:
    """What the doctor found, and the cure on lines of its own."""
    sign = {"ok": "ok    ", "note": "note  ", "broken": "BROKEN"}[found.state]
    cure = "".join(f"\n         {line}" for line in found.cure.splitlines())
    return f"{sign}   {found.name}: {found.detail}{cure}"


def number(count: int, noun: str) -> str:
    """`1 picture`, `2,000 pictures`, `3 classes`."""
    ending = "" if count == 1 else "es" if noun.endswith("s") else "s"
    return f"{count:,} {noun}{ending}"


def percent(value: float, low: float, high: float) -> str:
    """A share 0-1 with its interval: `88.1 % (85.0 to 90.7)`."""
    return f"{100 * value:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def duration(seconds: float) -> str:
    """`3.2 s`, `45 s`, `12 min`, `1 h 05 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def quoted(path: Path) -> str:
    """The path as it has to be written on a command line."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))

"""Getting backbones for the window, and measuring how fast they are: one at a time, in the session's runner."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Signal

from fewshot_gui.errors import UserError
from fewshot_gui.ui import words
from fewshot_gui.ui.words import sentence

if TYPE_CHECKING:
    from fewshot_gui.jobs.download import Fetched
    from fewshot_gui.ui.runner import Run, Runner

KIND = "backbone"  # of the runs; no project owns them


@dataclass(frozen=True, slots=True)
class Underway:
    """How far it is. share: 0-1, None if that is not known."""

    words: str
    share: float | None


class OwnModels(QObject):
    """progress(Underway); ended(): nothing is under way any more; ready(name): a model is there; measured(): it is
    known how fast they are; noted, failed: said.

    stopped(): the user stopped it. fault(exception): the program's own.
    """

    progress = Signal(object)
    ready = Signal(str)
    measured = Signal()
    noted = Signal(str)
    failed = Signal(str)
    fault = Signal(object)
    stopped = Signal()
    ended = Signal()

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner

    @property
    def busy(self) -> bool:
        """Whether one is on its way."""
        return self._runner.run(KIND) is not None

    def pull(self, name: str) -> None:
        """Gets a backbone of the catalogue, unless another one is on its way."""
        from fewshot_gui.jobs.pull import pull

        self._start(pull(name))

    def add(self, paths: Sequence[str]) -> None:
        """Makes models of files or folders, unless something is on its way."""
        self._start(_added(tuple(paths)))

    def measure(self, names: Sequence[str], device: str) -> None:
        """Measures how fast models are here, by name or folder, unless something is on its way."""
        self._start(_speeds_of(tuple(names), device))

    def stop(self) -> None:
        """Ends what is on its way; a download is gone on from when it is asked for again."""
        run = self._runner.run(KIND)
        if run is not None:
            run.cancel()

    def _start(self, job: Generator[Any, None, str | None]) -> None:
        if not self.busy:
            self._runner.start(KIND, job, self._connect)

    def _connect(self, run: Run) -> None:
        run.yielded.connect(self._hear)
        run.succeeded.connect(self._succeed)
        run.failed.connect(self._fail)
        run.cancelled.connect(self.stopped)
        run.ended.connect(self.ended)

    def _hear(self, events: tuple[Any, ...]) -> None:
        """The last progress of a batch, and every sentence."""
        from fewshot_gui.jobs.download import Fetched
        from fewshot_gui.jobs.events import Step, Warned

        last: Underway | None = None
        for event in events:
            if isinstance(event, Warned):
                self.noted.emit(sentence(event.sentence))
            elif isinstance(event, Fetched):
                last = Underway(_fetched(event), event.share)
            elif isinstance(event, Step):
                last = Underway(words.step_words(event.what), event.share)
        if last is not None:
            self.progress.emit(last)

    def _succeed(self, name: str | None) -> None:
        if name is None:
            self.measured.emit()
        else:
            self.ready.emit(name)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.failed.emit(sentence(str(error)))
        else:
            self.fault.emit(error)


def _fetched(event: Fetched) -> str:
    locale, translate = QLocale(), QCoreApplication.translate
    done, speed = (locale.toString(count / 1e6, "f", 1) for count in (event.done, event.per_second))
    if event.total is None:
        text = translate("OwnModels", "Downloading {file}: {done} MB, {speed} MB a second")
        return text.format(file=event.file, done=done, speed=speed)
    text = translate("OwnModels", "Downloading {file}: {done} of {total} MB, {speed} MB a second")
    return text.format(file=event.file, done=done, total=locale.toString(event.total / 1e6, "f", 1), speed=speed)


def _added(paths: tuple[str, ...]) -> Generator[Any, None, str]:
    """One after the other; the last one's name."""
    from fewshot_gui.jobs.add_model import AddOptions, add

    name = ""
    for path in paths:
        name = yield from add(AddOptions(path=Path(path)))
    return name


def _speeds_of(names: tuple[str, ...], device: str) -> Generator[Any, None, None]:
    """Imports torch where nobody waits for it, in the worker."""
    from fewshot_gui.engine.libraries import load_ahead

    load_ahead()
    from fewshot_gui.jobs.measure_speed import measure

    yield from measure(names, device)

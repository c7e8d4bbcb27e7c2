"""The runs behind a session: model, adaptation, folder, deeper adaptation, storing. Each ends in a word to the session.

One run of a kind at a time: a new one silences the old one. What a run works on lies in the Workbench and the columns;
what it tells comes here, in the GUI thread, and goes on as signals.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from fewshot_gui.errors import UserError
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.ui.runner import CLOSING_SECONDS, Job, Run, Runner
from fewshot_gui.ui.widgets.foot import Progress
from fewshot_gui.ui.words import deep_words, step_words

if TYPE_CHECKING:
    import numpy as np

    from fewshot_gui.jobs.bench import BenchExample, Workbench
    from fewshot_gui.jobs.columns import PictureColumns

# The foot shows the first of these that runs.
SHOWN = ("export", "deep", "folder", "import", "adapt", "model", "demo")
PAUSABLE = ("folder", "deep")
_FEW = 8  # examples whose copies are made before one could read that they are
_OF_NO_PROJECT = ("model", "backbone")  # they go on when a project is closed
Done = Callable[[Any], None]


class Work(QObject):
    """rows_changed(rows, None for all), points_changed(Points), progress(Progress or None); noted (news), warned,
    failed: sentences. deep_kept(Deep): an adapted backbone answers from now on, though it is still to be asked.

    fault: an exception nobody foresaw. state_changed: a run began, ended or was paused.
    """

    rows_changed = Signal(object)
    points_changed = Signal(object)
    progress = Signal(object)
    noted = Signal(str)
    warned = Signal(str)
    failed = Signal(str)
    deep_kept = Signal(object)
    fault = Signal(object)
    state_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = Runner(self)
        self._bench: Workbench | None = None
        self._visible: tuple[int, ...] = ()
        self._progress: dict[str, Progress] = {}
        self._done: dict[str, Done] = {}
        self._said = False  # whether the progress that is shown has been told
        self._closer = False  # whether the instant head answers already, and copies of many examples are made
        self.runner.changed.connect(self._runs_changed)

    @property
    def bench(self) -> Workbench:
        """Model, embeddings and classifiers; made when first asked for, which is after the first frame."""
        if self._bench is None:
            from fewshot_gui.jobs.bench import Workbench

            self._bench = Workbench()
        return self._bench

    @property
    def has_bench(self) -> bool:
        """Whether anybody has asked for it yet."""
        return self._bench is not None

    def start(self, kind: str, job: Job, done: Done, shown: Progress | None = None) -> None:
        """Starts a job. done(result): called if it succeeds, and not after another run of this kind has begun."""
        self._progress.pop(kind, None)
        if shown is not None:
            self._progress[kind] = shown
        self._done[kind] = done
        self.runner.start(kind, job, self._connect)
        self._tell_progress()

    def drop(self, *kinds: str) -> None:
        """Cancels runs; nobody hears of them any more."""
        for kind in kinds:
            self.runner.drop(kind)
            self._progress.pop(kind, None)
        self._tell_progress()

    def drop_all(self) -> None:
        """Cancels all runs but those that no project owns."""
        self.drop(*(kind for kind in self.kinds() if kind not in _OF_NO_PROJECT))

    def runs(self, *kinds: str) -> bool:
        """Whether a run of one of these kinds is on its way."""
        return any(self.runner.run(kind) is not None for kind in kinds)

    def kinds(self) -> tuple[str, ...]:
        """The kinds that are on their way."""
        return self.runner.kinds()

    @property
    def is_paused(self) -> bool:
        """Whether classifying is paused."""
        return any(run is not None and run.is_paused for run in map(self.runner.run, PAUSABLE))

    def pause(self, paused: bool) -> None:
        """Pauses what goes through the folder, or lets it go on."""
        for run in map(self.runner.run, PAUSABLE):
            if run is not None:
                run.pause(paused)
        self._tell_progress()
        self.state_changed.emit()

    def stop(self) -> None:
        """Cancels what the foot shows."""
        kind = self._shown_kind()
        run = self.runner.run(kind) if kind else None
        if run is not None:
            run.cancel()

    def set_visible(self, rows: Sequence[int] | np.ndarray) -> None:
        """The rows a person looks at: they are read first."""
        self._visible = tuple(int(row) for row in rows)

    def visible(self) -> Sequence[int]:
        """The rows a person looks at; asked by workers."""
        return self._visible

    def close(self, seconds: float = CLOSING_SECONDS) -> bool:
        """Cancels all and waits at most that long; False if a worker did not leave."""
        left = self.runner.close(seconds)
        if left and self._bench is not None:
            self._bench.close()
        return left

    # Jobs

    def load_model(self, backbone: str, quality: str, device: str, done: Done) -> None:
        """Imports torch and loads a model; done(MethodChoices)."""
        from fewshot_gui.jobs import workbench

        bench = self.bench
        loading = workbench.load_model(bench, backbone, device, quality)

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import choices

            yield from loading
            return choices.method_choices(bench)

        self.start("model", job(), done, Progress(step_words("Loading the model"), can_stop=False))

    def adapt(
        self, examples: Sequence[BenchExample], classes: tuple[Sequence[Any], ...], how: dict[str, Any], done: Done
    ) -> None:
        """An instant head; done(Adapted), twice if copies of examples had to be made between.

        classes: names, ids, colours; how: method, unknown, seed.
        """
        bench, self._closer = self.bench, False

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import workbench

            return (yield from workbench.adapt_instant(bench, examples, *classes, **how))

        self.start("adapt", job(), done)

    def deepen(self, how: dict[str, Any], done: Done) -> None:
        """Adapts the backbone and asks it; done(Deep)."""
        bench, visible = self.bench, self.visible

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import workbench

            deep = yield from workbench.adapt_deeper(bench, **how)
            if deep.kept:
                yield deep
                yield from workbench.ask_deeper(bench, visible)
            return deep

        self.start("deep", job(), done, Progress(step_words("Adapting deeper")))

    def embed(self, done: Done) -> None:
        """Embeds and answers the folder; done(Summary)."""
        bench, visible = self.bench, self.visible

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import workbench

            return (yield from workbench.embed_folder(bench, visible))

        self.start("folder", job(), done, Progress(step_words("Classifying"), can_pause=True))

    def place(self) -> None:
        """Draws the map anew."""
        bench = self.bench

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import workbench

            return (yield from workbench.project_points(bench))

        self.start("map", job(), self.points_changed.emit)

    def export_answers(self, columns: PictureColumns, path: Path, done: Done) -> None:
        """Writes the answers to a file; done(how many)."""
        from fewshot_gui.jobs.answers_file import write_answers

        self.start("export", write_answers(columns, path), done, Progress(step_words("Exporting")))

    def export_classifier(self, folder: Path, done: Done) -> None:
        """Writes the classifier in use as a folder; done(None)."""
        bench = self.bench

        def job() -> Generator[Any, None, Any]:
            from fewshot_gui.jobs import classifier_folder

            classifier = bench.classifier
            if classifier is None:
                raise UserError("There is no classifier yet: add examples to at least one class.")
            yield Step("Exporting")
            classifier_folder.save(classifier, folder)

        self.start("export", job(), done, Progress(step_words("Exporting"), can_stop=False))

    # What runs tell

    def _connect(self, run: Run) -> None:
        kind = run.kind
        run.yielded.connect(lambda events: self._hear(kind, events))
        run.succeeded.connect(lambda result: self._succeed(kind, result))
        run.failed.connect(lambda error: self._fail(kind, error))

    def _hear(self, kind: str, events: tuple[Any, ...]) -> None:
        from fewshot_gui.jobs.bench import Adapted, Deep, Points, Rows

        counted = [event for event in events if isinstance(event, Rows)]
        for event in events:
            if isinstance(event, Warned):
                (self.noted if event.level == "info" else self.warned).emit(event.sentence)
            elif isinstance(event, Deep):
                self.deep_kept.emit(event)
            elif isinstance(event, Adapted):
                self._closer = event.pending > _FEW
                self._done[kind](event)
            elif isinstance(event, Points):
                self.points_changed.emit(event)
            elif isinstance(event, Step):
                self._step(kind, event)
        if counted and kind in PAUSABLE:
            last = counted[-1]
            what = step_words("Classifying" if kind == "folder" else "Asking the adapted backbone")
            self._progress[kind] = Progress(what, last.done, last.total, last.per_second, can_pause=True)
        if counted:
            import numpy as np

            self.rows_changed.emit(np.concatenate([event.rows for event in counted]))
        self._tell_progress()

    def _step(self, kind: str, step: Step) -> None:
        if kind in SHOWN and (kind != "adapt" or self._closer):
            what = deep_words(step.what) if kind == "deep" else step_words(step.what)
            self._progress[kind] = Progress(what, share=step.share, can_stop=kind != "model")

    def _succeed(self, kind: str, result: Any) -> None:
        self._done[kind](result)

    def _fail(self, kind: str, error: BaseException) -> None:
        if isinstance(error, UserError):
            if kind != "map":  # the map has nothing to show yet, which it says itself
                self.failed.emit(str(error))
        else:
            self.fault.emit(error)

    def _shown_kind(self) -> str | None:
        return next((kind for kind in SHOWN if kind in self._progress and self.runs(kind)), None)

    def _tell_progress(self) -> None:
        kind = self._shown_kind()
        if kind is not None or self._said:
            self.progress.emit(self._progress[kind] if kind is not None else None)
        self._said = kind is not None

    def _runs_changed(self) -> None:
        QTimer.singleShot(0, self, self._after_change)

    def _after_change(self) -> None:
        self._tell_progress()
        self.state_changed.emit()

"""What follows by itself: the model is loaded, the folder read, examples adapted to, answers and figures stored."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QObject, QTimer

from fewshot_gui.ui import words
from fewshot_gui.ui.storing import Storing
from fewshot_gui.ui.widgets.foot import Progress
from fewshot_gui.ui.work import Work

if TYPE_CHECKING:
    from fewshot_gui.jobs.bench import Adapted, BenchExample, Deep, Points
    from fewshot_gui.jobs.choices import MethodChoices
    from fewshot_gui.jobs.columns import PictureColumns
    from fewshot_gui.jobs.tally import Summary
    from fewshot_gui.types import Accuracy
    from fewshot_gui.ui.session import Session

_ADAPT_MS, _DEEPER_MS = 150, 1200
MANY = 20_000  # pictures: a folder of more is asked about before it is read
_CALM_SECONDS = 0.5  # without a change: then the next one is adapted to at once


class Live(QObject):
    """The runs of a session and what their ends lead to.

    last: the newest instant adaptation; per_class: its estimate by class id; deep: an adapted backbone answers;
    points: the map's newest marks; choices: the methods of the model, None before it is loaded; loaded: its backbone
    and quality, as they were chosen.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.work = Work(self)
        self.last: Adapted | None = None
        self.deep: Deep | None = None
        self.per_class: dict[int, Accuracy] = {}
        self.points: Points | None = None
        self.choices: MethodChoices | None = None
        self.device_name, self.model_name = "", ""
        self.loaded: tuple[str, str] | None = None
        self._asked = 0.0  # when something last wanted an adaptation
        self._deep_wanted = False
        self._held = False  # whether the user was asked about this folder and has not agreed yet
        self._agreed_to: str | None = None  # the large folder that the user wants classified
        self._storing = Storing(session, self)
        self.work.points_changed.connect(self._keep_points)
        self.work.deep_kept.connect(self._keep_deep)
        self._adapting = self._timer(_ADAPT_MS, self._adapt)
        self._deepening = self._timer(_DEEPER_MS, self._deepen)
        sentences = ("noted", "warned", "failed")
        for signal in ("rows_changed", "points_changed", "progress", *sentences, "fault", "state_changed"):
            getattr(self.work, signal).connect(getattr(session, signal))

    # A project comes and goes

    def enter(self) -> None:
        """A project was opened."""
        self.open_folder()
        if self.choices is None or self.loaded != (self._session.backbone, self._session.quality):
            self.load_model()
        else:
            self.adapt_soon()

    def leave(self) -> None:
        """The project is about to be closed: its runs end, and what was not stored is."""
        self._adapting.stop()
        self._deepening.stop()
        self._storing.leave()
        self.last = self.deep = self.points = None
        self.per_class = {}
        self._deep_wanted = self._held = False
        self._agreed_to = None

    @property
    def at_rest(self) -> bool:
        """Nothing runs, and nothing is about to."""
        waiting = self._adapting.isActive() or self._deepening.isActive() or self._storing.is_due
        return not waiting and not self.work.kinds()

    def close(self) -> bool:
        """Ends everything; False if a worker did not leave in time."""
        return self.work.close()

    def warm_up(self) -> None:
        """Loads the model, if none is there or on its way."""
        if self.choices is None and not self.work.runs("model"):
            self.load_model()

    def use_columns(self, columns: PictureColumns | None) -> None:
        """The folder's pictures are these from now on."""
        self.points = None
        self._storing.use_columns(columns)
        if columns is not None or self.work.has_bench:
            self.work.bench.columns = columns

    # The model

    def load_model(self) -> None:
        """Loads the project's model; answers of the one before go."""
        self.work.drop("deep")
        self.deep = None
        chosen = (self._session.backbone, self._session.quality)
        self.work.load_model(*chosen, self._session.settings["device"], lambda found: self._model_ready(chosen, found))

    def _model_ready(self, chosen: tuple[str, str], choices: MethodChoices) -> None:
        bench, self.loaded = self.work.bench, chosen
        self.choices, self.device_name, self.model_name = choices, bench.device_name, bench.model_name
        self._session.state_changed.emit()
        if self._session.project is not None:
            self._deep_wanted = self._method_is_deep
            self._adapt()
            self._begin_again()

    def _begin_again(self) -> None:
        """Classifies with the model that has come; what still reads pictures does so with the one before."""
        if self._session.columns is not None and self.work.runs("folder"):
            self.work.drop("folder")
            self.rescan()
        else:
            self._embed()

    # The folder

    def open_folder(self) -> None:
        """The folder as it is stored, at once; then as it is now."""
        from fewshot_gui.jobs.stored import opening

        session = self._session
        self.work.drop("folder")
        if session.columns is not None:
            session.set_columns(None)
        if session.project is not None and session.folder is not None:
            self.work.start("folder", opening(session.project), self._opened, _looking())

    def rescan(self) -> None:
        """Looks for new and vanished pictures, then classifies what is new."""
        from fewshot_gui.jobs.stored import scanning

        session = self._session
        if session.project is not None and session.folder is not None:
            most = None if self._agreed_to == session.folder or self._has_answers else MANY
            job = scanning(session.project, session.folder, session.columns, most)
            self.work.start("folder", job, self._scanned, _looking())

    def _opened(self, columns: PictureColumns | None) -> None:
        if columns is not None and columns.n:
            self._session.set_columns(columns)
        self.rescan()

    @property
    def _has_answers(self) -> bool:
        columns = self._session.columns
        return columns is not None and bool((columns.status != 0).any())

    def _scanned(self, columns: PictureColumns | None) -> None:
        self._held = columns is None
        if columns is None:
            self._ask_about_many()
            return
        if columns is not self._session.columns:
            self._session.set_columns(columns)
            self._adapting.start()
        QTimer.singleShot(0, self, self._embed)  # once this run has ended

    def _ask_about_many(self) -> None:
        """So many pictures may have been dropped by mistake."""
        text = self.tr(
            "This folder has more than {count} pictures. Classifying them takes a while; it can be stopped at any time."
        )
        folder = self._session.folder
        sentence = text.format(count=QLocale().toString(MANY))
        self._session.offered.emit(sentence, {self.tr("Classify them all"): lambda: self._agreed(folder)})

    def renew_truth(self) -> None:
        """What a table says of the pictures is something else now."""
        from fewshot_gui.jobs.truth import renewing

        project, columns = self._session.project, self._session.columns
        if project is not None and columns is not None:
            self.work.start("truth", renewing(project, columns), self._truth_renewed)

    def _truth_renewed(self, result: object) -> None:
        self._storing.note_truth()
        self._session.rows_changed.emit(None)
        self._session.measured.emit()

    def _agreed(self, folder: str | None) -> None:
        if folder == self._session.folder:
            self._agreed_to = folder
            self.rescan()

    def _embed(self) -> None:
        there = self._session.columns is not None and self.choices is not None and not self._held
        if there and not self.work.runs("folder"):
            self.work.embed(self._embedded)

    def _embedded(self, summary: Summary) -> None:
        self._storing.note_truth()
        self._session.rows_changed.emit(None)
        self._session.forget_backbones()  # how fast the model is was noted
        if self.last is not None and self.last.by_folder:
            self._adapting.start(0)  # now that all pictures are known
        self._storing.soon()

    # Adapting

    def _keep_points(self, points: Points) -> None:
        self.points = points

    def adapt_soon(self) -> None:
        """Adapts at once, but of changes close to one another to the first, and to the last when no more has come.

        A deeper adaptation was to examples that are others now.
        """
        self._deep_wanted = self._deep_wanted or self.work.runs("deep") or self._method_is_deep
        self._deepening.stop()
        self.work.drop("deep")
        now = time.monotonic()
        self._adapting.start(0 if now - self._asked > _CALM_SECONDS else _ADAPT_MS)
        self._asked = now

    def deepen(self, wanted: bool) -> None:
        """Lets the backbone itself learn from the examples, behind the instant head; False stops that."""
        self._deep_wanted = wanted
        run = self.work.runner.run("deep")
        if wanted:
            self._deepen()
        elif run is not None:
            run.cancel()

    @property
    def _method_is_deep(self) -> bool:
        method = self._session.method
        return method is not None and self.choices is not None and method.split(":")[0] in self.choices.pictures

    def _adapt(self) -> None:
        session = self._session
        if session.project is None or session.how is None or self.choices is None:
            return  # the model's coming brings us here again
        method = None if self._method_is_deep else session.method
        how = {"method": method, "unknown": session.how.unknown, "seed": session.how.seed}
        examples, classes = self._support()
        ids = tuple(classes[1])
        self.work.adapt(examples, classes, how, lambda adapted: self._adapted(adapted, ids))

    def _support(self) -> tuple[list[BenchExample], tuple[list[Any], ...]]:
        from fewshot_gui.jobs.bench import BenchExample

        classes = self._session.classes
        index = {info.id: place for place, info in enumerate(classes)}
        examples = [BenchExample(e.path, index[e.class_id], e.content, e.crop, e.id) for e in self._session.examples]
        return examples, ([c.name for c in classes], [c.id for c in classes], [c.colour for c in classes])

    def _adapted(self, adapted: Adapted, class_ids: tuple[int, ...]) -> None:
        session = self._session
        if session.project is None or not adapted.current:
            return
        self.last, self.deep = adapted, None
        estimate = adapted.estimate
        self.per_class = dict(zip(class_ids, estimate.per_class, strict=False)) if estimate is not None else {}
        self._learn_contents(adapted)
        if not adapted.pending:  # else the head that stays comes in a moment
            self._note_figures(adapted)
        session.rows_changed.emit(None)
        session.adapted.emit(adapted)
        self._storing.soon()
        self.work.place()
        if self._deep_wanted and len(session.classes) > 1 and not adapted.pending:
            self._deepening.start()

    def _note_figures(self, adapted: Adapted) -> None:
        if adapted.estimate is not None and adapted.estimate.accuracy.total:
            self._storing.note("estimate", adapted.estimate.accuracy)
        self._storing.note_truth()

    def _learn_contents(self, adapted: Adapted) -> None:
        session = self._session
        project, paths = session.project, {e.id: e.path for e in session.examples if e.content is None}
        learned = {paths[key]: content for key, content in adapted.contents.items() if key in paths and content}
        if learned and project is not None and session.attempt(lambda: project.learn_contents(learned)):
            session.reload_examples()

    def _deepen(self) -> None:
        session = self._session
        if session.how is None or self.choices is None or not session.examples or not self._deep_wanted:
            return
        if self.last is not None and self.last.pending and self.work.runs("adapt"):
            return  # the head that stays brings us here again
        method = session.method if self._method_is_deep else self.choices.deeper
        how = {"method": method, "unknown": session.how.unknown, "seed": session.how.seed}
        self.work.deepen(how, self._deepened)

    def _keep_deep(self, deep: Deep) -> None:
        self.deep = deep
        self._session.state_changed.emit()

    def _deepened(self, deep: Deep) -> None:
        self._deep_wanted, self.deep = self._method_is_deep, deep
        for note in deep.notes:
            self._session.noted.emit(note)
        self._session.deepened.emit(deep)
        self._session.rows_changed.emit(None)
        self._storing.note_truth()
        self._storing.soon()

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(then)
        return timer


def _looking() -> Progress:
    return Progress(words.step_words("Looking for pictures"))

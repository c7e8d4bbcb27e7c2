"""Answers and figures go into the project by themselves, a moment after they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    import numpy as np

    from fewshot_gui.jobs.columns import PictureColumns
    from fewshot_gui.types import Accuracy
    from fewshot_gui.ui.live import Live
    from fewshot_gui.ui.session import Session

_SOON_MS, _AGAIN_MS, _TIDY_MS = 1500, 15_000, 30_000  # again: while pictures are still being read


class Storing(QObject):
    """Stores what the runs of a session have found, and puts the project's file in order when all is idle."""

    def __init__(self, session: Session, live: Live) -> None:
        super().__init__(live)
        self._session, self._live = session, live
        self._stored: np.ndarray | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._store)
        self._tidying = QTimer(self, singleShot=True, interval=_TIDY_MS)
        self._tidying.timeout.connect(self._tidy)

    @property
    def is_due(self) -> bool:
        """Something is about to be stored."""
        return self._soon.isActive()

    def soon(self) -> None:
        """Answers have changed: they are stored when no more have for a moment."""
        self._soon.start(_SOON_MS)

    def use_columns(self, columns: PictureColumns | None) -> None:
        """These pictures are the folder's from now on; those whose content is known are in the project already."""
        self._stored = None
        if columns is not None:
            import numpy as np

            self._stored = np.array([content is not None for content in columns.content], bool)

    def leave(self) -> None:
        """The project is about to be closed: runs end, and what was not stored is."""
        work = self._live.work
        self._tidying.stop()
        unsaved = self._soon.isActive() or work.runs("folder", "deep", "store")
        self._soon.stop()
        work.drop_all()
        if unsaved and (job := self._job()) is not None:
            self._session.attempt(lambda: list(job))

    def note_truth(self) -> None:
        """Into the history. Not while pictures are still waiting: the first few say nothing of the folder."""
        columns = self._session.columns
        if columns is not None and columns.status.all() and (accuracy := columns.accuracy()).total:
            self.note("truth", accuracy)

    def note(self, kind: Any, accuracy: Accuracy) -> None:
        """Into the history, unless its last point of this kind says the same."""
        project = self._session.project
        assert project is not None

        def note() -> None:
            points = [point for point in project.history() if point.kind == kind]
            if not points or (points[-1].right, points[-1].total) != (accuracy.right, accuracy.total):
                project.add_history(kind, accuracy.right, accuracy.total, accuracy.measured_on, None)

        self._session.attempt(note)
        self._session.measured.emit()

    def _job(self) -> Any:
        """The job that stores the answers as they are; None if there are none."""
        project, columns, last = self._session.project, self._session.columns, self._live.last
        if project is None or columns is None or self._stored is None or not columns.class_ids:
            return None
        from fewshot_gui.jobs.stored import store_answers

        values = {"model": self._live.model_name, "method": last.method if last else None}
        return store_answers(project, columns, values, self._stored)

    def _store(self) -> None:
        work, job = self._live.work, self._job()
        if job is not None:
            work.start("store", job, _nothing)
            if work.runs("folder", "deep"):
                self._soon.start(_AGAIN_MS)
        self._tidying.start()

    def _tidy(self) -> None:
        project = self._session.project
        if project is not None and not self._live.work.kinds():
            self._session.attempt(project.checkpoint)


def _nothing(result: object) -> None:
    """What to do with a result nobody needs."""

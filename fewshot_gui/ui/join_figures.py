"""Accuracy and confusion joined to the session."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from fewshot_gui.jobs.columns import PENDING
from fewshot_gui.types import Accuracy
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.views.accuracy import AccuracyView, Figures, Headline, HistoryPoint
from fewshot_gui.ui.views.confusion import ConfusionView
from fewshot_gui.ui.words import sentence

_RENEW_MS = 300
_SHOWN = 200  # points of the history


class FiguresJoint(QObject):
    """Keeps the accuracy and the confusion matrix up to date."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self.accuracy, self.confusion = AccuracyView(), ConfusionView()
        self._soon = QTimer(self, singleShot=True, interval=_RENEW_MS)
        self._soon.timeout.connect(self._renew)
        session.columns_replaced.connect(self.show_all)
        session.rows_changed.connect(self._rows_changed)
        session.adapted.connect(self._rows_changed)
        session.measured.connect(self._measured)

    def show_all(self, columns: Any = None) -> None:
        """The session's folder and history."""
        self.confusion.set_columns(self._session.columns)
        self._measured()
        self._renew()

    def figures(self) -> Figures:
        """What is known of the accuracy now: the truth where folders give it, else the estimate."""
        session = self._session
        columns, last = session.columns, session.live.last
        estimate = last.estimate if last is not None else None
        deep = session.live.deep
        before = deep is not None and deep.kept
        guessed = None
        if estimate is not None:
            guessed = Headline(estimate.accuracy, "estimate", estimate.rough, before=before)
        measured = columns.accuracy() if columns is not None else None
        waiting = int((columns.status == PENDING).sum()) if columns is not None else 0
        true = Headline(measured, "truth", waiting=waiting) if measured is not None and measured.total else None
        checked = columns.checked() if columns is not None else None
        why = sentence(estimate.why_none) if estimate is not None else ""
        return Figures(true or guessed, guessed if true is not None else None, checked, why)

    def _rows_changed(self, rows: object) -> None:
        self.confusion.refresh()
        if not self._soon.isActive():
            self._soon.start()

    def _renew(self) -> None:
        self.accuracy.set_figures(self.figures())

    def _measured(self) -> None:
        project = self._session.project
        points = project.history() if project is not None else ()
        headline = self.figures().headline
        basis = headline.basis if headline is not None else "estimate"  # one line for one kind of figure
        self.accuracy.set_history(
            [
                HistoryPoint(Accuracy(point.right, point.total, point.measured_on), point.kind)
                for point in points
                if point.kind == basis
            ][-_SHOWN:]
        )

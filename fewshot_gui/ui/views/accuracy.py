"""The accuracy pane: one big figure, how sure it is, what it rests on, and how it came about.

Where folders or a CSV say the truth, that is the figure; else the estimate from the examples. What the user confirmed
is told as a count only: people check what they doubt, or what they like, and a share of that would mislead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.types import Accuracy
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.views.accuracy_chart import AccuracyChart, Basis, HistoryPoint, interval_text, percent

__all__ = ["AccuracyView", "Basis", "Figures", "Headline", "HistoryPoint"]


@dataclass(frozen=True, slots=True)
class Headline:
    """An accuracy and where it comes from.

    rough: an estimate from so few examples that it says little. before: the estimate is that of the head from before an
    adapted backbone answered. waiting: pictures that have no answer yet.
    """

    accuracy: Accuracy
    basis: Basis
    rough: bool = False
    before: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of the accuracy now.

    headline: the one big figure; second: the other kind, if there is one. checked: (right, all) of the pictures the
    user judged. why_none: a sentence for the user, if there is no headline.
    """

    headline: Headline | None = None
    second: Headline | None = None
    checked: tuple[int, int] | None = None
    why_none: str = ""


class AccuracyView(QFrame):
    """A card with the figure, a sentence on what it rests on, its history, and the lesser figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.chart = AccuracyChart()
        self._title, self._figure, self._interval = QLabel(self.tr("Accuracy")), QLabel(), QLabel()
        self._basis, self._second, self._checked = QLabel(), QLabel(), QLabel()
        set_role(self._title, "title")
        set_role(self._figure, "figure")
        for label in (self._interval, self._basis, self._second, self._checked):
            set_role(label, "small")
        for label in (self._figure, self._interval, self._basis, self._second, self._checked):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._basis, self._second, self._checked):
            label.setWordWrap(True)
        self._has_figure = False
        self._figure.setAccessibleName(self.tr("Accuracy"))
        self._lay_out()
        self.set_figures(Figures())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self._figure, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._interval, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._basis)
        column.addWidget(self.chart, 1)
        column.addWidget(self._second)
        column.addWidget(self._checked)

    def set_figures(self, figures: Figures) -> None:
        """Shows other figures."""
        headline = figures.headline if figures.headline is not None and figures.headline.accuracy.total else None
        if headline is None:
            self._figure.setText("")
            self._interval.setText("")
            self._basis.setText(figures.why_none or self._why_none())
        else:
            accuracy = headline.accuracy
            self._figure.setText(f"{percent(accuracy.value, accuracy.total)} %")
            self._interval.setText(self.tr("{interval} (95 % interval)").format(interval=interval_text(accuracy)))
            self._basis.setText(self._rests_on(headline))
        set_role(self._basis, "amber" if headline is not None and headline.rough else "small")
        self._has_figure = headline is not None
        self._show_chart()
        self._show(self._second, self._second_text(figures.second))
        self._show(self._checked, self._checked_text(figures.checked))
        self.updateGeometry()
        texts = [label.text() for label in (self._interval, self._basis, self._second, self._checked)]
        self._figure.setAccessibleDescription(" ".join(text for text in texts if text))

    def set_history(self, points: Sequence[HistoryPoint]) -> None:
        """Another history, oldest first."""
        self.chart.set_points(points)
        self._show_chart()

    def add_point(self, point: HistoryPoint) -> None:
        """One more figure at the end of the history."""
        self.set_history((*self.chart.points, point))

    def sizeHint(self) -> QSize:
        """As in a column at the window's right."""
        return QSize(400, 210)

    def minimumSizeHint(self) -> QSize:
        """As high as the sentences are at this width: they would be painted over the chart otherwise."""
        layout = self.layout()
        assert layout is not None
        return QSize(layout.totalMinimumSize().width(), layout.totalMinimumHeightForWidth(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _show_chart(self) -> None:
        """Without any figure there is nothing to draw: the sentence how to come by one stands in the middle."""
        empty = not self._has_figure and not self.chart.points
        self.chart.setVisible(not empty)
        centre, corner = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        self._basis.setAlignment(centre if empty else corner)
        self._basis.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding if empty else QSizePolicy.Policy.Preferred
        )
        self._basis.setStyleSheet("" if empty else "font-size: 11.5px;")  # small in amber, too
        set_role(self._basis, "muted" if empty else self._basis.property("role"))

    @staticmethod
    def _show(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _why_none(self) -> str:
        return self.tr("Give each class two examples or more, and an estimate appears here.")

    def _rests_on(self, headline: Headline) -> str:
        n = headline.accuracy.total
        if headline.basis == "truth" and headline.waiting:
            return self.tr("So far, on %Ln picture(s) whose class is known from folders or a table.", "", n)
        if headline.basis == "truth":
            return self.tr("Measured on %Ln picture(s) whose class is known from folders or a table.", "", n)
        if headline.before:
            return self.tr("Estimated from %Ln example(s) before adapting deeper; not measured on this folder.", "", n)
        said = self.tr("Estimated from %Ln example(s), each left out once; not measured on this folder.", "", n)
        return said + " " + self.tr("Rough: there are few examples.") if headline.rough else said

    def _second_text(self, second: Headline | None) -> str:
        if second is None or not second.accuracy.total:
            return ""
        accuracy = second.accuracy
        text = f"{percent(accuracy.value, accuracy.total)} % ({interval_text(accuracy)})"
        if second.basis == "truth":
            return self.tr("Measured where the class is known: {figure}").format(figure=text)
        if second.before:
            return self.tr("Estimated from the examples before adapting deeper: {figure}").format(figure=text)
        return self.tr("Estimated from the examples: {figure}").format(figure=text)

    def _checked_text(self, checked: tuple[int, int] | None) -> str:
        if checked is None or not checked[1]:
            return ""
        text = self.tr("{right} of %Ln you checked were right; you chose them.", "", checked[1])
        return text.format(right=self.locale().toString(checked[0]))

"""The map pane: all pictures of the folder as points, those that look alike to the model close together."""

from __future__ import annotations

import os

import numpy as np
from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.icons import set_icon
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.views.elided import ElidedLabel
from fewshot_gui.ui.views.map_canvas import MapCanvas
from fewshot_gui.ui.views.map_frames import Thumbnails
from fewshot_gui.ui.views.map_legend import LegendEntry, MapLegend
from fewshot_gui.ui.views.map_overlay import GREYS
from fewshot_gui.ui.views.map_scene import FIRST_CLASS, PENDING_GROUP, UNKNOWN_GROUP, Marks

__all__ = ["MapView", "Marks"]


class MapView(QFrame):
    """A card with heading, canvas and legend.

    selected(rows, mode): the user chose points: rows [m] array of pictures, mode "replace", "add" or "toggle".
    opened(row): wants to see a picture large. hovered(row): -1 for none; its thumbnail will be asked for.
    class_clicked(label): lifted a class out, to be filtered by; -1: none any more.
    """

    selected = Signal(object, str)
    opened = Signal(int)
    hovered = Signal(int)
    class_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._space = ("PCA", False)
        self.canvas, self.legend = MapCanvas(), MapLegend()
        self._title, self._what = QLabel(self.tr("Map")), ElidedLabel()
        set_role(self._title, "title")
        set_role(self._what, "small")
        self._lasso = _button(
            "lasso", self.tr("Lasso"), self.tr("Select by drawing around points (L, or Shift and drag)")
        )
        self._lasso.setCheckable(True)
        self._fit = _button("expand", self.tr("Show all points"), self.tr("Show all points (0)"))
        self._lay_out()
        self.canvas.empty_text = self.tr(
            "Every picture becomes a point here. Pictures that look alike to the model lie close together."
        )
        self.canvas.describe = self.describe
        self.canvas.setAccessibleName(self.tr("Map of the pictures"))
        self._connect()
        self._counted(0)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget, stretch in ((self._title, 0), (self._what, 1), (self._lasso, 0), (self._fit, 0)):
            head.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.legend)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.selected.connect(self.selected)
        canvas.opened.connect(self.opened)
        canvas.hovered.connect(self.hovered)
        canvas.hovered.connect(lambda row: self._say(row))
        canvas.counted.connect(self._counted)
        canvas.lassoing_changed.connect(self._lasso.setChecked)
        self._lasso.clicked.connect(canvas.set_lassoing)
        self._fit.clicked.connect(canvas.fit)
        self.legend.pressed.connect(self._lift)

    def set_columns(self, columns: PictureColumns | None) -> None:
        """The folder to show, or none."""
        self.legend.lift(-1)
        self.canvas.set_columns(columns)

    def refresh(self) -> None:
        """The columns have changed (answers, verdicts, classes, coordinates): soon the map shows it. Cheap to call."""
        self.canvas.refresh()

    def set_marks(self, marks: Marks) -> None:
        """Where prototypes lie, and examples that are no pictures of the folder (those of the folder are known)."""
        self.canvas.set_marks(marks)

    def set_space(self, projection: str, adapted: bool) -> None:
        """What the coordinates are: the projection's name, and whether of an adapted backbone's embeddings."""
        self._space = (projection, adapted)
        self._counted(self.canvas.scene.n)

    def set_thumbnails(self, provider: Thumbnails) -> None:
        """provider(row) -> QImage, or None for one that comes later: then `thumbnail_changed` tells of it."""
        self.canvas.set_thumbnails(provider)

    def thumbnail_changed(self, row: int) -> None:
        """The provider has the picture of row now."""
        self.canvas.thumbnail_changed(row)

    def set_selection(self, rows: np.ndarray) -> None:
        """The pictures selected elsewhere; emits nothing."""
        self.canvas.set_selection(rows)

    def set_class_filter(self, label: int) -> None:
        """The class that others filter by, lifted out here, too; -1: none. Emits nothing."""
        self.legend.lift(label)
        self.canvas.set_highlight(label if label >= 0 else None)

    def describe(self, row: int) -> tuple[str, str]:
        """(file name, label and confidence) of a picture, as the card beside its point says them."""
        columns = self.canvas.scene.columns
        if columns is None:
            return "", ""
        name, label = os.path.basename(columns.paths[row]), columns.shown_label(row)
        if not 0 <= label < len(columns.class_names):
            return name, self.tr("Not classified yet") if not columns.status[row] else self.tr("Unknown")
        if columns.verdict[row] or not np.isfinite(columns.confidence[row]):
            return name, columns.class_names[label]
        share = QLocale().toString(100 * float(columns.confidence[row]), "f", 0)
        return name, f"{columns.class_names[label]} {share} %"

    def sizeHint(self) -> QSize:
        """As in a column at the window's right."""
        return QSize(400, 400)

    def _lift(self, label: int) -> None:
        self.canvas.set_highlight(label if label >= 0 else None)
        self.class_clicked.emit(label)

    def _counted(self, n: int) -> None:
        """The points were read anew: heading, legend and description."""
        projection, adapted = self._space
        space = self.tr("adapted backbone's space") if adapted else self.tr("frozen backbone's space")
        short = self.tr("%Ln point(s)", "", n) + f" · {projection}" if n else ""
        self._what.set_texts(f"{short} · {space}" if n else "", short)
        self._lasso.setEnabled(n > 0)
        self._fit.setEnabled(n > 0)
        self.legend.set_entries(self._entries())
        self._say(-1)

    def _entries(self) -> list[LegendEntry]:
        scene = self.canvas.scene
        columns = scene.columns
        if columns is None or not scene.n:
            return []
        n = np.bincount(scene.groups, minlength=FIRST_CLASS + len(columns.class_names)).tolist()
        classes = zip(columns.class_names, columns.colours, n[FIRST_CLASS:], strict=False)
        entries = [LegendEntry(name, colour, count) for name, colour, count in classes]
        grey = (
            LegendEntry(self.tr("Unknown"), GREYS[UNKNOWN_GROUP], n[UNKNOWN_GROUP]),
            LegendEntry(self.tr("Not classified yet"), GREYS[PENDING_GROUP], n[PENDING_GROUP]),
        )
        return entries + [entry for entry in grey if entry.n]

    def _say(self, row: int) -> None:
        """What a screen reader says of the canvas: the point with the hover, else how many points each class has."""
        if row >= 0:
            said = ", ".join(self.describe(row))
        elif self.canvas.scene.n:
            counts = "; ".join(f"{entry.name}: {entry.n}" for entry in self._entries())
            said = f"{self._what.text()}. {counts}"
        else:
            said = self.canvas.empty_text
        self.canvas.setAccessibleDescription(said)


def _button(icon: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    set_role(button, "icon")
    set_icon(button, icon)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button

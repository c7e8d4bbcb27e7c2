"""A picture at full size, with what it was taken for and why. The same keys as in the grid; the order is the grid's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.jobs.columns import PENDING, UNREADABLE
from fewshot_gui.ui import icons
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.picture_files import FullPicture
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_bar import add_classes
from fewshot_gui.ui.views.viewer_canvas import PictureCanvas
from fewshot_gui.ui.views.viewer_panel import Support, ViewerPanel

_KEPT = 4  # pictures at full size in memory: the one shown, its neighbours, and one more
_PANEL = 336  # pixels


class Viewer(QDialog):
    """Shows one picture of a PicturesModel. Rows are int32 arrays of one.

    confirm_wanted, unknown_wanted, exclude_wanted (rows), assign_wanted(rows, class index): as of the grid.
    row_shown(row): another picture is shown; who knows its nearest examples answers with `set_supports`.
    """

    confirm_wanted = Signal(object)
    assign_wanted = Signal(object, int)
    unknown_wanted = Signal(object)
    exclude_wanted = Signal(object)
    row_shown = Signal(int)

    def __init__(self, model: PicturesModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._thumbnails = model, thumbnails
        self._row, self._position = -1, 0
        self._pictures: OrderedDict[str, FullPicture] = OrderedDict()
        self.canvas, self.panel = PictureCanvas(), ViewerPanel(thumbnails)
        self.previous, self.next, self.fit, self.actual = (QToolButton() for _ in range(4))
        self.scale, self.place = QLabel(), QLabel()
        self.confirm, self.unknown, self.exclude, self.move_button = (QPushButton() for _ in range(4))
        self.menu = QMenu(self)
        self._lay_out()
        self._connect()
        self._say()
        self.resize(1120, 760)

    @property
    def row(self) -> int:
        """The picture shown; -1 none."""
        return self._row

    def show_row(self, row: int) -> None:
        """Shows a picture of the folder, whether or not the grid shows it now."""
        columns = self._model.columns
        if columns is None or not 0 <= row < columns.n:
            self.close()
            return
        self._row = row
        position = self._model.position_of(row)
        self._position = position if position >= 0 else min(self._position, max(0, len(self._model.order) - 1))
        self.panel.show_supports([])
        self._show_picture()
        self.renew()
        self.row_shown.emit(row)

    def step(self, by: int) -> None:
        """The picture so many places on; stops at the ends."""
        shown = self._model.position_of(self._row) >= 0
        if not shown and by > 0:
            by -= 1  # it has left the order: what is at its place now is the next one
        position = max(0, min(len(self._model.order) - 1, self._position + by))
        row = self._model.row_at(position)
        if row >= 0 and row != self._row:
            self.show_row(row)

    def set_supports(self, row: int, supports: Sequence[Support]) -> None:
        """The examples that the picture of this row is most like: (path, class index, similarity), nearest first.

        An answer for a picture that is no longer shown is dropped.
        """
        columns = self._model.columns
        if row != self._row or columns is None:
            return
        known = [support for support in supports if 0 <= support[1] < len(columns.class_names)]
        self.panel.show_supports(
            [(path, columns.class_names[label], columns.colours[label], value) for path, label, value in known]
        )

    def renew(self) -> None:
        """Answers or verdicts changed."""
        columns = self._model.columns
        if columns is None or not 0 <= self._row < columns.n:
            return
        cell = self._model.cell_of_row(self._row)
        rows: list[tuple[str, int, float]] = []
        if cell.status not in (PENDING, UNREADABLE):
            values = columns.probabilities[self._row].astype(np.float32).tolist()
            rows = list(zip(columns.class_names, columns.colours, values, strict=False))
        self.panel.show_cell(cell, rows)
        self.setWindowTitle(cell.file_name)
        self.canvas.setAccessibleName(cell.spoken())
        number = len(self._model.order)
        shown = self._model.position_of(self._row) + 1
        self.place.setText(self.tr("{0} of {1}").format(shown, number) if shown else "")
        self.previous.setEnabled(self._position > 0)
        self.next.setEnabled(self._position < number - 1 or not shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in the grid; arrows go to the neighbours, Space and Escape close, + - 0 zoom, 1-9 are classes."""
        keys, key = Qt.Key, event.key()
        moves = {
            keys.Key_Left: -1, keys.Key_Up: -1, keys.Key_PageUp: -1, keys.Key_Right: 1, keys.Key_Down: 1,
            keys.Key_PageDown: 1, keys.Key_Home: -len(self._model.order), keys.Key_End: len(self._model.order),
        }  # fmt: skip
        modifiers = Qt.KeyboardModifier
        if event.modifiers() & (modifiers.ControlModifier | modifiers.AltModifier | modifiers.MetaModifier):
            event.ignore()  # undo and the like are the window's
        elif key in moves:
            self.step(moves[key])
        elif key in (keys.Key_Space, keys.Key_Escape):
            self.close()
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self.canvas.zoom(1)
        elif key == keys.Key_Minus:
            self.canvas.zoom(-1)
        elif key == keys.Key_0:
            self.canvas.set_scale(1.0) if self.canvas.fits else self.canvas.fit()
        elif not self._act(key):
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
            self.panel.say()
            self.renew()
        super().changeEvent(event)

    def _act(self, key: int) -> bool:
        """A wish for the picture shown; then the next one is shown."""
        keys, rows, columns = Qt.Key, np.array([self._row], np.int32), self._model.columns
        if columns is None or self._row < 0:
            return False
        if key in (keys.Key_Return, keys.Key_Enter):
            self.confirm_wanted.emit(rows)
        elif key == keys.Key_U:
            self.unknown_wanted.emit(rows)
        elif key == keys.Key_X:
            self.exclude_wanted.emit(rows)
        elif keys.Key_1 <= key <= keys.Key_9 and key - keys.Key_1 < len(columns.class_names):
            self.assign_wanted.emit(rows, int(key - keys.Key_1))
        else:
            return False
        self._go_on()
        return True

    def _assign(self, label: int) -> None:
        self.assign_wanted.emit(np.array([self._row], np.int32), label)
        self._go_on()

    def _go_on(self) -> None:
        self.step(1)
        self.renew()

    def _fill_menu(self) -> None:
        self.menu.clear()
        if self._model.columns is not None:
            add_classes(self.menu, self._model.columns, self._assign)

    def _answers_changed(self) -> None:
        if self.isVisible():
            self.renew()

    def _show_picture(self) -> None:
        columns = self._model.columns
        assert columns is not None
        path = columns.paths[self._row]
        around = [self._model.row_at(self._position + by) for by in (1, -1)]
        near = [columns.paths[row] for row in around if row >= 0]
        missing = [one for one in (path, *near) if one not in self._pictures]
        if missing:
            self._thumbnails.load(*missing)
        self._show_loaded(self._pictures.get(path))

    def _show_loaded(self, picture: FullPicture | None) -> None:
        self.canvas.show_picture(picture)
        self.panel.show_file(picture)

    def _loaded(self, picture: FullPicture) -> None:
        columns = self._model.columns
        self._pictures[picture.path] = picture
        self._pictures.move_to_end(picture.path)
        shown = columns.paths[self._row] if columns is not None and 0 <= self._row < columns.n else ""
        while len(self._pictures) > _KEPT:
            oldest = next(path for path in self._pictures if path != shown)
            del self._pictures[oldest]
        if picture.path == shown:
            self._show_loaded(picture)

    def _folder_changed(self) -> None:
        columns = self._model.columns
        if self._row < 0:
            return
        if columns is None or self._row >= columns.n:
            self._row = -1
            self._pictures.clear()
            self.close()
        else:
            self.renew()

    def _connect(self) -> None:
        self._thumbnails.loaded.connect(self._loaded)
        self._model.dataChanged.connect(self._answers_changed)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.move_button.setMenu(self.menu)
        self._model.modelReset.connect(self._folder_changed)
        self.canvas.double_clicked.connect(self.close)
        self.canvas.scale_changed.connect(lambda scale, _: self.scale.setText(f"{100 * scale:.0f} %"))
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.fit.clicked.connect(self.canvas.fit)
        self.actual.clicked.connect(lambda: self.canvas.set_scale(1.0))
        for button, key in ((self.confirm, "Return"), (self.unknown, "U"), (self.exclude, "X")):
            code = getattr(Qt.Key, f"Key_{key}")
            button.clicked.connect(lambda _=False, code=code: self._act(code))

    def _lay_out(self) -> None:
        bar, foot = QHBoxLayout(), QHBoxLayout()
        for button, icon in ((self.previous, "chevron-left"), (self.next, "chevron-right"), (self.fit, "expand")):
            icons.set_icon(button, icon)
        for widget in (self.previous, self.next, self.place):
            bar.addWidget(widget)
        bar.addStretch()
        for widget in (self.scale, self.fit, self.actual):
            bar.addWidget(widget)
        for button in (self.previous, self.next, self.fit, self.actual):
            set_role(button, "icon")
            button.setIconSize(QSize(18, 18))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for label in (self.scale, self.place):
            set_role(label, "muted")
        set_role(self.confirm, "primary")
        for button in (self.confirm, self.unknown, self.exclude, self.move_button):
            button.setAutoDefault(False)  # Enter is a key of ours, whatever has the focus
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for button in (self.confirm, self.unknown, self.exclude):
            foot.addWidget(button)
        side = QFrame()
        set_role(side, "card")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 12)
        column.addWidget(self.panel, 1)
        foot.setContentsMargins(12, 0, 12, 0)
        column.addLayout(foot)
        move = QHBoxLayout()
        move.setContentsMargins(12, 0, 12, 0)
        move.addWidget(self.move_button)
        column.addLayout(move)
        side.setFixedWidth(_PANEL)
        left = QVBoxLayout()
        left.addLayout(bar)
        left.addWidget(self.canvas, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        whole.addLayout(left, 1)
        whole.addWidget(side)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setFocus()

    def _say(self) -> None:
        for button, words in (
            (self.previous, self.tr("Previous picture (Left)")), (self.next, self.tr("Next picture (Right)")),
            (self.fit, self.tr("Fit to the window (0)")), (self.actual, self.tr("100 % (0)")),
        ):  # fmt: skip
            button.setToolTip(words)
            button.setAccessibleName(words)
        self.move_button.setText(self.tr("Move to class…"))
        self.actual.setText(self.tr("100 %"))
        self.actual.setIcon(QIcon())
        for button, words, hint in (
            (self.confirm, self.tr("Confirm"), self.tr("Confirm the label (Enter)")),
            (self.unknown, self.tr("Unknown"), self.tr("It is none of these classes (U)")),
            (self.exclude, self.tr("Exclude"), self.tr("Leave it out of everything (X)")),
        ):
            button.setText(words)
            button.setToolTip(hint)
            button.setAccessibleName(hint)

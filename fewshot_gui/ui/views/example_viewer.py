"""The examples of a class at full size, one after the other: which picture teaches what."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import icons
from fewshot_gui.ui.picture_files import FullPicture
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.class_data import ExampleData, one_line
from fewshot_gui.ui.views.elided import ElidedLabel
from fewshot_gui.ui.views.viewer_canvas import PictureCanvas

_KEPT = 4  # pictures at full size in memory


class ExampleViewer(QDialog):
    """crop_wanted(id): only a part of the example that is shown shall be used. remove_wanted(id): it is none."""

    crop_wanted = Signal(int)
    remove_wanted = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._examples: tuple[ExampleData, ...] = ()
        self._place = 0
        self._class_name = ""
        self._pictures: OrderedDict[str, FullPicture] = OrderedDict()
        self.canvas, self.name, self.count = PictureCanvas(), ElidedLabel(), QLabel()
        self.previous = self._tool("chevron-left", self.tr("Previous example (Left)"), lambda: self.step(-1))
        self.next = self._tool("chevron-right", self.tr("Next example (Right)"), lambda: self.step(1))
        self.fit = self._tool("expand", self.tr("Fit to the window (0)"), self.canvas.fit)
        self.crop = self._button(self.tr("Crop to the object…"), lambda: self.crop_wanted.emit(self.shown))
        self.remove = self._button(self.tr("Remove example"), lambda: self.remove_wanted.emit(self.shown))
        self._lay_out()
        thumbnails.loaded.connect(self._loaded)
        self.canvas.double_clicked.connect(self.close)
        self.resize(860, 680)

    @property
    def shown(self) -> int:
        """The id of the example that is shown; -1 for none."""
        return self._examples[self._place].id if self._examples else -1

    def show_examples(self, class_name: str, examples: Sequence[ExampleData], example_id: int) -> None:
        """The examples of a class, beginning with one of them; closes if there is none."""
        self._class_name, self._examples = class_name, tuple(examples)
        places = [place for place, example in enumerate(self._examples) if example.id == example_id]
        self._place = places[0] if places else min(self._place, max(0, len(self._examples) - 1))
        if self._examples:
            self._show()
        else:
            self.close()

    def step(self, by: int) -> None:
        """The example so many places on; stops at the ends."""
        place = max(0, min(len(self._examples) - 1, self._place + by))
        if place != self._place:
            self._place = place
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbours, Space and Escape close, + - 0 zoom, Delete removes."""
        keys, key = Qt.Key, event.key()
        steps = {keys.Key_Left: -1, keys.Key_Up: -1, keys.Key_Right: 1, keys.Key_Down: 1}
        if key in steps:
            self.step(steps[key])
        elif key in (keys.Key_Space, keys.Key_Escape):
            self.close()
        elif key in (keys.Key_Plus, keys.Key_Equal, keys.Key_Minus):
            self.canvas.zoom(-1 if key == keys.Key_Minus else 1)
        elif key == keys.Key_0:
            self.canvas.set_scale(1.0) if self.canvas.fits else self.canvas.fit()
        elif key == keys.Key_Delete and self._examples:
            self.remove_wanted.emit(self.shown)
        else:
            event.ignore()

    def _show(self) -> None:
        example = self._examples[self._place]
        file = os.path.basename(example.path)
        self.setWindowTitle(f"{one_line(self._class_name)} - {file}")
        self.name.setText(file)
        self.count.setText(self.tr("{0} of {1}").format(self._place + 1, len(self._examples)))
        self.previous.setEnabled(self._place > 0)
        self.next.setEnabled(self._place < len(self._examples) - 1)
        self.canvas.setAccessibleName(self.tr("{file}, an example of {name}").format(file=file, name=self._class_name))
        self.canvas.show_picture(self._pictures.get(example.path))
        if example.path not in self._pictures:
            self._thumbnails.load(example.path)

    def _loaded(self, picture: FullPicture) -> None:
        if not self._examples or picture.path != self._examples[self._place].path:
            return
        self._pictures[picture.path] = picture
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.canvas.show_picture(picture)

    def _tool(self, icon: str, words: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        set_role(button, "icon")
        icons.set_icon(button, icon)
        button.setIconSize(QSize(18, 18))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: do())
        return button

    def _button(self, words: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: do())
        return button

    def _lay_out(self) -> None:
        bar, foot = QHBoxLayout(), QHBoxLayout()
        set_role(self.count, "muted")
        set_role(self.name, "muted")
        for widget in (self.previous, self.next, self.count):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(self.fit)
        foot.addWidget(self.name, 1)
        foot.addWidget(self.crop)
        foot.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(bar)
        column.addWidget(self.canvas, 1)
        column.addLayout(foot)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setFocus()

"""The panes of a project side by side, and the commands of the menus that concern them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui.settings import Settings
from fewshot_gui.ui import asking
from fewshot_gui.ui.join_classes import ClassesJoint
from fewshot_gui.ui.join_figures import FiguresJoint
from fewshot_gui.ui.join_pictures import PicturesJoint
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.class_sources import ask_folder, ask_pictures
from fewshot_gui.ui.widgets.columns import Columns

_SIZING_MS = 400
_HEIGHTS = (370, 220, 220)  # of map, accuracy, confusion, pixels


@dataclass(frozen=True)
class Joints:
    """The views of a project, each joined to the session."""

    thumbnails: Thumbnails
    classes: ClassesJoint
    pictures: PicturesJoint
    figures: FiguresJoint


def made_in_portions(session: Session, settings: Settings, window: QWidget) -> Generator[None, None, Panes]:
    """Makes the panes; yields where a window that is being looked at should have a turn: all of it takes 0.1 s."""
    thumbnails = Thumbnails(window)
    classes = ClassesJoint(session, thumbnails, window)
    yield
    pictures = PicturesJoint(session, thumbnails, window)
    yield
    joints = Joints(thumbnails, classes, pictures, FiguresJoint(session, window))
    yield
    return Panes(settings, window, joints)


class Panes(QObject):
    """Classes, pictures, map and figures of the open project. widget: all of them, side by side."""

    def __init__(self, settings: Settings, window: QWidget, joints: Joints) -> None:
        super().__init__(window)
        self._settings = settings
        self.thumbnails = joints.thumbnails
        self.classes, self.pictures, self.figures = joints.classes, joints.pictures, joints.figures
        view = self.classes.view
        view.ask_folder = lambda parent: asking.kept(settings, ask_folder(parent, asking.begins(settings)))
        view.ask_pictures = self._ask_pictures
        self._size = self.pictures.grid.bar.size_slider
        self._size.setValue(settings["thumbnail_size"])
        self._sizing = QTimer(self, singleShot=True, interval=_SIZING_MS)  # a file is written: not at every pixel
        self._sizing.timeout.connect(self._keep_size)
        self._size.valueChanged.connect(lambda _: self._sizing.start())
        self.figures.confusion.cell_opened.connect(self._cell_opened)
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.setHandleWidth(10)
        self.right.setChildrenCollapsible(False)
        for pane in (self.pictures.map, self.figures.accuracy, self.figures.confusion):
            self.right.addWidget(pane)
        self.right.setSizes(list(_HEIGHTS))
        self.right.setStretchFactor(0, 1)
        tabs = (self.tr("Pictures"), self.tr("Map and accuracy"))
        self.widget = Columns(self.classes.view, self.pictures.grid, self.right, tabs)
        self.widget.restore(settings["columns"])

    @property
    def right_shown(self) -> bool:
        """Whether the right column is shown."""
        return self.widget.right_shown

    def show_all(self) -> None:
        """Everything the session has: after opening, and in a new window."""
        self.pictures.show_all()
        self.classes.show_all()
        self.figures.show_all()

    def close(self) -> None:
        """Remembers the widths and lets the threads that decode end."""
        self._settings["columns"] = self.widget.state()
        self._keep_size()
        self.thumbnails.stop(500)

    def take_paths(self, paths: Sequence[str]) -> None:
        """Files and folders, as if dropped beside the classes."""
        self.classes.take_paths(paths)

    # Commands of the menus

    def do_paste(self) -> None:
        """Pictures from the clipboard, into the class that has the keyboard."""
        self.classes.view.paste(self.classes.view.current_class())

    def do_add_class(self) -> None:
        """Asks for a name in place."""
        self.classes.view.add_class()

    def do_add_pictures(self) -> None:
        """Asks for files."""
        self.classes.view.choose_pictures(self.classes.view.current_class())

    def do_add_folder(self) -> None:
        """Asks for a folder."""
        self.classes.view.choose_folder(None)

    def do_focus_classes(self) -> None:
        """The keyboard to the first class."""
        self.classes.view.focus_first()

    def do_focus_grid(self) -> None:
        """The keyboard to the pictures."""
        self.widget.reveal(self.pictures.grid)
        self.pictures.grid.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_focus_map(self) -> None:
        """The keyboard to the map."""
        self.widget.reveal(self.pictures.map)
        self.pictures.map.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_right_column(self) -> None:
        """Shows the right column, or hides it."""
        self.widget.show_right(not self.widget.right_shown)

    def _ask_pictures(self, parent: QWidget) -> list[str]:
        found = ask_pictures(parent, asking.begins(self._settings))
        asking.kept(self._settings, found[0] if found else "")
        return found

    def _keep_size(self) -> None:
        self._settings["thumbnail_size"] = self._size.value()

    def _cell_opened(self, rows: object, title: str) -> None:
        self.widget.reveal(self.pictures.grid)
        self.pictures.show_rows(rows, title)

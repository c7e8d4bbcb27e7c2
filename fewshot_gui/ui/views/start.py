"""The start page: what the program does in one picture, a new project, the demo pictures, and the recent projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.widgets.teaching import TeachingPicture

_WIDTH = 620  # pixels of the page's column


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project that was opened before. when: in words."""

    name: str
    path: str
    when: str
    is_there: bool = True


class StartPage(QWidget):
    """new_wanted, demo_wanted; open_wanted: a path, "" to be asked for one; dropped: paths of files and folders."""

    new_wanted = Signal()
    demo_wanted = Signal()
    open_wanted = Signal(str)
    dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "canvas")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Start page"))
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(6)
        self.entries: list[QPushButton] = []
        self._fill()
        inside = QWidget()
        inside.setLayout(self._column)
        inside.setMaximumWidth(_WIDTH)
        inside.setMinimumWidth(420)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.addStretch(1)
        row.addWidget(inside, 8)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(middle)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def set_recent(self, projects: Sequence[RecentProject]) -> None:
        """The projects to offer, the latest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if item.widget():
                item.widget().deleteLater()
        self.entries = [self._entry(project) for project in projects]
        for entry in self.entries:
            self._recent.addWidget(entry)
        self._recent_title.setVisible(bool(projects))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._take(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._take(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _local(event)
        if self._take(event):
            self.dropped.emit(paths)

    def _take(self, event: QDropEvent) -> bool:
        """Copy, whatever the other program proposes: on a move it would delete its originals."""
        if not _local(event):
            event.ignore()
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _fill(self) -> None:
        title = QLabel(self.tr("Show it a few pictures, and it sorts the rest"))
        set_role(title, "hero")
        title.setWordWrap(True)
        about = QLabel(
            self.tr(
                "Drop a few example pictures per class, then the folder to be classified. "
                "It learns as you drop; nothing leaves this computer."
            )
        )
        about.setWordWrap(True)
        set_role(about, "muted")
        self._recent_title = QLabel(self.tr("Recent projects"))
        set_role(self._recent_title, "title")
        self._recent_title.hide()
        self._column.addStretch(2)
        self._column.addWidget(TeachingPicture())
        self._column.addSpacing(8)
        self._column.addWidget(title)
        self._column.addWidget(about)
        self._column.addSpacing(4)
        self._column.addLayout(self._buttons())
        self._column.addSpacing(12)
        self._column.addWidget(self._recent_title)
        self._column.addLayout(self._recent)
        self._column.addStretch(3)

    def _buttons(self) -> QHBoxLayout:
        self.new = _button("plus", self.tr("New project"), "on-accent")
        set_role(self.new, "primary")
        self.new.clicked.connect(self.new_wanted)
        self.demo = _button("image", self.tr("Try it with demo pictures"))
        self.demo.clicked.connect(self.demo_wanted)
        self.open = _button("folder", self.tr("Open..."))
        self.open.clicked.connect(lambda: self.open_wanted.emit(""))
        row = QHBoxLayout()
        for button in (self.new, self.demo, self.open):
            row.addWidget(button)
        row.addStretch()
        return row

    def _entry(self, project: RecentProject) -> QPushButton:
        button = QPushButton()
        button.setAccessibleName(self.tr("Open {project}").format(project=project.name))
        button.setToolTip(project.path)
        button.setEnabled(project.is_there)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(button, "row")
        button.clicked.connect(lambda: self.open_wanted.emit(project.path))
        name, where = _plain(project.name, "strong"), _plain(project.path, "small")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        when = _plain(project.when if project.is_there else self.tr("not found"), "small")
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(name)
        lines.addWidget(where)
        row = QHBoxLayout(button)
        row.setContentsMargins(12, 4, 12, 4)
        row.addLayout(lines, 1)
        row.addWidget(when)
        return button


def _button(icon: str, text: str, colour: str = "text") -> QPushButton:
    button = QPushButton(f" {text}")  # a little air after the icon, for which the style has no measure
    button.setAccessibleName(text)
    icons.set_icon(button, icon, colour)
    button.setMinimumHeight(36)
    return button


def _plain(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    set_role(label, role)
    return label


def _local(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]

"""The window: a top bar, notices, the start page or the panes, and a foot; menus made from the table of commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.settings import Settings
from fewshot_gui.types import Changes
from fewshot_gui.ui import actions, asking, choices, file_actions, icons, translate, words
from fewshot_gui.ui.commands import COMMANDS, MENUS, Command, translated
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.theme import Theme, set_role
from fewshot_gui.ui.views.start import StartPage
from fewshot_gui.ui.widgets.foot import Foot
from fewshot_gui.ui.widgets.notices import Notices
from fewshot_gui.ui.widgets.top_bar import TopBar
from fewshot_gui.ui.window_commands import WindowCommands

if TYPE_CHECKING:
    from fewshot_gui.ui.panes import Panes

_SIZE = (1400, 850)
_NATIVE_MENUS = sys.platform == "darwin"


class Window(QMainWindow):
    """One window on a session. language_chosen: the code of another language, for which a new window is made."""

    language_chosen = Signal(str)

    def __init__(self, session: Session, settings: Settings, language: str) -> None:
        super().__init__()
        self.session, self.settings = session, settings
        self.panes: Panes | None = None
        self._making: Generator[None, None, Panes] | None = None
        self._leaving = False
        self.commands = WindowCommands(self)
        self.actions_by_id: dict[str, QAction] = {}
        self.top, self.notices = TopBar(), Notices()
        self.foot = Foot(translate.LANGUAGES, language)
        self.start = StartPage()
        self.pages = QStackedWidget()
        self._blank = QWidget()
        self._lay_out()
        self._make_menus()
        self._connect_parts()
        self._connect_session()
        self._renew()

    # What is shown

    def show_start(self) -> None:
        """The start page."""
        self.pages.setCurrentWidget(self.start)
        self.start.new.setFocus()
        self._renew()

    def show_recent(self) -> None:
        """The projects opened last, on the start page: asked for after the first frame, since it takes a moment."""
        self.start.set_recent(asking.recent())

    def show_session(self) -> None:
        """The panes of the open project, else the start page."""
        if self.session.project is None:
            self.show_start()
            self.show_recent()
            return
        panes = self.prepare()
        panes.show_all()
        self.pages.setCurrentWidget(panes.widget)
        panes.do_focus_classes()
        self._renew()

    def prepare(self) -> Panes:
        """The panes, made if they are not there yet: after the first frame, as they need numpy and much else."""
        while self.panes is None:
            self.prepare_portion()
        return self.panes

    def prepare_portion(self) -> None:
        """Makes a portion of the panes, if there is one left."""
        if self._making is None:
            from fewshot_gui.ui.panes import made_in_portions

            self._making = made_in_portions(self.session, self.settings, self)
        try:
            next(self._making)
        except StopIteration as end:
            if end.value is not None:  # else it had ended before
                self.panes = end.value
                self.pages.addWidget(self.panes.widget)

    def leave(self) -> None:
        """Closes this window but not the session: another window has taken its place."""
        self._leaving = True
        self.session.disconnect(self)
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """See Qt."""
        self.settings["window"] = bytes(self.saveGeometry().toBase64().data()).decode()
        if self.panes is not None:
            self.panes.close()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the keyboard, as Space does; Qt has that in dialogs only."""
        button = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not isinstance(button, QAbstractButton):
            super().keyPressEvent(event)
        elif isinstance(button, QToolButton) and button.menu() is not None:
            button.showMenu()
        else:
            button.click()

    # Commands

    def do(self, command: str) -> None:
        """Carries out a command of the table, by its id."""
        for part in (self.commands, self.panes):
            if (does := getattr(part, f"do_{command}", None)) is not None:
                does()

    # Making

    def _lay_out(self) -> None:
        self.setWindowTitle("fewshot-gui")
        self.setWindowIcon(icons.app_icon())
        self.resize(*_SIZE)
        self.setMinimumSize(760, 520)
        set_role(self._blank, "canvas")
        self.pages.addWidget(self._blank)
        self.pages.addWidget(self.start)
        whole = QWidget()
        set_role(whole, "canvas")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.notices)
        column.addWidget(self.pages, 1)
        column.addWidget(self.foot)
        self.setCentralWidget(whole)

    def _make_menus(self) -> None:
        """One button holds them all, where the platform has no place of its own for menus."""
        whole = QMenu(self)
        menus = {name: (self.menuBar() if _NATIVE_MENUS else whole).addMenu(translated(title)) for name, title in MENUS}
        for command in COMMANDS:
            menu = menus[command.menu]
            if command.line_before:
                menu.addSeparator()
            action = self._action(command)
            menu.addAction(action)
            self.addAction(action)  # its keys work whether or not a menu is open
        self.top.set_menu(None if _NATIVE_MENUS else whole)
        whole.aboutToShow.connect(self._dress_menus)
        if _NATIVE_MENUS:
            self._dress_menus()

    def _dress_menus(self) -> None:
        """Icons, as soon as they are to be seen: the first frame need not wait for them."""
        for command in COMMANDS:
            if command.icon and self.actions_by_id[command.id].icon().isNull():
                icons.set_icon(self.actions_by_id[command.id], command.icon, "muted")

    def _action(self, command: Command) -> QAction:
        action = QAction(command.words, self)
        action.setCheckable(command.checkable)
        action.setShortcuts(command.sequences)
        action.triggered.connect(lambda: self.do(command.id))
        self.actions_by_id[command.id] = action
        return action

    def _connect_parts(self) -> None:
        top, foot, start, session = self.top, self.foot, self.start, self.session
        top.home_wanted.connect(lambda: self.do("home"))
        top.renamed.connect(lambda name: actions.rename(session, name))
        top.method_chosen.connect(lambda method: actions.set_method(session, method))
        top.backbone_chosen.connect(lambda name: actions.set_backbone(session, name))
        top.quality_chosen.connect(lambda name: actions.set_quality(session, name))
        top.backbones_wanted.connect(lambda: self.do("backbones"))
        top.device_chosen.connect(lambda key: actions.set_device(session, key))
        top.deeper_wanted.connect(session.live.deepen)
        top.theme_wanted.connect(lambda: self.do("theme"))
        foot.pause_wanted.connect(session.live.work.pause)
        foot.stop_wanted.connect(session.live.work.stop)
        foot.language_chosen.connect(self.language_chosen)
        start.new_wanted.connect(lambda: self.do("new"))
        start.demo_wanted.connect(lambda: file_actions.open_demo(session))
        start.open_wanted.connect(lambda path: session.open(path) if path else self.do("open"))
        start.dropped.connect(self._dropped_on_start)
        Theme.current().changed.connect(self._theme_changed)
        self._theme_changed()

    def _connect_session(self) -> None:
        session = self.session
        session.project_changed.connect(self._project_changed)
        session.changed.connect(self._changed)
        session.progress.connect(self._progress)
        session.noted.connect(self._noted)
        session.warned.connect(self._warned)
        session.failed.connect(self._failed)
        session.offered.connect(self._offered)
        session.state_changed.connect(self._renew)

    # Hearing

    def _project_changed(self, project: object) -> None:
        self.notices.clear()
        if project is not None:
            self.show_session()
        self._renew()

    def _changed(self, changes: Changes) -> None:
        self._renew()

    def _progress(self, progress: object) -> None:
        if progress is None:
            self.foot.set_idle("")
        else:
            self.foot.set_progress(progress, paused=self.session.live.work.is_paused)  # type: ignore[arg-type]

    def _noted(self, sentence: str) -> None:
        self.notices.add("plain", words.sentence(sentence))

    def _warned(self, sentence: str) -> None:
        self.notices.add("look", words.sentence(sentence))

    def _failed(self, sentence: str) -> None:
        self.notices.add("bad", words.sentence(sentence))

    def _offered(self, sentence: str, ways: dict[str, Callable[[], None]]) -> None:
        self.notices.add("plain", sentence, ways)

    def _theme_changed(self) -> None:
        self.top.set_dark(Theme.current().is_dark)

    def _dropped_on_start(self, paths: list[str]) -> None:
        """A project dropped is opened; anything else begins a new one, as if dropped on its classes."""
        projects = [path for path in paths if path.endswith(".fewshot")]
        if projects:
            self.session.open(projects[0])
        elif self.session.new() and self.panes is not None:
            self.panes.take_paths(paths)

    def _renew(self) -> None:
        """Everything that depends on what is open and what runs."""
        session = self.session
        shown = session.project is not None
        name = session.project_name if shown else None
        self.setWindowTitle(f"{name} - fewshot-gui" if name else "fewshot-gui")
        self.top.set_project(name, session.counts_words() if shown else "")
        model = choices.model_words(*(session.live.loaded or (session.backbone, session.quality)))
        self.top.set_methods(session.methods, session.method, model, choices.backbones_of(session))
        deep = session.live.deep
        self.top.set_adapted(" ".join(map(words.sentence, deep.notes)) if deep is not None and deep.kept else None)
        self.top.set_deeper_running(self.is_deepening)
        devices = choices.devices(session.live.choices)
        self.top.set_device(words.device(session.live.device_name), devices, self.settings["device"])
        has = {
            "nothing": True,
            "project": shown,
            "classes": shown and session.has_examples,
            "folder": shown and session.columns is not None,
        }
        for command in COMMANDS:
            self.actions_by_id[command.id].setEnabled(has[command.need])
        self.top.deeper.setEnabled(has["classes"] and session.methods.deeper is not None)
        self._renew_undo()
        self.actions_by_id["pause"].setChecked(session.live.work.is_paused)
        if self.panes is not None:
            self.actions_by_id["right_column"].setChecked(self.panes.right_shown)

    @property
    def is_deepening(self) -> bool:
        """Whether the backbone learns from the examples now."""
        return self.session.live.work.runs("deep")

    def _renew_undo(self) -> None:
        for id_, text in (("undo", self.session.undo_text), ("redo", self.session.redo_text)):
            action = self.actions_by_id[id_]
            plain = self.tr("&Undo") if id_ == "undo" else self.tr("&Redo")
            action.setEnabled(text is not None)
            action.setText(f"{plain}: {actions.undo_words(text)}" if text else plain)

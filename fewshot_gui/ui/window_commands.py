"""What the window does for the commands of the table that concern no pane: one small method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox

from fewshot_gui import __version__
from fewshot_gui.ui import actions, asking, file_actions, icons, tables
from fewshot_gui.ui.commands import COMMANDS, PANE_KEYS, translated
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.keys_dialog import KeysDialog

if TYPE_CHECKING:
    from fewshot_gui.ui.join_backbones import Backbones
    from fewshot_gui.ui.window import Window

translate = QCoreApplication.translate


class WindowCommands:
    """do_ID for the commands of a window. keys, about, backbones: its dialogs, once they were asked for."""

    def __init__(self, window: Window) -> None:
        self._window, self._session, self._settings = window, window.session, window.settings
        self.keys: KeysDialog | None = None
        self.about: QMessageBox | None = None
        self.backbones: Backbones | None = None

    def do_new(self) -> None:
        """A new project among the user's data."""
        self._session.new()

    def do_open(self) -> None:
        """Asks for a project file."""
        if path := asking.project_file(self._window, self._settings):
            self._session.open(path)

    def do_home(self) -> None:
        """Back to the start page."""
        self._session.close_project()
        self._window.show_start()
        self._window.show_recent()

    def do_folder(self) -> None:
        """Asks for the folder to classify."""
        title = translate("Window", "Which folder shall be classified?")
        if path := asking.folder(self._window, self._settings, title):
            actions.set_folder(self._session, path)

    def do_rescan(self) -> None:
        """Looks for new and vanished pictures."""
        self._session.live.rescan()

    def do_truth(self) -> None:
        """Asks for a table that says what the pictures are."""
        if path := asking.table_file(self._window, self._settings):
            tables.take_truth(self._session, path)

    def do_export(self) -> None:
        """Asks for a file and writes the answers to it."""
        if target := asking.export_file(self._window, self._settings, self._session):
            file_actions.export_answers(self._session, target)

    def do_export_classifier(self) -> None:
        """Asks for a name and stores the classifier in use."""
        title = translate("Window", "Store the classifier as")
        if path := asking.new_folder(self._window, self._settings, title):
            file_actions.export_classifier(self._session, path)

    def do_save_copy(self) -> None:
        """Asks for a place and writes the project there, too."""
        title = translate("Window", "Save a copy")
        if path := asking.new_project_file(self._window, self._settings, self._session, title):
            file_actions.save_copy(self._session, path)

    def do_move(self) -> None:
        """Asks for a place and moves the project's file there."""
        title = translate("Window", "Move project file")
        if path := asking.new_project_file(self._window, self._settings, self._session, title):
            file_actions.move(self._session, path)

    def do_close(self) -> None:
        """Closes the window."""
        self._window.close()

    def do_undo(self) -> None:
        """Takes back the last action."""
        actions.undo(self._session)

    def do_redo(self) -> None:
        """Does again what was undone last."""
        actions.redo(self._session)

    def do_rename(self) -> None:
        """The keyboard to the project's name."""
        self._window.top.name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_deeper(self) -> None:
        """Lets the backbone learn from the examples, or stops that."""
        self._session.live.deepen(not self._window.is_deepening)

    def do_stop(self) -> None:
        """Stops what the foot shows."""
        self._session.live.work.stop()

    def do_pause(self) -> None:
        """Pauses classifying, or lets it go on."""
        self._session.live.work.pause(not self._session.live.work.is_paused)

    def do_backbones(self) -> None:
        """Shows the backbones that there are and those that can be got."""
        if self.backbones is None:
            from fewshot_gui.ui.join_backbones import Backbones

            self.backbones = Backbones(self._session, self._settings, self._window)
        self.backbones.show()

    def do_theme(self) -> None:
        """Light instead of dark, or dark instead of light."""
        mode = "light" if Theme.current().is_dark else "dark"
        self._settings["theme"] = mode
        Theme.current().set_mode(mode)

    def do_full_screen(self) -> None:
        """Fills the screen, or no longer."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def do_keys(self) -> None:
        """Shows the list of keys."""
        rows = [(c.name, ", ".join(k.toString() for k in c.sequences)) for c in COMMANDS if c.keys]
        rows += [(translated(text), keys) for keys, text in PANE_KEYS]
        self.keys = KeysDialog(rows, self._window)
        self.keys.show()

    def do_about(self) -> None:
        """Says what this program is."""
        self.about = QMessageBox(self._window)
        self.about.setWindowTitle(translate("Window", "About fewshot-gui"))
        self.about.setIconPixmap(icons.app_icon().pixmap(64, 64))
        self.about.setText(f"fewshot-gui {__version__}")
        self.about.setInformativeText(
            translate(
                "Window",
                "A few pictures per class, and it sorts the rest. Everything is computed on this computer. "
                "One class per picture: no boxes, no masks.",
            )
        )
        self.about.show()

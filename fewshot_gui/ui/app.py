"""From the process to the window: nothing here or below imports torch; a worker does, after the first frame."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import PySide6
from PySide6.QtCore import QByteArray, QEvent, QLoggingCategory, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from fewshot_gui import __version__
from fewshot_gui.errors import UserError
from fewshot_gui.settings import Settings
from fewshot_gui.ui import icons, translate
from fewshot_gui.ui.crash import CrashGuard
from fewshot_gui.ui.garbage import Garbage
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.stop_signals import StopSignals
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.warming import WarmingUp
from fewshot_gui.ui.window import Window

# A damaged picture is told in the grid, with its reason; what Qt's decoders write of it to stderr tells nobody more.
_QUIET = "qt.gui.imageio=false\nqt.gui.imageio.*=false"

Painted = Callable[["Application"], None]


def main(target: Path | None, painted: Painted | None = None) -> int:
    """Shows the window and returns the exit code once it is closed. UserError if no window can be shown here.

    SIGINT and SIGTERM close it too; the code is then 130 or 143.

    target: a project file, or a folder to classify. painted: called after the first frame.
    """
    check_versions(PySide6.__version_info__[:2], sys.version_info[:2])
    check_screen(sys.platform, os.environ)
    app = QApplication.instance() or QApplication(["fewshot-gui"])
    assert isinstance(app, QApplication)
    application = Application(app, target)
    if painted is not None:
        application.painted = painted
    signals = StopSignals()
    signals.install()
    application.show()
    code = app.exec()
    signals.remove()
    if not application.close():
        sys.stdout.flush()
        os._exit(code)  # a worker sits in one long call: waiting longer helps nobody, and all is saved
    return code


def check_versions(pyside: tuple[int, ...], python: tuple[int, ...]) -> None:
    """UserError for the pair that loses references to True and None until the interpreter dies."""
    if pyside >= (6, 12) and python < (3, 12):
        raise UserError(
            f"PySide6 {pyside[0]}.{pyside[1]} does not work with Python {python[0]}.{python[1]}: install another one "
            'with `pip install "PySide6-Essentials<6.12"`, or use Python 3.12 or newer.'
        )


def check_screen(platform: str, environment: os._Environ[str] | dict[str, str]) -> None:
    """UserError where Qt would abort the process because there is no screen."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        raise UserError(
            "There is no screen to show the window on (neither DISPLAY nor WAYLAND_DISPLAY is set): use the commands, "
            "such as `fewshot-gui classify`, or start it on a desktop."
        )


class Application:
    """What lives as long as the process: settings, theme, session; and the window, which another language renews."""

    def __init__(self, app: QApplication, target: Path | None) -> None:
        self.painted: Painted = lambda _: None
        self._target = target
        app.setApplicationName("fewshot-gui")
        app.setApplicationDisplayName("fewshot-gui")
        app.setApplicationVersion(__version__)
        app.setDesktopFileName("fewshot-gui")
        app.setWindowIcon(icons.app_icon())
        QLoggingCategory.setFilterRules(_QUIET)
        self.settings = Settings()
        self.guard = CrashGuard()
        self.guard.install()
        Theme.current().set_mode(self.settings["theme"])
        self.language = translate.chosen(self.settings["language"])
        translate.use(self.language)
        self.session = Session(self.settings)
        self.session.fault.connect(self.guard.tell)
        self.garbage = Garbage(lambda: self.session.live.work.runs("warming", "model"))
        self.window = self._make_window()

    def show(self) -> None:
        """Shows the window; the rest begins after its first frame."""
        self._first = _FirstFrame(self.window, self._painted)
        if self._target is None:
            self.window.show_start()
        self.window.show()

    def close(self) -> bool:
        """Ends all runs and stores what is to be stored; False if a worker did not leave in time."""
        self.guard.remove()
        self.garbage.stop()
        return self.session.close()

    def set_language(self, language: str) -> None:
        """Speaks another language: the window is made anew around the same session."""
        self.settings["language"] = self.language = language
        translate.use(language)
        old, self.window = self.window, self._make_window()
        self.window.setGeometry(old.geometry())
        self.window.setWindowState(old.windowState())
        self.window.show_session()
        self.window.show()
        old.leave()

    def _make_window(self) -> Window:
        window = Window(self.session, self.settings, self.language)
        window.language_chosen.connect(self.set_language)
        if self.settings["window"]:
            window.restoreGeometry(QByteArray.fromBase64(self.settings["window"].encode()))
        return window

    def _painted(self) -> None:
        self.painted(self)
        self.garbage.start()
        panes = (lambda: self.window.prepare_portion(),) * 4
        portions = (*panes, self._open_target, self.session.warm_up)
        self._warming = WarmingUp(self.session.live.work, portions)
        self._warming.start()

    def _open_target(self) -> None:
        if self._target is not None:
            self.session.open(self._target)
        if self.session.project is None:
            self.window.show_start()
            self.window.show_recent()


class _FirstFrame(QObject):
    """Calls once, after a widget was painted for the first time."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._then = widget, then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See Qt."""
        if event.type() == QEvent.Type.Paint:
            self._widget.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def show_error(sentence: str) -> None:
    """A sentence in a box of its own, where there is no window to show it in and perhaps no terminal."""
    from PySide6.QtWidgets import QMessageBox

    if QGuiApplication.instance() is not None:
        QMessageBox.critical(None, "fewshot-gui", sentence)

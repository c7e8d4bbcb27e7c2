"""A fault in the program: one dialog with a report to copy, whatever thread it happened in, and the program goes on."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import __version__
from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role

_log = logging.getLogger("fewshot_gui")
_LONGEST = 20_000  # characters of a report: a recursion without end has more to say than anybody reads


def report(error: BaseException) -> str:
    """What a developer needs of a fault: versions and traceback, without the user's name in the paths."""
    lines = "".join(traceback.format_exception(error))
    versions = (
        f"fewshot-gui {__version__}, Python {platform.python_version()}, PySide6 {PySide6.__version__}, "
        f"{platform.platform()}"
    )
    text = f"{versions}\n\n{lines[-_LONGEST:]}"
    return text.replace(str(Path.home()), "~") if len(str(Path.home())) > 1 else text


class CrashGuard(QObject):
    """Catches what nobody caught, in any thread, and shows it. Keep a reference; `remove` gives the hooks back."""

    _caught = Signal(str)

    def __init__(self, show: Callable[[str], None] | None = None) -> None:
        """show: what to do with a report, in the GUI thread; the dialog without."""
        super().__init__()
        self._show = show or self._dialog
        self._open: CrashDialog | None = None
        self._before = (sys.excepthook, threading.excepthook)
        self._caught.connect(self._shown, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Puts the hooks in place."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        qInstallMessageHandler(_qt_message)

    def remove(self) -> None:
        """Puts the former hooks back."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def tell(self, error: BaseException) -> None:
        """Reports an error that was caught, but that nobody foresaw. Any thread."""
        _log.error("a fault in the program", exc_info=error)
        self._caught.emit(report(error))

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        self._before[0](kind, error, trace)
        self._caught.emit(report(error))

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            self._before[1](arguments)
            self._caught.emit(report(arguments.exc_value))

    def _shown(self, text: str) -> None:
        self._show(text)

    def _dialog(self, text: str) -> None:
        """One dialog: what comes while it is open is added to it."""
        if self._open is not None and self._open.isVisible():
            self._open.add(text)
            return
        self._open = CrashDialog(text, QApplication.activeWindow())
        self._open.show()


class CrashDialog(QDialog):
    """Says that the program has a fault, shows the report, and offers to copy it, go on, or close."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        title = QLabel(self.tr("This is a fault in the program, not in what you did."))
        set_role(title, "title")
        about = QLabel(
            self.tr("Your project is saved. You can go on; if the window behaves oddly, close it and open it again.")
        )
        about.setWordWrap(True)
        set_role(about, "muted")
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Report"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        for widget in (title, about, self.text):
            layout.addWidget(widget)
        layout.addLayout(self._buttons())
        self.resize(640, 420)

    def add(self, text: str) -> None:
        """Another fault while this dialog is open; reports beyond what anybody reads are left out."""
        if len(self.text.toPlainText()) < 3 * _LONGEST:
            self.text.appendPlainText("\n" + text)

    def copy(self) -> None:
        """Puts the report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText(self.tr("Copied"))

    def _buttons(self) -> QHBoxLayout:
        self.copy_button = QPushButton(self.tr("Copy report"))
        icons.set_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self.copy)
        leave = QPushButton(self.tr("Close the program"))
        leave.clicked.connect(QApplication.closeAllWindows)
        go_on = QPushButton(self.tr("Go on"))
        set_role(go_on, "primary")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addStretch()
        row.addWidget(leave)
        row.addWidget(go_on)
        return row


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own messages go to the log: a user can do nothing about them."""
    level = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}.get(kind, logging.WARNING)
    logging.getLogger("fewshot_gui.qt").log(level, text)

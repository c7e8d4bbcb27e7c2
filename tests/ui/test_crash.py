"""Faults in the program: caught in any thread, shown once, to be copied."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from fewshot_gui import __version__
from fewshot_gui.ui.crash import CrashDialog, CrashGuard, report


@pytest.fixture
def told():
    return []


@pytest.fixture
def guard(qapp, told, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    found = CrashGuard(told.append)
    found.install()
    yield found
    found.remove()


def fault(text="boom"):
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        return error


def test_a_report_says_versions_and_where_it_happened():
    text = report(fault())
    assert __version__ in text
    assert "RuntimeError: boom" in text
    assert "test_crash.py" in text


def test_a_report_does_not_say_who_sits_here():
    assert str(Path.home()) not in report(fault(f"{Path.home()}/secret"))


def test_a_report_has_an_end():
    assert len(report(fault("x" * 100_000))) < 25_000


def test_an_error_in_a_slot_is_caught(qtbot, guard, told):
    def slot():
        raise ValueError("in a slot")

    with qtbot.captureExceptions():
        sys.excepthook = guard._hook  # pytest-qt puts its own hook in the place of ours
        QTimer.singleShot(0, slot)
        qtbot.waitUntil(lambda: bool(told))
    assert "in a slot" in told[0]


def test_an_error_in_a_thread_is_caught_and_shown_in_this_one(qtbot, guard, told):
    threads = []
    guard._show = lambda text: (told.append(text), threads.append(threading.current_thread()))

    def work():
        raise ValueError("in a thread")

    threading.Thread(target=work).start()
    qtbot.waitUntil(lambda: bool(told))
    assert "in a thread" in told[0]
    assert threads == [threading.current_thread()]


def test_an_interrupt_ends_the_program_without_a_report(qtbot, guard, told, monkeypatch):
    left = []
    monkeypatch.setattr(QGuiApplication, "quit", lambda: left.append(1))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(10)
    assert left == [1]
    assert told == []


def test_hooks_are_given_back():
    before = sys.excepthook, threading.excepthook
    guard = CrashGuard(print)
    guard.install()
    guard.remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_second_fault_is_added_to_the_open_dialog(qtbot, qapp):
    guard = CrashGuard()
    guard.tell(fault("first"))
    qtbot.waitUntil(lambda: guard._open is not None)
    guard.tell(fault("second"))
    qtbot.waitUntil(lambda: "second" in guard._open.text.toPlainText())
    assert "first" in guard._open.text.toPlainText()
    assert sum(isinstance(widget, CrashDialog) for widget in qapp.topLevelWidgets()) == 1
    guard._open.close()


def test_the_report_can_be_copied(qtbot):
    dialog = CrashDialog("what happened")
    qtbot.addWidget(dialog)
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "what happened"

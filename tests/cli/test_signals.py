"""Signals that end a command, wherever in it they come."""

import signal
import sys
import threading

import pytest

from fewshot_gui.cli.signals import Terminated, sigterm_as_exception


class AskedToEnd:
    """A signal that comes while this is finalised, where exceptions are dropped."""

    def __init__(self, number):
        self.number = number

    def __del__(self):
        signal.raise_signal(self.number)


def work_that_is_asked_to_end(number):
    with sigterm_as_exception():
        AskedToEnd(number)
        threading.Event().wait(10)
        pytest.fail("nobody heard of the signal")


@pytest.fixture(autouse=True)
def _interrupts():
    """Ctrl-C is an exception, also where a shell began the tests in the background and had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("number", "kind"), [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)])
def test_a_signal_that_comes_in_a_finaliser_still_ends_the_work(number, kind):
    hook, handler = sys.unraisablehook, signal.getsignal(signal.SIGTERM)
    with pytest.raises(kind):
        work_that_is_asked_to_end(number)
    assert (sys.unraisablehook, signal.getsignal(signal.SIGTERM)) == (hook, handler)


def test_other_errors_in_finalisers_are_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Broken:
        def __del__(self):
            raise ValueError

    with sigterm_as_exception():
        Broken()
    assert [what.exc_type for what in told] == [ValueError]

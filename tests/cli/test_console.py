"""Progress on a terminal overwrites one line; elsewhere there are only a few lines."""

import io

import pytest

from fewshot_gui.cli.console import ELSEWHERE, ON_TERMINAL, Console


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def screen(written):
    """What stands on a terminal's lines after this was written to it."""
    lines = []
    for line in written.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_a_terminal_shows_the_last_progress_only(clock):
    stream = Terminal()
    console = Console(stream, clock)
    console.progress("Classifying", 0.1, "a long way to go")
    clock.now += ON_TERMINAL
    console.progress("Classifying", 0.95)
    assert screen(stream.getvalue()) == ["Classifying 95 %"]


def test_messages_stand_above_the_progress(clock):
    stream = Terminal()
    console = Console(stream, clock)
    console.progress("Classifying", 0.1)
    console.warn("one")
    console.progress("Finishing")
    console.say("done")
    console.close()
    assert screen(stream.getvalue()) == ["Warning: one", "done", ""]


def test_a_terminal_is_not_drawn_on_too_often_but_shows_what_is_new(clock):
    stream = Terminal()
    console = Console(stream, clock)
    console.progress("Reading", 0.1)
    console.progress("Reading", 0.2)
    assert screen(stream.getvalue()) == ["Reading 10 %"]
    console.progress("Classifying", 0.0)
    assert screen(stream.getvalue()) == ["Classifying 0 %"]


def test_a_long_line_is_cut_to_the_terminal(clock):
    stream = Terminal()
    Console(stream, clock).progress("x" * 500)
    assert len(screen(stream.getvalue())[0]) == 79


def test_elsewhere_a_plain_line_comes_now_and_then(clock):
    stream = io.StringIO()
    console = Console(stream, clock)
    for second in range(25):
        clock.now = 100.0 + second
        console.progress("Classifying", second / 25, "more")
    assert stream.getvalue().splitlines() == ["Classifying 40 %, more", "Classifying 80 %, more"]
    assert ELSEWHERE == 10


def test_a_stream_that_is_gone_or_was_never_there_is_borne(clock):
    closed = io.StringIO()
    consoles = [Console(closed, clock), Console(None, clock)]
    closed.close()
    for console in consoles:
        console.say("nobody hears this")
        console.progress("nor this")
        console.close()

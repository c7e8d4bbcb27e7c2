"""The command line: data on stdout, progress and messages on stderr, and exit codes that scripts can rely on.

0 done; 1 failed; 2 wrong command line; 3 done, but some pictures could not be read; 130 interrupted; 143 terminated.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from fewshot_gui.cli.console import Console
from fewshot_gui.cli.parser import parse
from fewshot_gui.errors import UserError

FAILED, INTERRUPTED, TERMINATED = 1, 130, 143

OpenWindow = Callable[[Path | None], int]


class Terminated(BaseException):
    """SIGTERM came. No Exception, so that no handler on the way takes it for a failure of its own work."""


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Runs one command line and returns its exit code; whatever goes wrong is said on stderr."""
    _use_utf8()
    console = Console(sys.stderr)
    try:
        with _sigterm_as_exception():
            code = _command(arguments, console, open_window)
    except SystemExit as end:  # --help and --version
        code = int(end.code or 0)
    except UserError as error:
        code = error.exit_code
        console.error(str(error))
    except (KeyboardInterrupt, Terminated) as stop:
        code = TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
        console.say("Terminated." if code == TERMINATED else "Interrupted.")
    except Exception:
        import traceback  # costs --help 7 ms

        code = FAILED
        console.say(traceback.format_exc().rstrip())
        console.error(
            "This is a fault in the program, not in what you did. Please report it with the lines above, the command "
            "line, and what `fewshot-gui doctor` says."
        )
    console.close()
    return code


def _command(arguments: Sequence[str], console: Console, open_window: OpenWindow) -> int:
    parsed = parse(arguments)
    if parsed.command == "open":
        return open_window(parsed.target)
    from fewshot_gui.cli import commands
    from fewshot_gui.export.output import ReaderGone

    try:
        return commands.COMMANDS[parsed.command](parsed, console)
    except ReaderGone:
        return 0  # as if all had been read: `| head` got what it wanted


@contextmanager
def _sigterm_as_exception() -> Iterator[None]:
    """Lets SIGTERM unwind the main thread like Ctrl-C does, so that half-written files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not disturb the tidying up
    raise Terminated


def _use_utf8() -> None:
    """File names and class names come in any language, whatever the terminal's or the pipe's encoding is set to."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")

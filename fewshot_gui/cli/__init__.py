"""The command line: data on stdout, progress and messages on stderr, and exit codes that scripts can rely on.

0 done; 1 failed; 2 wrong command line; 3 done, but some pictures could not be read; 130 interrupted; 143 terminated.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from fewshot_gui.cli.console import Console
from fewshot_gui.cli.parser import parse
from fewshot_gui.cli.signals import Terminated, sigterm_as_exception
from fewshot_gui.errors import UserError

FAILED, INTERRUPTED, TERMINATED = 1, 130, 143

OpenWindow = Callable[[Path | None], int]


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Runs one command line and returns its exit code; whatever goes wrong is said on stderr."""
    _use_utf8()
    console = Console(sys.stderr)
    try:
        with sigterm_as_exception():
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
    warnings.filterwarnings("ignore", module="PIL")  # odd metadata in a picture that can be read all the same
    from fewshot_gui.cli import commands
    from fewshot_gui.export.output import ReaderGone

    try:
        return commands.COMMANDS[parsed.command](parsed, console)
    except ReaderGone:
        return 0  # as if all had been read: `| head` got what it wanted


def _use_utf8() -> None:
    """File names and class names come in any language, whatever the terminal's or the pipe's encoding is set to."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")

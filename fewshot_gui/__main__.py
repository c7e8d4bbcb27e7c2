"""The entry point, `fewshot-gui` and `python -m fewshot_gui`: the only file that reaches command line and window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from fewshot_gui.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code; arguments: None takes the process's own."""
    from fewshot_gui import cli

    return cli.run(sys.argv[1:] if arguments is None else arguments, open_window)


def window() -> int:
    """Opens the window: what `fewshot-gui-window` runs, which has no terminal on Windows."""
    return main(["open", *sys.argv[1:]])


def open_window(target: Path | None) -> int:
    """Shows the window with a project or folder, and returns the exit code once it is closed."""
    raise UserError(
        "This version has no window yet: use `fewshot-gui classify --support DIR --query DIR`, "
        "or see `fewshot-gui --help`."
    )


if __name__ == "__main__":
    sys.exit(main())

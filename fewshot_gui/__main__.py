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
    if sys.platform == "win32":
        from fewshot_gui.ui import splash  # there torch has to be imported before Qt is

        splash.import_torch()
    try:
        from fewshot_gui.ui import app
    except ImportError as error:
        raise UserError(
            f"The window cannot be shown, because Qt is missing or lacks a system library ({error}): "
            "`fewshot-gui doctor` says what to install."
        ) from error
    return app.main(target)


if __name__ == "__main__":
    sys.exit(main())

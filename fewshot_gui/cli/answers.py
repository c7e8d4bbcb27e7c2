"""What every command needs: data on stdout, and the steps of a job on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, BinaryIO

from fewshot_gui.cli.console import Console
from fewshot_gui.errors import UserError
from fewshot_gui.export import output

DONE = 0


def shown(job: Any, console: Console, by: Callable[[Any], None] | None = None) -> Any:
    """The result of a job whose steps and warnings are told; by: in another way than by `tell`."""
    with closing(job):
        while True:
            try:
                (by or partial(tell, console=console))(next(job))
            except StopIteration as end:
                return end.value


def tell(event: Any, console: Console) -> None:
    """Shows a Step or says a Warned."""
    from fewshot_gui.jobs.events import Warned

    if isinstance(event, Warned):
        (console.say if event.level == "info" else console.warn)(event.sentence)
    else:
        console.progress(event.what, event.share)


def put(text: str) -> None:
    """Text on stdout, with a line's end."""
    output.put(stdout(), text + "\n")


def put_json(values: Any) -> None:
    """One line of JSON on stdout."""
    put(json.dumps(values, ensure_ascii=False, allow_nan=False))


def stdout() -> BinaryIO:
    """Where data go. UserError if there is none, as after `>&-`."""
    if sys.stdout is None:
        raise UserError("The standard output is closed, so the answer has nowhere to go: send it to a file or a pipe.")
    return sys.stdout.buffer

"""The folder of the user's own models: names that are free, and models that are there whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui import paths
from fewshot_gui.errors import UsageError, UserError


def checked_name(name: str) -> str:
    """The name, if a model may be called so and none is: else UsageError for a wrong one, UserError for a taken one."""
    if not re.fullmatch(r"[\w][\w.+-]{0,99}", name):
        raise UsageError(
            f"A model cannot be called {name!r}: use letters, digits and . _ + - alone, as in --name mine."
        )
    taken = [folder for folder in paths.model_folders() if folder.name.casefold() == name.casefold()]
    if taken:
        raise UserError(f"There is a model {name} already, in {taken[0]}: give another name with --name.")
    return name


def fitting_name(text: str) -> str:
    """A name like the text in which other characters have become hyphens."""
    return re.sub(r"[^\w.+-]+", "-", text).strip("-._+")[:100] or "model"


@contextmanager
def being_made(name: str) -> Iterator[Path]:
    """A folder of that name to fill; it takes its place among the models at the end, and is gone if anything fails."""
    own = paths.own_models_folder()
    nest = own / f".{name}.{os.getpid()}"
    try:
        nest.mkdir(parents=True, exist_ok=True)
        yield nest / name
        (nest / name).rename(own / name)
    except OSError as error:
        raise UserError(f"{own / name} could not be made ({error.strerror or error}): free some space there.") from None
    finally:
        shutil.rmtree(nest, ignore_errors=True)

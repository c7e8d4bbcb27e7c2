"""The folder of the user's own models: names that are free, and models that are there whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewshot_gui import paths
from fewshot_gui.errors import UsageError, UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.network import Network
    from fewshot_gui.engine.pretrained import Origin


def checked_name(name: str) -> str:
    """The name, if a model may be called so and none is: else UsageError for a wrong one, UserError for a taken one."""
    if not re.fullmatch(r"[\w][\w.+-]{0,99}", name):
        raise UsageError(
            f"A model cannot be called {name!r}: use letters, digits and . _ + - alone, as in --name mine."
        )
    taken = [folder for folder in paths.model_folders() if folder.name.casefold() == name.casefold()]
    if taken:
        raise UserError(
            f"There is a model {name} already, in {taken[0]}: rename the file, or give another name with --name."
        )
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


def finished(name: str, network: Network, origin: Origin, about: str, card: str, how: Mapping[str, Any]) -> str:
    """Writes a model folder of that name, which it returns; how: as `pretrained.write` has it.

    UserError if it cannot be written.
    """
    from fewshot_gui.engine import pretrained

    with being_made(name) as folder:
        pretrained.write(folder, network, origin=origin, description=about, card=card, **how)
    return name


def card(origin: Origin, crop: float = 1.0) -> str:
    """What the card says beside the facts of config.json. crop: the share of a picture's side that its makers use."""
    cropped = f", where its makers cut out the middle {100 * crop:.0f} %" if crop < 1 else ""
    return (
        "## Where it comes from\n\n"
        f"- Source: {origin.source}\n- Licence: {origin.licence}\n- Terms: {origin.terms}\n"
        f"- sha256 of the file: {origin.sha256}\n\n"
        "The weights are as their makers published them, but stored in float16. Nothing was measured with this "
        "program: no accuracy, no base mean, no settings for adapting; `fewshot-gui evaluate` measures it on pictures "
        f"of yours. A picture enters whole, squeezed to a square{cropped}."
    )

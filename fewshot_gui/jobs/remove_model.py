"""A model of one's own goes to the system's trash, unless others are made of it."""

from __future__ import annotations

from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.jobs import models


def remove(name: str) -> Path:
    """Moves the user's model of that name to the trash; returns the folder it was in.

    UsageError for an unknown name; UserError for a model that came with the program, one that a composite is made of,
    or a trash that cannot be used.
    """
    model = models.named(name)
    if not model.own or model.name != name:
        raise UserError(f"{name} is not one of the models that you pulled, added or combined, so it is not removed.")
    users = [other.name for other in models.own() if name in other.members]
    if users:
        raise UserError(f"{users[0]} is made of {name}: remove {users[0]} first.")
    from send2trash import send2trash  # only here: what only classifies runs without it

    try:
        send2trash(model.folder)
    except OSError as error:
        raise UserError(
            f"{model.folder} could not be moved to the trash ({error.strerror or error}): delete the folder by hand."
        ) from None
    return model.folder

"""A composite model of one's own, made of known models: their embeddings side by side."""

from __future__ import annotations

from collections.abc import Sequence

from fewshot_gui.jobs import models
from fewshot_gui.jobs.own_models import being_made, checked_name


def combine(name: str, members: Sequence[str], size: int = 0) -> str:
    """Makes the model of that name out of two or more known ones, and returns its name.

    size: side of the input in pixels (0: the first member's). UsageError, UserError: a name that is taken or no name,
    an unknown member, or members that do not go together.
    """
    checked = checked_name(name)
    known = [models.named(member) for member in members]
    from fewshot_gui.engine import combine  # torch only where it is needed

    with being_made(checked) as folder:
        combine.combine(folder, [model.folder for model in known], size=size)
    return checked

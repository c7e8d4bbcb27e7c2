"""Split files: JSON with lists of class names per key, such as train, val, test or near_demo."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.errors import UsageError, UserError

DEFAULTS = ("vinyals_test", "test", "val")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Splits:
    """Lists of class names by key, and groups of class names that show the same concept. origin: for messages."""

    origin: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same_concept: tuple[tuple[str, ...], ...] = ()

    def choose(self, key: str | None) -> str:
        """The key to use: as asked, else vinyals_test, test or val, whichever comes first, else "all".

        UsageError, with the known ones, for a key that is not there.
        """
        if key is None:
            return next((k for k in DEFAULTS if k in self.names), ALL)
        if key != ALL and key not in self.names:
            raise UsageError(f"{self.origin} has no split {key!r}. Known: {', '.join([*self.names, ALL])}.")
        return key

    def without(self, keys: Sequence[str]) -> frozenset[str]:
        """All class names under the keys that are to be left out; UsageError for an unknown key."""
        return frozenset(name for key in keys for name in self.names[self._known(key)])

    def within(self, top: str) -> Splits:
        """The splits of an archive in which the folder `top` holds all: its name may stand before a class's, or not."""
        if not top:
            return self
        names = {key: _inside(top, listed) for key, listed in self.names.items()}
        return Splits(self.origin, names, tuple(_inside(top, group) for group in self.same_concept))

    def _known(self, key: str) -> str:
        if key not in self.names:
            known = ", ".join(self.names) or "none"
            raise UsageError(f"{self.origin} has no list {key!r} to leave out. Known: {known}.")
        return key


def read_splits(path: str | Path) -> Splits:
    """The splits of a JSON file. Keys whose value is not made of lists of names are no splits and are passed over.

    UserError if the file cannot be read or has no list of names.
    """
    document = _load(Path(path))
    names = {key: flat for key, value in document.items() if (flat := _flat(value))}
    if not names:
        raise UserError(f"The split file {path} has no list of class names; it needs keys such as train, val and test.")
    same = document.get("same_concept", [])
    groups = same if isinstance(same, list) else []
    return Splits(Path(path).name, names, tuple(_flat(g) for g in groups if isinstance(g, list)))


def _inside(top: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.removeprefix(f"{top}/") for name in names)


def _load(path: Path) -> dict[str, object]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"The split file {path} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise UserError(f"The split file {path} is not JSON.") from None
    if not isinstance(document, dict):
        raise UserError(f"The split file {path} must be a JSON object with lists of class names.")
    return document


def _flat(value: object) -> tuple[str, ...]:
    """The names in a list of names, a list of such lists, or an object of such lists; empty for anything else."""
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return ()
    if isinstance(value, list) and all(isinstance(part, str) for part in parts):
        return tuple(parts)
    if not all(isinstance(part, list) and all(isinstance(name, str) for name in part) for part in parts):
        return ()
    return tuple(name for part in parts for name in part)

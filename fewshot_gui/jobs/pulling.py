"""What all ways of pulling a backbone have in common: what is told, and where downloads lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui import paths

LOOKING, MAKING = "Looking up the weights", "Making the model folder"


@dataclass(frozen=True, slots=True)
class Offered:
    """What is about to be downloaded, told before the first byte of it. megabytes: 0 if the size is not known yet."""

    name: str
    address: str
    megabytes: float
    licence: str
    terms: str


def downloads_folder() -> Path:
    """Where downloaded files are kept."""
    return paths.cache_folder() / "downloads"

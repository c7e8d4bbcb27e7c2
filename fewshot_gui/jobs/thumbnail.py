"""Pictures for the eye, for what Qt itself cannot read or does not tell. Called from the window's worker threads."""

from __future__ import annotations

import numpy as np

from fewshot_gui.images import decode
from fewshot_gui.images.exif import Shot, shot_of
from fewshot_gui.types import Unreadable


def pixels(path: str, at_least: int) -> np.ndarray | str:
    """uint8 RGB [H, W, 3], upright, both sides at least `at_least` pixels (or the original's); else why not."""
    picture = decode.read(path, at_least)
    return picture.reason if isinstance(picture, Unreadable) else picture.pixels


def shot(path: str) -> Shot:
    """Camera and date, as far as the file says."""
    return shot_of(path)

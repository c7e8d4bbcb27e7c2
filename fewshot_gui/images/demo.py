"""Writes demo pictures: a support folder with a few examples per class, and a query folder to classify."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from fewshot_gui.errors import UserError
from fewshot_gui.images.demo_scene import picture_of
from fewshot_gui.images.demo_things import KNOWN, UNKNOWN, Draw

SHOTS = 5
QUERIES = 20  # per class
UNKNOWNS = 10
BROKEN = "broken.jpg"


def write_demo(folder: str | Path, seed: int = 0) -> None:
    """Writes folder/support/CLASS and folder/query/CLASS with generated pictures; equal seeds give equal pictures.

    The query holds a class that the support does not have, and one file that is damaged. UserError if the folder has
    something in it, or cannot be written.
    """
    root = Path(folder)
    try:
        _check_empty(root)
        for number, (name, draw) in enumerate(KNOWN.items()):
            _write(root / "support" / name, draw, SHOTS, (seed, number, 0))
            _write(root / "query" / name, draw, QUERIES, (seed, number, 1))
        for number, (name, draw) in enumerate(UNKNOWN.items()):
            _write(root / "query" / name, draw, UNKNOWNS, (seed, number, 2))
        _write_broken(root / "query" / next(iter(KNOWN)), seed)
    except OSError as error:
        raise UserError(f"The demo cannot be written to {root} ({error.strerror or error}).") from None


def _check_empty(root: Path) -> None:
    if root.is_dir() and any(os.scandir(root)):
        raise UserError(f"{root} is not empty; name a new folder for the demo.")
    root.mkdir(parents=True, exist_ok=True)


def _write(folder: Path, draw: Draw, count: int, stream: tuple[int, int, int]) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng([*stream, number])
        name = f"{folder.name.replace(' ', '-')}-{number + 1:02d}.jpg"
        (folder / name).write_bytes(_jpeg(picture_of(draw, rng), int(rng.integers(70, 95))))


def _write_broken(folder: Path, seed: int) -> None:
    """A picture whose second half was lost, as after an interrupted copy."""
    whole = _jpeg(picture_of(next(iter(KNOWN.values())), np.random.default_rng([seed, 0, 3])), 90)
    (folder / BROKEN).write_bytes(whole[: len(whole) // 2])


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()

"""Writes demo pictures: a support folder with a few examples per class, and a query folder to classify."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_write, _plan(root, seed)))
        _write_broken(root / "query" / next(iter(KNOWN)) / BROKEN, seed)
    except OSError as error:
        raise UserError(
            f"The demo cannot be written to {root} ({error.strerror or error}): see that there is room, and that you "
            "may write there."
        ) from None


@dataclass(frozen=True, slots=True)
class _Planned:
    """One picture: where it goes, what it shows, and the numbers that seed all its chances."""

    path: Path
    draw: Draw
    stream: tuple[int, int, int, int]


def _plan(root: Path, seed: int) -> list[_Planned]:
    sets = (("support", KNOWN, SHOTS), ("query", KNOWN, QUERIES), ("query", UNKNOWN, UNKNOWNS))
    return [
        _Planned(
            root / part / name / f"{name.replace(' ', '-')}-{number + 1:02d}.jpg", draw, (seed, which, kind, number)
        )
        for which, (part, things, count) in enumerate(sets)
        for kind, (name, draw) in enumerate(things.items())
        for number in range(count)
    ]


def _check_empty(root: Path) -> None:
    if root.is_dir() and os.listdir(root):
        raise UserError(f"{root} is not empty; name a new folder for the demo.")
    root.mkdir(parents=True, exist_ok=True)


def _write(planned: _Planned) -> None:
    rng = np.random.default_rng(planned.stream)
    planned.path.parent.mkdir(parents=True, exist_ok=True)
    planned.path.write_bytes(_jpeg(picture_of(planned.draw, rng), int(rng.integers(70, 95))))


def _write_broken(path: Path, seed: int) -> None:
    """A picture whose second half was lost, as after an interrupted copy."""
    whole = _jpeg(picture_of(next(iter(KNOWN.values())), np.random.default_rng((seed, 3))), 90)
    path.write_bytes(whole[: len(whole) // 2])


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()

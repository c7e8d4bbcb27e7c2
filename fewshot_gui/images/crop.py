"""Part of a picture: what is cropped to its object is embedded from those pixels alone."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from fewshot_gui.images import decode
from fewshot_gui.images.formats import Refused
from fewshot_gui.types import Picture, Unreadable

LEAST_SIDE = 8  # pixels: what is smaller shows nothing

Box = tuple[float, float, float, float]  # x, y, width, height of the upright picture, each as a share 0-1


def read(path: str, at_least: int, box: Box) -> Picture | Unreadable:
    """The pixels within the box, both sides at least `at_least` where the original's are; content: the whole file's.

    Unreadable if the crop has fewer than 8 pixels across, or the box is none.
    """
    try:
        _check(box)
        found = decode.read(path, math.ceil(at_least / min(box[2:])))
        return found if isinstance(found, Unreadable) else Picture(_cut(found.pixels, box), found.content)
    except Refused as refused:
        return Unreadable(path, str(refused))


def key(content: str, box: Box | None) -> str:
    """What the embedding of a crop is known by, 32 hex digits; without a box the picture's content hash."""
    if box is None:
        return content
    text = f"{content}#{','.join(f'{share:.5f}' for share in box)}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _check(box: Box) -> None:
    x, y, width, height = box
    if not (0 <= x < 1 and 0 <= y < 1 and width > 0 and height > 0 and x + width < 1.001 and y + height < 1.001):
        raise Refused("has a crop that does not lie within it: crop it anew")


def _cut(pixels: np.ndarray, box: Box) -> np.ndarray:
    high, wide = pixels.shape[:2]
    left, right = round(box[0] * wide), min(wide, round((box[0] + box[2]) * wide))
    top, bottom = round(box[1] * high), min(high, round((box[1] + box[3]) * high))
    if min(right - left, bottom - top) < LEAST_SIDE:
        raise Refused(f"has a crop of only {right - left} x {bottom - top} pixels: draw a larger one")
    return np.ascontiguousarray(pixels[top:bottom, left:right])

"""From a file's bytes to upright uint8 RGB pixels. A picture that cannot be read is a value, never an exception.

The result is part of every model's preprocessing (the engine's DECODER_VERSION stands for this file): a picture is
shrunk only by libjpeg's own scaling (JPEG) and then by averaging over whole-factor blocks, and never so far that a
side falls under `at_least` pixels.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
from pathlib import Path

import numpy as np
from PIL import (
    AvifImagePlugin,  # noqa: F401 - these enter their formats into Image.OPEN
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,
    WebPImagePlugin,  # noqa: F401
)

from fewshot_gui.images import extras
from fewshot_gui.images.formats import HEIC_ENDINGS, MAX_PIXELS, Refused, ending, kind_of, too_large
from fewshot_gui.types import Picture, Unreadable

MAX_BYTES = 1 << 30  # bytes of one file

_NO_MEMORY = "needs more memory than this computer has free"
_WHITE = (255, 255, 255, 255)
_BITS_PER_SAMPLE, _DNG_VERSION = 258, 50706  # TIFF tags
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read(path: str | Path, at_least: int) -> Picture | Unreadable:
    """The picture in a file, which is read once: hashed and decoded from the same bytes. See `decode`."""
    name = os.fspath(path)
    try:
        return decode(_bytes_of(name), name, at_least)
    except Refused as refused:
        return Unreadable(name, str(refused))


def decode(data: bytes, name: str, at_least: int) -> Picture | Unreadable:
    """The picture in `data`: uint8 RGB [H, W, 3], upright, transparency on white, first frame or page.

    at_least: pixels; the picture may be shrunk by whole factors while both sides stay that long (an original that is
    smaller stays as it is). 16-bit grey becomes value / 257; for 32-bit grey see `_to_eight_bits`. name: the path, for
    messages and to tell RAW photos.
    """
    try:
        return Picture(_pixels(data, name, max(1, at_least)), content_hash(data))
    except Refused as refused:
        return Unreadable(name, str(refused))
    except MemoryError:
        return Unreadable(name, _NO_MEMORY)
    except Exception as error:  # whatever a decoder stumbles over in a damaged file must not end the run
        return Unreadable(name, _damage(error))


def content_hash(data: bytes) -> str:
    """What a picture is known by: blake2b-128 of its file's bytes, 32 hex digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _bytes_of(name: str) -> bytes:
    try:
        status = os.stat(name)
        if stat.S_ISDIR(status.st_mode):
            raise Refused("is a folder, not a picture")
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise Refused("is a device or pipe, not a picture")
        if status.st_size > MAX_BYTES:
            raise Refused(f"is larger than {MAX_BYTES >> 30} GiB: save it smaller")
        with open(name, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Refused("does not exist (moved or deleted?)") from None
    except MemoryError:
        raise Refused(_NO_MEMORY) from None
    except PermissionError:
        raise Refused("may not be read: you have no permission to open it") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise Refused(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _pixels(data: bytes, name: str, at_least: int) -> np.ndarray:
    if not data:
        raise Refused("is empty")
    image = _opened(data, name)
    _draft(image, at_least)
    image.load()
    orientation = 1 if image.format == "TIFF" else _orientation(image)  # TIFF turns itself while loading
    image = _to_rgb(image, at_least)
    return np.array(image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image)


def _opened(data: bytes, name: str) -> Image.Image:
    kind = kind_of(data, name)
    if kind is None:
        raise Refused(_foreign(name))
    if kind == "RAW":
        return extras.open_raw(data)
    if kind == "HEIC":
        return extras.open_heic(data)
    try:
        image = Image.OPEN[kind][0](io.BytesIO(data), "")  # Image.open would warn about sizes that _draft makes small
    except (SyntaxError, struct.error, IndexError, TypeError):  # what Image.open takes for "not of this format"
        raise Refused(f"is damaged, or a kind of {kind} picture this program cannot read") from None
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _DNG_VERSION in image.tag_v2:
        raise Refused("is a camera's RAW photo under another name: give it the ending .dng")
    return image


def _draft(image: Image.Image, at_least: int) -> None:
    """Lets libjpeg shrink the picture while it decodes, and refuses what would fill the memory."""
    width, height = image.size
    image.draft(None, (at_least, at_least))
    progressive = bool(image.info.get("progressive"))  # holds all coefficients in memory, whatever the scale
    held = width * height if progressive else image.size[0] * image.size[1]
    if held > MAX_PIXELS or width * height > 4 * MAX_PIXELS:
        raise Refused(too_large(width, height))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # unreadable EXIF says nothing about the pixels: the picture is as good as one without
        return 1


def _to_rgb(image: Image.Image, at_least: int) -> Image.Image:
    full_range = _full_range(image)
    image = _reducible(image)
    factor = min(image.size) // at_least
    if factor > 1:
        image = image.reduce(factor)
    if image.mode in ("I", "F"):
        image = _to_eight_bits(image, full_range)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    return image if image.mode == "RGB" else image.convert("RGB")  # convert() copies even where nothing is to be done


def _full_range(image: Image.Image) -> int | None:
    """The largest value of 16-bit grey (12-bit in some TIFF files); None for other pictures."""
    if not image.mode.startswith("I;16"):
        return None
    bits = image.tag_v2.get(_BITS_PER_SAMPLE, (16,)) if isinstance(image, TiffImagePlugin.TiffImageFile) else (16,)
    return (1 << bits[0]) - 1


def _reducible(image: Image.Image) -> Image.Image:
    """The same picture in a mode whose neighbours can be averaged: L, RGB, CMYK, RGBA, I or F."""
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in ("I", "F"):
        return image
    if image.mode == "La":
        image = image.convert("LA")
    if image.mode in ("LA", "PA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK", "RGBA") else image.convert("RGB")


def _to_eight_bits(image: Image.Image, full_range: int | None) -> Image.Image:
    """Grey of 16 or 32 bits, scaled linearly to 8.

    16 bits: value / 257, the full range. 32 bits (whole or real numbers) say nothing of their range, so it is the
    smallest of 0-1 (real numbers only), 0-255 and 0-65535 that holds all values, else the picture's own least to
    most. What is no finite number counts as 0.
    """
    values = np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = (0, full_range) if full_range else _likely_range(values, real=image.mode == "F")
    return Image.fromarray(np.rint((values - low) * (255 / max(high - low, 1e-30))).astype(np.uint8))


def _likely_range(values: np.ndarray, real: bool) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    usual = [top for top in ((1, 255, 65535) if real else (255, 65535)) if high <= top]
    return (0, usual[0]) if low >= 0 and usual else (low, high)


def _foreign(name: str) -> str:
    if ending(name) in HEIC_ENDINGS:
        return "has the name of a HEIC photo but is none, or is damaged"
    return "is not a picture this program knows"


def _damage(error: Exception) -> str:
    early = isinstance(error, EOFError) or "truncated" in str(error).lower()
    return "is damaged: the file ends too early" if early else "is damaged: its picture data cannot be decoded"

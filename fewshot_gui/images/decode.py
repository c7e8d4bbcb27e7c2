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
from pathlib import Path

import numpy as np
from PIL import (
    AvifImagePlugin,  # noqa: F401 - the formats of PILLOW_FORMATS, so that Pillow need not load all its others
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from fewshot_gui.images import extras
from fewshot_gui.images.formats import HEIC_ENDINGS, PILLOW_FORMATS, ending, kind_of
from fewshot_gui.types import Picture, Unreadable

MAX_PIXELS = 89_478_485  # pixels held in memory for one picture (Pillow's own limit): 256 MiB as RGB
MAX_BYTES = 1 << 30  # bytes of one file

_WHITE = (255, 255, 255, 255)
_DNG_VERSION = 50706
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class _Refused(Exception):
    """Carries the reason, in words for people, why a file is not decoded."""


def read(path: str | Path, at_least: int) -> Picture | Unreadable:
    """The picture in a file, which is read once: hashed and decoded from the same bytes. See `decode`."""
    name = os.fspath(path)
    try:
        return decode(_bytes_of(name), name, at_least)
    except _Refused as refused:
        return Unreadable(name, str(refused))


def decode(data: bytes, name: str, at_least: int) -> Picture | Unreadable:
    """The picture in `data`: uint8 RGB [H, W, 3], upright, transparency on white, first frame or page.

    at_least: pixels; the picture may be shrunk by whole factors while both sides stay that long (an original that is
    smaller stays as it is). 16-bit grey becomes value / 257; for 32-bit grey see `_to_eight_bits`. name: the path, for
    messages and to tell RAW photos.
    """
    try:
        return Picture(_pixels(data, name, max(1, at_least)), content_hash(data))
    except _Refused as refused:
        return Unreadable(name, str(refused))
    except MemoryError:
        return Unreadable(name, "needs more memory than this computer has free")
    except Exception as error:  # whatever a decoder stumbles over in a damaged file must not end the run
        return Unreadable(name, _damage(error))


def content_hash(data: bytes) -> str:
    """What a picture is known by: blake2b-128 of its file's bytes, 32 hex digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _bytes_of(name: str) -> bytes:
    try:
        status = os.stat(name)
        if stat.S_ISDIR(status.st_mode):
            raise _Refused("is a folder, not a picture")
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise _Refused("is a device or pipe, not a picture")
        if status.st_size > MAX_BYTES:
            raise _Refused(f"is larger than {MAX_BYTES >> 30} GiB: save it smaller")
        with open(name, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise _Refused("does not exist (moved or deleted?)") from None
    except PermissionError:
        raise _Refused("may not be read: you have no permission to open it") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise _Refused(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _pixels(data: bytes, name: str, at_least: int) -> np.ndarray:
    if not data:
        raise _Refused("is empty")
    kind = kind_of(data, name)
    if kind == "RAW":
        image = extras.open_raw(data)
        if image is None:
            raise _Refused("is a camera's RAW photo: install what reads it with pip install 'fewshot_gui[raw]'")
    elif kind == "HEIC":
        image = extras.open_heic(data)
        if image is None:
            raise _Refused("is a HEIC photo: install what reads it with pip install 'fewshot_gui[heif]'")
    else:
        image = _open(data, kind, name)
    return _to_rgb(_load(image, at_least), at_least)


def _open(data: bytes, kind: str | None, name: str) -> Image.Image:
    if kind is None:
        raise _Refused(_foreign(data, name))
    try:
        image = Image.open(io.BytesIO(data), formats=PILLOW_FORMATS)
    except UnidentifiedImageError:
        raise _Refused(f"is damaged, or a kind of {kind} this program cannot read") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _Refused(_too_large()) from None
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _DNG_VERSION in image.tag_v2:
        raise _Refused("is a camera's RAW photo (DNG) under another name: give it the ending .dng")
    return image


def _load(image: Image.Image, at_least: int) -> Image.Image:
    """Reads the pixels, shrunk by libjpeg where it can; refuses what would fill the memory."""
    width, height = image.size
    progressive = bool(image.info.get("progressive"))  # keeps all coefficients in memory, whatever the scale
    image.draft(None, (at_least, at_least))
    held = width * height if progressive else image.size[0] * image.size[1]
    if held > MAX_PIXELS:
        raise _Refused(_too_large(width, height))
    orientation = _orientation(image)  # before loading: TIFF forgets it then, having turned the picture itself
    image.load()
    if image.format == "TIFF":
        orientation = 1
    elif orientation == 1 and image.format == "PNG":
        orientation = _orientation(image)  # PNG may have it after the pixels
    image.info["orientation"] = orientation
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # unreadable EXIF says nothing about the pixels: the picture is as good as one without
        return 1


def _to_rgb(image: Image.Image, at_least: int) -> np.ndarray:
    orientation = image.info.get("orientation", 1)
    sixteen_bits = image.mode.startswith("I;16")
    image = _reducible(image)
    factor = min(image.size) // at_least
    if factor > 1:
        image = image.reduce(factor)
    if image.mode in ("I", "F"):
        image = _to_eight_bits(image, sixteen_bits)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    if image.mode != "RGB":  # convert() copies even where there is nothing to do
        image = image.convert("RGB")
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return np.array(image)


def _reducible(image: Image.Image) -> Image.Image:
    """The same picture in a mode whose neighbours can be averaged: L, RGB, CMYK, RGBA, I or F."""
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK", "RGBA", "I", "F") else image.convert("RGB")


def _to_eight_bits(image: Image.Image, sixteen_bits: bool) -> Image.Image:
    """Grey of 16 or 32 bits, scaled linearly to 8.

    16 bits: value / 257, the full range. 32 bits (whole or real numbers) say nothing of their range, so it is the
    smallest of 0-1 (real numbers only), 0-255 and 0-65535 that holds all values, else the picture's own least to
    most. What is no number becomes black.
    """
    values = np.nan_to_num(np.asarray(image, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = _range(values, sixteen_bits, real=image.mode == "F")
    return Image.fromarray(np.rint((values - low) * (255 / max(high - low, 1e-30))).astype(np.uint8))


def _range(values: np.ndarray, sixteen_bits: bool, real: bool) -> tuple[float, float]:
    if sixteen_bits:
        return 0, 65535
    low, high = float(values.min()), float(values.max())
    usual = [top for top in ((1, 255, 65535) if real else (255, 65535)) if high <= top]
    return (0, usual[0]) if low >= 0 and usual else (low, high)


def _foreign(data: bytes, name: str) -> str:
    if ending(name) in HEIC_ENDINGS:
        return "is damaged: it has a HEIC photo's name but is none"
    return "is not a picture this program knows"


def _too_large(width: int = 0, height: int = 0) -> str:
    size = f"{width} x {height} pixels" if width else "over 170 million pixels"
    return f"is too large ({size}): save it with less than {MAX_PIXELS // 1_000_000} million"


def _damage(error: Exception) -> str:
    early = isinstance(error, EOFError) or "truncated" in str(error).lower()
    return "is damaged: the file ends too early" if early else "is damaged: its picture data cannot be decoded"

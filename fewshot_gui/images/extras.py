"""Pictures that need an optional package: HEIC photos (pillow-heif) and cameras' RAW photos (rawpy)."""

from __future__ import annotations

import io
import threading

from PIL import Image

_registering = threading.Lock()


def open_heic(data: bytes) -> Image.Image | None:
    """The HEIC photo, not yet loaded; None without pillow-heif. Raises what a damaged file makes it raise."""
    try:
        import pillow_heif  # here, because few need it and it takes time to import
    except ImportError:
        return None
    with _registering:
        pillow_heif.register_heif_opener()
    return Image.open(io.BytesIO(data), formats=("HEIF",))


def open_raw(data: bytes) -> Image.Image | None:
    """The RAW photo developed at half its size, upright, in the camera's white balance; None if rawpy is missing.

    Never the small preview that the file also holds. Raises what a damaged file makes it raise.
    """
    try:
        import rawpy  # here, because few need it and it takes time to import
    except ImportError:
        return None
    with rawpy.imread(io.BytesIO(data)) as photo:
        return Image.fromarray(photo.postprocess(half_size=True, use_camera_wb=True, output_bps=8))

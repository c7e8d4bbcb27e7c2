"""Pictures that need an optional package: HEIC photos (pillow-heif) and cameras' RAW photos (rawpy).

Both packages are imported only when such a photo turns up: few people have any, and importing takes time.
"""

from __future__ import annotations

import io

from PIL import Image

from fewshot_gui.images.formats import MAX_PIXELS, Refused, too_large


def open_heic(data: bytes) -> Image.Image:
    """The HEIC photo, upright, not yet loaded. Refused without pillow-heif; a damaged file raises what it raises."""
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise Refused(_missing("a HEIC photo", "heif")) from None
    return HeifImageFile(io.BytesIO(data))


def open_raw(data: bytes) -> Image.Image:
    """The RAW photo developed at half its size, upright, in the camera's white balance.

    Never the small preview that the file also holds. Refused without rawpy, or if rawpy cannot develop it.
    """
    try:
        import rawpy
    except ImportError:
        raise Refused(_missing("a camera's RAW photo", "raw")) from None
    try:
        with rawpy.imread(io.BytesIO(data)) as photo:
            width, height = photo.sizes.raw_width, photo.sizes.raw_height
            if width * height > 4 * MAX_PIXELS:
                raise Refused(too_large(width, height))
            return Image.fromarray(photo.postprocess(half_size=True, use_camera_wb=True, output_bps=8))
    except rawpy.LibRawError:
        raise Refused(
            "is a RAW photo that cannot be developed: damaged, or of a camera that rawpy does not know"
        ) from None


def _missing(what: str, extra: str) -> str:
    return f"is {what}: install what reads it with pip install 'fewshot_gui[{extra}]'"

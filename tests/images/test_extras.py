"""HEIC and RAW photos, read by the optional packages themselves."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.images import decode

WITHOUT = "the test extra brings it: pip install -e '.[test]'"


@pytest.fixture
def heif():
    return pytest.importorskip("pillow_heif", reason=WITHOUT)


@pytest.fixture
def rawpy():
    return pytest.importorskip("rawpy", reason=WITHOUT)


def heic(heif, image, **options):
    buffer = io.BytesIO()
    heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


def left_red_right_blue():
    image = Image.new("RGB", (640, 480), (255, 0, 0))
    image.paste((0, 0, 255), (320, 0, 640, 480))
    return image


def test_a_heic_photo_is_upright_and_shrunk(heif):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: left is up
    picture = decode.decode(heic(heif, left_red_right_blue(), exif=exif.tobytes()), "IMG_1.jpg", 120)
    assert picture.pixels.shape == (160, 120, 3)
    assert picture.pixels[20, 60, 0] > 240
    assert picture.pixels[140, 60, 2] > 240


def test_transparency_in_a_heic_photo_shows_white(heif):
    picture = decode.decode(heic(heif, Image.new("RGBA", (64, 64), (0, 0, 0, 0))), "a.heic", 64)
    assert (picture.pixels == 255).all()


def test_a_damaged_heic_photo_is_unreadable(heif):
    data = heic(heif, left_red_right_blue())
    for share in (0.05, 0.5, 0.9):
        assert "is damaged" in decode.decode(data[: int(len(data) * share)], "a.heic", 64).reason


def test_a_raw_photo_is_developed_upright_at_half_its_size(rawpy):
    picture = decode.decode(dng(200, 100, left=(60_000, 4_000, 4_000), right=(4_000, 4_000, 60_000)), "a.dng", 50)
    assert picture.pixels.shape[:2] == (100, 50)  # turned, as its orientation says
    assert picture.pixels.dtype == np.uint8
    top, bottom = picture.pixels[25, 25].astype(int), picture.pixels[75, 25].astype(int)
    assert top[0] > top[2] + 50
    assert bottom[2] > bottom[0] + 50


def test_a_raw_photo_that_cannot_be_developed_is_unreadable(rawpy):
    data = b"MM\0*" + bytes(200)
    assert "is a RAW photo that cannot be developed" in decode.decode(data, "a.nef", 50).reason


def dng(width, height, left, right):
    """A small DNG: an RGGB mosaic of two colours (red, green, blue, 16 bits), to be turned by 90 degrees."""
    mosaic = np.zeros((height, width), "<u2")
    for columns, (red, green, blue) in ((slice(0, width // 2), left), (slice(width // 2, width), right)):
        mosaic[0::2, columns][:, 0::2] = red
        mosaic[0::2, columns][:, 1::2] = green
        mosaic[1::2, columns][:, 0::2] = green
        mosaic[1::2, columns][:, 1::2] = blue
    unit = [(10_000 if row == column else 0, 10_000) for row in range(3) for column in range(3)]
    return tiff(
        mosaic.tobytes(),
        {
            254: ("I", [0]),
            256: ("I", [width]),
            257: ("I", [height]),
            258: ("H", [16]),
            259: ("H", [1]),
            262: ("H", [32803]),
            271: ("s", b"Made\0"),
            272: ("s", b"Up\0"),
            274: ("H", [6]),
            277: ("H", [1]),
            278: ("I", [height]),
            33421: ("H", [2, 2]),
            33422: ("B", [0, 1, 1, 2]),
            50706: ("B", [1, 4, 0, 0]),
            50708: ("s", b"Made Up\0"),
            50717: ("I", [65_535]),
            50721: ("i", [number for fraction in unit for number in fraction]),
            50728: ("r", [1, 1, 1, 1, 1, 1]),
        },
    )


def tiff(strip, tags):
    """A little-endian TIFF of one strip; tags: number -> (struct letter, values), "r" for pairs of a fraction."""
    kinds = {"B": (1, 1), "s": (2, 1), "H": (3, 2), "I": (4, 4), "r": (5, 8), "i": (10, 8)}
    tags = tags | {273: ("I", [8]), 279: ("I", [len(strip)])}
    where = 8 + len(strip) + 2 + 12 * len(tags) + 4
    entries, far = b"", b""
    for tag, (letter, values) in sorted(tags.items()):
        kind, size = kinds[letter]
        letter = "I" if letter == "r" else letter
        body = values if letter == "s" else struct.pack(f"<{len(values)}{letter}", *values)
        value = body.ljust(4, b"\0") if len(body) <= 4 else struct.pack("<I", where + len(far))
        far += b"" if len(body) <= 4 else body + b"\0" * (len(body) % 2)
        entries += struct.pack("<HHI", tag, kind, len(body) // size) + value
    return (
        struct.pack("<2sHI", b"II", 42, 8 + len(strip))
        + strip
        + struct.pack("<H", len(tags))
        + entries
        + bytes(4)
        + far
    )

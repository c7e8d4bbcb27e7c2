"""Decoding: every format people have gives the right pixels, everything else a reason."""

import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.images import decode
from fewshot_gui.types import Picture, Unreadable

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(width=64, height=48):
    """Red, green / blue, white quarters: shows at once how a picture is turned."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return Image.fromarray(pixels)


def saved(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def pixels_of(data, name="picture", at_least=48):
    picture = decode.decode(data, name, at_least)
    assert isinstance(picture, Picture), picture
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.ndim == 3
    assert picture.pixels.shape[2] == 3
    assert picture.pixels.flags.c_contiguous
    assert picture.pixels.flags.owndata
    return picture.pixels


def reason_of(data, name="picture"):
    bad = decode.decode(data, name, 16)
    assert isinstance(bad, Unreadable), bad
    assert bad.path == name
    return bad.reason


def assert_corners(pixels, expected=(RED, GREEN, BLUE, WHITE), tolerance=12):
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    found = np.array([pixels[y, x] for y, x in places], int)
    assert np.abs(found - np.array(expected)).max() <= tolerance, found


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("AVIF", {"quality": 95}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
        ("GIF", {}),
    ],
)
def test_colours_survive_every_format(format, options):
    pixels = pixels_of(saved(corners(), format, **options))
    assert pixels.shape == (48, 64, 3)
    assert_corners(pixels)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_png_mode_gives_rgb(mode):
    image = Image.new("L", (20, 10), 0)
    image.paste(255, (10, 0, 20, 10))
    pixels = pixels_of(saved(image.convert(mode), "PNG"))
    assert (pixels[5, 2] == 0).all()
    assert (pixels[5, 17] == 255).all()


def test_a_cmyk_jpeg_has_its_colours():
    assert_corners(pixels_of(saved(corners().convert("CMYK"), "JPEG", quality=95)), tolerance=20)


def test_an_lab_tiff_has_its_colours():
    from PIL import ImageCms

    lab = ImageCms.profileToProfile(
        corners(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert_corners(pixels_of(saved(lab, "TIFF")), tolerance=30)


def test_16_bit_grey_is_scaled_linearly():
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for format in ("PNG", "TIFF"):
        pixels = pixels_of(saved(Image.fromarray(values), format))
        assert np.array_equal(pixels[:, :, 0], np.rint(values / 257).astype(np.uint8))


def test_16_bit_grey_is_averaged_before_it_is_rounded():
    values = np.full((64, 64), 1000, np.uint16)
    values[::2] = 64000
    pixels = pixels_of(saved(Image.fromarray(values), "TIFF"), at_least=32)
    assert pixels.shape == (32, 32, 3)
    assert (pixels == round(32500 / 257)).all()


def test_big_endian_16_bit_tiff():
    image = Image.frombytes("I;16B", (2, 1), struct.pack(">2H", 0, 65535))
    assert pixels_of(saved(image, "TIFF"))[0, :, 0].tolist() == [0, 255]


def test_12_bit_grey_uses_its_own_full_range():
    packed = bytes([0x00, 0x0F, 0xFF])  # two values: 0 and 4095
    tags = [
        (256, 3, 2),
        (257, 3, 1),
        (258, 3, 12),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, 1),
        (279, 4, 3),
    ]
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    data = struct.pack("<2sHI", b"II", 42, 12) + packed + b"\0" + struct.pack("<H", len(tags)) + directory + bytes(4)
    assert pixels_of(data)[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 0.5, 1.0]], [0, 128, 255]),
        ([[0.0, 100.0, 200.0]], [0, 100, 200]),
        ([[0.0, 257.0, 65535.0]], [0, 1, 255]),
        ([[-2.0, 0.0, 2.0]], [0, 128, 255]),
        ([[0.0, 50_000.0, 100_000.0]], [0, 128, 255]),
        ([[float("nan"), float("inf"), 1.0]], [0, 0, 255]),
    ],
)
def test_float_grey_takes_the_smallest_usual_range(values, expected):
    data = saved(Image.fromarray(np.array(values, np.float32)), "TIFF")
    assert pixels_of(data)[0, :, 0].tolist() == expected


def test_32_bit_whole_numbers_take_the_smallest_usual_range():
    data = saved(Image.fromarray(np.array([[0, 1, 255]], np.int32)), "TIFF")
    assert pixels_of(data)[0, :, 0].tolist() == [0, 1, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1"])
def test_transparency_shows_white(mode):
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (4, 0, 8, 8))
    if mode == "P":
        palette = Image.new("P", (8, 8), 0)
        palette.putpalette([200, 0, 0, 0, 0, 0])
        palette.paste(1, (4, 0, 8, 8))
        data = saved(palette, "PNG", transparency=0)
    elif mode == "1":
        bits = Image.new("1", (8, 8), 1)
        bits.paste(0, (4, 0, 8, 8))
        data = saved(bits, "PNG", transparency=1)
    else:
        data = saved(clear.convert(mode), "PNG")
    pixels = pixels_of(data)
    assert (pixels[2, 0] == 255).all()
    assert (pixels[2, -1] == 0).all()


def test_half_transparency_is_mixed_with_white():
    data = saved(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "WEBP", lossless=True)
    assert abs(int(pixels_of(data)[0, 0, 0]) - 127) <= 1


def test_hidden_colour_under_transparency_does_not_bleed_when_shrunk():
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 8, 4))
    pixels = pixels_of(saved(image, "PNG"), at_least=1)
    assert pixels.shape == (1, 1, 3)
    assert pixels[0, 0, 0] == pixels[0, 0, 1]  # blue on white: no red


def test_a_colour_key_is_transparent():
    pixels = pixels_of(saved(corners(), "PNG", transparency=RED))
    assert_corners(pixels, (WHITE, GREEN, BLUE, WHITE))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "MPO"])
def test_the_first_frame_or_page_counts(format):
    second = Image.new("RGB", (64, 48), (9, 9, 9))
    assert_corners(pixels_of(saved(corners(), format, save_all=True, append_images=[second])), tolerance=20)


TURNED = {
    1: (RED, GREEN, BLUE, WHITE),
    2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN),
    5: (RED, BLUE, GREEN, WHITE),
    6: (BLUE, RED, WHITE, GREEN),
    7: (WHITE, GREEN, BLUE, RED),
    8: (GREEN, WHITE, RED, BLUE),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_camera_orientation_is_applied(format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {} if format in ("PNG", "TIFF") else {"quality": 95}
    pixels = pixels_of(saved(corners(), format, exif=exif, **options))
    assert pixels.shape[:2] == ((48, 64) if orientation < 5 else (64, 48))
    assert_corners(pixels, TURNED[orientation], tolerance=30)


def test_a_compressed_tiff_is_turned_once():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert_corners(pixels_of(saved(corners(), "TIFF", exif=exif, compression="tiff_lzw")), TURNED[6])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_does_not_cost_the_picture():
    data = saved(corners(), "JPEG", quality=95, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x99" * 40)
    assert_corners(pixels_of(data))


@pytest.mark.parametrize(
    ("format", "size", "at_least", "expected"),
    [
        ("JPEG", (1600, 1200), 448, (800, 600)),
        ("JPEG", (1600, 1200), 150, (200, 150)),
        ("PNG", (1600, 1200), 448, (800, 600)),
        ("PNG", (1600, 1200), 160, (229, 172)),
        ("PNG", (320, 240), 448, (320, 240)),
        ("PNG", (4000, 300), 100, (1334, 100)),
        ("JPEG", (3000, 20), 448, (3000, 20)),
    ],
)
def test_pictures_shrink_by_whole_factors_and_never_under_the_least_side(format, size, at_least, expected):
    height, width, _ = pixels_of(saved(Image.new("RGB", size), format), at_least=at_least).shape
    assert (width, height) == expected
    assert min(width, height) >= min(at_least, *size)


def test_a_shrunk_jpeg_is_the_mean_of_the_original():
    rng = np.random.default_rng(0)
    small = Image.fromarray(rng.integers(0, 255, (30, 40, 3), np.uint8))
    large = small.resize((1280, 960), Image.Resampling.NEAREST)
    pixels = pixels_of(saved(large, "JPEG", quality=95, subsampling=0), at_least=30)
    assert pixels.shape == (30, 40, 3)
    assert np.abs(pixels.astype(int) - np.asarray(small)).max() <= 12


def test_the_content_hash_is_blake2b_128_of_the_bytes(tmp_path):
    data = saved(corners(), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    picture = decode.read(tmp_path / "a.png", 16)
    assert picture.content == decode.content_hash(data) == decode.decode(data, "b", 8).content
    assert len(bytes.fromhex(picture.content)) == 16


# What is no picture


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF"])
def test_a_truncated_file_is_damaged_wherever_it_ends(format):
    rng = np.random.default_rng(1)
    data = saved(Image.fromarray(rng.integers(0, 255, (48, 64, 3), np.uint8)), format)
    for share in (0.1, 0.3, 0.5, 0.8):
        assert "is damaged" in reason_of(data[: int(len(data) * share)])


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "BMP"])
def test_a_file_that_ends_too_early_is_said_to(format):
    rng = np.random.default_rng(1)
    data = saved(Image.fromarray(rng.integers(0, 255, (48, 64, 3), np.uint8)), format)
    assert reason_of(data[: len(data) // 2]) == "is damaged: the file ends too early"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF"])
def test_random_damage_gives_a_picture_or_a_reason_but_never_an_exception(format):
    rng = np.random.default_rng(2)
    whole = np.frombuffer(saved(corners(), format), np.uint8)
    for _ in range(150):
        data = whole.copy()
        places = rng.integers(0, len(data), int(rng.integers(1, 20)))
        data[places] = rng.integers(0, 256, len(places))
        assert isinstance(decode.decode(data.tobytes(), "x", 16), Picture | Unreadable)


def test_an_empty_file():
    assert reason_of(b"") == "is empty"


@pytest.mark.parametrize("data", [b"just some text, longer than a header", b"\0", b"x" * 5, b"%PDF-1.7 ...", b"<svg/>"])
def test_a_foreign_file(data):
    assert reason_of(data, "notes.jpg") == "is not a picture this program knows"


def test_an_eps_named_jpg_is_not_handed_to_ghostscript():
    data = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"
    assert reason_of(data, "x.jpg") == "is not a picture this program knows"


def test_a_wrong_ending_does_not_matter():
    assert_corners(pixels_of(saved(corners(), "PNG"), name="x.jpg"))
    assert_corners(pixels_of(saved(corners(), "JPEG", quality=95), name="x.nef"))


def huge_png(width, height):
    """A PNG whose header promises that many pixels and whose data is a few bytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(13_000, 13_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_without_a_warning(size, recwarn):
    reason = reason_of(huge_png(*size))
    assert reason.startswith(f"is too large ({size[0]} x {size[1]} pixels)")
    assert not recwarn.list


def with_jpeg_size(data, width, height):
    marker = b"\xff\xc2" if b"\xff\xc2" in data else b"\xff\xc0"  # of a progressive or a plain frame
    place = data.index(marker) + 5
    return data[:place] + struct.pack(">HH", height, width) + data[place + 4 :]


def test_a_phones_108_megapixel_jpeg_is_decoded_small():
    data = saved(Image.new("RGB", (12_000, 9_000), (10, 200, 30)), "JPEG", quality=50)
    pixels = pixels_of(data, at_least=448)
    assert pixels.shape == (1125 // 2 + 1, 750, 3)
    assert np.abs(pixels[100, 100].astype(int) - (10, 200, 30)).max() < 6


def test_a_jpeg_that_stays_too_large_is_refused():
    data = with_jpeg_size(saved(corners(), "JPEG"), 60_000, 60_000)
    assert reason_of(data).startswith("is too large (60000 x 60000 pixels)")


def test_a_progressive_jpeg_may_not_hide_its_size_behind_a_small_scale():
    data = with_jpeg_size(saved(corners(), "JPEG", progressive=True), 12_000, 9_000)
    assert reason_of(data).startswith("is too large (12000 x 9000 pixels)")


def test_a_picture_that_does_not_fit_into_memory_is_unreadable(monkeypatch):
    def full(*_args):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "reduce", full)
    assert reason_of(saved(corners(), "PNG")) == "needs more memory than this computer has free"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"mif1"])
def test_heic_is_known_by_its_first_bytes(brand, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    data = struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(100)
    assert reason_of(data, "IMG_1.jpg") == (
        "is a HEIC photo: install what reads it with pip install 'fewshot_gui[heif]'"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.nef", b"MM\0*" + bytes(60)),
        ("a.CR2", b"II*\0\x10\0\0\0CR\x02\0" + bytes(60)),
        ("renamed", b"II*\0\x10\0\0\0CR\x02\0" + bytes(60)),
        ("renamed", b"FUJIFILMCCD-RAW 0201" + bytes(60)),
        ("renamed", struct.pack(">I", 24) + b"ftypcrx " + bytes(60)),
        ("a.rw2", b"IIU\0" + bytes(60)),
        ("a.dng", saved(Image.new("RGB", (8, 8)), "TIFF")),
    ],
)
def test_raw_photos_are_known_and_their_preview_does_not_pass_for_them(name, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    assert reason_of(data, name) == (
        "is a camera's RAW photo: install what reads it with pip install 'fewshot_gui[raw]'"
    )


def test_a_dng_under_another_name_is_not_taken_for_a_tiff():
    data = saved(Image.new("RGB", (8, 8)), "TIFF", tiffinfo={50706: b"\x01\x04\0\0"})
    assert "give it the ending .dng" in reason_of(data, "a.tif")


# Files that cannot be opened


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.jpg", "does not exist (moved or deleted?)"),
        ("folder.jpg", "is a folder, not a picture"),
        ("pipe.jpg", "is a device or pipe, not a picture"),
        ("loop.jpg", "cannot be read: "),
        ("zero\0byte.jpg", "cannot be read: "),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders and needs rights to make links")
def test_what_is_no_file_is_unreadable(tmp_path, name, reason):
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    bad = decode.read(os.path.join(tmp_path, name), 16)
    assert isinstance(bad, Unreadable)
    assert bad.path == os.path.join(tmp_path, name)
    assert bad.reason.startswith(reason)


def test_a_file_without_permission_is_unreadable(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(saved(corners(), "PNG"))

    def forbidden(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", forbidden)  # the superuser may read everything, so chmod shows nothing
    assert decode.read(path, 16).reason == "may not be read: you have no permission to open it"


def test_a_giant_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "scan.tif"
    with path.open("wb") as file:
        file.truncate(decode.MAX_BYTES + 1)  # sparse
    assert decode.read(path, 16).reason == "is larger than 1 GiB: save it smaller"

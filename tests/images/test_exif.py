"""What a camera wrote into a picture: read where it is there, never a reason to fail."""

import pytest
from PIL import ExifTags, Image

from fewshot_gui.images.exif import Shot, shot_of


def photo(path, make="", model="", taken="", original=""):
    exif = Image.Exif()
    base = ExifTags.Base
    for tag, value in ((base.Make, make), (base.Model, model), (base.DateTime, taken)):
        if value:
            exif[tag] = value
    if original:
        exif.get_ifd(ExifTags.IFD.Exif)[base.DateTimeOriginal] = original
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    return str(path)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_camera_and_date_of_a_photo(tmp_path, ending):
    path = photo(tmp_path / f"p.{ending}", "FUJIFILM", "X-T5", "2026:05:01 12:30:59")
    assert shot_of(path) == Shot("FUJIFILM X-T5", "2026-05-01 12:30:59")


def test_the_moment_of_the_shot_goes_before_that_of_the_last_change(tmp_path):
    path = photo(tmp_path / "p.jpg", taken="2026:06:01 00:00:00", original="2026:05:01 12:30:59")
    assert shot_of(path).taken == "2026-05-01 12:30:59"


def test_a_model_that_begins_with_its_maker_is_not_named_twice(tmp_path):
    assert shot_of(photo(tmp_path / "p.jpg", "NIKON CORPORATION", "NIKON Z 6")).camera == "NIKON Z 6"


def test_a_date_of_zeros_is_none(tmp_path):
    assert shot_of(photo(tmp_path / "p.jpg", taken="0000:00:00 00:00:00")).taken == ""


@pytest.mark.parametrize(
    "content", [None, b"", b"no picture", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"]
)
def test_what_is_no_photo_says_nothing(tmp_path, content):
    path = tmp_path / "p.jpg"
    if content is not None:
        path.write_bytes(content)
    assert shot_of(str(path)) == Shot()

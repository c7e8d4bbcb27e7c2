import os
import time

import pytest

from fewshot_gui.project import pictures
from fewshot_gui.project.values import PictureFile


def test_a_rescan_tells_new_and_gone_pictures_and_keeps_the_order(project):
    first = [PictureFile("b.jpg", 10, 1, "lynx"), PictureFile("a.jpg", 20, 2)]
    assert project.set_pictures(first) == (2, 0)
    assert list(project.pictures()) == first
    second = [PictureFile("c.jpg", 30, 3), PictureFile("b.jpg", 10, 1, "lynx")]
    assert project.set_pictures(second) == (1, 1)
    assert [picture.relative for picture in project.pictures()] == ["b.jpg", "c.jpg"]
    assert project.set_pictures(second) == (0, 0)


def test_what_a_picture_holds_is_known_until_its_file_changes(project):
    files = [PictureFile(name, 10, 1) for name in ("same", "truth", "larger", "later", "unread")]
    project.set_pictures(files)
    project.learn_contents({name: f"hash of {name}" for name in ("same", "truth", "larger", "later", "nowhere")})
    project.set_pictures(
        [
            files[0],
            PictureFile("truth", 10, 1, "lynx"),
            PictureFile("larger", 11, 1),
            PictureFile("later", 10, 2),
            PictureFile("unread", 10, 1, None, "just read"),
        ]
    )
    contents = {picture.relative: picture.content for picture in project.pictures()}
    assert contents == {
        "same": "hash of same", "truth": "hash of truth", "larger": None, "later": None, "unread": "just read"
    }  # fmt: skip
    assert {picture.relative: picture.truth for picture in project.pictures()}["truth"] == "lynx"


def test_a_file_whose_bytes_are_no_unicode_keeps_its_name(project):
    name = os.fsdecode(b"caf\xe9-\xc3\xa9.jpg")
    project.set_pictures([PictureFile(name, 1, 1)])
    project.learn_contents({name: "11"})
    assert project.pictures() == (PictureFile(name, 1, 1, None, "11"),)


def test_more_pictures_than_fit_into_a_slice_are_all_stored(project, monkeypatch):
    monkeypatch.setattr(pictures, "_SLICE", 7)
    files = [PictureFile(f"{number}.jpg", number, 1) for number in range(50)]
    assert project.set_pictures(files) == (50, 0)
    assert list(project.pictures()) == files
    assert project.set_pictures([]) == (0, 50)


@pytest.mark.slow
def test_100000_pictures_are_stored_and_read_in_seconds(project):
    files = [PictureFile(f"sub/IMG_{number:06}.jpg", number, 1, "lynx") for number in range(100_000)]
    start = time.process_time()
    project.set_pictures(files)
    assert len(project.pictures()) == 100_000
    assert time.process_time() - start < 5

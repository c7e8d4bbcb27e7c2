"""The demo: what it writes, and that the same seed writes the same."""

import numpy as np
import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.images import decode
from fewshot_gui.images.demo import write_demo
from fewshot_gui.images.demo_scene import picture_of
from fewshot_gui.images.demo_things import KNOWN, UNKNOWN
from fewshot_gui.images.scan import scan_query, scan_support
from fewshot_gui.types import Picture


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "new"
    write_demo(folder)
    return folder


def test_the_demo_has_five_examples_of_five_classes(demo):
    scan = scan_support(demo / "support")
    assert scan.class_names == ("beetle", "feather", "leaf", "mushroom", "snail shell")
    assert [sum(ref.truth == name for ref in scan.refs) for name in scan.class_names] == [5] * 5
    assert scan.warnings == ()


def test_the_query_has_all_classes_one_unknown_one_and_one_broken_file(demo):
    scan = scan_query([demo / "query"])
    pictures = [decode.read(ref.path, 224) for ref in scan.refs]
    truths = [ref.truth for ref, picture in zip(scan.refs, pictures, strict=True) if isinstance(picture, Picture)]
    assert {name: truths.count(name) for name in truths} == {
        **dict.fromkeys(("beetle", "feather", "leaf", "mushroom", "snail shell"), 20),
        "starfish": 10,
    }
    (broken,) = [picture for picture in pictures if not isinstance(picture, Picture)]
    assert broken.reason == "is damaged: the file ends too early"


def test_demo_pictures_are_all_different_and_neither_flat_nor_tiny(demo):
    pictures = [decode.read(ref.path, 1000) for ref in scan_support(demo / "support").refs]
    assert len({picture.content for picture in pictures}) == 25
    for picture in pictures:
        assert min(picture.pixels.shape[:2]) >= 240
        assert picture.pixels.std() > 5


def test_the_same_seed_gives_the_same_pictures():
    for draw in (*KNOWN.values(), *UNKNOWN.values()):
        first, again, other = (picture_of(draw, np.random.default_rng(seed)).tobytes() for seed in (3, 3, 4))
        assert first == again
        assert first != other


def test_the_demo_writes_only_into_a_new_or_empty_folder(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UserError, match="is not empty; name a new folder"):
        write_demo(tmp_path)
    with pytest.raises(UserError, match="cannot be written"):
        write_demo(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

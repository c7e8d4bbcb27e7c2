import math
import os

import pytest

from fewshot_gui.project.values import NewExample
from fewshot_gui.types import Changes
from tests.project.conftest import example_ids, files_of


def test_examples_come_in_the_order_of_the_classes_and_then_of_their_adding(project, add_class):
    lynx, fox = add_class("lynx", "b", "a"), add_class("fox", "c")
    project.reorder_classes([fox, lynx])
    assert [os.path.basename(example.path) for example in project.examples()] == ["c", "b", "a"]


def test_an_example_keeps_its_origin_content_and_absolute_path(project, add_class, tmp_path, monkeypatch):
    lynx = add_class("lynx")
    monkeypatch.chdir(tmp_path)
    changes = project.add_examples(lynx, [NewExample("a.jpg", "11", "grid")])
    (example,) = project.examples()
    assert (example.path, example.content, example.origin) == (str(tmp_path / "a.jpg"), "11", "grid")
    assert example.crop is None
    assert changes == Changes(frozenset({"examples"}))


def test_a_picture_is_one_example_of_a_class_by_path_and_by_content(project, add_class):
    lynx, fox = add_class("lynx"), add_class("fox")
    project.add_examples(lynx, [NewExample("/a", "11"), NewExample("/a", "11"), NewExample("/copy", "11")])
    project.add_examples(lynx, [NewExample("/a"), NewExample("/b", "22")])
    project.add_examples(fox, [NewExample("/a", "11")])
    assert files_of(project, lynx) == ["a", "b"]
    assert files_of(project, fox) == ["a"]


def test_a_file_whose_bytes_are_no_unicode_keeps_its_path(project, add_class):
    lynx = add_class("lynx")
    path = "/pictures/" + os.fsdecode(b"caf\xe9-\xc3\xa9.jpg")
    project.add_examples(lynx, [NewExample(path)])
    project.undo()
    project.redo()
    assert project.examples()[0].path == path


def test_moving_an_example_to_where_it_is_already_keeps_it_once(project, add_class):
    lynx, fox = add_class("lynx", "a", "b"), add_class("fox", "b")
    project.move_examples(example_ids(project, lynx), fox)
    assert files_of(project, lynx) == []
    assert files_of(project, fox) == ["a", "b"]


def test_removing_examples_leaves_their_class(project, add_class):
    lynx = add_class("lynx", "a", "b")
    project.remove_examples(example_ids(project, lynx)[:1])
    assert files_of(project, lynx) == ["b"]


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ((0.1, 0.2, 1 / 3, 0.3), (0.1, 0.2, 0.1 + 1 / 3 - 0.1, 0.2 + 0.3 - 0.2)),
        ((-0.5, 0.5, 1.0, 9.0), (0.0, 0.5, 0.5, 0.5)),
        ((0.0, 0.0, 1.0, 1.0), None),
        (None, None),
    ],
)
def test_a_crop_is_cut_to_the_picture_and_survives_undo_to_the_last_digit(project, add_class, box, kept):
    (example,) = example_ids(project, add_class("lynx", "a"))
    project.crop_example(example, (0.25, 0.25, 0.5, 0.5))
    project.crop_example(example, box)
    project.undo()
    assert project.examples()[0].crop == (0.25, 0.25, 0.5, 0.5)
    project.redo()
    assert project.examples()[0].crop == kept


def test_a_crop_without_area_changes_nothing(project, add_class):
    (example,) = example_ids(project, add_class("lynx", "a"))
    assert not project.crop_example(example, (0.5, 0.5, 0.0, 0.2))
    assert not project.crop_example(example, (1.5, 0.5, 0.2, 0.2))
    with pytest.raises(ValueError, match="finite"):
        project.crop_example(example, (0.5, 0.5, math.nan, 0.2))


def test_a_cropped_example_stands_beside_the_whole_picture(project, add_class):
    lynx = add_class("lynx", "a")
    project.crop_example(example_ids(project, lynx)[0], (0.0, 0.0, 0.5, 0.5))
    project.add_examples(lynx, [NewExample("/pictures/a")])
    assert [example.crop for example in project.examples()] == [(0.0, 0.0, 0.5, 0.5), None]


def test_what_an_example_holds_is_learnt_by_its_path(project, add_class):
    add_class("lynx", "a", "b")
    project.learn_contents({os.path.abspath("/pictures/a"): "11", os.path.abspath("/elsewhere"): "22"})
    assert [example.content for example in project.examples()] == ["11", None]

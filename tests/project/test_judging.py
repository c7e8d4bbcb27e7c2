from fewshot_gui.project.values import NewExample
from fewshot_gui.types import Changes
from tests.project.conftest import files_of


def test_several_verdicts_and_examples_are_one_action(project, add_class):
    lynx, fox = add_class("lynx"), add_class("fox")
    said = [("11", "confirmed", lynx), ("22", "corrected", fox), ("33", "unknown", None)]
    changes = project.judge(said, "drag", {fox: [NewExample("/pictures/b", "22", "grid")]})
    reviews = project.reviews()
    assert {key: (review.verdict, review.class_id, review.origin) for key, review in reviews.items()} == {
        "11": ("confirmed", lynx, "drag"), "22": ("corrected", fox, "drag"), "33": ("unknown", None, "drag")
    }  # fmt: skip
    assert files_of(project, fox) == ["b"]
    assert changes == Changes(frozenset({"reviews", "examples"}), frozenset({"11", "22", "33"}))
    project.undo()
    assert (project.reviews(), project.examples()) == ({}, ())


def test_a_picture_that_is_an_example_of_another_class_changes_its_class(project, add_class):
    lynx, fox = add_class("lynx"), add_class("fox")
    project.add_examples(lynx, [NewExample("/pictures/a", "11"), NewExample("/pictures/b", "22")])
    project.judge([("11", "corrected", fox)], "key", {fox: [NewExample("/pictures/a", "11")]})
    assert (files_of(project, lynx), files_of(project, fox)) == (["b"], ["a"])


def test_verdicts_on_a_class_that_is_lost_teach_nothing(project, add_class):
    lynx = add_class("lynx")
    project.delete_classes([lynx])
    assert project.judge([("11", "confirmed", lynx)], "key", {lynx: [NewExample("/pictures/a", "11")]}) == Changes()

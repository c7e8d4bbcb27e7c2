import pytest

from fewshot_gui.project.values import NewExample
from fewshot_gui.types import Changes
from tests.project.conftest import example_ids, files_of


def names(project):
    return [info.name for info in project.classes()]


def test_a_class_comes_last_in_the_first_colour_that_is_free(project):
    first, changes = project.add_class("lynx")
    project.add_class("fox")
    project.recolour_class(first.id, 5)
    third, _ = project.add_class("owl")
    assert [(info.name, info.colour, info.position) for info in project.classes()] == [
        ("lynx", 5, 0), ("fox", 1, 1), ("owl", 0, 2)
    ]  # fmt: skip
    assert project.classes()[2] == third
    assert changes == Changes(frozenset({"classes"}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  lynx\n lynx\t", "lynx lynx"),
        ("", "Class"),
        ("\x00\x1f", "Class"),
        ("e\u0301", "é"),
        ("bad \udcff byte", "bad \ufffd byte"),
        ("x" * 5_000, "x" * 199 + "…"),
        ("😀" * 200, "😀" * 200),
    ],
)
def test_a_name_is_one_line_of_at_most_200_characters(project, given, kept):
    assert project.add_class(given)[0].name == kept
    assert names(project) == [kept]


def test_a_name_that_is_taken_gets_a_number(project):
    for name in ("lynx", "Lynx", "lynx", "x" * 5_000, "x" * 5_000):
        project.add_class(name)
    assert names(project) == ["lynx", "Lynx 2", "lynx 3", "x" * 199 + "…", "x" * 197 + "… 2"]


def test_renaming_to_a_taken_name_adds_a_number_but_to_its_own_does_not(project, add_class):
    lynx, fox = add_class("lynx"), add_class("fox")
    project.rename_class(fox, "lynx")
    project.rename_class(lynx, "LYNX")
    assert names(project) == ["LYNX", "lynx 2"]


def test_a_class_id_is_never_given_again(project, add_class):
    lynx = add_class("lynx")
    project.delete_classes([lynx])
    assert add_class("fox") != lynx


def test_reordering_puts_those_that_are_not_named_last(project, add_class):
    lynx, fox, owl = add_class("lynx"), add_class("fox"), add_class("owl")
    project.reorder_classes([owl, 999, lynx, owl])
    assert [info.id for info in project.classes()] == [owl, lynx, fox]
    assert [info.position for info in project.classes()] == [0, 1, 2]


def test_merging_moves_examples_and_verdicts_and_keeps_a_picture_once(project, add_class):
    lynx, cat, fox = add_class("lynx", "a", "b"), add_class("cat", "b", "c"), add_class("fox")
    project.review(["11"], "confirmed", cat)
    changes = project.merge_classes([lynx, cat], lynx)
    assert [info.id for info in project.classes()] == [lynx, fox]
    assert files_of(project, lynx) == ["a", "b", "c"]
    assert project.reviews()["11"].class_id == lynx
    assert changes == Changes(frozenset({"classes", "examples", "reviews"}), frozenset({"11"}))


def test_splitting_makes_a_class_right_behind_the_old_one(project, add_class):
    lynx, fox = add_class("lynx", "a", "b", "c"), add_class("fox", "d")
    first, second, _ = example_ids(project, lynx)
    project.split_class(lynx, [second, first, *example_ids(project, fox)], "lynx")
    assert names(project) == ["lynx", "lynx 2", "fox"]
    assert files_of(project, project.classes()[1].id) == ["a", "b"]
    assert files_of(project, lynx) == ["c"]
    assert files_of(project, fox) == ["d"]


def test_deleting_takes_examples_and_verdicts_of_the_class_along(project, add_class):
    lynx, fox = add_class("lynx", "a"), add_class("fox", "b")
    project.review(["11"], "confirmed", lynx)
    project.review(["22"], "corrected", fox)
    changes = project.delete_classes([lynx])
    assert names(project) == ["fox"]
    assert len(project.examples()) == 1
    assert list(project.reviews()) == ["22"]
    assert changes.contents == {"11"}


def test_many_classes_come_at_once_and_a_known_name_is_that_class(project, add_class):
    lynx = add_class("lynx", "a")
    changes = project.add_classes({"Lynx": [NewExample("/pictures/b")], "fox": [NewExample("/pictures/c")], "owl": []})
    assert names(project) == ["lynx", "fox", "owl"]
    assert files_of(project, lynx) == ["a", "b"]
    assert changes.kinds == {"classes", "examples"}
    project.undo()
    assert names(project) == ["lynx"]


@pytest.mark.parametrize(
    "action",
    [
        lambda project, lost, kept: project.rename_class(lost, "x"),
        lambda project, lost, kept: project.rename_class(kept, "  "),
        lambda project, lost, kept: project.rename_class(kept, "fox"),
        lambda project, lost, kept: project.recolour_class(lost, 3),
        lambda project, lost, kept: project.recolour_class(kept, 1),
        lambda project, lost, kept: project.reorder_classes([kept, lost]),
        lambda project, lost, kept: project.merge_classes([lost], kept),
        lambda project, lost, kept: project.merge_classes([kept], kept),
        lambda project, lost, kept: project.merge_classes([kept], lost),
        lambda project, lost, kept: project.split_class(lost, [1], "x"),
        lambda project, lost, kept: project.split_class(kept, [], "x"),
        lambda project, lost, kept: project.delete_classes([lost]),
        lambda project, lost, kept: project.delete_classes([]),
        lambda project, lost, kept: project.add_examples(lost, [NewExample("/pictures/z")]),
        lambda project, lost, kept: project.add_examples(kept, [NewExample("/pictures/b")]),
        lambda project, lost, kept: project.move_examples([999], kept),
        lambda project, lost, kept: project.move_examples(example_ids(project, kept), lost),
        lambda project, lost, kept: project.remove_examples([999]),
        lambda project, lost, kept: project.crop_example(999, (0, 0, 0.5, 0.5)),
        lambda project, lost, kept: project.crop_example(example_ids(project, kept)[0], None),
        lambda project, lost, kept: project.review(["11"], "confirmed", lost),
        lambda project, lost, kept: project.review(["22"], "confirmed", kept, "menu"),
        lambda project, lost, kept: project.review(["33"], None),
        lambda project, lost, kept: project.review([], "unknown"),
        lambda project, lost, kept: project.rename("Birds"),
        lambda project, lost, kept: project.rename(""),
        lambda project, lost, kept: project.set_folder(None),
        lambda project, lost, kept: project.change_settings(seed=0),
        lambda project, lost, kept: project.redo(),
    ],
)
def test_what_is_lost_or_already_so_changes_nothing_and_leaves_nothing_to_undo(project, add_class, action):
    lost, kept = add_class("lynx", "a"), add_class("fox", "b")
    project.review(["22"], "confirmed", kept)
    project.delete_classes([lost])
    assert action(project, lost, kept) == Changes()
    assert project.undo_text == "Delete classes"

"""A project of the window as a labelled data set."""

import os
import shutil
from dataclasses import replace

import pytest

from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images.decode import read
from fewshot_gui.jobs.evaluate import EvaluateOptions, Evaluation, evaluate
from fewshot_gui.jobs.project_data import collection
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample, PictureFile, Truth
from tests.jobs.tasks import draw_classes

NAMES = ("red", "green", "blue")
SHOTS = 3


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support", shots=SHOTS)


@pytest.fixture
def folder(tmp_path):
    """The folder to classify: five pictures of each class in folders that say nothing."""
    drawn = draw_classes(tmp_path / "drawn", shots=5, seed=1)
    for name, hidden in zip(NAMES, ("a", "b", "c"), strict=True):
        shutil.move(drawn / name, tmp_path / "query" / hidden)
    return tmp_path / "query"


@pytest.fixture
def project(tmp_path, support, folder):
    """An open project of three classes with three examples each, and one that is empty yet."""
    with Project.create(tmp_path / "p.fewshot", "Colours") as made:
        for name in NAMES:
            info, _ = made.add_class(name)
            made.add_examples(info.id, [new(path) for path in sorted((support / name).iterdir())])
        made.add_class("empty")
        made.set_folder(str(folder))
        made.set_pictures([found(folder, path) for path in sorted(folder.rglob("*.png"))])
        yield made


def content(path):
    return read(str(path), 1).content


def new(path):
    return NewExample(str(path), content(path))


def found(folder, path, truth=None):
    stat = path.stat()
    relative = path.relative_to(folder).as_posix()
    return PictureFile(relative, stat.st_size, stat.st_mtime_ns, truth, content(path))


def counts(project):
    return {entry.name: entry.count for entry in collection((project.path,)).classes}


def test_the_examples_are_labelled_pictures(project):
    assert counts(project) == {"red": 3, "green": 3, "blue": 3}
    assert collection((project.path,)).warnings == ()
    assert collection((project.path,)).name == "Colours"


def test_pictures_that_were_confirmed_or_corrected_are_too_and_it_is_said(project, folder):
    red, green = (sorted((folder / name).iterdir()) for name in "ab")
    classes = {info.name: info.id for info in project.classes()}
    project.review([content(red[0])], "confirmed", classes["red"])
    project.review([content(path) for path in green[:2]], "corrected", classes["green"])
    assert counts(project) == {"red": 4, "green": 5, "blue": 3}
    (sentence,) = collection((project.path,)).warnings
    assert sentence.startswith("3 of the pictures have their class from your corrections and confirmations")


def test_what_was_said_to_be_excluded_or_of_no_class_is_left_out(project, folder):
    blue = sorted((folder / "c").iterdir())
    project.set_pictures([found(folder, path, "blue") for path in blue])
    project.review([content(blue[0])], "unknown")
    project.review([content(blue[1])], "excluded")
    assert counts(project)["blue"] == 3 + 3


def test_a_persons_word_counts_before_a_tables_and_that_before_the_folders(project, folder):
    paths = sorted((folder / "c").iterdir())
    project.set_pictures([found(folder, path, "blue") for path in paths])
    relative = [path.relative_to(folder).as_posix() for path in paths]
    project.set_truth(Truth("t.csv", {relative[0]: "red", relative[1]: "red", relative[2]: "a class it has not"}))
    classes = {info.name: info.id for info in project.classes()}
    project.review([content(paths[0])], "corrected", classes["green"])
    assert counts(project) == {"red": 3 + 1, "green": 3 + 1, "blue": 3 + 2}


def test_a_copy_of_an_example_is_no_picture_more(project, folder, support):
    copy = folder / "copy.png"
    shutil.copy(support / "red" / os.listdir(support / "red")[0], copy)
    project.set_pictures([found(folder, copy, "red")])
    assert counts(project)["red"] == 3


def test_crops_are_read_as_crops_and_two_of_one_photograph_count_once_in_a_class(project, support):
    path = sorted((support / "red").iterdir())[0]
    red = project.classes()[0].id
    project.crop_example(project.examples()[0].id, (0.0, 0.0, 0.5, 0.5))
    project.add_examples(red, [new(path)])
    added = [example.id for example in project.examples() if example.class_id == red][-1]
    project.crop_example(added, (0.5, 0.5, 0.5, 0.5))
    made = collection((project.path,))
    assert made.classes[0].count == 3
    whole = read(str(path), 99).pixels.shape
    assert made.read(0, 0, 99).pixels.shape[:2] == (whole[0] // 2, whole[1] // 2)


def test_too_little_is_told_with_the_way_out(tmp_path, support):
    with Project.create(tmp_path / "small.fewshot", "Small") as made:
        info, _ = made.add_class("red")
        made.add_examples(info.id, [new(path) for path in (support / "red").iterdir()])
        made.add_class("green")
    with pytest.raises(UserError, match=r"has 1 class with at least 2 pictures .* add examples, or confirm answers"):
        collection((tmp_path / "small.fewshot",))


def test_a_project_is_a_data_set_of_its_own(project, support):
    with pytest.raises(UsageError, match="name it alone"):
        collection((project.path, support))


def test_a_project_is_measured_on_all_of_its_classes_while_it_is_open(project, tiny):
    options = EvaluateOptions(data=(project.path,), shots=(1, 2), queries=2, episodes=8, backbone=tiny, device="cpu")
    *_, evaluation = evaluate(options)
    assert isinstance(evaluation, Evaluation)
    assert (evaluation.dataset, evaluation.split) == ("Colours", "all")
    assert [(row.ways, row.shots, row.n_classes) for row in evaluation.rows] == [(3, 1, 3), (3, 2, 3)]
    assert evaluation.rows[0].accuracy.value > 0.5
    *_, two = evaluate(replace(options, ways=2))
    assert {row.ways for row in two.rows} == {2}

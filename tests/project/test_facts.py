import sqlite3

import pytest

from fewshot_gui.project.store import Project
from fewshot_gui.project.values import ProjectSettings, Truth
from fewshot_gui.types import Changes


def test_a_project_is_renamed_in_one_line_and_its_file_keeps_its_name(project, project_file):
    assert project.rename(" Song\nbirds ") == Changes(frozenset({"name"}))
    assert (project.name, project.path) == ("Song birds", project_file)


def test_the_folder_is_chosen_and_given_up(project, tmp_path):
    assert project.folder() is None
    assert project.set_folder(str(tmp_path / "x" / ".." / "birds")) == Changes(frozenset({"folder"}))
    assert project.folder() == str(tmp_path / "birds")
    project.set_folder(None)
    assert project.folder() is None
    project.undo()
    assert project.folder() == str(tmp_path / "birds")


def test_what_a_table_says_is_kept_as_one_action_for_this_folder_alone(project, tmp_path):
    truth = Truth("/tables/truth.csv", {"a/1.jpg": "lynx", "caf\udce9.jpg": "fox"})
    assert not project.set_truth(truth)
    project.set_folder(str(tmp_path / "birds"))
    assert project.set_truth(truth) == Changes(frozenset({"truth"}))
    assert project.truth() == truth
    assert not project.set_truth(truth)
    project.set_folder(str(tmp_path / "others"))
    assert project.truth() is None
    project.set_folder(str(tmp_path / "birds"))
    assert project.truth() == truth
    project.set_truth(None)
    assert project.truth() is None
    project.undo()
    assert project.truth() == truth


def test_settings_are_changed_one_by_one(project):
    assert project.settings() == ProjectSettings()
    changes = project.change_settings(method="maml", unknown=0.1)
    project.change_settings(backbone="lite0-natural", seed=3)
    assert project.settings() == ProjectSettings("lite0-natural", "maml", 0.1, 3)
    project.change_settings(quality="careful")
    assert project.settings() == ProjectSettings("lite0-natural", "maml", 0.1, 3, "careful")
    assert changes == Changes(frozenset({"settings"}))


@pytest.mark.parametrize(
    "value",
    [
        {"seed": -1},
        {"seed": "x"},
        {"unknown": 2},
        {"unknown": "on"},
        {"method": 3},
        {"backbone": None},
        {"quality": "quick"},
    ],
)
def test_a_setting_that_makes_no_sense_is_a_mistake_of_the_program(project, value):
    with pytest.raises(ValueError, match=next(iter(value))):
        project.change_settings(**value)
    assert project.settings() == ProjectSettings()


def test_an_unknown_setting_is_a_mistake_of_the_program(project):
    with pytest.raises(TypeError):
        project.change_settings(colour="red")


@pytest.mark.parametrize(
    "stored", ["{", "[]", "null", '{"seed": "x", "colour": 3, "method": "ridge", "unknown": true}']
)
def test_stored_settings_that_make_no_sense_are_as_by_default(project, project_file, stored):
    project.close()
    with sqlite3.connect(project_file) as connection:
        connection.execute("UPDATE facts SET value = ? WHERE key = 'settings'", (stored,))
    connection.close()
    with Project.open(project_file) as again:
        assert again.settings() in (ProjectSettings(), ProjectSettings(method="ridge"))


@pytest.mark.parametrize("more", ["", ', "quality": "quick"', ', "quality": 3'])
def test_a_project_of_the_time_before_qualities_opens_as_it_was(project, project_file, more):
    project.close()
    stored = '{"backbone": "lite0-natural", "method": "ridge", "unknown": "auto", "seed": 2' + more + "}"
    with sqlite3.connect(project_file) as connection:
        connection.execute("UPDATE facts SET value = ? WHERE key = 'settings'", (stored,))
    connection.close()
    with Project.open(project_file) as again:
        assert again.settings() == ProjectSettings("lite0-natural", "ridge", "auto", 2, "balanced")

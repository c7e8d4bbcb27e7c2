import os

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project.library import file_name, new_project, open_folder, project_of, projects_folder
from fewshot_gui.project.recent import remember
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import ProjectSettings


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "My birds"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"a picture")
    return folder


def test_new_projects_lie_at_once_among_the_user_s_data_under_names_of_their_own():
    with new_project() as first, new_project() as second, new_project("Ohne Titel") as third:
        assert [project.name for project in (first, second, third)] == ["Untitled", "Untitled 2", "Ohne Titel"]
        assert first.path == projects_folder() / "Untitled.fewshot"
        assert second.path.parent == projects_folder()


def test_a_name_is_free_again_when_its_project_has_another():
    with new_project() as first:
        first.rename("Birds")
        remember(first)
        with new_project() as second:
            assert second.name == "Untitled"
            assert second.path != first.path


def test_a_new_project_begins_with_the_settings_it_is_given_and_nothing_to_undo():
    with new_project(settings=ProjectSettings("conv4", seed=7)) as project:
        assert project.settings() == ProjectSettings("conv4", seed=7)
        assert project.undo_text is None


def test_a_folder_gets_a_project_of_its_name_which_is_found_again(pictures):
    with open_folder(pictures) as made:
        assert (made.name, made.folder()) == ("My birds", str(pictures))
        made.rename("Songbirds")
        path = made.path
    with open_folder(os.path.join(pictures, "..", pictures.name)) as again:
        assert (again.path, again.name) == (path, "Songbirds")
    assert os.listdir(pictures) == ["a.jpg"]


def test_looking_for_a_folder_s_project_leaves_the_projects_as_they_are(pictures):
    with open_folder(pictures) as made:
        name = made.path.name
        assert project_of(pictures) == made.path  # one that is open shows what it wrote last
    assert project_of(pictures) is not None
    assert os.listdir(projects_folder()) == [name]


def test_a_folder_s_project_is_found_wherever_it_was_moved(pictures, tmp_path):
    with open_folder(pictures) as made:
        made.move(tmp_path / "elsewhere" / "x.fewshot")
        remember(made)
    assert project_of(pictures) == tmp_path / "elsewhere" / "x.fewshot"


def test_of_several_projects_of_a_folder_the_one_opened_last_is_taken(pictures, tmp_path):
    for name in ("a", "b", "c"):
        with Project.create(tmp_path / f"{name}.fewshot", name) as project:
            project.set_folder(str(pictures))
            remember(project)
    with Project.open(tmp_path / "b.fewshot") as project:
        remember(project)
        assert project_of(pictures) == tmp_path / "b.fewshot"


def test_what_is_no_project_does_not_stand_in_the_way(pictures):
    projects_folder().mkdir(parents=True)
    (projects_folder() / "broken.fewshot").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    assert project_of(pictures) is None


def test_a_folder_that_is_open_in_another_window_or_missing_is_told(pictures, tmp_path):
    with open_folder(pictures), pytest.raises(UserError, match="open in another window"):
        open_folder(pictures)
    with pytest.raises(UserError, match="does not exist"):
        open_folder(tmp_path / "missing")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b\\c:d*?", "a b c d"),
        ("...", "Untitled"),
        ("con", "con_"),
        ("LPT1.x", "LPT1.x_"),
        ("\udcff", "?"),
        ("é" * 500, "é" * 90),
    ],
)
def test_a_name_becomes_a_file_name_that_any_system_takes(name, expected):
    assert file_name(name) == expected

import shutil

import pytest

from fewshot_gui.images.decode import content_hash
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample, PictureFile


@pytest.fixture
def home(tmp_path):
    """A folder with a project, a picture that it uses as an example, and the folder that it classifies."""
    home = tmp_path / "home"
    (home / "query").mkdir(parents=True)
    (home / "a.jpg").write_bytes(b"the picture")
    (home / "query" / "b.jpg").write_bytes(b"to be classified")
    with Project.create(home / "birds.fewshot", "Birds") as project:
        project.add_classes({"lynx": [NewExample(str(home / "a.jpg"), content_hash(b"the picture"))]})
        project.set_folder(str(home / "query"))
        project.set_pictures([PictureFile("b.jpg", len(b"to be classified"), 1)])
    return home


def found(path):
    with Project.open(path) as project:
        return project.examples()[0].path, project.folder()


def test_a_project_moved_with_its_pictures_finds_them_beside_it(home, tmp_path):
    home.rename(tmp_path / "new")
    new = tmp_path / "new"
    for _ in range(2):
        assert found(new / "birds.fewshot") == (str(new / "a.jpg"), str(new / "query"))


def test_a_project_moved_alone_finds_its_pictures_where_they_were(home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (home / "birds.fewshot").rename(tmp_path / "elsewhere" / "birds.fewshot")
    for _ in range(2):
        assert found(tmp_path / "elsewhere" / "birds.fewshot") == (str(home / "a.jpg"), str(home / "query"))


def test_a_project_copied_with_its_pictures_uses_the_copies(home, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    assert found(copy / "birds.fewshot") == (str(copy / "a.jpg"), str(copy / "query"))


def test_another_picture_of_the_same_name_is_not_taken_for_the_example(home, tmp_path):
    other = tmp_path / "other"
    (other / "query").mkdir(parents=True)
    (other / "a.jpg").write_bytes(b"another picture")
    (other / "query" / "b.jpg").write_bytes(b"something else")
    (home / "birds.fewshot").rename(other / "birds.fewshot")
    assert found(other / "birds.fewshot") == (str(home / "a.jpg"), str(home / "query"))


def test_pictures_that_come_after_the_project_are_found_when_it_is_opened_again(home, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (home / "birds.fewshot").rename(new / "birds.fewshot")
    (home / "a.jpg").rename(tmp_path / "on the way.jpg")
    assert found(new / "birds.fewshot") == (str(home / "a.jpg"), str(home / "query"))
    (tmp_path / "on the way.jpg").rename(new / "a.jpg")
    assert found(new / "birds.fewshot") == (str(new / "a.jpg"), str(home / "query"))


def test_what_is_undone_after_a_move_finds_its_picture_too(home, tmp_path):
    with Project.open(home / "birds.fewshot") as project:
        project.remove_examples([project.examples()[0].id])
    home.rename(tmp_path / "new")
    with Project.open(tmp_path / "new" / "birds.fewshot") as project:
        project.undo()
        assert project.examples()[0].path == str(tmp_path / "new" / "a.jpg")

import os
import sqlite3
import threading
from contextlib import closing

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import files
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample
from tests.project.conftest import dump


def edit(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def beside(path):
    return sorted(os.listdir(path.parent))


def test_a_closed_project_is_one_file(project, project_file, add_class):
    add_class("lynx")
    project.close()
    project.close()
    assert beside(project_file) == ["birds.fewshot"]


def test_creating_does_not_overwrite(project, project_file):
    project.close()
    before = project_file.read_bytes()
    with pytest.raises(UserError, match="exists already: open it"):
        Project.create(project_file, "Birds")
    assert project_file.read_bytes() == before
    assert beside(project_file) == ["birds.fewshot"]


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TABLES", (*files.TABLES, "CREATE TABLE reviews (again)"))
    with pytest.raises(sqlite3.OperationalError):
        Project.create(tmp_path / "birds.fewshot", "Birds")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be made.*another place"):
        Project.create(tmp_path / "file" / "birds.fewshot", "Birds")


@pytest.mark.parametrize(
    ("name", "contents", "message"),
    [
        ("missing.fewshot", None, "does not exist.*open it where it is now"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 a picture", r"no fewshot_gui project: choose a \.fewshot file"),
        ("text.fewshot", b"short", "no fewshot_gui project"),
        ("empty.fewshot", b"", "is empty: open a saved copy"),
    ],
)
def test_what_is_no_project_is_told_and_left_alone(tmp_path, name, contents, message):
    path = tmp_path / name
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(UserError, match=message):
        Project.open(path)
    assert os.listdir(tmp_path) == ([name] if contents is not None else [])


def test_a_folder_is_told_from_a_project(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        Project.open(tmp_path)


def test_a_database_of_another_program_is_no_project(tmp_path):
    edit(tmp_path / "other.fewshot", "CREATE TABLE classes (id INTEGER PRIMARY KEY)")
    with pytest.raises(UserError, match="no fewshot_gui project"):
        Project.open(tmp_path / "other.fewshot")


def test_a_project_of_a_newer_version_is_told_and_left_alone(project, project_file):
    project.close()
    edit(project_file, "PRAGMA user_version = 99")
    before = project_file.read_bytes()
    with pytest.raises(UserError, match="made by a newer version of fewshot_gui: install"):
        Project.open(project_file)
    assert project_file.read_bytes() == before


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_damaged_project_is_told(project, project_file, add_class, where):
    for number in range(50):
        add_class(f"class {number}", *map(str, range(20)))
    project.close()
    with project_file.open("r+b") as file:
        file.seek(int(project_file.stat().st_size * where) // 4096 * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(UserError, match="is damaged: open a saved copy of it, or begin a new project"):
        Project.open(project_file)


def test_a_project_that_was_cut_off_is_told(project, project_file):
    project.close()
    os.truncate(project_file, project_file.stat().st_size // 2)
    with pytest.raises(UserError, match="is damaged"):
        Project.open(project_file)


def test_a_full_disk_is_told_and_what_was_saved_stays(project, project_file, add_class):
    lynx = add_class("lynx", "a")
    before = dump(project_file)
    with project._database.read() as connection:  # SQLite's own way to have no more room
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(UserError, match="disk is full: free some space and do it again"):
        project.add_examples(lynx, [NewExample(f"/pictures/{number}") for number in range(2_000)])
    assert dump(project_file) == before
    with project._database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert project.add_examples(lynx, [NewExample("/pictures/b")])


def test_a_file_that_became_read_only_is_told(project, add_class):
    lynx = add_class("lynx")
    with project._database.read() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(UserError, match="may not be written to: copy it to a folder of your own"):
        project.rename_class(lynx, "cat")
    assert project.classes()[0].name == "lynx"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_project_that_may_not_be_written_to_is_told_when_it_is_opened(project, project_file, which):
    project.close()
    locked = project_file if which == "file" else project_file.parent
    locked.chmod(0o555)
    try:
        with pytest.raises(UserError, match="may not be written to"):
            Project.open(project_file)
    finally:
        locked.chmod(0o755)


def test_a_folder_without_permission_is_told(project, project_file, monkeypatch, tmp_path):
    def forbidden(path, *_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", forbidden)  # the superuser may write everywhere, so chmod shows nothing
    for make in (project.save_copy, project.move, lambda path: Project.create(path, "New")):
        with pytest.raises(UserError, match=r"may not be written to: choose another place for the project"):
            make(tmp_path / "elsewhere" / "p.fewshot")
    project.close()
    with pytest.raises(UserError, match=r"may not be written to.*copy it to a folder of your own"):
        Project.open(project_file)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps an open file where it is")
def test_nothing_is_written_to_a_project_that_was_deleted_and_it_can_still_be_copied(
    project, project_file, add_class, tmp_path
):
    add_class("lynx", "a")
    project_file.unlink()
    with pytest.raises(UserError, match=r"no longer there.*save a copy"):
        project.add_class("fox")
    project.save_copy(tmp_path / "saved.fewshot")
    with Project.open(tmp_path / "saved.fewshot") as saved:
        assert [info.name for info in saved.classes()] == ["lynx"]


def test_a_copy_is_the_whole_project_in_one_file(project, project_file, add_class, tmp_path):
    lynx = add_class("lynx", "a")
    project.rename_class(lynx, "cat")
    project.save_copy(tmp_path / "new" / "copy.fewshot")
    assert beside(tmp_path / "new" / "copy.fewshot") == ["copy.fewshot"]
    project.add_class("later")
    with Project.open(tmp_path / "new" / "copy.fewshot") as copy:
        assert [info.name for info in copy.classes()] == ["cat"]
        assert copy.examples() == project.examples()
        copy.undo()
        assert copy.classes()[0].name == "lynx"


def test_a_copy_replaces_a_closed_project_even_one_that_was_cut_off(project, add_class, tmp_path):
    add_class("lynx")
    target = tmp_path / "old.fewshot"
    with Project.create(target, "Old"):
        pass
    (tmp_path / "old.fewshot-wal").write_bytes(b"what a crash left behind")
    project.save_copy(target)
    with Project.open(target) as copy:
        assert (copy.name, len(copy.classes())) == ("Birds", 1)


def test_a_copy_overwrites_neither_an_open_project_nor_any_other_file(project, project_file, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"a picture")
    with pytest.raises(UserError, match="no fewshot_gui project"):
        project.save_copy(photo)
    assert photo.read_bytes() == b"a picture"
    with pytest.raises(UserError, match="itself: choose another name"):
        project.save_copy(project_file)
    with Project.create(tmp_path / "open.fewshot", "Open"), pytest.raises(UserError, match="open in another window"):
        project.save_copy(tmp_path / "open.fewshot")


def test_a_moved_project_goes_on_at_its_new_place_in_all_threads(project, project_file, add_class, tmp_path):
    add_class("lynx", "a")
    go, moved, seen = threading.Event(), threading.Event(), []

    def read_before_and_after():
        seen.append(project.classes()[0].name)
        go.set()
        moved.wait(60)
        seen.append(project.classes()[0].name)

    thread = threading.Thread(target=read_before_and_after)
    thread.start()
    assert go.wait(60)
    project.move(tmp_path / "there" / "new.fewshot")
    moved.set()
    thread.join()
    project.add_class("fox")
    assert seen == ["lynx", "lynx"]
    assert project.path == tmp_path / "there" / "new.fewshot"
    assert not project_file.exists()
    assert beside(project_file) == []
    assert project.examples()[0].path == os.path.abspath("/pictures/a")
    project.close()
    assert beside(project.path) == ["new.fewshot"]
    with Project.open(project.path) as again:
        assert [info.name for info in again.classes()] == ["lynx", "fox"]
        assert again.undo_text == "Add class"


def test_a_move_to_another_disk_copies_and_deletes(project, project_file, add_class, tmp_path, monkeypatch):
    add_class("lynx")

    def other_disk(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", other_disk)
    project.move(tmp_path / "new.fewshot")
    assert [info.name for info in project.classes()] == ["lynx"]
    assert not project_file.exists()


def test_a_move_that_fails_leaves_the_project_open_where_it_was(
    project, project_file, add_class, tmp_path, monkeypatch
):
    add_class("lynx")
    (tmp_path / "taken.fewshot").write_bytes(b"something")
    with pytest.raises(UserError, match="exists already"):
        project.move(tmp_path / "taken.fewshot")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(UserError, match="No space left"):
        project.move(tmp_path / "new.fewshot")
    project.add_class("fox")
    assert (project.path, len(project.classes())) == (project_file, 2)
    assert (tmp_path / "taken.fewshot").read_bytes() == b"something"
    assert sorted(os.listdir(tmp_path)) == ["taken.fewshot", "work"]

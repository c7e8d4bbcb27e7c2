"""A project that is only read: from a window's hands, from where nothing may be written, from an older version."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import database, files, snapshot
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample
from tests.project.conftest import dump
from tests.project.test_migrations import from_0, migrated_by, old_file  # noqa: F401


@pytest.fixture
def filled(project, add_class, tmp_path):
    """An open project with two classes and a folder."""
    add_class("lynx", "a.jpg", "b.jpg")
    add_class("fox", "c.jpg")
    project.set_folder(str(tmp_path))
    project.change_settings(method="protonet", unknown=0.1, seed=3)
    return project


def state_of(folder):
    """Every file of a folder: name, size, time."""
    return [(e.name, e.stat().st_size, e.stat().st_mtime_ns) for e in sorted(os.scandir(folder), key=lambda e: e.name)]


def test_an_open_project_is_read_as_it_is_and_stays_so(filled, project_file):
    before = state_of(project_file.parent)
    seen = snapshot.read(project_file)
    assert state_of(project_file.parent) == before
    assert (seen.name, seen.folder, seen.settings) == ("Birds", filled.folder(), filled.settings())
    assert (seen.classes, seen.examples) == (filled.classes(), filled.examples())
    filled.add_class("owl")
    assert [info.name for info in snapshot.read(project_file).classes] == ["lynx", "fox", "owl"]


def test_on_a_network_drive_a_project_is_not_read_in_the_middle_of_a_change(monkeypatch, project_file):
    monkeypatch.setattr(files, "on_network", lambda path: True)
    monkeypatch.setattr(database, "on_network", lambda path: True)
    Project.create(project_file, "Birds").close()
    with Project.open(project_file) as project:
        project.add_class("lynx")
        with project._database.write() as connection:
            connection.execute("INSERT INTO classes (name, colour, position) VALUES ('half', 1, 1)")
            assert [info.name for info in snapshot.read(project_file).classes] == ["lynx"]


def test_a_closed_project_is_read_and_nothing_is_left_beside_it(filled, project_file):
    filled.close()
    kept = dump(project_file)
    before = state_of(project_file.parent)
    assert len(snapshot.read(project_file).examples) == 3
    assert state_of(project_file.parent) == before
    assert dump(project_file) == kept


def test_a_project_that_was_moved_with_its_pictures_finds_them_without_noting_it(tmp_path):
    home = tmp_path / "first"
    home.mkdir()
    (home / "a.jpg").write_bytes(b"a")
    with Project.create(home / "p.fewshot", "P") as project:
        info, _ = project.add_class("lynx")
        project.add_examples(info.id, [NewExample(str(home / "a.jpg"))])
    shutil.move(home, tmp_path / "second")
    moved = tmp_path / "second" / "p.fewshot"
    before = moved.read_bytes()
    assert [example.path for example in snapshot.read(moved).examples] == [str(tmp_path / "second" / "a.jpg")]
    assert moved.read_bytes() == before


def test_a_project_of_an_older_version_is_read_and_stays_of_that_version(old_file, migrated_by):  # noqa: F811
    migrated_by({0: from_0})
    before = old_file.read_bytes()
    assert [info.name for info in snapshot.read(old_file).classes] == ["lynx", "fox"]
    assert old_file.read_bytes() == before


def newer(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def damaged(path):
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])


def foreign(path):
    path.write_bytes(b"no project" * 100)


@pytest.mark.parametrize(
    ("spoil", "words"), [(newer, "newer version"), (damaged, "is damaged"), (foreign, "is no fewshot_gui project")]
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(filled, project_file, spoil, words):
    filled.close()
    spoil(project_file)
    with pytest.raises(UserError, match=words):
        snapshot.read(project_file)


def test_a_project_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        snapshot.read(tmp_path / "gone.fewshot")

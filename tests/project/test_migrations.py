import sqlite3
from contextlib import closing

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import files, migrations
from fewshot_gui.project.schema import APPLICATION_ID, TABLES, VERSION
from fewshot_gui.project.store import Project

# What the tables might have been before version 1: classes without colours, and examples with bare paths.
VERSION_0 = """
CREATE TABLE classes (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE examples (id INTEGER PRIMARY KEY, class_id INTEGER, path TEXT);
INSERT INTO classes VALUES (3, 'lynx'), (8, 'fox');
INSERT INTO examples VALUES (1, 3, '/pictures/a.jpg'), (2, 8, '/pictures/b.jpg');
"""


def from_0(connection):
    for table in ("classes", "examples"):
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO classes SELECT id, name, id, id FROM old_classes")
    connection.execute("INSERT INTO places (id, absolute) SELECT id, path FROM old_examples")
    connection.execute("INSERT INTO examples SELECT id, class_id, id, NULL, 'file' FROM old_examples")
    connection.execute("DROP TABLE old_classes")
    connection.execute("DROP TABLE old_examples")


@pytest.fixture
def old_file(tmp_path):
    path = tmp_path / "old.fewshot"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_0)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    return path


@pytest.fixture
def migrated_by(monkeypatch):
    """Sets the migrations that opening a project runs."""

    def by(functions):
        monkeypatch.setattr(files, "migrate", lambda connection, path: migrations.migrate(connection, path, functions))

    return by


def test_every_migration_has_a_test_and_leads_from_one_version_to_the_next():
    assert list(migrations.MIGRATIONS) == list(range(1, VERSION))
    tests = [name for name in globals() if name.startswith("test_a_file_of_version_")]
    assert all(any(f"version_{version}_" in name for name in tests) for version in migrations.MIGRATIONS)


def test_a_file_of_version_0_is_brought_up_to_date_and_goes_on_as_a_project(old_file, migrated_by):
    migrated_by({0: from_0})
    with Project.open(old_file) as project:
        assert [(info.id, info.name) for info in project.classes()] == [(3, "lynx"), (8, "fox")]
        assert [example.path for example in project.examples()] == ["/pictures/a.jpg", "/pictures/b.jpg"]
        project.merge_classes([3], 8)
        project.undo()
        assert len(project.classes()) == 2
    migrated_by({})
    with Project.open(old_file) as project:
        assert len(project.classes()) == 2


def test_a_migration_that_fails_leaves_the_file_as_it_was(old_file, migrated_by):
    def broken(connection):
        from_0(connection)
        raise RuntimeError("half way")

    before = old_file.read_bytes()
    migrated_by({0: broken})
    with pytest.raises(RuntimeError):
        Project.open(old_file)
    with closing(sqlite3.connect(old_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
        assert connection.execute("SELECT name FROM classes").fetchall() == [("lynx",), ("fox",)]
    assert len(old_file.read_bytes()) == len(before)


def test_a_migration_that_leaves_lost_references_is_refused(old_file, migrated_by):
    def careless(connection):
        from_0(connection)
        connection.execute("DELETE FROM classes")

    migrated_by({0: careless})
    with pytest.raises(UserError, match="contradicts itself"):
        Project.open(old_file)
    migrated_by({0: from_0})
    with Project.open(old_file) as project:
        assert len(project.classes()) == 2


def test_a_version_that_nobody_knows_is_told(old_file):
    with pytest.raises(UserError, match="unknown version"):
        Project.open(old_file)

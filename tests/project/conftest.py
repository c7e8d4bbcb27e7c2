"""A project of its own for every test, and all that lies in one."""

import sqlite3
from contextlib import closing

import pytest

from fewshot_gui.project.schema import JOURNALLED
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """Recent projects and new ones of this test alone."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(folder))
    return folder


@pytest.fixture
def project_file(tmp_path):
    return tmp_path / "work" / "birds.fewshot"


@pytest.fixture
def project(project_file):
    with Project.create(project_file, "Birds") as made:
        yield made


@pytest.fixture
def add_class(project):
    """Makes a class with examples of these file names; gives its id."""

    def made(name, *files):
        info, _ = project.add_class(name)
        project.add_examples(info.id, [NewExample(f"/pictures/{file}") for file in files])
        return info.id

    return made


def dump(path):
    """All that undo is about, read from the file by other means than the project's."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}").fetchall()
            for table, columns in JOURNALLED.items()
        }


def example_ids(project, class_id):
    return [example.id for example in project.examples() if example.class_id == class_id]


def files_of(project, class_id):
    return [example.path.rsplit("/", 1)[-1] for example in project.examples() if example.class_id == class_id]

import json

import pytest

from fewshot_gui.project.recent import forget, recent_projects, remember
from fewshot_gui.project.store import Project


def names():
    return [entry.name for entry in recent_projects()]


@pytest.fixture
def projects(tmp_path):
    made = [Project.create(tmp_path / f"{name}.fewshot", name) for name in ("a", "b", "c")]
    yield made
    for project in made:
        project.close()


def test_the_project_opened_last_comes_first_and_only_once(projects):
    for project in (*projects, projects[1]):
        remember(project)
    assert names() == ["b", "c", "a"]


def test_a_project_is_listed_with_the_name_and_folder_it_has_now(projects, tmp_path):
    remember(projects[0])
    projects[0].rename("Birds")
    projects[0].set_folder(str(tmp_path))
    remember(projects[0])
    (entry,) = recent_projects()
    assert (entry.path, entry.name, entry.folder) == (str(projects[0].path), "Birds", str(tmp_path))


def test_a_project_that_is_gone_is_not_listed(projects):
    for project in projects:
        remember(project)
    projects[2].close()
    projects[2].path.unlink()
    forget(projects[1].path)
    assert names() == ["a"]


@pytest.mark.parametrize("text", ["", "{", "3", "[1, {}]", '[{"path": "x", "name": "y", "folder": 1, "opened": "z"}]'])
def test_a_damaged_list_is_no_list_and_is_written_anew(data_folder, projects, text):
    data_folder.mkdir()
    (data_folder / "recent.json").write_text(text)
    assert recent_projects() == ()
    remember(projects[0])
    assert names() == ["a"]
    assert [path.name for path in data_folder.iterdir()] == ["recent.json"]


def test_a_list_that_cannot_be_written_is_done_without(data_folder, projects):
    data_folder.write_text("a file where the folder should be")
    remember(projects[0])
    assert recent_projects() == ()


def test_the_list_ends_somewhere(projects, data_folder):
    remember(projects[0])
    file = data_folder / "recent.json"
    (entry,) = json.loads(file.read_text())
    file.write_text(json.dumps([entry | {"path": f"{entry['path']}{number}"} for number in range(200)]))
    remember(projects[1])
    assert len(json.loads(file.read_text())) == 50

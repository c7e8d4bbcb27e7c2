import os
import subprocess
import sys

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import lock as module
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.store import Project

OTHER_WINDOW = """
import sys
from pathlib import Path
from fewshot_gui.project.store import Project
project = Project.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_window_on_the_same_project_is_told(project, project_file, tmp_path):
    link = tmp_path / "link.fewshot"
    link.symlink_to(project_file)
    for path in (project_file, link):
        with pytest.raises(UserError, match="open in another window: go on there, or close it first"):
            Project.open(path)
    project.add_class("lynx")
    project.close()
    with Project.open(link) as again:
        assert len(again.classes()) == 1


def test_a_crashed_window_leaves_no_lock(project, project_file):
    project.close()
    running = subprocess.Popen(
        [sys.executable, "-c", OTHER_WINDOW, str(project_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert running.stdout.readline() == b"open\n"
    with pytest.raises(UserError, match="open in another window"):
        Project.open(project_file)
    running.kill()
    running.communicate()
    with Project.open(project_file) as again:
        assert again.name == "Birds"


def test_a_lock_whose_file_was_deleted_meanwhile_is_taken_on_the_new_one(tmp_path, monkeypatch):
    path = tmp_path / "birds.fewshot"
    first = ProjectLock(path)
    take = module._take

    def let_go_in_between(file):
        monkeypatch.setattr(module, "_take", take)
        first.release()
        take(file)

    monkeypatch.setattr(module, "_take", let_go_in_between)
    second = ProjectLock(path)
    assert os.path.exists(f"{path}-lock")
    with pytest.raises(UserError, match="open in another window"):
        ProjectLock(path)
    second.release()
    assert os.listdir(tmp_path) == []


def test_a_drive_without_locks_does_not_keep_the_project_shut(tmp_path, monkeypatch):
    def unknown(file):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(module, "_take", unknown)
    with Project.create(tmp_path / "birds.fewshot", "Birds") as project:
        assert project.name == "Birds"

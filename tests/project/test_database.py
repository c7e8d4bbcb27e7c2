import gc
import itertools
import os
import sqlite3
import threading
from contextlib import closing

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import database, files
from fewshot_gui.project.database import FairLock
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import PictureFile


def in_threads(*functions):
    """Runs the functions at the same time; raises what any of them raised."""
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_threads_read_and_write_at_the_same_time(project):
    def write(name):
        for _ in range(30):
            project.add_class(name)

    def read():
        for _ in range(60):
            found = project.classes()  # once: between two readings another thread may add a class
            assert len({info.name for info in found}) == len(found)

    def store():
        for count in range(10):
            project.set_pictures([PictureFile(str(number), 1, 1) for number in range(count)])

    in_threads(lambda: write("a"), lambda: write("b"), read, store)
    assert len(project.classes()) == 60
    assert len(project.pictures()) == 9
    while project.undo():
        pass
    assert project.classes() == ()


def test_a_thread_that_ends_leaves_no_connection_open(project):
    in_threads(*[project.classes] * 4)
    gc.collect()
    assert len(project._database._all) == 0
    project.classes()
    assert len(project._database._all) == 1


def test_a_closed_project_says_so_instead_of_crashing(project):
    project.add_class("lynx")
    project.close()
    for action in (project.classes, project.undo, lambda: project.add_class("x"), project.checkpoint):
        with pytest.raises(UserError, match="was closed: open it again"):
            action()


def test_closing_while_other_threads_work_ends_them_with_a_sentence(project):
    started = threading.Barrier(4)

    def for_ever(action):
        while True:
            action()

    def work(action):
        started.wait()
        with pytest.raises(UserError, match="was closed"):
            for_ever(action)

    def close():
        started.wait()
        project.close()

    in_threads(lambda: work(lambda: project.add_class("x")), *[lambda: work(project.classes)] * 2, close)


def test_a_lock_goes_to_whoever_waits_longest():
    lock, order, waiting = FairLock(), [], []

    def take(name):
        with lock:
            order.append(name)

    with lock:
        for name in "abc":
            waiting.append(threading.Thread(target=take, args=(name,)))
            waiting[-1].start()
            while len(lock._waiting) < len(waiting):
                pass
    take("d")
    for thread in waiting:
        thread.join()
    assert order == ["a", "b", "c", "d"]


def test_a_local_project_has_a_write_ahead_log_that_an_idle_moment_writes_back(project, project_file, add_class):
    add_class("lynx", "a")
    with closing(sqlite3.connect(project_file)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    before = project_file.read_bytes()
    project.checkpoint()
    assert project_file.read_bytes() != before


def test_on_a_network_drive_there_is_no_write_ahead_log(project, project_file, add_class, monkeypatch):
    add_class("lynx")
    project.close()
    for module in (database, files):
        monkeypatch.setattr(module, "on_network", lambda path: True)
    numbers = itertools.count()
    monkeypatch.setattr(database, "_identity", lambda path: (0, next(numbers)))  # as some of them do
    with Project.open(project_file) as moved:
        moved.add_class("fox")
        in_threads(moved.classes, lambda: moved.add_class("owl"))
        assert not os.path.exists(f"{project_file}-wal")
        with closing(sqlite3.connect(project_file)) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        moved.checkpoint()
        assert moved.undo()


def test_a_large_log_is_written_back_by_the_job_that_made_it(project, project_file, monkeypatch):
    monkeypatch.setattr(database, "_LOG_BYTES", 100_000)
    before = project_file.stat().st_size
    project.set_pictures([PictureFile(f"{number}.jpg", 1, 1) for number in range(5_000)])
    assert project_file.stat().st_size > before + 100_000

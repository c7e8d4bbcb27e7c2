"""Cyclic garbage: when it is collected, and in which thread."""

import gc
import threading
import weakref

import pytest

from fewshot_gui.ui.garbage import Garbage


class Cycle:
    """Something that only a collection can end; threads: where it was."""

    def __init__(self, threads=None):
        self.self = self
        if threads is not None:
            weakref.finalize(self, lambda: threads.append(threading.get_ident()))


class Worker:
    """Whether a worker imports modules now."""

    importing = False


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def garbage(qapp, worker):
    found = Garbage(lambda: worker.importing)
    found.start()
    yield found
    found.stop()


def many():
    return [[] for _ in range(2000)]


def test_garbage_that_a_worker_leaves_is_collected_in_the_gui_thread(qtbot, garbage):
    threads = []

    def work():
        for _ in range(2000):
            Cycle(threads)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert threads == []
    qtbot.waitUntil(lambda: len(threads) == 2000)
    assert set(threads) == {threading.get_ident()}


def test_nothing_is_collected_while_a_worker_imports(garbage, worker):
    worker.importing = True
    ended = weakref.ref(Cycle())
    kept = many()
    garbage.collect()
    assert ended() is not None
    assert kept


def test_what_an_import_has_made_is_not_looked_at_again(garbage, worker):
    worker.importing = True
    garbage.collect()
    kept = many()
    before = gc.get_freeze_count()
    worker.importing = False
    garbage.collect()
    assert gc.get_freeze_count() >= before + len(kept)


def test_at_its_end_python_collects_by_itself_again(qapp, worker):
    garbage = Garbage(lambda: False)
    garbage.start()
    assert not gc.isenabled()
    garbage.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from fewshot_gui.engine import threads
from fewshot_gui.engine.threads import one_core, single_core_pool


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def embedding_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("embed")]


def test_each_thread_of_the_pool_uses_one_core_and_the_caller_keeps_its_own():
    before = torch.get_num_threads()
    with single_core_pool() as (pool, number):
        assert [pool.submit(torch.get_num_threads).result() for _ in range(2 * number)] == [1] * 2 * number
        assert number == torch.get_num_threads() == before
    assert not embedding_threads()


def test_a_thread_begun_while_another_is_on_one_core_uses_all(two_threads):
    with one_core():
        assert torch.get_num_threads() == 1
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(torch.get_num_threads).result() == 2
        with one_core():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_a_signal_while_the_threads_start_leaves_none_behind(monkeypatch):
    class Interrupted(threading.Barrier):
        """Ctrl-C reaches the main thread while it waits for the others."""

        def wait(self, timeout=None):
            if threading.current_thread() is threading.main_thread():
                raise KeyboardInterrupt
            return super().wait(timeout)

    before = torch.get_num_threads()
    monkeypatch.setattr(threads.threading, "Barrier", Interrupted)
    with pytest.raises(KeyboardInterrupt), single_core_pool():
        pytest.fail("the pool must not be handed out")
    assert not embedding_threads()
    assert torch.get_num_threads() == before

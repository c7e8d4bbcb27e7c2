"""Runs: what a job yields, its one end, pause, cancel, late answers."""

import gc
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.ui.runner import BATCHES_PER_SECOND, Runner


@pytest.fixture
def runner(qapp):
    found = Runner()
    yield found
    assert found.close()


class Heard:
    """Everything a run told."""

    def __init__(self):
        self.batches, self.ends = [], []

    def listen(self, run):
        run.yielded.connect(self.batches.append)
        run.succeeded.connect(lambda value: self.ends.append(("succeeded", value)))
        run.failed.connect(lambda error: self.ends.append(("failed", error)))
        run.cancelled.connect(lambda: self.ends.append(("cancelled",)))
        run.ended.connect(lambda: self.ends.append(("ended",)))

    @property
    def yields(self):
        return [event for batch in self.batches for event in batch]


@pytest.fixture
def heard():
    return Heard()


def counting(to, result="done"):
    yield from range(to)
    return result


def waiting(event):
    """Yields until the event is set."""
    while not event.wait(0.005):
        yield "waiting"
    yield "set"
    return "late"


def over(heard):
    return lambda: ("ended",) in heard.ends


def test_all_yields_arrive_in_order_then_the_result_then_the_end(qtbot, runner, heard):
    runner.start("count", counting(1000), heard.listen)
    qtbot.waitUntil(over(heard))
    assert heard.yields == list(range(1000))
    assert heard.ends == [("succeeded", "done"), ("ended",)]


def test_yields_are_handed_over_in_few_batches(qtbot, runner, heard):
    def quick():
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            yield 1

    runner.start("quick", quick(), heard.listen)
    qtbot.waitUntil(over(heard))
    assert len(heard.yields) > 1000
    assert len(heard.batches) <= 0.5 * BATCHES_PER_SECOND + 4


def test_a_job_runs_in_another_thread_and_tells_in_this_one(qtbot, runner):
    threads = []

    def job():
        yield threading.get_ident()

    run = runner.start("where", job(), lambda run: run.yielded.connect(lambda b: threads.append(threading.get_ident())))
    with qtbot.waitSignal(run.ended):
        pass
    assert threads == [threading.get_ident()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows the niceness of a thread")
def test_workers_and_the_threads_they_begin_stand_behind_the_gui_thread(qtbot, runner, heard):
    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def job():
        yield niceness()
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(niceness).result()

    for _ in range(2):  # no further with every run
        runner.start("where", job(), heard.listen)
        qtbot.waitUntil(over(heard))
        heard.ends.clear()
    assert heard.yields == [min(19, niceness() + 10)] * 4


def test_an_error_is_one_end(qtbot, runner, heard):
    def job():
        yield 1
        raise UserError("no")

    runner.start("fails", job(), heard.listen)
    qtbot.waitUntil(over(heard))
    assert heard.yields == [1]
    assert [end[0] for end in heard.ends] == ["failed", "ended"]
    assert str(heard.ends[0][1]) == "no"


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), MemoryError()])
def test_even_an_error_that_is_meant_for_the_process_is_an_end(qtbot, runner, heard, error):
    def job():
        raise error
        yield

    runner.start("fails", job(), heard.listen)
    qtbot.waitUntil(over(heard))
    assert heard.ends[0] == ("failed", error)


def test_cancelling_closes_the_job_in_its_own_thread(qtbot, runner, heard):
    closed_in = []

    def job():
        try:
            while True:
                yield time.sleep(0.002)
        finally:
            closed_in.append(threading.current_thread().name)

    run = runner.start("long", job(), heard.listen)
    qtbot.waitUntil(lambda: bool(heard.yields))
    run.cancel()
    qtbot.waitUntil(over(heard))
    assert heard.ends == [("cancelled",), ("ended",)]
    assert closed_in == ["run-long"]


def test_a_job_that_returned_before_it_noticed_the_cancelling_succeeded(qtbot, runner, heard):
    inside, leave = threading.Event(), threading.Event()

    def job():
        inside.set()
        leave.wait(5)
        return "kept"
        yield

    run = runner.start("last", job(), heard.listen)
    assert inside.wait(5)
    run.cancel()
    leave.set()
    qtbot.waitUntil(over(heard))
    assert heard.ends == [("succeeded", "kept"), ("ended",)]


def test_a_run_that_is_cancelled_before_its_thread_runs_does_nothing(qtbot, runner, heard):
    done = []

    def job():
        done.append(1)
        yield

    runner.start("early", job(), lambda run: (heard.listen(run), run.cancel()))
    qtbot.waitUntil(over(heard))
    assert heard.ends == [("cancelled",), ("ended",)]
    assert done == []


def test_a_paused_job_is_asked_for_nothing(qtbot, runner, heard):
    asked = []

    def job():
        while True:
            asked.append(1)
            yield time.sleep(0.001)

    run = runner.start("long", job(), heard.listen)
    qtbot.waitUntil(lambda: bool(heard.yields))
    run.pause()
    assert run.is_paused
    qtbot.wait(50)
    before = len(asked)
    qtbot.wait(100)
    assert len(asked) == before
    run.pause(False)
    qtbot.waitUntil(lambda: len(asked) > before)
    run.cancel()
    qtbot.waitUntil(over(heard))


def test_a_paused_job_can_be_cancelled(qtbot, runner, heard):
    run = runner.start("long", waiting(threading.Event()), heard.listen)
    run.pause()
    run.cancel()
    qtbot.waitUntil(over(heard))
    assert heard.ends[0] == ("cancelled",)


def test_a_new_run_of_a_kind_silences_the_old_one(qtbot, runner, heard):
    late, new = threading.Event(), Heard()
    old = runner.start("adapt", waiting(late), heard.listen)
    qtbot.waitUntil(lambda: bool(heard.yields))
    runner.start("adapt", counting(3, "new"), new.listen)
    told = len(heard.batches)
    late.set()
    qtbot.waitUntil(over(new))
    assert old.wait(5)
    qtbot.wait(50)
    assert len(heard.batches) == told
    assert heard.ends == []
    assert new.ends == [("succeeded", "new"), ("ended",)]


def test_a_result_that_is_on_its_way_when_the_run_is_dropped_is_not_heard(qtbot, runner, heard):
    run = runner.start("adapt", counting(3), heard.listen)
    assert run.wait(5)  # its thread is over, but nothing has been delivered yet
    runner.drop("adapt")
    qtbot.wait(50)
    assert heard.batches == heard.ends == []


def test_runs_of_different_kinds_go_side_by_side(qtbot, runner):
    first, second, stop = Heard(), Heard(), threading.Event()
    runner.start("one", waiting(stop), first.listen)
    runner.start("two", counting(2), second.listen)
    qtbot.waitUntil(over(second))
    assert first.ends == []
    stop.set()
    qtbot.waitUntil(over(first))


def test_the_runner_knows_what_runs(qtbot, runner, heard):
    stop = threading.Event()
    run = runner.start("one", waiting(stop), heard.listen)
    assert runner.run("one") is run
    stop.set()
    qtbot.waitUntil(over(heard))
    qtbot.waitUntil(lambda: runner.run("one") is None)


def test_a_run_started_by_the_end_of_its_predecessor_is_known(qtbot, runner, heard):
    new = Heard()
    runner.start(
        "one", counting(1), lambda run: run.succeeded.connect(lambda _: runner.start("one", counting(1), new.listen))
    )
    qtbot.waitUntil(over(new))
    assert runner.run("one") is None


def test_closing_waits_for_the_jobs_to_leave(qtbot, runner, heard):
    left = []

    def job():
        try:
            while True:
                yield time.sleep(0.002)
        finally:
            left.append(1)

    runner.start("long", job(), heard.listen)
    qtbot.waitUntil(lambda: bool(heard.yields))
    assert runner.close()
    assert left == [1]
    assert heard.ends == []


def test_closing_does_not_wait_for_ever(qtbot, qapp):
    runner, leave = Runner(), threading.Event()

    def deaf():
        leave.wait(20)
        yield

    runner.start("deaf", deaf())
    before = time.monotonic()
    assert not runner.close(0.1)
    assert time.monotonic() - before < 1
    leave.set()
    assert runner.close()


def test_thousands_of_signals_leave_true_and_none_as_they_were(qtbot, runner, heard):
    def job():
        for _ in range(3000):
            yield None
            time.sleep(0)

    gc.collect()
    before = sys.getrefcount(None)
    run = runner.start("refs", job())
    for _ in range(2000):
        run.yielded.emit(None)
    qtbot.waitUntil(lambda: run.is_over)
    assert abs(sys.getrefcount(None) - before) < 1500

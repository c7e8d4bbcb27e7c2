"""Pictures per second as the foot shows them: slow pictures are work, pauses are not."""

import pytest

from fewshot_gui.jobs import ordered
from fewshot_gui.jobs.ordered import Rate
from tests.jobs.tasks import finished


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(ordered.time, "perf_counter", clock)
    return clock


def work(clock, rate, chunks, seconds, pictures):
    """A run that tells its rate after each chunk."""
    for number in range(chunks):
        clock.now += seconds
        yield rate(pictures * (number + 1))


@pytest.mark.parametrize("seconds", [0.01, 0.9, 1.1, 4.0, 30.0])
def test_the_rate_is_right_however_long_a_chunk_takes(clock, seconds):
    rate = Rate()
    assert list(rate.working(work(clock, rate, 6, seconds, 8)))[-1] == pytest.approx(8 / seconds)


def test_a_pause_is_no_work(clock):
    rate, rates = Rate(), []
    for told in rate.working(work(clock, rate, 6, 2.0, 8)):
        rates.append(told)
        clock.now += 60.0
    assert rates == pytest.approx([4.0] * 6)


def test_the_result_and_the_end_are_those_of_the_run(clock):
    rate, ended = Rate(), []

    def run():
        try:
            yield from work(clock, rate, 3, 1.0, 1)
            return 7
        finally:
            ended.append(True)

    assert finished(rate.working(run())) == (7, [])
    events = rate.working(run())
    next(events)
    events.close()
    assert ended == [True, True]

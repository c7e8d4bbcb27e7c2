"""Pictures per second: of random pictures, and as a run went."""

import threading
from dataclasses import replace

import pytest
import torch

from fewshot_gui.engine import embed, speed
from fewshot_gui.engine.speed import Meter, measured
from tests.engine.factories import tiny_model
from tests.engine.test_embed import Pictures

CPU = torch.device("cpu")


class Clock:
    """A time that only passes when it is told to, for each thread on its own."""

    def __init__(self):
        self.of_thread = threading.local()

    def __call__(self):
        return getattr(self.of_thread, "now", 0.0)

    def pass_(self, seconds):
        self.of_thread.now = self() + seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(speed.time, "perf_counter", clock)
    return clock


@pytest.fixture(params=[1, 2])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def taking(clock, seconds):
    """A model whose pictures take so long each, and the sizes of its batches."""
    tiny, sizes = tiny_model(), []
    model = replace(tiny, network=tiny.fast)  # folded already, which runs a picture through

    def took(_, given):
        sizes.append(len(given[0]))
        clock.pass_(seconds * len(given[0]))

    model.network.register_forward_pre_hook(took)
    return model, sizes


@pytest.mark.parametrize(("seconds", "batch"), [(0.01, 8), (0.25, 3), (5.0, 1)])
def test_a_speed_is_pictures_by_seconds_on_all_threads(clock, threads, seconds, batch):
    model, sizes = taking(clock, seconds)
    assert measured(model, 1.5) == pytest.approx(threads / seconds)
    assert set(sizes) == {1, batch}
    assert sum(sizes) * seconds / threads <= max(3.0, 3 * seconds) + 1e-6


def test_every_view_takes_its_time(clock, threads):
    model, _ = taking(clock, 0.01)
    preprocessing = replace(model.config.preprocessing, views=("whole", "flip"))
    both = replace(model, config=replace(model.config, preprocessing=preprocessing))
    assert measured(both, 1.5) == pytest.approx(threads / 0.02)


def test_a_run_tells_its_speed_once_whole_chunks_took_long_enough():
    meter = Meter(CPU)
    meter(1, 30.0)  # the first ones are small, and slow
    assert meter.per_second is None
    meter(8, 0.6)
    assert meter.per_second is None
    meter(8, 0.4)
    assert meter.per_second == pytest.approx(16.0)


def test_a_stream_times_the_passes_and_not_the_reading(threads):
    heard = []
    stream = embed.embed_stream(tiny_model(), Pictures(60), timed=lambda *pass_: heard.append(pass_))
    assert sum(len(chunk) for chunk in stream) == 60
    assert sum(pictures for pictures, _ in heard) == 60 - 60 // 7
    assert all(seconds > 0 for _, seconds in heard)


def test_passes_on_the_cpu_share_the_cores(monkeypatch, threads):
    times = iter([0.0, 1.0])
    monkeypatch.setattr(embed.time, "perf_counter", lambda: next(times))
    heard = []
    list(embed.embed_stream(tiny_model(), Pictures(1), timed=lambda *pass_: heard.append(pass_)))
    assert heard == [(1, 1.0 / threads)]

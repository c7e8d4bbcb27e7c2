import gc
import itertools
import threading

import numpy as np
import pytest
import torch

from fewshot_gui.engine.embed import Known, chunk_ranges, embed_stream, stream
from fewshot_gui.errors import UserError
from fewshot_gui.types import Picture, Unreadable
from tests.engine.factories import tiny_model


class Pictures:
    """Random pictures of several sizes, every seventh unreadable; counts what is alive and what was read."""

    def __init__(self, n, seed=0, side=40):
        chance = np.random.default_rng(seed)
        self.pixels = [chance.integers(0, 256, (side + i % 5, side + i % 3, 3), np.uint8) for i in range(min(n, 64))]
        self.n = n
        self.read_by = []
        self.in_flight = 0

    def __len__(self):
        return self.n

    def read(self, index, at_least):
        assert at_least == 64
        self.read_by.append((index, threading.get_ident(), torch.get_num_threads()))
        if index % 7 == 6:
            return Unreadable(f"{index}.jpg", "is damaged")
        return Picture(self.pixels[index % len(self.pixels)], f"{index:032x}")


@pytest.fixture
def model():
    return tiny_model()


@pytest.fixture(autouse=True)
def two_cores():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def alone(model, pictures, index):
    picture = model.config.preprocessing.resize(pictures.pixels[index % len(pictures.pixels)])
    return model.embed(picture.unsqueeze(0))[0]


def by_index(chunks):
    rows = {}
    for chunk in chunks:
        rows.update(zip((chunk.start + place for place in chunk.readable), chunk.rows, strict=True))
    return rows


def test_chunks_come_in_order_and_leave_nothing_out(model):
    chunks = list(embed_stream(model, Pictures(100)))
    assert [chunk.start for chunk in chunks] == [0, *itertools.accumulate(len(c) for c in chunks[:-1])]
    assert sum(len(chunk) for chunk in chunks) == 100
    assert len(chunks[0]) == 1


def test_every_row_is_the_pictures_own_embedding_in_float16(model):
    pictures = Pictures(50)
    rows = by_index(embed_stream(model, pictures))
    assert sorted(rows) == [index for index in range(50) if index % 7 != 6]
    for index, row in rows.items():
        assert row.dtype == torch.float16
        torch.testing.assert_close(row.float(), alone(model, pictures, index), rtol=2e-3, atol=1e-3)


def test_a_picture_that_cannot_be_read_is_a_value_with_its_place(model):
    chunks = list(embed_stream(model, Pictures(20)))
    found = {chunk.start + place: value for chunk in chunks for place, value in chunk.unreadable.items()}
    assert found == {index: Unreadable(f"{index}.jpg", "is damaged") for index in (6, 13)}
    contents = [content for chunk in chunks for content in chunk.contents]
    assert contents == [None if index % 7 == 6 else f"{index:032x}" for index in range(20)]


def test_the_same_picture_has_the_same_embedding_whatever_the_batch_and_order(model):
    pictures = Pictures(60)
    preprocessing = model.config.preprocessing
    batch = torch.stack([preprocessing.resize(pixels) for pixels in pictures.pixels])
    together = model.embed(batch)
    backwards = model.embed(batch.flip(0)).flip(0)
    for rows in (backwards, torch.cat([model.embed(part) for part in batch.split(7)])):
        torch.testing.assert_close(rows, together, rtol=1e-5, atol=1e-6)


def test_known_rows_are_handed_on_and_never_embedded(model, monkeypatch):
    class HalfKnown(Pictures):
        def read(self, index, at_least):
            if index % 2:
                return Known(f"{index:032x}", np.full(model.config.embedding_size, index, np.float16))
            return super().read(index, at_least)

    embedded = []
    embed = type(model).embed
    monkeypatch.setattr(type(model), "embed", lambda self, x: embedded.append(len(x)) or embed(self, x))
    rows = by_index(embed_stream(model, HalfKnown(30)))
    assert sum(embedded) == sum(index % 2 == 0 and index % 7 != 6 for index in range(30))
    assert all((rows[index] == index).all() for index in range(1, 30, 2))
    assert not (rows[2] == 2).all()


def test_a_source_without_any_readable_picture_gives_empty_rows(model):
    class Nothing(Pictures):
        def read(self, index, at_least):
            return Unreadable("x", "is empty")

    assert [len(chunk.rows) for chunk in embed_stream(model, Nothing(3))] == [0, 0, 0]
    assert list(embed_stream(model, Pictures(0))) == []


def test_each_thread_uses_one_core_and_the_callers_number_stays(model):
    pictures = Pictures(200)
    list(embed_stream(model, pictures))
    assert {cores for _, _, cores in pictures.read_by} == {1}
    assert threading.get_ident() not in {thread for _, thread, _ in pictures.read_by}
    fresh = []
    thread = threading.Thread(target=lambda: fresh.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert fresh == [2]


def test_memory_is_bounded_because_reading_waits_for_the_reader(model):
    pictures = Pictures(10_000)
    chunks = embed_stream(model, pictures)
    handed_out = 0
    for chunk in itertools.islice(chunks, 20):
        handed_out += len(chunk)
        assert len(pictures.read_by) - handed_out <= 8 * 4
    chunks.close()


def test_closing_ends_the_reading_and_the_threads(model):
    before = threading.active_count()
    pictures = Pictures(10_000)
    chunks = embed_stream(model, pictures)
    next(chunks)
    chunks.close()
    assert threading.active_count() == before
    assert len(pictures.read_by) < 100


def test_an_error_while_reading_reaches_the_caller_and_ends_the_threads(model):
    class Broken(Pictures):
        def read(self, index, at_least):
            if index == 9:
                raise ZeroDivisionError
            return super().read(index, at_least)

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        list(embed_stream(model, Broken(100)))
    gc.collect()
    assert threading.active_count() == before


def test_short_memory_halves_the_batch_and_says_so(model):
    sentences = []

    def forward(batch, device):
        if len(batch) > 4:
            raise torch.OutOfMemoryError("out of memory")
        return batch.flatten(1)[:, :3].float()

    pictures = Pictures(60)
    rows = by_index(stream(pictures, model.config.preprocessing, forward, model.device, tell=sentences.append))
    assert len(rows) == 52
    assert any("pictures at a time" in sentence for sentence in sentences)


def test_no_memory_even_for_one_picture_is_a_user_error(model):
    def forward(batch, device):
        raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(UserError, match="memory is used up"):
        list(stream(Pictures(5), model.config.preprocessing, forward, model.device))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 100, 1001])
@pytest.mark.parametrize("threads", [1, 2, 5, 64])
def test_chunks_cut_the_source_without_gap(n, threads):
    chunks = list(chunk_ranges(n, threads, 16))
    assert [index for chunk in chunks for index in chunk] == list(range(n))
    assert all(0 < len(chunk) <= 16 for chunk in chunks)
    assert not chunks or len(chunks[0]) == 1

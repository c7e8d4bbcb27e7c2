import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.project.cache_store import FileKey

D = 4
OLD_NS = 1_000_000_000_000_000_000  # a time long before now: 2001


@pytest.fixture
def told():
    return []


@pytest.fixture
def open_cache(tmp_path, told):
    def opened(folder=tmp_path / "cache", weights="w", preprocessing="p", dimension=D, **options):
        cache = EmbeddingCache(
            folder, weights=weights, preprocessing=preprocessing, dimension=dimension, tell=told.append, **options
        )
        opening.append(cache)
        return cache

    opening = []
    yield opened
    for cache in opening:
        cache.close()


def content(number):
    return f"{number:032x}"


def vector(number):
    return np.full(D, number, np.float16)


def key(number, size=10):
    return FileKey(f"/pictures/{number}.jpg", size, OLD_NS)


def filled(cache, numbers):
    for number in numbers:
        cache.add(key(number), content(number), vector(number))
    cache.flush()
    return cache


def test_an_embedding_comes_back_as_the_same_numbers_after_reopening(open_cache, told):
    numbers = np.random.default_rng(0).normal(size=D).astype(np.float16)
    with open_cache() as cache:
        cache.add(key(1), content(1), numbers)
    (hit,) = open_cache().find([key(1)])
    assert hit.content == content(1)
    assert hit.vector.tobytes() == numbers.tobytes()
    assert told == []


def test_a_changed_file_is_not_found(open_cache):
    cache = filled(open_cache(), [1])
    changed = FileKey(key(1).path, 10, OLD_NS + 1)
    assert cache.find([key(1, size=11), changed, key(2), None]) == [None] * 4


def test_a_renamed_file_is_found_by_its_content(open_cache):
    cache = filled(open_cache(), [1])
    assert cache.vector(content(1)).tolist() == [1] * D
    assert cache.vector(content(2)) is None


def test_other_weights_or_preprocessing_share_content_hashes_but_no_vectors(open_cache):
    filled(open_cache(), [1])
    for other in (open_cache(weights="x"), open_cache(preprocessing="q")):
        (hit,) = other.find([key(1)])
        assert hit.content == content(1)
        assert hit.vector is None
        assert other.vector(content(1)) is None


def test_a_file_changed_a_moment_ago_is_read_again_because_it_may_change_once_more(open_cache, tmp_path):
    path = tmp_path / "new.jpg"
    path.write_bytes(b"picture")
    fresh = FileKey.of(str(path))
    cache = open_cache()
    cache.add(fresh, content(1), vector(1))
    cache.flush()
    assert cache.find([fresh]) == [None]
    assert cache.vector(content(1)) is not None


def test_the_key_of_a_file_that_is_not_there_is_none(tmp_path):
    assert FileKey.of(str(tmp_path / "none.jpg")) is None
    assert FileKey.of("zero\0byte") is None


def test_many_pictures_keep_their_own_vectors(open_cache):
    filled(open_cache(), range(1000))
    hits = open_cache().find([key(number) for number in range(1000)])
    assert [hit.vector[0] for hit in hits] == list(range(1000))


def test_the_same_picture_twice_takes_one_row(open_cache, tmp_path):
    cache = filled(open_cache(), [1, 1])
    filled(cache, [1])
    assert (tmp_path / "cache" / "vectors-1.f16").stat().st_size == 2 * D


def test_two_writers_at_once_lose_and_mix_nothing(open_cache, told):
    caches = [open_cache(), open_cache()]

    def write(cache, numbers):
        for start in range(0, len(numbers), 5):
            filled(cache, numbers[start : start + 5])

    threads = [
        threading.Thread(target=write, args=(cache, range(first, first + 100)))
        for cache, first in zip(caches, (0, 50), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for cache in caches:
        hits = cache.find([key(number) for number in range(150)])
        assert [hit.vector[0] for hit in hits] == list(range(150))
    assert told == []


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
import numpy as np
from pathlib import Path
from fewshot_gui.project import cache as module, cache_store

cache = module.EmbeddingCache(Path(sys.argv[1]), weights="w", preprocessing="p", dimension=4, tell=print)
old = 1_000_000_000_000_000_000
for number in (1, 2):
    cache.add(cache_store.FileKey(f"/pictures/{number}.jpg", 10, old), f"{number:032x}", np.full(4, number, np.float16))
cache.flush()
fsync = os.fsync
def killed(descriptor):  # the vectors are on disk, the keys are not
    fsync(descriptor)
    os.kill(os.getpid(), signal.SIGKILL)
os.fsync = killed
cache.add(cache_store.FileKey("/pictures/3.jpg", 10, old), f"{3:032x}", np.full(4, 3, np.float16))
cache.flush()
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_writer_leaves_a_usable_cache(open_cache, tmp_path, told):
    folder = tmp_path / "cache"
    run = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(folder)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert (folder / "vectors-1.f16").stat().st_size == 3 * 2 * D
    cache = open_cache()
    hits = cache.find([key(1), key(2), key(3)])
    assert [hit and hit.vector[0] for hit in hits] == [1, 2, None]
    filled(cache, [4, 5])
    assert [hit.vector[0] for hit in cache.find([key(2), key(4), key(5)])] == [2, 4, 5]
    assert told == []


def no_database(folder):
    for file in folder.glob("keys.sqlite3*"):
        file.unlink()
    (folder / "keys.sqlite3").write_bytes(b"this is no database" * 100)


def other_version(folder):
    with sqlite3.connect(folder / "keys.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")


def missing_table(folder):
    with sqlite3.connect(folder / "keys.sqlite3") as database:
        database.execute("DROP TABLE vectors")


def changed_vectors(folder):
    (folder / "vectors-1.f16").write_bytes(b"\1" * 2 * D * 3)


def short_vectors(folder):
    os.truncate(folder / "vectors-1.f16", 2 * D)


def no_vectors(folder):
    (folder / "vectors-1.f16").unlink()


@pytest.mark.parametrize(
    "damage", [no_database, other_version, missing_table, changed_vectors, short_vectors, no_vectors]
)
def test_a_damaged_cache_is_put_aside_and_begun_anew(damage, open_cache, tmp_path, told):
    filled(open_cache(), [1, 2, 3]).close()
    damage(tmp_path / "cache")
    cache = open_cache()
    assert cache.find([key(3)]) == [None]
    (sentence,) = told
    assert "damaged" in sentence
    assert str(tmp_path / "cache-damaged") in sentence
    assert (tmp_path / "cache-damaged").is_dir()
    filled(cache, [3])
    assert cache.find([key(3)])[0].vector[0] == 3


def test_damage_found_while_several_threads_read_is_told_once(open_cache, tmp_path, told):
    filled(open_cache(), [1, 2, 3]).close()
    changed_vectors(tmp_path / "cache")
    cache = open_cache()
    threads = [threading.Thread(target=cache.vector, args=(content(2),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1


def test_a_cache_that_another_process_put_aside_is_not_put_aside_again(open_cache, tmp_path, told):
    filled(open_cache(), [1, 2, 3]).close()
    first, second = open_cache(), open_cache()
    assert first.find([key(1)])[0] is not None
    assert second.find([key(1)])[0] is not None
    changed_vectors(tmp_path / "cache")
    assert first.vector(content(2)) is None
    filled(first, [7])
    assert second.vector(content(3)) is None
    assert second.vector(content(7))[0] == 7
    assert len(told) == 1


def test_without_a_place_for_it_the_run_goes_on_and_the_user_is_told_once(open_cache, tmp_path, told):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    cache = filled(open_cache(blocked / "cache"), [1])
    assert cache.find([key(1)]) == [None]
    assert cache.vector(content(1)) is None
    (sentence,) = told
    assert "FEWSHOT_GUI_CACHE" in sentence


def test_a_full_disk_ends_the_caching_and_not_the_run(open_cache, monkeypatch, told):
    cache = filled(open_cache(), [1])

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    filled(cache, [2])
    (sentence,) = told
    assert "No space left on device" in sentence
    monkeypatch.undo()
    hits = open_cache().find([key(1), key(2)])
    assert hits[0].vector[0] == 1
    assert hits[1] is None


def test_above_the_limit_the_least_recently_used_vectors_go(open_cache, tmp_path):
    row = 2 * D
    for weights in ("first", "second", "third"):
        filled(open_cache(weights=weights, limit=25 * row), range(10))
    assert open_cache(weights="first").vector(content(1)) is None
    assert open_cache(weights="second").vector(content(1)) is not None
    assert open_cache(weights="third").vector(content(1)) is not None
    assert sum(file.stat().st_size for file in (tmp_path / "cache").glob("*.f16")) == 20 * row


def test_a_space_above_the_limit_by_itself_is_begun_anew(open_cache):
    cache = filled(open_cache(limit=2 * D * 15), range(20))
    assert cache.vector(content(1)) is None
    filled(cache, range(20, 25))
    assert cache.vector(content(21))[0] == 21


def test_a_held_write_lock_costs_the_write_and_nothing_else(open_cache, tmp_path, monkeypatch, told):
    monkeypatch.setattr("fewshot_gui.project.cache_store._BUSY_SECONDS", 0.01)
    cache = filled(open_cache(), [1])
    holder = sqlite3.connect(Path(tmp_path / "cache" / "keys.sqlite3"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    filled(cache, [2])
    assert cache.vector(content(1)) is not None
    assert cache.vector(content(2)) is None
    holder.execute("ROLLBACK")
    holder.close()
    filled(cache, [2])
    assert cache.vector(content(2)) is not None
    assert told == []

"""Thumbnails: what is decoded and in what order, what is kept in memory and on disk, and what bad files do."""

import os
import threading

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from fewshot_gui.ui import thumbnails as module
from fewshot_gui.ui.picture_files import DiskCache, Full, Thumb, full_picture, thumbnail
from fewshot_gui.ui.thumbnails import Requests, Thumbnails


def picture(path, width=64, height=48, colours=("red",)):
    """Vertical stripes of the colours."""
    stripes = np.array([QColor(colour).getRgb()[:3] for colour in colours], np.uint8)
    row = stripes[np.arange(width) * len(colours) // width]
    pixels = np.repeat(row[None], height, axis=0).tobytes()
    image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
    assert image.save(str(path))
    return str(path)


def near(colour, name):
    """Whether two colours are the same but for what JPEG does to them."""
    wanted = QColor(name)
    return all(abs(a - b) < 40 for a, b in zip(colour.getRgb()[:3], wanted.getRgb()[:3], strict=True))


@pytest.fixture
def service(qapp, tmp_path):
    made = Thumbnails(folder=tmp_path / "thumbnails")
    yield made
    assert made.stop()


def test_a_thumbnail_is_the_middle_square_with_round_corners(tmp_path):
    path = picture(tmp_path / "p.png", 300, 100, ("red", "lime", "blue"))
    image = thumbnail(Thumb(path, 60, 10), None)
    assert (image.width(), image.height()) == (60, 60)
    assert near(image.pixelColor(30, 30), "lime")
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(2, 30).alpha() == 255


def test_a_crop_shows_that_part(tmp_path):
    path = picture(tmp_path / "p.png", 300, 100, ("red", "lime", "blue"))
    image = thumbnail(Thumb(path, 40, 0, (0.7, 0.0, 0.25, 0.75)), None)
    assert near(image.pixelColor(20, 20), "blue")


def test_transparency_shows_white(tmp_path):
    image = QImage(50, 50, QImage.Format.Format_ARGB32)
    image.fill(0)
    image.save(str(tmp_path / "t.png"))
    assert near(thumbnail(Thumb(str(tmp_path / "t.png"), 32), None).pixelColor(16, 16), "white")


def test_a_photo_on_its_side_stands_upright(tmp_path):
    from PIL import Image

    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, :100] = (255, 0, 0)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "Canon", "Canon EOS"
    Image.fromarray(pixels).save(tmp_path / "side.jpg", exif=exif, quality=95)
    image = thumbnail(Thumb(str(tmp_path / "side.jpg"), 64), None)
    assert near(image.pixelColor(32, 8), "red")
    full = full_picture(Full(str(tmp_path / "side.jpg")))
    assert (full.width, full.height, full.camera) == (100, 200, "Canon EOS")
    assert near(full.image.pixelColor(50, 20), "red")


def test_what_qt_cannot_read_is_decoded_as_the_engine_does(tmp_path):
    from PIL import Image

    Image.fromarray(np.full((80, 80, 3), (0, 0, 255), np.uint8)).save(tmp_path / "p.avif")
    assert near(thumbnail(Thumb(str(tmp_path / "p.avif"), 32), None).pixelColor(16, 16), "blue")


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "pipe"])
def test_a_bad_picture_is_a_reason(tmp_path, kind):
    path = tmp_path / "bad.jpg"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes here")
        os.mkfifo(path)
    elif kind != "missing":
        path.write_bytes(b"" if kind == "empty" else b"no picture at all")
    found = thumbnail(Thumb(str(path), 64), None)
    assert isinstance(found, str)
    assert found
    assert full_picture(Full(str(path))).reason == found


def test_the_disk_cache_answers_until_the_file_changes(tmp_path):
    cache = DiskCache(tmp_path / "cache", 1 << 20)
    path = picture(tmp_path / "p.png", 300, 300, ("red",))
    thumbnail(Thumb(path, 100), cache)
    [kept] = (tmp_path / "cache").rglob("*.jpg")
    marked = QImage(256, 256, QImage.Format.Format_RGB32)
    marked.fill(QColor("blue"))
    marked.save(str(kept), "JPG")
    assert near(thumbnail(Thumb(path, 90), cache).pixelColor(45, 45), "blue")
    picture(tmp_path / "p.png", 310, 310, ("lime",))
    assert near(thumbnail(Thumb(path, 90), cache).pixelColor(45, 45), "lime")


def test_the_disk_cache_keeps_its_limit_and_what_is_newest(tmp_path, qapp):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    image = QImage(noise.tobytes(), 64, 64, 192, QImage.Format.Format_RGB888)
    cache = DiskCache(tmp_path, 40_000)
    for i in range(30):
        cache.save(f"{i:032}", image)
        stamp = 1_000_000 + i
        os.utime(next(tmp_path.rglob(f"{i:032}.jpg")), (stamp, stamp))
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.jpg")) <= 40_000
    assert cache.load(f"{28:032}") is not None
    assert cache.load(f"{0:032}") is None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    path = picture(tmp_path / "p.png")
    assert isinstance(thumbnail(Thumb(path, 32), DiskCache(tmp_path / "file" / "cache", 1000)), QImage)


def test_what_scrolled_away_is_dropped_and_the_newest_list_comes_first():
    requests = Requests()
    requests.add("single", Thumb("card", 64), 10)
    requests.replace("grid", [Thumb(f"old{i}", 64) for i in range(5)])
    assert requests.take().path == "old0"
    requests.replace("grid", [Thumb(f"new{i}", 64) for i in range(3)])
    assert [requests.take().path for _ in range(4)] == ["new0", "new1", "new2", "card"]
    assert requests.take() is None
    assert requests.generation == 3


def test_what_is_being_decoded_is_not_asked_for_again():
    requests = Requests()
    requests.replace("grid", [Thumb("a", 64)])
    taken = requests.take()
    requests.replace("grid", [Thumb("a", 64), Thumb("b", 64)])
    assert requests.take().path == "b"
    requests.done(taken)
    requests.replace("grid", [Thumb("a", 64)])
    assert requests.take().path == "a"


def test_of_single_requests_the_oldest_are_dropped():
    requests = Requests()
    for i in range(5):
        requests.add("single", Thumb(str(i), 64), 3)
    assert [requests.take().path for _ in range(3)] == ["4", "3", "2"]


def test_a_worker_is_hired_for_what_comes_after_the_last_one_left():
    requests = Requests()
    assert requests.hire(2) == 0
    requests.replace("grid", [Thumb("a", 64)])
    assert requests.hire(2) == 1
    assert requests.hire(1) == 0
    requests.take()
    assert requests.take() is None
    requests.add("single", Thumb("b", 64), 5)
    assert requests.hire(1) == 1


def test_asking_brings_a_pixmap_later_and_the_reason_of_a_bad_one(service, qtbot, tmp_path):
    good, bad = picture(tmp_path / "p.png"), str(tmp_path / "bad.jpg")
    (tmp_path / "bad.jpg").write_bytes(b"nothing")
    assert service.pixmap(good, 48) is None
    assert service.pixmap(bad, 48) is None
    qtbot.waitUntil(lambda: service.pixmap(good, 48) is not None and bool(service.reason(bad)))
    assert service.pixmap(good, 48).width() == 48
    assert service.nearest(good).width() == 48
    assert service.pixmap(bad, 48) is None
    assert service.waiting == 0


def test_pictures_are_decoded_off_the_gui_thread(service, qtbot, tmp_path, monkeypatch):
    threads = []
    real = module.thumbnail
    monkeypatch.setattr(module, "thumbnail", lambda *given: threads.append(threading.get_ident()) or real(*given))
    path = picture(tmp_path / "p.png")
    with qtbot.waitSignal(service.ready) as ready:
        service.want("grid", [Thumb(path, 48)])
    assert ready.args == [frozenset({path})]
    assert threads
    assert threading.get_ident() not in threads


def test_memory_keeps_its_limit_and_what_was_used_last(qtbot, tmp_path):
    service = Thumbnails(folder=tmp_path / "t", memory_bytes=3 * 4 * 32 * 32)
    paths = [picture(tmp_path / f"{i}.png", 40, 40) for i in range(5)]
    for path in paths:
        with qtbot.waitSignal(service.ready):
            assert service.pixmap(path, 32) is None
        service.held(Thumb(paths[0], 32))
    assert service.held_bytes <= 3 * 4 * 32 * 32
    held = [service.held(Thumb(path, 32)) is not None for path in paths]
    assert held == [True, False, False, True, True]
    assert service.nearest(paths[1]) is None
    assert service.stop()


def test_an_error_in_the_decoder_is_a_reason_and_the_next_picture_comes(service, qtbot, tmp_path, monkeypatch):
    real = module.thumbnail

    def sometimes(wanted, disk):
        if wanted.path == "odd":
            raise RuntimeError("odd")
        return real(wanted, disk)

    monkeypatch.setattr(module, "thumbnail", sometimes)
    path = picture(tmp_path / "p.png")
    service.want("grid", [Thumb("odd", 48), Thumb(path, 48)])
    qtbot.waitUntil(lambda: service.held(Thumb(path, 48)) is not None)
    assert "odd" in service.reason("odd")


def test_forgetting_looks_at_files_anew(service, qtbot, tmp_path):
    path = tmp_path / "late.png"
    service.pixmap(str(path), 32)
    qtbot.waitUntil(lambda: bool(service.reason(str(path))))
    picture(path)
    service.forget()
    service.pixmap(str(path), 32)
    qtbot.waitUntil(lambda: service.pixmap(str(path), 32) is not None)


def test_stopping_drops_what_waits(qapp, tmp_path):
    service = Thumbnails(folder=tmp_path / "t")
    service.want("grid", [Thumb(picture(tmp_path / "p.png"), side) for side in range(16, 300)])
    assert service.stop()
    assert service.waiting == 0

import os

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage

from fewshot_gui.ui import drops
from fewshot_gui.ui.drops import Drop

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.PNG", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "lynx.raw").mkdir()
    return tmp_path


def image_mime():
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    return mime


def test_files_are_told_apart_and_a_folder_is_one_whatever_its_name(folder):
    names = ["b.PNG", "notes.txt", "lynx.raw", "a.jpg", "a.jpg"]
    drop = drops.read(drops.files_mime(str(folder / name) for name in names))
    assert drop == Drop(
        pictures=(str(folder / "b.PNG"), str(folder / "a.jpg")),
        folders=(str(folder / "lynx.raw"),),
        others=(str(folder / "notes.txt"),),
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: drops.rows_mime([5, 3]), Drop(rows=(5, 3))),
        (lambda: drops.examples_mime([7]), Drop(examples=(7,))),
        (lambda: drops.card_mime(2), Drop(card=2)),
    ],
)
def test_what_the_window_packed_is_read_again(make, expected):
    assert drops.read(make()) == expected


def test_rows_of_another_process_mean_nothing(monkeypatch):
    mime = drops.rows_mime([1])
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert not drops.read(mime).known


def test_broken_data_of_our_own_kind_is_no_drop():
    mime = QMimeData()
    mime.setData(drops.ROWS_MIME, QByteArray(b"abc"))
    assert drops.read(mime) == Drop()


def test_our_own_data_wins_over_files(folder):
    mime = drops.rows_mime([1])
    mime.setUrls([QUrl.fromLocalFile(str(folder / "a.jpg"))])
    assert drops.read(mime) == Drop(rows=(1,))


def test_files_win_over_the_pixels_that_come_with_them(folder):
    mime = image_mime()
    mime.setUrls([QUrl.fromLocalFile(str(folder / "a.jpg"))])
    assert drops.read(mime).pictures


def test_pixels_win_over_the_address_that_comes_with_them():
    mime = image_mime()
    mime.setUrls([QUrl("https://example.org/lynx.jpg")])
    assert drops.read(mime) == Drop(image=True)
    assert drops.image_of(mime).size().toTuple() == (4, 3)


def test_no_pixels_give_no_image():
    assert drops.image_of(QMimeData()) is None


def test_an_address_alone_is_known_but_of_no_use_and_the_sentence_says_the_way_out():
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/lynx.jpg"), QUrl("mailto:a@b.c")])
    drop = drops.read(mime)
    assert drop == Drop(links=("https://example.org/lynx.jpg",))
    assert drop.known
    assert not drop.usable
    assert "save the picture" in drops.left_out(drop)
    assert "example.org" in drops.left_out(drop)


def test_plain_text_is_no_drop():
    mime = QMimeData()
    mime.setText("hello")
    assert not drops.read(mime).known


def test_files_that_are_no_pictures_are_counted_and_the_first_are_named():
    sentence = drops.left_out(drops.sort_paths(f"/x/{name}.txt" for name in "abcde"))
    assert "5" in sentence
    assert "a.txt, b.txt, c.txt, …" in sentence


def test_a_name_of_a_thousand_characters_is_shortened_in_the_sentence():
    assert len(drops.left_out(drops.sort_paths(["/x/" + "n" * 1000]))) < 150


def test_a_drop_of_pictures_alone_leaves_nothing_out():
    assert drops.left_out(Drop(pictures=("a.jpg",))) == ""


def test_a_drop_is_always_taken_as_a_copy():
    mime = drops.rows_mime([1])
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(), both, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    drops.accept(event)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction


@pytest.mark.parametrize(
    ("drop", "on_class", "words"),
    [
        (Drop(pictures=("a", "b", "c")), True, "add 3 picture"),
        (Drop(rows=(1, 2)), True, "add 2 picture"),
        (Drop(rows=(1, 2)), False, "class of 2 picture"),
        (Drop(pictures=("a",), folders=("/f",)), True, "and the folders"),
        (Drop(folders=("/x/lynx",)), False, "class of lynx"),
        (Drop(folders=("/x/lynx", "/x/fox")), False, "make 2 class"),
        (Drop(folders=("/x/lynx",)), True, "pictures of 1 folder"),
        (Drop(image=True), True, "add this picture"),
        (Drop(image=True), False, "class of this picture"),
        (Drop(examples=(1, 2)), True, "move 2 example"),
        (Drop(examples=(1, 2)), False, "class of 2 example"),
        (Drop(links=("http://x",)), True, "not fetched"),
        (Drop(others=("a.txt", "b.txt")), True, "No picture among 2 file"),
    ],
)
def test_a_card_says_what_a_drop_will_do(drop, on_class, words):
    assert words in drops.promise(drop, on_class=on_class)


def test_a_class_is_named_after_its_folder():
    assert drops.folder_name("/pictures/lynx/") == "lynx"
    assert drops.folder_name("/") == "/"


@pytest.mark.parametrize(
    ("count", "at_most", "expected"), [(10, 2, (2, 7)), (3, 5, (0, 1, 2)), (4, None, (0, 1, 2, 3))]
)
def test_few_are_drawn_evenly_from_many(count, at_most, expected):
    assert drops.drawn_evenly(range(count), at_most) == expected


def test_drawing_evenly_gives_as_many_as_asked_without_a_repeat():
    for count in range(1, 40):
        for at_most in range(1, count + 1):
            drawn = drops.drawn_evenly(range(count), at_most)
            assert len(set(drawn)) == at_most
            assert list(drawn) == sorted(drawn)

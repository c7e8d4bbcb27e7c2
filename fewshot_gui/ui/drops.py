"""What a drag carries and what a drop of it would do: plain functions and frozen values, no file is opened.

The order of what is looked for: our own (rows of the grid, examples, a card), local files and folders, a picture (from
a browser, the clipboard or a screenshot tool), web addresses. Addresses are never fetched: this program works offline.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QByteArray, QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QPixmap

ROWS_MIME = "application/x-fewshot-ids"  # rows of the grid
EXAMPLES_MIME = "application/x-fewshot-examples"  # ids of examples, from the strip of a card
CARD_MIME = "application/x-fewshot-class"  # the id of a class whose card is dragged

T = TypeVar("T")
TABLES = (".csv", ".tsv")  # endings of what tells the true classes of pictures
_NAMED = 3  # files that a sentence names before it only counts


@dataclass(frozen=True, slots=True)
class Drop:
    """What a drag carries; at most one kind of our own, else files, else a picture, else addresses.

    pictures, folders, others: local paths; others are files whose name is no picture's. image: a picture's pixels.
    links: web addresses, which are not fetched.
    """

    rows: tuple[int, ...] = ()
    examples: tuple[int, ...] = ()
    card: int | None = None
    pictures: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    image: bool = False
    links: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether dropping it on the classes would add or move anything."""
        return bool(self.rows or self.examples or self.pictures or self.folders or self.image)

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the other files that may tell the pictures' true classes, by their names."""
        return tuple(path for path in self.others if path.lower().endswith(TABLES))

    @property
    def known(self) -> bool:
        """Whether there is anything to say about it, if only why it is of no use."""
        return self.usable or self.card is not None or bool(self.others or self.links)


def read(mime: QMimeData) -> Drop:
    """What a drag carries. Asks the disk only which of the files are folders."""
    if rows := _numbers(mime, ROWS_MIME):
        return Drop(rows=rows)
    if examples := _numbers(mime, EXAMPLES_MIME):
        return Drop(examples=examples)
    if card := _numbers(mime, CARD_MIME):
        return Drop(card=card[0])
    urls = mime.urls() if mime.hasUrls() else []
    if paths := [url.toLocalFile() for url in urls if url.isLocalFile()]:
        return sort_paths(paths)
    if mime.hasImage():
        return Drop(image=True)
    return Drop(links=tuple(url.toString() for url in urls if url.scheme() in ("http", "https")))


def sort_paths(paths: Iterable[str]) -> Drop:
    """Files and folders, told apart; a path that comes twice counts once."""
    from fewshot_gui.images.formats import has_picture_ending  # only names: opens no file, imports no decoder

    pictures, folders, others = [], [], []
    for path in dict.fromkeys(os.path.normpath(path) for path in paths):
        if os.path.isdir(path):
            folders.append(path)
        else:
            (pictures if has_picture_ending(path) else others).append(path)
    return Drop(pictures=tuple(pictures), folders=tuple(folders), others=tuple(others))


def image_of(mime: QMimeData) -> QImage | None:
    """The pixels that a drag or the clipboard carries, None without any."""
    data = mime.imageData()
    image = data.toImage() if isinstance(data, QPixmap) else data
    return image if isinstance(image, QImage) and not image.isNull() else None


def rows_mime(rows: Sequence[int]) -> QMimeData:
    """Rows of the grid as drag data. They mean nothing in another process, so they carry this one's number."""
    return _own_mime(ROWS_MIME, rows)


def examples_mime(ids: Sequence[int]) -> QMimeData:
    """Ids of examples as drag data."""
    return _own_mime(EXAMPLES_MIME, ids)


def card_mime(class_id: int) -> QMimeData:
    """A class whose card is dragged to another place."""
    return _own_mime(CARD_MIME, [class_id])


def files_mime(paths: Iterable[str]) -> QMimeData:
    """Files and folders as drag data, as a file manager gives them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def accept(event: QDropEvent) -> None:
    """Takes a drag as a copy: sources propose to move, and would then delete the user's originals."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def folder_name(path: str) -> str:
    """The name that a class made of this folder gets."""
    return os.path.basename(os.path.normpath(path)) or path


def drawn_evenly(items: Sequence[T], at_most: int | None) -> tuple[T, ...]:
    """At most so many of the items, at even distances over all of them and in their order; None: all."""
    if at_most is None or len(items) <= at_most:
        return tuple(items)
    return tuple(items[(2 * i + 1) * len(items) // (2 * at_most)] for i in range(at_most))


def shortened(paths: Sequence[str]) -> str:
    """The names of the first of these files and folders, for a sentence."""
    names = ", ".join(_short(os.path.basename(path)) for path in paths[:_NAMED])
    return names + ", …" if len(paths) > _NAMED else names


class DropWords(QObject):
    """What a drop would do, and what it leaves out, in the user's language.

    A class, since pyside6-lupdate sees plurals only in `self.tr`, not in `translate`.
    """

    def promise(self, drop: Drop, *, on_class: bool) -> str:
        """A short line of what dropping it here would do, or why nothing can be done with it."""
        if drop.examples:
            n = len(drop.examples)
            to_class = self.tr("Drop to move %n example(s)", "", n)
            return to_class if on_class else self.tr("Drop to make a class of %n example(s)", "", n)
        if drop.image:
            to_class = self.tr("Drop to add this picture")
            return to_class if on_class else self.tr("Drop to make a class of this picture")
        if count := len(drop.rows) + len(drop.pictures):
            return self._pictures(count, len(drop.folders), on_class)
        if drop.folders:
            return self._folders(drop.folders, on_class)
        if drop.links:
            return self.tr("A web address: pictures are not fetched")
        return self.tr("No picture among %n file(s)", "", len(drop.others))

    def none_of_these(self, rows: int) -> str:
        """What dropping so many pictures of the grid on "None of these" would do."""
        return self.tr("Drop to say: none of these (%n)", "", rows)

    def left_out(self, drop: Drop) -> str:
        """One sentence about what a drop carried and the program does not use; "" if it uses all."""
        if drop.links:
            text = self.tr(
                "The program does not fetch pictures from the internet: save the picture and drop the file, or copy "
                "the picture itself and paste it. ({address})"
            )
            return text.replace("{address}", _short(drop.links[0]))
        if not drop.others:
            return ""
        text = self.tr("%n file(s) left out, not being a picture: {names}.", "", len(drop.others))
        return text.replace("{names}", shortened(drop.others))

    def _pictures(self, count: int, folders: int, on_class: bool) -> str:
        if not on_class:
            return self.tr("Drop to make a class of %n picture(s)", "", count)
        if folders:
            return self.tr("Drop to add %n picture(s) and the folders", "", count)
        return self.tr("Drop to add %n picture(s)", "", count)

    def _folders(self, folders: Sequence[str], on_class: bool) -> str:
        if on_class:
            return self.tr("Drop to add the pictures of %n folder(s)", "", len(folders))
        if len(folders) > 1:
            return self.tr("Drop to make %n class(es), one per folder", "", len(folders))
        return self.tr("Drop to make a class of {folder}").replace("{folder}", folder_name(folders[0]))


def promise(drop: Drop, *, on_class: bool) -> str:
    """A short line of what dropping it here would do, or why nothing can be done with it."""
    return DropWords().promise(drop, on_class=on_class)


def left_out(drop: Drop) -> str:
    """One sentence about what a drop carried and the program does not use; "" if it uses all."""
    return DropWords().left_out(drop)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-15:]}"


def _own_mime(kind: str, numbers: Sequence[int]) -> QMimeData:
    mime = QMimeData()
    mime.setData(kind, QByteArray(array("q", [os.getpid(), *map(int, numbers)]).tobytes()))
    return mime


def _numbers(mime: QMimeData, kind: str) -> tuple[int, ...]:
    """What _own_mime packed; () if it is not there or comes from another process."""
    if not mime.hasFormat(kind):
        return ()
    numbers = array("q")
    data = mime.data(kind).data()
    numbers.frombytes(data[: len(data) // 8 * 8])
    return tuple(numbers[1:]) if numbers and numbers[0] == os.getpid() else ()

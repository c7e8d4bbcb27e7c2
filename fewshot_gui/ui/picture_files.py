"""From a file to a QImage, for worker threads: thumbnails by way of a cache on disk, and pictures at full size.

Qt's own reader comes first: it shrinks a JPEG while decoding it and does not hold Python's lock meanwhile. What it does
not read (HEIC, RAW, AVIF, odd TIFF) goes through the engine's decoder, which also knows why a picture is unreadable.
"""

from __future__ import annotations

import hashlib
import math
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QImageReader, QPainter

Box = tuple[float, float, float, float]  # x, y, width, height, 0-1 of the upright picture

QT_FORMATS = frozenset({b"jpeg", b"png", b"bmp", b"gif", b"webp"})
SIDES = (256, 512)  # pixels of the squares kept on disk
QUALITY = 85
FULL_PIXELS = 48_000_000  # a picture of more is shrunk while it is read: the window shows it, nothing computes with it
SCREEN = 2560  # pixels: as long as most screens are wide
_FULL_PIXELS_PILLOW = 89_478_485
_KEPT = 0.8  # share of the limit that stays after clearing


@dataclass(frozen=True, slots=True)
class Thumb:
    """A thumbnail asked for: a square of `side` device pixels, its corners rounded by `radius`. crop: what of it."""

    path: str
    side: int
    radius: int = 0
    crop: Box | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """A picture at full size asked for."""

    path: str


@dataclass(frozen=True, slots=True)
class FullPicture:
    """A picture as a viewer needs it. image None: `reason` says why. width, height: of the original, upright, pixels.

    small: the same, its longer side at most SCREEN pixels, for painting it shrunk. size: bytes; modified: seconds since
    1970; camera, taken: as the camera wrote them, or "".
    """

    path: str
    image: QImage | None
    reason: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    modified: float = 0.0
    camera: str = ""
    taken: str = ""
    small: QImage | None = None


class DiskCache:
    """Squares as JPEG files below a folder, the oldest removed beyond `limit` bytes. Any thread.

    What cannot be written (no permission, a full disk) is not kept: nothing else follows from it.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._lock = threading.Lock()
        self._held: int | None = None  # bytes, known once something is written

    def load(self, name: str) -> QImage | None:
        """The square of that name, None if there is none."""
        image = QImage(str(self._file(name)), "JPG")
        return None if image.isNull() else image

    def save(self, name: str, image: QImage) -> None:
        """Keeps a square."""
        target = self._file(name)
        unfinished = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if image.save(str(unfinished), "JPG", QUALITY):
                size = unfinished.stat().st_size
                os.replace(unfinished, target)
                self._grown(size)
            else:
                unfinished.unlink(missing_ok=True)
        except OSError:
            return

    def _file(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.jpg"

    def _grown(self, size: int) -> None:
        with self._lock:
            self._held = self._measured() if self._held is None else self._held + size
            if self._held > self._limit:
                self._held = self._cleared()

    def _files(self) -> list[tuple[float, int, str]]:
        found = []
        for place, _, names in os.walk(self._folder):
            for name in names:
                status = os.stat(os.path.join(place, name))
                found.append((status.st_mtime, status.st_size, os.path.join(place, name)))
        return found

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _cleared(self) -> int:
        held, files = 0, sorted(self._files(), reverse=True)
        for _, size, path in files:  # the newest first
            held += size
            if held > _KEPT * self._limit:
                held -= size
                os.unlink(path)
        return held


def thumbnail(wanted: Thumb, cache: DiskCache | None) -> QImage | str:
    """The square, ARGB32 premultiplied, or the reason why there is none. Transparency shows white."""
    try:
        status = os.stat(wanted.path)
    except (OSError, ValueError):
        return _reason(wanted.path)
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        return _reason(wanted.path)
    kept = next((side for side in SIDES if side >= wanted.side), SIDES[-1])
    name = _cache_name(wanted, status, kept)
    square = cache.load(name) if cache else None
    if square is None:
        square = _square(wanted, kept)
        if isinstance(square, str):
            return square
        if cache:
            cache.save(name, square)
    return _rounded(square, wanted.side, wanted.radius)


def full_picture(wanted: Full) -> FullPicture:
    """The picture, upright, and what the file says of itself."""
    path = wanted.path
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return FullPicture(path, None, _reason(path))
    if not stat.S_ISREG(status.st_mode):
        return FullPicture(path, None, _reason(path))
    image, width, height = _read_full(path)
    known = {"size": status.st_size, "modified": status.st_mtime}
    if isinstance(image, str):
        return FullPicture(path, None, image, **known)
    from fewshot_gui.jobs.thumbnail import shot  # imports Pillow: in a worker, and only when a picture is opened

    told = shot(path)
    words = {"camera": told.camera, "taken": told.taken}
    return FullPicture(path, image, "", width, height, **known, **words, small=_for_screen(image))


def _for_screen(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= SCREEN:
        return image
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(SCREEN, SCREEN, keep, smooth)


def _cache_name(wanted: Thumb, status: os.stat_result, side: int) -> str:
    crop = "" if wanted.crop is None else ",".join(f"{value:.4f}" for value in wanted.crop)
    text = f"{os.path.abspath(wanted.path)}\0{status.st_size}\0{status.st_mtime_ns}\0{side}\0{crop}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _reader(path: str) -> QImageReader | None:
    """Qt's reader for a file whose content, whatever its name, is of a kind we let Qt read."""
    reader = QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    usable = reader.canRead() and bytes(reader.format().data()) in QT_FORMATS and reader.size().isValid()
    return reader if usable else None


def _square(wanted: Thumb, side: int) -> QImage | str:
    """The middle square of the picture (or its crop), at most `side` pixels, opaque."""
    image = _shrunk(wanted.path, side, wanted.crop)
    if isinstance(image, str):
        return image
    area = _area(image.size(), wanted.crop)
    short = min(area.width(), area.height())
    middle = QRect(0, 0, short, short)
    middle.moveCenter(area.center())
    image = image.copy(middle)
    if short > side:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return _opaque(image)


def _shrunk(path: str, side: int, crop: Box | None) -> QImage | str:
    """The whole picture, upright, shrunk so that the crop's shorter side is about `side` pixels."""
    share = 1.0 if crop is None else max(0.02, min(crop[2], crop[3]))
    reader = _reader(path)
    if reader is not None:
        size = reader.size()
        factor = min(size.width(), size.height()) * share / side
        if factor > 1:
            reader.setScaledSize(QSize(math.ceil(size.width() / factor), math.ceil(size.height() / factor)))
        image = reader.read()
        if not image.isNull():
            return image
    return _by_pillow(path, math.ceil(side / share))


def _by_pillow(path: str, at_least: int) -> QImage | str:
    from fewshot_gui.jobs.thumbnail import pixels  # imports Pillow: only for what Qt does not read

    found = pixels(path, at_least)
    if isinstance(found, str):
        return found
    height, width = found.shape[:2]
    return QImage(found.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _reason(path: str) -> str:
    from fewshot_gui.jobs.thumbnail import pixels

    found = pixels(path, 1)
    return found if isinstance(found, str) else ""


def _area(size: QSize, crop: Box | None) -> QRect:
    whole = QRect(0, 0, size.width(), size.height())
    if crop is None:
        return whole
    x, y, width, height = crop
    wanted = QRect(
        round(x * size.width()), round(y * size.height()),
        max(1, round(width * size.width())), max(1, round(height * size.height())),
    )  # fmt: skip
    return wanted.intersected(whole) or whole


def _opaque(image: QImage) -> QImage:
    if not image.hasAlphaChannel():
        return image.convertToFormat(QImage.Format.Format_RGB32)
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def _rounded(square: QImage, side: int, radius: int) -> QImage:
    """The square at its final size: painting it is then a plain copy."""
    if square.width() != side:
        smooth = Qt.TransformationMode.SmoothTransformation
        square = square.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    done = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    done.fill(Qt.GlobalColor.transparent)
    painter = QPainter(done)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(square))
    painter.drawRoundedRect(QRectF(0, 0, side, side), radius, radius)
    painter.end()
    return done


def _read_full(path: str) -> tuple[QImage | str, int, int]:
    """The picture and the original's upright width and height."""
    reader = _reader(path)
    if reader is not None:
        size = reader.size()
        turned = bool(reader.transformation().value & 4)  # a quarter turn, with or without a mirror
        factor = math.sqrt(size.width() * size.height() / FULL_PIXELS)
        if factor > 1:
            reader.setScaledSize(QSize(int(size.width() / factor), int(size.height() / factor)))
        image = reader.read()
        if not image.isNull():
            upright = size.transposed() if turned else size
            return _opaque(image), upright.width(), upright.height()
    image = _by_pillow(path, _FULL_PIXELS_PILLOW)
    return (image, 0, 0) if isinstance(image, str) else (image, image.width(), image.height())

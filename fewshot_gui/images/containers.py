"""What data sets come in: folders, .zip archives, .npz files of drawings. Each lists its pictures, ready to be read."""

from __future__ import annotations

import math
import os
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from fewshot_gui.errors import UserError
from fewshot_gui.images import decode
from fewshot_gui.images.formats import has_picture_ending
from fewshot_gui.images.splits import Splits
from fewshot_gui.images.walk import Walk, natural_key
from fewshot_gui.types import Picture, Unreadable

ReadPicture = Callable[[int], Picture | Unreadable]  # at_least (pixels) -> the picture

MAX_ENTRY_BYTES = 256 << 20  # one unpacked archive entry; more is a zip bomb, not a picture
MAX_NPZ_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Found:
    """One picture: the folders it lies in, outermost first, and how it is read (safe from any thread)."""

    folders: tuple[str, ...]
    read: ReadPicture


@dataclass(frozen=True, slots=True)
class Listing:
    """All pictures of one container, in natural order, the splits it carries itself, and sentences for the person."""

    pictures: tuple[Found, ...]
    splits: Splits | None = None
    warnings: tuple[str, ...] = ()


def list_folder(path: Path) -> Listing:
    """The pictures below a folder."""
    walk = Walk()
    root = os.fspath(path)
    found = [
        Found(tuple(os.path.relpath(name, root).split(os.sep)[:-1]), partial(decode.read, name))
        for name in walk.pictures_below(root)
    ]
    return Listing(tuple(found), warnings=walk.warnings())


def list_zip(path: Path) -> Listing:
    """The pictures in a .zip archive. UserError if it is not there or is no zip."""
    archive = _Archive(path)
    entries = [(_parts(info.filename), info) for info in archive.entries()]
    shown = sorted((e for e in entries if _is_shown(e[0])), key=lambda e: [natural_key(part) for part in e[0]])
    return Listing(tuple(Found(tuple(parts[:-1]), partial(archive.read, info)) for parts, info in shown))


def list_npz(path: Path) -> Listing:
    """The drawings in an .npz of packed bits: `images` uint8 [n, drawings, side * side / 8], 1 = ink; `characters` [n]

    "Alphabet/characterNN"; any other array of whole numbers is a split: indices into `characters`.
    UserError if it is not there or not of that layout.
    """
    arrays = _load_npz(path)
    drawings = _Drawings(path, arrays)
    characters = [str(name) for name in arrays["characters"]]
    splits = {key: tuple(characters[i] for i in arrays[key]) for key in arrays if key not in ("images", "characters")}
    found = [
        Found(tuple(name.split("/")), partial(drawings.read, number, drawing))
        for number, name in enumerate(characters)
        for drawing in range(drawings.per_character)
    ]
    return Listing(tuple(found), Splits(path.name, splits))


class _Archive:
    """A zip opened once. Reading its entries takes a lock, decoding them does not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise UserError(f"The archive {path} cannot be opened ({error.strerror or error}).") from None
        except zipfile.BadZipFile:
            raise UserError(f"{path} is not a zip archive, or is damaged; get it anew.") from None

    def entries(self) -> list[zipfile.ZipInfo]:
        return [info for info in self._zip.infolist() if not info.is_dir()]

    def read(self, info: zipfile.ZipInfo, at_least: int) -> Picture | Unreadable:
        name = f"{self._path}/{info.filename}"
        if info.file_size > MAX_ENTRY_BYTES:
            return Unreadable(name, f"would unpack to more than {MAX_ENTRY_BYTES >> 20} MiB: it is not read")
        try:
            with self._lock:
                data = self._zip.read(info)
        except RuntimeError:
            return Unreadable(name, "is protected by a password, or packed in a way this program cannot read")
        except Exception:  # zip, zlib and friends: whatever a damaged entry makes them raise
            return Unreadable(name, "is damaged inside its archive")
        return decode.decode(data, name, at_least)


class _Drawings:
    """Drawings of packed bits, handed out as a person would see them: black ink on white paper."""

    def __init__(self, path: Path, arrays: dict[str, np.ndarray]) -> None:
        self._path = path
        self._packed = arrays["images"]
        self._characters = arrays["characters"]
        self._side = math.isqrt(self._packed.shape[2] * 8)
        self.per_character = self._packed.shape[1]

    def read(self, character: int, drawing: int, at_least: int) -> Picture:
        """The whole drawing: it is small, whatever `at_least` asks for."""
        packed = self._packed[character, drawing]
        ink = np.unpackbits(packed).reshape(self._side, self._side)
        grey = (1 - ink) * np.uint8(255)
        return Picture(np.repeat(grey[:, :, None], 3, axis=2), decode.content_hash(packed.tobytes()))


def _load_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays, checked for the layout that `list_npz` describes."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_NPZ_BYTES:
                raise UserError(f"{path} would unpack to more than {MAX_NPZ_BYTES >> 30} GiB and is not read.")
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except OSError as error:
        raise UserError(f"The file {path} cannot be opened ({error.strerror or error}).") from None
    except (zipfile.BadZipFile, ValueError, EOFError):
        raise UserError(f"{path} is no .npz of plain arrays, or is damaged; get it anew.") from None
    _check_npz(path, arrays)
    return arrays


def _check_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    images, characters = arrays.get("images"), arrays.get("characters")
    if images is None or characters is None:
        raise UserError(f"{path} lacks the array 'images' or 'characters'; only packed drawings can be read from .npz.")
    bits = images.shape[2] * 8 if images.ndim == 3 else 0
    square = bits > 0 and math.isqrt(bits) ** 2 == bits
    if images.dtype != np.uint8 or not square or characters.shape != images.shape[:1]:
        raise UserError(f"{path}: 'images' must be uint8 [n, drawings, side * side / 8] and 'characters' must be [n].")
    for key in arrays.keys() - {"images", "characters"}:
        indices = arrays[key]
        whole = indices.ndim == 1 and indices.dtype.kind in "iu"
        if not whole or (indices.size and not 0 <= indices.min() <= indices.max() < len(characters)):
            raise UserError(f"{path}: the split {key!r} must be a list of indices into 'characters'.")


def _parts(name: str) -> list[str]:
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]


def _is_shown(parts: list[str]) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return bool(parts) and not hidden and has_picture_ending(parts[-1])

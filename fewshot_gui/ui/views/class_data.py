"""What the cards of the classes show, as frozen values, and where their thumbnails come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtGui import QPixmap

Crop = tuple[float, float, float, float]  # left, top, width, height as fractions 0-1 of the upright picture

# (path, crop, size in device pixels) -> the thumbnail, or None: it is made and announced by `thumbnail_ready(path)`.
Thumbnails = Callable[[str, Crop | None, int], QPixmap | None]


@dataclass(frozen=True, slots=True)
class ExampleData:
    """One example of a class. crop: the part of the picture that is used, None: all of it."""

    id: int
    path: str
    crop: Crop | None = None


@dataclass(frozen=True, slots=True)
class CardData:
    """One class. colour: index into the class palette. key: the digit that assigns it, "" from the tenth on.

    accuracy: the estimate in words ("97 % (88-100)"); fraction, low, high: the same as 0-1, None without an estimate.
    note: the sentence why there is no estimate.
    """

    id: int
    name: str
    colour: int
    key: str = ""
    shots: int = 0
    examples: tuple[ExampleData, ...] = ()
    accuracy: str = ""
    fraction: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


def no_thumbnails(path: str, crop: Crop | None, size: int) -> QPixmap | None:
    """A source of thumbnails that has none."""
    return None


def one_line(name: str) -> str:
    """A name as one line of at most 300 characters: long enough to be cut by what shows it."""
    line = " ".join(name[:400].split())
    return line if len(name) <= 300 else f"{line[:299]}…"


def menu_text(name: str) -> str:
    """A name as the text of a menu's entry: short, and with no letter that became a shortcut."""
    line = one_line(name)
    return (line if len(line) <= 40 else f"{line[:39]}…").replace("&", "&&")


def plain_tip(text: str) -> str:
    """A tool tip that shows a name or path as it stands and breaks its lines, at most 1,000 characters of it."""
    shown = text if len(text) <= 1000 else f"{text[:999]}…"
    return f'<p style="white-space: pre-wrap">{escape(shown)}</p>' if shown else ""

"""Walks folders for pictures: survives symlink loops, skips what is hidden or foreign, and counts it."""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from fewshot_gui.images.formats import has_picture_ending

_PIECE = 4096  # entries sorted at a time
_DIGITS = re.compile(r"([0-9]{1,18})")  # no more at once: Python refuses to read very long numbers


@dataclass
class Walk:
    """What was met on the way, over as many calls of `pictures_below` as there are folders to walk.

    seen: real folders already walked, which are not walked again, whatever links lead to them.
    """

    hidden: int = 0
    foreign: int = 0
    example: str = ""
    closed: list[str] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def pictures_below(self, root: str) -> list[str]:
        """Paths of the pictures anywhere below root, each beginning with root as given, in natural order.

        Links to folders come last, so that what can be reached directly is found under its own name.
        """
        found: list[str] = []
        links: list[str] = []
        self._descend(root, found, links)
        while links:
            self._descend(links.pop(0), found, links)
        return found

    def enter(self, folder: str) -> bool:
        """Notes that a real folder is now walked; False if it was before, or cannot be reached."""
        try:
            status = os.stat(folder)
        except OSError:
            self.closed.append(folder)
            return False
        identity = status.st_dev, status.st_ino
        known = identity in self.seen
        self.seen.add(identity)
        return not known

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What a folder holds, hidden entries left out and counted, in natural order; empty if it cannot be opened."""
        try:
            with os.scandir(folder) as listing:
                entries = self.listed(listing)
        except OSError:
            self.closed.append(folder)
            return []
        shown = [e for e in entries if not e.name.startswith(".")]
        self.hidden += len(entries) - len(shown)
        return _in_order(shown)

    def listed(self, listing: Iterator[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """All that a folder holds; to be overridden by who wants to count meanwhile."""
        return list(listing)

    def is_picture(self, name: str) -> bool:
        """Whether a file of that name counts as a picture; counts it if not."""
        if has_picture_ending(name):
            return True
        self.foreign += 1
        self.example = self.example or name
        return False

    def warnings(self) -> tuple[str, ...]:
        """One sentence about all that was skipped, and one per folder that could not be opened."""
        shut = tuple(f"The folder {path} could not be opened; its pictures are missing here." for path in self.closed)
        return (*([self._skipped()] if self.hidden or self.foreign else []), *shut)

    def _skipped(self) -> str:
        parts = []
        if self.hidden:
            parts.append(f"{self.hidden} hidden {'file or folder' if self.hidden == 1 else 'files or folders'}")
        if self.foreign:
            files = "file" if self.foreign == 1 else "files"
            parts.append(f"{self.foreign} {files} without a picture's ending (such as {self.example})")
        return f"Skipped {' and '.join(parts)}."

    def _descend(self, root: str, found: list[str], links: list[str]) -> None:
        """Appends the pictures below root, and the links to folders, which are not followed here."""
        waiting = self.entries(root)[::-1] if self.enter(root) else []
        while waiting:
            entry = waiting.pop()
            if not entry.is_dir():
                if self.is_picture(entry.name):
                    found.append(entry.path)
            elif entry.is_symlink():
                links.append(entry.path)
            elif self.enter(entry.path):
                waiting += self.entries(entry.path)[::-1]


def _in_order(entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """In natural order. Many are sorted in pieces: one call for 100,000 would hold up all threads for half a second."""

    def key(entry: os.DirEntry[str]) -> tuple[list[str | int], str]:
        return natural_key(entry.name)

    pieces = [sorted(entries[start : start + _PIECE], key=key) for start in range(0, len(entries), _PIECE)]
    return pieces[0] if len(pieces) == 1 else list(heapq.merge(*pieces, key=key))


@lru_cache(1 << 14)
def natural_key(name: str) -> tuple[list[str | int], str]:
    """Sorts names as people count: numbers by value, capitals beside small letters."""
    parts: list[str | int] = list(_DIGITS.split(name.casefold()))  # text and digits in turn
    parts[1::2] = map(int, parts[1::2])
    return parts, name

"""A walk through folders that tells how far it is, so that a person can wait for it, or end it. No torch."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from fewshot_gui.images.formats import has_picture_ending
from fewshot_gui.images.walk import Walk
from fewshot_gui.jobs.events import Progress

_COUNTED = 200  # entries between two looks at the clock
_SECONDS = 0.1  # between two reports: each makes threads take turns, which costs more than the walking


class TooMany(Exception):
    """There are more pictures than were asked for."""


@dataclass
class CountingWalk(Walk):
    """Tells how many pictures were found so far, which may raise to cancel.

    most: with one more than that it raises TooMany, within a second where the rest would take long.
    """

    progress: Progress = field(default=lambda share, what: None)
    most: int | None = None
    met: int = 0
    found: int = 0
    told: float = 0.0  # when, seconds

    def listed(self, listing: Iterator[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """See Walk; a single folder may hold them all."""
        entries, pictures = [], self.found
        for entry in listing:
            entries.append(entry)
            pictures += self.most is not None and has_picture_ending(entry.name)
            if self.most is not None and pictures > self.most:
                raise TooMany
            self._count()
        return entries

    def is_picture(self, name: str) -> bool:
        """See Walk."""
        known = super().is_picture(name)
        self.found += known
        if self.most is not None and self.found > self.most:
            raise TooMany
        self._count()
        return known

    def enter(self, folder: str) -> bool:
        """See Walk; many folders may hold no file at all."""
        self._count()
        return super().enter(folder)

    def _count(self) -> None:
        self.met += 1
        if self.met % _COUNTED == 0 and (now := time.monotonic()) - self.told >= _SECONDS:
            self.told = now
            self.progress(None, f"{self.found} pictures found")

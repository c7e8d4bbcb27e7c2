"""One picture of the grid as words and numbers: what a delegate paints and what a screen reader says. No widgets."""

from __future__ import annotations

import os
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from fewshot_gui.jobs.columns import (
    CONFIRMED,
    CORRECTED,
    EXCLUDED,
    NONE,
    OK,
    PENDING,
    SAID_UNKNOWN,
    UNKNOWN,
    UNREADABLE,
    PictureColumns,
)
from fewshot_gui.ui.models.order import REVIEW_BELOW
from fewshot_gui.ui.words import sentence


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of a picture. label: index of the class shown, -1 none; colour: its index in the palette, -1 none.

    confidence: 0-1, None where there is no answer or a person's verdict stands in its place. name: the class's name
    (the user's words) or "". reason: why an unreadable picture is.
    """

    row: int
    path: str
    label: int
    name: str
    colour: int
    confidence: float | None
    status: int
    verdict: int
    review: bool
    support: bool
    reason: str

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return os.path.basename(self.path)

    @property
    def judged(self) -> bool:
        """Whether a person has confirmed or corrected the answer."""
        return self.verdict in (CONFIRMED, CORRECTED, SAID_UNKNOWN)

    def state(self) -> str:
        """The chip's words: the class's name, or what there is instead of one."""
        if self.status == UNREADABLE:
            return QCoreApplication.translate("PictureCell", "Unreadable")
        if self.verdict == EXCLUDED:
            return QCoreApplication.translate("PictureCell", "Excluded")
        if self.name:
            return self.name
        if self.status == UNKNOWN or self.verdict == SAID_UNKNOWN:
            return QCoreApplication.translate("PictureCell", "Unknown")
        if self.status == PENDING:
            return QCoreApplication.translate("PictureCell", "Waiting")
        return QCoreApplication.translate("PictureCell", "No class")

    def percent(self) -> str:
        """The confidence as "95 %", or ""."""
        if self.confidence is None:
            return ""
        return QCoreApplication.translate("PictureCell", "{0} %").format(int(100 * self.confidence + 0.5))

    def spoken(self) -> str:
        """The whole cell as a sentence for a screen reader and the tool tip."""
        parts = [self.file_name, self.state()]
        if self.reason:
            parts.append(sentence(self.reason))
        if self.confidence is not None:
            parts.append(self.percent())
        if self.support:
            parts.append(QCoreApplication.translate("PictureCell", "example"))
        if self.verdict in (CONFIRMED, SAID_UNKNOWN):
            parts.append(QCoreApplication.translate("PictureCell", "confirmed by you"))
        elif self.verdict == CORRECTED:
            parts.append(QCoreApplication.translate("PictureCell", "corrected by you"))
        elif self.review:
            parts.append(QCoreApplication.translate("PictureCell", "to review"))
        return ", ".join(parts)


def cell_of(columns: PictureColumns, row: int) -> Cell:
    """The picture of a row as it stands now."""
    status, verdict = int(columns.status[row]), int(columns.verdict[row])
    label = _shown_label(columns, row, status, verdict)
    names, colours = columns.class_names, columns.colours
    label = label if label < len(names) else -1  # classes may be on their way out while a frame is painted
    support = bool(columns.support[row])
    confidence = _confidence(columns, row, status, verdict)
    unsure = confidence is not None and confidence < REVIEW_BELOW
    return Cell(
        row=row,
        path=columns.paths[row],
        label=label,
        name=names[label] if label >= 0 else "",
        colour=colours[label] if 0 <= label < len(colours) else -1,
        confidence=confidence,
        status=status,
        verdict=verdict,
        review=unsure and status == OK and verdict == NONE and not support,
        support=support,
        reason=columns.reason.get(row, "") if status == UNREADABLE else "",
    )


def _shown_label(columns: PictureColumns, row: int, status: int, verdict: int) -> int:
    """As PictureColumns.shown_label, which is made for many rows at once: for one, this is ten times faster."""
    if verdict == SAID_UNKNOWN:
        return -1
    if verdict in (CONFIRMED, CORRECTED) and columns.verdict_label[row] >= 0:
        return int(columns.verdict_label[row])
    return int(columns.label[row]) if status == OK else -1


def _confidence(columns: PictureColumns, row: int, status: int, verdict: int) -> float | None:
    if status not in (OK, UNKNOWN) or verdict in (CORRECTED, SAID_UNKNOWN, EXCLUDED):
        return None
    value = float(columns.confidence[row])
    return value if value == value else None

"""The pictures that are selected, as one bool per row: selecting 100,000 costs as much as selecting one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal


class RowSelection(QObject):
    """Selected rows of a PictureColumns. Positions (places in the grid's order) are turned into rows by the caller.

    changed: after every change that changed something.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mask = np.zeros(0, bool)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def resize(self, n: int) -> None:
        """Starts anew for n rows, none selected."""
        had = self._count
        self._mask, self._count = np.zeros(n, bool), 0
        if had:
            self.changed.emit()

    def has(self, row: int) -> bool:
        """Whether the row is selected."""
        return bool(self._mask[row])

    def mask(self) -> np.ndarray:
        """bool [n], a copy."""
        return self._mask.copy()

    def rows(self) -> np.ndarray:
        """int32 [m], ascending."""
        return np.flatnonzero(self._mask).astype(np.int32)

    def replace(self, rows: np.ndarray) -> None:
        """Selects these rows and no others."""
        mask = np.zeros_like(self._mask)
        mask[rows] = True
        self.set_mask(mask)

    def add(self, rows: np.ndarray) -> None:
        """Selects these rows too."""
        mask = self._mask.copy()
        mask[rows] = True
        self.set_mask(mask)

    def toggle(self, row: int) -> None:
        """Selects or deselects one row."""
        mask = self._mask.copy()
        mask[row] = not mask[row]
        self.set_mask(mask)

    def keep(self, rows: np.ndarray) -> None:
        """Deselects all rows but these: what is no longer shown must not be acted upon."""
        if not self._count:
            return
        mask = np.zeros_like(self._mask)
        mask[rows] = True
        self.set_mask(mask & self._mask)

    def clear(self) -> None:
        """Selects none."""
        self.set_mask(np.zeros_like(self._mask))

    def set_mask(self, mask: np.ndarray) -> None:
        """Selects the rows that are True in `mask`, bool [n]."""
        if np.array_equal(mask, self._mask):
            return
        self._mask, self._count = mask, int(np.count_nonzero(mask))
        self.changed.emit()

"""Where the cells of the grid lie: plain arithmetic, so that nothing depends on how many pictures there are. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GAP = 8  # pixels between cells and around them
PAD = 6  # pixels between a cell's border and its picture
FOOT = 46  # pixels under the picture: label, percent, bar


@dataclass(frozen=True, slots=True)
class GridLayout:
    """n cells in a viewport `width` pixels wide, each about `wanted` wide and stretched to fill the row."""

    n: int
    width: int
    wanted: int

    @property
    def columns(self) -> int:
        """Cells in a row, at least 1."""
        return max(1, (self.width - GAP) // (self.wanted + GAP))

    @property
    def cell_width(self) -> int:
        """Pixels."""
        return max(24, (self.width - GAP) // self.columns - GAP)

    @property
    def picture(self) -> int:
        """Side of the square picture, pixels."""
        return self.cell_width - 2 * PAD

    @property
    def cell_height(self) -> int:
        """Pixels."""
        return self.picture + PAD + FOOT

    @property
    def pitch(self) -> int:
        """Pixels from one row of cells to the next."""
        return self.cell_height + GAP

    @property
    def lines(self) -> int:
        """Rows of cells."""
        return -(-self.n // self.columns)

    @property
    def height(self) -> int:
        """Pixels of all there is to scroll."""
        return GAP + self.lines * self.pitch if self.n else 0

    def rect(self, position: int) -> tuple[int, int, int, int]:
        """x, y, width, height of a cell, y from the top of all."""
        line, column = divmod(position, self.columns)
        return GAP + column * (self.cell_width + GAP), GAP + line * self.pitch, self.cell_width, self.cell_height

    def at(self, x: int, y: int) -> int:
        """The cell there, -1 if none (a gap, the empty end)."""
        column, inside_x = divmod(x - GAP, self.cell_width + GAP)
        line, inside_y = divmod(y - GAP, self.pitch)
        if not 0 <= column < self.columns or inside_x >= self.cell_width or inside_y >= self.cell_height or line < 0:
            return -1
        position = line * self.columns + column
        return position if position < self.n else -1

    def between(self, top: int, bottom: int) -> range:
        """The cells of all rows that reach into y from top to bottom (exclusive)."""
        first = max(0, (top - GAP) // self.pitch)
        last = (bottom - GAP - 1) // self.pitch
        return range(min(self.n, first * self.columns), min(self.n, max(0, (last + 1) * self.columns)))

    def touching(self, x: int, y: int, width: int, height: int) -> np.ndarray:
        """int32 [m]: the cells that a rectangle touches, ascending."""
        columns = _touched(x - GAP, width, self.cell_width, self.cell_width + GAP, self.columns)
        lines = _touched(y - GAP, height, self.cell_height, self.pitch, self.lines)
        found = (lines[:, None] * self.columns + columns).reshape(-1)
        return found[found < self.n].astype(np.int32)

    def moved(self, position: int, dx: int, dy: int) -> int:
        """The cell dx steps on and dy rows down, as an arrow key moves: clamped to the first and last cell."""
        if not self.n:
            return -1
        if position < 0:
            return 0
        target = position + dx + dy * self.columns
        if dy and not 0 <= target < self.n:
            column = position % self.columns
            if target < 0:
                return column if column < self.n else 0
            last_line = (self.n - 1) // self.columns * self.columns
            return position if position >= last_line else min(self.n - 1, last_line + column)
        return max(0, min(self.n - 1, target))


def _touched(start: int, length: int, cell: int, pitch: int, count: int) -> np.ndarray:
    """The cells of one dimension that [start, start + length) reaches into."""
    first = start // pitch + (start % pitch >= cell)  # it may begin in the gap behind a cell
    last = (start + length - 1) // pitch
    return np.arange(max(0, first), min(count - 1, last) + 1)

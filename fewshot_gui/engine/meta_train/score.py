"""The score that decides what is kept: accuracies of the same validation episodes, compared in pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Z = 1.959964  # 95 % of a normal distribution


@dataclass(frozen=True)
class Score:
    """cells: what was looked at (a source and a number of shots) -> accuracy of each episode, 0-1.

    The score is the plain mean of the cells' means.
    """

    cells: Mapping[str, Sequence[float]]

    @property
    def mean(self) -> float:
        """The accuracy, 0-1."""
        return float(np.mean([np.mean(values) for values in self.cells.values()]))

    def part(self, ending: str) -> Score:
        """The cells whose names end so."""
        return Score({cell: values for cell, values in self.cells.items() if cell.endswith(ending)})

    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean over episodes, 0-1."""
        half = Z * _standard_error(self.cells)
        return max(0.0, self.mean - half), min(1.0, self.mean + half)

    def gain_over(self, other: Score) -> tuple[float, float, float]:
        """(mean, low, high) of this less the other, episode by episode: both must have seen the same ones."""
        pairs = {cell: np.subtract(values, other.cells[cell]) for cell, values in self.cells.items()}
        mean = float(np.mean([np.mean(values) for values in pairs.values()]))
        half = Z * _standard_error(pairs)
        return mean, mean - half, mean + half


def _standard_error(cells: Mapping[str, Sequence[float]]) -> float:
    """Of the plain mean of the cells' means; NaN with fewer than two episodes in a cell."""
    variances = [np.var(v, ddof=1) / len(v) if len(v) > 1 else math.nan for v in cells.values()]
    return float(math.sqrt(np.sum(variances)) / len(cells))

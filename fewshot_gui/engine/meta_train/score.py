"""The score that decides what is kept: accuracies of the same validation episodes, compared in pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fewshot_gui.engine.metrics import mean_over_groups, paired_difference_over_groups


@dataclass(frozen=True)
class Score:
    """cells: what was looked at (a source and a number of shots) -> accuracy of each episode, 0-1.

    The score is the plain mean of the cells' means.
    """

    cells: Mapping[str, Sequence[float]]

    @property
    def mean(self) -> float:
        """The accuracy, 0-1."""
        return mean_over_groups(list(self.cells.values())).value

    def part(self, ending: str) -> Score:
        """The cells whose names end so."""
        return Score({cell: values for cell, values in self.cells.items() if cell.endswith(ending)})

    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean over episodes, 0-1."""
        found = mean_over_groups(list(self.cells.values()))
        return found.low, found.high

    def gain_over(self, other: Score) -> tuple[float, float, float]:
        """(mean, low, high) of this less the other, episode by episode: both must have seen the same ones."""
        found = paired_difference_over_groups(list(self.cells.values()), [other.cells[cell] for cell in self.cells])
        return found.value, found.low, found.high

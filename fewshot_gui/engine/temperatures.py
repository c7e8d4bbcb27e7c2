"""How sure a method may be of its answers, by the number of classes and of examples.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger: On Calibration of Modern Neural Networks, ICML 2017, arXiv:1706.04599
(temperature scaling). One number does not fit all tasks: with two classes and many examples a head's scores are more
extreme than its answers deserve, with fifty classes less, so the factor is looked up in a table.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Temperatures:
    """The factor on a method's logits that makes unseen classes' answers likeliest.

    ways, shots: ascending; values: a row for each of ways, in it a number above 0 for each of shots. measured_on: which
    pictures. ValueError for a table that is not so.
    """

    ways: tuple[int, ...]
    shots: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]
    measured_on: str = ""

    def __post_init__(self) -> None:
        ascending = all(list(axis) == sorted({*axis}) and axis and axis[0] > 0 for axis in (self.ways, self.shots))
        rows = len(self.values) == len(self.ways) and all(len(row) == len(self.shots) for row in self.values)
        if not (ascending and rows and all(value > 0 for row in self.values for value in row)):
            raise ValueError(
                "must have ascending ways and shots, and for each of ways a row of numbers above 0, one for each of "
                "shots; measure it again with `fewshot-gui models calibrate`."
            )

    def at(self, n_way: int, shots: float) -> float:
        """The factor for a task: between the table's entries by logarithms, beyond its edges as at the edge."""
        row, down = _place(self.ways, n_way)
        column, right = _place(self.shots, shots)
        logs = [[math.log(value) for value in line[column : column + 2]] for line in self.values[row : row + 2]]
        lines = [line[0] + right * (line[-1] - line[0]) for line in logs]
        return math.exp(lines[0] + down * (lines[-1] - lines[0]))


def _place(axis: Sequence[int], value: float) -> tuple[int, float]:
    """(index of the entry below, how far on the way to the next one 0-1), by logarithms."""
    value = min(max(value, axis[0]), axis[-1])
    below = min(bisect_right(axis, value) - 1, max(len(axis) - 2, 0))
    if len(axis) == 1:
        return 0, 0.0
    low, high = math.log(axis[below]), math.log(axis[below + 1])
    return below, (math.log(value) - low) / (high - low)

"""What an evaluation found: tallies of episodes while it runs, rows and comparisons for the outside."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from fewshot_gui.engine import metrics
from fewshot_gui.engine.episodes import Episode
from fewshot_gui.engine.metrics import Estimate

MEAN = "mean"  # the name of the row that is the plain mean over groups


@dataclass(frozen=True, slots=True)
class Row:
    """One method's result. group: None without groups, "mean" for the plain mean over groups.

    ways: None for a mean over groups of different ways (--ways all). n_classes: classes episodes were drawn from.
    accuracy: over episodes. over_classes: the wide 95 % interval, had other classes been drawn (metrics).
    adapted: share of episodes, 0-1, that ended with a changed backbone; None if the method never changes it.
    """

    group: str | None
    ways: int | None
    shots: int
    queries: int
    episodes: int
    method: str
    backbone: str
    n_classes: int
    accuracy: Estimate
    over_classes: tuple[float, float]
    adapted: float | None
    milliseconds_per_adapt: float


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference in accuracy, a less b, over the same episodes."""

    group: str | None
    ways: int | None
    shots: int
    a: str
    b: str
    difference: Estimate


@dataclass(eq=False)
class Tally:
    """What one method did in one cell, so far. hits, asked: per class of the table.

    adapted: episodes that ended with a changed backbone; None if the method never changes it.
    """

    accuracies: np.ndarray
    hits: np.ndarray
    asked: np.ndarray
    adapted: int | None
    episodes: int = 0
    seconds: float = 0.0

    def add(self, episode: Episode, right: np.ndarray, adapted: bool, seconds: float) -> None:
        """One more episode. right: [n_query] float, 1 where the answer is right; seconds: of adapting."""
        self.accuracies[self.episodes] = right.mean()
        self.hits += np.bincount(episode.classes[episode.query_labels], right, len(self.hits))
        self.asked += np.bincount(episode.classes[episode.query_labels], minlength=len(self.asked))
        self.episodes += 1
        if self.adapted is not None:
            self.adapted += adapted
        self.seconds += seconds

    @property
    def adapted_share(self) -> float | None:
        """adapted / episodes, 0-1, or None."""
        return None if self.adapted is None else self.adapted / self.episodes

    @property
    def recalls(self) -> np.ndarray:
        """The share of right answers of each class that was asked about."""
        met = self.asked > 0
        return self.hits[met] / self.asked[met]


@dataclass(frozen=True, eq=False)
class Cell:
    """One group (or all classes) at one number of shots."""

    group: str | None
    ways: int
    shots: int
    n_classes: int
    tallies: dict[str, Tally] = field(default_factory=dict)


def report(
    cells: Sequence[Cell], *, group: str | None, ways: int | None, queries: int, backbone: str, seed: int
) -> Iterator[Row | Paired]:
    """Every method's row, then every pair; over several cells the plain mean of theirs. seed: of the bootstrap."""
    shots, names = cells[0].shots, list(cells[0].tallies)
    for name in names:
        tallies = [cell.tallies[name] for cell in cells]
        accuracy = metrics.mean_over_groups([t.accuracies for t in tallies])
        yield Row(
            group=group,
            ways=ways,
            shots=shots,
            queries=queries,
            episodes=accuracy.n,
            method=name,
            backbone=backbone,
            n_classes=sum(cell.n_classes for cell in cells),
            accuracy=accuracy,
            over_classes=metrics.interval_over_classes([t.recalls for t in tallies], seed),
            adapted=_mean_share([t.adapted_share for t in tallies]),
            milliseconds_per_adapt=float(np.mean([t.seconds / t.episodes for t in tallies])) * 1000,
        )
    for a, b in itertools.combinations(names, 2):
        pairs = [(cell.tallies[a].accuracies, cell.tallies[b].accuracies) for cell in cells]
        difference = metrics.paired_difference_over_groups([x for x, _ in pairs], [y for _, y in pairs])
        yield Paired(group, ways, shots, a, b, difference)


def _mean_share(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return float(np.mean(known)) if known else None

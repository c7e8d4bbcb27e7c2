"""What an evaluation found: tallies of episodes while it runs, rows and comparisons for the outside."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from fewshot_gui.engine import metrics
from fewshot_gui.engine.episodes import Episode, Shots
from fewshot_gui.engine.method import Start
from fewshot_gui.engine.metrics import Estimate

MEAN = "mean"  # the name of the row that is the plain mean over groups


@dataclass(frozen=True, slots=True)
class Row:
    """One method's result. group: None without groups, "mean" for the plain mean over groups.

    ways: None for a mean over groups of different ways (--ways all). n_classes: classes episodes were drawn from.
    accuracy: over episodes. over_classes: the wide 95 % interval, had other classes been drawn (metrics).
    adapted: share of episodes, 0-1, that ended with a changed backbone; None if the method never changes it.
    worst_recall: the mean over episodes of the least recall among an episode's classes. With few queries a class it
    lies below what the weakest class would have with many: the least of several shares is partly bad luck.
    ece: expected calibration error of all answers, 0-1; over groups the mean of theirs.
    unknown_auroc, unknown_fpr95: how well pictures of classes that are not in the support are told from the episode's
    own by the score of engine.unknown, mean over episodes; None where that was not asked or no class is left over.
    milliseconds_per_1000_queries: of asking the head; the embedding is not in it unless the head needs pictures.
    transductive: the answers depend on the other queries, which the method was given.
    start: what a gradient method's steps began from (method.Start); "" for others.
    """

    group: str | None
    ways: int | None
    shots: Shots
    queries: int
    episodes: int
    method: str
    backbone: str
    n_classes: int
    accuracy: Estimate
    over_classes: tuple[float, float]
    adapted: float | None
    milliseconds_per_adapt: float
    worst_recall: Estimate
    ece: float
    unknown_auroc: Estimate | None
    unknown_fpr95: Estimate | None
    milliseconds_per_1000_queries: float
    transductive: bool
    start: Start


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference in accuracy, a less b, over the same episodes."""

    group: str | None
    ways: int | None
    shots: Shots
    a: str
    b: str
    difference: Estimate


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What one method did in one episode. right: [n_query] float, 1 where the answer is right; confidence: [n_query]
    0-1, the answers'. adapted: whether it ended with a changed backbone. seconds: of adapting; asking: of answering.
    unknown: (AUROC, FPR95), if pictures of other classes were asked about.
    """

    right: np.ndarray
    confidence: np.ndarray
    adapted: bool
    seconds: float
    asking: float
    unknown: tuple[float, float] | None = None


@dataclass(eq=False)
class Tally:
    """What one method did in one cell, so far. per_episode: columns accuracy, least recall, AUROC, FPR95 (or NaN);
    hits, asked: per class of the table; gaps: of the calibration error (metrics.calibration_gaps).

    adapted: episodes that ended with a changed backbone; None if the method never changes it.
    """

    per_episode: np.ndarray
    hits: np.ndarray
    asked: np.ndarray
    adapted: int | None
    transductive: bool = False
    start: Start = ""
    gaps: np.ndarray = field(default_factory=lambda: np.zeros(metrics.BINS))
    episodes: int = 0
    seconds: float = 0.0
    asking: float = 0.0

    @classmethod
    def blank(cls, episodes: int, n_classes: int, *, adapts: bool, transductive: bool, start: Start = "") -> Tally:
        """Of so many episodes to come. adapts: whether the method may change the backbone."""
        zeros = np.zeros(n_classes)
        return cls(np.full((episodes, 4), np.nan), zeros, zeros.copy(), 0 if adapts else None, transductive, start)

    def add(self, episode: Episode, outcome: Outcome) -> None:
        """One more episode."""
        right, labels = outcome.right, episode.query_labels
        asked = np.bincount(labels, minlength=episode.n_way)
        hits = np.bincount(labels, right, episode.n_way)
        unknown = outcome.unknown or (np.nan, np.nan)
        self.per_episode[self.episodes] = (right.mean(), (hits / asked).min(), *unknown)
        self.asked[episode.classes] += asked
        self.hits[episode.classes] += hits
        self.gaps += metrics.calibration_gaps(outcome.confidence, right)
        self.episodes += 1
        if self.adapted is not None:
            self.adapted += outcome.adapted
        self.seconds += outcome.seconds
        self.asking += outcome.asking

    @property
    def accuracies(self) -> np.ndarray:
        """[episodes] 0-1."""
        return self.per_episode[: self.episodes, 0]

    @property
    def least_recalls(self) -> np.ndarray:
        """[episodes] the least recall among each episode's classes, 0-1."""
        return self.per_episode[: self.episodes, 1]

    @property
    def unknown(self) -> np.ndarray:
        """[m, 2] AUROC and FPR95 of the episodes that had pictures of other classes."""
        found = self.per_episode[: self.episodes, 2:]
        return found[~np.isnan(found[:, 0])]

    @property
    def ece(self) -> float:
        """The expected calibration error of all answers, 0-1."""
        return float(np.abs(self.gaps).sum() / self.asked.sum())

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
    shots: Shots
    n_classes: int
    tallies: dict[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What all rows of a report share. seed: of the bootstrap."""

    group: str | None
    ways: int | None
    queries: int
    backbone: str
    seed: int


def rows(cells: Sequence[Cell], about: About, names: Sequence[str]) -> Iterator[Row]:
    """These methods' rows; over several cells the plain mean of theirs."""
    for name in names:
        tallies = [cell.tallies[name] for cell in cells]
        accuracy = metrics.mean_over_groups([t.accuracies for t in tallies])
        yield Row(
            group=about.group,
            ways=about.ways,
            shots=cells[0].shots,
            queries=about.queries,
            episodes=accuracy.n,
            method=name,
            backbone=about.backbone,
            n_classes=sum(cell.n_classes for cell in cells),
            accuracy=accuracy,
            over_classes=metrics.interval_over_classes([t.recalls for t in tallies], about.seed),
            adapted=_mean_share([t.adapted_share for t in tallies]),
            milliseconds_per_adapt=float(np.mean([t.seconds / t.episodes for t in tallies])) * 1000,
            worst_recall=metrics.mean_over_groups([t.least_recalls for t in tallies]),
            ece=float(np.mean([t.ece for t in tallies])),
            unknown_auroc=_unknown(tallies, 0),
            unknown_fpr95=_unknown(tallies, 1),
            milliseconds_per_1000_queries=float(np.mean([t.asking / t.asked.sum() for t in tallies])) * 1e6,
            transductive=any(t.transductive for t in tallies),
            start=tallies[0].start,
        )


def pairs(cells: Sequence[Cell], about: About, names: Sequence[str]) -> Iterator[Paired]:
    """Every two methods compared, on the episodes that both answered: each method's first ones are the same."""
    for a, b in itertools.combinations(names, 2):
        both = [_same_episodes(cell.tallies[a].accuracies, cell.tallies[b].accuracies) for cell in cells]
        difference = metrics.paired_difference_over_groups([x for x, _ in both], [y for _, y in both])
        yield Paired(about.group, about.ways, cells[0].shots, a, b, difference)


def _same_episodes(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = min(len(a), len(b))
    return a[:n], b[:n]


def _unknown(tallies: Sequence[Tally], column: int) -> Estimate | None:
    found = [t.unknown[:, column] for t in tallies if len(t.unknown)]
    return metrics.mean_over_groups(found) if found else None


def _mean_share(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return float(np.mean(known)) if known else None

"""Means over episodes with honest intervals. (A share of single answers has Wilson's: types.Accuracy.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z = 1.96  # 95 % of a normal distribution, as few-shot papers take it
BINS = 15  # of the expected calibration error
_RESAMPLES = 2000
_CHUNK = 4_000_000  # numbers drawn at a time by the bootstrap, to bound its memory


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; n: episodes it rests on."""

    value: float
    low: float
    high: float
    n: int


def mean_over_episodes(values: Sequence[float] | np.ndarray) -> Estimate:
    """Mean accuracy (0-1) +- 1.96 sd / sqrt(E), cut to 0-1. One episode tells nothing of the spread: (0, 1)."""
    return mean_over_groups([values])


def mean_over_groups(groups: Sequence[Sequence[float] | np.ndarray]) -> Estimate:
    """The plain mean of the groups' mean accuracies, however many episodes each has; standard errors combined."""
    return _combined(groups, 0.0, 1.0)


def paired_difference(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> Estimate:
    """Mean of a - b over the same episodes, with the interval of the differences; -1 to 1."""
    return paired_difference_over_groups([a], [b])


def paired_difference_over_groups(
    a: Sequence[Sequence[float] | np.ndarray], b: Sequence[Sequence[float] | np.ndarray]
) -> Estimate:
    """The plain mean over groups of the mean difference a - b, episode by episode."""
    differences = [np.asarray(x, float) - np.asarray(y, float) for x, y in zip(a, b, strict=True)]
    return _combined(differences, -1.0, 1.0)


def interval_over_classes(groups: Sequence[np.ndarray], seed: int = 0) -> tuple[float, float]:
    """The wide 95 % interval: what other classes of the same kind might have given.

    groups: per group the recall of each of its classes (0-1). Classes are resampled within their group (bootstrap,
    percentiles), means taken per group, then over groups. The interval over episodes covers only the luck of the
    draw from these classes (Lafargue et al. 2024, arXiv 2409.02850). (0, 1) if a group has a single class.
    """
    if any(len(recalls) < 2 for recalls in groups):
        return 0.0, 1.0
    rng = np.random.default_rng(seed)
    means = np.mean([_resampled_means(np.asarray(recalls, float), rng) for recalls in groups], axis=0)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _resampled_means(recalls: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """[_RESAMPLES]: means of as many recalls drawn with repetition as there are."""
    n = len(recalls)
    rows = max(1, _CHUNK // n)
    parts = [min(rows, _RESAMPLES - start) for start in range(0, _RESAMPLES, rows)]
    return np.concatenate([recalls[rng.integers(n, size=(part, n))].mean(1) for part in parts])


def _combined(groups: Sequence[Sequence[float] | np.ndarray], least: float, most: float) -> Estimate:
    arrays = [np.asarray(group, float) for group in groups]
    n = sum(len(group) for group in arrays)
    value = float(np.mean([group.mean() for group in arrays]))
    if any(len(group) < 2 for group in arrays):
        return Estimate(value, least, most, n)
    error = float(np.sqrt(sum(group.var(ddof=1) / len(group) for group in arrays))) / len(arrays)
    return Estimate(value, max(least, value - Z * error), min(most, value + Z * error), n)


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error, 0-1: how far confidences lie from the share of right answers, over equal bins.

    C. Guo, G. Pleiss, Y. Sun, K. Weinberger: On Calibration of Modern Neural Networks, ICML 2017, arXiv:1706.04599.
    confidence: [m] 0-1, the answers'; right: [m] bool. Weighted by how many answers a bin has; 0 without answers.
    """
    return float(np.abs(calibration_gaps(confidence, right, bins)).sum() / max(len(right), 1))


def calibration_gaps(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> np.ndarray:
    """[bins] the sums of right less confidence in each bin: what calibration_error adds up, for answers in parts."""
    bin_of = np.clip(np.ceil(np.asarray(confidence) * bins).astype(int) - 1, 0, bins - 1)
    return np.bincount(bin_of, weights=np.asarray(right, float) - confidence, minlength=bins)


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """Area under the ROC curve, 0-1: the chance that a known picture's score is above an unknown one's; ties half.

    known, unknown: [m], [k] scores, at least one each. 0.5: the scores tell nothing.
    """
    ranked = np.sort(unknown)
    below, up_to = np.searchsorted(ranked, known, "left"), np.searchsorted(ranked, known, "right")
    return float((below + up_to).mean() / 2 / len(ranked))


def fpr95(known: np.ndarray, unknown: np.ndarray) -> float:
    """The share of unknown pictures, 0-1, that pass the highest cut which 95 % of the known ones pass; 0 is best."""
    cut = np.sort(known)[int(0.05 * len(known) + 1e-9)]
    return float((np.asarray(unknown) >= cut).mean())

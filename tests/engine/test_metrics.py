"""Means and intervals, against slow references."""

import math
import statistics

import numpy as np
import pytest

from fewshot_gui.engine import metrics


def slow_interval(values):
    mean = sum(values) / len(values)
    half = 1.96 * statistics.stdev(values) / math.sqrt(len(values))
    return mean - half, mean, mean + half


def test_the_mean_and_its_interval_are_the_textbook_ones():
    values = np.random.default_rng(0).uniform(0.3, 0.9, 50).tolist()
    estimate = metrics.mean_over_episodes(values)
    assert (estimate.low, estimate.value, estimate.high) == pytest.approx(slow_interval(values))
    assert estimate.n == 50


def test_intervals_cover_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(1000):
        estimate = metrics.mean_over_episodes(rng.binomial(75, 0.7, size=100) / 75)
        covered += estimate.low <= 0.7 <= estimate.high
    assert 0.93 <= covered / 1000 <= 0.97


def test_an_interval_stays_within_0_and_1():
    estimate = metrics.mean_over_episodes([1.0, 1.0, 0.6])
    assert estimate.high == 1.0
    assert metrics.mean_over_episodes([0.0, 0.0, 0.4]).low == 0.0


def test_one_episode_tells_nothing_of_the_spread():
    assert metrics.mean_over_episodes([0.8]) == metrics.Estimate(0.8, 0.0, 1.0, 1)
    assert metrics.paired_difference([0.8], [0.5]).low == -1.0


def test_the_mean_over_groups_weighs_groups_evenly():
    small, large = [0.2, 0.4], [0.9, 0.8, 1.0, 0.9]
    estimate = metrics.mean_over_groups([small, large])
    errors = [statistics.stdev(group) / math.sqrt(len(group)) for group in (small, large)]
    assert estimate.value == pytest.approx((0.3 + 0.9) / 2)
    assert estimate.value - estimate.low == pytest.approx(1.96 * math.hypot(*errors) / 2)
    assert estimate.n == 6


def test_a_paired_difference_is_tighter_than_unpaired_results_suggest():
    rng = np.random.default_rng(2)
    hardness = rng.uniform(0.2, 0.8, 200)
    a, b = hardness + 0.02 + rng.normal(0, 0.01, 200), hardness
    estimate = metrics.paired_difference(a, b)
    assert (estimate.low, estimate.value, estimate.high) == pytest.approx(slow_interval((a - b).tolist()))
    assert estimate.low > 0.015
    assert metrics.mean_over_episodes(b).high > metrics.mean_over_episodes(a).low


def test_pairs_of_different_length_are_refused():
    with pytest.raises(ValueError):
        metrics.paired_difference([0.1, 0.2, 0.3], [0.1, 0.2])


def test_the_interval_over_classes_is_that_of_a_mean_of_so_many_classes():
    recalls = np.random.default_rng(3).uniform(0.4, 1.0, 60)
    low, high = metrics.interval_over_classes([recalls])
    slow_low, _, slow_high = slow_interval(recalls.tolist())
    assert (low, high) == pytest.approx((slow_low, slow_high), abs=0.01)


def test_the_interval_over_classes_resamples_within_groups():
    low, high = metrics.interval_over_classes([np.full(4, 0.2), np.full(9, 0.8)])
    assert (low, high) == pytest.approx((0.5, 0.5))
    assert metrics.interval_over_classes([np.array([0.5])]) == (0.0, 1.0)


def test_the_calibration_error_is_the_gap_between_confidence_and_truth():
    confidence = np.array([0.95] * 10 + [0.55] * 10)
    right = np.array([True] * 9 + [False] + [True] * 3 + [False] * 7)
    assert metrics.calibration_error(confidence, right) == pytest.approx((0.05 + 0.25) / 2)
    assert metrics.calibration_error(np.ones(4), np.ones(4, bool)) == 0
    assert metrics.calibration_error(np.zeros(0), np.zeros(0, bool)) == 0


def test_calibration_may_be_summed_up_in_parts():
    rng = np.random.default_rng(4)
    confidence = rng.uniform(0.2, 1, 200)
    right = rng.random(200) < confidence**2
    gaps = sum(metrics.calibration_gaps(confidence[part], right[part]) for part in (slice(0, 50), slice(50, 200)))
    assert np.abs(gaps).sum() / 200 == pytest.approx(metrics.calibration_error(confidence, right))


def test_the_area_under_the_roc_curve_is_scikit_learns():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(5)
    known, unknown = rng.normal(1, 1, 80).round(1), rng.normal(0, 1, 45).round(1)  # rounded: with ties
    wanted = roc_auc_score(np.repeat([1, 0], [80, 45]), np.concatenate([known, unknown]))
    assert metrics.auroc(known, unknown) == pytest.approx(wanted)
    assert metrics.auroc(np.ones(3), np.ones(4)) == 0.5


def test_fpr95_is_the_share_of_unknowns_above_the_cut_that_95_percent_of_the_known_pass():
    known = np.arange(100.0)
    assert metrics.fpr95(known, np.array([4.0, 5.0, 6.0, 200.0])) == 0.75  # the cut is 5: 95 of 100 reach it
    assert metrics.fpr95(known, np.array([-1.0])) == 0.0
    assert metrics.fpr95(np.array([1.0, 2.0]), np.array([1.0, 0.5])) == 0.5

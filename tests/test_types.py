"""The Wilson interval against values from the literature and against its own definition; what changed, added up."""

import math

import pytest

from fewshot_gui.types import Accuracy, Changes


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # Brown, Cai, DasGupta 2001; R: prop.test(x, n, correct = FALSE)
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_the_interval_has_the_known_bounds(right, total, low, high):
    assert Accuracy(right, total, "test").interval() == pytest.approx((low, high), abs=5e-5)


def test_the_bounds_are_where_the_share_is_just_not_refuted():
    accuracy = Accuracy(37, 52, "test")
    for bound in accuracy.interval():
        assert abs(accuracy.value - bound) / math.sqrt(bound * (1 - bound) / 52) == pytest.approx(1.959964)


def test_without_pictures_nothing_is_known():
    nothing = Accuracy(0, 0, "test")
    assert math.isnan(nothing.value)
    assert nothing.interval() == (0.0, 1.0)


def test_changes_add_up_and_are_false_only_if_nothing_changed():
    reviewed = Changes(frozenset({"reviews"}), frozenset({"a"}))
    both = reviewed | Changes(frozenset({"classes"}))
    assert both == Changes(frozenset({"reviews", "classes"}), frozenset({"a"}))
    assert both
    assert not Changes()

"""The folder as columns: what is written is what views read."""

import math
import subprocess
import sys

import numpy as np
import pytest

from fewshot_gui.jobs.columns import (
    CONFIRMED,
    CORRECTED,
    EXCLUDED,
    NONE,
    OK,
    PENDING,
    SAID_UNKNOWN,
    UNKNOWN,
    UNREADABLE,
    PictureColumns,
)


@pytest.fixture
def columns():
    made = PictureColumns([f"/folder/cat/{i}.png" for i in range(6)], "/folder", ["cat"] * 3 + [None, "dog", "cow"])
    made.set_classes(["cat", "dog"], [10, 20], [0, 1])
    return made


def answered(columns):
    columns.answer([0, 1, 4, 5], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.55, 0.45]], [True, True, True, False])
    columns.set_unreadable(2, "is empty")
    return columns


def test_the_columns_need_no_torch():
    code = (
        "import sys; import fewshot_gui.jobs.columns; print({'torch', 'PIL', 'PySide6', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_answers_become_status_label_confidence_and_margin(columns):
    answered(columns)
    assert columns.status.tolist() == [OK, OK, UNREADABLE, PENDING, OK, UNKNOWN]
    assert columns.label.tolist() == [0, 1, -1, -1, 1, -1]
    assert columns.confidence[[0, 1, 4, 5]] == pytest.approx([0.9, 0.6, 0.8, 0.55])
    assert columns.margin[[0, 1, 4, 5]] == pytest.approx([0.8, 0.2, 0.6, 0.1], abs=1e-6)
    assert math.isnan(columns.confidence[3])
    assert math.isnan(columns.margin[2])
    assert columns.reason == {2: "is empty"}


def test_a_single_class_has_its_confidence_as_margin():
    columns = PictureColumns(["a"], "", [None])
    columns.set_classes(["only"], [1], [0])
    columns.answer([0], [[1.0]], [True])
    assert (columns.label[0], columns.margin[0]) == (0, 1.0)


def test_answers_of_other_classes_than_the_columns_are_refused(columns):
    with pytest.raises(ValueError, match="probabilities"):
        columns.answer([0], [[0.2, 0.3, 0.5]], [True])


def test_every_write_raises_the_version(columns):
    writes = [
        lambda: columns.answer([0], [[0.5, 0.5]], [True]),
        lambda: columns.set_unreadable(1, "is damaged"),
        lambda: columns.set_verdicts([0], CONFIRMED, 0),
        lambda: columns.set_content([0], ["ab"]),
        lambda: columns.set_support(["ab"]),
        lambda: columns.set_classes(["cat"], [10], [0]),
        lambda: columns.set_xy([0], np.zeros((1, 2))),
        lambda: columns.set_pending(),
    ]
    for write in writes:
        before = columns.version
        write()
        assert columns.version > before


def test_answers_and_verdicts_follow_their_class_when_classes_are_reordered_and_renamed(columns):
    answered(columns).set_verdicts([1], CORRECTED, 0)
    columns.set_classes(["dog", "new", "tom cat"], [20, 30, 10], [1, 2, 0])
    assert columns.label.tolist() == [2, 0, -1, -1, 0, -1]
    assert columns.probabilities[0].tolist() == pytest.approx([0.1, 0, 0.9], abs=1e-3)
    assert (columns.verdict[1], columns.verdict_label[1]) == (CORRECTED, 2)
    assert columns.truth_label.tolist() == [-1, -1, -1, -1, 0, -1]


def test_answers_and_verdicts_of_a_deleted_class_go(columns):
    answered(columns).set_verdicts([0, 3], CONFIRMED, 1)
    columns.set_classes(["cat"], [10], [0])
    assert columns.status.tolist() == [OK, PENDING, UNREADABLE, PENDING, PENDING, UNKNOWN]
    assert columns.verdict.tolist() == [NONE] * 6
    assert math.isnan(columns.confidence[1])


def test_a_verdict_is_shown_before_the_answer(columns):
    answered(columns)
    columns.set_verdicts([1], CORRECTED, 0)
    columns.set_verdicts([4], SAID_UNKNOWN, -1)
    columns.set_verdicts([3], CONFIRMED, 1)
    assert [columns.shown_label(row) for row in range(6)] == [0, 0, -1, 1, -1, -1]
    assert columns.shown_labels([3, 0]).tolist() == [1, 0]


def test_counts_add_up(columns):
    answered(columns).set_verdicts([1, 0], [CORRECTED, EXCLUDED], [0, -1])
    counts = columns.counts()
    assert (counts.images, counts.pending, counts.classified, counts.unknown, counts.unreadable) == (6, 1, 3, 1, 1)
    assert (counts.confirmed, counts.corrected, counts.excluded, counts.per_class) == (0, 1, 1, (2, 1))


def test_accuracy_is_measured_on_answered_pictures_of_known_truth_that_are_no_examples(columns):
    answered(columns)
    assert (columns.accuracy().right, columns.accuracy().total) == (2, 3)
    columns.set_content(range(2), ["aa", "bb"])
    assert columns.set_support(["aa", None]).tolist() == [0]
    assert (columns.accuracy().right, columns.accuracy().total) == (1, 2)


def test_what_the_user_checked_counts_verdicts_and_not_what_was_learned_since(columns):
    answered(columns)
    columns.set_verdicts([0, 1, 5], [CONFIRMED, CORRECTED, SAID_UNKNOWN], [0, 0, -1])
    columns.answer([1], [[1.0, 0.0]], [True])
    assert columns.checked() == (1, 3)


def test_contents_find_their_rows_and_marks_that_stay_are_no_change(columns):
    columns.set_content([0, 3, 5], ["aa", "bb", "aa"])
    assert columns.rows_of(["aa"]).tolist() == [0, 5]
    assert columns.set_support(["aa"]).tolist() == [0, 5]
    assert columns.set_support(["aa"]).tolist() == []
    assert columns.set_support(["bb"]).tolist() == [0, 3, 5]


def test_paths_are_shown_below_the_root(columns):
    assert columns.relative(0) == "cat/0.png"


def test_answers_meant_for_classes_that_have_changed_meanwhile_find_their_own(columns):
    columns.set_classes(["dog", "new"], [20, 30], [1, 2])
    columns.answer([0, 1], [[0.9, 0.1], [0.2, 0.8]], [True, True], class_ids=[10, 20])
    assert columns.status[:2].tolist() == [PENDING, OK]
    assert columns.label[:2].tolist() == [-1, 0]
    assert columns.probabilities[1].tolist() == pytest.approx([0.8, 0.0], abs=1e-3)


def test_examples_that_are_found_later_are_marked(columns):
    columns.set_support(["aa"])
    columns.set_content([2, 3], ["aa", "bb"])
    assert columns.support.tolist() == [False, False, True, False, False, False]
    columns.set_content([2], ["cc"])
    assert not columns.support.any()

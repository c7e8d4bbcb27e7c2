import os
import time

import numpy as np
import pytest

from fewshot_gui.project.store import Project
from fewshot_gui.project.values import HistoryPoint


def store(project, run, names, label, k=2, **columns):
    n = len(names)
    values = {
        "labels": [label] * n,
        "confidence": np.full(n, 0.75, np.float32),
        "status": np.ones(n, np.uint8),
        "probabilities": np.full((n, k), 1 / k),
    }
    project.store_predictions(run, names, **(values | columns))


def answers(project):
    found = project.predictions()
    return dict(zip(found.relatives, found.labels.tolist(), strict=True))


@pytest.fixture
def classes(add_class):
    return add_class("lynx"), add_class("fox")


def test_a_run_keeps_what_it_was_given_at_its_beginning_and_its_end(project):
    first = project.begin_run({"method": "ridge", "seconds": 0.5})
    second = project.begin_run({})
    project.end_run(first, {"pictures": 3, "seconds": 1.0})
    project.end_run(999, {})
    ended, under_way = project.runs()
    assert (ended.id, under_way.id) == (first, second)
    assert ended.values == {"method": "ridge", "seconds": 1.0, "pictures": 3}
    assert time.time() - 60 < ended.began <= ended.ended <= time.time()
    assert under_way.ended is None


def test_history_keeps_accuracies_in_the_order_they_were_shown(project):
    run = project.begin_run({})
    project.add_history("estimate", 3, 4, "the examples", None)
    project.add_history("truth", 70, 80, "named folders", run)
    first, second = project.history()
    assert (first.kind, first.right, first.total, first.run_id) == ("estimate", 3, 4, None)
    assert second == HistoryPoint("truth", 70, 80, "named folders", run, second.at)


def test_without_any_answer_the_columns_are_empty(project):
    found = project.predictions()
    assert (found.relatives, found.labels.shape, found.probabilities.shape) == ((), (0,), (0, 0))


def test_answers_come_back_as_columns_after_reopening(project, project_file, classes):
    names = ("a.jpg", os.fsdecode(b"caf\xe9.jpg"), "c.jpg")
    run = project.begin_run({})
    probabilities = np.array([[0.25, 0.75], [0.5, 0.5], [0, 0]], np.float16)
    project.store_predictions(
        run, names, [classes[1], None, -1], np.array([0.75, np.nan, 0.1]), np.array([1, 2, 3]), probabilities
    )
    project.close()
    with Project.open(project_file) as again:
        found = again.predictions()
    assert found.relatives == names
    assert found.labels.tolist() == [classes[1], -1, -1]
    np.testing.assert_array_equal(found.confidence, np.array([0.75, np.nan, 0.1], np.float32))
    assert found.status.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(found.probabilities, probabilities)
    assert found.class_ids == classes
    assert found.run_ids.tolist() == [run] * 3
    assert (found.labels.dtype, found.probabilities.dtype) == (np.int64, np.float16)


def test_a_picture_s_newest_answer_counts(project, classes):
    run = project.begin_run({})
    store(project, run, ["a", "b", "c"], classes[0])
    store(project, run, ["b"], classes[1])
    store(project, run, [], classes[1])
    assert answers(project) == {"a": classes[0], "b": classes[1], "c": classes[0]}


def test_a_cancelled_run_lies_over_the_one_before_and_an_ended_one_replaces_it(project, classes):
    first = project.begin_run({})
    store(project, first, ["a", "b"], classes[0])
    project.end_run(first, {})
    second = project.begin_run({})
    store(project, second, ["b"], classes[1])
    third = project.begin_run({})
    assert answers(project) == {"a": classes[0], "b": classes[1]}
    assert project.predictions().run_ids.tolist() == [first, second]
    store(project, third, ["c"], classes[1])
    project.end_run(third, {})
    assert answers(project) == {"c": classes[1]}


def test_a_run_without_answers_replaces_nothing(project, classes):
    run = project.begin_run({})
    store(project, run, ["a"], classes[0])
    project.end_run(run, {})
    project.end_run(project.begin_run({}), {})
    assert answers(project) == {"a": classes[0]}


def test_of_many_cancelled_runs_the_answers_of_the_last_are_kept(project, classes):
    for name in "abcd":
        store(project, project.begin_run({}), [name], classes[0])
    assert answers(project) == {"c": classes[0], "d": classes[0]}
    project.begin_run({})
    assert answers(project) == {"d": classes[0]}


def test_columns_of_an_older_run_are_put_under_the_classes_of_the_newer(project, classes, add_class):
    lynx, fox = classes
    first = project.begin_run({})
    store(project, first, ["a"], lynx, probabilities=[[0.75, 0.25]])
    project.delete_classes([lynx])
    owl = add_class("owl")
    second = project.begin_run({}, [owl, fox])
    store(project, second, ["b"], owl, probabilities=[[0.875, 0.125]])
    found = project.predictions()
    assert found.class_ids == (owl, fox)
    assert found.probabilities.tolist() == [[0, 0.25], [0.875, 0.125]]


def test_columns_that_do_not_fit_are_a_mistake_of_the_program(project, classes):
    run = project.begin_run({})
    with pytest.raises(ValueError, match="2 pictures and 2 classes"):
        store(project, run, ["a", "b"], classes[0], k=3)
    with pytest.raises(ValueError, match="no run 99"):
        store(project, 99, ["a"], classes[0])
    assert project.predictions().relatives == ()


def test_answers_for_100000_pictures_are_stored_and_loaded_within_two_seconds(project, add_class):
    ids = [add_class(str(number)) for number in range(10)]
    names = [f"sub/IMG_{number:06}.jpg" for number in range(100_000)]
    draw = np.random.default_rng(0)
    labels, probabilities = draw.choice(ids, 100_000), draw.random((100_000, 10))
    run = project.begin_run({})
    start = time.process_time()
    for i in range(0, 100_000, 1_000):
        part = slice(i, i + 1_000)
        project.store_predictions(
            run, names[part], labels[part], probabilities[part, 0], np.ones(1_000), probabilities[part]
        )
    found = project.predictions()
    assert time.process_time() - start < 2
    assert list(found.relatives) == names
    np.testing.assert_array_equal(found.labels, labels)

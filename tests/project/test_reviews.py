import time

import pytest

from fewshot_gui.types import Changes


def test_a_verdict_knows_its_class_origin_and_time(project, add_class):
    lynx = add_class("lynx")
    changes = project.review(["11", "22"], "confirmed", lynx, "audit")
    review = project.reviews()["11"]
    assert (review.verdict, review.class_id, review.origin) == ("confirmed", lynx, "audit")
    assert time.time() - 60 < review.at <= time.time()
    assert changes == Changes(frozenset({"reviews"}), frozenset({"11", "22"}))


def test_only_what_is_new_counts_as_changed(project, add_class):
    lynx, fox = add_class("lynx"), add_class("fox")
    project.review(["11", "22"], "corrected", lynx)
    assert project.review(["11", "22", "33"], "corrected", lynx).contents == {"33"}
    assert project.review(["11"], "corrected", fox).contents == {"11"}


@pytest.mark.parametrize("verdict", ["unknown", "excluded"])
def test_a_verdict_that_names_no_class_has_none(project, add_class, verdict):
    project.review(["11"], verdict, add_class("lynx"))
    assert project.reviews()["11"].class_id is None


def test_a_verdict_is_taken_back(project):
    project.review(["11", "22"], "unknown")
    assert project.review(["11", "33"], None).contents == {"11"}
    assert list(project.reviews()) == ["22"]


def test_a_word_that_is_no_verdict_is_a_mistake_of_the_program(project):
    with pytest.raises(ValueError, match="maybe"):
        project.review(["11"], "maybe")

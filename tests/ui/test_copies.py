"""Copies of examples in the window: the first answer does not wait for them, and figures are those of the last."""

import threading

import numpy as np
import pytest

from fewshot_gui.jobs import live_copies
from fewshot_gui.jobs.bench import Adapted, Deep
from fewshot_gui.jobs.columns import PENDING
from fewshot_gui.jobs.copies import LOOKING
from fewshot_gui.ui import actions, work
from tests.ui.test_session import SLOW, draw, examples, folder, session, settle, working  # noqa: F401

METHOD = "ridge:copies=2"


@pytest.fixture
def heard(working):  # noqa: F811
    """What was adapted, noted and shown as progress."""
    told = {"adapted": [], "noted": [], "shown": []}
    working.adapted.connect(told["adapted"].append)
    working.noted.connect(told["noted"].append)
    working.progress.connect(lambda progress: told["shown"].append(progress.what if progress is not None else None))
    return told


def points(session, kind):  # noqa: F811
    return [(point.right, point.total) for point in session.project.history() if point.kind == kind]


def test_the_first_answer_comes_before_copies_and_its_figures_give_way_to_those_of_the_last(qtbot, working, heard):  # noqa: F811
    before = points(working, "estimate")
    actions.set_method(working, METHOD)
    settle(qtbot, working)
    first, last = heard["adapted"]
    assert (first.pending, last.pending, last.copies) == (6, 0, 2)
    assert working.live.last is last
    assert working.live.per_class == dict(zip(working.columns.class_ids, last.estimate.per_class, strict=True))
    accuracy = last.estimate.accuracy
    new = points(working, "estimate")[len(before) :]
    assert new in ([], [(accuracy.right, accuracy.total)])  # one point at most, and only if it says something new
    assert (working.columns.status != PENDING).all()
    assert not [what for what in heard["shown"] if what and "closely" in what]  # six are done in no time
    assert working.troubles == []


def test_the_copies_of_many_examples_are_shown_as_progress(qtbot, working, heard, monkeypatch):  # noqa: F811
    monkeypatch.setattr(work, "_FEW", 5)
    shown, made = threading.Event(), live_copies.made
    working.progress.connect(lambda progress: progress and progress.what == LOOKING and shown.set())

    def no_faster_than_the_eye(*arguments):
        for part in made(*arguments):
            yield part
            assert shown.wait(10)

    monkeypatch.setattr(live_copies, "made", no_faster_than_the_eye)
    actions.set_method(working, METHOD)
    settle(qtbot, working)
    assert LOOKING in heard["shown"]
    assert working.troubles == []
    assert heard["shown"][-1] is None


def test_undo_and_redo_answer_once_with_all_copies(qtbot, working, heard, tmp_path):  # noqa: F811
    actions.set_method(working, METHOD)
    settle(qtbot, working)
    settled = working.columns.probabilities.copy()
    actions.add_pictures(working, [draw(tmp_path / "new" / "0.png", "round", 5)], working.classes[0].id)
    settle(qtbot, working)
    assert [adapted.pending for adapted in heard["adapted"]] == [6, 0, 1, 0]
    added = working.columns.probabilities.copy()
    actions.undo(working)
    settle(qtbot, working)
    np.testing.assert_array_equal(working.columns.probabilities, settled)
    actions.redo(working)
    settle(qtbot, working)
    np.testing.assert_array_equal(working.columns.probabilities, added)
    assert [adapted.pending for adapted in heard["adapted"][4:]] == [0, 0]


def test_adapting_deeper_waits_for_the_head_that_stays(qtbot, working, monkeypatch):  # noqa: F811
    order = []
    monkeypatch.setattr(working.live.work, "deepen", lambda how, done: order.append("deeper"))
    working.adapted.connect(lambda adapted: (order.append(adapted.pending), working.live.deepen(True)))
    actions.set_method(working, METHOD)
    settle(qtbot, working)
    assert order[:2] == [6, 0]
    assert "deeper" in order[2:]


def test_a_class_taken_away_while_copies_are_made_is_gone(qtbot, working):  # noqa: F811
    taken = []

    def take(adapted: Adapted) -> None:
        if adapted.pending and not taken:
            taken.append(working.classes[1].id)
            actions.delete_classes(working, taken)

    working.adapted.connect(take)
    actions.set_method(working, METHOD)
    settle(qtbot, working)
    assert working.columns.class_names == ("round",)
    assert not isinstance(working.live.deep, Deep)
    assert working.live.last.pending == 0
    assert working.troubles == []


def test_closing_the_project_while_copies_are_made_leaves_nothing_behind(qtbot, working):  # noqa: F811
    with qtbot.waitSignal(working.adapted, timeout=SLOW, check_params_cb=lambda adapted: adapted.pending > 0):
        actions.set_method(working, METHOD)
    working.close_project()
    qtbot.waitUntil(lambda: not working.live.work.kinds(), timeout=SLOW)
    assert working.project is None
    assert working.troubles == []

"""What goes wrong around the window: each time a sentence with the way out, and what was there stays.

Lower down, and not again here: damaged, foreign and newer files (tests/project/test_files.py), crashed and second
windows (test_lock.py), errors of a model while adapting (test_session.py, jobs/test_workbench_deeper.py).
"""

import errno
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from fewshot_gui.engine.model import Model
from fewshot_gui.jobs import counting
from fewshot_gui.jobs.columns import OK, PENDING
from fewshot_gui.project.schema import VERSION
from fewshot_gui.ui import actions, drops, file_actions, importing
from tests.ui.drags import drop
from tests.ui.test_session import SLOW, draw, examples, session, settle  # noqa: F401


@pytest.fixture
def many(tmp_path):
    """A folder that takes a moment to read."""
    for kind in ("round", "square"):
        for n in range(150):
            draw(tmp_path / "query" / kind / f"{n}.png", kind, 20 + n)
    return tmp_path / "query"


@pytest.fixture
def taught(qtbot, window, session, examples):  # noqa: F811
    """A window with two classes and no folder yet."""
    assert session.new("Shapes")
    actions.add_classes(session, examples)
    settle(qtbot, session)
    return window


@pytest.fixture
def halted(monkeypatch):
    """Reading pictures of a folder waits, after the first 20, until this event is set."""
    go, count, embed = threading.Event(), [0], Model.embed

    def slowly(self, pictures):
        count[0] += len(pictures)
        if count[0] > 20:
            go.wait(SLOW / 1000)
        return embed(self, pictures)

    monkeypatch.setattr(Model, "embed", slowly)
    yield go
    go.set()


def told(window):
    return [notice.sentence for notice in window.notices.standing()]


def answered(session):  # noqa: F811
    return session.columns is not None and int((session.columns.status == OK).sum())


def drop_on_classes(window, paths):
    view = window.panes.classes.view
    zone = view.list.zone
    drop(view, drops.files_mime([str(path) for path in paths]), zone.mapTo(view, zone.rect().center()))


# A folder that vanishes


def test_a_folder_that_vanishes_during_the_run_is_told_and_goes_on_once_it_is_back(
    qtbot, taught, session, many, halted  # noqa: F811
):  # fmt: skip
    actions.set_folder(session, str(many))
    qtbot.waitUntil(lambda: answered(session) > 5, timeout=SLOW)
    many.rename(many.with_name("away"))
    halted.set()
    qtbot.waitUntil(lambda: bool(session.troubles), timeout=SLOW)
    settle(qtbot, session)
    assert "has vanished during the run: what was read stays" in told(taught)[-1]
    assert 5 < answered(session) < 300
    many.with_name("away").rename(many)
    taught.do("rescan")
    settle(qtbot, session)
    assert answered(session) == 300


# No permission, a full disk


def test_where_no_project_can_be_made_the_start_page_stays_and_says_why(window, session, tmp_path, monkeypatch):  # noqa: F811
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "file" / "data"))
    window.start.new.click()
    assert window.pages.currentWidget() is window.start
    assert "cannot be made" in told(window)[-1]
    assert session.project is None


def test_what_cannot_be_exported_is_told_and_all_stays(qtbot, taught, session, many, tmp_path):  # noqa: F811
    actions.set_folder(session, str(many))
    settle(qtbot, session)
    (tmp_path / "file").write_text("in the way")
    for export in (file_actions.export_answers, file_actions.export_classifier):
        session.troubles.clear()
        export(session, str(tmp_path / "file" / "answers.csv"))
        qtbot.waitUntil(lambda: bool(session.troubles), timeout=SLOW)
        assert "could not be written" in told(taught)[-1]
    assert answered(session) == 300


def test_on_a_full_disk_an_action_is_refused_and_done_once_there_is_room(qtbot, taught, session):  # noqa: F811
    with session.project._database.read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        before = [card.data.name for card in taught.panes.classes.view.cards()]
        while actions.add_class(session, "x" * 150) is not None:
            before = [card.data.name for card in taught.panes.classes.view.cards()]
        assert "because the disk is full: free some space and do it again" in told(taught)[-1]
        assert [card.data.name for card in taught.panes.classes.view.cards()] == before
        assert [info.name for info in session.project.classes()] == before
        connection.execute("PRAGMA max_page_count = 1000000")
    assert actions.add_class(session, "later") is not None
    settle(qtbot, session)


def test_a_pasted_picture_that_cannot_be_stored_is_told_and_leaves_nothing(qtbot, taught, session, monkeypatch):  # noqa: F811
    def full(path, data):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        image = QImage(40, 30, QImage.Format.Format_RGB32)
        image.fill(0)
        taught.panes.classes.importer.take_image(image, None)
        qtbot.waitUntil(lambda: bool(session.troubles), timeout=SLOW)
    assert "No space left on device): free some space, then drop it again." in told(taught)[-1]
    assert list((importing.paths.data_folder() / "pasted").iterdir()) == []
    assert len(session.classes) == 2


# A project file that is none of ours, or newer


def test_a_newer_project_dropped_on_the_start_page_is_told_and_left_alone(qtbot, window, session, tmp_path):  # noqa: F811
    import sqlite3
    from contextlib import closing

    from fewshot_gui.project.store import Project

    path = tmp_path / "newer.fewshot"
    Project.create(path, "Newer").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    window.start.dropped.emit([str(path)])
    assert "newer version" in told(window)[-1]
    assert window.pages.currentWidget() is window.start
    assert path.read_bytes() == before


# A class that goes while a run uses it


@pytest.mark.parametrize("whole", [True, False])
def test_a_class_deleted_or_emptied_during_the_run_is_given_to_no_picture_any_more(
    qtbot, taught, session, many, halted, tmp_path, whole  # noqa: F811
):  # fmt: skip
    actions.add_classes(session, {"third": [draw(tmp_path / "third" / f"{n}.png", "round", n) for n in range(3)]})
    settle(qtbot, session)
    actions.set_folder(session, str(many))
    qtbot.waitUntil(lambda: answered(session) > 5, timeout=SLOW)
    first = session.classes[0].id
    if whole:
        actions.delete_classes(session, [first])
    else:
        actions.remove_examples(session, [example.id for example in session.examples if example.class_id == first])
    halted.set()
    settle(qtbot, session)
    columns = session.columns
    assert (columns.status != PENDING).all()
    assert first not in {columns.class_ids[label] for label in columns.label[columns.status == OK]}
    assert session.troubles == []


def test_a_class_deleted_while_the_backbone_adapts_leaves_the_others_answered(qtbot, taught, session, many, tmp_path):  # noqa: F811
    actions.add_classes(session, {"third": [draw(tmp_path / "third" / f"{n}.png", "round", n) for n in range(3)]})
    actions.set_folder(session, str(many))
    settle(qtbot, session)
    session.live.deepen(True)
    actions.delete_classes(session, [session.classes[2].id])
    session.live.deepen(False)
    settle(qtbot, session)
    assert session.columns.class_names == ("round", "square")
    assert not session.columns.deep.any()
    assert session.troubles == []


# Far too much, far too long


def test_looking_into_a_large_folder_can_be_stopped_in_the_foot(qtbot, taught, session, many, monkeypatch):  # noqa: F811
    looking, go, count = threading.Event(), threading.Event(), counting.CountingWalk._count

    def slowly(self):
        looking.set()
        go.wait(SLOW / 1000)
        count(self)

    monkeypatch.setattr(counting.CountingWalk, "_count", slowly)
    monkeypatch.setattr(counting, "_COUNTED", 1)
    drop_on_classes(taught, [many])
    qtbot.waitUntil(looking.is_set, timeout=SLOW)
    qtbot.waitUntil(taught.foot.stop.isVisible, timeout=SLOW)
    taught.foot.stop.click()
    go.set()
    settle(qtbot, session)
    assert len(session.classes) == 2
    assert taught.panes.classes.importer.dialog is None


def test_many_loose_files_are_asked_about_before_they_become_examples(qtbot, taught, session, many):  # noqa: F811
    before = len(session.examples)
    drop_on_classes(taught, sorted(many.rglob("*.png")))
    importer = taught.panes.classes.importer
    qtbot.waitUntil(lambda: importer.dialog is not None, timeout=SLOW)
    assert len(session.examples) == before
    importer.dialog.accept()
    settle(qtbot, session)
    assert len(session.examples) - before == 20


def test_names_of_5000_characters_are_cut_and_widen_nothing(qtbot, taught, session):  # noqa: F811
    view = taught.panes.classes.view
    width = taught.width(), view.width(), view.minimumSizeHint().width()
    actions.rename(session, "P" * 5000)
    actions.rename_class(session, session.classes[0].id, "猫" * 5000)
    actions.add_class(session, "n" * 5000)
    settle(qtbot, session)
    assert [len(info.name) for info in session.classes] == [200, 6, 200]
    assert len(session.project_name) == 200
    qtbot.wait(50)
    assert (taught.width(), view.width(), view.minimumSizeHint().width()) == width
    assert taught.top.minimumSizeHint().width() < 800
    assert session.new("L" * 5000)
    assert len(session.project.path.name) < 200


# Files that are no pictures


def test_of_a_mixed_drop_the_pictures_are_used_and_the_rest_is_named(qtbot, taught, session, many, tmp_path):  # noqa: F811
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "mixed").mkdir()
    shutil.copy(many / "round" / "0.png", tmp_path / "mixed")
    (tmp_path / "mixed" / "sound.mp3").write_bytes(b"x")
    drop_on_classes(taught, [tmp_path / "notes.txt", many / "round" / "1.png", tmp_path / "mixed"])
    qtbot.waitUntil(lambda: len(session.classes) == 3, timeout=SLOW)
    settle(qtbot, session)
    assert [info.name for info in session.classes] == ["round", "square", "mixed"]
    assert len(session.examples) == 6 + 2
    sentences = " ".join(told(taught))
    assert "1 file(s) left out, not being a picture: notes.txt." in sentences
    assert "sound.mp3" in sentences


# A model that fails


def test_a_model_that_fails_on_the_folder_is_told_and_the_answers_stay(qtbot, taught, session, many, monkeypatch):  # noqa: F811
    actions.set_folder(session, str(many))
    settle(qtbot, session)
    labels = session.columns.label.copy()

    def failing(self, pictures):
        raise RuntimeError("the device was lost")

    QImage(50, 40, QImage.Format.Format_RGB32).save(str(many / "round" / "new.png"))
    with monkeypatch.context() as patch:
        patch.setattr(Model, "embed", failing)
        taught.do("rescan")
        qtbot.waitUntil(lambda: bool(session.troubles), timeout=SLOW)
        settle(qtbot, session)
    assert "(the device was lost), so nothing was changed" in told(taught)[-1]
    kept = [n for n, path in enumerate(session.columns.paths) if not path.endswith("new.png")]
    np.testing.assert_array_equal(session.columns.label[kept], labels)
    taught.do("rescan")
    settle(qtbot, session)
    assert answered(session) == 301

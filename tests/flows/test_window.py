"""Whole flows through the real window, whose stored results the command line gives, too, for the same pictures."""

import json
import shutil

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pytestqt")

from PySide6.QtCore import Qt

from fewshot_gui import paths
from fewshot_gui.jobs.columns import CORRECTED, OK, UNKNOWN, UNREADABLE, PictureColumns
from fewshot_gui.project.store import Project
from fewshot_gui.settings import Settings
from fewshot_gui.ui import drops
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.window import Window
from tests.conftest import ROOT
from tests.flows.helpers import rows
from tests.ui.conftest import _garbage_in_this_thread, _nothing_left, qapp, qapp_args  # noqa: F401
from tests.ui.drags import drop
from tests.ui.test_session import SLOW, draw, settle

STATUS = {"ok": OK, "unknown": UNKNOWN, "unreadable": UNREADABLE}


@pytest.fixture
def opened(qtbot, qapp, tmp_path, monkeypatch):  # noqa: F811
    """Opens windows, each with a session of its own; every one is closed at the end."""
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    windows = []

    def make():
        session = Session(Settings(tmp_path / "settings.json"))
        session.troubles = []
        session.failed.connect(session.troubles.append)
        session.fault.connect(session.troubles.append)
        window = Window(session, session.settings, "en")
        window.resize(1400, 850)
        window.show_start()
        window.show()
        session.warm_up()
        windows.append(window)
        return window

    yield make
    for window in windows:
        closed = window.session.close()
        window.close()
        window.deleteLater()
        assert closed
        assert window.session.troubles == []


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, request):
    """(examples, pictures to classify): a sub-folder per class in each; real ones where there are any."""
    real = ROOT.parent / "shared" / "data" / "demo" / "flowers"
    if not real.is_dir():
        generated = request.getfixturevalue("generated_pictures")
        return generated / "support", generated / "query"
    place = tmp_path_factory.mktemp("flowers")
    for folder in sorted(real.iterdir())[:3]:
        for part, few in (("support", slice(0, 4)), ("query", slice(4, 14))):
            (place / part / folder.name).mkdir(parents=True)
            for picture in sorted(folder.iterdir())[few]:
                shutil.copy(picture, place / part / folder.name)
    return place / "support", place / "query"


@pytest.fixture
def shapes(tmp_path):
    """As `pictures`, but small, and drawn."""
    for kind in ("round", "square"):
        for n in range(4):
            draw(tmp_path / "support" / kind / f"{n}.png", kind, n)
        for n in range(40):
            draw(tmp_path / "query" / kind / f"{n}.png", kind, 20 + n)
    return tmp_path / "support", tmp_path / "query"


def drop_folders(widget, folders):
    drop(widget, drops.files_mime([str(folder) for folder in folders]), widget.rect().center())


def teach(qtbot, window, support):
    """A new project, with the folders dropped on its classes, the last one first."""
    window.start.new.click()
    folders = sorted(support.iterdir(), reverse=True)
    zone = window.panes.classes.view.list.zone
    view = window.panes.classes.view
    drop(view, drops.files_mime([str(folder) for folder in folders]), zone.mapTo(view, zone.rect().center()))
    qtbot.waitUntil(lambda: len(window.session.classes) == len(folders), timeout=SLOW)
    return [folder.name for folder in folders]


def classify(qtbot, window, query):
    """The folder dropped on the grid, and all that follows."""
    drop_folders(window.panes.pictures.grid.view.viewport(), [query])
    qtbot.waitUntil(lambda: window.session.columns is not None, timeout=SLOW)
    settle(qtbot, window.session)


def answered(project_file, query):
    """What the file of a project has stored: path -> (status, class name, class name -> probability)."""
    copy = project_file.with_name("copy.fewshot")
    shutil.copy(project_file, copy)
    with Project.open(copy) as project:
        classes, found = {info.id: info.name for info in project.classes()}, project.predictions()
    names = [classes[class_id] for class_id in found.class_ids]
    columns = (found.relatives, found.status.tolist(), found.labels.tolist(), found.probabilities.tolist())
    return {
        str(query / relative): (status, classes.get(label, ""), dict(zip(names, probabilities, strict=True)))
        for relative, status, label, probabilities in zip(*columns, strict=True)
    }


def assert_same(stored, done):
    """The answers of a project's window are those that a command line printed."""
    told = rows(done.out)
    assert {row["path"] for row in told} == set(stored)
    for row in told:
        status, name, probabilities = stored[row["path"]]
        assert (status, name) == (STATUS[row["status"]], row["label"])
        printed = {key[2:]: float(value or 0) for key, value in row.items() if key.startswith("p:")}
        assert probabilities == pytest.approx(printed, abs=1e-3)


def shown(window):
    """The answers that the window shows: [n] classes, [n, k] probabilities."""
    columns = window.session.columns
    return columns.shown_labels().copy(), columns.probabilities.astype(np.float32)


def test_folders_dropped_in_the_window_are_answered_as_the_command_line_answers_them(qtbot, opened, pictures, fewshot):
    support, query = pictures
    window = opened()
    names = teach(qtbot, window, support)
    classify(qtbot, window, query)
    assert [info.name for info in window.session.classes] == names
    truth = window.panes.figures.figures().headline
    project_file = window.session.project.path
    while_open = fewshot("classify", "--project", project_file)
    window.do("home")
    stored = answered(project_file, query)
    assert_same(stored, while_open)
    assert_same(stored, fewshot("classify", "--support", support, "--query", query))
    summary = json.loads(fewshot("classify", "--project", project_file, "--json").out)
    assert summary["accuracy"] == truth.accuracy.value
    assert truth.basis == "truth"


def test_a_correction_adapts_again_undo_takes_it_back_and_a_restart_shows_the_same(qtbot, opened, shapes, fewshot):
    support, query = shapes
    window = opened()
    teach(qtbot, window, support)
    window.top.backbone_chosen.emit("conv4-omniglot")
    classify(qtbot, window, query)
    before = shown(window)
    view, columns = window.panes.pictures.grid.view, window.session.columns
    row = int(np.flatnonzero(columns.status == OK)[3])
    other = 1 - int(columns.label[row])
    view.select_rows(np.array([row]))
    with qtbot.waitSignal(window.session.adapted, timeout=SLOW):
        qtbot.keyClick(view, Qt.Key(Qt.Key.Key_1 + other))
    settle(qtbot, window.session)
    corrected = shown(window)
    assert corrected[0][row] == other
    assert np.abs(corrected[1] - before[1]).max() > 0.01
    window.do("undo")
    settle(qtbot, window.session)
    np.testing.assert_array_equal(shown(window)[0], before[0])
    np.testing.assert_allclose(shown(window)[1], before[1], atol=1e-3)
    window.do("redo")
    settle(qtbot, window.session)
    project_file = window.session.project.path
    window.session.close()

    again = opened()
    assert again.session.open(project_file)
    qtbot.waitUntil(lambda: again.session.columns is not None, timeout=SLOW)
    settle(qtbot, again.session)
    np.testing.assert_array_equal(shown(again)[0], corrected[0])
    np.testing.assert_allclose(shown(again)[1], corrected[1], atol=1e-3)
    assert again.session.columns.verdict[row] == CORRECTED
    done = fewshot("classify", "--project", project_file)
    again.do("undo")
    settle(qtbot, again.session)
    np.testing.assert_array_equal(shown(again)[0], before[0])
    again.do("redo")
    settle(qtbot, again.session)
    again.session.close()
    assert_same(answered(project_file, query), done)


def test_another_quality_answers_as_the_command_line_does_with_the_same(qtbot, opened, shapes, fewshot):
    support, query = shapes
    window = opened()
    folder = shutil.copytree(paths.models_folder() / "conv4-omniglot", paths.own_models_folder() / "graded")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["qualities"] = {"careful": {"views": ["whole", "centre", "upper-left"]}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    teach(qtbot, window, support)
    window.top.backbone_chosen.emit("graded")
    classify(qtbot, window, query)
    usual = shown(window)
    window.top.quality_chosen.emit("careful")
    settle(qtbot, window.session)
    assert np.abs(shown(window)[1] - usual[1]).max() > 0.01
    assert window.top.method.text() == "Auto   ·   graded   ·   Careful"
    project_file = window.session.project.path
    window.do("home")
    stored = answered(project_file, query)
    assert_same(stored, fewshot("classify", "--project", project_file))
    by_hand = ("--support", support, "--query", query, "--backbone", folder, "--quality", "careful", "--no-cache")
    assert_same(stored, fewshot("classify", *by_hand))


@pytest.fixture
def deep_rows(monkeypatch):
    """The rows that an adapted backbone answered, in that order."""
    asked, answer = [], PictureColumns.answer

    def listening(self, rows, probabilities, known, deep=False, class_ids=None):
        if deep:
            asked.extend(np.asarray(rows).tolist())
        answer(self, rows, probabilities, known, deep, class_ids)

    monkeypatch.setattr(PictureColumns, "answer", listening)
    return asked


def test_maml_adapts_in_the_worker_and_what_is_seen_or_doubtful_is_asked_first(
    qtbot, opened, shapes, fewshot, deep_rows
):
    support, query = shapes
    window = opened()
    teach(qtbot, window, support)
    window.top.backbone_chosen.emit("conv4-omniglot-maml")
    classify(qtbot, window, query)
    session, columns = window.session, window.session.columns
    instant, margin = shown(window), columns.margin.copy()
    seen = [n for n in range(columns.n) if n in session.live.work.visible()]
    session.live.work.set_visible(seen[:4])
    window.top.method_chosen.emit("maml")
    qtbot.waitUntil(lambda: bool(columns.deep.all()), timeout=SLOW)
    settle(qtbot, session)
    assert set(deep_rows[:6]) >= set(seen[:4])
    behind = [row for row in deep_rows if row not in seen[:4]]
    half = len(behind) // 2
    assert np.mean(margin[behind[:half]]) < np.mean(margin[behind[half:]])
    assert np.abs(shown(window)[1] - instant[1]).max() > 0.01
    project_file = session.project.path
    session.close()
    assert_same(answered(project_file, query), fewshot("classify", "--project", project_file))


def test_maml_cancelled_in_its_middle_leaves_the_head_and_the_answers_that_were(qtbot, opened, shapes, monkeypatch):
    from fewshot_gui.engine import learner

    support, query = shapes
    window = opened()
    teach(qtbot, window, support)
    window.top.backbone_chosen.emit("conv4-omniglot-maml")
    classify(qtbot, window, query)
    session = window.session
    before, head = shown(window), session.live.work.bench.classifier
    steps, stepping = [], learner.adapt_parameters

    def slowly(losses, parameters, rates, count, *, told, **others):
        """As many steps as it takes until somebody cancels: `told` raises then."""

        def counted(step):
            steps.append(step)
            told(0)

        return stepping(losses, parameters, rates, 10_000, told=counted, **others)

    monkeypatch.setattr(learner, "adapt_parameters", slowly)
    window.top.deeper.click()
    qtbot.waitUntil(lambda: len(steps) > 2, timeout=SLOW)
    assert session.live.work.runs("deep")
    window.foot.stop.click()
    settle(qtbot, session)
    assert session.live.work.bench.classifier is head
    assert not session.columns.deep.any()
    for mine, theirs in zip(shown(window), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    stopped = len(steps)
    qtbot.wait(50)
    assert len(steps) == stopped

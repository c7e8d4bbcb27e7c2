"""The session: projects come and go, changes lead to adapting, classifying, storing; late answers are dropped."""

import json
import shutil
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fewshot_gui import paths
from fewshot_gui.jobs.columns import CONFIRMED, CORRECTED, EXCLUDED, OK, PENDING, SAID_UNKNOWN
from fewshot_gui.project.store import Project
from fewshot_gui.settings import Settings
from fewshot_gui.ui import actions, file_actions, live, storing
from fewshot_gui.ui import session as sessions
from fewshot_gui.ui.session import Session

SLOW = 60_000  # ms: torch has to be imported once, perhaps beside other work


def draw(path, kind, number):
    """A round or a square thing, of another size and at another place for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", (64, 64), 255)
    side = 18 + 3 * (number % 7)
    x, y = 6 + 5 * (number % 4), 6 + 7 * (number % 3)
    pencil = ImageDraw.Draw(image)
    (pencil.ellipse if kind == "round" else pencil.rectangle)((x, y, x + side, y + side), outline=0, width=4)
    image.save(path)
    return str(path)


@pytest.fixture
def examples(tmp_path):
    return {k: [draw(tmp_path / "support" / k / f"{n}.png", k, n) for n in range(3)] for k in ("round", "square")}


@pytest.fixture
def folder(tmp_path):
    for kind in ("round", "square"):
        for n in range(6):
            draw(tmp_path / "query" / kind / f"{n}.png", kind, 20 + n)
    return tmp_path / "query"


@pytest.fixture
def session(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(sessions, "DEFAULT_BACKBONE", "conv4-omniglot")
    monkeypatch.setattr(storing, "_SOON_MS", 50)
    found = Session(Settings(tmp_path / "settings.json"))
    found.troubles = []
    found.failed.connect(found.troubles.append)
    found.fault.connect(found.troubles.append)
    yield found
    assert found.close()


def settle(qtbot, session):
    """Waits until all that follows from the last change is done."""
    qtbot.waitUntil(lambda: session.live.at_rest, timeout=SLOW)
    qtbot.wait(20)
    qtbot.waitUntil(lambda: session.live.at_rest, timeout=SLOW)


@pytest.fixture
def working(qtbot, session, examples, folder):
    """A session with two classes whose folder is classified."""
    assert session.new("Shapes")
    actions.add_classes(session, examples)
    actions.set_folder(session, str(folder))
    settle(qtbot, session)
    assert session.troubles == []
    return session


def test_examples_and_a_folder_are_all_it_takes(working):
    columns = working.columns
    assert columns.n == 12
    assert (columns.status != PENDING).all()
    assert columns.class_names == ("round", "square")
    assert working.live.last.estimate.accuracy.total > 0
    assert np.isfinite(columns.xy).all()


def test_answers_are_there_again_before_a_model_is(qtbot, working, tmp_path, monkeypatch):
    path, label = working.project.path, working.columns.label.copy()
    working.close_project()
    again = Session(Settings(tmp_path / "settings.json"))
    monkeypatch.setattr(again.live, "load_model", lambda: None)
    assert again.open(path)
    qtbot.waitUntil(lambda: again.columns is not None, timeout=SLOW)
    assert again.live.choices is None
    np.testing.assert_array_equal(again.columns.label, label)
    assert again.close()


def test_a_change_is_adapted_to_at_once_and_those_close_to_it_together(qtbot, working, monkeypatch):
    numbers = []
    monkeypatch.setattr(working.live.work, "adapt", lambda examples, *how: numbers.append(len(examples)))
    monkeypatch.setattr(live, "_CALM_SECONDS", 1e9)
    working.live._asked = -np.inf
    ids = [example.id for example in working.examples]
    actions.remove_examples(working, ids[:1])
    qtbot.waitUntil(lambda: numbers == [5])
    actions.remove_examples(working, ids[1:2])
    actions.remove_examples(working, ids[2:3])
    qtbot.waitUntil(lambda: numbers == [5, 3])


def test_what_was_measured_is_in_the_history(working):
    kinds = {point.kind for point in working.project.history()}
    assert kinds == {"truth", "estimate"}


def test_the_first_pictures_of_a_folder_are_no_figure_for_the_history(working):
    measured = [point for point in working.project.history() if point.kind == "truth"]
    assert all(point.total + (working.columns.support.sum()) == 12 for point in measured)


def test_another_class_adapts_again_by_itself(qtbot, working, tmp_path):
    with qtbot.waitSignal(working.adapted, timeout=SLOW):
        actions.add_classes(working, {"extra": [draw(tmp_path / "x" / "0.png", "square", 3)]})
    settle(qtbot, working)
    assert working.columns.class_names == ("round", "square", "extra")
    assert working.columns.probabilities.shape == (12, 3)


def test_many_changes_at_once_adapt_once(qtbot, working, tmp_path):
    adapted = []
    working.adapted.connect(adapted.append)
    for n in range(5):
        actions.add_pictures(working, [draw(tmp_path / "more" / f"{n}.png", "round", n)], working.classes[0].id)
    settle(qtbot, working)
    assert len(adapted) == 1


def test_undo_takes_a_class_back_and_adapts_again(qtbot, working, tmp_path):
    actions.add_classes(working, {"extra": [draw(tmp_path / "x" / "0.png", "square", 3)]})
    settle(qtbot, working)
    with qtbot.waitSignal(working.adapted, timeout=SLOW):
        actions.undo(working)
    assert working.columns.class_names == ("round", "square")
    actions.redo(working)
    assert working.columns.class_names == ("round", "square", "extra")
    settle(qtbot, working)


def test_renaming_and_recolouring_show_at_once(qtbot, working):
    first = working.classes[0]
    actions.rename_class(working, first.id, "rings")
    actions.recolour_class(working, first.id, 7)
    assert working.columns.class_names[0] == "rings"
    assert working.columns.colours[0] == 7
    settle(qtbot, working)


def test_deleting_the_last_class_leaves_everything_pending(qtbot, working):
    actions.delete_classes(working, [info.id for info in working.classes])
    settle(qtbot, working)
    assert (working.columns.status == PENDING).all()
    assert working.troubles == []


def test_confirming_excluding_and_unknown_are_taken_back_by_saying_them_again(qtbot, working):
    columns = working.columns
    rows = [0, 1]
    for say, verdict in (
        (lambda: actions.confirm(working, rows), CONFIRMED),
        (lambda: actions.say(working, rows, "unknown"), SAID_UNKNOWN),
        (lambda: actions.say(working, rows, "excluded"), EXCLUDED),
    ):
        shown = columns.shown_labels(rows).tolist()
        if verdict == CONFIRMED and -1 in shown:
            continue
        say()
        assert columns.verdict[rows].tolist() == [verdict] * 2
        say()
        assert columns.verdict[rows].tolist() == [0, 0]
    settle(qtbot, working)


def test_a_correction_is_learned(qtbot, working):
    columns = working.columns
    row = int(np.flatnonzero(columns.status == OK)[0])
    other = columns.class_ids[1 - columns.label[row]]
    before = len(working.examples)
    with qtbot.waitSignal(working.adapted, timeout=SLOW):
        actions.assign(working, [row], other)
    assert columns.verdict[row] == CORRECTED
    assert len(working.examples) == before + 1
    settle(qtbot, working)
    assert columns.support[row]
    actions.undo(working)
    assert len(working.examples) == before
    assert columns.verdict[row] == 0
    settle(qtbot, working)


def test_confirming_by_digit_is_no_example(qtbot, working):
    columns = working.columns
    row = int(np.flatnonzero(columns.status == OK)[0])
    before = len(working.examples)
    actions.assign(working, [row], columns.class_ids[columns.label[row]])
    assert columns.verdict[row] == CONFIRMED
    assert len(working.examples) == before


def test_a_rescan_finds_new_pictures_and_misses_those_that_are_gone(qtbot, working, folder):
    draw(folder / "round" / "new.png", "round", 40)
    (folder / "square" / "0.png").unlink()
    working.live.rescan()
    settle(qtbot, working)
    names = [path.rsplit("/", 1)[-1] for path in working.columns.paths]
    assert working.columns.n == 12
    assert "new.png" in names
    assert (working.columns.status != PENDING).all()


def test_a_folder_that_vanished_is_told_and_the_answers_stay(qtbot, working, folder):
    folder.rename(folder.with_name("elsewhere"))
    working.live.rescan()
    qtbot.waitUntil(lambda: bool(working.troubles), timeout=SLOW)
    assert "does not exist" in working.troubles[0]
    assert (working.columns.status != PENDING).all()


def test_the_chosen_head_is_used(qtbot, working):
    actions.set_method(working, "protonet")
    settle(qtbot, working)
    assert working.live.last.method.startswith("protonet")


def test_a_method_that_goes_by_the_folder_answers_once_all_of_it_is_read(qtbot, working, folder):
    actions.set_method(working, "soft-kmeans")
    settle(qtbot, working)
    assert working.live.last.method == "soft-kmeans"
    used = []
    working.adapted.connect(lambda adapted: used.append(adapted.method))
    for number in range(30):
        draw(folder / f"new-{number}.png", "round", 50 + number)
    working.live.rescan()
    settle(qtbot, working)
    assert working.columns.n == 42
    assert used[-1] == "soft-kmeans"
    before = working.columns.probabilities.copy()
    actions.set_method(working, None)
    settle(qtbot, working)
    actions.set_method(working, "soft-kmeans")
    settle(qtbot, working)
    np.testing.assert_array_equal(working.columns.probabilities, before)  # of all pictures, not of those there were


def test_another_backbone_answers_everything_anew(qtbot, working):
    actions.set_method(working, "finetune")
    actions.set_backbone(working, "conv4-omniglot-maml")
    settle(qtbot, working)
    assert working.live.model_name == "conv4-omniglot-maml"
    assert working.method is None
    assert (working.columns.status == OK).all()
    assert working.troubles == []


def test_another_backbone_while_pictures_are_read_leaves_none_waiting(qtbot, working, folder):
    for n in range(40):
        draw(folder / "round" / f"new{n}.png", "round", 100 + n)
    working.live.rescan()
    qtbot.waitUntil(lambda: working.columns.n == 52, timeout=SLOW)
    actions.set_backbone(working, "conv4-omniglot-maml")
    settle(qtbot, working)
    assert (working.columns.status == OK).all()
    assert working.troubles == []


@pytest.fixture
def graded(session):
    """A copy of the default, which draws once more carefully: among the user's own models."""
    folder = shutil.copytree(paths.models_folder() / "conv4-omniglot", paths.own_models_folder() / "graded")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["qualities"] = {"careful": {"views": ["whole", "centre"]}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return "graded"


def test_another_quality_answers_everything_anew_and_undo_takes_it_back(qtbot, working, graded):
    actions.set_backbone(working, graded)
    settle(qtbot, working)
    before = working.columns.probabilities.copy()
    actions.set_quality(working, "careful")
    settle(qtbot, working)
    assert (working.live.loaded, working.live.model_name) == ((graded, "careful"), "graded@careful")
    assert (working.columns.status == OK).all()
    assert np.abs(working.columns.probabilities - before).max() > 1e-3
    actions.undo(working)
    settle(qtbot, working)
    assert working.live.loaded == (graded, "balanced")
    np.testing.assert_allclose(working.columns.probabilities, before, atol=1e-3)
    assert working.troubles == []


def test_a_model_without_the_quality_is_taken_as_it_is_and_one_with_it_keeps_it(qtbot, working, graded):
    actions.set_backbone(working, graded)
    actions.set_quality(working, "careful")
    actions.set_backbone(working, "conv4-omniglot-maml")
    assert (working.backbone, working.quality) == ("conv4-omniglot-maml", "balanced")
    actions.undo(working)
    assert (working.backbone, working.quality) == (graded, "careful")
    settle(qtbot, working)
    assert working.live.model_name == "graded@careful"
    assert working.troubles == []


def test_a_project_opens_with_the_quality_it_was_left_with(qtbot, working, graded):
    actions.set_backbone(working, graded)
    actions.set_quality(working, "careful")
    settle(qtbot, working)
    file, before = working.project.path, working.columns.probabilities.copy()
    working.new()  # begins with the program's own choice
    settle(qtbot, working)
    assert working.live.loaded == ("conv4-omniglot", "balanced")
    working.open(file)
    settle(qtbot, working)
    assert (working.quality, working.live.loaded) == ("careful", (graded, "careful"))
    np.testing.assert_allclose(working.columns.probabilities, before, atol=1e-3)


def test_another_device_loads_the_model_again(qtbot, working):
    assert ("cpu", working.live.device_name) in working.live.choices.devices
    actions.set_device(working, "cpu")
    assert working.live.work.runs("model")
    settle(qtbot, working)
    assert working.settings["device"] == "cpu"
    assert (working.columns.status == OK).all()


def test_an_adapted_backbone_is_known_until_an_example_changes(qtbot, working, tmp_path):
    actions.set_method(working, "finetune:steps=1:keep=always")
    settle(qtbot, working)
    assert working.live.deep is not None
    assert working.live.deep.kept
    actions.add_pictures(working, [draw(tmp_path / "more" / "1.png", "round", 9)], working.classes[0].id)
    qtbot.waitUntil(lambda: working.live.deep is None, timeout=SLOW)
    settle(qtbot, working)
    assert working.live.deep.kept


def test_what_a_deeper_adaptation_found_is_news_and_no_warning(qtbot, working):
    news, warnings = [], []
    working.noted.connect(news.append)
    working.warned.connect(warnings.append)
    actions.set_method(working, "finetune:steps=1")
    settle(qtbot, working)
    assert any("held-out examples" in sentence for sentence in news)
    assert not any("held-out" in sentence for sentence in warnings)


def test_a_deeper_adaptation_runs_behind_and_can_be_stopped(qtbot, working):
    before = working.columns.label.copy()
    ended = []
    working.deepened.connect(ended.append)
    working.live.deepen(True)
    assert working.live.work.runs("deep")
    working.live.deepen(False)
    settle(qtbot, working)
    assert ended == []
    np.testing.assert_array_equal(working.columns.label, before)
    assert working.troubles == []


def test_a_change_of_the_examples_drops_what_adapts_to_the_old_ones(qtbot, working, tmp_path):
    working.live.deepen(True)
    run = working.live.work.runner.run("deep")
    actions.add_pictures(working, [draw(tmp_path / "more" / "0.png", "round", 1)], working.classes[0].id)
    assert working.live.work.runner.run("deep") is not run
    working.live.deepen(False)
    settle(qtbot, working)
    assert working.troubles == []


def test_closing_in_the_middle_is_quick_and_keeps_the_project_whole(qtbot, session, examples, folder):
    assert session.new("Shapes")
    path = session.project.path
    actions.add_classes(session, examples)
    actions.set_folder(session, str(folder))
    qtbot.waitUntil(lambda: bool(session.live.work.kinds()), timeout=SLOW)
    began = time.monotonic()
    session.close_project()
    assert time.monotonic() - began < 3
    with Project.open(path) as project:
        assert [info.name for info in project.classes()] == ["round", "square"]
        assert project.folder() == str(folder)


def test_another_project_hears_nothing_of_the_first(qtbot, session, examples, folder):
    assert session.new("First")
    actions.add_classes(session, examples)
    actions.set_folder(session, str(folder))
    assert session.new("Second")
    settle(qtbot, session)
    assert session.columns is None
    assert session.classes == ()
    assert session.project.pictures() == ()
    assert session.troubles == []


def test_a_project_that_another_window_has_is_refused_and_this_one_stays(session, tmp_path):
    assert session.new("Mine")
    mine = session.project.path
    with Project.create(tmp_path / "other.fewshot", "Other"):
        assert not session.open(tmp_path / "other.fewshot")
    assert session.project.path == mine
    assert len(session.troubles) == 1


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_project_is_told_in_a_sentence(session, tmp_path, content):
    path = tmp_path / "broken.fewshot"
    path.write_bytes(content)
    assert not session.open(path)
    assert session.project is None
    assert len(session.troubles) == 1


def test_opening_a_folder_makes_its_project_and_finds_it_again(qtbot, session, folder):
    assert session.open(folder)
    path = session.project.path
    assert session.project_name == "query"
    session.close_project()
    assert session.open(folder)
    assert session.project.path == path
    settle(qtbot, session)
    assert session.columns.n == 12
    assert sorted(entry.name for entry in folder.iterdir()) == ["round", "square"]


def test_a_model_that_fails_leaves_the_last_head(qtbot, working, monkeypatch):
    from fewshot_gui.jobs import live_adapt

    def failing(*_, **__):
        raise RuntimeError("out of memory")
        yield

    label = working.columns.label.copy()
    monkeypatch.setattr(live_adapt, "fitted", failing)
    working.live.adapt_soon()
    qtbot.waitUntil(lambda: bool(working.troubles), timeout=SLOW)
    assert "out of memory" in working.troubles[0]
    np.testing.assert_array_equal(working.columns.label, label)


def test_an_unforeseen_error_in_a_worker_is_a_fault_and_not_the_end(qtbot, working, monkeypatch):
    from fewshot_gui.jobs import live_adapt

    def failing(*_, **__):
        raise KeyError("odd")
        yield

    faults = []
    working.fault.connect(faults.append)
    monkeypatch.setattr(live_adapt, "instant", failing)
    working.live.adapt_soon()
    qtbot.waitUntil(lambda: bool(faults), timeout=SLOW)
    assert isinstance(faults[0], KeyError)
    working.troubles.clear()
    monkeypatch.undo()


def test_the_answers_can_be_exported_with_what_the_person_said(qtbot, working, tmp_path):
    columns = working.columns
    actions.say(working, [0], "excluded")
    target = tmp_path / "answers.csv"
    with qtbot.waitSignal(working.offered, timeout=SLOW):
        file_actions.export_answers(working, str(target))
    lines = target.read_text("utf-8").splitlines()
    assert len(lines) == 1 + columns.n - 1
    assert columns.paths[0] not in target.read_text("utf-8")


def test_the_classifier_can_be_exported(qtbot, working, tmp_path):
    with qtbot.waitSignal(working.offered, timeout=SLOW):
        file_actions.export_classifier(working, str(tmp_path / "classifier"))
    assert (tmp_path / "classifier" / "classifier.json").is_file()
    working.troubles.clear()


def test_a_copy_is_a_project_of_its_own(working, tmp_path):
    assert file_actions.save_copy(working, str(tmp_path / "copy.fewshot"))
    with Project.open(tmp_path / "copy.fewshot") as copy:
        assert [info.name for info in copy.classes()] == ["round", "square"]


def test_every_action_of_the_project_has_words_to_be_translated():
    from fewshot_gui.project.store import ACTION_TEXTS

    assert set(ACTION_TEXTS) <= set(actions.ACTION_TEXTS)


def test_a_huge_folder_is_asked_about_before_it_is_read(qtbot, session, examples, folder, monkeypatch):
    monkeypatch.setattr(live, "MANY", 10)
    offers = []
    session.offered.connect(lambda sentence, ways: offers.append((sentence, ways)))
    assert session.new("Shapes")
    actions.add_classes(session, examples)
    actions.set_folder(session, str(folder))
    settle(qtbot, session)
    assert "more than 10 pictures" in offers[0][0]
    assert (session.columns, session.project.pictures()) == (None, ())
    next(iter(offers[0][1].values()))()
    settle(qtbot, session)
    assert (session.columns.status != PENDING).all()
    session.live.rescan()
    settle(qtbot, session)
    assert len(offers) == 1

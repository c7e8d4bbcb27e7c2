"""True classes from a table: by the menu, by a drop on the grid; what they change, and what is told of bad ones."""

import pytest
from PySide6.QtWidgets import QFileDialog

from fewshot_gui.ui import actions, drops
from fewshot_gui.ui.window import Window
from tests.ui.drags import drag, drop, leave
from tests.ui.test_session import SLOW, draw, examples, session, settle  # noqa: F401


@pytest.fixture
def folder(tmp_path):
    """Pictures whose folders say nothing of them."""
    for kind in ("round", "square"):
        for n in range(6):
            draw(tmp_path / "query" / "mixed" / f"{kind}-{n}.png", kind, 20 + n)
    return tmp_path / "query"


@pytest.fixture
def table(tmp_path):
    """Every picture's class, and one row of no picture."""
    rows = [f"{kind}-{n}.png;{kind}" for kind in ("round", "square") for n in range(6)]
    path = tmp_path / "truth.csv"
    path.write_text("\n".join(["file;class", *rows, "gone.png;round", ""]), "utf-8")
    return path


@pytest.fixture
def window(qtbot, session, examples, folder):  # noqa: F811
    """A window whose folder is classified, and of whose truth nothing is known."""
    found = Window(session, session.settings, "en")
    qtbot.addWidget(found)
    found.resize(1400, 850)
    found.show()
    assert session.new("Shapes")
    actions.add_classes(session, examples)
    actions.set_folder(session, str(folder))
    settle(qtbot, session)
    yield found
    found.close()


def told(window):
    return [notice.sentence for notice in window.notices.standing()]


def drop_on_grid(window, *paths):
    view = window.panes.pictures.grid.view.viewport()
    drop(view, drops.files_mime([str(path) for path in paths]), view.rect().center())


def basis(window):
    headline = window.panes.figures.figures().headline
    return headline.basis, headline.accuracy.total


def test_a_table_chosen_in_the_menu_gives_the_accuracy_and_the_confusions(qtbot, window, session, table, monkeypatch):  # noqa: F811
    assert basis(window)[0] == "estimate"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    window.actions_by_id["truth"].trigger()
    settle(qtbot, session)
    assert basis(window) == ("truth", 12)
    qtbot.waitUntil(lambda: window.panes.figures.confusion.model.confusion.counts.sum() == 12)
    assert session.project.history()[-1].kind == "truth"
    assert "The true classes of 12 picture(s) are taken from" in told(window)[-1]
    assert "1 row(s) name no picture of this folder, such as gone.png" in told(window)[-1]
    assert session.troubles == []


def test_a_table_dropped_on_the_grid_is_undone_and_outlives_a_restart(qtbot, window, session, table):  # noqa: F811
    drop_on_grid(window, table)
    qtbot.waitUntil(lambda: session.undo_text == "Take true classes", timeout=SLOW)
    settle(qtbot, session)
    assert basis(window) == ("truth", 12)
    actions.undo(session)
    settle(qtbot, session)
    assert basis(window)[0] == "estimate"
    actions.redo(session)
    settle(qtbot, session)
    path = session.project.path
    session.close_project()
    table.unlink()
    assert session.open(path)
    settle(qtbot, session)
    session.live.rescan()
    settle(qtbot, session)
    assert basis(window) == ("truth", 12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("round-0.png,round\n", "its first line must name a column"),
        ("file,class\nx.png,round\n", "names no picture of"),
    ],
)
def test_a_table_that_is_none_is_told_and_changes_nothing(qtbot, window, session, table, text, words):  # noqa: F811
    table.write_text(text, "utf-8")
    undo = session.undo_text
    drop_on_grid(window, table)
    qtbot.waitUntil(lambda: bool(session.troubles), timeout=SLOW)
    assert words in session.troubles[0]
    assert told(window) == session.troubles
    assert (session.undo_text, basis(window)[0]) == (undo, "estimate")


def test_classes_that_the_project_does_not_have_are_told(qtbot, window, session, table):  # noqa: F811
    table.write_text("file,class\nround-0.png,oval\nround-1.png,round\n", "utf-8")
    with qtbot.waitSignal(session.offered, timeout=SLOW) as found:
        drop_on_grid(window, table)
    assert "1 class(es) are none of this project's, such as oval: their pictures are not counted." in found.args[0]
    settle(qtbot, session)
    assert basis(window) == ("truth", 1)


def test_what_else_is_dropped_with_a_folder_or_a_table_is_named(qtbot, window, session, table, tmp_path):  # noqa: F811
    for name in ("a", "b"):
        draw(tmp_path / name / "0.png", "round", 1)
    (tmp_path / "notes.txt").write_text("x")
    paths = [str(tmp_path / name) for name in ("a", "b", "notes.txt")]
    drop_on_grid(window, *paths)
    qtbot.waitUntil(lambda: session.folder == paths[0], timeout=SLOW)
    assert "2 more left out: one folder, or one table, at a time (b, notes.txt)." in told(window)
    settle(qtbot, session)


def test_without_a_folder_a_table_is_not_taken(qtbot, session, table):  # noqa: F811
    from fewshot_gui.ui.tables import take_truth

    assert session.new("Empty")
    with qtbot.waitSignal(session.warned) as found:
        take_truth(session, str(table))
    assert "Choose the folder to classify first" in found.args[0]


def test_a_table_is_a_welcome_drop_and_other_files_are_not(window, table, tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    view = window.panes.pictures.grid.view.viewport()
    for path, welcome in ((table, True), (tmp_path / "notes.txt", False)):
        assert drag(view, drops.files_mime([str(path)]), view.rect().center()) == welcome
        leave(view)

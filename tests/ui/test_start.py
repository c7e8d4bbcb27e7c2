"""The start page."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from fewshot_gui.ui.views.start import RecentProject, StartPage


@pytest.fixture
def page(qtbot):
    found = StartPage()
    qtbot.addWidget(found)
    found.resize(1000, 760)
    found.show()
    return found


@pytest.mark.parametrize(
    ("button", "signal"), [("new", "new_wanted"), ("demo", "demo_wanted"), ("open", "open_wanted")]
)
def test_each_button_says_its_wish(qtbot, page, button, signal):
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(getattr(page, button), Qt.MouseButton.LeftButton)


def test_a_recent_project_is_opened_by_mouse_and_by_keyboard(qtbot, page):
    page.set_recent([RecentProject("Meadow", "/data/meadow.fewshot", "today")])
    for press in (
        lambda entry: qtbot.mouseClick(entry, Qt.MouseButton.LeftButton),
        lambda entry: qtbot.keyClick(entry, Qt.Key.Key_Space),
    ):
        with qtbot.waitSignal(page.open_wanted) as found:
            press(page.entries[0])
        assert found.args == ["/data/meadow.fewshot"]


def test_a_project_that_is_gone_cannot_be_opened(page):
    page.set_recent([RecentProject("Gone", "/data/gone.fewshot", "today", is_there=False)])
    assert not page.entries[0].isEnabled()


def test_another_list_takes_the_place_of_the_first(page):
    page.set_recent([RecentProject(f"P{n}", f"/{n}", "today") for n in range(5)])
    page.set_recent([RecentProject("Last", "/last", "today")])
    assert [entry.toolTip() for entry in page.entries] == ["/last"]


def test_names_of_projects_are_no_markup(page):
    page.set_recent([RecentProject("<h1>big</h1>", "/x", "today")])
    from PySide6.QtWidgets import QLabel

    texts = [label.text() for label in page.entries[0].findChildren(QLabel)]
    formats = {label.textFormat() for label in page.entries[0].findChildren(QLabel)}
    assert "<h1>big</h1>" in texts
    assert formats == {Qt.TextFormat.PlainText}


def test_a_drop_is_taken_as_a_copy_even_where_a_move_is_proposed(qtbot, page, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(QPoint(50, 50)), both, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.setDropAction(Qt.DropAction.MoveAction)
    with qtbot.waitSignal(page.dropped) as found:
        page.dropEvent(event)
    assert found.args == [[str(tmp_path)]]
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_everything_on_the_page_has_a_name_for_screen_readers(page):
    page.set_recent([RecentProject("Meadow", "/data/meadow.fewshot", "today")])
    for button in (page.new, page.demo, page.open, *page.entries):
        assert button.accessibleName()


def test_the_page_is_drawn_in_both_themes(page, theme):
    image = page.grab().toImage()
    assert image.pixelColor(5, 5) == theme.colour("canvas")
    colours = {image.pixelColor(x, y).name() for x in range(200, 800, 3) for y in range(0, 400, 3)}
    assert {theme.class_colour(index).name() for index in range(3)} <= colours

"""The examples of a class at full size: one after the other, by mouse and keys."""

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.class_data import ExampleData
from fewshot_gui.ui.views.example_viewer import ExampleViewer


@pytest.fixture
def examples(tmp_path):
    found = []
    for number in range(3):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (40, 30 + number), (200, 40 * number, 10)).save(path)
        found.append(ExampleData(number + 7, str(path)))
    return found


@pytest.fixture
def viewer(qtbot, examples):
    thumbnails = Thumbnails()
    found = ExampleViewer(thumbnails)
    qtbot.addWidget(found)
    found.show_examples("Monarch", examples, 8)
    found.show()
    yield found
    thumbnails.stop(2000)


def test_the_example_that_was_opened_is_shown_at_its_full_size(qtbot, viewer):
    qtbot.waitUntil(lambda: viewer.canvas.picture is not None, timeout=5000)
    assert viewer.canvas.picture.height == 31
    assert viewer.count.text() == "2 of 3"
    assert viewer.windowTitle() == "Monarch - 1.png"


def test_arrow_keys_go_to_the_neighbours_and_stop_at_the_ends(qtbot, viewer):
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.shown == 9
    assert not viewer.next.isEnabled()
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.shown == 9
    qtbot.keyClick(viewer, Qt.Key.Key_Left)
    qtbot.keyClick(viewer, Qt.Key.Key_Left)
    assert viewer.shown == 7
    assert not viewer.previous.isEnabled()


def test_cropping_and_removing_are_of_the_example_that_is_shown(qtbot, viewer):
    with qtbot.waitSignal(viewer.crop_wanted) as found:
        viewer.crop.click()
    assert found.args == [8]
    with qtbot.waitSignal(viewer.remove_wanted) as found:
        qtbot.keyClick(viewer, Qt.Key.Key_Delete)
    assert found.args == [8]


def test_the_next_one_comes_where_an_example_was_removed(viewer, examples):
    viewer.show_examples("Monarch", [examples[0], examples[2]], 8)
    assert viewer.shown == 9
    viewer.show_examples("Monarch", [], 9)
    assert not viewer.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_escape_and_space_close(qtbot, viewer, key):
    qtbot.keyClick(viewer, key)
    assert not viewer.isVisible()

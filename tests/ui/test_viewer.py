"""The viewer: what it shows of a picture, its keys, its zoom, and what happens when the folder changes under it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from fewshot_gui.ui.models.order import Filter, Show, Sort
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.viewer import Viewer
from tests.ui.columns import folder
from tests.ui.test_thumbnails import picture


@pytest.fixture
def columns(tmp_path):
    paths = [picture(tmp_path / f"img{i}.png", 640, 480, ("red", "lime")) for i in range(4)]
    (tmp_path / "bad.png").write_bytes(b"nothing")
    made = folder(5, paths=[*paths, str(tmp_path / "bad.png")], root=str(tmp_path))
    made.set_unreadable(4, "is not a picture this program knows")
    return made


@pytest.fixture
def viewer(qtbot, columns):
    model, thumbnails = PicturesModel(), Thumbnails()
    model.set_columns(columns)
    made = Viewer(model, thumbnails)
    made.model_of_test = model
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    assert thumbnails.stop()


def shown(viewer, qtbot, row):
    viewer.show_row(row)
    qtbot.waitUntil(lambda: viewer.canvas.picture is not None)
    return viewer.canvas.picture


def press(viewer, key):
    QTest.keyClick(viewer, key)


def test_it_shows_the_picture_its_facts_and_all_probabilities(viewer, qtbot, columns):
    found = shown(viewer, qtbot, 1)
    assert (found.width, found.height, found.reason) == (640, 480, "")
    assert viewer.windowTitle() == "img1.png"
    assert "640 × 480" in viewer.panel.values["size"].text()
    assert [name for name, _, _ in viewer.panel.bars.rows] == ["daisy", "rose", "tulip"]
    assert sum(value for _, _, value in viewer.panel.bars.rows) == pytest.approx(1, abs=0.01)
    assert "daisy" in viewer.panel.bars.accessibleDescription()


def test_a_bad_picture_shows_its_reason_and_no_probabilities(viewer, qtbot):
    found = shown(viewer, qtbot, 4)
    assert found.image is None
    assert found.reason
    assert viewer.panel.bars.rows == []
    assert "Unreadable" in viewer.panel.state.text()
    viewer.grab()


def test_arrows_follow_the_order_of_the_grid_and_stop_at_its_ends(viewer, qtbot):
    viewer.model_of_test.set_sort(Sort.MOST_CERTAIN)  # 3 2 1 0, then the unreadable one
    shown(viewer, qtbot, 3)
    press(viewer, Qt.Key.Key_Left)
    assert viewer.row == 3
    press(viewer, Qt.Key.Key_Right)
    assert viewer.row == 2
    press(viewer, Qt.Key.Key_End)
    assert viewer.row == 4
    assert not viewer.next.isEnabled()
    press(viewer, Qt.Key.Key_Home)
    assert viewer.row == 3


def test_keys_say_what_is_wanted_of_the_picture_and_go_on_to_the_next(viewer, qtbot):
    said = []
    viewer.confirm_wanted.connect(lambda rows: said.append(("confirm", rows.tolist())))
    viewer.unknown_wanted.connect(lambda rows: said.append(("unknown", rows.tolist())))
    viewer.exclude_wanted.connect(lambda rows: said.append(("exclude", rows.tolist())))
    viewer.assign_wanted.connect(lambda rows, label: said.append((label, rows.tolist())))
    shown(viewer, qtbot, 0)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_U, Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_X):
        press(viewer, key)
    assert said == [("confirm", [0]), ("unknown", [1]), (1, [2]), ("exclude", [3])]


def test_buttons_and_the_menu_do_the_same_by_mouse(viewer, qtbot):
    shown(viewer, qtbot, 0)
    with qtbot.waitSignal(viewer.confirm_wanted):
        qtbot.mouseClick(viewer.confirm, Qt.MouseButton.LeftButton)
    viewer.menu.aboutToShow.emit()
    with qtbot.waitSignal(viewer.assign_wanted) as wanted:
        viewer.menu.actions()[2].trigger()
    assert (wanted.args[0].tolist(), wanted.args[1]) == ([1], 2)


def test_space_and_escape_close_it(viewer, qtbot):
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
        viewer.show()
        shown(viewer, qtbot, 0)
        press(viewer, key)
        assert not viewer.isVisible()


def test_it_says_which_picture_it_shows_and_takes_examples_for_that_one_only(viewer, qtbot, columns):
    with qtbot.waitSignal(viewer.row_shown) as told:
        viewer.show_row(2)
    assert told.args == [2]
    viewer.set_supports(1, [(columns.paths[0], 0, 0.9)])
    assert viewer.panel.strip.supports == []
    viewer.set_supports(2, [(columns.paths[0], 1, 0.9), (columns.paths[1], 7, 0.8)])
    assert viewer.panel.strip.supports == [(columns.paths[0], "daisy", 1, 0.9)]
    viewer.show_row(3)
    assert viewer.panel.strip.supports == []


def test_a_picture_that_leaves_the_filter_stays_and_next_goes_to_what_is_at_its_place(viewer, qtbot):
    model = viewer.model_of_test
    shown(viewer, qtbot, 1)
    model.set_filter(Filter(Show.ROWS, rows=[0, 2, 3]))
    assert viewer.row == 1
    press(viewer, Qt.Key.Key_Right)
    assert viewer.row == 2


def test_another_folder_closes_it(viewer, qtbot):
    shown(viewer, qtbot, 3)
    viewer.model_of_test.set_columns(None)
    assert not viewer.isVisible()
    assert viewer.row == -1


def test_answers_that_come_in_show_at_once(viewer, qtbot, columns):
    shown(viewer, qtbot, 0)
    columns.answer([0], [[0.1, 0.2, 0.7]], [True])
    viewer.model_of_test.refresh([0])
    qtbot.waitUntil(lambda: viewer.panel.bars.rows[0][0] == "tulip")


def test_the_wheel_zooms_at_the_pointer_and_0_changes_between_fit_and_100(viewer, qtbot):
    shown(viewer, qtbot, 0)
    canvas = viewer.canvas
    fit = canvas.scale
    assert canvas.fits
    at = QPointF(100, 120)
    before = canvas._in_picture(at)
    canvas.zoom(6, at)
    assert canvas.scale == pytest.approx(fit * 1.25**6)
    after = canvas._in_picture(at)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.01)
    press(viewer, Qt.Key.Key_0)
    assert canvas.fits
    press(viewer, Qt.Key.Key_0)
    assert canvas.scale == 1.0
    canvas.set_scale(1000)
    assert canvas.scale == 32.0


def test_dragging_moves_an_enlarged_picture(viewer, qtbot):
    shown(viewer, qtbot, 0)
    canvas = viewer.canvas
    canvas.set_scale(4.0)
    middle = canvas.rect().center()
    held = canvas._in_picture(QPointF(middle))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(canvas, middle + QPoint(80, 40))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(80, 40))
    there = canvas._in_picture(QPointF(middle + QPoint(80, 40)))
    assert (there.x(), there.y()) == pytest.approx((held.x(), held.y()), abs=0.005)


def test_the_halves_of_the_picture_are_painted_where_they_belong(viewer, qtbot):
    shown(viewer, qtbot, 0)
    for scale in (None, 1.0, 3.5):
        viewer.canvas.fit() if scale is None else viewer.canvas.set_scale(scale)
        image = viewer.canvas.grab().toImage()
        x, y = image.width() // 2, image.height() // 2
        assert image.pixelColor(x - 40, y).name() == "#ff0000"
        assert image.pixelColor(x + 40, y).name() == "#00ff00"


def test_neighbours_are_read_ahead(viewer, qtbot, columns):
    shown(viewer, qtbot, 1)
    qtbot.waitUntil(lambda: {columns.paths[0], columns.paths[2]} <= set(viewer._pictures))
    assert len(viewer._pictures) <= 4


def test_controls_have_names_for_screen_readers(viewer, qtbot):
    shown(viewer, qtbot, 0)
    buttons = (viewer.previous, viewer.next, viewer.fit, viewer.actual, viewer.confirm)
    for widget in (*buttons, viewer.canvas, viewer.panel.bars):
        assert widget.accessibleName()

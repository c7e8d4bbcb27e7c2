from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from fewshot_gui.jobs.columns import CONFIRMED, EXCLUDED, PictureColumns
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.map import MapView, Marks
from fewshot_gui.ui.views.map_scene import FIRST_CLASS, MapScene

NAMES = ("Monarch", "<b>Blue</b>", "Oak leaf")
CENTRES = np.array([[-3, 0], [3, 0], [0, 4]], np.float32)


def columns_of(n=300, answered=None):
    """Three blobs, a class each; the rest of `answered` pending."""
    rng = np.random.default_rng(0)
    columns = PictureColumns([f"/p/{i}.jpg" for i in range(n)], "/p", [None] * n)
    columns.set_classes(NAMES, (1, 2, 3), (0, 1, 2))
    label = np.arange(n) % 3
    columns.set_xy(None, CENTRES[label] + rng.normal(0, 0.5, (n, 2)).astype(np.float32))
    rows = np.arange(n if answered is None else answered)
    columns.answer(rows, np.eye(3)[label[rows]] * 0.8 + 0.05, np.ones(len(rows), bool))
    return columns


@pytest.fixture
def view(qtbot):
    view = MapView()
    qtbot.addWidget(view)
    view.resize(400, 420)
    view.show()
    view.set_columns(columns_of())
    view.canvas.settle()
    return view


def point_of(view, row):
    pixels, _ = view.canvas.scene.pixels_of(np.array([row]))
    return QPoint(*(int(p / view.canvas.scene.ratio) for p in pixels[0]))


def lone_row(view):
    """A picture whose point no other one covers."""
    scene = view.canvas.scene
    far = np.argmax(np.linalg.norm(scene.xy - CENTRES[scene.groups - FIRST_CLASS], axis=1))
    return int(scene.rows[far])


def colours_in(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, 2::-1]
    return pixels.astype(int)


def near(pixels, colour, within=24):
    return int((np.abs(pixels - [colour.red(), colour.green(), colour.blue()]).max(1) < within).sum())


def lasso(qtbot, view, rows, modifier=Qt.KeyboardModifier.ShiftModifier):
    """Draws a box around the points of rows."""
    at = [point_of(view, row) for row in rows]
    left, right = min(p.x() for p in at) - 8, max(p.x() for p in at) + 8
    top, bottom = min(p.y() for p in at) - 8, max(p.y() for p in at) + 8
    line = [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, modifier, line[0])
    for point in line[1:]:
        qtbot.mouseMove(view.canvas, point)
    qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, modifier, line[-1])


def test_points_have_the_colours_of_their_classes(view, theme):
    view.canvas.settle()
    pixels = colours_in(view.canvas)
    assert all(near(pixels, theme.class_colour(index)) > 50 for index in range(3))


def test_an_empty_map_says_what_it_will_show(qtbot):
    view = MapView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    assert near(colours_in(view.canvas), Theme.current().colour("muted")) > 20
    assert "Every picture becomes a point" in view.canvas.accessibleDescription()


def test_the_heading_says_how_many_points_and_whose_space(view):
    assert "300" in view._what.text()
    assert "frozen" in view._what.text()
    view.set_space("PCA", adapted=True)
    assert "adapted" in view._what.text()


def test_a_screen_reader_hears_how_many_points_each_class_has(view):
    assert "Monarch: 100" in view.canvas.accessibleDescription()
    view.canvas.hover(4)
    assert view.canvas.accessibleDescription() == "4.jpg, <b>Blue</b> 85 %"


def test_a_click_selects_the_picture_under_the_mouse(qtbot, view):
    row = lone_row(view)
    with qtbot.waitSignal(view.selected) as got:
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=point_of(view, row))
    assert got.args[0].tolist() == [row]
    assert got.args[1] == "replace"


def test_a_click_with_control_toggles(qtbot, view):
    row = lone_row(view)
    with qtbot.waitSignal(view.selected) as got:
        where = point_of(view, row)
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, where)
    assert (got.args[0].tolist(), got.args[1]) == ([row], "toggle")


def test_a_click_on_nothing_selects_nothing(qtbot, view):
    with qtbot.waitSignal(view.selected) as got:
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert (len(got.args[0]), got.args[1]) == (0, "replace")


def test_shift_and_drag_draws_a_lasso(qtbot, view):
    rows = np.arange(0, 300, 3)
    with qtbot.waitSignal(view.selected) as got:
        lasso(qtbot, view, rows)
    assert got.args[0].tolist() == rows.tolist()
    assert got.args[1] == "replace"


def test_the_lasso_button_makes_the_next_drag_a_lasso(qtbot, view):
    view._lasso.click()
    rows = np.arange(1, 300, 3)
    with qtbot.waitSignal(view.selected) as got:
        lasso(qtbot, view, rows, Qt.KeyboardModifier.ControlModifier)
    assert got.args[0].tolist() == rows.tolist()
    assert got.args[1] == "add"
    assert not view._lasso.isChecked()


def test_escape_ends_lasso_mode(qtbot, view):
    qtbot.keyClick(view.canvas, Qt.Key.Key_L)
    assert view._lasso.isChecked()
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert not view._lasso.isChecked()


def test_a_drag_pans_and_selects_nothing(qtbot, view):
    before = point_of(view, 0)
    with qtbot.assertNotEmitted(view.selected):
        qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
        for x in (110, 125, 140):
            qtbot.mouseMove(view.canvas, QPoint(x, 105))
        qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 105))
    moved = point_of(view, 0) - before
    assert abs(moved.x() - 40) <= 1
    assert abs(moved.y() - 5) <= 1


def test_the_wheel_zooms_around_the_mouse(view):
    at = point_of(view, 3)
    scale = view.canvas.scene.camera.scale
    angle, none = QPoint(0, 120), Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), angle, Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view.canvas, event)
    assert view.canvas.scene.camera.scale > 1.15 * scale
    assert (point_of(view, 3) - at).manhattanLength() <= 3


@pytest.mark.parametrize(
    ("key", "axis", "sign"),
    [(Qt.Key.Key_Left, 0, 1), (Qt.Key.Key_Right, 0, -1), (Qt.Key.Key_Up, 1, 1), (Qt.Key.Key_Down, 1, -1)],
)
def test_arrows_push_the_view(qtbot, view, key, axis, sign):
    before = point_of(view, 0)
    qtbot.keyClick(view.canvas, key)
    moved = point_of(view, 0) - before
    assert (moved.x(), moved.y())[axis] * sign > 30


def test_plus_and_minus_zoom_and_zero_fits(qtbot, view):
    whole = view.canvas.scene.camera
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert view.canvas.scene.camera.scale > whole.scale
    qtbot.keyClick(view.canvas, Qt.Key.Key_Minus)
    assert view.canvas.scene.camera.scale == pytest.approx(whole.scale)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Left)
    qtbot.keyClick(view.canvas, Qt.Key.Key_0)
    assert view.canvas.scene.camera == whole


def test_the_hover_walks_from_point_to_point_by_keyboard(qtbot, view):
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right, control)
    first = view.canvas._hover
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right, control)
    second = view.canvas._hover
    assert min(first, second) >= 0
    assert point_of(view, second).x() > point_of(view, first).x()
    with qtbot.waitSignal(view.selected) as got:
        qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert got.args[0].tolist() == [second]
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert opened.args == [second]


def test_the_hover_shows_the_picture_when_it_comes(qtbot, view):
    pictures = {}
    view.set_thumbnails(pictures.get)
    row = lone_row(view)
    with qtbot.waitSignal(view.hovered) as got:
        qtbot.mouseMove(view.canvas, point_of(view, row))
    assert got.args == [row]
    strange = QColor("#12fe98")
    assert not near(colours_in(view.canvas), strange, 4)
    pictures[row] = QImage(20, 20, QImage.Format.Format_RGB32)
    pictures[row].fill(strange)
    view.thumbnail_changed(row)
    assert near(colours_in(view.canvas), strange, 4) > 1000


def test_a_selection_from_elsewhere_is_ringed_and_emits_nothing(qtbot, view):
    accent = Theme.current().colour("accent")
    before = near(colours_in(view.canvas), accent, 10)
    with qtbot.assertNotEmitted(view.selected):
        view.set_selection(np.array([0, 1, 2, 10_000, -1]))
    assert near(colours_in(view.canvas), accent, 10) > before + 20


def test_a_large_selection_is_drawn_too(view):
    view.set_columns(columns_of(3000))
    view.canvas.settle()
    accent = Theme.current().colour("accent")
    before = near(colours_in(view.canvas), accent, 10)
    view.set_selection(np.arange(0, 3000, 2))
    assert near(colours_in(view.canvas), accent, 10) > before + 500


def test_prototypes_lie_on_top(view):
    view.set_marks(Marks(CENTRES, np.arange(3), np.array([[np.nan, 0]], np.float32), np.array([0])))
    view.canvas.settle()
    before = view.canvas.grab().toImage()
    view.set_marks(Marks())
    view.canvas.settle()
    after = view.canvas.grab().toImage()
    at = view.canvas.scene.camera.to_pixels(CENTRES, view.canvas.width(), view.canvas.height())
    for x, y in at.astype(int).tolist():
        area = [(x + dx, y + dy) for dx in range(-9, 10) for dy in range(-9, 10)]
        assert sum(before.pixel(*p) != after.pixel(*p) for p in area) > 40


def test_pictures_that_wait_are_grey_and_below(view):
    columns = columns_of(90, answered=30)
    view.set_columns(columns)
    groups = view.canvas.scene.groups
    assert groups.tolist() == sorted(groups, key=lambda group: group > 0)
    assert (groups == 0).sum() == 60


def test_excluded_pictures_have_no_point_and_a_verdict_decides_the_colour(view):
    columns = columns_of(30)
    columns.set_verdicts([0], EXCLUDED, -1)
    columns.set_verdicts([1], CONFIRMED, 2)
    view.set_columns(columns)
    scene = view.canvas.scene
    assert 0 not in scene.rows
    assert scene.groups[scene.rows == 1].tolist() == [FIRST_CLASS + 2]


def test_answers_show_up_without_moving_anything(qtbot, view):
    columns = columns_of(90, answered=30)
    view.set_columns(columns)
    view.canvas.settle()
    camera = view.canvas.scene.camera
    columns.answer(np.arange(30, 90), np.tile([0.9, 0.05, 0.05], (60, 1)), np.ones(60, bool))
    view.refresh()
    qtbot.waitUntil(lambda: not (view.canvas.scene.groups == 0).any())
    assert view.canvas.scene.camera == camera


def test_points_travel_to_new_coordinates(qtbot, view):
    columns = view.canvas.scene.columns
    start = view.canvas.scene.xy.copy()
    target = columns.xy[:, ::-1].copy()
    columns.set_xy(None, target)
    view.canvas.refresh_now()
    assert view.canvas.scene.xy == pytest.approx(start, abs=1e-5)
    qtbot.waitUntil(lambda: view.canvas.is_still)
    assert view.canvas.scene.xy == pytest.approx(target[view.canvas.scene.rows])


def test_the_legend_lifts_a_class_out(qtbot, view):
    button = view.legend._buttons[2]
    with qtbot.waitSignal(view.class_clicked) as got:
        button.click()
    assert got.args == [2]
    view.canvas.settle()
    pixels, theme = colours_in(view.canvas), Theme.current()
    assert near(pixels, theme.class_colour(2)) > 50
    assert near(pixels, theme.class_colour(0)) < 10
    with qtbot.waitSignal(view.class_clicked) as got:
        button.click()
    assert got.args == [-1]


def test_a_filter_from_elsewhere_is_shown_and_emits_nothing(qtbot, view):
    with qtbot.assertNotEmitted(view.class_clicked):
        view.set_class_filter(1)
    assert view.legend.lifted == 1
    assert view.canvas.scene.highlight == 1


def test_names_in_the_legend_are_never_markup(view):
    assert "&lt;b&gt;Blue" in view.legend._buttons[1].toolTip()
    assert view.legend._buttons[1].accessibleName() == "<b>Blue</b>"


def test_the_buttons_of_the_legend_stay_while_the_numbers_change(view):
    legend = view.legend
    before, entries = list(legend._buttons), [button.entry for button in legend._buttons]
    legend.set_entries([replace(entry, n=entry.n + 7) for entry in entries])
    assert legend._buttons == before
    assert str(entries[0].n + 7) in legend._buttons[0].toolTip()
    legend.set_entries([replace(entries[0], name="Another"), *entries[1:]])
    assert legend._buttons[0] not in before
    assert legend._buttons[0].accessibleName() == "Another"


def test_many_classes_scroll_in_the_legend(qtbot, view):
    columns = PictureColumns(["/p/a.jpg"], "/p", [None])
    columns.set_classes([f"class number {i} " + "x" * 5000 for i in range(50)], range(50), range(50))
    columns.set_xy(None, np.zeros((1, 2)))
    view.set_columns(columns)
    assert len(view.legend._buttons) == 51  # and one of those that wait
    assert view.legend.height() < 60
    assert max(button.width() for button in view.legend._buttons) < 200


def test_the_map_follows_the_theme(view):
    Theme.current().set_mode("dark")
    view.canvas.settle()
    assert near(colours_in(view.canvas), Theme.current().class_colour(0)) > 50


def test_the_camera_stays_where_the_user_put_it(view):
    view.canvas.zoom(2.0)
    camera = view.canvas.scene.camera
    columns = view.canvas.scene.columns
    columns.set_xy(None, columns.xy * 3)
    view.canvas.refresh_now()
    view.canvas.settle()
    assert view.canvas.scene.camera == camera


def test_points_that_all_coincide_do_no_harm(view):
    columns = columns_of(20)
    columns.set_xy(None, np.ones((20, 2)))
    view.set_columns(columns)
    view.canvas.settle()
    assert view.canvas.row_at(QPointF(view.canvas.rect().center()), 5) >= 0


def test_one_far_outlier_does_not_shrink_all_others():
    scene = MapScene()
    columns = columns_of(300)
    columns.xy[0] = 1000, 1000
    scene.resize(300, 300, 1.0)
    scene.set_columns(columns)
    scene.read()
    others = scene.camera.to_pixels(columns.xy[1:], 300, 300)
    assert np.ptp(others, axis=0).max() > 100


def test_pictures_get_their_point_when_their_place_is_known(view):
    columns = columns_of(60)
    known = columns.xy.copy()
    columns.xy[20:] = np.nan
    view.set_columns(columns)
    assert view.canvas.scene.n == 20
    columns.set_xy(None, known)
    view.canvas.refresh_now()
    scene = view.canvas.scene
    assert scene.n == 60
    new = scene.rows >= 20
    assert (scene.xy[new] == known[scene.rows[new]]).all()


def test_the_camera_follows_points_that_spread(view):
    columns = view.canvas.scene.columns
    columns.set_xy(None, columns.xy * 5)
    view.canvas.refresh_now()
    view.canvas.settle()
    scene = view.canvas.scene
    pixels = scene.camera.to_pixels(scene.xy, scene.width, scene.height)
    assert ((pixels > 0) & (pixels < (scene.width, scene.height))).all()


def test_more_than_one_strip_makes_a_large_picture(qtbot, view):
    view.resize(1400, 900)
    view.canvas.touch()
    assert view.canvas.scene.bands > 1
    qtbot.waitUntil(lambda: view.canvas.is_still)
    assert all(near(colours_in(view.canvas), Theme.current().class_colour(index)) > 50 for index in range(3))

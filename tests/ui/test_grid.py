"""The grid: arithmetic against a slow reference, then what keys, mouse, drags and screen readers get."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView

from fewshot_gui.ui import drops
from fewshot_gui.ui.models.order import Filter, Show, Sort
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_bar import fill_menu
from fewshot_gui.ui.views.grid_layout import GridLayout
from fewshot_gui.ui.views.grid_pane import GridPane
from tests.ui.columns import folder


@pytest.fixture
def pane(qtbot):
    thumbnails = Thumbnails()
    pane = GridPane(thumbnails)
    qtbot.addWidget(pane)
    pane.resize(600, 700)
    pane.set_columns(folder(50))
    with qtbot.waitExposed(pane):
        pane.show()
    yield pane
    assert thumbnails.stop()


@pytest.fixture
def view(pane):
    pane.view.setFocus()
    return pane.view


def press(view, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(view, key, modifier)


def middle(view, position):
    return view.visualRect(view.pictures.index(position)).center()


def click(view, position, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, middle(view, position))


def selected(view):
    return view.selected_rows().tolist()


# Arithmetic

LAYOUTS = [GridLayout(n, width, wanted) for n in (0, 1, 7, 23) for width in (60, 300, 555) for wanted in (96, 128, 320)]


@pytest.mark.parametrize("grid", LAYOUTS, ids=str)
def test_every_point_finds_the_cell_whose_rectangle_holds_it(grid):
    rects = [QRect(*grid.rect(position)) for position in range(grid.n)]
    for y in range(-3, min(grid.height, 900) + 20, 7):
        for x in range(-3, grid.width + 20, 9):
            assert grid.at(x, y) == next((i for i, rect in enumerate(rects) if rect.contains(x, y)), -1)


@pytest.mark.parametrize("grid", LAYOUTS, ids=str)
def test_a_rubber_band_touches_what_it_intersects(grid):
    chance = np.random.default_rng(0)
    rects = [QRect(*grid.rect(position)) for position in range(grid.n)]
    for _ in range(40):
        x, y, width, height = (int(v) for v in chance.integers([-20, -20, 1, 1], [400, 900, 300, 500]))
        expected = [i for i, rect in enumerate(rects) if rect.intersects(QRect(x, y, width, height))]
        assert grid.touching(x, y, width, height).tolist() == expected


@pytest.mark.parametrize("grid", LAYOUTS, ids=str)
def test_what_is_between_two_heights_holds_all_cells_that_reach_into_them(grid):
    for top in range(0, 900, 37):
        inside = [i for i in range(grid.n) if grid.rect(i)[1] < top + 200 and grid.rect(i)[1] + grid.cell_height > top]
        assert set(inside) <= set(grid.between(top, top + 200))


@pytest.mark.parametrize("grid", LAYOUTS, ids=str)
def test_cells_fill_the_width_and_never_leave_it(grid):
    right = max((grid.rect(i)[0] + grid.cell_width for i in range(grid.n)), default=0)
    assert right <= max(grid.width, 60)
    if grid.n >= grid.columns and grid.width > grid.wanted + 16:
        assert right > grid.width - 16 - grid.columns


# Keyboard


def test_arrows_move_by_cells_and_rows_and_stop_at_the_ends(view):
    columns = view.grid.columns
    press(view, Qt.Key.Key_Home)
    press(view, Qt.Key.Key_Left)
    assert view.current_position == 0
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Right)
    assert selected(view) == [columns + 1]
    press(view, Qt.Key.Key_End)
    press(view, Qt.Key.Key_Down)
    assert selected(view) == [49]
    press(view, Qt.Key.Key_PageUp)
    assert view.current_position < 49
    assert view.current_position % columns == 49 % columns


def test_shift_selects_from_where_the_range_began(view):
    click(view, 4)
    press(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == [4, 5, 6]
    for _ in range(3):
        press(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == [3, 4]


def test_a_range_follows_the_order_shown_and_not_the_folders(view):
    view.pictures.set_sort(Sort.MOST_CERTAIN)
    click(view, 0)
    click(view, 2, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == [47, 48, 49]


def test_control_a_selects_all_that_is_shown_and_escape_none(view):
    view.pictures.set_filter(Filter(Show.CLASS, 1))
    press(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert selected(view) == list(range(1, 50, 3))
    press(view, Qt.Key.Key_Escape)
    assert selected(view) == []


def test_keys_say_what_is_wanted_of_the_selected_pictures(view):
    said = []
    view.confirm_wanted.connect(lambda rows: said.append(("confirm", rows.tolist())))
    view.unknown_wanted.connect(lambda rows: said.append(("unknown", rows.tolist())))
    view.exclude_wanted.connect(lambda rows: said.append(("exclude", rows.tolist())))
    view.assign_wanted.connect(lambda rows, label: said.append((label, rows.tolist())))
    view.select_rows([3, 5])
    for key in (Qt.Key.Key_Return, Qt.Key.Key_U, Qt.Key.Key_X, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_Q):
        press(view, key)
    assert said == [("confirm", [3, 5]), ("unknown", [3, 5]), ("exclude", [3, 5]), (2, [3, 5])]


def test_after_a_key_on_one_picture_the_next_is_selected(view):
    click(view, 3)
    press(view, Qt.Key.Key_Return)
    assert selected(view) == [4]
    press(view, Qt.Key.Key_1)
    assert selected(view) == [5]


def test_keys_without_a_selection_and_a_frame_say_nothing_and_go_to_the_window(view, qtbot):
    view.clearFocus()
    with qtbot.assertNotEmitted(view.confirm_wanted):
        press(view, Qt.Key.Key_Return)


def test_a_key_without_a_selection_is_meant_for_the_picture_in_the_frame(view, qtbot):
    view.setFocus()
    view.set_current(4)
    with qtbot.waitSignal(view.confirm_wanted) as found:
        press(view, Qt.Key.Key_Return)
    assert found.args[0].tolist() == [4]
    assert selected(view) == [5]


def test_space_and_double_click_open_a_picture(view, qtbot):
    click(view, 2)
    with qtbot.waitSignal(view.open_wanted) as opened:
        press(view, Qt.Key.Key_Space)
    assert opened.args == [2]
    with qtbot.waitSignal(view.open_wanted) as opened:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(view, 5))
    assert opened.args == [5]


# Mouse


def test_control_click_adds_and_removes_and_shift_click_takes_a_range(view):
    click(view, 1)
    click(view, 4, Qt.KeyboardModifier.ControlModifier)
    assert selected(view) == [1, 4]
    click(view, 1, Qt.KeyboardModifier.ControlModifier)
    assert selected(view) == [4]
    click(view, 6, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == [1, 2, 3, 4, 5, 6]


def test_a_click_on_one_of_several_selected_leaves_it_alone_when_released(view):
    view.select_rows([1, 2, 3])
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 2))
    assert selected(view) == [1, 2, 3]
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 2))
    assert selected(view) == [2]


def test_a_rubber_band_from_a_gap_selects_what_it_touches(view):
    columns = view.grid.columns
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mouseMove(view.viewport(), middle(view, columns + 1))
    assert selected(view) == [0, 1, columns, columns + 1]
    assert not view.pointer.band.isNull()
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, columns + 1))
    assert view.pointer.band.isNull()


def test_a_click_in_a_gap_selects_none(view):
    view.select_rows([1, 2])
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert selected(view) == []


def test_dragging_takes_all_selected_pictures_along(view, monkeypatch):
    taken = []
    path = "fewshot_gui.ui.views.grid_input.QDrag.exec"
    monkeypatch.setattr(path, lambda drag, *_: taken.append(drops.read(drag.mimeData())))
    view.select_rows([1, 2, 3])
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 2))
    QTest.mouseMove(view.viewport(), middle(view, 2) + QPoint(40, 0))
    assert [drop.rows for drop in taken] == [(1, 2, 3)]


# Order and selection


def test_what_a_filter_hides_is_no_longer_selected(view):
    view.select_rows([0, 1, 2, 3])
    view.pictures.set_filter(Filter(Show.CLASS, 0))
    assert selected(view) == [0, 3]


def test_another_folder_starts_without_a_selection(view, qtbot):
    view.select_rows([0, 1])
    with qtbot.waitSignal(view.selection_changed) as changed:
        view.pictures.set_columns(folder(5))
    assert changed.args[0].tolist() == []
    assert view.current_position == -1


def test_the_eye_stays_with_the_current_picture_when_the_order_changes(view):
    view.select_rows([1])
    view.pictures.set_sort(Sort.MOST_CERTAIN)
    assert view.current_row() == 1
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_selecting_rows_reveals_the_first_of_them_and_skips_hidden_ones(view):
    view.pictures.set_filter(Filter(Show.CLASS, 0))
    view.select_rows([46, 47, 48])
    assert selected(view) == [48]
    assert view.viewport().rect().intersects(view.visualRect(view.pictures.index(view.pictures.position_of(48))))


def test_larger_cells_keep_the_current_picture_in_sight(view):
    view.select_rows([40])
    view.set_cell_size(300)
    assert view.grid.columns < 3
    assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
    view.set_cell_size(5)
    assert view.cell_size == 96


def test_the_view_tells_what_is_on_the_screen(view, qtbot):
    with qtbot.waitSignal(view.visible_changed) as changed:
        view.scrollTo(view.pictures.index(49), QAbstractItemView.ScrollHint.PositionAtCenter)
    assert 49 in changed.args[0].tolist()
    assert 0 not in view.visible_rows().tolist()


# Drops


def drop_on(view, mime):
    centre = QPoint(60, 60)
    every = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(centre, every, mime, left, none)
    view.viewportEvent(enter)
    drop = QDropEvent(QPointF(centre), every, mime, left, none)
    view.viewportEvent(drop)
    return enter, drop


def test_a_folder_dropped_on_the_grid_is_to_be_classified_and_never_moved(view, qtbot, tmp_path):
    mime = drops.files_mime([str(tmp_path)])
    with qtbot.waitSignal(view.files_dropped) as dropped:
        _, event = drop_on(view, mime)
    assert dropped.args == [[str(tmp_path)]]
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_our_own_pictures_and_plain_text_are_not_taken(view, qtbot):
    text = QMimeData()
    text.setText("hello")
    with qtbot.assertNotEmitted(view.files_dropped, wait=50):
        for mime in (view.pictures.drag_data(np.array([1])), text):
            enter, _ = drop_on(view, mime)
            assert not enter.isAccepted()


# Bar, foot, empty state


def test_chips_show_counts_and_filter(pane, qtbot):
    review = pane.bar.chips[Show.REVIEW]
    assert review.text().startswith("To review")
    qtbot.mouseClick(review, Qt.MouseButton.LeftButton)
    assert pane.pictures.filter.show is Show.REVIEW
    assert pane.pictures.rowCount() == pane.pictures.counts().review
    assert pane.bar.chips[Show.UNREADABLE].isHidden()


def test_a_filter_for_a_class_has_a_chip_of_its_own_that_ends_it(pane, qtbot):
    pane.pictures.set_filter(Filter(Show.CLASS, 2))
    assert "tulip" in pane.bar.extra.text()
    assert pane.bar.extra.isChecked()
    qtbot.mouseClick(pane.bar.extra, Qt.MouseButton.LeftButton)
    assert pane.pictures.filter.show is Show.ALL
    assert pane.bar.extra.isHidden()


def test_typing_searches_after_a_moment(pane, qtbot):
    qtbot.keyClicks(pane.bar.search, "img4")
    qtbot.waitUntil(lambda: pane.pictures.rowCount() == 11)


def test_sorting_again_is_offered_only_when_it_would_change_something(pane, qtbot):
    pane.pictures.set_sort(Sort.LEAST_CERTAIN)
    assert pane.bar.again.isHidden()
    pane.pictures.refresh([1])
    qtbot.waitUntil(lambda: not pane.bar.again.isHidden())
    qtbot.mouseClick(pane.bar.again, Qt.MouseButton.LeftButton)
    assert pane.bar.again.isHidden()


def test_the_slider_and_the_list_of_orders_reach_the_grid(pane, qtbot):
    pane.bar.size_slider.setValue(200)
    assert pane.view.cell_size == 200
    pane.bar.sort.setCurrentIndex(pane.bar.sort.findData(Sort.AUDIT))
    pane.bar.sort.activated.emit(pane.bar.sort.currentIndex())
    assert pane.pictures.sort_by is Sort.AUDIT


def test_the_menu_does_by_mouse_what_keys_do(pane, qtbot):
    pane.view.select_rows([7, 8])
    assert pane.foot.count.text() == "2 selected"
    fill_menu(pane.foot.menu, pane.view)
    actions = {action.text().split("\t")[0]: action for action in pane.foot.menu.actions()}
    with qtbot.waitSignal(pane.view.assign_wanted) as wanted:
        actions["tulip"].trigger()
    assert wanted.args[0].tolist() == [7, 8]
    assert wanted.args[1] == 2
    with qtbot.waitSignal(pane.view.exclude_wanted):
        actions["Exclude"].trigger()


def test_an_empty_grid_teaches_and_its_button_asks_for_a_folder(pane, qtbot):
    pane.set_columns(None)
    empty = pane.view._empty
    assert empty.isVisible()
    with qtbot.waitSignal(pane.view.choose_folder_wanted):
        qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    pane.set_columns(folder(3))
    assert not empty.isVisible()


def test_a_filter_that_shows_nothing_offers_to_show_all(pane, qtbot):
    pane.pictures.set_search("nothing is called so")
    empty = pane.view._empty
    assert empty.isVisible()
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert pane.pictures.rowCount() == 50
    assert pane.bar.search.text() == ""


# Screen readers, look


def test_controls_have_names_for_screen_readers(pane):
    for widget in (pane.view, pane.bar.search, pane.bar.sort, pane.bar.size_slider):
        assert widget.accessibleName()


def test_a_screen_reader_finds_the_pictures_in_the_view(view):
    interface = QAccessible.queryAccessibleInterface(view)
    texts = [interface.child(i).text(QAccessible.Text.Name) for i in range(min(60, interface.childCount()))]
    assert any("img0.jpg, rose" in text for text in texts)


def test_the_selection_on_the_screen_is_known_to_qt(view, qtbot):
    view.select_rows([1, 2])
    qtbot.waitUntil(lambda: {i.row() for i in view.selectionModel().selectedIndexes()} == {1, 2})


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_cells_are_painted_in_the_colours_of_the_theme(pane, qtbot, mode):
    from fewshot_gui.ui.theme import Theme

    theme = Theme.current()
    theme.set_mode(mode)
    pane.set_columns(folder(9, confidence=[0.9] * 9))
    pane.view.select_rows([0])
    image = pane.view.viewport().grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(200)}
    wanted = [theme.colour("surface"), theme.colour("accent-soft"), theme.class_soft(0), theme.class_colour(1)]
    theme.set_mode("light")
    assert {colour.name() for colour in wanted} <= colours


def test_search_chips_order_and_size_can_be_reached_by_tab_and_the_arrows_choose_a_chip(pane, qtbot):
    bar = pane.bar
    reached, widget = [], bar.search
    while widget is not pane.view:
        reached.append(widget)
        widget = widget.nextInFocusChain()
    assert {bar.search, bar.sort, bar.size_slider, *bar.chips.values()} <= set(reached)
    bar.chips[Show.ALL].setFocus()
    qtbot.keyClick(bar.chips[Show.ALL], Qt.Key.Key_Right)
    assert pane.pictures.filter.show is Show.REVIEW

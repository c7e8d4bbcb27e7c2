"""The model of the grid: what is shown, in what order, and that nothing moves while answers come in."""

import time

import numpy as np
import pytest

from fewshot_gui.jobs.columns import CONFIRMED, CORRECTED, EXCLUDED, SAID_UNKNOWN, PictureColumns
from fewshot_gui.ui import drops
from fewshot_gui.ui.models.cell import cell_of
from fewshot_gui.ui.models.order import Filter, Show, Sort, natural_keys
from fewshot_gui.ui.models.pictures import FILES_DRAGGED, PicturesModel
from tests.ui.columns import folder


@pytest.fixture
def model(qapp):
    return PicturesModel()


def shown(model):
    return model.order.tolist()


def test_the_model_keeps_qts_rules(model, qtmodeltester):
    model.set_columns(folder(20))
    qtmodeltester.check(model)


def test_each_filter_shows_its_pictures_and_the_counts_agree(model):
    columns = folder(8, confidence=[0.5, 0.55, 0.58, 0.9, 0.9, 0.9, 0.9, 0.9])
    columns.set_verdicts([0], CONFIRMED, 0)
    columns.set_verdicts([1], CORRECTED, 2)
    columns.set_verdicts([3], SAID_UNKNOWN, -1)
    columns.set_unreadable(4, "is damaged")
    columns.answer([5], [[0.4, 0.3, 0.3]], [False])
    columns.set_verdicts([6], EXCLUDED, -1)
    model.set_columns(columns)
    wanted = {
        Show.ALL: list(range(8)),
        Show.REVIEW: [2],
        Show.CONFIRMED: [0, 1, 3],
        Show.UNKNOWN: [3, 5],
        Show.UNREADABLE: [4],
    }
    found = {}
    for show in wanted:
        model.set_filter(Filter(show))
        found[show] = shown(model)
    assert found == wanted
    counts = model.counts()
    assert (counts.all, counts.review, counts.confirmed, counts.unknown, counts.unreadable) == (8, 1, 3, 2, 1)


def test_a_class_shows_pictures_by_the_verdict_where_there_is_one(model):
    columns = folder(6)  # labels 0 1 2 0 1 2
    columns.set_verdicts([0], CORRECTED, 2)
    model.set_columns(columns)
    model.set_filter(Filter(Show.CLASS, 2))
    assert shown(model) == [0, 2, 5]


def test_chosen_rows_are_shown_and_forgotten_with_their_folder(model):
    model.set_columns(folder(10))
    model.set_filter(Filter(Show.ROWS, rows=np.array([7, 2]), title="lasso"))
    assert shown(model) == [2, 7]
    model.set_columns(folder(4))
    assert shown(model) == [0, 1, 2, 3]
    assert model.filter.show is Show.ALL


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.FOLDER, [0, 1, 2, 3, 4, 5]),
        (Sort.LEAST_CERTAIN, [3, 1, 0, 2, 5, 4]),
        (Sort.MOST_CERTAIN, [0, 1, 3, 2, 5, 4]),
        (Sort.CLASS, [0, 3, 1, 2, 5, 4]),
    ],
)
def test_orders_put_what_was_judged_or_not_answered_last(model, sort, order):
    columns = folder(6, confidence=[0.9, 0.8, 0.95, 0.6, 0.7, 0.5], labels=[0, 1, 2, 0, 1, 2])
    columns.set_verdicts([2], CONFIRMED, 2)
    columns.set_unreadable(4, "is damaged")
    columns.set_pending([5])
    model.set_columns(columns)
    model.set_sort(sort)
    assert shown(model) == order


def test_names_sort_by_the_numbers_in_them_whatever_their_folder(model):
    paths = ["/p/b/img10.jpg", "/p/b/img2.jpg", "/p/a/IMG1.jpg", "/p/a/x.jpg"]
    model.set_columns(folder(4, paths=paths, root="/p"))
    model.set_sort(Sort.NAME)
    assert shown(model) == [2, 1, 0, 3]


def test_natural_keys_compare_numbers_anywhere_in_a_name():
    names = ["a10b2", "a10b10", "a9b11", "A009b3", "a", "b1", "1", "02", "10"]
    keys = dict(zip(names, natural_keys(names), strict=True))
    assert sorted(names, key=keys.get) == ["1", "02", "10", "a", "A009b3", "a9b11", "a10b2", "a10b10", "b1"]


def test_a_random_audit_is_the_same_for_the_same_seed_and_keeps_examples_for_the_end(model):
    columns = folder(200)
    columns.support[:20] = True
    model.set_columns(columns)
    model.set_sort(Sort.AUDIT, seed=5)
    first = shown(model)
    model.set_sort(Sort.AUDIT, seed=6)
    second = shown(model)
    model.set_sort(Sort.AUDIT, seed=5)
    assert shown(model) == first != second
    assert set(first[-20:]) == set(range(20))
    assert first[:180] != sorted(first[:180])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3]),
        ("MEADOW", [0, 1]),
        ("meadow 2", [1]),
        ("class:rose", [0, 3]),
        ('class:"oak leaf" forest', [2]),
    ],
)
def test_search_asks_for_all_words_of_the_path_and_for_labels(model, text, rows):
    paths = ["/p/Meadow/img1.jpg", "/p/Meadow/img2.jpg", "/p/forest/img3.jpg", "/p/forest/x.jpg"]
    columns = folder(4, names=("Rose", "Daisy", "Oak leaf"), labels=[0, 1, 2, 0], paths=paths, root="/p")
    model.set_columns(columns)
    model.set_search(text)
    assert shown(model) == rows


def test_the_root_is_not_part_of_what_is_searched(model):
    model.set_columns(folder(3, root="/home/anna"))
    model.set_search("anna")
    assert shown(model) == []


def test_answers_move_nothing_until_sorting_again(model, qtbot):
    columns = folder(10)
    model.set_columns(columns)
    model.set_sort(Sort.LEAST_CERTAIN)
    before = shown(model)
    columns.answer([9], [[0.4, 0.3, 0.3]], [True])
    with qtbot.waitSignal(model.stale_changed):
        model.refresh([9])
    assert shown(model) == before
    assert model.stale
    model.settle()
    assert shown(model)[0] == 9
    assert not model.stale


def test_a_run_that_ends_sorts_again(model, qtbot):
    columns = folder(10)
    model.set_columns(columns)
    model.set_sort(Sort.LEAST_CERTAIN)
    model.set_live(True)
    columns.answer([9], [[0.4, 0.3, 0.3]], [True])
    model.refresh([9])
    model.set_live(False)
    assert shown(model)[0] == 9


def test_pictures_that_newly_pass_the_filter_come_at_the_end(model, qtbot):
    columns = folder(6, confidence=[0.9, 0.5, 0.9, 0.55, 0.9, 0.9])
    model.set_columns(columns)
    model.set_filter(Filter(Show.REVIEW))
    columns.answer([0], [[0.4, 0.3, 0.3]], [True])
    with qtbot.waitSignal(model.rowsInserted):
        model.refresh([0])
    assert shown(model) == [1, 3, 0]
    assert model.position_of(0) == 2


def test_folder_order_is_never_stale(model, qtbot):
    columns = folder(6)
    model.set_columns(columns)
    columns.answer([0], [[0.4, 0.3, 0.3]], [True])
    with qtbot.waitSignal(model.dataChanged):
        model.refresh([0])
    assert not model.stale


def test_many_changes_reach_the_views_at_most_ten_times_a_second(model, qtbot):
    columns = folder(1000)
    model.set_columns(columns)
    told = []
    model.counts_changed.connect(lambda _: told.append(time.monotonic()))
    end = time.monotonic() + 0.5

    def refresh_until_the_end():
        model.refresh([len(told)])
        return time.monotonic() > end

    qtbot.waitUntil(refresh_until_the_end)
    assert 1 <= len(told) <= 6


def test_changes_are_told_as_ranges_of_positions(model, qtbot):
    model.set_columns(folder(100))
    ranges = []
    model.dataChanged.connect(lambda first, last, _: ranges.append((first.row(), last.row())))
    model.refresh([5, 3, 4, 50])
    qtbot.waitUntil(lambda: len(ranges) == 2)
    assert ranges == [(3, 5), (50, 50)]
    ranges.clear()
    model.refresh(np.arange(0, 100))
    model.refresh(None)
    qtbot.waitUntil(lambda: bool(ranges))
    assert ranges == [(0, 99)]


def test_a_drag_carries_rows_and_files_but_not_thousands_of_files(model):
    columns = folder(FILES_DRAGGED + 1)
    model.set_columns(columns)
    few, many = model.drag_data(np.array([1, 2])), model.drag_data(np.arange(columns.n))
    assert drops.read(few).rows == (1, 2)
    assert [url.toLocalFile() for url in few.urls()] == ["/pictures/img1.jpg", "/pictures/img2.jpg"]
    assert len(drops.read(many).rows) == columns.n
    assert not many.hasUrls()


def test_a_cell_shows_the_label_that_the_columns_show():
    columns = folder(40)
    columns.status[:] = np.arange(40) % 4
    columns.verdict[:] = np.arange(40) // 4 % 5
    columns.verdict_label[:] = np.arange(40) // 20 - 1
    assert [cell_of(columns, row).label for row in range(40)] == columns.shown_labels().tolist()


def test_a_screen_reader_hears_file_label_confidence_and_state(model):
    from PySide6.QtCore import Qt

    columns = folder(3, confidence=[0.97, 0.5, 0.9])
    columns.set_unreadable(2, "is empty")
    model.set_columns(columns)
    spoken = [model.index(i).data(Qt.ItemDataRole.AccessibleTextRole) for i in range(3)]
    assert spoken == ["img0.jpg, rose, 97 %", "img1.jpg, daisy, 50 %, to review", "img2.jpg, Unreadable, is empty"]


def test_markup_in_a_file_name_is_text_in_the_tool_tip(model):
    from PySide6.QtCore import Qt

    model.set_columns(folder(1, paths=["/pictures/<b>.jpg"]))
    assert "&lt;b&gt;.jpg" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_without_a_folder_there_is_nothing(model):
    model.set_columns(None)
    assert model.rowCount() == 0
    assert model.counts().all == 0
    model.refresh([1])
    model.set_sort(Sort.NAME)
    assert model.position_of(3) == -1


def test_an_empty_folder_can_be_sorted_in_every_way(model):
    model.set_columns(PictureColumns([], "/p", []))
    for sort in Sort:
        model.set_sort(sort)
    assert model.rowCount() == 0

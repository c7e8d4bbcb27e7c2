import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from fewshot_gui.jobs.columns import CORRECTED, EXCLUDED, PictureColumns
from fewshot_gui.ui.views.confusion import ConfusionView
from fewshot_gui.ui.views.confusion_model import (
    COLOUR_ROLE,
    KIND_ROLE,
    RECALL,
    RIGHT,
    SHARE_ROLE,
    WRONG,
    confusion_of,
    rows_of,
)

NAMES = ("cat", "<i>dog</i>", "owl")


def columns_of(truths, answers, names=NAMES):
    """answers: a label each, None for none of these."""
    columns = PictureColumns([f"/p/{i}" for i in range(len(truths))], "/p", truths)
    columns.set_classes(names, range(len(names)), range(len(names)))
    known = np.array([answer is not None for answer in answers], bool)
    probabilities = np.eye(len(names))[[answer or 0 for answer in answers]]
    columns.answer(np.arange(len(truths)), probabilities, known)
    return columns


@pytest.fixture
def columns():
    truths = ["cat"] * 5 + ["<i>dog</i>"] * 3 + ["owl"] * 2 + ["fish", None]
    return columns_of(truths, [0, 0, 0, 1, None, 1, 1, 0, None, None, 2, 2])


@pytest.fixture
def view(qtbot, columns):
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(400, 260)
    view.show()
    view.set_columns(columns)
    return view


def test_cells_count_truth_against_answer(columns):
    assert confusion_of(columns).counts.tolist() == [[3, 1, 0, 1], [1, 2, 0, 0], [0, 0, 0, 2]]


def test_counts_equal_counting_one_by_one():
    rng = np.random.default_rng(0)
    truths = [NAMES[i] for i in rng.integers(3, size=500)]
    answers = [None if i == 3 else int(i) for i in rng.integers(4, size=500)]
    expected = np.zeros((3, 4), int)
    for truth, answer in zip(truths, answers, strict=True):
        expected[NAMES.index(truth), 3 if answer is None else answer] += 1
    assert (confusion_of(columns_of(truths, answers)).counts == expected).all()


def test_examples_excluded_and_pending_pictures_do_not_count(columns):
    columns.support[0] = True
    columns.set_verdicts([1], EXCLUDED, -1)
    columns.set_pending([2])
    assert confusion_of(columns).counts[0].tolist() == [0, 1, 0, 1]


def test_what_the_user_corrected_does_not_flatter(columns):
    before = confusion_of(columns).counts
    columns.set_verdicts([3, 4], CORRECTED, 0)
    assert (confusion_of(columns).counts == before).all()


def test_recall_is_of_the_class_and_unknown_where_there_is_no_picture(columns):
    confusion = confusion_of(columns)
    assert confusion.recall(0) == pytest.approx(0.6)
    assert np.isnan(confusion_of(columns_of(["cat"], [0])).recall(1))


def test_a_cells_pictures_are_found(columns):
    assert rows_of(columns, 0, 1).tolist() == [3]
    assert rows_of(columns, 0, 3).tolist() == [4]
    assert rows_of(columns, 1, None).tolist() == [5, 6, 7]


def test_the_model_keeps_qts_rules(view):
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    view.refresh_now()
    view.set_columns(columns_of(["cat"], [0], ("cat", "owl")))
    view.set_columns(None)


def test_the_table_says_everything_in_words(view):
    model = view.model
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "cat, taken for <i>dog</i>: 1 / 5"
    assert model.index(2, 3).data(Qt.ItemDataRole.AccessibleTextRole) == "owl, answered as none of these: 2 / 2"
    assert model.index(1, 4).data() == "2 / 3"
    assert model.index(1, 4).data(Qt.ItemDataRole.AccessibleTextRole).endswith("2 / 3 (21–94 %)")
    headers = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(5)]
    assert headers == [*NAMES, "Unknown", "Recall"]


def test_names_in_tool_tips_are_never_markup(view):
    assert "&lt;i&gt;dog" in view.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_cells_know_their_share_and_kind(view):
    model = view.model
    assert model.index(0, 0).data(SHARE_ROLE) == pytest.approx(0.6)
    assert [model.index(0, column).data(KIND_ROLE) for column in (0, 1, 4)] == [RIGHT, WRONG, RECALL]
    assert model.headerData(2, Qt.Orientation.Vertical, COLOUR_ROLE) == 2
    assert model.headerData(3, Qt.Orientation.Horizontal, COLOUR_ROLE) is None


def test_a_click_opens_the_pictures_of_a_cell(qtbot, view):
    where = view.table.visualRect(view.model.index(0, 1)).center()
    with qtbot.waitSignal(view.cell_opened) as got:
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert got.args[0].tolist() == [3]
    assert got.args[1] == "cat, taken for <i>dog</i>"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_walk_and_open(qtbot, view, key):
    view.table.setCurrentIndex(view.model.index(0, 0))
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.cell_opened) as got:
        qtbot.keyClick(view.table, key)
    assert got.args[0].tolist() == [7]


def test_a_recall_opens_all_of_its_class(qtbot, view):
    with qtbot.waitSignal(view.cell_opened) as got:
        view.table.chosen.emit(0, 4)
    assert got.args[0].tolist() == [0, 1, 2, 3, 4]


def test_an_empty_cell_opens_nothing(qtbot, view):
    with qtbot.assertNotEmitted(view.cell_opened):
        view.table.chosen.emit(0, 2)


def test_without_truth_it_says_how_to_get_it(view):
    view.set_columns(columns_of([None, None], [0, 1]))
    assert view._stack.currentWidget() is view._empty
    assert "sub-folders" in view._empty.text()


def test_new_answers_keep_the_current_cell(qtbot, view, columns):
    view.table.setCurrentIndex(view.model.index(1, 1))
    columns.answer([0], np.eye(3)[[2]], np.ones(1, bool))
    view.refresh()
    qtbot.waitUntil(lambda: view.model.confusion.counts[0, 2] == 1)
    assert (view.table.currentIndex().row(), view.table.currentIndex().column()) == (1, 1)


def test_many_classes_scroll(view):
    names = tuple(f"class {i}" for i in range(40))
    view.set_columns(columns_of(list(names), list(range(40)), names))
    assert view.table.horizontalScrollBar().maximum() > 0
    assert view.table.verticalScrollBar().maximum() > 0


def test_it_can_be_painted_in_both_themes(view, theme):
    image = view.table.viewport().grab().toImage()
    cell = view.table.visualRect(view.model.index(0, 0))
    ground = image.pixelColor(cell.left() + 6, cell.center().y())
    assert abs(ground.hueF() - theme.colour("accent").hueF()) < 0.1

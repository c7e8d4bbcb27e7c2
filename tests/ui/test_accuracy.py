import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from fewshot_gui.types import Accuracy
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.accuracy import AccuracyView, Figures, Headline, HistoryPoint

TRUTH = Headline(Accuracy(186, 200, ""), "truth")
ESTIMATE = Headline(Accuracy(17, 20, ""), "estimate")


@pytest.fixture
def view(qtbot):
    view = AccuracyView()
    qtbot.addWidget(view)
    view.resize(400, 240)
    view.show()
    return view


def history(n, basis="truth", adapted=()):
    return [HistoryPoint(Accuracy(60 + i % 40, 100, ""), basis, i in adapted) for i in range(n)]


def said(view):
    return f"{view._figure.text()} {view._figure.accessibleDescription()}"


def pixels_near(widget, colour):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, 2::-1].astype(int)
    return int((np.abs(pixels - [colour.red(), colour.green(), colour.blue()]).max(1) < 12).sum())


def test_the_figure_stands_with_its_interval_and_what_it_was_measured_on(view):
    view.set_figures(Figures(TRUTH))
    assert "93.0 %" in view._figure.text()
    assert "88.6–95.8 %" in view._interval.text()
    assert "Measured on 200" in view._basis.text()


def test_few_pictures_bear_no_decimals(view):
    view.set_figures(Figures(ESTIMATE))
    assert view._figure.text() == "85 %"
    assert "64–95 %" in view._interval.text()


def test_an_estimate_says_that_it_is_one(view):
    view.set_figures(Figures(ESTIMATE))
    assert "Estimated from 20" in view._basis.text()
    assert "not measured on this folder" in view._basis.text()


def test_a_rough_estimate_says_so(view):
    view.set_figures(Figures(Headline(Accuracy(3, 4, ""), "estimate", rough=True)))
    assert "Rough" in view._basis.text()


def test_a_figure_of_a_folder_that_is_still_being_classified_says_so(view):
    view.set_figures(Figures(Headline(Accuracy(26, 30, ""), "truth", waiting=170)))
    assert "So far, on 30 picture" in view._basis.text()


def test_an_estimate_made_before_the_backbone_was_adapted_says_so(view):
    before = Headline(Accuracy(17, 20, ""), "estimate", before=True)
    view.set_figures(Figures(before))
    assert "before adapting deeper" in view._basis.text()
    view.set_figures(Figures(TRUTH, before))
    assert "before adapting deeper" in view._second.text()


@pytest.mark.parametrize("headline", [None, Headline(Accuracy(0, 0, ""), "truth")])
def test_without_a_figure_it_says_why(view, headline):
    view.set_figures(Figures(headline, why_none="Every class needs a second example."))
    assert view._figure.text() == ""
    assert view.chart.isHidden()
    assert view._basis.text() == "Every class needs a second example."
    view.set_figures(Figures(headline))
    assert "two examples" in view._basis.text()


def test_the_other_kind_of_figure_is_told_too(view):
    view.set_figures(Figures(TRUTH, ESTIMATE))
    assert "85 % (64–95 %)" in view._second.text()
    view.set_figures(Figures(TRUTH))
    assert not view._second.isVisible()


def test_what_was_checked_is_a_count_and_no_share(view):
    view.set_figures(Figures(TRUTH, checked=(38, 41)))
    assert view._checked.text().startswith("38 of 41 you checked were right")
    assert "%" not in view._checked.text()
    view.set_figures(Figures(TRUTH, checked=(0, 0)))
    assert not view._checked.isVisible()


def test_a_screen_reader_hears_all_of_it(view):
    view.set_figures(Figures(TRUTH, ESTIMATE, (38, 41)))
    assert all(part in said(view) for part in ("93.0 %", "88.6–95.8", "Measured on 200", "85 %", "38 of 41"))


def test_the_history_is_a_line_with_a_band(view, theme):
    empty = pixels_near(view.chart, theme.colour("accent"))
    view.set_history(history(30))
    assert pixels_near(view.chart, theme.colour("accent")) > empty + 100


def test_a_readaptation_is_marked(view):
    view.set_history(history(30))
    before = view.chart.grab().toImage()
    view.set_history(history(30, adapted=(12,)))
    assert view.chart.grab().toImage() != before


def test_new_points_come_at_the_end_and_empty_ones_are_left_out(view):
    view.set_history(history(2))
    view.add_point(HistoryPoint(Accuracy(9, 10, ""), "estimate"))
    view.add_point(HistoryPoint(Accuracy(0, 0, ""), "truth"))
    assert [point.accuracy.total for point in view.chart.points] == [100, 100, 10]


def test_a_long_history_is_thinned_and_keeps_its_end(view):
    points = history(5000)
    view.set_history(points)
    assert 300 <= len(view.chart.points) <= 600
    assert (view.chart.points[0], view.chart.points[-1]) == (points[0], points[-1])


def test_arrow_keys_read_single_figures(qtbot, view):
    view.set_history(history(3))
    assert "3 figure" in view.chart.accessibleDescription()
    qtbot.keyClick(view.chart, Qt.Key.Key_Left)
    assert view.chart.accessibleDescription().startswith("62 %")
    qtbot.keyClick(view.chart, Qt.Key.Key_Home)
    assert view.chart.accessibleDescription().startswith("60 %")
    qtbot.keyClick(view.chart, Qt.Key.Key_Escape)
    assert "3 figure" in view.chart.accessibleDescription()


def test_the_mouse_reads_the_figure_next_to_it(qtbot, view):
    view.set_history(history(3))
    qtbot.mouseMove(view.chart, QPoint(view.chart.width() - 3, 20))
    assert view.chart.accessibleDescription().startswith("62 %")
    assert not view.chart.grab().isNull()


def test_one_figure_alone_can_be_drawn(view):
    view.set_history(history(1))
    assert pixels_near(view.chart, Theme.current().colour("accent")) > 20

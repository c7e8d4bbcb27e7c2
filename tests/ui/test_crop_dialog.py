import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from fewshot_gui.ui.views.crop_box import SMALLEST, CropBox
from fewshot_gui.ui.views.crop_dialog import CropDialog

LEFT = Qt.MouseButton.LeftButton
BOX = CropBox(0.2, 0.2, 0.6, 0.8)


@pytest.fixture
def ask(qtbot):
    def make(crop=None, size=(400, 200)):
        image = QImage(*size, QImage.Format.Format_RGB32)
        image.fill(QColor("#00ff00"))
        dialog = CropDialog(image, crop, "lynx.jpg")
        qtbot.addWidget(dialog)
        dialog.resize(600, 500)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


def place(dialog, x, y):
    """A point of the picture, in pixels of the canvas."""
    rect = dialog.canvas.picture_rect()
    return QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()).toPoint()


def pull(dialog, start, end):
    QTest.mousePress(dialog.canvas, LEFT, pos=place(dialog, *start))
    QTest.mouseMove(dialog.canvas, place(dialog, *end))
    QTest.mouseRelease(dialog.canvas, LEFT, pos=place(dialog, *end))


def key(dialog, pressed, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(dialog.canvas, pressed, modifier)


class TestBox:
    def test_corners_in_any_order_are_cut_to_the_picture(self):
        assert CropBox.between((0.5, 1.4), (-0.2, 0.5)) == CropBox(0.0, 0.5, 0.5, 1.0)

    def test_a_slip_of_the_mouse_is_no_box(self):
        assert CropBox.between((0.5, 0.5), (0.5 + SMALLEST / 2, 0.9)) is None

    def test_a_box_around_everything_is_the_whole_picture(self):
        assert CropBox(0.0, 0.0, 1.0, 1.0).crop is None

    def test_it_reads_back_what_it_stores(self):
        stored = (0.25, 0.25, 0.5, 0.5)
        assert CropBox.of(stored).crop == stored

    def test_moving_keeps_the_size_and_stops_at_the_edge(self):
        moved = BOX.moved(5.0, -5.0)
        assert (moved.right, moved.top) == (1.0, 0.0)
        assert (moved.width, moved.height) == pytest.approx((BOX.width, BOX.height))

    def test_sizing_stops_at_the_edge_and_before_it_is_gone(self):
        assert BOX.sized(frozenset(("left",)), -5.0, 0.0).left == 0.0
        assert BOX.sized(frozenset(("left", "top")), 5.0, 5.0).width == pytest.approx(SMALLEST)

    @pytest.mark.parametrize(
        ("x", "y", "edges"),
        [(0.21, 0.5, {"left"}), (0.59, 0.79, {"right", "bottom"}), (0.4, 0.5, set()), (0.9, 0.2, set())],
    )
    def test_edges_are_taken_hold_of_near_them(self, x, y, edges):
        assert BOX.edges_at(x, y, 0.03, 0.03) == edges


def test_drawing_a_box_gives_fractions_of_the_picture(ask):
    dialog = ask()
    pull(dialog, (0.25, 0.5), (0.75, 0.9))
    assert dialog.crop == pytest.approx((0.25, 0.5, 0.5, 0.4), abs=0.01)


def test_a_box_is_moved_by_its_inside_and_sized_by_its_edge(ask):
    dialog = ask((0.2, 0.2, 0.4, 0.4))
    pull(dialog, (0.4, 0.4), (0.5, 0.5))
    assert dialog.crop == pytest.approx((0.3, 0.3, 0.4, 0.4), abs=0.01)
    pull(dialog, (0.7, 0.5), (0.9, 0.5))
    assert dialog.crop == pytest.approx((0.3, 0.3, 0.6, 0.4), abs=0.01)


def test_drawing_outside_a_box_begins_a_new_one(ask):
    dialog = ask((0.1, 0.1, 0.2, 0.2))
    pull(dialog, (0.6, 0.6), (0.9, 0.9))
    assert dialog.crop == pytest.approx((0.6, 0.6, 0.3, 0.3), abs=0.01)


def test_the_keyboard_alone_makes_moves_and_sizes_a_box(ask):
    dialog = ask()
    key(dialog, Qt.Key.Key_Right)
    first = dialog.canvas.box
    key(dialog, Qt.Key.Key_Right)
    assert dialog.canvas.box == first.moved(0.02, 0.0)
    key(dialog, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.canvas.box.height == pytest.approx(first.height + 0.02)
    wide = dialog.canvas.box.left
    key(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert dialog.canvas.box.left == pytest.approx(wide - 0.004)


def test_delete_or_the_button_take_the_whole_picture(ask):
    dialog = ask((0.1, 0.1, 0.2, 0.2))
    key(dialog, Qt.Key.Key_Delete)
    assert dialog.crop is None
    dialog = ask((0.1, 0.1, 0.2, 0.2))
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Whole picture").click()
    assert dialog.crop is None


def test_return_accepts_and_escape_leaves(ask, qtbot):
    dialog = ask((0.1, 0.1, 0.2, 0.2))
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    dialog = ask()
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_what_lies_outside_the_box_is_dimmed(ask, theme):
    dialog = ask((0.25, 0.25, 0.5, 0.5))
    shown = dialog.canvas.grab().toImage()
    assert shown.pixelColor(place(dialog, 0.5, 0.6)).name() == "#00ff00"
    assert shown.pixelColor(place(dialog, 0.1, 0.6)).name() != "#00ff00"


def test_the_box_is_told_in_words(ask):
    dialog = ask((0.25, 0.25, 0.5, 0.5))
    assert "25 %" in dialog.canvas.accessibleDescription()
    key(dialog, Qt.Key.Key_Delete)
    assert dialog.canvas.accessibleDescription() == "The whole picture"


def test_a_huge_picture_is_shrunk_once(ask):
    dialog = ask((0.5, 0.5, 0.25, 0.25), size=(5000, 100))
    assert dialog.canvas._image.width() <= 2048
    assert dialog.crop == (0.5, 0.5, 0.25, 0.25)

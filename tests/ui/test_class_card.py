import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QAbstractItemModelTester, QTest

from fewshot_gui.ui import drops
from fewshot_gui.ui.views.class_card import ClassCard
from fewshot_gui.ui.views.class_data import CardData, ExampleData, menu_text, one_line, plain_tip
from fewshot_gui.ui.views.class_paint import card_rects

EXAMPLES = tuple(ExampleData(i, f"/p/{i}.jpg") for i in range(10, 17))
CARD = CardData(3, "lynx", 0, "1", 7, EXAMPLES, "97 % (88-100)", 0.97, 0.88, 1.0)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def show(qtbot):
    def make(card=CARD, thumbnails=lambda path, crop, size: None, width=250):
        widget = ClassCard(card, thumbnails)
        qtbot.addWidget(widget)
        widget.resize(width, widget.height())
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return make


def part(card, name):
    return getattr(card_rects(card.width(), card.data.shots), name).center()


def test_its_accessible_name_tells_what_it_shows(show):
    name = show().accessibleName()
    assert all(word in name for word in ("lynx", "7 shot", "key 1", "97 % (88-100)"))


def test_the_note_takes_the_place_of_an_estimate(show):
    card = show(CardData(1, "fox", 1, "2", 1, EXAMPLES[:1], note="One picture tells nothing."))
    assert "One picture tells nothing." in card.accessibleName()


def test_the_shown_examples_are_asked_for_at_the_size_they_are_painted(show):
    asked = []
    show(thumbnails=lambda *wanted: asked.append(wanted)).grab()
    assert {path for path, _, _ in asked} == {f"/p/{i}.jpg" for i in (10, 11, 12, 13)}
    assert {size for _, _, size in asked} == {38}


def test_a_thumbnail_that_has_come_is_painted(show, qtbot):
    known = {}
    card = show(thumbnails=lambda path, crop, size: known.get(path))
    pixmap = QPixmap(60, 40)
    pixmap.fill(QColor("#ff0000"))
    known["/p/10.jpg"] = pixmap
    card.thumbnail_ready("/p/10.jpg")
    centre = card_rects(card.width(), 7).cells[0].center()
    assert card.grab().toImage().pixelColor(centre).name() == "#ff0000"


def test_a_narrow_card_shows_fewer_examples_and_never_beyond_its_edge():
    for width in range(100, 400, 7):
        rects = card_rects(width, 20)
        assert rects.rest.right() <= max(width - 12, 100)
    assert len(card_rects(150, 20).cells) < len(card_rects(250, 20).cells) == 4


def test_f2_edits_the_name_and_return_keeps_it(show, qtbot):
    card = show()
    QTest.keyClick(card, Qt.Key.Key_F2)
    QTest.keyClicks(card._editor, " Bobcat ")
    with qtbot.waitSignal(card.rename_wanted) as wish:
        QTest.keyClick(card._editor, Qt.Key.Key_Return)
    assert wish.args == [3, "Bobcat"]
    assert not card.editing


def test_escape_leaves_the_old_name(show, qtbot):
    card = show()
    QTest.mouseDClick(card, LEFT, pos=part(card, "header"))
    assert card.editing
    QTest.keyClicks(card._editor, "Bobcat")
    with qtbot.assertNotEmitted(card.rename_wanted):
        QTest.keyClick(card._editor, Qt.Key.Key_Escape)
    assert not card.editing


def test_an_empty_name_is_no_name(show, qtbot):
    card = show()
    card.edit_name()
    card._editor.clear()
    with qtbot.assertNotEmitted(card.rename_wanted):
        QTest.keyClick(card._editor, Qt.Key.Key_Return)


def test_an_editor_stays_open_while_the_card_changes(show):
    card = show()
    card.edit_name()
    QTest.keyClicks(card._editor, "Bob")
    card.set_data(CardData(3, "lynx", 0, "1", 8, EXAMPLES, note="x"))
    assert card.editing
    assert card._editor.text() == "Bob"


def test_return_and_the_arrow_open_and_close_all_examples(show, qtbot):
    card = show()
    low = card.height()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert card.expanded
    assert card.height() > low
    QTest.mouseClick(card, LEFT, pos=part(card, "rest"))
    assert not card.expanded
    assert card.height() == low


def test_a_class_without_examples_has_nothing_to_open(show):
    card = show(CardData(1, "fox", 1))
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert not card.expanded


def test_the_strip_closes_when_the_last_example_is_gone(show):
    card = show()
    card.set_expanded(True)
    card.set_data(CardData(3, "lynx", 0, "1"))
    assert not card.expanded


def test_what_is_selected_in_the_strip_survives_a_change(show):
    card = show()
    card.set_expanded(True)
    card._strip.select([11, 14])
    card.set_data(CardData(3, "lynx", 0, "1", 6, EXAMPLES[1:]))
    assert card.selected_examples() == [11, 14]
    card.set_data(CardData(3, "lynx", 0, "1", 7, (*EXAMPLES[1:], ExampleData(99, "/p/99.jpg"))))
    assert card.selected_examples() == [11, 14]


def test_the_strip_gives_its_examples_to_a_drag_and_offers_only_to_copy(show):
    card = show()
    card.set_expanded(True)
    card._strip.select([12, 10])
    model = card._strip.examples
    mime = model.mimeData(card._strip.selectedIndexes())
    assert sorted(drops.read(mime).examples) == [10, 12]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_the_model_of_the_strip_keeps_qts_rules(show):
    card = show()
    card.set_expanded(True)
    QAbstractItemModelTester(card._strip.examples, QAbstractItemModelTester.FailureReportingMode.Fatal)
    card._strip.set_examples(EXAMPLES[:2])
    card._strip.set_examples(EXAMPLES[:5])
    assert card._strip.examples.rowCount() == 5


def test_delete_in_the_strip_removes_the_selected_examples_not_the_class(show, qtbot):
    card = show()
    card.set_expanded(True)
    card._strip.select([12])
    with (
        qtbot.assertNotEmitted(card.delete_wanted),
        qtbot.waitSignal(card.examples_remove_wanted) as wish,
    ):
        QTest.keyClick(card._strip, Qt.Key.Key_Delete)
    assert wish.args == [[12]]


def test_a_double_click_on_an_example_opens_it(show, qtbot):
    card = show()
    with qtbot.waitSignal(card.example_opened) as wish:
        QTest.mouseDClick(card, LEFT, pos=card_rects(card.width(), 7).cells[1].center())
    assert wish.args == [11]


@pytest.mark.parametrize(
    ("key", "modifier", "signal", "args"),
    [
        (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, "shift_wanted", [3, -1]),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, "shift_wanted", [3, 1]),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "step_wanted", [3, 1]),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "delete_wanted", [3]),
    ],
)
def test_every_wish_has_a_key(show, qtbot, key, modifier, signal, args):
    card = show()
    with qtbot.waitSignal(getattr(card, signal)) as wish:
        QTest.keyClick(card, key, modifier)
    assert wish.args == args


def test_the_dots_and_the_right_button_ask_for_the_menu(show, qtbot):
    card = show()
    with qtbot.waitSignal(card.menu_wanted) as wish:
        QTest.mouseClick(card, LEFT, pos=part(card, "more"))
    assert wish.args[0] == 3


def test_pulling_the_card_far_enough_begins_a_drag(show, qtbot):
    card = show()
    at = part(card, "header")
    QTest.mousePress(card, LEFT, pos=at)
    with qtbot.waitSignal(card.drag_wanted) as wish:
        QTest.mouseMove(card, at + QPoint(0, 40))
    assert wish.args == [3]


def test_a_hovering_drag_makes_it_glow_in_the_colour_of_the_class(show, theme):
    card = show()
    before = card.grab().toImage()
    card.set_promise("Drop to add 3 pictures")
    after = card.grab().toImage()
    beside_the_name = QPoint(120, 5)
    assert after.pixelColor(beside_the_name).name() == theme.class_soft(0).name()
    assert before.pixelColor(beside_the_name).name() == theme.colour("raised").name()
    card.set_promise("")
    assert card.grab().toImage() == before


def test_a_name_of_5000_characters_fits_and_is_in_the_tip(show):
    card = show(CardData(1, "x" * 5000, 0, "1", 7, EXAMPLES))
    assert card.width() == 250
    assert card.grab().width() == 250
    assert "xxxx" in card.tip_at(part(card, "header"))
    assert len(card.tip_at(part(card, "header"))) < 1100


def test_a_name_is_never_read_as_html_or_shortcut():
    assert "<b>" not in plain_tip("<b>lynx</b>")
    assert menu_text("R&D") == "R&&D"
    assert len(menu_text("x" * 5000)) == 40
    assert one_line("a\nb") == "a b"
    assert plain_tip("") == ""

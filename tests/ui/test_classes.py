import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton

from fewshot_gui.ui import drops
from fewshot_gui.ui.views.class_card import ClassCard
from fewshot_gui.ui.views.class_hover import new_order
from fewshot_gui.ui.views.classes import CardData, ClassesView, ExampleData
from tests.ui.drags import drag, drag_on, drop, leave


def some(count, shots=3):
    """Classes 1 to count; the examples of class 2 are 200, 201, ..."""
    examples = {
        i: tuple(ExampleData(i * 100 + k, f"/p/{i}-{k}.jpg") for k in range(shots)) for i in range(1, count + 1)
    }
    return tuple(CardData(i, f"class {i}", i, str(i), shots, found) for i, found in examples.items())


@pytest.fixture
def view(qtbot):
    widget = ClassesView()
    qtbot.addWidget(widget)
    widget.resize(290, 700)
    widget.set_classes(some(3))
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.wait(0)
    return widget


@pytest.fixture
def files(tmp_path):
    for name in ("a.jpg", "b.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "lynx").mkdir()
    return tmp_path


def on(view, class_id):
    card = view.list.card(class_id)
    return card.mapTo(view, QPoint(100, 20))


def on_new(view):
    return view.list.zone.mapTo(view, QPoint(30, 20))


def on_none(view):
    return view.none.mapTo(view, view.none.rect().center())


def mime_of(folder, *names):
    return drops.files_mime(str(folder / name) for name in names)


def picture():
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    return mime


def entry(menu, words):
    return next(action for action in menu.actions() if words in action.text())


def open_menu(view, class_id, examples=False):
    ask = view._examples_menu if examples else view._menu
    ask(class_id, QPoint(0, 0))
    return view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]


class TestCards:
    def test_cards_that_stay_are_the_same_widgets_in_the_new_order(self, view, qtbot):
        before = {card.data.id: card for card in view.list.cards()}
        one, _, three = some(3)
        view.set_classes([three, CardData(9, "new", 4), one])
        assert view.list.ids() == [3, 9, 1]
        assert view.list.card(1) is before[1]
        assert view.list.card(3) is before[3]
        qtbot.waitUntil(lambda: before[3].y() < view.list.card(9).y() < before[1].y())

    def test_the_keyboard_stays_on_a_card_that_moves(self, view):
        view.list.card(2).setFocus()
        one, two, three = some(3)
        view.set_classes([two, three, one])
        assert view.current_class() == 2

    def test_the_keyboard_goes_to_the_neighbour_of_a_deleted_card(self, view):
        view.list.card(2).setFocus()
        one, _, three = some(3)
        view.set_classes([one, three])
        assert view.current_class() == 3

    def test_an_open_strip_and_the_scroll_survive_a_change(self, view, qtbot):
        view.set_classes(some(30))
        view.expand(20, True)
        qtbot.waitUntil(lambda: view.list.verticalScrollBar().maximum() > 500)
        view.list.verticalScrollBar().setValue(500)
        view.set_classes([*some(30), CardData(99, "more", 1)])
        assert view.list.card(20).expanded
        assert view.list.verticalScrollBar().value() == 500

    def test_an_empty_project_teaches_and_a_filled_one_does_not(self, view, qtbot):
        assert view.list.empty.isHidden()
        view.set_classes(())
        assert view.list.empty.isVisible()

    def test_the_empty_state_offers_a_folder_and_the_demo(self, view, qtbot):
        view.set_classes(())
        with qtbot.waitSignal(view.demo_wanted):
            view.list.empty.demo_wanted.emit()
        view.ask_folder = lambda parent: "/"
        with qtbot.waitSignal(view.folders_dropped) as wish:
            view.list.empty.folder_wanted.emit()
        assert wish.args == [("/",), None]

    def test_fifty_classes_are_shown_and_changed_at_once(self, view, qtbot):
        import time

        view.set_classes(some(50, shots=40))
        start = time.process_time()
        for shots in (41, 42):
            view.set_classes(some(50, shots=shots))
            view.grab()
        assert time.process_time() - start < 1.0

    def test_a_thumbnail_reaches_only_who_shows_it(self, qtbot):
        asked = []
        view = ClassesView(lambda path, crop, size: asked.append(path))
        qtbot.addWidget(view)
        view.resize(290, 700)
        view.set_classes(some(2))
        view.show()
        qtbot.waitUntil(lambda: "/p/2-0.jpg" in asked)
        asked.clear()
        view.thumbnail_ready("/p/2-0.jpg")
        qtbot.waitUntil(lambda: "/p/2-0.jpg" in asked)
        assert "/p/1-0.jpg" not in asked

    def test_the_sentence_at_the_foot_is_plain_text(self, view):
        view.set_summary("<b>3</b> classes")
        assert view._summary.textFormat() == Qt.TextFormat.PlainText
        assert view._summary.isVisible()
        view.set_summary("")
        assert view._summary.isHidden()

    def test_it_is_painted_in_both_themes(self, view, theme):
        assert view.grab().toImage().pixelColor(6, 300).name() == theme.colour("surface").name()


class TestDrops:
    def test_files_on_a_card_are_its_examples(self, view, qtbot, files):
        mime = mime_of(files, "a.jpg", "b.png")
        with qtbot.waitSignal(view.files_dropped) as wish:
            event = drop(view, mime, on(view, 2))
        assert wish.args == [(str(files / "a.jpg"), str(files / "b.png")), 2]
        assert event.dropAction() == Qt.DropAction.CopyAction

    def test_files_beside_the_cards_make_a_class(self, view, qtbot, files):
        mime = mime_of(files, "a.jpg")
        with qtbot.waitSignal(view.files_dropped) as wish:
            drop(view, mime, on_new(view))
        assert wish.args == [(str(files / "a.jpg"),), None]

    def test_a_folder_is_told_and_not_looked_into(self, view, qtbot, files):
        mime = mime_of(files, "lynx")
        with qtbot.waitSignal(view.folders_dropped) as wish:
            drop(view, mime, QPoint(5, 5))
        assert wish.args == [(str(files / "lynx"),), None]

    def test_what_is_no_picture_is_told_and_the_rest_used(self, view, qtbot, files):
        mime = mime_of(files, "a.jpg", "notes.txt")
        with qtbot.waitSignal(view.files_dropped) as wish, qtbot.waitSignal(view.notice) as told:
            drop(view, mime, on(view, 1))
        assert wish.args == [(str(files / "a.jpg"),), 1]
        assert "notes.txt" in told.args[0]

    def test_an_address_only_gives_a_sentence(self, view, qtbot):
        mime = QMimeData()
        mime.setUrls([QUrl("https://example.org/lynx.jpg")])
        with qtbot.assertNotEmitted(view.files_dropped), qtbot.waitSignal(view.notice) as told:
            drop(view, mime, on(view, 1))
        assert "example.org" in told.args[0]

    def test_a_picture_from_a_browser_comes_as_pixels(self, view, qtbot):
        mime = picture()
        with qtbot.waitSignal(view.image_dropped) as wish:
            drop(view, mime, on(view, 3))
        assert wish.args[0].size().toTuple() == (4, 3)
        assert wish.args[1] == 3

    def test_rows_of_the_grid_become_examples(self, view, qtbot):
        mime = drops.rows_mime([4, 7])
        with qtbot.waitSignal(view.rows_dropped) as wish:
            drop(view, mime, on(view, 1))
        assert wish.args == [(4, 7), 1]

    def test_rows_on_none_of_these_are_unknown(self, view, qtbot):
        mime = drops.rows_mime([4, 7])
        assert drag(view, mime, on_none(view))
        assert "2" in view.none.promise
        with qtbot.waitSignal(view.rows_unknown) as wish:
            drop(view, mime, on_none(view))
        assert wish.args == [(4, 7)]
        assert view.none.promise == ""

    def test_files_on_none_of_these_make_a_class(self, view, qtbot, files):
        mime = mime_of(files, "a.jpg")
        with qtbot.waitSignal(view.files_dropped) as wish:
            drop(view, mime, on_none(view))
        assert wish.args[1] is None

    def test_examples_go_to_another_card_but_not_to_their_own(self, view, qtbot):
        mime = drops.examples_mime([100, 101])
        assert not drag(view, mime, on(view, 1))
        with qtbot.waitSignal(view.examples_move_wanted) as wish:
            drop(view, mime, on(view, 2))
        assert wish.args == [[100, 101], 2]

    def test_examples_beside_the_cards_make_a_class_once_it_has_a_name(self, view, qtbot):
        mime = drops.examples_mime([100, 101])
        drop(view, mime, on_new(view))
        qtbot.waitUntil(lambda: view.list.zone.asking)
        QTest.keyClicks(view.list.zone._field, "kitten")
        with qtbot.waitSignal(view.split_wanted) as wish:
            QTest.keyClick(view.list.zone._field, Qt.Key.Key_Return)
        assert wish.args == [1, [100, 101], "kitten"]

    def test_only_the_card_under_the_drag_says_what_will_happen(self, view, files):
        mime = mime_of(files, "a.jpg", "b.png")
        drag(view, mime, on(view, 1))
        assert "2" in view.list.card(1).promise
        drag_on(view, mime, on(view, 2))
        assert [bool(card.promise) for card in view.list.cards()] == [False, True, False]
        drag_on(view, mime, on_new(view))
        assert view.list.zone.promise
        leave(view)
        assert not view.list.zone.promise

    def test_text_is_not_taken(self, view):
        mime = QMimeData()
        mime.setText("hello")
        assert not drag(view, mime, on(view, 1))

    def test_a_class_deleted_during_the_drag_gets_nothing(self, view, qtbot, files):
        mime = mime_of(files, "a.jpg")
        with qtbot.assertNotEmitted(view.files_dropped, wait=30):
            drop(view, mime, on(view, 2))
            view.set_classes([card for card in some(3) if card.id != 2])

    def test_the_list_scrolls_while_a_drag_waits_at_its_edge(self, view, qtbot, files):
        view.set_classes(some(30))
        mime = mime_of(files, "a.jpg")
        drag(view, mime, view.list.mapTo(view, QPoint(50, view.list.height() - 5)))
        qtbot.waitUntil(lambda: view.list.verticalScrollBar().value() > 50)
        leave(view)


class TestOrder:
    @pytest.mark.parametrize(
        ("moved", "index", "expected"),
        [(1, 3, [2, 3, 1]), (3, 0, [3, 1, 2]), (2, 1, [1, 2, 3]), (2, 2, [1, 2, 3]), (1, 2, [2, 1, 3])],
    )
    def test_a_card_goes_in_front_of_another(self, moved, index, expected):
        assert new_order([1, 2, 3], moved, index) == expected

    def test_dragging_a_card_wishes_the_new_order(self, view, qtbot):
        mime = drops.card_mime(1)
        below_two = view.list.card(2).mapTo(view, QPoint(20, view.list.card(2).height() - 4))
        assert drag(view, mime, below_two)
        assert view._hover._line.isVisible()
        with qtbot.waitSignal(view.reorder_wanted) as wish:
            drop(view, mime, below_two)
        assert wish.args == [[2, 1, 3]]
        assert view._hover._line.isHidden()

    def test_a_card_dropped_where_it_was_wishes_nothing(self, view, qtbot):
        mime = drops.card_mime(2)
        with qtbot.assertNotEmitted(view.reorder_wanted, wait=30):
            drop(view, mime, on(view, 2))

    def test_alt_and_an_arrow_wish_one_place(self, view, qtbot):
        with qtbot.waitSignal(view.reorder_wanted) as wish:
            QTest.keyClick(view.list.card(2), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert wish.args == [[2, 1, 3]]
        with qtbot.waitSignal(view.reorder_wanted) as wish:
            QTest.keyClick(view.list.card(2), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert wish.args == [[1, 3, 2]]

    def test_the_last_card_goes_no_further(self, view, qtbot):
        with qtbot.assertNotEmitted(view.reorder_wanted):
            QTest.keyClick(view.list.card(3), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)

    def test_the_arrows_walk_over_the_cards(self, view):
        view.list.card(1).setFocus()
        QTest.keyClick(view.list.card(1), Qt.Key.Key_Down)
        assert view.current_class() == 2


class TestWishes:
    def test_plus_asks_for_a_name_in_place_and_the_new_card_gets_the_keyboard(self, view, qtbot):
        view.add_class()
        QTest.keyClicks(view.list.zone._field, "fox")
        with qtbot.waitSignal(view.class_add_wanted) as wish:
            QTest.keyClick(view.list.zone._field, Qt.Key.Key_Return)
        assert wish.args == ["fox"]
        view.set_classes([*some(3), CardData(4, "fox", 4)])
        assert view.current_class() == 4

    def test_escape_takes_the_question_back(self, view, qtbot):
        view.add_class()
        with qtbot.assertNotEmitted(view.class_add_wanted):
            QTest.keyClick(view.list.zone._field, Qt.Key.Key_Escape)
        assert not view.list.zone.asking

    def test_dialogs_do_what_drags_do(self, view, qtbot, files):
        view.ask_pictures = lambda parent: [str(files / "a.jpg")]
        with qtbot.waitSignal(view.files_dropped) as wish:
            entry(open_menu(view, 2), "Add pictures").trigger()
        assert wish.args == [(str(files / "a.jpg"),), 2]
        view.ask_folder = lambda parent: str(files / "lynx")
        with qtbot.waitSignal(view.folders_dropped) as wish:
            entry(open_menu(view, 2), "Add a folder").trigger()
        assert wish.args == [(str(files / "lynx"),), 2]

    def test_a_cancelled_dialog_does_nothing(self, view, qtbot):
        view.ask_pictures = lambda parent: []
        view.ask_folder = lambda parent: ""
        with qtbot.assertNotEmitted(view.files_dropped), qtbot.assertNotEmitted(view.folders_dropped):
            view.choose_pictures(None)
            view.choose_folder(None)

    def test_clicking_the_dashed_place_asks_for_pictures(self, view, qtbot, files):
        view.ask_pictures = lambda parent: [str(files / "a.jpg")]
        with qtbot.waitSignal(view.files_dropped):
            QTest.mouseClick(view.list.zone, Qt.MouseButton.LeftButton)

    def test_ctrl_v_pastes_into_the_card_with_the_keyboard(self, view, qtbot):
        QGuiApplication.clipboard().setMimeData(picture())
        view.list.card(2).setFocus()
        with qtbot.waitSignal(view.image_dropped) as wish:
            QTest.keyClick(view.list.card(2), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert wish.args[1] == 2

    def test_ctrl_v_in_an_open_strip_pastes_into_its_class(self, view, qtbot):
        QGuiApplication.clipboard().setMimeData(picture())
        view.expand(3, True)
        strip = view.list.card(3)._strip
        strip.setFocus()
        with qtbot.waitSignal(view.image_dropped) as wish:
            QTest.keyClick(strip, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert wish.args[1] == 3

    def test_pasting_nothing_of_use_says_so(self, view, qtbot):
        QGuiApplication.clipboard().setText("hello")
        with qtbot.waitSignal(view.notice) as told:
            view.paste(None)
        assert told.args[0].endswith(".")

    @pytest.mark.parametrize(
        ("words", "signal", "args"),
        [("Delete", "delete_wanted", [[2]]), ("Move up", "reorder_wanted", [[2, 1, 3]])],
    )
    def test_the_menu_wishes(self, view, qtbot, words, signal, args):
        with qtbot.waitSignal(getattr(view, signal)) as wish:
            entry(open_menu(view, 2), words).trigger()
        assert wish.args == args

    def test_the_menu_renames_in_place(self, view):
        entry(open_menu(view, 2), "Rename").trigger()
        assert view.list.card(2).editing

    def test_the_menu_merges_into_another_class(self, view, qtbot):
        merge = entry(open_menu(view, 2), "Merge").menu()
        assert [action.text() for action in merge.actions()] == ["class 1", "class 3"]
        with qtbot.waitSignal(view.merge_wanted) as wish:
            merge.actions()[1].trigger()
        assert wish.args == [[2], 3]

    def test_the_menu_says_who_uses_a_colour_and_changes_it(self, view, qtbot):
        colours = entry(open_menu(view, 2), "Colour").menu()
        assert "class 1" in colours.actions()[1].text()
        assert colours.actions()[2].isChecked()
        with qtbot.waitSignal(view.colour_wanted) as wish:
            colours.actions()[7].trigger()
        assert wish.args == [2, 7]

    def test_splitting_needs_selected_examples_and_a_name(self, view, qtbot):
        assert not entry(open_menu(view, 2), "Split").isEnabled()
        view.expand(2, True)
        view.list.card(2)._strip.select([200, 202])
        entry(open_menu(view, 2), "Split").trigger()
        QTest.keyClicks(view.list.zone._field, "cub")
        with qtbot.waitSignal(view.split_wanted) as wish:
            QTest.keyClick(view.list.zone._field, Qt.Key.Key_Return)
        assert wish.args == [2, [200, 202], "cub"]

    def test_the_menu_of_examples_moves_crops_opens_and_removes(self, view, qtbot):
        view.expand(2, True)
        view.list.card(2)._strip.select([201])
        menu = open_menu(view, 2, examples=True)
        for words, signal, args in (
            ("Open", view.example_opened, [201]),
            ("Crop", view.crop_wanted, [201]),
            ("Remove", view.examples_remove_wanted, [[201]]),
        ):
            with qtbot.waitSignal(signal) as wish:
                entry(menu, words).trigger()
            assert wish.args == args
        with qtbot.waitSignal(view.examples_move_wanted) as wish:
            entry(menu, "Move to").menu().actions()[0].trigger()
        assert wish.args == [[201], 1]

    def test_several_examples_are_not_cropped_at_once_and_none_does_nothing(self, view):
        view.expand(2, True)
        assert not any(action.isEnabled() for action in open_menu(view, 2, examples=True).actions() if action.text())
        view.list.card(2)._strip.select([200, 201])
        menu = open_menu(view, 2, examples=True)
        assert not entry(menu, "Crop").isEnabled()
        assert entry(menu, "Remove").isEnabled()

    def test_every_button_has_a_name(self, view):
        assert all(button.accessibleName() for button in view.findChildren(QToolButton))


class TestUnknown:
    def test_the_switch_turns_it_off_and_on_to_what_it_was(self, view, qtbot):
        view.set_unknown(0.1, 12)
        with qtbot.waitSignal(view.unknown_changed) as wish:
            view.none._switch.click()
        assert wish.args == ["off"]
        view.set_unknown("off", None)
        with qtbot.waitSignal(view.unknown_changed) as wish:
            view.none._switch.click()
        assert wish.args == [0.1]

    def test_a_rate_is_chosen_from_the_menu(self, view, qtbot):
        view.set_unknown("default", 3)
        action = next(action for action in view.none.rate_actions() if action.data() == 0.2)
        with qtbot.waitSignal(view.unknown_changed) as wish:
            action.trigger()
        assert wish.args == [0.2]

    @pytest.mark.parametrize(("value", "data"), [("default", "default"), ("auto", 0.05), (0.07, 0.07)])
    def test_the_rate_in_use_is_ticked_whatever_it_is(self, view, value, data):
        view.set_unknown(value, 3)
        assert [action.data() for action in view.none.rate_actions() if action.isChecked()] == [data]

    def test_another_count_leaves_an_open_menu_alone(self, view):
        view.set_unknown("default", 3)
        before = view.none.rate_actions()
        view.set_unknown("default", 4)
        assert view.none.rate_actions() == before

    def test_the_count_or_why_there_is_none_is_shown(self, view):
        view.set_unknown(0.1, 126)
        assert view.none._count.text().startswith("126")
        assert "10 %" in view.none._count.text()
        view.set_unknown("default", None, "from 3 classes on")
        assert view.none._count.text() == "from 3 classes on"


def test_tab_goes_through_the_cards_in_their_order(view):
    one, two, three = some(3)
    view.set_classes((three, one, two))
    chain, widget = [], view
    while (widget := widget.nextInFocusChain()) is not view:
        chain.append(widget)
    cards = [widget.data.id for widget in chain if isinstance(widget, ClassCard)]
    assert cards == [3, 1, 2]
    assert chain.index(view.list.zone) > chain.index(view.cards()[-1])


def test_the_first_card_has_the_keyboard_once_the_buttons_for_a_first_class_are_gone(view):
    view.set_classes(())
    view.list.empty.demo.setFocus()
    view.set_classes(some(2))
    assert view.focusWidget() is view.cards()[0]

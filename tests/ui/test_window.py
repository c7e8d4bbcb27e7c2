"""The window: commands, top bar, notices, foot, columns, languages."""

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from fewshot_gui.settings import Settings
from fewshot_gui.ui import actions
from fewshot_gui.ui.commands import COMMANDS, Command
from fewshot_gui.ui.panes import Panes
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.columns import NARROW, Columns
from fewshot_gui.ui.widgets.foot import Foot, Progress, left, words
from fewshot_gui.ui.widgets.name_edit import NameEdit
from fewshot_gui.ui.widgets.notices import Notices
from fewshot_gui.ui.widgets.top_bar import Backbones, Choice, Methods, TopBar
from fewshot_gui.ui.window import Window
from fewshot_gui.ui.window_commands import WindowCommands


@pytest.fixture
def session(qapp, tmp_path, monkeypatch):
    """A session without a model: nothing here needs one."""
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    found = Session(Settings(tmp_path / "settings.json"))
    monkeypatch.setattr(found.live, "load_model", lambda: None)
    yield found
    assert found.close()


@pytest.fixture
def english(qapp):
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


# Commands


def test_no_two_commands_have_the_same_keys():
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert [key for key, number in keys.items() if number > 1] == []


def test_every_command_does_something():
    doers = [(c.id, [part for part in (WindowCommands, Panes) if hasattr(part, f"do_{c.id}")]) for c in COMMANDS]
    missing = [name for name, parts in doers if len(parts) != 1]
    assert missing == []


def test_without_a_project_only_what_makes_sense_can_be_chosen(window):
    enabled = {name for name, action in window.actions_by_id.items() if action.isEnabled()}
    assert {"new", "open", "keys"} <= enabled
    assert not enabled & {"folder", "undo", "export", "deeper", "add_class"}


def test_menus_have_their_icons_when_they_open(window):
    window.top.menu.menu().aboutToShow.emit()
    without = [c.id for c in COMMANDS if c.icon and window.actions_by_id[c.id].icon().isNull()]
    assert without == []


def test_the_keys_work_though_no_menu_is_open(qtbot, window, session):
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert session.project is not None


def test_the_list_of_keys_names_every_shortcut(window):
    window.do("keys")
    table = window.commands.keys.table
    listed = " ".join(table.item(row, 1).text() for row in range(table.rowCount()))
    assert all(command.sequences[0].toString() in listed for command in COMMANDS if command.keys)


@pytest.mark.parametrize(
    ("words", "name"),
    [("&New class...", "New class"), ("新建类别(&N)...", "新建类别"), ("Save a co&py…", "Save a copy")],
)
def test_the_list_of_keys_names_commands_without_mnemonics(words, name):
    assert Command("id", "menu", words).name == name


def test_undo_says_what_it_takes_back(window, session):
    window.do("new")
    actions.add_class(session, "lynx")
    assert "Add class" in window.actions_by_id["undo"].text()
    window.do("undo")
    assert not window.actions_by_id["undo"].isEnabled()
    assert "Add class" in window.actions_by_id["redo"].text()


# A project in the window


def test_a_new_project_shows_the_panes_and_its_name(window, session):
    window.start.new.click()
    assert window.pages.currentWidget() is window.panes.widget
    assert window.top.name.text() == session.project_name
    assert session.project_name in window.windowTitle()


def test_a_new_project_opens_no_other_window_and_has_the_keyboard_where_one_begins(qtbot, window, session):
    shown = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    window.do("new")
    QApplication.instance().removeEventFilter(watch)
    assert shown == []
    assert window.focusWidget() is window.panes.classes.view.list.empty.choose


def test_a_folder_chosen_by_the_button_in_the_middle_has_the_keyboard(qtbot, window, session, generated_pictures):
    window.do("new")
    grid = window.panes.pictures.grid
    (choose,) = [button for button in grid.view.findChildren(QPushButton) if button.isVisible()]
    choose.setFocus()
    actions.set_folder(session, str(generated_pictures / "query" / "leaf"))
    qtbot.waitUntil(lambda: session.columns is not None and not session.live.work.kinds(), timeout=60_000)
    assert window.focusWidget() is grid.view


def test_return_presses_the_button_that_has_the_keyboard(qtbot, window, session):
    window.start.new.setFocus()
    qtbot.keyClick(window.start.new, Qt.Key.Key_Return)
    assert session.project is not None
    mode = Theme.current().is_dark
    window.top.theme.setFocus()
    qtbot.keyClick(window.top.theme, Qt.Key.Key_Return)
    assert Theme.current().is_dark is not mode


def test_renaming_in_the_top_bar_renames_the_project(qtbot, window, session):
    window.do("new")
    window.do("rename")
    window.top.name.setText("Meadow")
    qtbot.keyClick(window.top.name, Qt.Key.Key_Return)
    assert session.project.name == "Meadow"
    assert "Meadow" in window.windowTitle()


def test_going_home_closes_the_project_and_lists_it(window, session):
    window.do("new")
    path = str(session.project.path)
    window.do("home")
    assert session.project is None
    assert [entry.toolTip() for entry in window.start.entries] == [path]


def test_a_folder_dropped_on_the_start_page_becomes_a_class_of_a_new_project(
    qtbot, window, session, generated_pictures
):
    folder = generated_pictures / "support"
    name = sorted(path.name for path in folder.iterdir())[0]
    window.start.dropped.emit([str(folder / name)])
    qtbot.waitUntil(lambda: bool(session.classes), timeout=20_000)
    assert session.classes[0].name == name
    assert len(session.examples) == 5


def test_a_folder_of_folders_is_asked_about_first(qtbot, window, session, generated_pictures):
    window.do("new")
    window.panes.take_paths([str(generated_pictures / "support")])
    importer = window.panes.classes.importer
    qtbot.waitUntil(lambda: importer.dialog is not None, timeout=20_000)
    assert session.classes == ()
    importer.dialog.accept()
    assert len(session.classes) == 5
    window.panes.thumbnails.ready.emit(frozenset(["late.png"]))  # of one the dialog asked for
    assert importer.dialog is None


def test_loose_pictures_dropped_on_the_grid_lead_to_their_folder_or_a_class(qtbot, window, session, generated_pictures):
    folder = sorted((generated_pictures / "support").iterdir())[0]
    pictures = sorted(str(path) for path in folder.iterdir())[:2]
    window.do("new")
    window.panes.pictures.grid.view.files_dropped.emit(pictures)
    (notice,) = window.notices.standing()
    to_class = notice.buttons[1]
    to_class.click()
    assert [example.path for example in session.examples] == pictures
    window.panes.pictures.grid.view.files_dropped.emit(pictures)
    window.notices.standing()[-1].buttons[0].click()
    assert session.folder == str(folder)
    qtbot.waitUntil(lambda: not session.live.work.kinds(), timeout=60_000)


def test_an_opened_example_is_shown_and_cropping_or_removing_it_reaches_the_project(
    window, session, generated_pictures
):
    folder = sorted((generated_pictures / "support").iterdir())[0]
    window.do("new")
    actions.add_pictures(session, sorted(str(path) for path in folder.iterdir())[:3], None)
    first, second, _ = session.examples
    window.panes.classes.view.example_opened.emit(first.id)
    viewer = window.panes.classes.opened
    assert viewer.isVisible()
    assert viewer.shown == first.id
    viewer.remove.click()
    assert session.examples[0].id == second.id
    assert viewer.shown == second.id


def test_the_size_of_the_pictures_outlives_the_window(window, session):
    window.do("new")
    window.panes.pictures.grid.bar.size_slider.setValue(200)
    window.close()
    assert session.settings["thumbnail_size"] == 200
    again = Window(session, session.settings, "en")
    again.show_session()
    assert again.panes.pictures.grid.bar.size_slider.value() == 200
    assert again.panes.pictures.grid.view.cell_size == 200
    again.close()


def test_a_failure_is_told_above_the_panes(window, session, tmp_path):
    assert not session.open(tmp_path / "missing.fewshot")
    assert len(window.notices.standing()) == 1


def test_a_window_in_another_language_takes_over_the_session(qtbot, window, session):
    window.do("new")
    actions.add_class(session, "lynx")
    other = Window(session, session.settings, "zh_CN")
    qtbot.addWidget(other)
    other.show_session()
    window.leave()
    assert other.top.name.text() == session.project_name
    assert session.project is not None
    actions.add_class(session, "fox")
    assert [card.data.name for card in other.panes.classes.view.cards()] == ["lynx", "fox"]
    other.close()


def test_every_control_has_a_name_for_screen_readers(window):
    window.do("new")
    unnamed = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and not (button.accessibleName() or button.text() or button.objectName()[:3] == "qt_")
    ]
    assert unnamed == []


def test_the_window_is_painted_in_both_themes(window, theme):
    window.do("new")
    image = window.grab().toImage()
    ratio = image.devicePixelRatio()
    assert image.pixelColor(round(700 * ratio), round(4 * ratio)) == theme.colour("surface")
    assert image.pixelColor(round(4 * ratio), round(400 * ratio)) == theme.colour("canvas")


# Top bar


@pytest.fixture
def top(qtbot):
    found = TopBar()
    qtbot.addWidget(found)
    found.set_project("Meadow", "")
    found.set_methods(Methods(("ridge", "protonet"), "maml", ("linear",)), None, "lite0-natural")
    found.resize(1200, 60)
    found.show()
    return found


def entries(menu):
    for action in menu.actions():
        yield from entries(action.menu()) if action.menu() else (action,)


def test_every_method_can_be_chosen(qtbot, top):
    chosen = []
    top.method_chosen.connect(chosen.append)
    for action in entries(top.method.menu()):
        action.trigger()
    assert [method for method in chosen] == [None, "ridge", "protonet", "maml", "linear"]


def test_the_choice_shows_what_is_chosen(top):
    assert top.method.text().startswith("Auto")
    top.set_methods(Methods(("ridge",), "maml", ("linear",)), "ridge")
    assert "Ridge regression" in top.method.text()
    assert [action.text() for action in entries(top.method.menu()) if action.isChecked()] == ["Ridge regression"]


def test_the_backbones_can_be_chosen_and_say_what_they_are(top):
    chosen = []
    top.backbone_chosen.connect(chosen.append)
    models = (Choice("one", "one · photographs", "For photographs."), Choice("two", "two · drawings", "For drawings."))
    top.set_methods(Methods(), None, "one", Backbones(models, "one"))
    listed = {action.text(): action for action in entries(top.method.menu())}
    assert listed["one · photographs"].isChecked()
    assert listed["two · drawings"].toolTip() == "For drawings."
    listed["two · drawings"].trigger()
    assert chosen == ["two"]


def test_a_quality_can_be_chosen_where_there_is_more_than_one(top):
    chosen = []
    top.quality_chosen.connect(chosen.append)
    qualities = (Choice("fast", "Fast · 90 a second", "160 x 160 pixels\n< 1 point"), Choice("balanced", "Balanced"))
    top.set_methods(Methods(), None, "one", Backbones((Choice("one", "one"),), "one", qualities, "balanced"))
    listed = {action.text(): action for action in entries(top.method.menu())}
    assert listed["Balanced"].isChecked()
    assert listed["Fast · 90 a second"].toolTip() == "<p>160 x 160 pixels<br>&lt; 1 point</p>"
    listed["Fast · 90 a second"].trigger()
    assert chosen == ["fast"]
    top.set_methods(Methods(), None, "one", Backbones((Choice("one", "one"),), "one"))
    assert "Balanced" not in [action.text() for action in entries(top.method.menu())]


def test_an_open_menu_stays_while_nothing_is_another(top):
    before = top.method.menu().actions()
    top.set_methods(Methods(("ridge", "protonet"), "maml", ("linear",)), None, "lite0-natural")
    assert top.method.menu().actions() == before


def test_the_chip_says_that_an_adapted_backbone_answers_and_why(top):
    top.set_adapted("The adapted one had 8 of 16 right.")
    assert top.method.text().endswith("adapted")
    assert "8 of 16" in top.method.toolTip()
    top.set_adapted(None)
    assert "adapted" not in top.method.text()
    assert "8 of 16" not in top.method.toolTip()


def test_the_devices_can_be_chosen(top):
    chosen = []
    top.device_chosen.connect(chosen.append)
    top.set_device("CPU, 2 threads", (Choice("auto", "Automatic"), Choice("cpu", "CPU, 2 threads")), "auto")
    automatic, cpu = top.device.menu().actions()
    assert automatic.isChecked()
    cpu.trigger()
    assert chosen == ["cpu"]


def test_the_button_adapts_and_then_stops(qtbot, top):
    with qtbot.waitSignal(top.deeper_wanted) as found:
        top.deeper.click()
    assert found.args == [True]
    top.set_deeper_running(True)
    with qtbot.waitSignal(top.deeper_wanted) as found:
        top.deeper.click()
    assert found.args == [False]


# Foot, notices, name, columns


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s left"), (59, "59 s left"), (113, "1 min 53 s left"), (7300, "2 h 1 min left")]
)
def test_time_left_is_said_no_finer_than_it_is_known(qapp, seconds, text):
    assert left(seconds) == text


def test_the_numbers_of_a_run_are_said_in_a_line(qapp, english):
    said = words(Progress("Classifying", 7862, 12480, 41.0))
    assert [part.strip() for part in said.split("·")] == ["7,862 / 12,480", "41 pictures/s", "1 min 53 s left"]
    assert "paused" in words(Progress("Classifying", 7862, 12480, 41.0), paused=True)


def test_the_foot_shows_only_what_can_be_done(qtbot):
    foot = Foot({"en": "English"}, "en")
    qtbot.addWidget(foot)
    foot.show()
    assert foot.bar.isHidden()
    foot.set_progress(Progress("Loading", can_stop=False))
    assert (foot.pause.isHidden(), foot.stop.isHidden()) == (True, True)
    foot.set_progress(Progress("Classifying", 1, 10, 1.0, can_pause=True))
    assert (foot.pause.isHidden(), foot.stop.isHidden()) == (False, False)
    with qtbot.waitSignal(foot.pause_wanted) as found:
        foot.pause.click()
    assert found.args == [True]


def test_the_same_sentence_stands_once_and_the_oldest_gives_way(qtbot):
    notices = Notices()
    qtbot.addWidget(notices)
    notices.show()
    for number in (1, 1, 2, 3, 4):
        notices.add("look", f"sentence {number}")
    assert [notice.sentence for notice in notices.standing()] == ["sentence 2", "sentence 3", "sentence 4"]


def test_news_take_the_place_of_older_news_but_not_of_warnings(qtbot):
    notices = Notices()
    qtbot.addWidget(notices)
    notices.add("look", "A picture is damaged.")
    notices.add("plain", "The backbone stays frozen.")
    notices.add("plain", "The adapted backbone is used.")
    assert [notice.sentence for notice in notices.standing()] == [
        "A picture is damaged.",
        "The adapted backbone is used.",
    ]


def test_a_way_out_is_taken_and_the_notice_goes(qtbot):
    notices, taken = Notices(), []
    qtbot.addWidget(notices)
    notice = notices.add("bad", "The folder is gone.", {"Choose another": lambda: taken.append(1)})
    notice.buttons[0].click()
    assert taken == [1]
    assert notices.standing() == []


def test_a_notice_shows_a_file_name_as_it_is(qtbot):
    notices = Notices()
    qtbot.addWidget(notices)
    notice = notices.add("look", "<b>odd</b>.jpg is no picture.")
    assert {label.textFormat() for label in notice.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}


def test_escape_brings_the_old_name_back(qtbot):
    edit, renamed = NameEdit("Name"), []
    qtbot.addWidget(edit)
    edit.renamed.connect(renamed.append)
    edit.set_name("old")
    edit.show()
    edit.setText("new")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert (edit.text(), renamed) == ("old", [])
    edit.setText("   ")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.text(), renamed) == ("old", [])


@pytest.fixture
def columns(qtbot):
    found = Columns(QWidget(), QWidget(), QWidget(), ("Pictures", "Map"))
    qtbot.addWidget(found)
    found.resize(1500, 700)
    found.show()
    return found


def test_a_narrow_window_has_the_right_column_behind_a_tab(qtbot, columns):
    assert columns._right.isVisible()
    columns.resize(NARROW - 100, 700)
    assert columns.tabs.isVisible()
    assert not columns._right.isVisible()
    columns.reveal(columns._right)
    assert columns._right.isVisible()
    columns.resize(1500, 700)
    assert columns._right.isVisible()
    assert columns._centre.isVisible()


def test_the_right_column_can_be_hidden_in_either_width(columns):
    columns.show_right(False)
    assert not columns._right.isVisible()
    columns.resize(NARROW - 100, 700)
    assert not columns.tabs.isVisible()
    assert columns._centre.isVisible()
    columns.show_right(True)
    assert columns.tabs.isVisible()


def test_nonsense_in_place_of_widths_changes_nothing(columns):
    before = columns.splitter.sizes()
    columns.restore("nonsense")
    assert columns.splitter.sizes() == before
    assert isinstance(columns.state(), str)


def test_actions_are_not_lost_to_the_garbage_collector(window):
    import gc

    gc.collect()
    assert all(isinstance(action, QAction) and action.text() for action in window.actions_by_id.values())

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from fewshot_gui.ui.views.import_dialog import AT_MOST, FolderFound, FoldersModel, ImportChoice, ImportDialog

FOLDERS = (
    FolderFound("/d/lynx", "lynx", 60, ("/d/lynx/1.jpg", "/d/lynx/2.jpg", "/d/lynx/3.jpg", "/d/lynx/4.jpg")),
    FolderFound("/d/fox", "fox", 1, ("/d/fox/1.jpg",)),
    FolderFound("/d/empty", "empty", 0),
)


@pytest.fixture
def ask(qtbot):
    def make(folders=FOLDERS, total=61, thumbnails=lambda path, crop, size: None):
        dialog = ImportDialog("/d", folders, total=total, thumbnails=thumbnails)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


def tick(dialog, row, on):
    state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
    dialog.model.setData(dialog.model.index(row), state.value, Qt.ItemDataRole.CheckStateRole)


def test_folders_with_pictures_become_classes_unless_told_otherwise(ask):
    assert ask().choice == ImportChoice("classes", folders=("/d/lynx", "/d/fox"), at_most=AT_MOST)


def test_a_folder_without_pictures_cannot_be_ticked(ask):
    dialog = ask()
    assert not dialog.model.flags(dialog.model.index(2)) & Qt.ItemFlag.ItemIsEnabled
    dialog.model.tick_all(True)
    assert len(dialog.model.ticked()) == 2


def test_a_folder_alone_becomes_one_class_of_its_name(ask):
    assert ask(FOLDERS[:1], 60).choice == ImportChoice("one", name="d", at_most=AT_MOST)


def test_only_ticked_folders_become_classes_and_the_button_counts_them(ask):
    dialog = ask()
    tick(dialog, 1, False)
    assert dialog.choice.folders == ("/d/lynx",)
    assert "1" in dialog.ok.text()
    dialog.model.tick_all(False)
    assert not dialog.ok.isEnabled()


def test_space_ticks_a_folder(ask):
    dialog = ask()
    dialog.list.setFocus()
    dialog.list.setCurrentIndex(dialog.model.index(0))
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.choice.folders == ("/d/fox",)


def test_typing_a_name_chooses_one_class(ask):
    dialog = ask()
    dialog.name.setFocus()
    dialog.name.selectAll()
    QTest.keyClicks(dialog.name, "cats")
    assert dialog.choice == ImportChoice("one", name="cats", at_most=AT_MOST)
    dialog.name.clear()
    assert not dialog.ok.isEnabled()


def test_the_folder_may_be_classified_instead(ask):
    dialog = ask()
    dialog.classify.click()
    assert dialog.choice == ImportChoice("classify")
    assert not dialog.at_most.isEnabled()
    assert not dialog.list.isEnabled()


def test_the_limit_can_be_changed_and_taken_away(ask):
    dialog = ask()
    dialog.at_most.setValue(5)
    assert dialog.choice.at_most == 5
    dialog.limit.click()
    assert dialog.choice.at_most is None


def test_without_any_picture_there_is_only_classifying_left(ask):
    dialog = ask((), 0)
    assert not dialog.classes.isEnabled()
    assert not dialog.ok.isEnabled()
    dialog.classify.click()
    assert dialog.ok.isEnabled()


def test_three_thumbnails_of_a_folder_are_asked_for(ask):
    asked = set()
    ask(thumbnails=lambda path, crop, size: asked.add(path)).grab()
    assert asked == {"/d/lynx/1.jpg", "/d/lynx/2.jpg", "/d/lynx/3.jpg", "/d/fox/1.jpg"}


def test_return_accepts(ask, qtbot):
    dialog = ask()
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog, Qt.Key.Key_Return)


def test_each_row_is_told_in_words(ask):
    dialog = ask()
    text = dialog.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "lynx" in text
    assert "60" in text


def test_the_model_keeps_qts_rules(qtbot):
    model = FoldersModel(FOLDERS)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.tick_all(False)
    assert model.ticked() == ()


def test_ten_thousand_folders_are_listed_at_once(ask):
    many = [FolderFound(f"/d/{i}", f"class {i}", 3) for i in range(10_000)]
    dialog = ask(many, 30_000)
    assert "10000" in dialog.ok.text()
    assert dialog.grab().height() < 2000

"""The backbones' dialog: what it shows, what it asks for, and how it joins with the session."""

import json
import shutil
import threading

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fewshot_gui import paths
from fewshot_gui.jobs import models
from fewshot_gui.jobs.catalogue import CATALOGUE, resolve
from fewshot_gui.settings import Settings
from fewshot_gui.ui import backbone_words, sentences
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.views.backbones_dialog import BackbonesDialog, Card
from tests import web as loopback

HERE = (
    Card("lite0", "lite0", "13 MB", "For photographs.", "Measured", "Apache-2.0", chosen=True),
    Card("conv4", "conv4", "1 MB", "For drawings.", "", ""),
)
THERE = (
    Card("resnet50", "resnet50", "103 MB", "The usual.", "", "BSD"),
    Card("dino", "dino", "", "", "", "", can_get=False),
)


@pytest.fixture
def dialog(qtbot):
    made = BackbonesDialog()
    qtbot.addWidget(made)
    made.show()
    made.show_backbones(HERE, THERE, True)
    return made


@pytest.fixture
def session(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    made = Session(Settings(tmp_path / "settings.json"))
    yield made
    made.close()


def texts(dialog):
    return [label.text() for label in dialog.scroll.widget().findChildren(QLabel)]


def test_every_fact_of_every_backbone_is_shown(dialog):
    shown = texts(dialog)
    for card in (*HERE, *THERE):
        for text in (card.name, card.facts, card.about, card.measured, card.licence, card.qualities, card.speed):
            assert not text or text in shown


def test_without_a_project_a_button_says_why_it_waits(dialog):
    dialog.show_backbones(HERE, THERE, False)
    waiting = dialog.buttons["lite0"]
    assert not waiting.isEnabled()
    assert waiting.toolTip() == "A backbone is chosen for a project: begin one first."
    assert dialog.buttons["resnet50"].toolTip() == "Download resnet50"


def test_what_is_in_use_is_not_offered_again(dialog, qtbot):
    assert dialog.buttons["lite0"].text() == "In use"
    assert not dialog.buttons["lite0"].isEnabled()
    with qtbot.waitSignal(dialog.chosen) as heard:
        dialog.buttons["conv4"].setFocus()
        QTest.keyClick(dialog.buttons["conv4"], Qt.Key.Key_Space)
    assert heard.args == ["conv4"]


def test_without_a_project_none_can_be_used(dialog):
    dialog.show_backbones(HERE, THERE, False)
    assert not dialog.buttons["conv4"].isEnabled()
    assert dialog.buttons["resnet50"].isEnabled()


def test_one_whose_extra_is_missing_cannot_be_got(dialog, qtbot):
    assert not dialog.buttons["dino"].isEnabled()
    with qtbot.waitSignal(dialog.get_wanted) as heard:
        dialog.buttons["resnet50"].click()
    assert heard.args == ["resnet50"]


def test_while_one_comes_no_other_can_be_got_and_it_can_be_stopped(dialog, qtbot):
    dialog.show_progress("Downloading", 0.25)
    assert (dialog.progress.value(), dialog.progress.maximum()) == (250, 1000)
    assert dialog.status.text() == "Downloading"
    assert not any(button.isEnabled() for button in (dialog.buttons["resnet50"], dialog.file, dialog.folder))
    with qtbot.waitSignal(dialog.stop_wanted):
        dialog.stop.click()
    dialog.show_progress("Looking", None)
    assert dialog.progress.maximum() == 0
    dialog.show_idle("It failed.", bad=True)
    assert (dialog.status.text(), dialog.status.property("role")) == ("It failed.", "bad")
    assert not dialog.progress.isVisible()
    assert dialog.buttons["resnet50"].isEnabled()


def test_the_keyboard_stays_where_it_was_when_a_backbone_comes_along(dialog, qtbot):
    dialog.buttons["conv4"].setFocus()
    dialog.show_backbones((*HERE, Card("new", "new", "", "", "", "")), THERE, True)
    assert dialog.focusWidget() is dialog.buttons["conv4"]


def test_files_and_folders_can_be_dropped(dialog, qtbot, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "w.pth").write_bytes(b"")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "w.pth")), QUrl.fromLocalFile(str(tmp_path / "model"))])
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(dialog.add_wanted) as heard:
        dialog.dropEvent(event)
    assert sorted(heard.args[0]) == sorted([str(tmp_path / "w.pth"), str(tmp_path / "model")])
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_every_control_has_a_name(dialog):
    for button in (*dialog.buttons.values(), dialog.stop, dialog.file, dialog.folder):
        assert button.accessibleName()
    assert dialog.buttons["resnet50"].accessibleName() == "Download resnet50"
    assert dialog.progress.accessibleName()


def test_an_accuracy_has_its_interval_and_what_it_was_measured_on():
    for model in models.shipped():
        text = backbone_words.measured(model)
        known = [entry for entry in model.accuracy if entry.method == model.method and entry.ci95]
        assert known
        assert any(f"{100 * e.accuracy:.1f} % ({100 * e.ci95[0]:.1f}-{100 * e.ci95[1]:.1f})" in text for e in known)
        assert known[0].dataset in text


def test_licence_and_size_of_what_can_be_got_are_said():
    card = backbone_words.there(resolve("clip-b32"), "hub")
    assert "352 MB" in card.facts
    assert 'pip install "fewshot_gui[hub]"' in card.facts
    assert "Licence: Apache-2.0." in card.licence
    assert not card.can_get


def test_every_text_of_the_catalogue_can_be_translated():
    for entry in CATALOGUE:
        assert {entry.about, entry.terms} <= set(backbone_words.CATALOGUE)


# Joined with the session


@pytest.fixture
def joined(window, session):
    window.do("backbones")
    return window.commands.backbones


def test_a_backbone_is_pulled_and_then_listed(joined, session, qtbot, monkeypatch, torchvision_file):
    import hashlib
    from dataclasses import replace

    from fewshot_gui.engine import pretrained

    digest = hashlib.sha256(torchvision_file).hexdigest()[:8]
    looked_up = pretrained.torchvision_weights
    with loopback.serving() as web:
        web.files["/w.pth"] = torchvision_file
        monkeypatch.setattr(
            pretrained, "torchvision_weights",
            lambda model, weights="": replace(looked_up("mnasnet0_5"), url=f"{web.address}/w.pth", checksum=digest),
        )  # fmt: skip
        with qtbot.waitSignal(session.own_models.ready, timeout=60_000) as heard:
            joined.dialog.buttons["swin_t"].click()
            assert not joined.dialog.buttons["resnet50"].isEnabled()
    assert heard.args == ["swin_t"]
    assert joined.dialog.status.text() == "swin_t is ready."
    assert joined.dialog.buttons["swin_t"].text() == "Use"
    assert "swin_t" in [model.name for model in session.backbones()]
    assert joined.dialog.buttons["resnet50"].isEnabled()


def test_what_goes_wrong_is_said_in_the_dialog(joined, session, qtbot, tmp_path):
    with qtbot.waitSignal(session.own_models.failed, timeout=20_000):
        joined.dialog.add_wanted.emit([str(tmp_path / "no.pth")])
    assert joined.dialog.status.text() == f"There is no file or folder {tmp_path / 'no.pth'}."
    assert joined.dialog.status.property("role") == "bad"


def test_a_dropped_model_folder_can_be_used_in_the_project(joined, session, qtbot, tmp_path):
    folder = shutil.copytree(paths.models_folder() / "conv4-omniglot", tmp_path / "mine")
    assert session.new()
    with qtbot.waitSignal(session.own_models.ready, timeout=20_000):
        joined.dialog.add_wanted.emit([str(folder)])
    assert joined.dialog.focusWidget() is joined.dialog.buttons["mine"]
    area = joined.dialog.scroll.viewport()
    assert area.rect().contains(joined.dialog.buttons["mine"].mapTo(area, QPoint(2, 2)))
    joined.dialog.buttons["mine"].click()
    assert session.backbone == "mine"
    assert joined.dialog.buttons["mine"].text() == "In use"


def test_a_pull_can_be_stopped(joined, session, qtbot, monkeypatch):
    from fewshot_gui.jobs import pull
    from fewshot_gui.jobs.download import Fetched

    def endless(name):
        while True:
            yield Fetched("w.pth", 1_000_000, 4_000_000, 500_000.0)

    monkeypatch.setattr(pull, "pull", endless)
    with qtbot.waitSignal(session.own_models.progress, timeout=10_000):
        joined.dialog.buttons["resnet50"].click()
    assert joined.dialog.status.text() == "Downloading w.pth: 1.0 of 4.0 MB, 0.5 MB a second"
    assert joined.dialog.progress.value() == 250
    with qtbot.waitSignals([session.own_models.stopped, session.own_models.ended], timeout=10_000):
        joined.dialog.stop.click()
    assert joined.dialog.status.text().startswith("Stopped. What has come is kept")
    assert not session.own_models.busy


def test_speeds_are_measured_and_then_said(joined, session, qtbot, tmp_path, monkeypatch):
    from fewshot_gui.engine import speed

    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(speed, "measured", lambda model: 61.4)
    assert not any("Speed here" in text for text in texts(joined.dialog))
    with qtbot.waitSignal(session.own_models.measured, timeout=60_000):
        joined.dialog.speeds.click()
        assert not joined.dialog.speeds.isEnabled()
    assert joined.dialog.status.text() == "Measured."
    said = [text for text in texts(joined.dialog) if text.startswith("Speed here, decoding excluded: ")]
    assert len(said) == len(session.backbones())
    assert all("61 pictures a second" in text for text in said)  # of a model with qualities the last one's
    assert joined.dialog.speeds.isEnabled()


def test_measuring_can_be_stopped_and_keeps_what_it_has(joined, session, qtbot, tmp_path, monkeypatch):
    from fewshot_gui.engine import speed

    def slow(model):
        assert stopped.wait(60)
        return 61.4

    stopped = threading.Event()
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(speed, "measured", slow)
    with qtbot.waitSignal(session.own_models.progress, timeout=60_000):
        joined.dialog.speeds.click()
    assert joined.dialog.status.text() == "Measuring the speed"
    with qtbot.waitSignals([session.own_models.stopped, session.own_models.ended], timeout=60_000):
        joined.dialog.stop.click()
        stopped.set()
    assert joined.dialog.status.text() == "Stopped. What was measured is kept."
    known = [model.speeds["balanced"] for model in session.backbones() if model.speeds["balanced"]]
    assert [speeds[0].per_second for speeds in known] == [61.4] * len(known)
    assert len(known) < len(session.backbones())


def test_the_backbone_menu_leads_to_it(window, session, qtbot):
    assert session.new()
    window.top._choices.backbones_wanted.emit()
    assert window.commands.backbones.dialog.isVisible()


def test_a_damaged_model_of_the_users_does_not_hide_the_shipped_ones(session, tmp_path):
    folder = paths.own_models_folder() / "broken"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"schema": 1}))
    failed = []
    session.failed.connect(failed.append)
    assert [model.name for model in session.backbones()] == [model.name for model in models.shipped()]
    assert "broken" in failed[0]
    assert sentences.translated("There is no file or folder x.") == "There is no file or folder x."

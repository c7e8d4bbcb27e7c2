"""What the Qt-free layers say is known to the window, so that it can be translated."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from fewshot_gui.ui import sentences, translate, words

ROOT = Path(__file__).resolve().parents[2] / "fewshot_gui"
# Where the sentences of a window's jobs are made. A person meets none of the others' in the window: what a command is
# asked for wrongly, and model folders that are damaged, which name the file in the words of whoever made it.
ROOMS = ("images/decode.py", "images/crop.py", "images/walk.py", "jobs/bench.py", "jobs/deeper.py",
         "jobs/folder_run.py", "jobs/live_adapt.py", "jobs/ordered.py", "project/*.py", "engine/keep.py",
         "engine/device.py", "export/output.py", "images/truth_table.py", "jobs/truth.py",
         "jobs/download.py", "jobs/pull*.py", "jobs/add_model.py", "jobs/backbone.py",
         "jobs/measure_speed.py", "engine/backbones/timm_models.py")  # fmt: skip
TELLERS = {"UserError", "told", "tell", "_tell", "Warned", "Refused"}
NOT_IN_THE_WINDOW = {
    "{} adapts no backbone: choose {} or {} to adapt deeper.",  # the menus offer none
}


def wording(text):
    return re.sub(r"\{\w*\}", "{}", text)


def said(node):
    """A literal sentence with empty gaps; None for what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def told_in(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            text = said(node.args[0]) if name in TELLERS else None
            if text is not None and " " in text:
                yield text


@pytest.fixture
def chinese(qapp):
    locale = QLocale()
    translate.use("zh_CN")
    yield
    for translator in translate._installed:
        qapp.removeTranslator(translator)
    translate._installed.clear()
    QLocale.setDefault(locale)


def test_every_sentence_of_a_windows_jobs_is_listed():
    listed = {wording(text) for text in sentences.SENTENCES}
    told = {text for room in ROOMS for path in ROOT.glob(room) for text in told_in(path)}
    assert len(told) > 40
    missing = {t for t in told - NOT_IN_THE_WINDOW if t not in listed and not t.startswith("The project {} {}")}
    assert missing == set()


@pytest.mark.parametrize("text", sentences.SENTENCES)
def test_a_sentence_finds_its_own_wording_and_keeps_what_fills_it(qapp, text):
    gaps = {name: f"«{name}»" for name in re.findall(r"\{(\w+)\}", text)}
    assert sentences.translated(text.format(**gaps)) == text.format(**gaps)


def test_a_sentence_is_told_in_the_language_of_the_window(chinese):
    told = words.sentence("There is no picture in /data/a{b}.")
    assert "/data/a{b}" in told
    assert "There is" not in told


def test_a_reason_within_a_sentence_is_translated_too(chinese):
    why = "this computer has no such GPU (or torch was installed without support for it)"
    told = words.sentence(f"The device cuda was asked for, but {why}; use --device cpu or auto.")
    assert "this computer" not in told


def test_what_is_not_listed_stays_as_it_is(chinese):
    assert words.sentence("Something else happened.") == "Something else happened."


def test_a_path_with_the_wording_of_another_sentence_does_not_mislead(qapp):
    odd = "There is no picture in /a is open in another window: go on there, or close it first."
    assert sentences.translated(odd) == odd


def test_the_foot_says_what_a_step_of_adapting_is_for(qapp):
    assert words.deep_words("held-out check 1 of 2, step 3 of 5") == (
        "Adapting deeper: held-out check 1 of 2, step 3 of 5"
    )
    assert words.deep_words("Reading the example pictures") == "Reading the example pictures"

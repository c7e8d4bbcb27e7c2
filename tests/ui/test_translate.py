"""The languages: nothing is left untranslated, and what is shipped is what is written."""

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale

from fewshot_gui.ui import translate, words

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "resources" / "translations").glob("*.ts"))
BRACES = re.compile(r"\{\w*\}|%L?n")


def tool(name):
    """A command that comes with PySide6-Essentials."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def messages(path):
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            yield context.findtext("name") or "", message


@pytest.fixture
def restored(qapp):
    locale = QLocale()
    yield
    for translator in translate._installed:
        qapp.removeTranslator(translator)
    translate._installed.clear()
    QLocale.setDefault(locale)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_translated(path):
    unfinished = [m.findtext("source") for _, m in messages(path) if m.find("translation").get("type")]
    assert unfinished == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_translation_has_the_same_gaps_as_its_source(path):
    wrong = []
    for _, message in messages(path):
        translation = message.find("translation")
        forms = [form.text for form in translation.iter("numerusform")] or [translation.text]
        gaps = sorted(BRACES.findall(message.findtext("source")))
        wrong += [form for form in forms if sorted(BRACES.findall(form or "")) != gaps]
    assert wrong == []


def test_every_text_with_a_number_has_its_plural_forms():
    wrong = [
        message.findtext("source")
        for _, message in messages(FILES[-1])
        if re.search(r"%L?n", message.findtext("source")) and not message.get("numerus")
    ]
    assert wrong == []


def test_no_text_lacks_the_context_it_is_looked_up_in():
    assert [message.findtext("source") for context, message in messages(FILES[-1]) if not context] == []


def test_no_text_hides_in_an_f_string_where_lupdate_does_not_find_it():
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in (ROOT / "fewshot_gui" / "ui").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("tr", "translate")
    ]
    assert hidden == []


def test_the_files_hold_every_text_of_the_sources(tmp_path):
    sources = sorted(str(path) for path in (ROOT / "fewshot_gui" / "ui").rglob("*.py"))
    fresh = tmp_path / "fresh.ts"
    command = [tool("pyside6-lupdate"), *sources, "-locations", "none", "-ts", str(fresh)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    known = {(context, message.findtext("source")) for context, message in messages(FILES[-1])}
    assert {(context, message.findtext("source")) for context, message in messages(fresh)} - known == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_compiled_file_is_up_to_date(path, tmp_path):
    fresh = tmp_path / "fresh.qm"
    subprocess.run(
        [tool("pyside6-lrelease"), "-silent", str(path), "-qm", str(fresh)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert path.with_suffix(".qm").read_bytes() == fresh.read_bytes()


def test_the_window_speaks_chinese(restored):
    translate.use("zh_CN")
    assert QCoreApplication.translate("StartPage", "New project") == "新建项目"
    assert words.counts(3, 14, None).startswith("3 个类别")


def test_english_knows_one_and_many(restored):
    translate.use("en")
    assert words.counts(1, 2, None).replace(" ", "") == "1class·2examples"


@pytest.mark.parametrize(
    ("setting", "desktop", "language"),
    [
        ("zh_CN", ["en-US"], "zh_CN"),
        ("", ["zh-CN"], "zh_CN"),
        ("", ["zh-Hans-CN", "en"], "zh_CN"),
        ("", ["zh-Hant-TW", "en-US"], "en"),
        ("", ["de-DE"], "en"),
        ("xx", ["zh"], "zh_CN"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_desktops(monkeypatch, setting, desktop, language):
    class Desktop:
        def uiLanguages(self):
            return desktop

    monkeypatch.setattr(QLocale, "system", lambda: Desktop())
    assert translate.chosen(setting) == language

"""The README's promises that can be held against the program itself."""

import re
from pathlib import Path

import pytest

from fewshot_gui.cli.parser import parse
from fewshot_gui.jobs.doctor import QT_LIBRARIES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINES = README.splitlines()


def test_the_two_commands_stand_there_word_for_word():
    assert "pip install . && fewshot-gui" in LINES
    assert 'pip install -e ".[test]" && pytest' in LINES


def test_the_system_packages_are_those_that_the_doctor_looks_for():
    line, _for_tests = [line for line in LINES if line.startswith("sudo apt-get install ")]
    packages = line.split()[3:]
    assert packages == ["python3-venv", *dict.fromkeys(QT_LIBRARIES.values())]


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("fewshot-gui ")])
def test_every_example_is_a_right_command_line(line):
    assert parse(line.split()[1:]).command in line


def test_every_command_and_every_shipped_model_is_described():
    from fewshot_gui.cli.parser import _COMMANDS

    for command in _COMMANDS:
        assert re.search(rf"^\| `{command}\b", README, re.MULTILINE), command
    for config in (ROOT / "models").glob("*/config.json"):
        assert f"| `{config.parent.name}`" in README


def test_every_screenshot_that_is_shown_is_there_small_and_in_both_themes():
    shown = re.findall(r"resources/screenshots/[\w.-]+", README)
    assert len(shown) == 8
    for name in shown:
        assert (ROOT / name).stat().st_size < 200_000, name
    light, dark = (sorted(name for name in shown if theme in name) for theme in ("-light", "-dark"))
    assert [name.replace("-light", "-dark") for name in light] == dark


def test_every_picture_of_the_readme_says_in_words_what_it_shows():
    pictures = re.findall(r"<img [^>]*>", README)
    assert pictures
    assert all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures)

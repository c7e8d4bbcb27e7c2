import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from fewshot_gui.settings import Settings
from fewshot_gui.ui import asking


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.json")


def test_a_dialog_begins_where_the_last_one_was(settings, tmp_path):
    asking.kept(settings, str(tmp_path / "answers.csv"))
    assert asking.begins(settings) == str(tmp_path)


@pytest.mark.parametrize("last", ["", "/gone for good"])
def test_without_a_last_folder_it_begins_in_one_that_is_there_and_is_the_users(settings, last, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings["last_folder"] = last
    assert asking.begins(settings).startswith(str(tmp_path))

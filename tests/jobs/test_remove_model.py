"""Models of one's own go to the trash; others stay."""

import shutil

import pytest

from fewshot_gui.engine.combine import combine
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import models
from fewshot_gui.jobs.remove_model import remove
from tests.engine.test_combine import written


@pytest.fixture
def trash(tmp_path, monkeypatch):
    """Where things go that are sent to the trash."""
    monkeypatch.setattr("send2trash.send2trash", lambda folder: shutil.move(folder, tmp_path / "trash"))
    return tmp_path / "trash"


@pytest.fixture
def own(own_data):
    return [written(own_data / "models" / name, width, seed) for name, width, seed in (("one", 4, 0), ("two", 6, 1))]


def test_a_model_of_ones_own_goes_to_the_trash(own, trash):
    assert remove("one") == own[0]
    assert (trash / "config.json").is_file()
    assert [model.name for model in models.own()] == ["two"]


def test_a_model_that_another_is_made_of_stays(own, own_data, trash):
    combine(own_data / "models" / "both", own)
    with pytest.raises(UserError, match="both is made of one: remove both first"):
        remove("one")
    assert not trash.exists()


@pytest.mark.parametrize("path", [False, True])
def test_what_came_with_the_program_or_lies_elsewhere_stays(path, own_data, trash, tmp_path):
    name = str(written(tmp_path / "elsewhere", 4, 0)) if path else "conv4-omniglot"
    with pytest.raises(UserError, match="is not one of the models that you pulled, added or combined"):
        remove(name)
    assert not trash.exists()


def test_an_unknown_name_is_a_wrong_command_line(own_data):
    with pytest.raises(UsageError, match="There is no model 'nix'"):
        remove("nix")


def test_a_trash_that_cannot_be_used_is_one_sentence(own, monkeypatch):
    def refused(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("send2trash.send2trash", refused)
    with pytest.raises(UserError, match="could not be moved to the trash \\(Permission denied\\): delete the folder"):
        remove("one")
    assert own[0].is_dir()

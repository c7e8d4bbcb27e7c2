"""Models by name: the shipped ones come first, then the user's own."""

import shutil

import pytest

from fewshot_gui import paths
from fewshot_gui.engine import model_folder
from fewshot_gui.errors import UsageError
from fewshot_gui.jobs import models


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "models"


def copied(own, name):
    return shutil.copytree(paths.models_folder() / "conv4-omniglot", own / name)


def test_a_model_of_the_users_own_is_known_by_its_name(own):
    mine = copied(own, "mine")
    assert model_folder.find("mine") == mine
    assert models.named("mine").own
    assert [model.name for model in models.own()] == ["mine"]
    assert [folder.name for folder in paths.model_folders()] == [*(model.name for model in models.shipped()), "mine"]


def test_of_one_name_the_shipped_model_is_meant(own):
    copied(own, "lite0-natural")
    assert model_folder.find("lite0-natural") == paths.models_folder() / "lite0-natural"
    assert not models.named("lite0-natural").own


def test_one_that_is_being_made_is_not_listed(own):
    copied(own, ".making")
    assert models.own() == []


def test_without_any_there_are_the_shipped_ones(own):
    assert models.own() == []
    with pytest.raises(UsageError, match=r"no model 'mine'. Known: conv4-omniglot, "):
        model_folder.find("mine")

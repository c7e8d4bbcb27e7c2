"""The list of models: what config.json says, and sentences for folders that say nothing sensible."""

import json
import shutil

import pytest

from fewshot_gui import paths
from fewshot_gui.engine import model_folder
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import models


def test_every_shipped_model_is_listed_as_the_engine_reads_it():
    found = models.shipped()
    assert [model.name for model in found] == model_folder.available()
    for model in found:
        config = model_folder.read_config(model.folder)
        assert (model.architecture, model.embedding_size) == (config.architecture, config.embedding_size)
        assert (model.input_size, model.method) == (config.preprocessing.size, config.method)
        assert [entry.accuracy for entry in model.accuracy] == [entry["accuracy"] for entry in config.accuracy]
        weights = (model.folder / "model.safetensors").stat().st_size / 1e6
        assert weights < model.megabytes < weights + 50


def test_a_list_is_json_without_the_cards():
    (first, *_) = [model.as_json() for model in models.shipped()]
    assert json.loads(json.dumps(first, allow_nan=False)) == json.loads(json.dumps(first))
    assert {"name", "architecture", "embedding_size", "input_size", "method", "megabytes", "accuracy"} <= set(first)
    assert "card" not in first


def test_a_model_is_found_by_name_or_folder(tmp_path):
    shipped = models.named("lite0-natural")
    assert shipped.card.startswith("# lite0-natural")
    copy = tmp_path / "mine"
    shutil.copytree(paths.models_folder() / "lite0-natural", copy)
    assert models.named(str(copy)).name == "mine"


def test_an_unknown_name_lists_the_known():
    with pytest.raises(
        UsageError, match=r"no model 'lite0-naturl'. Did you mean lite0-natural\? Known: .*resnet10-nat"
    ):
        models.named("lite0-naturl")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"accuracy": 3}', '{"description": null'])
def test_a_damaged_config_is_told_with_its_file(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UserError, match=r"config.json is damaged \(.+\): copy the model folder again"):
        models.named(str(tmp_path))

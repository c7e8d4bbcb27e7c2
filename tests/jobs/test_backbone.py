"""Backbones by name and quality: what is loaded, and one sentence for each that cannot be had."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.quality import Quality
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import backbone, classifier_folder
from fewshot_gui.jobs.adapt import AdaptOptions, save
from fewshot_gui.jobs.classify import ClassifyOptions, Stored, classify
from tests.jobs.tasks import draw_classes, finished, write_tiny_model

CPU = torch.device("cpu")
PICTURES = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)


def test_balanced_is_the_model_as_it_is(graded):
    found = backbone.find(graded)
    assert (found.name, found.config) == ("graded", model_folder.read_config(Path(graded)))
    assert torch.equal(found.load(CPU).embed(PICTURES), model_folder.load(graded).embed(PICTURES))


def test_a_quality_changes_size_and_views_and_nothing_else(graded):
    usual = model_folder.load(graded)
    fast, careful = (backbone.find(graded, quality).load(CPU) for quality in ("fast", "careful"))
    assert (fast.name, fast.config.preprocessing.size) == ("graded@fast", 36)
    assert (careful.name, careful.config.preprocessing.views) == ("graded@careful", ("whole", "flip", "centre"))
    assert {fast.weights_hash, careful.weights_hash} == {usual.weights_hash}
    assert len({model.config.preprocessing.id for model in (usual, fast, careful)}) == 3
    assert fast.config.qualities == careful.config.qualities == {}


def test_a_quality_may_be_another_model_with_a_size_of_its_own(tmp_path):
    other = write_tiny_model(tmp_path / "other", seed=1, size=48, method="ridge")
    entry = Quality(size=56, backbone="other")
    mine = write_tiny_model(tmp_path / "mine", qualities={"careful": entry})
    model = backbone.find(str(mine), "careful").load(CPU)
    assert (model.name, model.config.preprocessing.size, model.config.method) == ("mine@careful", 56, "ridge")
    assert model.weights_hash == model_folder.load(other).weights_hash
    shutil.rmtree(other)
    with pytest.raises(
        UserError, match="The quality careful of mine is the model other, which is not on this computer"
    ):
        backbone.find(str(mine), "careful")


@pytest.mark.parametrize(
    ("quality", "sentence"),
    [
        ("careful", r"tiny has no quality careful. It has: balanced\."),
        ("quick", r"There is no quality 'quick'. Known: fast, balanced, careful\."),
    ],
)
def test_a_quality_that_a_model_has_not_names_those_it_has(tiny, quality, sentence):
    with pytest.raises(UsageError, match=sentence):
        backbone.find(tiny, quality)


def test_a_size_that_the_network_does_not_take_is_a_user_error(tmp_path):
    folder = write_tiny_model(tmp_path / "m", qualities={"careful": Quality(size=96)})
    with pytest.raises(UserError, match="The network of m@careful does not take pictures of 96 x 96 pixels"):
        backbone.find(str(folder), "careful").load(CPU)


def test_a_stored_classifier_keeps_the_quality_it_was_made_with(graded, tmp_path):
    options = AdaptOptions(support=draw_classes(tmp_path / "support"), backbone=graded, quality="careful")
    made, _ = finished(save(options, tmp_path / "stored"))
    stored = classifier_folder.load(tmp_path / "stored")
    assert stored.model.name == made.model.name == "graded@careful"
    assert stored.model.config.preprocessing == made.model.config.preprocessing
    assert json.loads((tmp_path / "stored" / "backbone" / "config.json").read_text())["qualities"] == {}
    query = draw_classes(tmp_path / "query", seed=1)
    *_, summary = classify(ClassifyOptions(query=(query,), by=Stored(folder=tmp_path / "stored")))
    assert (summary.backbone, summary.images) == ("graded@careful", 9)

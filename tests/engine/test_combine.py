"""Composite models: members side by side, known by name and hash, and what keeps models apart."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from fewshot_gui.engine import backbones, model_folder
from fewshot_gui.engine.combine import combine
from fewshot_gui.engine.methods.finetune import FineTune
from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UsageError, UserError
from tests.engine.factories import task

SIZE = Preprocessing(64, (0.5,) * 3, (0.5,) * 3)


def written(folder, width, seed, **config):
    torch.manual_seed(seed)
    network = backbones.create("resnet12", width=width).eval()
    fields = {
        "architecture": "resnet12", "architecture_options": {"width": width}, "embedding_size": 10 * width,
        "normalised": True, "preprocessing": SIZE, "metric": "cosine", "temperature": 10.0, "method": "ridge",
        "adaptation": Adaptation(2, SIZE), "training_classes": (f"class {seed}",),
        "data": ({"name": f"set {seed}", "terms": "ours"},),
    }  # fmt: skip
    mean = F.normalize(torch.rand(10 * width), dim=0) / 2
    model_folder.write(folder, ModelConfig(**(fields | config)), network, mean)
    return folder


@pytest.fixture
def members(tmp_path):
    return [written(tmp_path / name, width, seed) for name, width, seed in (("one", 4, 0), ("two", 6, 1))]


@pytest.fixture
def pair(members, tmp_path):
    return combine(tmp_path / "pair", members)


def test_the_embedding_is_that_of_the_members_side_by_side(pair, members):
    pictures = torch.randint(0, 256, (3, 3, 64, 64), dtype=torch.uint8)
    apart = [model_folder.load(folder).embed(pictures) for folder in members]
    torch.testing.assert_close(pair.embed(pictures), torch.cat(apart, 1) / 2**0.5)
    means = [model_folder.load(folder).base_mean for folder in members]
    torch.testing.assert_close(pair.base_mean, torch.cat(means) / 2**0.5, rtol=1e-3, atol=1e-4)


def test_the_folder_holds_no_copy_of_the_members_weights(pair):
    assert set(load_file(pair.folder / "model.safetensors")) == {"base_mean"}


def test_it_knows_what_all_members_were_trained_on(pair):
    assert pair.config.training_classes == ("class 0", "class 1")
    assert [entry["name"] for entry in pair.config.data] == ["set 0", "set 1"]


def test_only_the_first_member_adapts(pair):
    some = task(pair, [3, 3])
    head = FineTune(steps=2, keep="always").adapt(pair, some.support)
    assert head.changed
    assert all(name.startswith("members.0.") for name in head.changed)
    assert torch.isfinite(head.logits(some.pictures)).all()


def test_members_are_found_beside_it_after_a_move(pair, members, tmp_path):
    there = tmp_path / "elsewhere"
    for folder in (*members, pair.folder):
        shutil.copytree(folder, there / folder.name)
        shutil.rmtree(folder)
    assert model_folder.load(there / "pair").weights_hash == pair.weights_hash


def test_without_its_member_it_says_which_one_is_missing(pair, members):
    shutil.rmtree(members[1])
    with pytest.raises(UserError, match="pair needs the model two beside it"):
        model_folder.load(pair.folder)


def test_another_model_of_the_members_name_is_refused(pair, members):
    shutil.rmtree(members[1])
    written(members[1], 6, 5)
    with pytest.raises(UserError, match="made of another two"):
        model_folder.load(pair.folder)


def test_an_architecture_that_is_not_the_members_is_refused(pair):
    path = pair.folder / "config.json"
    values = json.loads(path.read_text("utf-8"))
    values["architecture_options"]["members"].reverse()
    path.write_text(json.dumps(values), "utf-8")
    with pytest.raises(UserError, match="made of another one"):
        model_folder.load(pair.folder)


def test_a_composite_can_be_a_member(pair, members, tmp_path):
    third = written(tmp_path / "three", 4, 7)
    whole = combine(tmp_path / "whole", [pair.folder, third])
    assert whole.config.embedding_size == 140
    assert whole.weights_hash != pair.weights_hash


def test_the_input_can_be_made_larger_for_all(members, tmp_path):
    assert combine(tmp_path / "large", members, size=96).config.preprocessing == replace(SIZE, size=96)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"metric": "euclidean"}, "odd does not compare by cosines"),
        ({"normalised": False}, "odd does not compare by cosines"),
        ({"preprocessing": replace(SIZE, mean=(0.4,) * 3)}, "odd and one do not see pictures alike"),
    ],
)
def test_models_that_do_not_go_together_are_refused(config, sentence, members, tmp_path):
    odd = written(tmp_path / "odd", 4, 3, **config)
    with pytest.raises(UserError, match=sentence):
        combine(tmp_path / "pair", [members[0], odd])


def test_one_model_or_one_named_twice_is_no_composite(members, tmp_path):
    with pytest.raises(UsageError, match="two models or more"):
        combine(tmp_path / "pair", members[:1])
    with pytest.raises(UsageError, match="named twice"):
        combine(tmp_path / "pair", [members[0], members[0]])


def test_a_model_is_never_overwritten(pair, members):
    with pytest.raises(UserError, match="already holds a model"):
        combine(pair.folder, members)

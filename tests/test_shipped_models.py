"""What lies in models/: small enough to be shipped, each with a card, and a recipe that can be read."""

import pytest

from fewshot_gui import paths
from fewshot_gui.engine import model_folder
from fewshot_gui.engine.meta_train import recipe_file
from fewshot_gui.jobs import models

MIB = 2**20
FOLDERS = [model.folder for model in models.shipped()]
MADE = [folder for folder in FOLDERS if not model_folder.read_config(folder).members]
LEARNED = sorted(paths.models_folder().glob("*/methods/*.toml"))


def test_all_models_together_are_small_enough_to_ship():
    sizes = [path.stat().st_size for path in paths.models_folder().rglob("*") if path.is_file()]
    assert sum(sizes) <= 44 * MIB
    assert max(sizes) <= 15 * MIB


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shipped_model_says_what_it_was_trained_and_measured_on(folder):
    config = model_folder.read_config(folder)
    assert config.training_classes
    assert all(entry["terms"] for entry in config.data)
    assert all(entry["ci95"] for entry in config.accuracy)
    assert config.accuracy
    assert (folder / "README.md").read_text("utf-8").startswith(f"# {folder.name}\n")


@pytest.mark.parametrize("folder", MADE, ids=lambda folder: folder.name)
def test_the_recipe_of_a_shipped_model_makes_one_of_its_name(folder):
    recipe = recipe_file.read(folder / "recipe.toml")
    assert recipe.name == folder.name
    assert recipe.backbone == model_folder.read_config(folder).architecture


@pytest.mark.parametrize("path", LEARNED, ids=lambda path: path.parts[-3])
def test_the_recipe_of_what_methods_learned_names_each_of_them(path):
    recipe = recipe_file.read(path)
    assert recipe.init == recipe.name == path.parts[-3]
    assert {stage.kind for stage in recipe.stages} <= {file.stem for file in path.parent.glob("*.safetensors")}


def test_terms_that_members_share_are_said_once():
    terms = models.named("lite-trio-natural").terms
    assert len(terms) == 3
    assert len(set(terms)) == 3

import tomllib

import pytest

from fewshot_gui.engine.meta_train import recipe_file, toml_text
from fewshot_gui.engine.meta_train.recipe import Augmentation, DataSet, Episodes, Maml, Supervised, Validation
from fewshot_gui.errors import UserError
from fewshot_gui.paths import models_folder
from tests.engine.meta_train.toys import toy_recipe

RECIPE = toy_recipe(
    Supervised(steps=7, rate=0.1, augmentation=Augmentation(crop=0.5, flip=True)),
    Episodes(ways=60, within_source=True),
    Maml(statistics="support", first_order=True),
    validation=Validation(shots=(1, 5), within_source=True),
    data=(DataSet(("a.zip", 'b "quoted" ü.zip'), split_file="s.json", leave_out=("near",), source=r"^[^/\\]+"),),
    seed=3,
)


def test_a_recipe_comes_back_from_its_file(tmp_path):
    (tmp_path / "recipe.toml").write_text(recipe_file.dumps(RECIPE), "utf-8")
    assert recipe_file.read(tmp_path / "recipe.toml") == RECIPE


def test_settings_that_are_left_out_have_their_defaults():
    text = toml_text.dumps(
        {
            "name": "x", "backbone": "conv4", "preprocessing": {"size": 28, "mean": [0.0], "std": [1.0]},
            "data": [{"paths": ["a"]}], "stages": [{"kind": "episodes", "ways": 7}],
        }
    )  # fmt: skip
    assert recipe_file.loads(text).stages == (Episodes(ways=7),)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("ways = 60", "wys = 60", "the key 'stages[1].wys' is not known; did you mean 'ways'?"),
        ("ways = 60", 'ways = "many"', "'stages[1].ways' must be a whole number"),
        ("ways = 60", "ways = 1", "'stages[1].ways' must be at least 2"),
        (
            'kind = "maml"',
            'kind = "platipus"',
            "'stages[2].kind' must be one of supervised, distilled, episodes, maml, fomaml",
        ),
        ("steps = 7", "steps = 0", "'stages[0].steps' must be above 0"),
        ("crop = 0.5", "crop = 0.0", "'stages[0].augmentation.crop' must be above 0 and at most 1"),
        ('statistics = "support"', 'statistics = "batch"', "'stages[2].statistics' must be frozen or support"),
        ("views = 0", "views = 2", "'stages[2].views' needs 'block'"),
        ('paths = ["a.zip", ', "paths = [] #", "'data[0].paths' is empty"),
        ('source = "^', 'source = "(^', "'data[0].source' is no regular expression"),
        ("seed = 3", "seed = ", "recipe.toml is not TOML"),
        ('name = "toy"\n', "", "the key 'name' is missing"),
        ("shots = [1, 5]", "shots = []", "'validation.shots' must be at least 1"),
    ],
)
def test_a_bad_recipe_gets_a_sentence_with_the_key(before, after, sentence):
    text = recipe_file.dumps(RECIPE)
    assert before in text
    with pytest.raises(UserError) as error:
        recipe_file.loads(text.replace(before, after, 1))
    assert sentence in str(error.value)


def test_a_start_of_its_own_must_come_last():
    with pytest.raises(UserError, match="must be the last one"):
        recipe_file.check(toy_recipe(Maml(own_start=True), Episodes()))


def test_reptile_has_no_tasks_at_once():
    with pytest.raises(UserError, match=r"'stages\[0\]\.at_once' is not for Reptile"):
        recipe_file.check(toy_recipe(Maml(kind="reptile", at_once=True)))


def test_a_missing_recipe_is_named(tmp_path):
    with pytest.raises(UserError, match=r"no\.toml cannot be read"):
        recipe_file.read(tmp_path / "no.toml")


@pytest.mark.parametrize(
    "path", sorted(models_folder().rglob("*.toml")), ids=lambda path: f"{path.parts[-2]}/{path.name}"
)
def test_the_shipped_recipes_can_be_read(path):
    assert recipe_file.read(path).stages


def test_toml_is_written_as_tomllib_reads_it():
    values = {
        "text": 'a "b" \\ ü\n\x7f', "whole": -3, "number": 1e-5, "large": 1e20, "truth": True,
        "list": [1, 2], "none": [],
        "odd key": "x", "table": {"inner": {"deep": 1.5}}, "tables": [{"a": 1}, {"a": 2, "sub": {"b": False}}],
        "infinite": float("inf"),
    }  # fmt: skip
    assert tomllib.loads(toml_text.dumps(values)) == values
    with pytest.raises(TypeError):
        toml_text.dumps({"set": {1}})

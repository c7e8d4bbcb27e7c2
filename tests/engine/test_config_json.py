"""config.json: each wrong key, type and range has its sentence, which names the file and the key."""

import json

import pytest

from fewshot_gui.engine import config_json
from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.quality import Quality
from fewshot_gui.errors import UserError

INPUT = {"size": 32, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}
VALUES = {
    "schema": 1,
    "architecture": "conv4",
    "architecture_options": {"channels": 3},
    "embedding_size": 64,
    "normalised": False,
    "preprocessing": INPUT,
    "metric": "cosine",
    "temperature": 10,
    "method": "protonet",
}


def parse(**changes):
    values = {key: value for key, value in (VALUES | changes).items() if value is not ...}
    return config_json.parse(json.dumps(values), "x/config.json")


def test_keys_with_a_default_may_be_left_out():
    config = parse()
    assert config.preprocessing == Preprocessing(32, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert config.temperature == 10.0
    assert isinstance(config.temperature, float)
    assert (config.adaptation, config.training_classes) == (None, ())


def test_dump_and_parse_are_inverse():
    size = Preprocessing(28, (0.0,), (1.0,), polarity="ink")
    config = ModelConfig(
        architecture="conv4",
        architecture_options={"width": 32, "norm": "group"},
        embedding_size=32,
        normalised=False,
        preprocessing=size,
        metric="euclidean",
        temperature=0.1,
        method="maml",
        methods={"maml": {"steps": 10, "first_order": False}},
        adaptation=Adaptation(-1, size, 14),
        training_classes=("Greek/character01",),
        data=({"name": "Omniglot", "terms": "MIT", "classes": 1028},),
        accuracy=({"accuracy": 0.98, "ci95": [0.97, 0.99], "note": None},),
        qualities={
            "balanced": Quality(accuracy=0.98, ci95=(0.97, 0.99), measured_on="Omniglot"),
            "careful": Quality(
                28, ("whole", "centre"), "other", gain=0.5, gain_ci95=(0.1, 0.9), measured_on="Omniglot"
            ),
        },
    )
    again = config_json.parse(config_json.dump(config), "x")
    assert config_json.dump(again) == config_json.dump(config)
    assert (again.adaptation, again.methods, again.training_classes) == (
        config.adaptation,
        config.methods,
        config.training_classes,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture": ...}, "the key 'architecture' is missing"),
        ({"architecture": 4}, "'architecture' must be a text, not 4"),
        ({"temprature": 10}, "the key 'temprature' is not known; did you mean 'temperature'?"),
        ({"embedding_size": "64"}, "'embedding_size' must be a whole number, not \"64\""),
        ({"embedding_size": 64.0}, "'embedding_size' must be a whole number"),
        ({"embedding_size": True}, "'embedding_size' must be a whole number, not true"),
        ({"embedding_size": 0}, "'embedding_size' must be 1 or more"),
        ({"normalised": 1}, "'normalised' must be true or false"),
        ({"metric": "manhattan"}, '\'metric\' must be "cosine" or "euclidean", not "manhattan"'),
        ({"temperature": -1}, "'temperature' must be above 0"),
        ({"temperature": float("nan")}, "'temperature' must be a number, not NaN"),
        ({"methods": {"ridge": 0.5}}, "'methods.ridge' must be an object"),
        ({"training_classes": "n01440764"}, "'training_classes' must be a list"),
        ({"training_classes": ["a", 3]}, r"'training_classes\[1\]' must be a text, not 3"),
        ({"preprocessing": 32}, "'preprocessing' must be an object"),
        ({"preprocessing": {"size": 32, "mean": [0.5]}}, "the key 'preprocessing.std' is missing"),
        ({"preprocessing": INPUT | {"size": 4}}, "'preprocessing.size' must be 8 to 2048 pixels, not 4"),
        ({"preprocessing": INPUT | {"mean": [0.5, 0.5]}}, "'preprocessing.mean' must be 1 or 3 numbers"),
        ({"preprocessing": INPUT | {"std": [0.5, 0.5]}}, "'preprocessing.std' must be a number above 0 for each"),
        ({"preprocessing": INPUT | {"std": [0.5, 0, 1]}}, "'preprocessing.std' must be a number above 0 for each"),
        ({"preprocessing": INPUT | {"polarity": "x"}}, '\'preprocessing.polarity\' must be "natural" or "ink"'),
        ({"preprocessing": INPUT | {"kernel": "lanczos"}}, "'preprocessing.kernel' must be \"bilinear\""),
        ({"preprocessing": INPUT | {"draft": 0}}, "'preprocessing.draft' must be 1 to 8"),
        ({"adaptation": {"block": 1}}, "the key 'adaptation.preprocessing' is missing"),
        (
            {"adaptation": {"block": 1, "preprocessing": {"size": 32, "mean": [0.5], "std": [0.5]}}},
            "'adaptation.preprocessing.mean' must be 3 numbers",
        ),
        (
            {
                "adaptation": {
                    "block": 1,
                    "preprocessing": {"size": 32, "mean": [0.5] * 3, "std": [0.5] * 3},
                    "train_size": 40,
                }
            },
            "'adaptation.train_size' must be 8 pixels to the preprocessing's size, not 40",
        ),
        (
            {"adaptation": {"block": 1, "preprocessing": INPUT | {"views": ["whole", "flip"]}}},
            "'adaptation.preprocessing.views' must be .\"whole\"., not",
        ),
        ({"preprocessing": INPUT | {"views": []}}, "'preprocessing.views' must be one or more different views"),
        (
            {"preprocessing": INPUT | {"views": ["flip", "flip"]}},
            "'preprocessing.views' must be one or more different views",
        ),
        ({"preprocessing": INPUT | {"views": ["upside down"]}}, '\'preprocessing.views.0.\' must be "whole" or "flip"'),
        ({"qualities": {"quick": {"size": 32}}}, "there is no quality 'quick'; it is one of fast, balanced, careful"),
        ({"qualities": {"balanced": {"size": 32}}}, "'qualities.balanced' is the model as it is; take its size"),
        ({"qualities": {"fast": {}}}, "'qualities.fast' must have a size, views or a backbone of its own"),
        ({"qualities": {"fast": {"size": 4}}}, "'qualities.fast.size' must be 8 to 2048 pixels, not 4"),
        ({"qualities": {"fast": {"size": 0}}}, "'qualities.fast.size' must be 8 to 2048 pixels, not 0"),
        ({"qualities": {"fast": {"views": []}}}, "'qualities.fast.views' must be one or more different views"),
        ({"qualities": {"fast": {"size": 24, "gain": -1}}}, "'qualities.fast' must have gain_ci95, two numbers around"),
        (
            {"qualities": {"fast": {"size": 24, "accuracy": 0.5, "ci95": [0.6, 0.7]}}},
            "'qualities.fast' must have ci95, two numbers around accuracy",
        ),
        (
            {"qualities": {"fast": {"size": 24, "gain": -1, "gain_ci95": [-2, 0]}}},
            "'qualities.fast' must say in measured_on what gain was measured on",
        ),
        (
            {"qualities": {"fast": {"size": 24, "relative_speed": 0}}},
            "'qualities.fast' must have a relative_speed above 0",
        ),
        ({"data": [{"name": "photos"}]}, "'data' must be objects with the texts name and terms"),
        ({"schema": 2}, "schema is 2, this version reads 1"),
        ({"schema": ...}, "schema is None, this version reads 1"),
    ],
)
def test_what_is_wrong_has_a_sentence(changes, sentence):
    with pytest.raises(UserError, match=rf"^x/config.json: {sentence}"):
        parse(**changes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is not JSON"), ("", "is not JSON"), ("[]", "must hold an object"), ('{"schema": 1,}', "is not JSON")],
)
def test_what_is_no_json_object(text, sentence):
    with pytest.raises(UserError, match=f"^x/config.json {sentence}"):
        config_json.parse(text, "x/config.json")


def test_values_that_do_not_go_together_are_named_with_their_key():
    table = {"ways": [2, 5], "shots": [1], "values": [[3.0]]}
    with pytest.raises(UserError, match=r"x/config.json: 'temperatures.ridge' must have ascending ways and shots"):
        parse(temperatures={"ridge": table})

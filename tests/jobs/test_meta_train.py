import csv
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.meta_train import recipe_file
from fewshot_gui.engine.meta_train.progress import Finished, Note, Saved, Trained, Validated
from fewshot_gui.engine.meta_train.recipe import DataSet, Distilled, Episodes, Maml, Recipe, Supervised, Validation
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs.meta_train import MetaTrainOptions, run

ROOT = Path(__file__).resolve().parents[2]
LOOK = Validation(ways=3, shots=(1,), queries=2, episodes=4, every=4)
STAGE = Episodes(steps=8, rate=3e-3, ways=4, queries=2, ema=0.9)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory):
    """Eight classes in two groups, five blocky black-on-white drawings each, and a split file."""
    folder = tmp_path_factory.mktemp("drawings")
    draw = np.random.default_rng(0)
    names = [f"{group}/class {i}" for group in "ab" for i in range(4)]
    for name in names:
        (folder / "pictures" / name).mkdir(parents=True)
        pattern = np.kron(draw.integers(0, 2, (7, 7)), np.ones((4, 4))) * 220
        for number in range(5):
            pixels = (pattern + draw.normal(0, 15, pattern.shape)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "pictures" / name / f"{number}.png")
    splits = {"train": names[:4] + names[7:], "val": names[4:7], "near": [names[7]]}
    (folder / "split.json").write_text(json.dumps(splits))
    return folder


def recipe(drawings, *stages, **changes):
    """A recipe for the drawings with a Conv-4 of width 8."""
    data = DataSet((str(drawings / "pictures"),), split_file=str(drawings / "split.json"), terms="free", source="^[ab]")
    fields = {
        "name": "toy", "backbone": "conv4", "preprocessing": Preprocessing(28, (0.0,), (1.0,), "ink"), "data": (data,),
        "stages": stages or (STAGE,), "validation": LOOK, "backbone_options": {"width": 8}, "metric": "euclidean",
        "normalised": False, "temperature": 0.1,
    }  # fmt: skip
    return Recipe(**(fields | changes))


def written(folder, made):
    """The recipe as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "asked.toml").write_text(recipe_file.dumps(made), "utf-8")
    return folder / "asked.toml"


def test_a_recipe_becomes_a_model_folder(drawings, tmp_path):
    file = written(tmp_path, recipe(drawings, description="A toy."))
    values = list(run(MetaTrainOptions(tmp_path / "out", recipe=file)))
    assert [v.step for v in values if isinstance(v, Trained)] == list(range(1, 9))
    assert [v.step for v in values if isinstance(v, Validated)] == [4, 8]
    assert isinstance(values[0], Note)
    assert values[0].text.startswith("Reading 40 pictures; training on CPU")
    end = values[-1]
    assert isinstance(end, Finished)
    assert end.low <= end.accuracy <= end.high
    model = model_folder.load(tmp_path / "out")
    assert model.config.training_classes == ("a/class 0", "a/class 1", "a/class 2", "a/class 3", "b/class 3")
    assert model.config.data[0]["terms"] == "free"
    assert (model.config.data[0]["classes"], model.config.data[0]["pictures"]) == (5, 25)
    measured = model.config.accuracy[0]
    assert measured["accuracy"] == pytest.approx(end.accuracy, abs=1e-4)
    assert (measured["ways"], measured["shots"], measured["episodes"]) == (3, 1, 4)
    assert recipe_file.read(tmp_path / "out" / "recipe.toml") == recipe_file.read(file)
    assert "Episodes: 8 steps" in (tmp_path / "out" / "README.md").read_text("utf-8")
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_what_maml_learned_lies_in_the_folder_and_adapts(drawings, tmp_path):
    stage = Maml(steps=2, ways=3, queries=2, tasks=1, inner_steps=1)
    options = {"width": 8, "norm": "group"}
    file = written(tmp_path, recipe(drawings, stage, backbone_options=options, method="maml"))
    list(run(MetaTrainOptions(tmp_path / "out", recipe=file)))
    model = model_folder.load(tmp_path / "out")
    assert model.learned("maml")["steps"] == 1
    assert model.adaptation.block == -1


def test_a_start_hands_on_its_classes_and_its_weights(drawings, tmp_path):
    first = written(tmp_path, recipe(drawings))
    list(run(MetaTrainOptions(tmp_path / "first", recipe=first)))
    stage = Maml(steps=1, ways=3, queries=2, tasks=1, inner_steps=1, block=3, own_start=True, first_order=True)
    look = Validation(ways=3, shots=(1,), queries=2, episodes=2, method="maml")
    second = recipe(drawings, stage, init=str(tmp_path / "first"), validation=look)
    list(run(MetaTrainOptions(tmp_path / "second", recipe=written(tmp_path, second))))
    before, after = model_folder.load(tmp_path / "first"), model_folder.load(tmp_path / "second")
    assert after.weights_hash == before.weights_hash
    assert after.config.training_classes == before.config.training_classes
    assert len(after.config.data) == 2
    third = recipe(drawings, replace(stage, kind="anil"), init=str(tmp_path / "second"), validation=look)
    list(run(MetaTrainOptions(tmp_path / "third", recipe=written(tmp_path, third))))
    last = model_folder.load(tmp_path / "third")
    assert last.learned("anil")["steps"] == 1
    assert all(torch.equal(last.learned("maml")[name], value) for name, value in after.learned("maml").items())


@pytest.fixture(scope="module")
def teacher(drawings, tmp_path_factory):
    """A trained model's folder."""
    folder = tmp_path_factory.mktemp("teacher")
    made = recipe(drawings, replace(STAGE, steps=1), validation=replace(LOOK, every=1))
    list(run(MetaTrainOptions(folder / "wise", recipe=written(folder, made))))
    config = model_folder.read_config(folder / "wise")
    model_folder.write_config(folder / "wise", replace(config, training_classes=("seen/before",)), "A teacher.")
    return folder / "wise"


def test_the_config_says_what_the_base_mean_was_measured_on(drawings, tmp_path):
    made = recipe(drawings, replace(STAGE, steps=1), metric="cosine", normalised=True)
    list(run(MetaTrainOptions(tmp_path / "out", recipe=written(tmp_path, made))))
    model = model_folder.load(tmp_path / "out")
    assert model.base_mean.any()
    said = "mean of the L2-normalised embeddings of 25 training pictures, evenly spread, at 28 px"
    assert model.config.base_mean_of == said


def test_what_a_teacher_saw_counts_as_seen(drawings, teacher, tmp_path):
    made = recipe(drawings, Distilled(steps=2, batch=8, teacher=str(teacher)))
    list(run(MetaTrainOptions(tmp_path / "out", recipe=written(tmp_path, made))))
    config = model_folder.read_config(tmp_path / "out")
    assert {"seen/before", "a/class 0"} <= set(config.training_classes)
    assert "Distilled from wise: 2 steps" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_a_teacher_that_sees_pictures_otherwise_is_refused(drawings, teacher, tmp_path):
    made = recipe(
        drawings, Distilled(steps=2, batch=8, teacher=str(teacher)), preprocessing=Preprocessing(28, (0.5,), (0.5,))
    )
    with pytest.raises(UserError, match="sees pictures in another way"):
        list(run(MetaTrainOptions(tmp_path / "out", recipe=written(tmp_path, made))))


def test_flags_are_a_recipe(drawings, tmp_path):
    data = f"{drawings / 'pictures'}@{drawings / 'split.json'}:train"
    options = MetaTrainOptions(
        tmp_path / "out", data=(data,), method="supervised", backbone="conv4", epochs=1, rotations=True, seed=4
    )
    values = list(run(options))
    made = recipe_file.read(tmp_path / "out" / "recipe.toml")
    assert isinstance(made.stages[0], Supervised)
    assert (made.seed, made.data[0].train, made.data[0].rotations) == (4, "train", True)
    assert sum(isinstance(v, Trained) for v in values) == made.stages[0].steps == 1
    assert model_folder.read_config(tmp_path / "out").training_classes[-1] == "b/class 3"


def test_without_a_split_some_classes_are_held_out(drawings, tmp_path):
    options = MetaTrainOptions(tmp_path / "out", data=(str(drawings / "pictures"),), backbone="conv4", episodes=1)
    list(run(options))
    assert len(model_folder.read_config(tmp_path / "out").training_classes) == 6


def test_keys_of_the_split_file_are_left_out(drawings, tmp_path):
    made = recipe(drawings)
    data = DataSet(made.data[0].paths, split_file=made.data[0].split_file, leave_out=("near",))
    list(run(MetaTrainOptions(tmp_path / "out", recipe=written(tmp_path, recipe(drawings, data=(data,))))))
    assert "b/class 3" not in model_folder.read_config(tmp_path / "out").training_classes


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({}, UsageError, "Name what to train on"),
        ({"data": ("x",)}, UsageError, "Name the backbone"),
        ({"data": ("no such",), "backbone": "conv4"}, UserError, "does not exist"),
        ({"data": ("PICTURES",), "backbone": "conv5"}, UsageError, "There is no backbone architecture 'conv5'"),
        ({"data": ("PICTURES",), "backbone": "conv4", "method": "platipus"}, UsageError, "Known: protonet, maml, fo"),
        ({"data": ("PICTURES",), "backbone": "conv4", "epochs": 3}, UsageError, "--epochs goes with"),
        ({"data": ("PICTURES",), "backbone": "conv4", "episodes": 0}, UsageError, "--episodes must be at least 1"),
        ({"data": ("PICTURES@SPLIT:no",), "backbone": "conv4"}, UsageError, "has no split 'no'"),
        ({"recipe": Path("no.toml")}, UserError, "cannot be read"),
        ({"data": ("PICTURES",), "backbone": "conv4", "device": "tpu"}, UsageError, "There is no device 'tpu'"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(drawings, tmp_path, options, error, sentence):
    places = {"PICTURES": str(drawings / "pictures"), "SPLIT": str(drawings / "split.json")}
    for word, place in places.items():
        options = {**options, "data": tuple(text.replace(word, place) for text in options.get("data", ()))}
    with pytest.raises(error) as raised:
        list(run(MetaTrainOptions(tmp_path / "out", **options)))
    assert sentence in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_taken_is_left_alone(drawings, tmp_path):
    file = written(tmp_path, recipe(drawings, checkpoint_minutes=1e-9))
    begun = run(MetaTrainOptions(tmp_path / "out", recipe=file))
    next(v for v in begun if isinstance(v, Saved))
    begun.close()
    with pytest.raises(UserError, match="add --resume"):
        list(run(MetaTrainOptions(tmp_path / "out", recipe=file)))
    other = written(tmp_path / "other", recipe(drawings, seed=1))
    with pytest.raises(UserError, match="belongs to another recipe"):
        list(run(MetaTrainOptions(tmp_path / "out", recipe=other, resume=True)))
    list(run(MetaTrainOptions(tmp_path / "out", recipe=file, resume=True)))
    with pytest.raises(UserError, match="already holds a model"):
        list(run(MetaTrainOptions(tmp_path / "out", recipe=file)))


STAGES = {
    "episodes": (STAGE,),
    "supervised": (Supervised(steps=8, batch=8, warm_start=False, distil=0.5, rotation=0.5, optimiser="sgd"),),
    "maml": (Maml(steps=6, ways=3, queries=2, tasks=2, inner_steps=1),),
    "two": (Supervised(steps=4, batch=8), Episodes(steps=4, rate=3e-3, ways=4, queries=2, statistics="frozen")),
}


@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
def test_closed_after_any_step_and_resumed_it_ends_with_the_same_weights(drawings, tmp_path, stages):
    norm = "group" if isinstance(stages[0], Maml) else "batch"
    file = written(tmp_path, recipe(drawings, *stages, backbone_options={"width": 8, "norm": norm}))
    list(run(MetaTrainOptions(tmp_path / "whole", recipe=file)))
    done = False
    while not done:
        part = run(MetaTrainOptions(tmp_path / "parts", recipe=file, resume=True))
        steps = 0
        for value in part:
            done = isinstance(value, Finished)
            steps += isinstance(value, Trained)
            if steps == 3:
                break
        part.close()
    assert weights(tmp_path / "parts") == weights(tmp_path / "whole")


PRINTING = """
import sys
from pathlib import Path
import torch
from fewshot_gui.jobs.meta_train import MetaTrainOptions, run
torch.set_num_threads(int(sys.argv[3]))  # other threads, other last bits
for value in run(MetaTrainOptions(Path(sys.argv[2]), recipe=Path(sys.argv[1]), resume=True)):
    print(type(value).__name__, getattr(value, "step", ""), flush=True)
"""


def killed_after(line, number, file, out):
    """A process of its own that trains, and is sent a signal as soon as it has said a line; its return code."""
    command = [sys.executable, "-c", PRINTING, str(file), str(out), str(torch.get_num_threads())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        for said in process.stdout:
            if said.strip() == line:
                process.send_signal(number)
                break
        process.stdout.read()
        return process.wait()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_with_9_in_the_middle_and_resumed_it_ends_with_the_same_weights(drawings, tmp_path):
    stages = (Episodes(steps=40, rate=3e-3, ways=4, queries=2), Supervised(steps=40, batch=8, optimiser="sgd"))
    file = written(tmp_path, recipe(drawings, *stages, checkpoint_minutes=1e-9))
    assert killed_after("Saved 9", signal.SIGKILL, file, tmp_path / "killed") == -signal.SIGKILL
    assert (tmp_path / "killed" / "checkpoint" / "checkpoint.json").is_file()
    assert killed_after("Saved 31", signal.SIGKILL, file, tmp_path / "killed") == -signal.SIGKILL
    list(run(MetaTrainOptions(tmp_path / "killed", recipe=file, resume=True)))
    list(run(MetaTrainOptions(tmp_path / "whole", recipe=file)))
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_checkpoint(drawings, tmp_path, number):
    stage = Episodes(steps=2000, rate=3e-3, ways=4, queries=2)
    file = written(tmp_path, recipe(drawings, stage, checkpoint_minutes=1000.0, validation=LOOK))
    assert killed_after("Trained 5", number, file, tmp_path / "out") != 0
    values = json.loads((tmp_path / "out" / "checkpoint" / "checkpoint.json").read_text())
    assert 5 <= values["step"] < 2000


def weights(folder):
    """The bytes of a model's weights."""
    return (folder / "model.safetensors").read_bytes()


def test_the_curves_lie_beside_the_model_and_the_card_shows_them(drawings, tmp_path):
    stages = (STAGE, replace(STAGE, steps=5))
    list(run(MetaTrainOptions(tmp_path / "out", recipe=written(tmp_path, recipe(drawings, *stages)))))
    rows = list(csv.DictReader((tmp_path / "out" / "training.csv").read_text("utf-8").splitlines()))
    assert [(row["stage"], row["step"]) for row in rows] == [
        (str(stage), str(step)) for stage, steps in ((1, 8), (2, 5)) for step in range(1, steps + 1)
    ]
    looks = [row for row in rows if row["validation_accuracy"]]
    assert [(row["stage"], row["step"]) for row in looks] == [("1", "4"), ("1", "8"), ("2", "4"), ("2", "5")]
    for row in looks:
        assert float(row["ci95_low"]) <= float(row["validation_accuracy"]) <= float(row["ci95_high"])
    assert looks[0]["best"] == "True"
    assert all(float(row["loss"]) > 0 and float(row["pictures_per_second"]) > 0 for row in rows)
    drawn = (tmp_path / "out" / "curves.svg").read_text("utf-8")
    assert "out: how it was trained" in drawn
    assert "2. episodes" in drawn
    assert "(curves.svg)" in (tmp_path / "out" / "README.md").read_text("utf-8")

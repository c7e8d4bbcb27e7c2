"""Whole jobs through the command line: data on stdout, messages on stderr, and the exit code for scripts."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fewshot_gui import __version__
from fewshot_gui.cli.signals import Terminated
from tests.jobs.tasks import draw_classes, write_tiny_model

ROOT = Path(__file__).resolve().parents[2]
SUMMARY = ["schema", "images", "classified", "unknown", "unreadable", "support_excluded", "classes", "accuracy"]
SUMMARY += ["accuracy_low", "accuracy_high", "accuracy_on_classified", "images_per_second", "seconds", "device"]
SUMMARY += ["backbone", "method", "seed", "warnings"]
not_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and breaks pipes in another way")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def process(*arguments, **rest):
    """A command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "fewshot_gui", *map(str, arguments)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", **rest,
    )  # fmt: skip


def test_csv_goes_to_stdout_and_all_else_to_stderr(fewshot, tiny, support, query):
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
    assert done.code == 0
    header = done.out.splitlines()[0]
    assert header == "path,label,confidence,status,reason,p:blue,p:green,p:red"
    answers = rows(done.out)
    assert [row["path"] for row in answers] == sorted(str(path) for path in query.rglob("*.png"))
    assert {row["status"] for row in answers} <= {"ok", "unknown"}
    assert "Classifying 12 pictures into 3 classes." in done.err
    assert "12 pictures: " in done.err
    assert "Accuracy " in done.err


def test_json_is_exactly_one_line_with_the_contracts_keys(fewshot, tiny, support, query):
    (query / "red" / "broken.jpg").write_bytes(b"no picture")
    shutil.copy(support / "red" / "0.png", query / "red" / "again.png")
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--json",
                   "--unknown", "off", "--seed", 7, "--device", "cpu")  # fmt: skip
    assert done.code == 3
    assert done.out.count("\n") == 1
    summary = json.loads(done.out)
    assert list(summary) == SUMMARY
    assert summary["images"] == summary["classified"] + summary["unknown"] + summary["unreadable"] == 14
    assert (summary["unreadable"], summary["support_excluded"], summary["schema"], summary["seed"]) == (1, 1, 1, 7)
    assert summary["classes"] == ["blue", "green", "red"]
    assert summary["accuracy_low"] <= summary["accuracy"] <= summary["accuracy_high"]
    assert (summary["device"], summary["backbone"], summary["method"]) == ("cpu", "tiny", "protonet")
    assert "broken.jpg" in done.err


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_file_takes_the_answers_and_stdout_stays_empty(fewshot, tiny, support, query, tmp_path, ending):
    out = tmp_path / f"answers.{ending}"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out)
    assert (done.code, done.out) == (0, "")
    text = out.read_text("utf-8")
    if ending == "csv":
        answers = rows(text)
    elif ending == "json":
        whole = json.loads(text)
        assert set(whole) == {"schema", "summary", "pictures"}
        assert list(whole["summary"]) == SUMMARY
        answers = whole["pictures"]
    else:
        answers = [json.loads(line) for line in text.splitlines()]
    assert len(answers) == 12
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_and_the_json_line_go_together(fewshot, tiny, support, query, tmp_path):
    out = tmp_path / "answers.csv"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out, "--json")
    assert json.loads(done.out)["images"] == len(rows(out.read_text("utf-8"))) == 12


def test_the_same_command_gives_the_same_answers(fewshot, tiny, support, query):
    command = ("classify", "--support", support, "--query", query, "--backbone", tiny)
    assert fewshot(*command).out == fewshot(*command, "--no-cache").out


def test_a_stored_classifier_answers_as_the_fresh_one(fewshot, tiny, support, query, tmp_path):
    stored = fewshot("adapt", "--support", support, "--out", tmp_path / "mine", "--backbone", tiny)
    assert (stored.code, stored.out) == (0, "")
    assert f"Stored a classifier of 3 classes in {tmp_path / 'mine'}." in stored.err
    fresh = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
    shutil.rmtree(support)
    assert fewshot("classify", "--model", tmp_path / "mine", "--query", query).out == fresh.out


@pytest.mark.parametrize("names", [("a b", "naïve 猫"), ("a,b", 'quo"te'), ("path", "label", "p:label")])
def test_class_names_may_be_anything(fewshot, tiny, tmp_path, names):
    if os.name == "nt" and any(set(name) & set('":') for name in names):
        pytest.skip("Windows has no such folders")
    support = draw_classes(tmp_path / "s", names=names)
    query = draw_classes(tmp_path / "q", names=names, seed=1)
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--unknown", "off")
    assert done.code == 0
    answers = rows(done.out)
    assert list(answers[0])[5:] == [f"p:{name}" for name in sorted(names)]
    assert {row["label"] for row in answers} <= set(names)


def test_a_vanished_query_is_unreadable(fewshot, tiny, support, query):
    done = fewshot("classify", "--support", support, "--query", query, query / "gone.jpg", "--backbone", tiny)
    assert done.code == 3
    (gone,) = [row for row in rows(done.out) if row["status"] == "unreadable"]
    assert gone["path"].endswith("gone.jpg")
    assert (gone["label"], gone["confidence"], gone["p:red"]) == ("", "", "")
    assert gone["reason"]


def one_class(support):
    for name in ("red", "green"):
        shutil.rmtree(support / name)


def same_picture_twice(support):
    shutil.copy(support / "red" / "0.png", support / "blue" / "other.png")


def uneven_shots(support):
    for path in [*support.glob("red/*")][1:]:
        path.unlink()
    draw_classes(support, names=("blue",), shots=50)


@pytest.mark.parametrize(
    ("change", "words"),
    [(one_class, "only one class, 'blue'"), (same_picture_twice, "in two classes"), (uneven_shots, "uneven numbers")],
)
def test_odd_examples_run_with_a_warning(fewshot, tiny, support, query, change, words):
    change(support)
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--json")
    assert done.code == 0
    assert any(words in warning for warning in json.loads(done.out)["warnings"])
    assert "Warning: " in done.err
    assert words in done.err


def no_class(support):
    shutil.rmtree(support)
    support.mkdir()


def empty_class(support):
    (support / "empty").mkdir()


def unreadable_class(support):
    for path in (support / "red").iterdir():
        path.write_bytes(b"no picture")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (no_class, "no class"),
        (empty_class, "'empty' has no readable picture"),
        (unreadable_class, "'red' has no readable"),
    ],
)
def test_examples_that_do_not_suffice_end_with_1(fewshot, tiny, support, query, tmp_path, change, words):
    change(support)
    out = tmp_path / "answers.csv"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out)
    assert_failed(done, 1, words)
    assert not list(tmp_path.glob("*answers*"))


def assert_failed(done, code, words):
    """One sentence on stderr, nothing on stdout."""
    assert (done.code, done.out) == (code, "")
    (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert words in line
    assert "Traceback" not in done.err


def test_a_folder_of_examples_that_is_not_there_ends_with_1(fewshot, tiny, query, tmp_path):
    assert_failed(fewshot("classify", "--support", tmp_path / "no", "--query", query, "--backbone", tiny), 1, "no")


def test_an_output_that_cannot_be_written_ends_with_1(fewshot, tiny, support, query, tmp_path):
    out = tmp_path / "no" / "folder" / "answers.csv"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out)
    assert_failed(done, 1, "could not be written")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_ends_with_1(fewshot, tiny, support, query, tmp_path):
    (tmp_path / "answers.csv").symlink_to("/dev/full")
    done = fewshot(
        "classify", "--support", support, "--query", query, "--backbone", tiny, "--out", tmp_path / "answers.csv"
    )
    assert_failed(done, 1, "No space left on device")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_full_disk_behind_stdout_ends_with_1(tiny, support, query, option):
    command = [
        sys.executable,
        "-m",
        "fewshot_gui",
        "classify",
        "--support",
        support,
        "--query",
        query,
        "--backbone",
        tiny,
    ]
    with open("/dev/full", "w") as full:
        done = subprocess.run([*command, *option], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "The standard output could not be written (No space left on device)" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def wrong_sizes(folder):
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["architecture_options"]["width"] *= 2
    config["embedding_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config), "utf-8")


def pickle_for_weights(folder):
    torch.save({"weight": torch.zeros(3)}, folder / "model.safetensors")


def cut_weights(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


def no_config(folder):
    (folder / "config.json").unlink()


@pytest.mark.parametrize("damage", [wrong_sizes, pickle_for_weights, cut_weights, no_config])
def test_a_bad_model_folder_ends_with_1(fewshot, support, query, tmp_path, damage):
    folder = write_tiny_model(tmp_path / "model")
    damage(folder)
    assert_failed(fewshot("classify", "--support", support, "--query", query, "--backbone", folder), 1, str(folder))


def test_unknown_names_end_with_2_and_the_known_ones(fewshot, tiny, support, query):
    classify = ("classify", "--support", support, "--query", query)
    assert_failed(fewshot(*classify, "--backbone", "lite9"), 2, "There is no model 'lite9'. Known: ")
    assert_failed(fewshot(*classify, "--backbone", tiny, "--method", "rigde"), 2, "Did you mean ridge? Known: ")
    assert_failed(fewshot(*classify, "--backbone", tiny, "--method", "ridge:x=1"), 2, "has no field 'x'; it has: ")
    assert_failed(fewshot(*classify, "--backbone", tiny, "--unknown", "2"), 2, "--unknown must be off, auto or a rate")
    assert_failed(fewshot(*classify, "--backbone", tiny, "--out", "answers.xls"), 2, "must end with one of .csv, ")
    assert_failed(fewshot("clasify"), 2, "did you mean classify?")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_ends_with_1(fewshot, tiny, support, query):
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--device", "cuda")
    assert_failed(done, 1, "cuda was asked for, but ")


def test_evaluate_reports_as_text_and_as_one_line_of_json(fewshot, tiny, query):
    command = ("evaluate", query, "--backbone", tiny, "--ways", 3, "--shots", "1,2", "--queries", 2, "--episodes", 10,
               "--methods", "protonet,ridge")  # fmt: skip
    text = fewshot(*command)
    assert text.code == 0
    assert text.out.startswith("query, split all, seed 0\n")
    done = fewshot(*command, "--json")
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    assert list(report) == ["schema", "dataset", "split", "seed", "results", "paired"]
    assert [(row["shots"], row["method"]) for row in report["results"]] == [
        (1, "protonet"), (1, "ridge"), (2, "protonet"), (2, "ridge"),
    ]  # fmt: skip


def test_more_ways_than_classes_end_with_1_and_nonsense_with_2(fewshot, tiny, query):
    assert_failed(fewshot("evaluate", query, "--backbone", tiny, "--ways", 4), 1, "ways must be at most 3, not 4")
    assert_failed(fewshot("evaluate", query, "--backbone", tiny, "--ways", 1), 2, "--ways must be at least 2 or all")


def test_evaluate_refuses_classes_the_model_was_trained_on(fewshot, query, tmp_path):
    model = write_tiny_model(tmp_path / "model", training_classes=("red",))
    command = ("evaluate", query, "--backbone", model, "--ways", 3, "--shots", 1, "--episodes", 5)
    assert_failed(fewshot(*command), 1, "--allow-seen")
    assert fewshot(*command, "--allow-seen").code == 0


def test_a_model_is_trained_and_then_classifies(fewshot, support, query, tmp_path):
    data = draw_classes(tmp_path / "data", names=[f"class {i}" for i in range(8)], shots=7)
    trained = fewshot("meta-train", "--data", data, "--backbone", "conv4", "--episodes", 3, "--out", tmp_path / "model")
    assert (trained.code, trained.out) == (0, "")
    assert f"The model is in {tmp_path / 'model'}: validation " in trained.err
    assert (tmp_path / "model" / "recipe.toml").is_file()
    assert fewshot("classify", "--support", support, "--query", query, "--backbone", tmp_path / "model").code == 0
    assert_failed(
        fewshot("meta-train", "--data", data, "--backbone", "conv4", "--out", tmp_path / "model"),
        1,
        "already holds a model",
    )


def test_models_are_listed_and_their_cards_shown(fewshot):
    listed = fewshot("models")
    assert listed.code == 0
    assert "lite0-natural" in listed.out
    assert fewshot("models", "lite0-natural").out.startswith("# lite0-natural")
    report = json.loads(fewshot("models", "--json").out)
    assert report["schema"] == 1
    assert "resnet10-natural" in [model["name"] for model in report["models"]]
    assert "card" in json.loads(fewshot("models", "lite0-natural", "--json").out)["models"][0]
    assert_failed(fewshot("models", "lite7"), 2, "There is no model 'lite7'")


def test_the_demo_is_written_and_5_shot_protonet_scores_70_to_95_percent_on_it(fewshot, tmp_path):
    done = fewshot("demo", tmp_path / "demo")
    assert (done.code, done.out) == (0, "")
    assert "fewshot-gui classify --support" in done.err
    assert_failed(fewshot("demo", tmp_path / "demo"), 1, "is not empty")
    classified = fewshot(
        "classify", "--support", tmp_path / "demo" / "support", "--query", tmp_path / "demo" / "query", "--json",
        "--method", "protonet", "--unknown", "off",
    )  # fmt: skip
    assert classified.code == 3
    summary = json.loads(classified.out)
    assert summary["unreadable"] == 1
    assert 0.70 <= summary["accuracy"] <= 0.95


@pytest.mark.parametrize(("name", "least"), [("flowers", 0.36), ("aerial-scenes", 0.55), ("sign-digits", 0.6)])
def test_real_pictures_are_classified_with_5_examples_per_class(fewshot, demo_pictures, tmp_path, name, least):
    for folder in sorted((demo_pictures / name).iterdir()):
        for part, pictures in (("support", slice(0, 5)), ("query", slice(5, 15))):
            target = tmp_path / part / folder.name
            target.mkdir(parents=True)
            for picture in sorted(folder.iterdir())[pictures]:
                shutil.copy(picture, target)
    done = fewshot("classify", "--support", tmp_path / "support", "--query", tmp_path / "query", "--json",
                   "--unknown", "off")  # fmt: skip
    assert done.code == 0
    summary = json.loads(done.out)
    assert (summary["unreadable"], summary["images"]) == (0, 10 * len(summary["classes"]))
    assert summary["accuracy"] >= least


@pytest.mark.parametrize("arguments", [(), ("open",), ("open", "somewhere")])
def test_there_is_no_window_yet(fewshot, arguments):
    assert_failed(fewshot(*arguments), 1, "This version has no window yet")


def test_a_folder_alone_means_the_window(fewshot, tmp_path):
    assert_failed(fewshot(tmp_path), 1, "This version has no window yet")


def test_the_version_is_told(fewshot):
    assert fewshot("--version").out == f"fewshot-gui {__version__}\n"


def test_a_fault_of_the_program_says_how_to_report_it(fewshot, monkeypatch):
    from fewshot_gui.cli import commands

    monkeypatch.setitem(commands.COMMANDS, "models", lambda *_: 1 / 0)
    done = fewshot("models")
    assert (done.code, done.out) == (1, "")
    assert "ZeroDivisionError" in done.err
    assert "Please report it with the lines above" in done.err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_being_stopped_has_codes_of_its_own(fewshot, monkeypatch, error, code):
    from fewshot_gui.cli import commands

    def stopped(*_):
        raise error

    monkeypatch.setitem(commands.COMMANDS, "models", stopped)
    done = fewshot("models")
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err


@pytest.fixture
def long_query(tmp_path):
    """A folder that takes long: many links to one large picture."""
    pixels = np.random.default_rng(0).integers(0, 255, (1500, 2000, 3), dtype=np.uint8)
    folder = tmp_path / "long"
    folder.mkdir()
    Image.fromarray(pixels).save(folder / "0.jpg", quality=95)
    for number in range(1, 800):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return folder


@not_windows
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_run_leaves_no_half_written_file(tiny, support, long_query, tmp_path, number, code):
    out = tmp_path / "answers.csv"
    with process("classify", "--support", support, "--query", long_query, "--backbone", tiny, "--out", out,
                 "--no-cache") as running:  # fmt: skip
        for line in running.stderr:
            if line.startswith("Classifying"):
                break
        assert list(tmp_path.glob(".answers*"))
        running.send_signal(number)
        rest = running.stderr.read()
    assert running.returncode == code
    assert rest.strip() in ("Terminated.", "Interrupted.")
    assert not list(tmp_path.glob("*answers*"))
    assert not list(tmp_path.glob(".answers*"))


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_a_training_that_is_stopped_says_how_to_go_on(fewshot, tmp_path, monkeypatch, error, code):
    from fewshot_gui.engine.meta_train.progress import Note, Saved
    from fewshot_gui.jobs import meta_train

    def run(options):
        yield Note("Reading 56 pictures.")
        yield Saved("maml", 1200)
        raise error

    monkeypatch.setattr(meta_train, "run", run)
    done = fewshot("meta-train", "--data", tmp_path, "--backbone", "conv4", "--out", tmp_path / "model")
    assert done.code == code
    assert "Saved after step 1,200 of stage maml: add --resume to go on from there." in done.err


@not_windows
def test_a_reader_that_has_seen_enough_is_no_error(tiny, support, long_query):
    for number in range(1, 800):
        (long_query / f"{number}.jpg").unlink()
        shutil.copy(support / "red" / "0.png", long_query / f"{number}.png")
    with process("classify", "--support", support, "--query", long_query, "--backbone", tiny) as running:
        assert running.stdout.readline().startswith("path,label,")
        running.stdout.close()
        said = running.stderr.read()
    assert running.returncode == 0
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_a_terminal_of_another_encoding_is_no_error(tiny, tmp_path):
    support = draw_classes(tmp_path / "support", names=("猫", "Öl"))
    query = draw_classes(tmp_path / "query", names=("猫",), seed=1)
    command = [
        sys.executable,
        "-m",
        "fewshot_gui",
        "classify",
        "--support",
        support,
        "--query",
        query,
        "--backbone",
        tiny,
    ]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}, capture_output=True
    )
    assert done.returncode == 0
    assert {row["label"] for row in rows(done.stdout.decode("utf-8"))} <= {"猫", "Öl", ""}

"""Every bad input: one sentence, and the exit code that the contract gives it."""

import json
import os
import shutil
import sys

import pytest
import torch
from PIL import ExifTags, Image

from tests.flows.helpers import assert_failed, rows
from tests.jobs.tasks import draw_classes, write_tiny_model


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


@pytest.mark.parametrize("command", ["models", "doctor", "evaluate", "classify", "classify --json"])
def test_a_closed_stdout_is_told_before_the_work(fewshot, monkeypatch, command):
    name, *option = command.split()
    needed = {"evaluate": ["no-such"], "classify": ["--support", "no-such", "--query", "no-such"]}.get(name, [])
    monkeypatch.setattr(sys, "stdout", None)
    assert_failed(fewshot(name, *needed, *option), 1, "The standard output is closed")


def test_odd_metadata_in_a_readable_picture_are_no_message(fewshot, tiny, support, query, recwarn):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (48, 48), "red").save(query / "red" / "odd.jpg", exif=exif.tobytes()[:20])
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
    assert done.code == 0
    assert not [warning for warning in recwarn if "PIL" in warning.filename]


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


def no_project(path):
    path.write_text("not a project", "utf-8")


def no_file(path):
    pass


@pytest.mark.parametrize(("make", "words"), [(no_project, "is no fewshot_gui project"), (no_file, "does not exist")])
def test_a_project_that_is_none_ends_with_1(fewshot, query, tmp_path, make, words):
    make(tmp_path / "p.fewshot")
    assert_failed(fewshot("classify", "--project", tmp_path / "p.fewshot", "--query", query), 1, words)


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


def test_more_ways_than_classes_end_with_1_and_nonsense_with_2(fewshot, tiny, query):
    assert_failed(fewshot("evaluate", query, "--backbone", tiny, "--ways", 4), 1, "ways must be at most 3, not 4")
    assert_failed(fewshot("evaluate", query, "--backbone", tiny, "--ways", 1), 2, "--ways must be at least 2 or all")

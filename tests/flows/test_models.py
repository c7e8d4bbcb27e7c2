"""Getting models by the command line: what is said, and the exit codes."""

import json
import shutil
import socket

import numpy as np
import pytest
import torch

from fewshot_gui.engine import backbones, speed
from fewshot_gui.engine.device import describe
from fewshot_gui.jobs import models
from fewshot_gui.jobs.catalogue import CATALOGUE
from tests import onnx_file
from tests.flows.helpers import assert_failed
from tests.jobs.tasks import draw_classes
from tests.jobs.test_pull import MODEL


def test_without_a_name_the_catalogue_is_listed(fewshot):
    done = fewshot("models", "pull")
    assert (done.code, done.err) == (0, "")
    for entry in CATALOGUE:
        assert f"{entry.name}  {entry.megabytes:.0f} MB, {entry.input_size}x{entry.input_size} pixels" in done.out
        assert f"Licence: {entry.licence}. {entry.terms}" in done.out
    listed = json.loads(fewshot("models", "pull", "--json").out)
    assert [entry["name"] for entry in listed["catalogue"]] == [entry.name for entry in CATALOGUE]


def test_a_pulled_backbone_is_listed_shown_and_used(fewshot, torchvision_web, support, query):
    done = fewshot("models", "pull", f"torchvision:{MODEL}", "--name", "mnas")
    assert (done.code, done.out) == (0, "")
    licence, ready = done.err.index("Licence: BSD-3-Clause"), done.err.index("mnas is ready (2 MB, in ")
    assert licence < ready
    assert "use it with --backbone mnas." in done.err
    assert "mnas  2.0 MB, torchvision, 224x224 pixels" in fewshot("models").out
    assert fewshot("models", "mnas").out.startswith("# mnas\n")
    used = fewshot("classify", "--support", support, "--query", query, "--backbone", "mnas", "--json")
    assert used.code == 0
    assert (json.loads(used.out)["backbone"], json.loads(used.out)["method"]) == ("mnas", "ridge")


def test_json_has_the_new_model(fewshot, torchvision_web):
    done = fewshot("models", "pull", f"torchvision:{MODEL}", "--json")
    (model,) = json.loads(done.out)["models"]
    assert (model["name"], model["own"]) == (MODEL, True)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"breaks_after": 0}, "broke off after 0.0 MB: do the same again"),
    ({"files": {}}, "(404): it may have moved"),
    ({"status": 500}, "answered 500"),
])  # fmt: skip
def test_what_goes_wrong_on_the_way_is_one_sentence(fewshot, torchvision_web, change, sentence):
    for name, value in change.items():
        setattr(torchvision_web, name, value)
    done = fewshot("models", "pull", f"torchvision:{MODEL}")
    assert_failed(done, 1, sentence)
    assert MODEL not in fewshot("models").out


def test_no_network_is_one_sentence(fewshot, own_data, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert_failed(fewshot("models", "pull", "resnet50"), 1, "download.pytorch.org was not found: check the connection")


def test_an_unknown_backbone_is_a_wrong_command_line(fewshot):
    assert_failed(fewshot("models", "pull", "resnet5"), 2, "Did you mean resnet50?")


def test_a_file_of_weights_becomes_a_model(fewshot, torchvision_model, own_data, tmp_path, support, query):
    torch.save(torchvision_model.state_dict(), tmp_path / "mnas.pth")
    done = fewshot("models", "add", tmp_path / "mnas.pth", "--size", 96, "--input", "imagenet")
    assert (done.code, done.out) == (0, "")
    assert "mnas is ready (2 MB, in " in done.err
    used = fewshot("classify", "--support", support, "--query", query, "--backbone", "mnas", "--json")
    assert (used.code, json.loads(used.out)["backbone"]) == (0, "mnas")
    assert_failed(fewshot("models", "add", tmp_path / "mnas.pth"), 1, "There is a model mnas already")
    assert_failed(fewshot("models", "add", tmp_path / "no.pth"), 1, "There is no file or folder")


def test_a_pickle_that_needs_code_is_one_sentence(fewshot, own_data, tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "whole.pt")
    assert_failed(fewshot("models", "add", tmp_path / "whole.pt"), 1, "would have to run code to be read, and is not")


def test_an_onnx_graph_classifies_and_is_not_trained(fewshot, own_data, tmp_path, support, query):
    weight = np.random.default_rng(0).normal(size=(16, 3, 4, 4))
    (tmp_path / "tower.onnx").write_bytes(onnx_file.backbone(weight))
    assert fewshot("models", "add", tmp_path / "tower.onnx", "--size", 64).code == 0
    classify = ("classify", "--support", support, "--query", query, "--backbone", "tower")
    assert fewshot(*classify).code == 0
    refused = fewshot(*classify, "--method", "finetune", "--json")
    assert_failed(refused, 1, "tower is a finished graph (onnx) whose numbers cannot be trained here, and finetune")
    refused = fewshot("meta-train", "--backbone", "onnx", "--data", support, "--out", tmp_path / "out")
    assert refused.code in (1, 2)
    assert "Traceback" not in refused.err


def test_models_side_by_side_are_a_model(fewshot, own_data, tmp_path, support, query):
    for name, seed in (("one", 0), ("two", 1)):
        torch.manual_seed(seed)
        torch.save(backbones.create("resnet10").state_dict(), tmp_path / f"{name}.pt")
        fewshot("models", "add", tmp_path / f"{name}.pt", "--architecture", "resnet10", "--size", 64)
    done = fewshot("models", "combine", "both", "one", "two")
    assert (done.code, done.out) == (0, "")
    assert "one and two side by side" in fewshot("models").out
    used = fewshot("classify", "--support", support, "--query", query, "--backbone", "both", "--json")
    assert (used.code, json.loads(used.out)["backbone"]) == (0, "both")
    assert_failed(fewshot("models", "combine", "more", "one", "three"), 2, "There is no model 'three'")
    assert_failed(fewshot("models", "combine", "both", "one", "two"), 1, "There is a model both already")


def test_temperatures_are_measured_on_classes_that_are_new_to_the_model(fewshot, tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "mine")
    pictures = draw_classes(tmp_path / "pictures", shots=4)
    done = fewshot("models", "calibrate", tmp_path / "mine", pictures, "--episodes", 3)
    assert (done.code, done.out) == (0, "")
    assert "ridge, measured on pictures, all," in done.err
    tables = json.loads((tmp_path / "mine" / "config.json").read_text("utf-8"))["temperatures"]
    assert set(tables) >= {"protonet", "ridge", "linear", "lda", "mahalanobis", "baseline++", "soft-kmeans"}
    again = fewshot("models", "calibrate", tmp_path / "mine", pictures, "--episodes", 3, "--methods", "lda,linear")
    assert (again.code, "ridge," in again.err, "lda," in again.err) == (0, False, True)
    wrong = fewshot("models", "calibrate", tmp_path / "mine", pictures, "--methods", "finetune")
    assert_failed(wrong, 2, "finetune takes its temperature from the method it starts with")
    assert "Temperature of ridge: " in fewshot("models", tmp_path / "mine").out
    copied = json.loads((tmp_path / "mine" / "config.json").read_text("utf-8"))
    copied["methods"] = {"ridge": {"copies": 2}}
    (tmp_path / "mine" / "config.json").write_text(json.dumps(copied), "utf-8")
    with_copies = fewshot("models", "calibrate", tmp_path / "mine", pictures, "--episodes", 3, "--methods", "ridge")
    seen = json.loads((tmp_path / "mine" / "config.json").read_text("utf-8"))
    assert (with_copies.code, seen["methods"]) == (0, {"ridge": {"copies": 2}})
    seen["training_classes"] = [folder.name for folder in pictures.iterdir()]
    (tmp_path / "mine" / "config.json").write_text(json.dumps(seen), "utf-8")
    refused = fewshot("models", "calibrate", tmp_path / "mine", pictures)
    assert_failed(refused, 1, "the program would be too sure of itself: name other classes")


def test_a_model_can_remember_its_base_classes(fewshot, tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "mine")
    pictures = draw_classes(tmp_path / "pictures", shots=4)
    done = fewshot("models", "know", tmp_path / "mine", pictures, "--per-class", 3)
    assert (done.code, done.out) == (0, "")
    assert "It remembers 9 pictures, and " in done.err
    assert (tmp_path / "mine" / "knowledge.safetensors").is_file()
    assert "Knowledge of base classes: measured on pictures, all, 3 classes" in fewshot("models", tmp_path / "mine").out
    assert fewshot("models", "know", tmp_path / "mine", pictures, "--per-class", 1).code == 2


def test_classes_of_a_pulled_backbone_are_not_measured_on(fewshot, torchvision_web, tmp_path):
    assert fewshot("models", "pull", f"torchvision:{MODEL}", "--name", "mnas").code == 0
    seen = draw_classes(tmp_path / "seen", names=("n01440764", "n01443537"), shots=3)
    measured = ("evaluate", seen, "--backbone", "mnas", "--ways", 2, "--shots", 1, "--queries", 1, "--episodes", 2)
    assert_failed(fewshot(*measured), 1, "the result would flatter it")
    assert fewshot(*measured, "--allow-seen", "--size", 32).code == 0


def test_a_models_qualities_are_told_with_gains_and_speeds_as_measured_here(fewshot, graded, tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(speed, "measured", lambda model: model.config.preprocessing.size / 10)
    before = fewshot("models", graded).out
    assert "- fast: -1.2 points (-3.0 to +3.0) against balanced, measured on coloured stripes\n" in before
    assert f"- Speed not measured yet: fewshot-gui models {graded} --speed\n" in before
    done = fewshot("models", graded, "--speed", "--device", "cpu")
    assert done.code == 0
    *_, fast, balanced, careful = done.out.splitlines()
    device = describe(torch.device("cpu"))
    assert fast == (
        "- fast: -1.2 points (-3.0 to +3.0) against balanced, measured on coloured stripes; "
        f"3.6 pictures a second without decoding ({device})"
    )
    assert balanced == f"- balanced: 3.2 pictures a second without decoding ({device})"
    assert careful.startswith("- careful: +1.5 points (")
    (model,) = json.loads(fewshot("models", graded, "--json").out)["models"]
    assert model["speeds"]["careful"] == [{"device": device, "per_second": 3.2}]
    assert model["qualities"]["fast"]["size"] == 36


def test_all_models_are_measured_where_none_is_named(fewshot, tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(speed, "measured", lambda model: 1234.0)
    listed = fewshot("models", "--speed", "--device", "cpu").out
    assert listed.count("  balanced: 1,234 pictures a second without decoding (") == len(models.shipped())

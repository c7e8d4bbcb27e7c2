"""Getting models by the command line: what is said, and the exit codes."""

import json
import socket

import pytest

from fewshot_gui.jobs.catalogue import CATALOGUE
from tests.flows.helpers import assert_failed
from tests.jobs.test_pull import MODEL, content, data, theirs, web  # noqa: F401 - fixtures


def test_without_a_name_the_catalogue_is_listed(fewshot):
    done = fewshot("models", "pull")
    assert (done.code, done.err) == (0, "")
    for entry in CATALOGUE:
        assert f"{entry.name}  {entry.megabytes:.0f} MB, {entry.input_size}x{entry.input_size} pixels" in done.out
        assert f"Licence: {entry.licence}. {entry.terms}" in done.out
    listed = json.loads(fewshot("models", "pull", "--json").out)
    assert [entry["name"] for entry in listed["catalogue"]] == [entry.name for entry in CATALOGUE]


def test_a_pulled_backbone_is_listed_shown_and_used(fewshot, web, support, query):  # noqa: F811
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


def test_json_has_the_new_model(fewshot, web):  # noqa: F811
    done = fewshot("models", "pull", f"torchvision:{MODEL}", "--json")
    (model,) = json.loads(done.out)["models"]
    assert (model["name"], model["own"]) == (MODEL, True)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"breaks_after": 0}, "broke off after 0.0 MB: do the same again"),
    ({"files": {}}, "(404): it may have moved"),
    ({"status": 500}, "answered 500"),
])  # fmt: skip
def test_what_goes_wrong_on_the_way_is_one_sentence(fewshot, web, change, sentence):  # noqa: F811
    for name, value in change.items():
        setattr(web, name, value)
    done = fewshot("models", "pull", f"torchvision:{MODEL}")
    assert_failed(done, 1, sentence)
    assert MODEL not in fewshot("models").out


def test_no_network_is_one_sentence(fewshot, data, monkeypatch):  # noqa: F811
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert_failed(fewshot("models", "pull", "resnet50"), 1, "download.pytorch.org was not found: check the connection")


def test_an_unknown_backbone_is_a_wrong_command_line(fewshot):
    assert_failed(fewshot("models", "pull", "resnet5"), 2, "Did you mean resnet50?")

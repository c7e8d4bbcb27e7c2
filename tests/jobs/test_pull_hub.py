"""Pulling from a hub on this machine: what it says of a repository, the file, and what may go wrong on the way."""

import hashlib
import json
import sys

import pytest
import timm
import torch
from safetensors.torch import save

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.initial_weights import imagenet_classes
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import catalogue, models
from fewshot_gui.jobs.catalogue import Entry
from fewshot_gui.jobs.pull import pull
from fewshot_gui.jobs.pulling import Offered
from tests import web as loopback
from tests.jobs.test_download import events_of

MODEL = "test_efficientnet.r160_in1k"  # one of timm's own for tests: 0.4 million numbers
REVISION = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """A hub with one repository."""

    def __init__(self, web, repository, files, card=None):
        self.web, self.repository = web, repository
        self.page = f"/{repository}/resolve/{REVISION}"
        for name, content in files.items():
            web.files[f"{self.page}/{name}"] = content
            web.headers[f"{self.page}/{name}"] = {"X-Repo-Commit": REVISION, "ETag": f'"{_sha256(content)}"'}
        about = {"id": repository, "modelId": repository, "sha": REVISION, "tags": [], "cardData": card or {}}
        about["siblings"] = [_sibling(name, content) for name, content in files.items()]
        web.files[f"/api/models/{repository}"] = json.dumps(about).encode()


def _sibling(name, content):
    entry = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
    if name.endswith((".safetensors", ".bin")):
        entry["lfs"] = {"sha256": _sha256(content), "size": len(content), "pointerSize": 130}
    return entry


def _headless(model):
    return {name: tensor for name, tensor in model.state_dict().items() if not name.startswith("head.")}


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def weights_of(model, **arguments):
    torch.manual_seed(0)
    made = timm.create_model(model, pretrained=False, **arguments).eval()
    return made, save({name: t.contiguous() for name, t in made.state_dict().items()})


@pytest.fixture(scope="module")
def theirs():
    return weights_of(MODEL)


@pytest.fixture
def web(monkeypatch, tmp_path):
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with loopback.serving() as web:
        monkeypatch.setenv("HF_ENDPOINT", web.address)
        yield web


@pytest.fixture
def hub(web, theirs):
    return Hub(web, f"timm/{MODEL}", {"model.safetensors": theirs[1], "README.md": b"#"}, {"license": "apache-2.0"})


def test_a_model_of_timms_becomes_a_model_folder(hub, theirs):
    events, name = events_of(pull(f"timm:{MODEL}"))
    assert name == MODEL
    model = model_folder.load(MODEL)
    pictures = torch.randint(0, 256, (2, 3, 160, 160), dtype=torch.uint8)
    with torch.no_grad():
        x = model.config.preprocessing.normalise(pictures)
        expected = theirs[0].forward_head(theirs[0].forward_features(x), pre_logits=True)
    torch.testing.assert_close(model.embed(pictures), torch.nn.functional.normalize(expected), rtol=0, atol=2e-3)
    assert (model.config.architecture, dict(model.config.architecture_options)) == ("timm", {"model": MODEL})
    assert (model.config.method, model.config.preprocessing.kernel) == ("ridge", "bicubic")
    assert model.config.training_classes == imagenet_classes()
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert offered.megabytes == pytest.approx(len(theirs[1]) / 1e6)
    card = models.named(MODEL).card
    for text in ("apache-2.0", offered.address, hashlib.sha256(theirs[1]).hexdigest(), "cut out the middle 95 %"):
        assert text in card


def test_an_entry_of_the_catalogue_has_its_name_size_and_licence(web, monkeypatch):
    made, content = weights_of("test_vit.r160_in1k")
    Hub(web, "timm/test_vit.r160_in1k", {"model.safetensors": content})
    entry = Entry("tiny-vit", "timm:test_vit.r160_in1k", 22.0, 96, "A licence", "Some terms.", "A ViT.")
    monkeypatch.setattr(catalogue, "CATALOGUE", (entry,))
    events, name = events_of(pull("tiny-vit"))
    model = model_folder.load(name)
    assert (name, model.config.preprocessing.size, model.config.description) == ("tiny-vit", 96, "A ViT.")
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert (offered.licence, offered.terms) == ("A licence", "Some terms.")
    assert model.network(torch.randn(1, 3, 96, 96)).shape == (1, 64)
    smaller = timm.create_model("test_vit", pretrained=False, num_classes=0, img_size=96).eval()
    smaller.load_state_dict(timm.models.vision_transformer.checkpoint_filter_fn(_headless(made), smaller))
    x = torch.randn(1, 3, 96, 96)
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), smaller(x), rtol=0, atol=2e-2)


def test_a_repository_is_known_by_the_config_that_timm_wrote(web):
    made, content = weights_of("test_resnet", num_classes=7)
    about = {"input_size": [3, 64, 64], "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2], "crop_pct": 1.0,
             "interpolation": "bilinear", "classifier": "fc", "tag": "mine"}  # fmt: skip
    config = {"architecture": "test_resnet", "num_classes": 7, "pretrained_cfg": about, "label_names": list("abcdefg")}
    Hub(web, "me/flowers", {"model.safetensors": content, "config.json": json.dumps(config).encode()},
        {"license": "cc-by-4.0"})  # fmt: skip
    events, name = events_of(pull("hf:me/flowers"))
    model = model_folder.load(name)
    assert (name, model.config.training_classes) == ("flowers", tuple("abcdefg"))
    assert (model.config.preprocessing.size, model.config.preprocessing.std) == (64, (0.2, 0.2, 0.2))
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert offered.licence == "cc-by-4.0"
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        expected = made.forward_head(made.forward_features(x), pre_logits=True)
        torch.testing.assert_close(model.network(x), expected, rtol=1e-2, atol=1e-2)


def test_where_nobody_states_a_licence_that_is_said(web, theirs):
    config = {"architecture": MODEL, "num_classes": 1000, "input_size": [3, 160, 160], "mean": [0.5] * 3,
              "std": [0.5] * 3, "classifier": "classifier"}  # fmt: skip
    Hub(web, "me/it", {"model.safetensors": theirs[1], "config.json": json.dumps(config).encode()})
    events, _ = events_of(pull("hf:me/it"))
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert offered.licence == "not stated"


def test_after_a_break_the_same_command_ends_it(hub):
    hub.web.breaks_after = 100_000
    with pytest.raises(UserError, match=r"model.safetensors from 127.0.0.1 broke off after 0.1 MB: do the same again"):
        events_of(pull(f"timm:{MODEL}"))
    assert models.own() == []
    hub.web.breaks_after = None
    events_of(pull(f"timm:{MODEL}"))
    assert ("GET", f"{hub.page}/model.safetensors", "bytes=100000-") in hub.web.asked


def test_another_file_than_the_hub_promised_is_deleted(hub, tmp_path):
    path = f"{hub.page}/model.safetensors"
    hub.web.files[path] = hub.web.files[path][:-1] + b"x"
    with pytest.raises(UserError, match=r"model.safetensors of 127.0.0.1 is not the file expected: its checksum"):
        events_of(pull(f"timm:{MODEL}"))
    assert models.own() == []
    assert not list((tmp_path / "cache" / "downloads").iterdir())


def test_a_repository_that_is_not_there(web):
    web.headers["/api/models/me/nothing"] = {"X-Error-Code": "RepoNotFound"}
    with pytest.raises(UserError, match="The hub has no repository me/nothing, or does not show it to everyone"):
        events_of(pull("hf:me/nothing"))


def test_a_repository_that_wants_its_licence_accepted(web):
    web.headers["/api/models/me/gated"] = {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted."}
    web.status = 403
    with pytest.raises(UserError, match=r"me/gated asks everyone to accept its licence first: do so on http.*HF_TOKEN"):
        events_of(pull("hf:me/gated"))


def test_a_hub_in_trouble(web):
    web.status = 418
    with pytest.raises(UserError, match="The hub answered 418 for me/it: try again later"):
        events_of(pull("hf:me/it"))


def test_no_network(web, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        UserError, match=r"The hub \(http://127.0.0.1:9\) could not be reached \(.*refused.*\): check the"
    ):
        events_of(pull(f"timm:{MODEL}"))


def test_a_repository_without_weights_or_of_another_kind(web):
    Hub(web, "me/text", {"config.json": b'{"architectures": ["BertModel"]}'})
    with pytest.raises(UserError, match=r"hf:me/text is not one of timm's .*: use timm's own copy"):
        events_of(pull("hf:me/text"))
    Hub(web, "me/empty", {"README.md": b"#"})
    with pytest.raises(UserError, match=r"me/empty of the hub has no config.json: choose another repository"):
        events_of(pull("hf:me/empty"))


def test_a_config_that_is_damaged_is_told(web):
    Hub(web, "me/broken", {"config.json": b'{"architecture": "res', "model.safetensors": b""})
    with pytest.raises(UserError, match=r"config.json of the repository is damaged"):
        events_of(pull("hf:me/broken"))


def test_unknown_models_are_told_before_anything_is_asked(web):
    with pytest.raises(UsageError, match="timm has no model 'resnet18x'; nearest: resnet18"):
        events_of(pull("timm:resnet18x"))
    with pytest.raises(UsageError, match=r"timm knows no weights of the hub for 'resnet10t.none'"):
        events_of(pull("timm:resnet10t.none"))
    assert web.asked == []


@pytest.mark.parametrize("package", ["huggingface_hub", "timm"])
def test_without_the_extra_it_is_named(web, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=r'is not installed: pip install "fewshot_gui\[hub\]"'):
        events_of(pull(f"timm:{MODEL}"))


@pytest.mark.parametrize("entry", [e for e in catalogue.CATALOGUE if e.kind == "timm"], ids=lambda e: e.name)
def test_what_the_catalogue_says_is_what_timm_says(entry):
    from fewshot_gui.engine import pretrained_timm

    found = pretrained_timm.by_name(entry.source.partition(":")[2], entry.input_size)
    assert found.repository == f"timm/{found.model}"
    assert found.preprocessing.size == entry.input_size
    assert found.licence.partition("-")[0] == entry.licence.lower().partition("-")[0].partition(" ")[0]
    assert bool(found.classes) == ("ImageNet" in entry.terms)

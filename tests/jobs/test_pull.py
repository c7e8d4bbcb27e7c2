"""Pulling torchvision's weights from a server on this machine into a model folder that can be used by its name."""

import hashlib

import pytest
import torch

from fewshot_gui import paths
from fewshot_gui.engine import model_folder, pretrained
from fewshot_gui.engine.initial_weights import imagenet_classes
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import catalogue, models
from fewshot_gui.jobs.download import Fetched
from fewshot_gui.jobs.pull import pull
from fewshot_gui.jobs.pulling import Offered
from tests.jobs.test_download import events_of

MODEL = "mnasnet0_5"  # 2 million numbers


def test_a_pulled_backbone_is_a_model_like_any_other(torchvision_web, torchvision_model, torchvision_file):
    _, name = events_of(pull(f"torchvision:{MODEL}"))
    assert name == MODEL
    model = model_folder.load(MODEL)
    pictures = torch.randint(0, 256, (2, 3, 224, 224), dtype=torch.uint8)
    with torch.no_grad():
        x = torchvision_model.layers(model.config.preprocessing.normalise(pictures)).mean((2, 3))
    torch.testing.assert_close(model.embed(pictures), torch.nn.functional.normalize(x), rtol=0, atol=2e-3)
    assert model.config.preprocessing.mean == (0.485, 0.456, 0.406)
    assert (model.config.method, model.config.metric, model.config.normalised) == ("ridge", "cosine", True)
    assert model.config.training_classes == imagenet_classes()
    assert model.config.accuracy == ()
    assert not model.base_mean.any()
    assert model.adaptation.block == model.network.n_blocks // 2
    assert [found.name for found in models.own()] == [MODEL]


def test_licence_and_terms_are_told_before_the_first_byte_and_stand_in_the_card(torchvision_web, torchvision_file):
    events, _ = events_of(pull(f"torchvision:{MODEL}"))
    kinds = [type(event) for event in events]
    assert kinds.index(Offered) < kinds.index(Fetched)
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert offered.licence.startswith("BSD-3-Clause")
    assert "not commercial" in offered.terms
    assert offered.megabytes == pytest.approx(9.0, abs=0.1)
    model = models.named(MODEL)
    for text in (offered.licence, offered.terms, offered.address, hashlib.sha256(torchvision_file).hexdigest()):
        assert text in model.card
    assert model.own
    assert model.terms == (f"Licence: {offered.licence}. {offered.terms}",)


def test_stopped_in_between_it_leaves_no_model(torchvision_web, own_data):
    job = pull(f"torchvision:{MODEL}")
    while not isinstance(next(job), Fetched):
        pass
    job.close()
    assert models.own() == []
    assert list((own_data / "models").glob("*")) == []


@pytest.mark.parametrize("breaks_after", [0, 100_000])
def test_after_a_break_the_same_command_ends_it(torchvision_web, breaks_after):
    torchvision_web.breaks_after = breaks_after
    with pytest.raises(UserError, match=r"broke off after 0\.[01] MB: do the same again"):
        events_of(pull(f"torchvision:{MODEL}"))
    assert models.own() == []
    torchvision_web.breaks_after = None
    assert events_of(pull(f"torchvision:{MODEL}"))[1] == MODEL


def test_a_file_that_is_not_the_weights_makes_no_model(torchvision_web, own_data):
    (path,) = torchvision_web.files
    torchvision_web.files[path] = b"<html>Please log in to the network.</html>"
    with pytest.raises(UserError, match="is not the file expected: its checksum"):
        events_of(pull(f"torchvision:{MODEL}"))
    assert models.own() == []
    assert list((paths.cache_folder() / "downloads").iterdir()) == []


def test_a_model_folder_that_cannot_be_made_is_told(torchvision_web, own_data, monkeypatch):
    own_data.mkdir()
    (own_data / "models").write_text("in the way")
    with pytest.raises(UserError, match="models/mine could not be made"):
        events_of(pull(f"torchvision:{MODEL}", "mine"))


def test_a_name_can_be_chosen_and_is_taken_once(torchvision_web):
    assert events_of(pull(f"torchvision:{MODEL}", "mine"))[1] == "mine"
    with pytest.raises(UserError, match=r"There is a model mine already, in .*: rename the file, or give another"):
        events_of(pull(f"torchvision:{MODEL}", "mine"))
    with pytest.raises(UserError, match="There is a model lite0-natural already"):
        events_of(pull(f"torchvision:{MODEL}", "lite0-natural"))


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a b", "x" * 101])
def test_a_name_that_is_none(name, own_data):
    with pytest.raises((UsageError, UserError), match=r"A model cannot be called|already"):
        events_of(pull("resnet50", name or " "))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("resnet5", r"no backbone 'resnet5' to pull. Did you mean resnet50\? Known: lite0-imagenet, "),
        ("torchvision:resnet51", "torchvision has no backbone 'resnet51' that can be used here; nearest: resnet"),
        ("torchvision:resnet50:IMAGENET1K_V3", r"no weights 'IMAGENET1K_V3' for resnet50. Did you mean IMAGENET1K_V"),
        ("web:x", "'web:x' must be a name, or imagenet:NETWORK, torchvision:MODEL"),
        ("timm:", "'timm:' must be a name, or imagenet:NETWORK, torchvision:MODEL"),
        ("hf:x", "'hf:x' must name a repository of the hub as hf:ORG/REPO"),
    ],
)
def test_a_source_that_is_not_known(source, sentence, own_data):
    with pytest.raises(UsageError, match=sentence):
        events_of(pull(source))


@pytest.mark.parametrize("entry", [e for e in catalogue.CATALOGUE if e.kind == "torchvision"], ids=lambda e: e.name)
def test_what_the_catalogue_says_is_what_torchvision_says(entry):
    _, model, weights = entry.source.split(":")
    found = pretrained.torchvision_weights(model, weights)
    assert entry.megabytes == pytest.approx(found.megabytes, rel=0.01)
    assert entry.input_size == found.preprocessing.size
    assert entry.licence == found.licence
    assert len(found.checksum) == 8
    assert int(found.checksum, 16) >= 0


def test_names_in_the_catalogue_are_single_and_no_shipped_models():
    names = [entry.name for entry in catalogue.CATALOGUE]
    assert len(set(names)) == len(names)
    assert not set(names) & {model.name for model in models.shipped()}
    for entry in catalogue.CATALOGUE:
        assert catalogue.resolve(entry.source) is entry
        assert entry.licence
        assert entry.terms
        assert entry.about

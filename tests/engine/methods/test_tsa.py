import pytest
import torch

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.methods.tsa import TaskSpecificAdapters, with_adapters
from fewshot_gui.engine.model import Adaptation
from tests.engine.factories import task, tiny_model
from tests.engine.methods.test_finetune import separation

FAST = {"steps": 3, "keep": "always"}


@pytest.fixture
def model():
    return tiny_model()


def test_only_the_middle_taps_of_convolutions_from_the_first_adapted_block_change():
    preprocessing = tiny_model().config.preprocessing
    model = tiny_model(adaptation=Adaptation(2, preprocessing))
    head = TaskSpecificAdapters(**FAST).adapt(model, task(model, [3, 3]).support)
    assert head.changed.keys() == {"blocks.2.0.weight", "blocks.3.0.weight"}
    for name, value in head.changed.items():
        change = value - model.network.get_parameter(name)
        assert change[:, :, 1, 1].abs().max() > 0
        change[:, :, 1, 1] = 0
        assert torch.equal(change, torch.zeros_like(change))


def test_depthwise_convolutions_and_norms_stay():
    copied = with_adapters(create("lite0"), 14)
    learning = {name for name, parameter in copied.named_parameters() if parameter.requires_grad}
    assert {name.rpartition(".")[0].split(".")[2] for name in learning if name.startswith("blocks")} == {
        "expand",
        "project",
    }
    assert all(name.endswith("conv.weight") for name in learning)


def test_steps_pull_pictures_to_their_own_class(model):
    some = task(model, [5, 5, 5], noise=150.0)
    few, many = (TaskSpecificAdapters(steps=steps, keep="always") for steps in (1, 100))
    heads = [method.adapt(model, some.support) for method in (few, many)]
    assert separation(heads[1], some.support) > separation(heads[0], some.support) + 0.1


def test_auto_says_what_it_found(model):
    head = TaskSpecificAdapters(steps=3).adapt(model, task(model, [4, 4]).support)
    assert "held-out examples" in head.notes[0]

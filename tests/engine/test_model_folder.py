"""Model folders: written and read back, and a sentence for each way in which one can be damaged."""

import json
import pickle
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from fewshot_gui import paths
from fewshot_gui.engine import backbones, model_card, model_folder
from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.model_folder import Learned
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.quality import Quality
from fewshot_gui.errors import UsageError, UserError

PICTURES = torch.randint(0, 256, (3, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def config():
    preprocessing = Preprocessing(32, (0.5, 0.4, 0.3), (0.2, 0.2, 0.1))
    return ModelConfig(
        architecture="resnet12",
        architecture_options={"width": 8},
        embedding_size=80,
        normalised=True,
        preprocessing=preprocessing,
        metric="cosine",
        temperature=10.0,
        method="ridge",
        methods={"ridge": {"strength": 0.5}},
        adaptation=Adaptation(2, preprocessing),
        base_mean_of="ten pictures",
        training_classes=("n01440764", "birds/blue, tit", "Käse"),
        data=({"name": "ten pictures", "terms": "ours"},),
        accuracy=({"dataset": "ten pictures", "accuracy": 0.5, "ci95": [0.4, 0.6]},),
        description="A model for tests.",
    )


@pytest.fixture
def network(config):
    torch.manual_seed(0)
    network = backbones.create(config.architecture, **config.architecture_options)
    network(torch.randn(8, 3, 32, 32))  # BatchNorm statistics other than 0 and 1
    return network.eval()


@pytest.fixture
def folder(config, network, tmp_path):
    learned = {"maml": Learned({"rates": torch.tensor([0.1, 0.2])}, max_classes=5)}
    model_folder.write(tmp_path / "mine", config, network, torch.arange(80) / 80, learned, "Trained in a test.")
    return tmp_path / "mine"


def change(path, **changes):
    """Sets keys of a JSON file; ... removes one."""
    values = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not ...}), "utf-8")


def test_what_was_written_is_read_back(folder, config, network):
    model = model_folder.load(folder)
    assert (model.name, model.folder, model.config) == ("mine", folder, config)
    assert torch.equal(model.base_mean, torch.arange(80) / 80)
    in_memory = model_folder.from_network("x", config, network)
    torch.testing.assert_close(model.embed(PICTURES), in_memory.embed(PICTURES), atol=2e-3, rtol=0)
    assert not model.network.training
    assert not any(parameter.requires_grad for parameter in model.network.parameters())


def test_reading_takes_no_notice_of_the_precision_of_weights_that_float16_holds(folder):
    model = model_folder.load(folder)
    path = folder / model_folder.WEIGHTS
    save_file({name: tensor.float() for name, tensor in load_file(path).items()}, path)
    again = model_folder.load(folder)
    assert again.weights_hash == model.weights_hash
    assert torch.equal(again.embed(PICTURES), model.embed(PICTURES))


def test_small_variances_and_the_base_mean_stay_float32_on_disk(folder, config, network):
    network.blocks[0].bn1.running_var.fill_(1e-9)
    model_folder.write(folder, config, network, torch.full((80,), 1e-9))
    model = model_folder.load(folder)
    assert torch.equal(model.network.blocks[0].bn1.running_var, torch.full((8,), 1e-9))
    assert torch.equal(model.base_mean, torch.full((80,), 1e-9))
    assert load_file(folder / model_folder.WEIGHTS)["blocks.0.conv1.weight"].dtype == torch.float16


def test_without_a_base_mean_it_is_zero(folder, config, network):
    model_folder.write(folder, config, network)
    assert not model_folder.load(folder).base_mean.any()


def test_the_hash_is_that_of_the_weights_and_not_of_the_file(folder, config, network):
    before = model_folder.load(folder).weights_hash
    assert model_folder.weights_hash(config, network) == before
    model_folder.write(folder, replace(config, description="Another text."), network, torch.zeros(80))
    assert model_folder.load(folder).weights_hash == before
    with torch.no_grad():
        network.blocks[3].conv3.weight[0, 0, 0, 0] += 0.1
    model_folder.write(folder, config, network)
    assert model_folder.load(folder).weights_hash != before


def test_a_network_in_training_is_left_as_it_is(config, network):
    network.train()
    model = model_folder.from_network("x", config, network)
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert not model.network.training


def test_the_network_of_a_model_is_channels_last(folder):
    weight = model_folder.load(folder).network.blocks[1].conv1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)


def test_to_the_device_it_is_on_is_the_model_itself(folder):
    model = model_folder.load(folder)
    assert model.to(torch.device("cpu")) is model


# What methods learned


def test_what_a_method_learned_is_read_back(folder):
    model = model_folder.load(folder)
    learned = model.learned("maml", n_way=5)
    assert list(learned) == ["rates"]
    assert torch.equal(learned["rates"], torch.tensor([0.1, 0.2]))
    assert model.learned("mann") is None
    assert model.has_learned("maml")
    assert not model.has_learned("mann")


def test_more_classes_than_were_learned_for_are_refused(folder):
    with pytest.raises(UserError, match="maml of mine takes at most 5 classes, not 6"):
        model_folder.load(folder).learned("maml", n_way=6)


def test_what_was_learned_for_other_weights_is_refused(folder, config, network, tmp_path):
    model_folder.write(tmp_path / "other", config, backbones.create("resnet12", width=8))
    (tmp_path / "other" / "methods").mkdir()
    (folder / "methods" / "maml.safetensors").rename(tmp_path / "other" / "methods" / "maml.safetensors")
    with pytest.raises(UserError, match=r"maml.safetensors was learned for other weights than other's"):
        model_folder.load(tmp_path / "other").learned("maml")


def test_writing_other_weights_removes_what_was_learned_for_the_earlier(folder, config, network):
    model_folder.write(folder, config, network)
    assert model_folder.load(folder).learned("maml") is not None
    model_folder.write(folder, config, backbones.create("resnet12", width=8))
    assert model_folder.load(folder).learned("maml") is None


def test_a_method_can_be_added_to_a_folder(folder):
    model_folder.write_learned(folder, "mann", Learned({"memory": torch.ones(2, 3)}))
    assert torch.equal(model_folder.load(folder).learned("mann", n_way=99)["memory"], torch.ones(2, 3))


# The card


def test_the_card_says_what_config_says_and_what_a_person_wrote(folder, config):
    card = (folder / "README.md").read_text("utf-8")
    for text in ("# mine", "A model for tests.", "Trained in a test.", "ten pictures", "terms: ours", "0.4 to 0.6"):
        assert text in card


def test_a_new_config_keeps_what_a_person_wrote(folder, config):
    model_folder.write_config(folder, replace(config, description="Better now.", temperature=12.0))
    card = (folder / "README.md").read_text("utf-8")
    assert card.count("Trained in a test.") == 1
    assert "Better now." in card
    assert "A model for tests." not in card
    assert "temperature 12" in card
    assert model_folder.read_config(folder).temperature == 12.0


def test_the_card_says_of_each_accuracy_how_sure_it_is(config):
    measured = (
        {"dataset": "birds", "accuracy": 0.5},
        {"accuracy": 0.5, "ci95": None},
        {"accuracy": 0.5, "ci95": [0.4, 0.6]},
    )
    lines = model_card.card("mine", replace(config, accuracy=measured), "").splitlines()
    assert "- dataset: birds; accuracy: 0.5; ci95: no interval" in lines
    assert "- accuracy: 0.5; ci95: no interval" in lines
    assert "- accuracy: 0.5; ci95: 0.4 to 0.6" in lines


def test_the_card_says_what_each_quality_is_worth(config):
    figures = {"gain": -1.25, "gain_ci95": (-2.0, -0.5), "measured_on": "birds", "relative_speed": 1.9}
    qualities = {"fast": Quality(size=24, **figures), "careful": Quality(views=("whole", "flip"))}
    lines = model_card.card("mine", replace(config, qualities=qualities), "").splitlines()
    said = "points against balanced: -1.25; their ci95: -2.0 to -0.5; measured on: birds; times as fast: 1.9"
    assert f"- quality: fast; size: 24; {said}" in lines
    assert "- quality: careful; views: whole, flip" in lines


def test_the_shipped_cards_say_what_their_configs_say():
    for name in model_folder.available():
        folder = paths.models_folder() / name
        config, card = model_folder.read_config(folder), (folder / "README.md").read_text("utf-8")
        assert card == model_card.card(name, config, model_card.text_of(card, config))


# Damage


def damaged(folder):
    with pytest.raises(UserError) as caught:
        model_folder.load(folder)
    assert caught.value.exit_code == 1
    assert str(folder) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("save", [torch.save, lambda values, path: path.write_bytes(pickle.dumps(values))])
def test_a_pickle_by_the_name_of_the_weights_is_refused(folder, network, save):
    save(dict(network.state_dict()), folder / model_folder.WEIGHTS)
    assert "is a pickle, not a safetensors file" in damaged(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "last.ckpt"])
def test_a_folder_with_only_a_pickle_is_refused_by_its_name(folder, name):
    (folder / model_folder.WEIGHTS).rename(folder / name)
    assert f"holds {name} but no model.safetensors: pickled weights can run code" in damaged(folder)


def test_missing_weights(folder):
    (folder / model_folder.WEIGHTS).unlink()
    assert "model.safetensors is missing" in damaged(folder)


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_a_file_that_is_cut_short(folder, keep):
    path = folder / model_folder.WEIGHTS
    path.write_bytes(path.read_bytes()[:keep])
    assert "is damaged or cut short" in damaged(folder)


def test_a_file_with_something_appended(folder):
    with (folder / model_folder.WEIGHTS).open("ab") as file:
        file.write(b"more")
    assert "is damaged or cut short" in damaged(folder)


def rewritten(folder, **tensors):
    """The weights with some tensors replaced; None removes one."""
    path = folder / model_folder.WEIGHTS
    values = load_file(path) | {name.replace("__", "."): tensor for name, tensor in tensors.items()}
    save_file({name: tensor for name, tensor in values.items() if tensor is not None}, path)


def test_a_missing_tensor(folder):
    rewritten(folder, blocks__2__bn2__running_var=None)
    assert "lacks the tensor blocks.2.bn2.running_var" in damaged(folder)


def test_a_tensor_too_many(folder):
    rewritten(folder, classifier=torch.zeros(3))
    assert "has the tensor classifier, which the architecture does not know" in damaged(folder)


def test_a_tensor_of_another_size(folder):
    rewritten(folder, blocks__0__conv1__weight=torch.zeros(8, 1, 3, 3))
    assert "blocks.0.conv1.weight is [8, 1, 3, 3], the architecture wants [8, 3, 3, 3]" in damaged(folder)


def test_weights_of_another_width_than_the_config_says(folder):
    change(folder / "config.json", architecture_options={"width": 16}, embedding_size=160)
    assert "the architecture wants" in damaged(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite(folder, value):
    rewritten(folder, blocks__1__bn1__bias=torch.full((20,), value))
    assert "blocks.1.bn1.bias has numbers that are not finite" in damaged(folder)


def test_weights_that_float16_cannot_hold_are_not_written(tmp_path, config, network):
    with torch.no_grad():
        network.blocks[0].conv1.weight[0] = 1e9
    with pytest.raises(UserError, match=r"was not written: blocks.0.conv1.weight has numbers that are not finite"):
        model_folder.write(tmp_path / "mine", config, network)
    assert not (tmp_path / "mine" / model_folder.WEIGHTS).exists()


def test_no_config(folder):
    (folder / "config.json").unlink()
    assert "is no model folder: it has no config.json" in damaged(folder)


def test_an_embedding_size_that_is_not_the_networks(folder):
    change(folder / "config.json", embedding_size=81)
    assert "'embedding_size' is 81, but resnet12 gives 80" in damaged(folder)


def test_an_architecture_that_is_not_known(folder):
    change(folder / "config.json", architecture="resnet11")
    assert "There is no backbone architecture 'resnet11'. Did you mean resnet1" in damaged(folder)


@pytest.mark.parametrize("options", [{"depth": 3}, {"width": "wide"}, {"width": -1}])
def test_options_that_the_architecture_does_not_take(folder, options):
    change(folder / "config.json", architecture_options=options)
    assert "architecture_options do not fit resnet12" in damaged(folder)


def test_an_adaptation_block_that_is_not_there(folder):
    config = json.loads((folder / "config.json").read_text("utf-8"))
    change(folder / "config.json", adaptation=config["adaptation"] | {"block": 4})
    assert "'adaptation.block' must lie in -1..3" in damaged(folder)


# Finding


def test_an_unknown_name_is_answered_with_the_known():
    with pytest.raises(UsageError, match=r"no model 'lite9'. Known: .*lite0-natural"):
        model_folder.load("lite9")


def test_a_path_that_is_not_there_is_no_usage_error(tmp_path):
    with pytest.raises(UserError, match=r"There is no model folder .*gone") as caught:
        model_folder.load(tmp_path / "gone")
    assert caught.value.exit_code == 1


def test_a_folder_that_cannot_be_written(folder, config, network, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(UserError, match="could not be written"):
        model_folder.write(blocked / "model", config, network)


# What is shipped


@pytest.mark.parametrize("name", model_folder.available())
def test_a_shipped_model_loads_and_embeds(name):
    model = model_folder.load(name)
    size, channels = model.config.preprocessing.size, model.config.preprocessing.channels
    embeddings = model.embed(torch.randint(0, 256, (2, channels, size, size), dtype=torch.uint8))
    assert embeddings.shape == (2, model.config.embedding_size)
    assert torch.isfinite(embeddings).all()
    assert model.config.training_classes
    assert model.config.data
    assert f"# {name}\n" in (model.folder / "README.md").read_text("utf-8")


def test_the_natural_models_are_those_that_were_measured():
    lite0, resnet10 = model_folder.load("lite0-natural"), model_folder.load("resnet10-natural")
    assert lite0.weights_hash == "eec2b79a3e7ce4cd13e0a8813586e54b"
    assert resnet10.weights_hash == "81f2ae468fb9ec51fa82c3b52c71dd5d"
    assert len(lite0.config.training_classes) == 1442
    assert len(resnet10.config.training_classes) == 140
    assert lite0.config.preprocessing.size == lite0.adaptation.preprocessing.size == 224
    assert (lite0.adaptation.learning_size, lite0.adaptation.block) == (160, 8)

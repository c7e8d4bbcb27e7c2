"""Files of weights and model folders on this computer as models of the user's own."""

import hashlib
import json
import shutil

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file
from torchvision import models as vision

from fewshot_gui import paths
from fewshot_gui.engine import model_folder
from fewshot_gui.engine.backbones import create
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import models
from fewshot_gui.jobs.add_model import AddOptions, add
from fewshot_gui.jobs.choices import method_choices
from fewshot_gui.jobs.events import Warned
from tests import onnx_file
from tests.jobs.bench_help import loaded
from tests.jobs.test_download import events_of

TORCHVISION = "mnasnet0_5"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def added(path, **options):
    """(what was told, the model)."""
    events, name = events_of(add(AddOptions(path=path, **options)))
    return [event.sentence for event in events if isinstance(event, Warned)], model_folder.load(name)


def state_of(model, **arguments):
    torch.manual_seed(0)
    return vision.get_model(model, weights=None, **arguments).state_dict()


def saved(path, state):
    if path.suffix == ".safetensors":
        save_file({name: tensor.contiguous() for name, tensor in state.items()}, path)
    else:
        torch.save(state, path)
    return path


@pytest.mark.parametrize("ending", ["pth", "pt", "safetensors"])
def test_torchvisions_weights_are_recognised_by_names_and_sizes(tmp_path, ending):
    path = saved(tmp_path / f"my flowers.{ending}", state_of(TORCHVISION, num_classes=7))
    told, model = added(path)
    assert model.name == "my-flowers"
    assert dict(model.config.architecture_options) == {"model": TORCHVISION}
    assert "It is torchvision:model=mnasnet0_5. Its input is taken to be scaled as usual for that" in told[0]
    assert model.config.preprocessing.mean == (0.485, 0.456, 0.406)
    x = torch.randn(2, 3, 64, 64)
    theirs = create("torchvision", model=TORCHVISION).eval()
    whole = vision.get_model(TORCHVISION, weights=None, num_classes=7).eval()
    whole.load_state_dict(state_of(TORCHVISION, num_classes=7))
    with torch.no_grad():
        torch.testing.assert_close(model.network(x), whole.layers(x).mean((2, 3)), rtol=1e-2, atol=1e-2)
    assert model.network.state_dict().keys() == theirs.state_dict().keys()
    card = models.named("my-flowers").card
    assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    assert "the file does not say what it was trained on" in card
    assert model.config.training_classes == ()


def test_a_mobilenet_from_tensorflow_is_used_as_it_was_trained(tmp_path):
    """The situation of weights that came by way of TFLite: halves, 1,001 classes, TensorFlow's padding, [-1, 1]."""
    state = {n: t.half() if t.is_floating_point() else t for n, t in state_of("mobilenet_v2", num_classes=1001).items()}
    path = saved(tmp_path / "mobilenet_v2_tf.pt", state)
    told, model = added(path, architecture="torchvision:mobilenet_v2:padding=tensorflow")
    assert model.config.preprocessing.mean == model.config.preprocessing.std == (0.5, 0.5, 0.5)
    reference = vision.get_model("mobilenet_v2", weights=None, num_classes=1001)
    reference.load_state_dict(state)
    for module in list(reference.modules()):
        for name, child in module.named_children():
            if isinstance(child, torch.nn.Conv2d) and child.stride == (2, 2):
                child.padding = (0, 0)
                setattr(module, name, torch.nn.Sequential(torch.nn.ZeroPad2d((0, 1, 0, 1)), child))
    x = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        expected = reference.eval().features(x).mean((2, 3))
        torch.testing.assert_close(model.network(x), expected, rtol=1e-2, atol=1e-3)
    assert "--input and --size" in told[0]


def test_ours_are_recognised_and_keep_their_base_mean(tmp_path):
    tensors = load_file(paths.models_folder() / "lite0-natural" / "model.safetensors")
    path = saved(tmp_path / "mine.safetensors", tensors)
    told, model = added(path)
    shipped = model_folder.load("lite0-natural")
    assert (model.config.architecture, told) == ("lite0", [])
    torch.testing.assert_close(model.base_mean, shipped.base_mean)
    pictures = torch.randint(0, 256, (2, 3, 224, 224), dtype=torch.uint8)
    torch.testing.assert_close(model.embed(pictures), shipped.embed(pictures))


def test_timms_weights_are_recognised_by_the_files_name_or_told(tmp_path):
    torch.manual_seed(0)
    made = timm.create_model("test_vit", num_classes=5)
    path = saved(tmp_path / "test_vit.safetensors", made.state_dict())
    _, model = added(path)
    assert (model.config.architecture, model.config.preprocessing.size) == ("timm", 160)
    path = path.rename(tmp_path / "other.safetensors")
    with pytest.raises(UserError, match=r"fits no architecture that is known here: say which with --architecture"):
        added(path)
    _, model = added(path, architecture="timm:test_vit:img_size=96")
    assert model.config.preprocessing.size == 96


def test_input_size_and_name_can_be_told(tmp_path):
    path = saved(tmp_path / "w.pth", state_of(TORCHVISION))
    told, model = added(path, name="mine", input="unit", size=96, architecture=f"torchvision:{TORCHVISION}")
    assert (model.name, told) == ("mine", [])
    shape = model.config.preprocessing
    assert (shape.size, shape.mean, shape.std) == (96, (0.0,) * 3, (1.0,) * 3)


def test_an_onnx_file_gives_embeddings(tmp_path):
    weight = np.random.default_rng(0).normal(size=(8, 3, 4, 4))
    (tmp_path / "tower.onnx").write_bytes(onnx_file.backbone(weight))
    told, model = added(tmp_path / "tower.onnx", size=96)
    assert "whose output embedding is taken for the embedding" in told[0]
    assert model.embed(torch.zeros(2, 3, 96, 96, dtype=torch.uint8)).shape == (2, 8)
    assert model.config.adaptation is None
    with pytest.raises(UserError, match="An ONNX file brings its architecture along"):
        added(tmp_path / "tower.onnx", name="again", architecture="lite0")


def test_a_model_folder_is_copied_with_what_methods_learned(tmp_path):
    folder = shutil.copytree(paths.models_folder() / "conv4-omniglot-maml", tmp_path / "mine")
    (folder / "pictures").mkdir()
    (folder / "curves.svg").write_text("<svg/>")  # the card shows it
    told, model = added(folder)
    assert (model.name, told) == ("mine", [])
    assert model.learned("maml") is not None
    assert not (model.folder / "pictures").exists()
    assert (model.folder / "curves.svg").is_file()
    assert model.weights_hash == model_folder.load("conv4-omniglot-maml").weights_hash


def test_a_damaged_model_folder_is_not_copied(tmp_path):
    folder = shutil.copytree(paths.models_folder() / "conv4-omniglot", tmp_path / "mine")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(UserError, match="is damaged or cut short"):
        added(folder)
    assert models.own() == []


def test_a_folder_as_the_hub_has_them(tmp_path):
    torch.manual_seed(0)
    folder = tmp_path / "snapshot"
    folder.mkdir()
    saved(folder / "model.safetensors", timm.create_model("test_efficientnet").state_dict())
    about = {
        "input_size": [3, 160, 160],
        "mean": [0.5] * 3,
        "std": [0.5] * 3,
        "classifier": "classifier",
        "license": "mit",
    }
    config = {"architecture": "test_efficientnet", "num_classes": 1000, "pretrained_cfg": about}
    (folder / "config.json").write_text(json.dumps(config))
    _, model = added(folder)
    assert (model.config.architecture, model.config.data[0]["licence"]) == ("timm", "mit")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"has no model.safetensors or pytorch_model.bin: copy the whole folder"):
        added(folder, name="again")


@pytest.mark.parametrize(("name", "sentence"), [
    ("missing.pth", "There is no file or folder"),
    ("notes.txt", "is no file of weights: they end in .safetensors, .pth"),
    ("empty", "is no model folder: it has no config.json"),
])  # fmt: skip
def test_what_is_none_is_told(tmp_path, name, sentence):
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=sentence):
        added(tmp_path / name)
    assert models.own() == []


@pytest.mark.parametrize(("architecture", "error", "sentence"), [
    ("resnet11", UsageError, "no backbone architecture 'resnet11'"),
    ("onnx", UsageError, "no backbone architecture 'onnx'"),
    ("torchvision:resnet51", UsageError, "torchvision has no backbone 'resnet51'"),
    ("lite0:wide", UsageError, "'wide' in --architecture must be written field=value"),
    ("lite0:wide=3", UsageError, "--architecture lite0 does not take these fields"),
    ("lite0", UserError, "does not fit: it lacks stem.conv.weight; choose the architecture it was made for"),
    ("torchvision:resnet18", UserError, "does not fit: it lacks conv1.weight"),
])  # fmt: skip
def test_an_architecture_that_does_not_fit_is_told(tmp_path, architecture, error, sentence):
    path = saved(tmp_path / "w.pth", state_of(TORCHVISION))
    with pytest.raises(error, match=sentence):
        added(path, architecture=architecture)
    assert models.own() == []


def test_an_unknown_input_is_told(tmp_path):
    path = saved(tmp_path / "w.pth", state_of(TORCHVISION))
    with pytest.raises(UsageError, match="--input must be one of imagenet, symmetric, unit, clip, not 'x'"):
        added(path, input="x")


def test_the_window_offers_no_training_of_a_graph(tmp_path):
    (tmp_path / "tower.onnx").write_bytes(onnx_file.backbone(np.ones((8, 3, 4, 4))))
    added(tmp_path / "tower.onnx", size=32)
    found = method_choices(loaded("tower"))
    assert (found.deeper, found.pictures) == (None, frozenset())
    assert found.instant == ("ridge", "lda", "protonet", "mahalanobis")
    assert "linear" in found.research
    assert method_choices(loaded("lite0-natural")).deeper in ("maml", "finetune")

"""ONNX graphs as backbones: what they give, which files can be one, and that nothing tries to train them."""

import copy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from fewshot_gui.engine import methods, model_folder, pretrained_onnx
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UserError
from tests import onnx_file
from tests.engine.factories import task, tiny_model

WEIGHT = np.random.default_rng(0).normal(size=(8, 3, 4, 4)).astype(np.float32)
FORMS = [
    {}, {"batch": 1}, {"batch": 2, "side": 32}, {"side": 32}, {"channels_last": True}, {"end": "picture"},
    {"end": "tokens"}, {"output": "image_embeds"},
]  # fmt: skip


def expected(pictures):
    return torch.conv2d(pictures, torch.from_numpy(WEIGHT), stride=4).relu().mean((2, 3))


def read(tmp_path, content, **options):
    (tmp_path / "g.onnx").write_bytes(content)
    return pretrained_onnx.read(tmp_path / "g.onnx", **options)


@pytest.fixture
def folder(tmp_path):
    network, _ = read(tmp_path, onnx_file.backbone(WEIGHT))
    config = tiny_model(
        architecture="onnx", architecture_options=network.options, embedding_size=8, method="ridge", normalised=True,
        preprocessing=Preprocessing(32, (0.5,) * 3, (0.5,) * 3),
    ).config  # fmt: skip
    model_folder.write(tmp_path / "graph", config, network)
    return tmp_path / "graph"


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_embedding_is_the_graphs(tmp_path, form):
    network, side = read(tmp_path, onnx_file.backbone(WEIGHT, **form))
    assert side == form.get("side", 224)
    pictures = torch.randn(5, 3, 32, 32)
    torch.testing.assert_close(network(pictures), expected(pictures))
    assert network.embedding_size == 8


def test_an_open_size_can_be_chosen_and_a_fixed_one_cannot(tmp_path):
    assert read(tmp_path, onnx_file.backbone(WEIGHT), size=96)[1] == 96
    assert read(tmp_path, onnx_file.backbone(WEIGHT, side=32), size=32)[1] == 32
    with pytest.raises(UserError, match=r"g.onnx wants pictures of 32 x 32 pixels: give that --size, or none"):
        read(tmp_path, onnx_file.backbone(WEIGHT, side=32), size=96)


def test_it_is_kept_in_a_model_folder_like_any_weights(folder):
    model = model_folder.load(folder)
    pictures = torch.randint(0, 256, (3, 3, 32, 32), dtype=torch.uint8)
    x = model.config.preprocessing.normalise(pictures)
    torch.testing.assert_close(model.embed(pictures), torch.nn.functional.normalize(expected(x)))
    assert model_folder.load(folder).weights_hash == model.weights_hash


def test_it_is_computed_in_several_threads_and_copied_while_open(folder):
    network = model_folder.load(folder).network
    pictures = torch.randn(4, 3, 32, 32)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(network, [pictures] * 8):
            torch.testing.assert_close(found, expected(pictures))
    torch.testing.assert_close(copy.deepcopy(network)(pictures), expected(pictures))


@pytest.mark.parametrize("method", ["ridge", "protonet", "linear"])
def test_heads_on_its_embeddings_work(folder, method):
    model = model_folder.load(folder)
    few = task(model, [3, 3])
    head = methods.create(method, model.config).adapt(model, few.support)
    assert head.logits(few.query(head)).shape == (4, 2)


@pytest.mark.parametrize("method", ["finetune", "maml"])
def test_what_trains_the_backbone_says_that_it_cannot(folder, method):
    model = model_folder.load(folder)
    sentence = (
        rf"graph is a finished graph \(onnx\) whose numbers cannot be trained here, and {method} trains them: choose"
    )
    with pytest.raises(UserError, match=sentence):
        methods.create(method, model.config).adapt(model, task(model, [3, 3]).support)


def test_a_file_that_is_no_graph(tmp_path):
    with pytest.raises(UserError, match=r"The ONNX graph could not be opened \(.*\): export it again, into one file"):
        read(tmp_path, b"no protobuf at all")
    with pytest.raises(UserError, match=r"missing.onnx could not be read: No such file"):
        pretrained_onnx.read(tmp_path / "missing.onnx")


def test_a_graph_that_wants_something_else(tmp_path):
    text = onnx_file.model(
        [onnx_file.node("Relu", ["ids"], "y")], {}, {"ids": ["n", 77]}, {"y": ["n", 77]}
    )  # fmt: skip
    with pytest.raises(UserError, match=r"wants ids tensor\(float\)\['n', 77\], and a backbone is given RGB pictures"):
        read(tmp_path, text)
    grey = onnx_file.model([onnx_file.node("Relu", ["x"], "y")], {}, {"x": ["n", 1, 8, 8]}, {"y": ["n", 1, 8, 8]})
    with pytest.raises(UserError, match=r"a backbone is given RGB pictures \[n, 3, height, width\]"):
        read(tmp_path, grey)


def test_a_graph_without_an_embedding(tmp_path):
    one = onnx_file.model(
        [onnx_file.node("ReduceMean", ["x"], "y", keepdims=0)], {}, {"x": ["n", 3, 32, 32]}, {"y": []}
    )
    with pytest.raises(UserError, match=r"gives no embedding: none of its outputs \(y\) has a row per picture"):
        read(tmp_path, one)


def test_a_size_that_the_graph_does_not_take(tmp_path):
    with pytest.raises(UserError, match=r"does not take pictures of 3 pixels \(.*\): give --size"):
        read(tmp_path, onnx_file.backbone(WEIGHT), size=2)


def test_without_onnxruntime_the_extra_is_named(folder, monkeypatch):
    model = model_folder.load(folder)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UserError, match=r'pip install "fewshot_gui\[onnx\]"'):
        model.network(torch.zeros(1, 3, 32, 32))


def test_onnxruntime_is_imported_only_when_a_graph_computes():
    code = (
        "import sys\n"
        "from fewshot_gui.engine import backbones\n"
        "backbones.create('onnx')\n"
        "assert 'onnxruntime' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

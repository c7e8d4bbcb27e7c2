import numpy as np
import pytest
import torch

from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.classifier import Classifier
from fewshot_gui.engine.features import Transform
from fewshot_gui.engine.heads import LinearHead
from fewshot_gui.engine.unknown import UnknownRule
from fewshot_gui.types import Picture, Unreadable
from tests.engine.factories import tiny_model


class Pictures:
    """Random pictures; the third is unreadable."""

    def __init__(self, n, side):
        self.pixels = np.random.default_rng(0).integers(0, 256, (n, side, side, 3), np.uint8)

    def __len__(self):
        return len(self.pixels)

    def read(self, index, at_least):
        return Unreadable("x", "is empty") if index == 2 else Picture(self.pixels[index], f"{index:032x}")


def classifier(head, model, **fields):
    nothing = {"unknown": None, "method": "", "seed": 0, "support_contents": ()}
    tensors = {"support_labels": torch.empty(0), "support_embeddings": torch.empty(0)}
    return Classifier(model=model, head=head, class_names=("a", "b"), **(nothing | tensors | fields))


@pytest.fixture
def model():
    before = torch.get_num_threads()
    yield tiny_model()
    torch.set_num_threads(before)


@pytest.fixture
def inner():
    weight = torch.randn(2, 32, generator=torch.Generator().manual_seed(0))
    return LinearHead(Transform(), weight, torch.tensor([0.1, -0.1]), 1.0)


@pytest.fixture
def adapted(model, inner):
    changed = {name: p + 0.1 * torch.randn_like(p) for name, p in model.network.parameters_from(2).items()}
    return AdaptedHead(model, changed, inner)


def test_probabilities_are_the_softmax_of_the_heads_logits(model, inner):
    rows = torch.randn(6, 32).half()
    probabilities, known = classifier(inner, model).answers(rows)
    torch.testing.assert_close(probabilities, inner.logits(rows.float()).softmax(1))
    assert known.all()


def test_the_unknown_rule_looks_at_the_embeddings(model, inner):
    rule = UnknownRule(torch.eye(2, 32), 0.9, 0.05)
    rows = torch.stack([torch.eye(32)[0], torch.ones(32)])
    _, known = classifier(inner, model, unknown=rule).answers(rows)
    assert known.tolist() == [True, False]


def test_an_adapted_backbone_gives_each_picture_its_own_features_from_several_threads(model, adapted):
    pictures = Pictures(200, 32)
    expected = adapted.features(torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2))
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    whole = classifier(adapted, model)
    assert whole.needs_pictures
    torch.set_num_threads(4)
    for chunk in whole.embed(pictures):
        if not chunk.readable:
            assert chunk.start == 2
            continue
        places = [chunk.start + place for place in chunk.readable]
        torch.testing.assert_close(chunk.rows, expected[places], rtol=1e-4, atol=1e-5)
        probabilities, _ = whole.answers(chunk.rows)
        torch.testing.assert_close(probabilities, adapted.scores(expected[places]).softmax(1), rtol=1e-4, atol=1e-5)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())

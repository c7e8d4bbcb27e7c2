import pytest
import torch

from fewshot_gui.engine import differences, model_folder
from fewshot_gui.engine.model_folder import Learned
from fewshot_gui.errors import UserError


@pytest.fixture
def own():
    draw = torch.Generator().manual_seed(0)
    return {"a.weight": torch.randn(6, 3, 3, 3, generator=draw), "b.weight": torch.randn(4, 6, generator=draw)}


def test_a_start_comes_back_within_half_a_step(own):
    draw = torch.Generator().manual_seed(1)
    start = {f"start.{name}": t + 0.01 * torch.randn(t.shape, generator=draw) for name, t in own.items()}
    other = {"start.a.bias": torch.randn(6), "rate.a": torch.tensor(0.1), "start.c.weight": torch.randn(2, 2)}
    packed = differences.packed(start | other, own)
    assert packed["start.a.weight"].dtype == packed["start.b.weight"].dtype == torch.int8
    assert all(packed[name] is tensor for name, tensor in other.items())
    found = differences.unpacked(packed, own)
    assert found.keys() == (start | other).keys()
    for name, tensor in start.items():
        rows = (tensor - own[name.removeprefix("start.")]).flatten(1).abs().amax(1)
        apart = (found[name] - tensor).flatten(1).abs().amax(1)
        assert (apart <= rows / 254 + 1e-6).all()


def test_what_does_not_differ_comes_back_as_it_is(own):
    start = {f"start.{name}": tensor for name, tensor in own.items()}
    found = differences.unpacked(differences.packed(start, own), own)
    assert all(torch.equal(found[name], tensor) for name, tensor in start.items())


@pytest.mark.parametrize("change", [{"step.a.weight": torch.ones(5)}, {"step.d.weight": torch.ones(6)}])
def test_differences_of_another_backbone_are_refused(own, change):
    packed = differences.packed({"start.a.weight": own["a.weight"] + 0.1}, own)
    with pytest.raises((KeyError, ValueError)):
        differences.unpacked(packed | change, own)


def test_a_model_folder_keeps_differences_and_says_what_is_damaged(tmp_path):
    model = model_folder.load("conv4-omniglot")
    model_folder.write(tmp_path / "mine", model.config, model.network)
    name = "blocks.3.0.weight"
    start = model.network.get_parameter(name) + 0.01
    model_folder.write_learned(tmp_path / "mine", "maml", Learned({f"start.{name}": start}))
    path = tmp_path / "mine" / "methods" / "maml.safetensors"
    assert path.stat().st_size < 1.1 * start.numel()
    found = model_folder.load(tmp_path / "mine").learned("maml")
    assert found.keys() == {f"start.{name}"}
    torch.testing.assert_close(found[f"start.{name}"], start, rtol=0, atol=1e-4)
    tensors, about = model_folder.weights.read(path)
    model_folder.weights.write(path, tensors | {f"step.{name}": torch.ones(3)}, about)
    with pytest.raises(UserError, match=r"maml.safetensors is damaged .*: meta-train maml again"):
        model_folder.load(tmp_path / "mine").learned("maml")

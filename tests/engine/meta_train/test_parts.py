import json

import numpy as np
import pytest
import torch

from fewshot_gui.engine.meta_train import draws, optimise
from fewshot_gui.engine.meta_train.checkpoint import CheckpointFolder
from fewshot_gui.engine.meta_train.ema import Average
from fewshot_gui.engine.meta_train.recipe import Stage
from fewshot_gui.engine.meta_train.schedule import cosine
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.errors import UserError


def test_the_rate_climbs_a_line_then_falls_along_a_cosine():
    shares = [cosine(step, 110, 10) for step in range(110)]
    assert shares[:10] == pytest.approx(np.arange(1, 11) / 10)
    assert shares[10] == 1
    assert shares[60] == pytest.approx(0.5)
    assert shares == sorted(shares[:10]) + sorted(shares[10:], reverse=True)
    assert 0 < shares[-1] < 0.01


def test_the_average_forgets_its_start_early_and_is_slow_later():
    layer = torch.nn.BatchNorm1d(1)
    average = Average(layer, 0.9)
    layer.weight.data.fill_(5.0)
    layer.num_batches_tracked.fill_(7)
    average.update(layer, 0)
    assert average.values["weight"].item() == pytest.approx(0.1 * 1 + 0.9 * 5)
    assert average.values["num_batches_tracked"].item() == 7
    average.update(layer, 1000)
    assert average.values["weight"].item() == pytest.approx(0.9 * 4.6 + 0.1 * 5)


def test_draws_depend_on_seed_stage_step_and_use_and_on_nothing_else():
    one = draws.numbers(1, 2, 3, "a").random(4)
    assert np.array_equal(one, draws.numbers(1, 2, 3, "a").random(4))
    for other in (draws.numbers(0, 2, 3, "a"), draws.numbers(1, 0, 3, "a"), draws.numbers(1, 2, 0, "a"),
                  draws.numbers(1, 2, 3, "b")):  # fmt: skip
        assert not np.array_equal(one, other.random(4))
    assert torch.equal(torch.rand(3, generator=draws.tensors(1, 2, 3)), torch.rand(3, generator=draws.tensors(1, 2, 3)))


def test_a_score_is_the_plain_mean_of_its_cells_and_compares_in_pairs():
    score = Score({"a, 1 shot": [0.0, 1.0], "b, 1 shot": [0.5, 0.5, 0.5]})
    assert score.mean == 0.5
    low, high = score.interval()
    assert (low + high) / 2 == pytest.approx(0.5)
    better = Score({"a, 1 shot": [0.2, 1.2], "b, 1 shot": [0.6, 0.6, 0.6]})
    assert better.gain_over(score) == pytest.approx((0.15, 0.15, 0.15))
    assert list(better.part("1 shot").cells) == list(better.cells)


def test_one_episode_tells_nothing_of_how_sure_a_score_is():
    score, better = Score({"a": [0.5], "b": [0.5, 0.6]}), Score({"a": [0.6], "b": [0.6, 0.7]})
    assert score.interval() == (0.0, 1.0)
    assert better.gain_over(score)[1:] == (-1.0, 1.0)


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_an_optimiser_goes_on_from_its_stored_state(kind):
    stage = Stage(optimiser=kind, decay=0.1, rate=0.1, steps=10)

    def trained(steps, stored_at=None):
        torch.manual_seed(0)
        modules = torch.nn.ModuleDict({"network": torch.nn.Linear(3, 2)})
        optimiser = optimise.optimiser_for(modules, stage, {})
        for step in range(steps):
            if step == stored_at:
                state = {name: value.clone() for name, value in optimise.state_of(optimiser).items()}
                optimiser = optimise.optimiser_for(modules, stage, {})
                optimise.restore_state(optimiser, state)
            optimise.set_rates(optimiser, stage, step)
            optimiser.zero_grad()
            modules["network"](torch.ones(1, 3)).square().sum().backward()
            optimiser.step()
        return modules["network"].weight

    assert torch.equal(trained(5), trained(5, stored_at=3))


def test_norms_and_biases_do_not_decay_and_modules_may_have_rates_of_their_own():
    modules = torch.nn.ModuleDict({"network": torch.nn.Linear(3, 2), "classifiers": torch.nn.Linear(2, 2)})
    groups = optimise.optimiser_for(modules, Stage(decay=0.1, rate=0.5), {"classifiers": 0.9}).param_groups
    found = {(group["lr"], group["weight_decay"]): sum(p.numel() for p in group["params"]) for group in groups}
    assert found == {(0.5, 0.1): 6, (0.5, 0.0): 2, (0.9, 0.1): 4, (0.9, 0.0): 2}


def test_a_checkpoint_is_the_last_whole_one(tmp_path):
    folder = CheckpointFolder(tmp_path / "checkpoint")
    assert not folder.exists
    for number in range(3):
        folder.save(number, {"step": number}, {"w": torch.full((2,), float(number))})
    (folder.path / "tensors-3.safetensors.part").write_bytes(b"half of the next one")
    values, tensors = folder.load(torch.device("cpu"))
    assert values["step"] == 2
    assert tensors["w"].tolist() == [2.0, 2.0]
    assert sorted(p.name for p in folder.path.glob("*.safetensors")) == ["tensors-2.safetensors"]
    folder.remove()
    assert not folder.path.exists()


@pytest.mark.parametrize("damage", ["tensors", "json", "format"])
def test_a_damaged_checkpoint_gets_a_sentence(tmp_path, damage):
    folder = CheckpointFolder(tmp_path)
    folder.save(0, {}, {"w": torch.zeros(1)})
    file = tmp_path / "checkpoint.json"
    if damage == "tensors":
        (tmp_path / "tensors-0.safetensors").write_bytes(b"not safetensors")
    elif damage == "json":
        file.write_text("{")
    else:
        file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    with pytest.raises(UserError, match="without --resume"):
        folder.load(torch.device("cpu"))


def test_a_checkpoint_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written to"):
        CheckpointFolder(tmp_path / "file" / "checkpoint").save(0, {}, {})

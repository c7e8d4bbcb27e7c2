"""The optimiser of a stage, its rate at a step, and its state as plain tensors (no pickle)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from fewshot_gui.engine.meta_train.recipe import Stage
from fewshot_gui.engine.meta_train.schedule import cosine


def optimiser_for(modules: nn.ModuleDict, stage: Stage, extra_rates: Mapping[str, float]) -> torch.optim.Optimizer:
    """The stage's optimiser; each group knows its highest rate. Norms, biases and single numbers have no decay."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in modules.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = extra_rates.get(name.split(".")[0], stage.rate)
        decay = stage.decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    settings = [{"params": ps, "lr": r, "highest": r, "weight_decay": d} for (r, d), ps in groups.items()]
    if stage.optimiser == "sgd":
        return torch.optim.SGD(settings, momentum=0.9, nesterov=True)
    return torch.optim.Adam(settings)


def set_rates(optimiser: torch.optim.Optimizer, stage: Stage, step: int) -> None:
    """Put every group at its rate for a step."""
    share = cosine(step, stage.steps, stage.warmup)
    for group in optimiser.param_groups:
        group["lr"] = group["highest"] * share


def state_of(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimiser's state by `index.name`, e.g. "3.exp_avg"."""
    states = optimiser.state_dict()["state"]
    return {
        f"{index}.{key}": value for index, state in states.items() for key, value in state.items() if value is not None
    }


def restore_state(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Continue from what `state_of` gave."""
    states: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, _, key = name.partition(".")
        states.setdefault(int(index), {})[key] = value
    optimiser.load_state_dict({"state": states, "param_groups": optimiser.state_dict()["param_groups"]})

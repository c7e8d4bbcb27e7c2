"""What a stage of a training is to the loop: modules to train, a loss for each step, a look at validation classes."""

from __future__ import annotations

import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from fewshot_gui.engine import methods
from fewshot_gui.engine.augment import augment, resize
from fewshot_gui.engine.folding import folded
from fewshot_gui.engine.meta_train.common_norm import common_statistics
from fewshot_gui.engine.meta_train.data import Pictures
from fewshot_gui.engine.meta_train.draws import tensors
from fewshot_gui.engine.meta_train.processes import ALONE, Processes
from fewshot_gui.engine.meta_train.recipe import Precision, Recipe, Stage
from fewshot_gui.engine.meta_train.result import Inherited, config_of
from fewshot_gui.engine.meta_train.score import Score
from fewshot_gui.engine.meta_train.space import Space, mean_embedding
from fewshot_gui.engine.meta_train.validation import Validator, batch_size, embed_all, method_answer
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.model_folder import from_network
from fewshot_gui.engine.network import Network

BASE_PICTURES = 2000  # enough for a mean embedding


@dataclass(frozen=True, eq=False)
class Scene:
    """What all stages of one training share. validation: pictures at the model's size. teachers: by name, as stages
    name them.
    """

    recipe: Recipe
    training: Pictures
    validation: Pictures
    validator: Validator
    device: torch.device
    inherited: Inherited = field(default_factory=Inherited)
    processes: Processes = ALONE
    teachers: Mapping[str, Model] = field(default_factory=dict)

    def on_device(self) -> Scene:
        """The same with the pictures on a GPU, where they are asked for at every step."""
        if self.device.type == "cpu":
            return self
        return replace(self, training=self.training.to(self.device), validation=self.validation.to(self.device))

    def config(self, network: Network) -> ModelConfig:
        """The config of a network in training."""
        return config_of(self.recipe, network, self.inherited)

    def base_mean(self, network: Network) -> Tensor:
        """[D] the base mean of a network as it is now, over evenly spread training pictures; zeros if Euclidean."""
        if self.recipe.metric == "euclidean":
            return torch.zeros(network.embedding_size, device=self.device)
        with evaluating(network):
            embeddings = embed_all(network, self.normalise, self.base_pictures)
        return mean_embedding(embeddings, self.recipe.normalised)

    def space(self, network: Network) -> Space:
        """The space of a network as it is now."""
        return Space(self.recipe.metric, self.recipe.normalised, self.base_mean(network))

    @cached_property
    def base_pictures(self) -> Pictures:
        """Up to 2,000 training pictures, evenly spread, at the model's size."""
        n = len(self.training)
        rows = torch.linspace(0, n - 1, min(n, BASE_PICTURES)).round().long()
        chosen = self.training.tensor[rows.to(self.training.tensor.device)]
        return replace(self.training, tensor=resize(chosen, self.recipe.preprocessing.size).to(self.device))

    def normalise(self, pictures: Tensor) -> Tensor:
        """uint8 or float 0-255 pictures [n, C, S, S] -> the network's input on the device."""
        return self.recipe.preprocessing.normalise(pictures.to(self.device))


class StageRun(ABC):
    """A stage at work. `modules` holds everything that is trained; its "network" is the backbone."""

    def __init__(self, scene: Scene, stage: Stage, number: int, network: Network) -> None:
        """number: the stage's place in the recipe. network: with the weights that the stage starts from."""
        self.scene, self.stage, self.number, self.network = scene, stage, number, network
        self.modules = nn.ModuleDict({"network": network})
        self.precision: str = stage.precision
        freeze_below(network, stage.from_block)

    def prepare(self) -> None:
        """Set what depends on the data at a fresh start (not when resumed)."""
        return

    def choose_precision(self) -> str:
        """float32 or bfloat16: as the recipe says, or for "auto" whichever takes less time for a step here."""
        if self.stage.precision != "auto":
            return self.stage.precision
        return min(("float32", "bfloat16"), key=self._seconds_per_step)

    def _seconds_per_step(self, precision: Precision) -> float:
        """Median of three steps' losses and gradients after one to warm up; the modules are left as they were."""
        self.precision = precision
        before = {name: value.clone() for name, value in self.modules.state_dict().items()}
        self.train_mode()
        seconds = [self._timed_gradients(step) for step in range(4)]
        self.modules.load_state_dict(before)
        self.modules.zero_grad(set_to_none=True)
        return sorted(seconds[1:])[1]

    def _timed_gradients(self, step: int) -> float:
        began = time.perf_counter()
        self.joint_gradients(step)
        return time.perf_counter() - began

    @property
    def learns(self) -> str:
        """The method whose own tensors the stage makes ("": none)."""
        return ""

    @property
    @abstractmethod
    def pictures_per_step(self) -> int:
        """How many pictures a step looks at."""

    @abstractmethod
    def loss(self, step: int) -> Tensor:
        """This process's part of a step's loss: a pure function of the modules and the step's number (from 0).

        All processes' parts add up to the loss, however many there are.
        """

    def joint_gradients(self, step: int) -> float:
        """The loss of a step, after adding its gradients to the parameters, in all processes the same ones."""
        processes = self.scene.processes
        with common_statistics(self.modules, processes):
            loss = self.gradients(step)
        return processes.sum_gradients(self.modules.parameters(), loss)

    def gradients(self, step: int) -> float:
        """This process's part of a step's loss, after adding that part's gradients to the modules' parameters."""
        loss = self.loss(step)
        loss.backward()
        return loss.item()

    def extra_rates(self) -> dict[str, float]:
        """Highest learning rates of modules that have their own: module name -> rate."""
        return {}

    def score(self, values: Mapping[str, Tensor]) -> Score:
        """The validation score of stored values of `modules`: the model as it would be written, by its method."""
        network = self.network_with(values)
        model = from_network(self.scene.recipe.name, self.scene.config(network), network, self.scene.base_mean(network))
        embeddings = model.finish(embed_all(model.fast, self.scene.normalise, self.scene.validation))
        name = self.scene.validator.recipe.method
        method = methods.create("protonet" if name == "maml" else name, model.config)  # maml's stage scores by itself
        return self.scene.validator.score(method_answer(model, method, embeddings))

    def kept(self, values: Mapping[str, Tensor]) -> dict[str, Any]:
        """JSON values that go into the model's config with these values, e.g. a learned temperature."""
        return {}

    def baseline(self) -> Score | None:
        """What this stage must not fall behind to be kept; None: what was kept before, by more than its interval."""
        return None

    def learned(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What goes into methods/METHOD.safetensors, METHOD being `learns`."""
        return {}

    def network_with(self, values: Mapping[str, Tensor]) -> Network:
        """A copy of the network with stored values, in eval mode."""
        network = copy.deepcopy(self.network)
        network.load_state_dict(network_values(values))
        return network.eval().requires_grad_(False)

    def train_mode(self) -> None:
        """Put the network into training mode, but for the BatchNorm statistics that are frozen."""
        self.modules.train()
        for name, module in self.network.named_modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm) and self._keeps_statistics(name):
                module.eval()

    def _keeps_statistics(self, norm: str) -> bool:
        """Whether a BatchNorm, by its name in the network, keeps its running statistics."""
        return self.stage.statistics == "frozen" or self.network.block_of(f"{norm}.weight") < self.stage.from_block

    def batch(self, rows: Tensor, step: int, what: str = "", own: slice = slice(None)) -> Tensor:
        """Training pictures by row, augmented and normalised: [n, C, S, S] float32 on the device; `own` of them."""
        pictures = self.scene.training.tensor[rows[own].to(self.scene.training.tensor.device)]
        size = self.stage.size or self.scene.recipe.preprocessing.size
        draw = tensors(self.scene.recipe.seed, self.number, step, what)
        padding = self.scene.recipe.preprocessing.padding
        return self.scene.normalise(augment(pictures, self.stage.augmentation, size, draw, padding, (len(rows), own)))

    def embed(self, x: Tensor) -> Tensor:
        """[n, D] float32 with gradients; blocks below the first that is trained without."""
        return self.embed_from(self.features_below(x))

    def features_below(self, x: Tensor) -> Tensor:
        """What the first block that is trained is given, without gradients: x itself if that is the whole network."""
        if self.first_block is None:
            return x
        with torch.no_grad(), self.autocast():
            return torch.cat([self._frozen(part, stop=self.first_block) for part in x.split(batch_size(x))])

    def embed_from(self, features: Tensor) -> Tensor:
        """[n, D] float32 with gradients, from what `features_below` gave."""
        with self.autocast():
            return self.network(features, start=self.first_block).float()

    @property
    def first_block(self) -> int | None:
        """The first block that is trained, where the network is entered after `features_below`; None: at its input."""
        return None if self.stage.from_block < 0 else self.stage.from_block

    @cached_property
    def _frozen(self) -> Network:
        """The network for what no step changes, the blocks below the first that is trained."""
        preprocessing = self.scene.recipe.preprocessing
        return folded(self.network_with(self.modules.state_dict()), preprocessing.channels, preprocessing.size)

    def autocast(self) -> AbstractContextManager[Any]:
        """The context in which the network computes, as `precision` says."""
        return torch.autocast(self.scene.device.type, torch.bfloat16, enabled=self.precision == "bfloat16")


def network_values(values: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The network's part of stored values of `modules`."""
    return {name.removeprefix("network."): v for name, v in values.items() if name.startswith("network.")}


def freeze_below(network: Network, block: int) -> None:
    """Let only parameters of a block and those above it have gradients."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(network.block_of(name) >= block)


class evaluating:
    """Context: a network in eval mode without gradients, afterwards as it was."""

    def __init__(self, network: nn.Module) -> None:
        self._network, self._modes = network, {m: m.training for m in network.modules()}

    def __enter__(self) -> None:
        self._network.eval()

    def __exit__(self, *_: object) -> None:
        for module, mode in self._modes.items():
            module.training = mode

"""What a model remembers of its base classes, those it was trained on: how pictures of one class differ from each
other, and where pictures of many classes lie. `knowledge.safetensors` of a model folder, made by `models know`.

All of it is in the space of `unknown.space`: embeddings less the base mean, of length 1. How pictures of a class
differ is kept as a covariance: a variance for each of a few hundred directions, and one for all directions beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fewshot_gui.engine import weights
from fewshot_gui.engine.features import class_means
from fewshot_gui.engine.method import option
from fewshot_gui.errors import UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

FILE = "knowledge.safetensors"
RANK, EXAMPLES = 256, 1000
_NEAR = 64  # directions in which nearness is measured
_LEAST = 1e-3  # a direction's variance, as a share of the mean of all, is taken to be no less


@dataclass(frozen=True, eq=False)
class Covariance:
    """A symmetric [D, D] matrix of low rank and a diagonal; float64, on the CPU.

    directions: [D, r] orthonormal columns; variances: [r] along them; rest: along every other direction.
    """

    directions: Tensor
    variances: Tensor
    rest: float

    @classmethod
    def even(cls, size: int) -> Covariance:
        """The identity."""
        return cls(torch.zeros(size, 0, dtype=torch.float64), torch.zeros(0, dtype=torch.float64), 1.0)

    @property
    def dense(self) -> Tensor:
        """[D, D]."""
        return self.times(torch.eye(len(self.directions), dtype=torch.float64))

    def blended(self, share: float) -> Covariance:
        """The share of this, and the rest of the identity."""
        even = 1 - share
        return Covariance(self.directions, share * self.variances + even, share * self.rest + even)

    def times(self, rows: Tensor, power: float = 1.0) -> Tensor:
        """rows [m, D] times this matrix to a power; -1 is its inverse, -0.5 whitens."""
        rest = self.rest**power
        if not len(self.variances):
            return rest * rows
        return rest * rows + (rows @ self.directions * (self.variances**power - rest)) @ self.directions.T

    def solved(self, right: Tensor, share: float, rows: Tensor) -> Tensor:
        """[m, D] right (rows' rows + share * this)^-1, by the smaller of the two systems; right [m, D], rows [n, D]."""
        if len(rows) > rows.shape[1]:
            matrix = rows.T @ rows + share * self.dense
            return torch.cholesky_solve(right.T, torch.linalg.cholesky(matrix)).T
        plain, across = self.times(right, -1) / share, self.times(rows, -1) / share
        inner = rows @ across.T
        inner.diagonal().add_(1)
        return plain - torch.cholesky_solve(rows @ plain.T, torch.linalg.cholesky(inner)).T @ across


@dataclass(frozen=True, eq=False)
class Knowledge:
    """See the head of this file; float32, on the CPU.

    directions: [D, r] orthonormal columns, along which within-class differences are uncorrelated; variances: [r] of
    these; rest: their mean variance along all other directions. examples: [m, r] base pictures, in the directions.
    """

    directions: Tensor
    variances: Tensor
    rest: float
    examples: Tensor

    @cached_property
    def covariance(self) -> Covariance:
        """How pictures of one class differ, with a mean variance of 1."""
        directions, variances = self.directions.double(), self.variances.double()
        gram = directions.T @ directions  # on disk they are rounded; one step of Newton's makes them orthonormal again
        directions = directions @ (1.5 * torch.eye(len(gram), dtype=gram.dtype) - 0.5 * gram)
        size, rank = directions.shape
        mean = (float(variances.sum()) + (size - rank) * self.rest) / size
        least = _LEAST * mean
        return Covariance(directions, variances.clamp_min(least) / mean, max(self.rest, least) / mean)

    @property
    def share(self) -> float:
        """How much of the variance within classes lies along the directions, 0-1."""
        along, size = float(self.variances.sum()), len(self.directions)
        return along / (along + (size - len(self.variances)) * self.rest)

    @cached_property
    def digest(self) -> str:
        """32 hex digits that change with anything in it."""
        tensors = {"directions": self.directions, "variances": self.variances, "examples": self.examples}
        return weights.hash_tensors(tensors, repr(self.rest))

    def nearness(self, features: Tensor, count: int) -> Tensor:
        """[m] the mean of the `count` largest dot products of features [m, D] with base pictures, in a few directions.

        Of 256 directions the main 64 do: unknown pictures are told as well, and ten thousand asked in a third the time.
        """
        directions, examples = (part.to(features.device) for part in self._main)
        return (features @ directions @ examples).topk(min(count, examples.shape[1]), dim=1).values.mean(1)

    @cached_property
    def _main(self) -> tuple[Tensor, Tensor]:
        """([D, r], [r, m]) the directions and base pictures that `nearness` goes by."""
        return self.directions[:, :_NEAR].contiguous(), self.examples[:, :_NEAR].T.contiguous()


def fit(features: Tensor, labels: Tensor, *, rank: int = RANK, examples: int = EXAMPLES, seed: int = 0) -> Knowledge:
    """The knowledge from base pictures' features [n, D] and labels [n] in 0..C-1, every class at least once.

    The directions are the main ones of all pictures, turned so that differences within a class are uncorrelated. The
    examples are drawn as evenly from the classes as can be. UserError if no class has two pictures.
    """
    x, of_class = features.cpu().double(), labels.cpu()
    n_classes = int(of_class.max()) + 1
    apart, degrees = x - class_means(x, of_class, n_classes)[of_class], len(x) - n_classes
    if degrees < 1:
        raise UserError("No class has two pictures, so nothing shows how pictures of a class differ; name more data.")
    main = _main_directions(x, min(rank, x.shape[1]))
    variances, turn = torch.linalg.eigh((apart @ main).T @ (apart @ main) / degrees)
    directions = _signed(main @ turn.flip(1))
    others = x.shape[1] - directions.shape[1]
    rest = (float(apart.square().sum()) / degrees - float(variances.sum())) / others if others else 0.0
    drawn = _drawn(of_class, n_classes, examples, seed)
    return Knowledge(
        directions.float(), variances.flip(0).clamp_min(0).float(), max(rest, 0.0), (x[drawn] @ directions).float()
    )


def write(folder: Path, knowledge: Knowledge, backbone: str) -> None:
    """Writes knowledge.safetensors, large tensors as float16. backbone: the hash of the weights it belongs to."""
    tensors = {"directions": knowledge.directions.half(), "examples": knowledge.examples.half()}
    tensors |= {"variances": knowledge.variances, "rest": torch.tensor([knowledge.rest])}
    weights.write(folder / FILE, tensors, {"backbone": backbone})


def read(folder: Path, size: int, backbone: str) -> Knowledge | None:
    """The knowledge in a model folder, None if it has none. size: D.

    UserError if the file is damaged, of another size or of other weights than those of the hash `backbone`.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    tensors, about = weights.read(path)
    if about.get("backbone") != backbone:
        raise UserError(
            f"{path} was made for other weights than those beside it: make it again with `fewshot-gui models know`, "
            "or copy the whole model folder again."
        )
    _check(path, tensors, size)
    return Knowledge(tensors["directions"], tensors["variances"], float(tensors["rest"]), tensors["examples"])


def remove_stale(folder: Path, backbone: str) -> None:
    """Removes the file of a model folder whose weights are others now."""
    path = folder / FILE
    if path.is_file() and weights.read(path)[1].get("backbone") != backbone:
        path.unlink()


def prior_option() -> Any:
    """The field `prior` of a method that can use the base classes' covariance.

    Taken alone it whitens away what classes differ by, too: within nine sources of photos-128's validation classes
    (lite0-natural) 1 took 6.6 points from lda at 1 shot, 2.1 at 2 and 0.6 at 5. A share of 0.1 gains, over 360 paired
    episodes: lda 0.2 (-0.1 to 0.6), 0.5 (0.2 to 0.7) and 0.1 (-0.1 to 0.3), mahalanobis 0.9, 0.5 and 0.4.
    """
    help = "How far classes are taken to spread as those the model was trained on, where it knows that; 0: evenly."
    return option(0.1, "Prior", help, least=0.0, most=1.0)


def prior_of(model: Model, share: float) -> Covariance:
    """The identity, and in it that share, 0-1, of the base classes' covariance where the model knows it."""
    known = model.knowledge if share else None
    even = Covariance.even(model.config.embedding_size)
    return even if known is None else known.covariance.blended(share)


def _main_directions(x: Tensor, rank: int) -> Tensor:
    """[D, rank] the directions along which the rows of x differ most."""
    centred = x - x.mean(0)
    _, vectors = torch.linalg.eigh(centred.T @ centred)
    return vectors[:, -rank:]


def _signed(columns: Tensor) -> Tensor:
    """The columns with the sign by which their largest number is positive: eigenvectors have none of their own."""
    largest = columns.abs().argmax(0)
    return columns * columns[largest, torch.arange(columns.shape[1])].sign()


def _drawn(of_class: Tensor, n_classes: int, count: int, seed: int) -> Tensor:
    """Indices of `count` pictures (or all): a first one of every class, then a second, and so on."""
    order = torch.randperm(len(of_class), generator=torch.Generator().manual_seed(seed))
    by_class = order[of_class[order].argsort(stable=True)]
    starts = torch.cumsum(torch.bincount(of_class, minlength=n_classes), 0) - torch.bincount(of_class)
    place = torch.empty_like(by_class)
    place[by_class] = torch.arange(len(by_class)) - starts[of_class[by_class]]
    return order[place[order].argsort(stable=True)][:count].sort().values


def _check(path: Path, tensors: dict[str, Tensor], size: int) -> None:
    rank = tensors["variances"].numel() if "variances" in tensors else 0
    rows = len(tensors["examples"]) if "examples" in tensors else 0
    wanted = {"directions": (size, rank), "variances": (rank,), "rest": (1,), "examples": (rows, rank)}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if found != wanted or not rank or not rows or bool((tensors["variances"] < 0).any()) or float(tensors["rest"]) < 0:
        raise UserError(f"{path} is damaged or of another model: make it again with `fewshot-gui models know`.")

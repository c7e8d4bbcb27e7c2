"""What a few-shot method is: adapt(model, support) -> Head. Adapting is costly once, asking a head is cheap often."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import torch
from torch import Tensor

from fewshot_gui.errors import UsageError, UserError

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model

Needs = Literal["embeddings", "pictures"]
Start = Literal["", "own", "maml", "plain"]  # where a gradient method's weights begin; "": it has no steps to begin
Keep = Literal["auto", "lenient", "always"]  # when an adapted backbone is used: see keep_option
Progress = Callable[[float, str], None]  # share done 0-1, what is being done; may raise to cancel


def no_progress(share: float, what: str) -> None:
    """The default Progress: tells nobody."""


@dataclass(frozen=True, eq=False)
class Support:
    """The support set as tensors, on the model's device.

    labels: [n] int64 in 0..n_way-1, every class at least once, in any order and number.
    embeddings: [n, D] float32, the frozen model's (Model.embed).
    pictures: [n, C, S, S] uint8 at `model.adaptation_preprocessing`'s size; None unless the method needs them.
    groups: [n] int64, near-duplicates share a number, so that held-out pictures have no copy in the rest.
    copies: [n, k, D] float32, embeddings of changed copies of each picture (engine.copies); None: there are none.
    """

    labels: Tensor
    n_way: int
    embeddings: Tensor
    pictures: Tensor | None = None
    groups: Tensor | None = None
    copies: Tensor | None = None

    def __post_init__(self) -> None:
        if not torch.isfinite(self.embeddings).all():
            raise UserError("The support's embeddings are not finite: the model's weights are damaged; use another.")
        if self.copies is not None and (self.copies.dim() != 3 or len(self.copies) != len(self.labels)):
            raise ValueError(f"copies must be [{len(self.labels)}, k, D], not {list(self.copies.shape)}")
        counts = torch.bincount(self.labels, minlength=self.n_way)
        if len(counts) != self.n_way or (counts == 0).any():
            raise ValueError(f"labels must cover 0..{self.n_way - 1}, each at least once; counts are {counts.tolist()}")

    @property
    def shots(self) -> Tensor:
        """[n_way] int64: pictures per class."""
        return torch.bincount(self.labels, minlength=self.n_way)

    def subset(self, keep: Tensor) -> Support:
        """The support pictures where keep ([n] bool or indices), and their copies; every class must stay."""
        return replace(
            self,
            labels=self.labels[keep],
            embeddings=self.embeddings[keep],
            pictures=None if self.pictures is None else self.pictures[keep],
            groups=None if self.groups is None else self.groups[keep],
            copies=None if self.copies is None else self.copies[keep],
        )


def scenes_of(labels: Tensor, groups: Tensor, n_way: int) -> Tensor:
    """[n] the groups of near-duplicates, but that each picture of a class which is one group stands for itself.

    Such a class is alike by nature, as pictures of faultless parts are, and so will its next picture be.
    """
    groups_in = torch.bincount(torch.unique(torch.stack([labels, groups], 1), dim=0)[:, 0], minlength=n_way)
    own = groups.max() + 1 + torch.arange(len(labels), device=labels.device)
    return torch.where(groups_in[labels] == 1, own, groups)


class Head(ABC):
    """An adapted classifier: immutable, deterministic, and (unless transductive) each answer stands alone.

    `needs` says what a query is: "embeddings" [m, D] float32 of the frozen model, or "pictures" [m, C, S, S]
    uint8 at the adaptation's size, when the backbone itself was adapted.
    """

    kind: ClassVar[str]  # the name under which heads are stored
    needs: Needs

    @abstractmethod
    def features(self, query: Tensor) -> Tensor:
        """[m, F] float32: where the query lies in the space this head compares in (L2-normalised if cosine)."""

    @abstractmethod
    def scores(self, features: Tensor) -> Tensor:
        """features [m, F] -> logits [m, n_way] float32; softmax over them gives the probabilities."""

    def logits(self, query: Tensor) -> Tensor:
        """query (see `needs`) -> [m, n_way] float32: the scores of the features, but for rounding."""
        return self.scores(self.features(query))

    @abstractmethod
    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors, JSON values) from which `heads.restore` makes the same head again."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user about how this head came about, e.g. why the frozen head was kept."""
        return ()


@dataclass(frozen=True)
class Method(ABC):
    """Base of all methods: a frozen dataclass whose fields (made by `option`) are its hyper-parameters."""

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]  # authors, year, title: where the rule comes from
    needs: ClassVar[Needs]
    least_shots: ClassVar[int] = 1

    @property
    def transductive(self) -> bool:
        """True if answers depend on the unlabelled pool given to `adapt`; so they do if centred on the folder."""
        return self._centred_on_folder

    @property
    def meanwhile(self) -> Method:
        """What answers like this one as long as the pool is not there: itself, centred on the support."""
        return replace(self, centre="support") if self._centred_on_folder else self

    @property
    def _centred_on_folder(self) -> bool:
        return getattr(self, "centre", "") == "folder"

    @property
    def copies_wanted(self) -> int:
        """How many copies of each support picture `adapt` uses, as far as the support has them: the field `copies` of
        a method with a head on embeddings (engine.copies).
        """
        return int(getattr(self, "copies", 0)) if self.needs == "embeddings" else 0

    def start_of(self, model: Model) -> Start:
        """What gradient steps begin from with this model: a start meta-trained for the method, that for maml, or the
        backbone's plain weights; "" if the method takes no such steps.
        """
        return ""

    @abstractmethod
    def adapt(
        self,
        model: Model,
        support: Support,
        *,
        pool: Tensor | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> Head:
        """A head for this support set; leaves the model as it was. pool: [p, D] embeddings of unlabelled pictures."""

    def with_options(self, options: Mapping[str, str | float | int | bool]) -> Method:
        """A copy with fields changed; values may be text from a command line. UsageError names a wrong field."""
        known = {f.name: f for f in fields(self)}
        values: dict[str, Any] = {}
        for key, value in options.items():
            if key not in known:
                raise UsageError(f"Method {self.name} has no field {key!r}; it has: {', '.join(known) or 'none'}.")
            values[key] = _converted(self.name, known[key], value)
        return replace(self, **values)


def option(
    default: Any,
    label: str,
    help: str,
    *,
    least: float | None = None,
    most: float | None = None,
    choices: Iterable[str] = (),
) -> Any:
    """A dataclass field that is a hyper-parameter: from it the window's form and the command line's fields are made."""
    about = {"label": label, "help": help, "least": least, "most": most, "choices": tuple(choices)}
    return field(default=default, metadata=about)


def temperature_option() -> Any:
    """The field `temperature` of a method with a head on embeddings; 0 stands for Model.temperature."""
    help = "Higher makes probabilities more extreme; labels stay; 0: as measured."
    return option(0.0, "Temperature", help, least=0.0, most=1000.0)


def centre_option(*choices: str, what: str = "What is subtracted from features") -> Any:
    """The field `centre` of a method with a head on embeddings; the first choice is the default."""
    help = f"{what}; folder: the mean of the pictures to classify."
    return option(choices[0], "Centre", help, choices=choices)


def keep_option(default: Keep) -> Any:
    """The field `keep` of a method that adapts the backbone."""
    help = "auto: only if the support's own held-out pictures gain; lenient: unless they clearly lose."
    return option(default, "Keep", help, choices=get_args(Keep))


def copies_option() -> Any:
    """The field `copies` of a method with a head on embeddings."""
    help = "Changed versions of each example (crops, flips, light) that count beside it; slower to learn."
    return option(0, "Copies", help, least=0, most=50)


def _converted(method: str, known: Any, value: Any) -> Any:
    kind = type(known.default)
    about = known.metadata
    try:
        if kind is bool and isinstance(value, str):
            converted: Any = {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        else:
            converted = kind(value)
    except (KeyError, ValueError):
        raise UsageError(f"{method}:{known.name} must be a {kind.__name__}, not {value!r}.") from None
    if about["choices"] and converted not in about["choices"]:
        raise UsageError(f"{method}:{known.name} must be one of {', '.join(about['choices'])}, not {value!r}.")
    low, high = about["least"], about["most"]
    if (low is not None and converted < low) or (high is not None and converted > high):
        raise UsageError(f"{method}:{known.name} must lie between {low} and {high}, not {value!r}.")
    return converted

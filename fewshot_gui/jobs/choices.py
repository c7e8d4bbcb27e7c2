"""What a person may choose for adapting with a model."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.jobs.bench import Workbench

_CLOSED_FORM = ("ridge", "lda", "protonet", "mahalanobis")  # computed and not trained, so that they answer at once


@dataclass(frozen=True, slots=True)
class MethodChoices:
    """Registered methods. instant: closed-form heads; deeper: the one "adapt deeper" means; research: all others.

    For a backbone that cannot be trained there are none that adapt it, and deeper is None.

    pictures: those among all that adapt the backbone, so that they run behind an instant head. devices: that can be
    used here, (name for `load_model`, what a person calls it).
    """

    instant: tuple[str, ...]
    deeper: str | None
    research: tuple[str, ...]
    pictures: frozenset[str]
    devices: tuple[tuple[str, str], ...] = ()


def method_choices(bench: Workbench) -> MethodChoices:
    """The choices for the bench's model; imports torch. UserError as long as no model is loaded."""
    from fewshot_gui.engine import device
    from fewshot_gui.engine.methods import METHODS
    from fewshot_gui.jobs.workbench import deeper_method

    adaptable = bench.ready_model().network.adaptable
    deeper = deeper_method(bench) if adaptable else None
    names = tuple(name for name in METHODS if adaptable or METHODS[name].needs == "embeddings")
    instant = tuple(name for name in _CLOSED_FORM if name in names)
    pictures = frozenset(name for name in names if METHODS[name].needs == "pictures")
    devices = tuple((one.type, device.describe(one)) for one in device.working())
    return MethodChoices(instant, deeper, tuple(n for n in names if n not in (*instant, deeper)), pictures, devices)

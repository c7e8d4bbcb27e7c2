"""ANIL (almost no inner loop): only the classifier adapts, on features that were meta-trained for it.

A. Raghu, M. Raghu, S. Bengio, O. Vinyals: Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of
MAML, ICLR 2020, arXiv:1909.09157. The support is embedded once, so that steps cost next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fewshot_gui.engine.learner import Adapts
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.maml import Maml


@METHODS.register("anil")
@dataclass(frozen=True)
class Anil(Maml):
    """A few gradient steps of the classifier alone."""

    name = "anil"
    title = "ANIL"
    source = "Raghu, Raghu, Bengio, Vinyals 2020: Rapid Learning or Feature Reuse?"

    adapts: ClassVar[Adapts] = "head"

"""Meta-SGD: every number of the network has a step size of its own, learned with the start.

Z. Li, F. Zhou, F. Chen, H. Li: Meta-SGD: Learning to Learn Quickly for Few-Shot Learning, 2017, arXiv:1707.09835.
Differs from the paper: rates are positive (their logarithms are learned), and the classifier, whose size is the task's,
has one rate for its weights and one for its biases.
"""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.maml import Maml


@METHODS.register("meta-sgd")
@dataclass(frozen=True)
class MetaSgd(Maml):
    """Gradient steps with a learned rate for every number."""

    name = "meta-sgd"
    title = "Meta-SGD"
    source = "Li, Zhou, Chen, Li 2017: Meta-SGD: Learning to Learn Quickly for Few-Shot Learning"

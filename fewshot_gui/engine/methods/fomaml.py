"""First-order MAML: the start is learned without second derivatives.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, ICML 2017,
arXiv:1703.03400, section 5.2. In meta-training the gradients of the inner loop count as constants, which saves a third
of the time and all but one step's memory. Adapting to a support set is that of maml.
"""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.maml import Maml


@METHODS.register("fomaml")
@dataclass(frozen=True)
class FirstOrderMaml(Maml):
    """A few gradient steps from a start that was learned to first order."""

    name = "fomaml"
    title = "First-order MAML"
    source = "Finn, Abbeel, Levine 2017: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks"

"""Reptile: the start moves towards where plain gradient descent on each task ends.

A. Nichol, J. Achiam, J. Schulman: On First-Order Meta-Learning Algorithms, 2018, arXiv:1803.02999. Needs no query set
in meta-training, and no derivatives of the inner loop: engine/meta_train/reptile.py. Adapting to a support set takes
more steps than maml's, on all of its pictures at once. Differs from the paper: the classifier starts as the support's
prototypes, so that any number of classes works.
"""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.maml import Maml


@METHODS.register("reptile")
@dataclass(frozen=True)
class Reptile(Maml):
    """Gradient steps from a start that lies close to where many tasks end."""

    name = "reptile"
    title = "Reptile"
    source = "Nichol, Achiam, Schulman 2018: On First-Order Meta-Learning Algorithms"

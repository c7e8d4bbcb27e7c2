"""The kinds of stages by name."""

from typing import get_args

from fewshot_gui.engine.meta_train.distilled import DistilledRun
from fewshot_gui.engine.meta_train.episodic import EpisodesRun
from fewshot_gui.engine.meta_train.maml import MamlRun
from fewshot_gui.engine.meta_train.recipe import Episodes, Gradient
from fewshot_gui.engine.meta_train.reptile import ReptileRun
from fewshot_gui.engine.meta_train.stage import StageRun
from fewshot_gui.engine.meta_train.supervised import SupervisedRun

KINDS: dict[str, type[StageRun]] = {
    "supervised": SupervisedRun,
    "distilled": DistilledRun,
    "episodes": EpisodesRun,
    **dict.fromkeys(get_args(Gradient), MamlRun),
    "reptile": ReptileRun,
}

LOOK_ONLY = Episodes(steps=0)  # a stage that only looks at the validation classes

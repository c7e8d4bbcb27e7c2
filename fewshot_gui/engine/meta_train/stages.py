"""The kinds of stages by name."""

from fewshot_gui.engine.meta_train.episodic import EpisodesRun
from fewshot_gui.engine.meta_train.maml import MamlRun
from fewshot_gui.engine.meta_train.recipe import Episodes
from fewshot_gui.engine.meta_train.stage import StageRun
from fewshot_gui.engine.meta_train.supervised import SupervisedRun

KINDS: dict[str, type[StageRun]] = {"supervised": SupervisedRun, "episodes": EpisodesRun, "maml": MamlRun}

LOOK_ONLY = Episodes(steps=0)  # a stage that only looks at the validation classes

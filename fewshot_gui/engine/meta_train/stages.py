"""The kinds of stages by name."""

from fewshot_gui.engine.meta_train.episodic import EpisodesRun
from fewshot_gui.engine.meta_train.recipe import Episodes
from fewshot_gui.engine.meta_train.stage import StageRun

KINDS: dict[str, type[StageRun]] = {"episodes": EpisodesRun}

LOOK_ONLY = Episodes(steps=0)  # a stage that only looks at the validation classes

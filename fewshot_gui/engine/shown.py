"""Copies of a data set's pictures (engine.copies): which ones an evaluation shows, and their embeddings in rows.

Copies are costly, and of most pictures only ever queries are made: the episodes are drawn once beforehand, and only
what is a support picture in one of them has copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine.copies import usable
from fewshot_gui.engine.episodes import ClassTable, check_ways, group_ways, most_shots, sample_episode
from fewshot_gui.engine.method import Method
from fewshot_gui.engine.methods import copies_wanted
from fewshot_gui.engine.model import ModelConfig
from fewshot_gui.engine.plan import Plan, Stage, stages
from fewshot_gui.errors import UserError

MOST_BYTES = 8 << 30  # of copies' embeddings in memory
_LOOK_EVERY = 50  # episodes after which it is looked whether all are shown already


@dataclass(frozen=True, eq=False)
class Copies:
    """rows: [m, k, D] float16 on the CPU; places: [n] int64, the row of each picture of the data set, -1 for none."""

    rows: Tensor
    places: Tensor

    @classmethod
    def blank(cls, wanted: np.ndarray, count: int, dimension: int) -> Copies:
        """Room for `count` copies of the pictures where wanted [n] bool is True. UserError if memory is too small."""
        number = int(wanted.sum())
        size = 2 * number * count * dimension
        if size > MOST_BYTES:
            raise UserError(
                f"{count} copies of {number} pictures would take {size / 2**30:.0f} GiB of memory: "
                "use fewer episodes or pictures, or copies=0."
            )
        places = np.where(wanted, np.cumsum(wanted) - 1, -1)
        return cls(torch.zeros(number, count, dimension, dtype=torch.float16), torch.from_numpy(places))

    def of(self, pictures: np.ndarray, count: int) -> Tensor:
        """[m, count, D] float32 of the pictures [m]. ValueError for one without, or more copies than there are."""
        places = self.places[torch.from_numpy(pictures)]
        if (places < 0).any() or count > self.rows.shape[1]:
            raise ValueError(f"there are no {count} copies of all of these pictures")
        return self.rows[places, :count].float()


def shown(table: ClassTable, methods: Mapping[str, Method], plan: Plan, config: ModelConfig) -> tuple[np.ndarray, int]:
    """([n] bool: the pictures of which the plan's episodes need copies, how many copies of one at most)."""
    wanted = {name: copies_wanted(method, config) for name, method in methods.items()}
    found, most = np.zeros(int(table.starts[-1]), bool), 0
    for stage in stages(table, methods, plan) if any(wanted.values()) else ():
        episodes = max((number for name, number in stage.episodes.items() if wanted[name]), default=0)
        copies = max((wanted[name] for name in stage.episodes), default=0)
        for group in stage.groups if episodes else ():
            fewest = _show(table, stage, plan, group, episodes, found)
            most = max(most, usable(copies, fewest))
    return found, most


def _show(table: ClassTable, stage: Stage, plan: Plan, group: str | None, episodes: int, found: np.ndarray) -> int:
    """Marks what a stage's episodes of a group show; the fewest support pictures of one."""
    shots = most_shots(stage.shots)
    ways = check_ways(table, stage.ways, shots) if group is None else group_ways(table, stage.ways, shots, group)
    possible = np.isin(table.labels, table.eligible(shots, group))
    fewest = len(found)
    for number in range(episodes):
        if number % _LOOK_EVERY == 0 and isinstance(stage.shots, int) and number and found[possible].all():
            break
        episode = sample_episode(
            table, n_way=ways, n_shot=stage.shots, n_query=plan.queries, seed=plan.seed, number=number, group=group
        )
        found[episode.support] = True
        fewest = min(fewest, len(episode.support))
    return fewest

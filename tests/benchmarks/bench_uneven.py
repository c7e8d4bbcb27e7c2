"""What the bias for uneven shots (engine/uneven.py) is worth: each method with it and without, on the same tasks.

    python tests/benchmarks/bench_uneven.py DATA... [--split-file F] [--split NAME] [--backbone lite0-natural]
        [--per-class 60] [--ways 5] [--shots 1-10,3-10,1/2/5/10/20,10/1/1/1/1] [--methods ridge,linear,protonet]
        [--episodes 100]

Tasks lie within one source (group of classes), if the data have any; 1-10: each class draws its own number of support
pictures; 1/2/5: the classes have these numbers, in random order. For each method: accuracy without and with, mean over
sources with its 95 % interval, the paired difference, the least recall among a task's classes, and the expected
calibration error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import tasks
import torch
from tasks import said

from fewshot_gui.engine import methods, model_folder
from fewshot_gui.engine.episodes import generator, groups_of
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.features import Centre, Transform
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.metrics import calibration_error, mean_over_groups, paired_difference_over_groups
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.uneven import Fit, class_bias

QUERIES = 15
Task = tuple[str | None, Support, torch.Tensor, np.ndarray]  # source, support, queries [m, D], labels [m]


def main() -> None:
    """Prints a line for each kind of shots and method."""
    options = _options()
    torch.set_num_threads(1)
    model = model_folder.load(options.backbone)
    data = tasks.embedded(options, model)
    for shots in options.shots.split(","):
        made = [*_tasks(data, shots, options.ways, options.episodes)]
        for method in options.methods.split(","):
            print(f"{shots} shots, {method}: {_compared(model, method, made)}", flush=True)


def _tasks(data: Data, shots: str, ways: int, episodes: int) -> Iterator[Task]:
    most = max(int(part) for part in shots.replace("/", "-").split("-"))
    for source in groups_of(data.table, most + 1) or [None]:
        n_way = min(ways, len(data.table.eligible(most + 1, source)))
        for number in range(episodes):
            rng = generator(0, number, source)
            counts = _drawn(shots, n_way, rng)
            classes = rng.permutation(data.table.eligible(most + 1, source))[:n_way]
            rows = [data.table.starts[c] + rng.permutation(data.table.counts[c]) for c in classes]
            shown = np.concatenate([part[:count] for part, count in zip(rows, counts, strict=True)])
            asked = [part[count : count + QUERIES] for part, count in zip(rows, counts, strict=True)]
            support = Support(torch.from_numpy(np.repeat(np.arange(n_way), counts)), n_way, data.embeddings[shown])
            truth = np.repeat(np.arange(n_way), [len(part) for part in asked])
            yield source, support, data.embeddings[np.concatenate(asked)], truth


def _drawn(shots: str, n_way: int, rng: np.random.Generator) -> np.ndarray:
    """[n_way] support pictures of each class."""
    if "/" in shots:
        return rng.permutation([int(part) for part in shots.split("/")][:n_way])
    least, most = (int(part) for part in shots.split("-"))
    return rng.integers(least, most + 1, n_way)


@torch.no_grad()
def _compared(model: Model, method: str, made: list[Task]) -> str:
    name, given = methods.parse(method)
    head_of = methods.create(name, model.config, given)
    room = sys.modules[type(head_of).__module__]
    accuracy: tuple[dict[str | None, list[float]], ...] = ({}, {})
    least, chances, right = ([], []), ([], []), ([], [])
    for source, support, queries, truth in made:
        for way, rule in enumerate((_none, class_bias)):
            with patch.object(room, "class_bias", rule):
                found = head_of.adapt(model, support).logits(queries).softmax(1)
            correct = found.argmax(1).numpy() == truth
            recalls = [correct[truth == label].mean() for label in range(support.n_way)]
            accuracy[way].setdefault(source, []).append(float(np.mean(recalls)))
            least[way].append(min(recalls))
            chances[way].append(found.amax(1).numpy())
            right[way].append(correct)
    without, with_it = (list(groups.values()) for groups in accuracy)
    errors = [100 * calibration_error(np.concatenate(chances[way]), np.concatenate(right[way])) for way in (0, 1)]
    return (
        f"{said(mean_over_groups(without))} without, {said(mean_over_groups(with_it))} with it, "
        f"{said(paired_difference_over_groups(with_it, without), '+')}; least recall {100 * np.mean(least[0]):.1f} and "
        f"{100 * np.mean(least[1]):.1f}; ECE {errors[0]:.1f} and {errors[1]:.1f}"
    )


def _none(transform: Transform, centre: Centre, support: Support, copies: int, fit: Fit) -> torch.Tensor:
    """In the place of `class_bias`."""
    return torch.zeros(support.n_way)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks.add_data_options(parser)
    parser.set_defaults(per_class=60)
    parser.add_argument("--ways", type=int, default=5)
    parser.add_argument("--shots", default="1-10,3-10,1/2/5/10/20,10/1/1/1/1")
    parser.add_argument("--methods", default="ridge,linear,baseline++,protonet")
    parser.add_argument("--episodes", type=int, default=100, help="of each source")
    return parser.parse_args()


if __name__ == "__main__":
    main()

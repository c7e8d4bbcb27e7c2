"""What augmented shots are worth: heads fitted to changed copies of each example, too, against plain ones.

    python tests/benchmarks/bench_copies.py DATA... [--split-file F] [--split NAME] [--backbone lite0-natural]
        [--size PIXELS] [--per-class 30] [--sources A,B | --whole] [--ways 5] [--shots 1,2,5,10] [--copies 0,2,6]
        [--methods ridge,protonet,linear] [--episodes 100] [--threads 1]

Episodes lie within a source (group of classes), or, with --whole, each DATA is one task of all its classes. Every
picture's copies are embedded once. For each method, number of shots and of copies: accuracy, mean over episodes and
sources with its 95 % interval, the paired difference to plain and each source's; how much surer than right the answers
are at the model's own temperatures (mean confidence less accuracy, points); and the factor on the logits at which they
would be likeliest: below 1 they are too sure of themselves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import tasks
import torch
import torch.nn.functional as F
from tasks import said
from torch import Tensor

from fewshot_gui.engine import methods, model_folder
from fewshot_gui.engine.copies import usable
from fewshot_gui.engine.episodes import Episode, group_ways, groups_of, most_ways, sample_episode
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.metrics import mean_over_groups, paired_difference_over_groups
from fewshot_gui.engine.model import Model

QUERIES = 15  # of each class
FACTORS = np.exp(np.linspace(-2, 2, 81))
Task = tuple[str, Data, str | None, int]  # name, data, group, ways
Answers = dict[str, list[tuple[Tensor, Tensor]]]  # by task: (logits [m, n_way], labels [m]) of each episode


def main() -> None:
    """Prints some lines for each method and number of shots."""
    options = _options()
    torch.set_num_threads(options.threads)
    model = _model(options)
    wanted = sorted({int(part) for part in options.copies.split(",")} | {0})
    data = _data(options, model, wanted[-1])
    for shots in (int(part) for part in options.shots.split(",")):
        drawn = list(_tasks(options, data, shots))
        for method in options.methods.split(","):
            found: dict[int, Answers] = {count: {} for count in wanted}
            for name, of, group, ways in drawn:
                for number in range(options.episodes):
                    episode = sample_episode(
                        of.table, n_way=ways, n_shot=shots, n_query=QUERIES, seed=0, number=number, group=group
                    )
                    for count in wanted:
                        found[count].setdefault(name, []).append(_answered(model, of, method, count, episode))
            _tell(method, shots, found)


def _model(options: argparse.Namespace) -> Model:
    model = model_folder.load(options.backbone)
    if options.size is None:
        return model
    preprocessing = replace(model.config.preprocessing, size=options.size)
    return replace(model, config=replace(model.config, preprocessing=preprocessing))


def _data(options: argparse.Namespace, model: Model, copies: int) -> list[Data]:
    """One for all, or with --whole one for each."""
    parts = [[path] for path in options.data] if options.whole else [options.data]
    return [tasks.embedded(options, model, paths, sources=options.sources, copies=copies) for paths in parts]


def _tasks(options: argparse.Namespace, data: list[Data], shots: int) -> Iterator[Task]:
    for path, of in zip(options.data, data, strict=False):
        if options.whole:
            yield path.stem, of, None, most_ways(of.table, shots)
            continue
        for group in groups_of(of.table, shots):
            yield group, of, group, group_ways(of.table, options.ways, shots, group)


@torch.no_grad()
def _answered(model: Model, data: Data, method: str, count: int, episode: Episode) -> tuple[Tensor, Tensor]:
    name, given = methods.parse(method)
    made = methods.create(name, model.config, given | {"copies": str(count)})
    rows, used = torch.from_numpy(episode.support), usable(count, len(episode.support))
    copies = data.copies.of(episode.support, used) if used and data.copies else None
    support = Support(torch.from_numpy(episode.support_labels), episode.n_way, data.embeddings[rows], copies=copies)
    head = made.adapt(model, support)
    return head.logits(data.embeddings[torch.from_numpy(episode.query)]), torch.from_numpy(episode.query_labels)


def _tell(method: str, shots: int, found: dict[int, Answers]) -> None:
    print(f"{method}, {shots} shots")
    plain = _right(found[0])
    for count, answers in found.items():
        right = _right(answers)
        sure = [[float(logits.softmax(1).amax(1).mean()) for logits, _ in part] for part in answers.values()]
        line = [f"{count} copies: {said(mean_over_groups(right))}"]
        if count:
            line.append(f"difference {said(paired_difference_over_groups(right, plain), '+')}")
        line.append(f"surer than right by {said(paired_difference_over_groups(sure, right), '+')}")
        line.append(f"likeliest factor {_likeliest(answers):.2f}")
        if count:
            each = [100 * np.subtract(a, b).mean() for a, b in zip(right, plain, strict=True)]
            line.append(", ".join(f"{name} {value:+.1f}" for name, value in zip(answers, each, strict=True)))
        print("  " + "; ".join(line), flush=True)


def _right(answers: Answers) -> list[list[float]]:
    return [[float((logits.argmax(1) == y).float().mean()) for logits, y in part] for part in answers.values()]


def _likeliest(answers: Answers) -> float:
    """The factor with the least mean cross entropy, each task weighing the same."""
    losses = np.zeros(len(FACTORS))
    for part in answers.values():
        logits, labels = torch.cat([a for a, _ in part]), torch.cat([b for _, b in part])
        losses += [float(F.cross_entropy(factor * logits, labels)) for factor in FACTORS]
    return float(FACTORS[losses.argmin()])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks.add_data_options(parser)
    parser.add_argument("--sources", default="", help="groups of classes, else all")
    parser.add_argument("--size", type=int, help="side in pixels of the network's input instead of the model's own")
    parser.add_argument("--whole", action="store_true", help="each DATA is one task of all its classes")
    parser.add_argument("--ways", type=int, default=5)
    parser.add_argument("--shots", default="1,2,5,10")
    parser.add_argument("--copies", default="0,2,6")
    parser.add_argument("--methods", default="ridge,protonet,linear", help="NAME[:field=value...], by commas")
    parser.add_argument("--episodes", type=int, default=100, help="of each source")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()

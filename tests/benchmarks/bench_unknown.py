"""How well pictures of other classes are told from a task's own: with and without what the model knows of base classes.

    python tests/benchmarks/bench_unknown.py DATA... [--split-file F] [--split NAME] [--backbone lite0-natural]
        [--per-class 30] [--sources A,B] [--shots 1,5] [--episodes 50]

Within each source (group of classes) up to half of the classes, five at most, are shown with a few pictures each; their
other pictures are known, those of up to five more classes unknown, ten of each class. For each score the area under the
ROC curve and the share of unknown pictures that pass where 95 % of the known do, in points, mean over episodes and
sources with its 95 % interval, and the paired difference; "far": unknown pictures from the other sources instead.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import tasks
import torch
from tasks import said

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.episodes import generator
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.metrics import auroc, fpr95, mean_over_groups, paired_difference_over_groups
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.unknown import UnknownRule, of_frozen

QUERIES, MOST = 10, 5  # of each class; classes
PLAIN, BASE = "largest cosine", "less base pictures"
Found = dict[tuple[str, int, str], dict[str | None, list[tuple[float, float]]]]  # (unknowns, shots, score), source


@dataclass(frozen=True, eq=False)
class Draw:
    """Rows of the data: support with labels, known, unknown of the same source ("near") and of others ("far")."""

    support: np.ndarray
    labels: np.ndarray
    known: np.ndarray
    unknown: dict[str, np.ndarray]


def main() -> None:
    """Prints a line for each kind of unknowns and number of shots, and one for each source."""
    options = _options()
    torch.set_num_threads(1)
    model = model_folder.load(options.backbone)
    data = tasks.embedded(options, model)
    sources = options.sources.split(",") if options.sources else sorted({*data.table.groups} - {None}) or [None]
    found: Found = {}
    for source in sources:
        for shots in (int(part) for part in options.shots.split(",")):
            for draw in _draws(data, source, shots, options.episodes):
                for score, rule in _rules(model, data, draw):
                    known = rule.scores(data.embeddings[draw.known]).numpy()
                    for what, rows in draw.unknown.items():
                        unknown = rule.scores(data.embeddings[rows]).numpy()
                        values = found.setdefault((what, shots, score), {}).setdefault(source, [])
                        values.append((auroc(known, unknown), fpr95(known, unknown)))
    _tell(found)


def _draws(data: Data, source: str | None, shots: int, episodes: int) -> Iterator[Draw]:
    table = data.table
    classes = table.eligible(shots, source)
    ways = min(MOST, (len(classes) + 1) // 2)
    if len(classes) < 3:
        return
    others = np.flatnonzero(np.asarray(table.groups, dtype=object)[table.labels] != source)
    for number in range(episodes):
        rng = generator(0, number, source)
        order = rng.permutation(classes)
        rows = [table.starts[c] + rng.permutation(table.counts[c]) for c in order[: ways + MOST]]
        unknown = {"near": np.concatenate([part[:QUERIES] for part in rows[ways:]])}
        if len(others):
            unknown["far"] = rng.permutation(others)[: MOST * QUERIES]
        yield Draw(
            support=np.concatenate([part[:shots] for part in rows[:ways]]),
            labels=np.repeat(np.arange(ways), shots),
            known=np.concatenate([part[shots : shots + QUERIES] for part in rows[:ways]]),
            unknown=unknown,
        )


def _rules(model: Model, data: Data, draw: Draw) -> Iterator[tuple[str, UnknownRule]]:
    labels = torch.from_numpy(draw.labels)
    rule = of_frozen(model, data.embeddings[draw.support], labels, int(labels.max()) + 1, 0.0)
    yield PLAIN, replace(rule, base=None)
    if rule.base is not None:
        yield BASE, rule


def _tell(found: Found) -> None:
    for what, shots, score in found:
        if score != PLAIN:
            continue
        print(f"unknown pictures: {what}, {shots} shots")
        by = {name: found[what, shots, name] for name in (PLAIN, BASE) if (what, shots, name) in found}
        for place, measure in enumerate(("AUROC", "FPR95")):
            parts = {n: [[v[place] for v in values] for values in sources.values()] for n, sources in by.items()}
            line = [f"{name} {said(mean_over_groups(groups))}" for name, groups in parts.items()]
            if len(parts) == 2:
                line.append(f"difference {said(paired_difference_over_groups(parts[BASE], parts[PLAIN]), '+')}")
                each = [np.subtract(a, b).mean() for a, b in zip(parts[BASE], parts[PLAIN], strict=True)]
                line.append(
                    ", ".join(f"{name or 'all'} {100 * v:+.1f}" for name, v in zip(by[BASE], each, strict=True))
                )
            print(f"  {measure}: " + "; ".join(line), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks.add_data_options(parser)
    parser.add_argument("--sources", default="", help="groups of classes, else all")
    parser.add_argument("--shots", default="1,5")
    parser.add_argument("--episodes", type=int, default=50, help="of each source")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Whether centring on the folder's mean helps, and where it harms: `centre=folder` against each method's own centre.

    python tests/benchmarks/bench_centre.py DATA... [--split-file F] [--split NAME] [--backbone lite0-natural]
        [--per-class 60] [--ways 5] [--shots 1,5] [--methods ridge,protonet,lda] [--episodes 200]

Within each source (group of classes) a folder to label is made of pictures that are not in the support, in five mixes:
"even", as many of each class; "skewed", half of the classes five times rarer; "one", nine of ten pictures of one class;
"strangers", as many again of the source's other classes, which are left out of the accuracy; "few", one of each class.
For each method, number of shots and mix: accuracy of its own centre, and the paired difference of centre=folder,
mean over episodes and sources with its 95 % interval, and each source's.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tasks
import torch
from tasks import said

from fewshot_gui.engine import methods, model_folder
from fewshot_gui.engine.episodes import generator, group_ways, groups_of
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.metrics import mean_over_groups, paired_difference_over_groups
from fewshot_gui.engine.model import Model

PLENTY, RARE, DOMINANT = 15, 3, 9  # pictures of a class; of a rare one; of one class, for each of another
MIXES = ("even", "skewed", "one", "strangers", "few")
Found = dict[tuple[str, int, str, bool], dict[str, list[float]]]  # (method, shots, mix, by folder), source


@dataclass(frozen=True, eq=False)
class Folder:
    """Rows of the data: support and queries with labels, and strangers, which have none."""

    support: np.ndarray
    labels: np.ndarray
    queries: np.ndarray
    truth: np.ndarray
    strangers: np.ndarray


def main() -> None:
    """Prints a line for each method, number of shots and mix."""
    options = _options()
    torch.set_num_threads(1)
    model = model_folder.load(options.backbone)
    data = tasks.embedded(options, model)
    found: Found = {}
    for shots in (int(part) for part in options.shots.split(",")):
        for source in groups_of(data.table, shots + 1):
            ways = group_ways(data.table, options.ways, shots + 1, source)
            for number in range(options.episodes):
                for mix in MIXES:
                    folder = _folder(data, source, ways, shots, mix, number)
                    for method in options.methods.split(","):
                        for by_folder in (False, True):
                            right = _right(model, data, method, folder, by_folder)
                            found.setdefault((method, shots, mix, by_folder), {}).setdefault(source, []).append(right)
    _tell(found)


def _folder(data: Data, source: str, ways: int, shots: int, mix: str, number: int) -> Folder:
    """The same support, and the same pictures first, in all mixes of a number."""
    rng, table = generator(0, number, source), data.table
    order = rng.permutation(table.eligible(shots + 1, source))
    rows = [table.starts[c] + rng.permutation(table.counts[c]) for c in order]
    wanted = list(_wanted(mix, ways))
    queries = [part[shots : shots + count] for part, count in zip(rows[:ways], wanted, strict=True)]
    others = [row for part in rows[ways:] for row in part] if mix == "strangers" else []
    return Folder(
        support=np.concatenate([part[:shots] for part in rows[:ways]]),
        labels=np.repeat(np.arange(ways), shots),
        queries=np.concatenate(queries),
        truth=np.repeat(np.arange(ways), [len(part) for part in queries]),
        strangers=rng.permutation(np.array(others, dtype=int))[: sum(map(len, queries))],
    )


def _wanted(mix: str, ways: int) -> Iterator[int]:
    """Pictures of each class."""
    for place in range(ways):
        if mix == "few":
            yield 1
        elif mix == "one":
            yield DOMINANT * (ways - 1) if place == 0 else 1
        else:
            yield RARE if mix == "skewed" and place < ways // 2 else PLENTY


@torch.no_grad()
def _right(model: Model, data: Data, method: str, folder: Folder, by_folder: bool) -> float:
    """Mean over classes of the share of queries that are right: rare classes count as much as the others."""
    name, given = methods.parse(method)
    made = methods.create(name, model.config, given | ({"centre": "folder"} if by_folder else {}))
    support = Support(torch.from_numpy(folder.labels), int(folder.labels.max()) + 1, data.embeddings[folder.support])
    queries = data.embeddings[folder.queries]
    pool = torch.cat([queries, data.embeddings[folder.strangers]]) if by_folder else None
    right = (made.adapt(model, support, pool=pool).logits(queries).argmax(1).numpy() == folder.truth).astype(float)
    return float(np.mean([right[folder.truth == label].mean() for label in np.unique(folder.truth)]))


def _tell(found: Found) -> None:
    for method, shots, mix, by_folder in found:
        if by_folder:
            continue
        own, centred = (found[method, shots, mix, either] for either in (False, True))
        difference = paired_difference_over_groups(list(centred.values()), list(own.values()))
        each = ", ".join(f"{source} {100 * np.subtract(centred[source], own[source]).mean():+.1f}" for source in own)
        line = f"{method}, {shots} shots, {mix}: {said(mean_over_groups(list(own.values())))}; "
        print(f"{line}folder {said(difference, '+')}; {each}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks.add_data_options(parser)
    parser.set_defaults(per_class=60)
    parser.add_argument("--ways", type=int, default=5)
    parser.add_argument("--shots", default="1,5")
    parser.add_argument("--methods", default="ridge,protonet,lda", help="NAME[:field=value...], by commas")
    parser.add_argument("--episodes", type=int, default=200, help="of each source")
    return parser.parse_args()


if __name__ == "__main__":
    main()

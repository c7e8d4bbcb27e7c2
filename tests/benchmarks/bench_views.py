"""What input size and views are worth, paired against a model as it is, and what they cost.

usage: python tests/benchmarks/bench_views.py DATA... --split-file F --split val [--backbones lite0-natural,OTHER]
           [--sizes 160,192,224] [--views "whole;whole,flip;whole,centre"] [--shots 1,5] [--episodes 600]
           [--groups a,b] [--keep FOLDER] [--rounds 5] [--json FILE]
DATA as for evaluate. Every picture is embedded once per model, size and view; sets of views are averaged from those,
and all settings then answer the same episodes within each group of three classes or more. The first of --backbones, at
its own size and views, is what the others are compared with. --keep: where embeddings are kept for the next call.
--rounds: how often each setting's speed is measured, one after the other, the median of the ratios; 0: not at all.
--json: the figures as entries of config.json's "qualities" have them, the gain over all shots together.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from fewshot_gui.engine import embed, metrics, model_folder, speed
from fewshot_gui.engine.episodes import ClassTable, group_ways, groups_of, sample_episode
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import create
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.quality import View
from fewshot_gui.images.collection import Collection, open_collection
from fewshot_gui.jobs import labelled


@dataclass(frozen=True)
class Setting:
    """A model, the side of its input, and its views."""

    backbone: str
    size: int
    views: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.backbone:18} {self.size:4} px  {'+'.join(self.views):32}"

    def model(self, models: dict[str, Model]) -> Model:
        model = models[self.backbone]
        preprocessing = replace(model.config.preprocessing, size=self.size, views=self.views)
        return replace(model, config=replace(model.config, preprocessing=preprocessing))


class Pictures:
    """All pictures of a collection, class by class."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.where = [(c, p) for c, entry in enumerate(collection.classes) for p in range(entry.count)]

    def __len__(self) -> int:
        return len(self.where)

    def read(self, index: int, at_least: int):
        return self.collection.read(*self.where[index], at_least)

    @property
    def digest(self) -> str:
        """Changes with the classes and their numbers of pictures."""
        text = repr([(entry.group, entry.name, entry.count) for entry in self.collection.classes])
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def embedded(model: Model, size: int, views: Sequence[str], pictures: Pictures, keep: Path | None) -> dict[str, Tensor]:
    """View -> [n, D] float16, each view alone; decoded once for all of them."""
    files = {v: keep / f"{model.weights_hash[:8]}-{pictures.digest}-{size}-{v}.npy" for v in views} if keep else {}
    found = {view: torch.from_numpy(np.load(file)) for view, file in files.items() if file.is_file()}
    missing = tuple(view for view in views if view not in found)
    if missing:
        usual = replace(model.config.preprocessing, size=size, views=missing)

        def forward(batch: Tensor, device: torch.device) -> Tensor:
            with torch.no_grad():
                x = usual.normalise(batch.to(device))
                return torch.cat([model.finish(model.fast(version)).half() for version in usual.versions(x)], dim=1)

        rows = torch.cat([part for part in parts(embed.stream(pictures, usual, forward, model.device), len(pictures))])
        found |= dict(zip(missing, rows.chunk(len(missing), dim=1), strict=True))
        for view in missing if keep else ():
            keep.mkdir(parents=True, exist_ok=True)
            np.save(files[view], found[view].numpy())
    return found


def parts(stream, n: int):
    for chunk in stream:
        if chunk.unreadable:
            raise SystemExit(f"{next(iter(chunk.unreadable.values()))}: leave it out")
        print(f"\rembedding {chunk.start + len(chunk)} of {n}", end="", flush=True)
        yield chunk.rows
    print()


def accuracies(model: Model, rows: Tensor, table: ClassTable, group: str, shots: int, episodes: int) -> np.ndarray:
    """[episodes]: the share of right answers of the model's ridge, the same episodes for every model."""
    method = create("ridge", model.config)
    found = np.zeros(episodes)
    for number in range(episodes):
        ways = group_ways(table, 5, shots, group)
        e = sample_episode(table, n_way=ways, n_shot=shots, n_query=15, seed=0, number=number, group=group)
        head = method.adapt(model, Support(torch.from_numpy(e.support_labels), ways, rows[e.support].float()))
        found[number] = (head.logits(rows[e.query].float()).argmax(1).numpy() == e.query_labels).mean()
    return found


def relative_speeds(settings: Sequence[Setting], models: dict[str, Model], rounds: int) -> dict[Setting, float]:
    """Pictures per second against the first setting's, measured in turn so that all meet the same other work."""
    ratios: dict[Setting, list[float]] = {setting: [] for setting in settings}
    for number in range(rounds):
        measured = {setting: speed.measured(setting.model(models), 1.0) for setting in settings}
        for setting, per_second in measured.items():
            ratios[setting].append(per_second / measured[settings[0]])
        print(f"\rspeed, round {number + 1} of {rounds}", end="", flush=True)
    print()
    return {setting: float(np.median(found)) for setting, found in ratios.items()}


def said(estimate: metrics.Estimate, sign: str = "") -> str:
    return f"{100 * estimate.value:{sign}5.1f} ({100 * estimate.low:{sign}.1f} to {100 * estimate.high:{sign}.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--split-file", type=Path)
    parser.add_argument("--split")
    parser.add_argument("--backbones", default="lite0-natural")
    parser.add_argument("--sizes", default="160,192,224")
    parser.add_argument("--views", default="whole;whole,flip;whole,centre;whole,flip,centre,centre-flip")
    parser.add_argument("--shots", default="1,5")
    parser.add_argument("--episodes", type=int, default=600)
    parser.add_argument("--groups", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    models = {name: model_folder.load(name) for name in asked.backbones.split(",")}
    settings = wanted(asked, models)
    collection = open_collection(asked.data).split(asked.split_file, asked.split)
    if asked.groups:
        groups = asked.groups.split(",")
        collection = collection.select([entry.name for entry in collection.classes if entry.group in groups])
    pictures = Pictures(collection)
    cells = measured(settings, models, pictures, asked)
    speeds = relative_speeds(settings, models, asked.rounds) if asked.rounds else {}
    report(settings, cells, speeds, labelled.table_of(collection), asked)


def wanted(asked: argparse.Namespace, models: dict[str, Model]) -> list[Setting]:
    """The model as it is, then all others."""
    first = next(iter(models))
    own = models[first].config.preprocessing
    sets = [tuple(text.split(",")) for text in asked.views.split(";")]
    if wrong := {view for views in sets for view in views} - set(get_args(View)):
        raise SystemExit(f"there is no view {', '.join(sorted(wrong))}; known: {', '.join(get_args(View))}")
    sizes = map(int, asked.sizes.split(","))
    product = [Setting(name, size, views) for size in sizes for name in models for views in sets]
    return list(dict.fromkeys([Setting(first, own.size, own.views), *product]))


Cells = dict[tuple[int, str], dict[Setting, np.ndarray]]  # (shots, group) -> setting -> accuracies


def measured(settings: list[Setting], models: dict[str, Model], pictures: Pictures, asked: argparse.Namespace) -> Cells:
    table = labelled.table_of(pictures.collection)
    cells: Cells = {}
    for name, size in dict.fromkeys((setting.backbone, setting.size) for setting in settings):
        here = [setting for setting in settings if (setting.backbone, setting.size) == (name, size)]
        views = list(dict.fromkeys(view for setting in here for view in setting.views))
        alone = embedded(models[name], size, views, pictures, asked.keep)
        for setting in here:
            model = setting.model(models)
            seen = [alone[view].float() for view in setting.views]
            rows = (seen[0] if len(seen) == 1 else model.finish(torch.stack(seen).mean(0))).half()
            for shots in map(int, asked.shots.split(",")):
                for group in groups_of(table, shots):
                    found = accuracies(model, rows, table, group, shots, asked.episodes)
                    cells.setdefault((shots, group), {})[setting] = found
            print(setting, "done", flush=True)
    return cells


def report(
    settings: list[Setting], cells: Cells, speeds: dict[Setting, float], table: ClassTable, asked: argparse.Namespace
) -> None:
    first, entries = settings[0], []
    groups = sorted({group for _, group in cells})
    on = (
        f"{table.name}, {asked.split or 'all'} classes, 5-way within each of {len(groups)} sources, "
        f"{asked.shots.replace(',', ' and ')} shots, ridge, {asked.episodes} episodes each"
    )
    print(f"\n{on}; points against {first}")
    for setting in settings:
        per_shots = []
        for shots in sorted({shots for shots, _ in cells}):
            ours = [cell[setting] for key, cell in cells.items() if key[0] == shots]
            usual = [cell[first] for key, cell in cells.items() if key[0] == shots]
            gain = metrics.paired_difference_over_groups(ours, usual)
            per_shots.append(f"{shots} shot {said(metrics.mean_over_groups(ours))}, {said(gain, '+')}")
        gain = metrics.paired_difference_over_groups(
            [cell[setting] for cell in cells.values()], [cell[first] for cell in cells.values()]
        )
        accuracy = metrics.mean_over_groups([cell[setting] for cell in cells.values()])
        times = f"{speeds[setting]:.2f} x as fast" if speeds else ""
        print(setting, "; ".join([*per_shots, f"all {said(gain, '+')}", times]))
        entries.append(entry(setting, first, accuracy, gain, on, speeds.get(setting)))
    if asked.json:
        asked.json.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")


def entry(setting, first, accuracy, gain, on, times) -> dict:
    """As config.json has it; what is the model's own is left out there by hand."""
    values = {"size": setting.size, "views": list(setting.views)}
    values |= {"backbone": setting.backbone} if setting.backbone != first.backbone else {}
    values |= {"accuracy": round(accuracy.value, 4), "ci95": [round(accuracy.low, 4), round(accuracy.high, 4)]}
    if setting != first:
        values |= {"gain": round(100 * gain.value, 2)}
        values |= {"gain_ci95": [round(100 * gain.low, 2), round(100 * gain.high, 2)]}
    return values | {"measured_on": on} | ({"relative_speed": round(times, 2)} if times else {})


if __name__ == "__main__":
    main()

"""What an example dropped onto a folder of embedded pictures costs, until every one of them is labelled anew.

    python tests/benchmarks/bench_relabel.py [--pictures 10000] [--shots 10] [--model lite0-natural] [--method ridge]

The embeddings are made up (float16, as large as the model's); the example is a real file, decoded and embedded. Prints
milliseconds, medians of the repeats: the example's embedding, adapting the head, labelling, and all of it as the window
runs it; then what comes after the labels: the accuracy's estimate and the map's axes. Core time is what the cores spent
on it: other programs lengthen it less.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from fewshot_gui.engine import methods, model_folder, projection
from fewshot_gui.engine.estimate import leave_groups_out
from fewshot_gui.engine.threads import one_core
from fewshot_gui.jobs import live_adapt
from fewshot_gui.jobs.bench import BenchExample, Rows, Workbench
from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.jobs.events import Told
from fewshot_gui.jobs.examples import embed_examples
from fewshot_gui.jobs.workbench import adapt_instant, load_model

WANTED_MS = 300
CLASSES = ("a", "b", "c", "d", "e")


def main() -> None:
    """Prints a line per part, and whether the whole lies below what is wanted."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        _measure(options, Path(folder))


def _measure(options: argparse.Namespace, folder: Path) -> None:
    bench = _bench(options)
    examples = _examples(folder, options.shots)
    _adapted(bench, examples, options)  # everything but the new example is known, as in a session
    support = bench.examples.pictures.tensors(bench.model)
    method = methods.create(options.method or bench.model.config.method, bench.model.config)
    fresh = iter(_examples(folder / "new", 3 * options.repeat))
    print(f"{options.pictures} pictures x {bench.model.config.embedding_size}, {len(CLASSES)} classes, {options.shots} "
          f"examples each, {bench.model_name}, {method.name}, {bench.device_name}")  # fmt: skip
    _line("embed the example", options, lambda: _finished(embed_examples(bench, bench.model, [next(fresh)], Told())))
    _line("adapt the head", options, lambda: method.adapt(bench.model, support))
    _line("label all pictures", options, lambda: _finished(live_adapt._relabelled(bench, bench.current)))
    whole = _line("all of it, to the labels", options, lambda: _adapted(bench, [*examples, next(fresh)], options, True))
    print(f"{'':28}{'below' if whole < WANTED_MS else 'ABOVE'} the {WANTED_MS} ms wanted")
    with one_core():  # as the job does
        _line("estimate afterwards", options, lambda: leave_groups_out(method, bench.model, support))
    rows = torch.from_numpy(bench.folder.vectors)
    _line("map's axes afterwards", options, lambda: projection.fit(rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--shots", type=int, default=10)
    parser.add_argument("--model", default="lite0-natural")
    parser.add_argument("--method", default=None, help="a method on embeddings; the model's default without")
    parser.add_argument("--repeat", type=int, default=7)
    return parser.parse_args()


def _bench(options: argparse.Namespace) -> Workbench:
    """A workbench whose folder is embedded already, without a cache on disk."""
    bench = Workbench(cache=False)
    _finished(load_model(bench, str(model_folder.find(options.model)), "cpu"))
    names = [f"{number}.jpg" for number in range(options.pictures)]
    bench.columns = PictureColumns(names, "", [None] * len(names))
    draw = np.random.default_rng(0)
    for start in range(0, len(names), 4096):
        part = bench.folder.vectors[start : start + 4096]
        part[:] = draw.standard_normal(part.shape, np.float32) * 0.02
    bench.folder.embedded[:] = True
    return bench


def _examples(folder: Path, shots: int) -> list[BenchExample]:
    """Photographs of noise, 1024 x 768 JPEG, the classes in turn."""
    folder.mkdir(exist_ok=True)
    draw = np.random.default_rng(len(str(folder)))
    examples = []
    for number in range(shots * len(CLASSES)):
        path = folder / f"{number}.jpg"
        small = draw.integers(0, 256, (12, 16, 3), np.uint8)
        Image.fromarray(small).resize((1024, 768), Image.Resampling.BICUBIC).save(path)
        examples.append(BenchExample(str(path), number % len(CLASSES), id=len(examples)))
    return examples


def _adapted(
    bench: Workbench, examples: list[BenchExample], options: argparse.Namespace, to_labels: bool = False
) -> None:
    """An adaptation; to_labels: only as far as the last picture's label. Learns the contents of known examples."""
    ids = tuple(range(len(CLASSES)))
    run = adapt_instant(bench, examples, CLASSES, ids, ids, options.method)
    if not to_labels:
        contents = _finished(run).contents
        examples[:] = [BenchExample(e.path, e.class_index, contents[e.id], id=e.id) for e in examples]
        return
    for event in run:
        if isinstance(event, Rows) and event.done == event.total:
            run.close()


def _finished(run: object) -> object:
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def _line(what: str, options: argparse.Namespace, function: Callable[[], object]) -> float:
    """Prints and returns the median in milliseconds; the first call, which warms up, does not count."""
    function()
    times, cores = [], []
    for _ in range(options.repeat):
        started, busy = time.perf_counter(), time.process_time()
        function()
        times.append(time.perf_counter() - started)
        cores.append(time.process_time() - busy)
    median, core = statistics.median(times) * 1000, statistics.median(cores) * 1000
    print(f"{what:28}{median:8.1f} ms (least {min(times) * 1000:.1f}; core time {core:.1f})")
    return median


if __name__ == "__main__":
    main()

"""A workbench over small pictures, and how its runs are driven to their end."""

from pathlib import Path

import torch

from fewshot_gui.engine import model_folder
from fewshot_gui.images import decode
from fewshot_gui.jobs.bench import BenchExample, Workbench
from fewshot_gui.jobs.workbench import adapt_instant, embed_folder, load_model, scan_folder
from tests.engine.factories import tiny_model
from tests.jobs.tasks import draw_classes

NAMES = ("red", "green", "blue")
IDS = (7, 8, 9)
COLOURS = (0, 1, 2)


def write_centred_model(folder, **config) -> Path:
    """A model folder like tasks.write_tiny_model's with a base mean, without which all its pictures look alike."""
    model = tiny_model(**config)
    paths = sorted(draw_classes(folder / "pictures", shots=2, seed=50).rglob("*.png"))
    resize = model.config.preprocessing.resize
    pictures = torch.stack([resize(decode.read(path, 32).pixels) for path in paths])
    model_folder.write(folder / "centred", model.config, model.network, model.embed(pictures).mean(0))
    return folder / "centred"


def events_of(job):
    """(all that a job yields, what it returns)."""
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return events, end.value


def result_of(job):
    """What a job returns."""
    return events_of(job)[1]


def examples_in(folder, names=NAMES):
    """The pictures of folder/NAME/, as examples of the class of that name; ids count from 100."""
    paths = [(path, index) for index, name in enumerate(names) for path in sorted((folder / name).glob("*.png"))]
    return [BenchExample(str(path), index, id=100 + i) for i, (path, index) in enumerate(paths)]


def loaded(tiny, **options):
    """A workbench with the tiny model."""
    bench = Workbench(**options)
    result_of(load_model(bench, tiny, "cpu"))
    return bench


def opened(bench, folder):
    """The bench with a folder's columns; the columns."""
    bench.columns = result_of(scan_folder(str(folder)))
    return bench.columns


def adapted(bench, examples, names=NAMES, ids=IDS, colours=COLOURS, method="protonet", unknown="off"):
    """The result of an instant adaptation."""
    return result_of(adapt_instant(bench, examples, names, ids, colours, method, unknown))


def at_work(tiny, place, shots=3, query=5):
    """(bench, columns): the three classes adapted to, and a folder of them embedded and labelled."""
    bench = loaded(tiny)
    columns = opened(bench, draw_classes(place / "query", shots=query, seed=1))
    adapted(bench, examples_in(draw_classes(place / "support", shots=shots)))
    result_of(embed_folder(bench))
    return bench, columns

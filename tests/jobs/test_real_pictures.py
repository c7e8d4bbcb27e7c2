"""The default backbone on real pictures, from folders to answers."""

import shutil
from dataclasses import replace

import pytest

from fewshot_gui.jobs.adapt import AdaptOptions
from fewshot_gui.jobs.classify import Classified, ClassifyOptions, classify
from fewshot_gui.jobs.tally import Summary


@pytest.fixture
def task(tmp_path, demo_pictures):
    """(options, query): five pictures per class to adapt to, six others to classify."""
    for folder in sorted(path for path in (demo_pictures / "aerial-scenes").iterdir() if path.is_dir()):
        pictures = sorted(folder.iterdir())
        for part, chosen in (("support", pictures[:5]), ("query", pictures[5:11])):
            (tmp_path / part / folder.name).mkdir(parents=True)
            for picture in chosen:
                shutil.copy(picture, tmp_path / part / folder.name)
    return AdaptOptions(support=tmp_path / "support", unknown="off"), tmp_path / "query"


def run(by, *query):
    """(predictions by path, summary)"""
    *events, summary = classify(ClassifyOptions(query=query, by=by))
    assert isinstance(summary, Summary)
    return {p.path: p for event in events if isinstance(event, Classified) for p in event.predictions}, summary


def test_most_scenes_are_told_apart(task):
    by, query = task
    _, summary = run(by, query)
    assert summary.method == "ridge"
    assert summary.accuracy > 2 / len(summary.classes)
    assert summary.accuracy > 0.5


def test_a_label_depends_on_neither_batch_nor_order_nor_cache(task):
    by, query = task
    together, _ = run(replace(by, cache=False), query)
    files = sorted(query.rglob("*.*"), key=lambda path: path.stem[::-1])
    for others in (run(replace(by, cache=False), *files), run(by, *files), run(by, files[0])):
        for path, prediction in others[0].items():
            first, second = sorted(prediction.probabilities.values())[:-3:-1]
            assert prediction.label == together[path].label or first - second < 1e-4
            assert prediction.confidence == pytest.approx(together[path].confidence, abs=1e-4)

"""A model made to remember its base classes."""

from dataclasses import replace

import pytest
import torch

from fewshot_gui.engine import knowledge, model_folder, unknown
from fewshot_gui.errors import UsageError
from fewshot_gui.images.collection import open_collection
from fewshot_gui.jobs import labelled
from fewshot_gui.jobs.add_model import AddOptions, add
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.jobs.know import KnowOptions, know
from tests.engine.factories import tiny_model
from tests.jobs.tasks import draw_classes


@pytest.fixture
def pictures(tmp_path):
    return draw_classes(tmp_path / "pictures", names=("red", "green", "blue"), shots=6)


@pytest.fixture
def folder(tmp_path):
    model = tiny_model(training_classes=("red", "green", "blue"))
    model_folder.write(tmp_path / "mine", model.config, model.network)
    return tmp_path / "mine"


@pytest.fixture
def options(folder, pictures):
    return KnowOptions(str(folder), (pictures,), per_class=4, rank=8, examples=7, device="cpu")


def run(options):
    """(events, what it returns)."""
    events, work = [], know(options)
    try:
        while True:
            events.append(next(work))
    except StopIteration as done:
        return events, done.value


def test_what_is_stored_was_fitted_on_the_drawn_pictures(options, folder, pictures):
    events, found = run(options)
    assert {event.what for event in events if isinstance(event, Step)} >= {"embedding"}
    assert not [event for event in events if isinstance(event, Warned)]
    model = model_folder.load(folder)
    torch.testing.assert_close(model.knowledge.variances, found.variances)
    assert model.knowledge.examples.shape == (7, 8)
    work = labelled.embedded(open_collection((pictures,)).sample(4, 0), model, [])
    try:
        while True:
            next(work)
    except StopIteration as done:
        data = done.value
    features = unknown.space(model)(data.embeddings)
    again = knowledge.fit(features, torch.from_numpy(data.table.labels), rank=8, examples=7)
    torch.testing.assert_close(found.variances, again.variances)


def test_the_card_says_what_it_was_measured_on(options, folder):
    run(options)
    assert model_folder.read_config(folder).knowledge_of == "pictures, all, 3 classes, 12 pictures"
    assert (
        "- Knowledge of base classes: measured on pictures, all, 3 classes, 12 pictures"
        in (folder / "README.md").read_text()
    )


def test_the_seed_decides_which_pictures(options, folder):
    files = []
    for seed in (0, 0, 1):
        run(replace(options, seed=seed))
        files.append((folder / knowledge.FILE).read_bytes())
    assert files[0] == files[1] != files[2]


def test_training_classes_are_the_default_and_lists_of_them_can_be_left_out(options, folder, tmp_path):
    split = tmp_path / "split.json"
    split.write_text('{"train": ["red", "green", "blue"], "near": ["blue"], "test": ["red"]}')
    run(replace(options, split_file=split, leave_out=("near",)))
    assert model_folder.read_config(folder).knowledge_of == "pictures, train, 2 classes, 8 pictures"
    with pytest.raises(UsageError, match="no list 'far' to leave out"):
        run(replace(options, split_file=split, leave_out=("far",)))


def test_classes_that_the_model_was_not_trained_on_are_told(options, tmp_path):
    more = draw_classes(tmp_path / "more", names=("red", "teal"), shots=3)
    events, _ = run(replace(options, data=(more,)))
    assert [event.sentence for event in events if isinstance(event, Warned)] == [
        "mine was not trained on 1 of these 2 classes (teal): what is measured on them later will be flattered."
    ]


def test_stopped_in_between_it_leaves_the_model_as_it_was(options, folder):
    work = know(options)
    assert isinstance(next(work), Step)
    work.close()
    assert not (folder / knowledge.FILE).exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"per_class": 1}, "--per-class must be at least 2"), ({"seed": -1}, "--seed must be at least 0")],
)
def test_numbers_that_make_no_sense_are_refused(options, wrong, sentence):
    with pytest.raises(UsageError, match=sentence):
        replace(options, **wrong)


def test_a_copied_model_keeps_it(options, folder, own_data):
    run(options)
    list(add(AddOptions(path=folder, name="copy")))
    assert model_folder.load("copy").knowledge is not None

"""Augmented shots in a window: the instant head answers first, and the copies never hold it up."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from fewshot_gui.engine import copies as engine
from fewshot_gui.images import decode
from fewshot_gui.jobs import live_copies
from fewshot_gui.jobs.adapt import AdaptOptions
from fewshot_gui.jobs.bench import Adapted, Rows
from fewshot_gui.jobs.classify import ClassifyOptions, classify
from fewshot_gui.jobs.copies import LOOKING
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.jobs.workbench import adapt_instant, embed_folder
from tests.jobs.bench_help import (
    COLOURS,
    IDS,
    NAMES,
    events_of,
    examples_in,
    loaded,
    opened,
    result_of,
    write_centred_model,
)
from tests.jobs.tasks import COLOURS as PAINT
from tests.jobs.tasks import draw, draw_classes

METHOD = "ridge:copies=3"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return str(write_centred_model(tmp_path_factory.mktemp("model")))


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support")


@pytest.fixture
def bench(tiny, tmp_path):
    """A workbench with a folder that is embedded."""
    found = loaded(tiny)
    opened(found, draw_classes(tmp_path / "query", shots=5, seed=1, noise=130))
    result_of(embed_folder(found))
    return found


@pytest.fixture
def reads(monkeypatch):
    paths, read = [], decode.read
    monkeypatch.setattr(decode, "read", lambda path, at_least: paths.append(str(path)) or read(path, at_least))
    return paths


def adapting(bench, examples, method=METHOD):
    return adapt_instant(bench, examples, NAMES, IDS, COLOURS, method, "off")


def known(examples, found):
    """The examples as a project remembers them once they were read."""
    return [replace(example, content=found.contents[example.id]) for example in examples]


def kinds(events):
    return [type(event) for event in events]


def test_plain_examples_answer_first_and_the_copies_then(bench, support):
    job = adapting(bench, examples_in(support))
    plain = loaded_answers(bench, support, "ridge")
    events = []
    while not (events and isinstance(events[-1], Adapted)):
        events.append(next(job))
    first = events[-1]
    assert Rows in kinds(events)
    assert first.pending == 9
    assert first.labelled == 15
    assert first.estimate.accuracy.total == 9
    np.testing.assert_allclose(bench.columns.probabilities, plain, atol=2e-3)
    rest, last = events_of(job)
    assert [event.share for event in rest if isinstance(event, Step) and "closely" in event.what][-1] == 1.0
    assert (last.pending, last.copies, last.current, last.seconds) == (0, 3, True, first.seconds)
    assert last.estimate.accuracy.total == 9
    assert abs(bench.columns.probabilities - plain).max() > 1e-3


def loaded_answers(bench, support, method):
    """The probabilities with another method, on a bench of its own over the same folder."""
    other = loaded(str(bench.model.folder))
    opened(other, bench.columns.root)
    result_of(embed_folder(other))
    result_of(adapting(other, examples_in(support), method))
    return other.columns.probabilities


def test_a_window_ends_with_the_answers_of_the_command_line(bench, support):
    result_of(adapting(bench, examples_in(support)))
    by = AdaptOptions(support=support, backbone=str(bench.model.folder), method=METHOD, unknown="off", device="cpu")
    *events, _ = classify(ClassifyOptions(query=[bench.columns.root], by=by))
    confidence = {p.path: p.confidence for event in events for p in getattr(event, "predictions", ())}
    for row, path in enumerate(bench.columns.paths):
        assert bench.columns.confidence[row] == pytest.approx(confidence[path], abs=1e-3)


def test_answers_that_are_others_now_are_counted_in_a_calm_note(bench, support):
    before = loaded_answers(bench, support, "ridge").argmax(1)
    events, _ = events_of(adapting(bench, examples_in(support)))
    changed = int((bench.columns.label != before).sum())
    notes = [event for event in events if isinstance(event, Warned)]
    assert [(note.sentence.rpartition(": ")[2], note.level) for note in notes] == (
        [(f"{changed}.", "info")] if changed else []
    )


def test_the_note_comes_with_the_first_copies_and_not_after_each_new_example(bench, support, tmp_path, monkeypatch):
    monkeypatch.setattr(live_copies, "_differing", lambda before, after: 4)
    events, adapted = events_of(adapting(bench, examples_in(support)))
    notes = [Warned("Answers changed by a closer look at the examples: 4.", "info")]
    assert [event for event in events if isinstance(event, Warned)] == notes
    new = replace(examples_in(support)[0], path=str(draw(tmp_path / "new.png", PAINT["red"], 77)), id=1)
    events, _ = events_of(adapting(bench, [*known(examples_in(support), adapted), new]))
    assert Step(LOOKING, 1.0) in events
    assert Warned not in kinds(events)


def test_a_new_example_needs_its_own_copies_alone_and_the_others_keep_theirs(bench, support, tmp_path, reads):
    examples = known(examples_in(support), result_of(adapting(bench, examples_in(support))))
    settled = bench.current.classifier.head.weight
    new = draw(tmp_path / "new.png", PAINT["red"], 77)
    reads.clear()
    job = adapting(bench, [*examples, replace(examples[0], path=str(new), content=None, id=1)])
    first = next(event for event in job if isinstance(event, Adapted))
    assert first.pending == 1
    assert reads == [str(new)]
    assert len(bench.examples.pictures.copies) == 9
    _, last = events_of(job)
    assert reads == [str(new)] * 2
    assert len(bench.examples.pictures.copies) == 10
    reads.clear()
    events, back = events_of(adapting(bench, examples))  # undo
    assert Adapted not in kinds(events)
    assert back.pending == 0
    assert (bench.current.classifier.head.weight == settled).all()
    added = known([replace(examples[0], path=str(new), content=None, id=1)], last)
    events, _ = events_of(adapting(bench, [*examples, *added]))  # and redo
    assert Adapted not in kinds(events)
    assert reads == []


def test_copies_are_there_at_once_in_another_session(bench, tiny, support, tmp_path):
    result_of(adapting(bench, examples_in(support)))
    bench.close()
    again = loaded(tiny)
    events, last = events_of(adapting(again, examples_in(support)))
    assert Adapted not in kinds(events)
    assert (last.pending, len(again.examples.pictures.copies)) == (0, 9)


def test_a_newer_adaptation_is_not_replaced_by_copies_that_come_late(bench, support):
    examples = examples_in(support)
    late = adapting(bench, examples)
    next(event for event in late if isinstance(event, Adapted))
    next(late)  # the first copies
    result_of(adapting(bench, examples[:-1], "ridge"))
    newest = bench.current
    events_of(late)
    assert bench.current is newest
    assert len(bench.copy_rows) >= 1


def test_cancelled_while_copies_are_made_what_answered_goes_on_and_what_was_made_is_kept(bench, support):
    job = adapting(bench, examples_in(support))
    next(event for event in job if isinstance(event, Adapted))
    answering = bench.current
    next(job)
    made = len(bench.copy_rows)
    assert made >= 1
    job.close()
    assert bench.current is answering
    later = adapting(bench, examples_in(support))
    assert next(event for event in later if isinstance(event, Adapted)).pending == 9 - made
    later.close()


def test_an_example_whose_file_is_gone_counts_as_it_was_read(bench, support):
    examples = examples_in(support)
    examples = known(examples, result_of(adapting(bench, examples, "ridge")))
    shutil.rmtree(support / "red")
    events, last = events_of(adapting(bench, examples))
    assert [event.pending for event in events if isinstance(event, Adapted)] == [9]
    assert last.pending == 0
    assert len(bench.examples.pictures.copies) == 6
    shutil.rmtree(support)
    events, last = events_of(adapting(bench, examples))
    assert last.pending == 0
    assert last.estimate.accuracy.total == 9


def test_another_model_forgets_the_copies_of_the_one_before(bench, support, tmp_path):
    result_of(adapting(bench, examples_in(support)))
    other = loaded(str(write_centred_model(tmp_path / "other", seed=3)))
    bench.use_model(other.model, "", None, other._open)
    assert bench.copy_rows == {}


def test_without_copies_wanted_there_is_one_answer_alone(bench, support, monkeypatch):
    monkeypatch.setattr(engine, "embed_copies", None)
    events, last = events_of(adapting(bench, examples_in(support), "ridge"))
    assert Adapted not in kinds(events)
    assert last.copies == last.pending == 0

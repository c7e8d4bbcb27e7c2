"""Adapting the backbone behind the instant head: kept, cancelled, failed, and asked in the right order."""

import threading
from dataclasses import dataclass, replace

import numpy as np
import pytest

from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.keep import KeptHead, frozen_head
from fewshot_gui.engine.method import Method, no_progress, option
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.network import with_tensors
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import classifier_folder, deeper
from fewshot_gui.jobs.bench import Rows
from fewshot_gui.jobs.columns import OK, UNREADABLE
from fewshot_gui.jobs.events import Step
from fewshot_gui.jobs.workbench import adapt_deeper, ask_deeper, deeper_method, embed_folder
from tests.jobs.bench_help import (
    adapted,
    at_work,
    events_of,
    examples_in,
    loaded,
    opened,
    result_of,
    write_centred_model,
)
from tests.jobs.tasks import draw_classes


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of a tiny model that tells pictures of one class apart."""
    return str(write_centred_model(tmp_path_factory.mktemp("model")))


@dataclass(frozen=True)
class Shifted(Method):
    """Changes the last block a little and puts prototypes on top: a stand-in for methods that adapt the backbone."""

    name = "shifted"
    needs = "pictures"
    end: str = option("kept", "End", "How it ends.", choices=("kept", "frozen", "error"))

    def adapt(self, model, support, *, pool=None, seed=0, progress=no_progress):
        for step in range(10):
            progress(step / 10, f"step {step}")
        if self.end == "error":
            raise RuntimeError("the numbers are too large")
        if self.end == "frozen":
            return KeptHead(frozen_head(model, support), ("It gained nothing.",))
        changed = {name: 1.1 * p for name, p in model.network.parameters_from(3).items()}
        own = replace(model, network=with_tensors(model.network, changed))
        inner = METHODS["protonet"]().adapt(own, replace(support, embeddings=own.embed(support.pictures)))
        return AdaptedHead(model, changed, inner, ("It gained.",))


@pytest.fixture(autouse=True)
def _shifted(monkeypatch):
    monkeypatch.setitem(METHODS._entries, "shifted", Shifted)


@pytest.fixture
def work(tiny, tmp_path):
    """(bench, columns) of an instant adaptation over a labelled folder."""
    return at_work(tiny, tmp_path)


def deepened(bench):
    return result_of(adapt_deeper(bench, "shifted", "off"))


def test_an_adapted_backbone_answers_once_it_is_asked(work):
    bench, columns = work
    events, deep = events_of(adapt_deeper(bench, "shifted", "off"))
    assert Step("step 5", 0.5) in events
    assert (deep.kept, deep.notes, deep.method) == (True, ("It gained.",), "shifted")
    assert not columns.deep.any()
    before = columns.probabilities.copy()
    events, done = events_of(ask_deeper(bench))
    rows = [event for event in events if isinstance(event, Rows)]
    assert (done, rows[-1].done, rows[-1].total) == (15, 15, 15)
    assert columns.deep.all()
    assert set(columns.status) == {OK}
    assert (columns.probabilities != before).any()
    assert bench.classifier.needs_pictures


def test_its_classifier_can_be_stored(work, tmp_path):
    bench, columns = work
    deepened(bench)
    result_of(ask_deeper(bench))
    classifier_folder.save(bench.classifier, tmp_path / "stored")
    assert classifier_folder.load(tmp_path / "stored").class_names == columns.class_names


def test_the_real_finetuning_runs_in_the_workbench(work):
    bench, columns = work
    deep = result_of(adapt_deeper(bench, "finetune:steps=2:keep=always:copies=1"))
    assert deep.kept
    result_of(ask_deeper(bench))
    assert columns.deep.all()


def test_what_is_seen_comes_first_then_what_is_least_certain(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path, query=20)
    columns.margin[:] = np.random.default_rng(0).permutation(60) / 60
    expected = np.argsort(columns.margin, kind="stable").tolist()
    deepened(bench)
    order = [row for event in events_of(ask_deeper(bench, lambda: [33, 44]))[0] for row in event.rows.tolist()]
    assert set(order[:2]) == {33, 44}
    rest = [row for row in expected if row not in (33, 44)]
    # Two threads take chunks side by side: nearly in order, and all of them.
    assert set(order[2:7]) <= set(rest[:20])
    assert sorted(order) == list(range(60))


@pytest.mark.parametrize("when", [0, 1, 4])
def test_cancelling_leaves_the_head_that_was(work, when):
    bench, columns = work
    before, labels, threads = bench.classifier, columns.label.copy(), threading.active_count()
    run = adapt_deeper(bench, "shifted", "off")
    for _ in range(when):
        next(run)
    run.close()
    assert bench.classifier is before
    assert threading.active_count() == threads
    result_of(ask_deeper(bench))
    assert np.array_equal(columns.label, labels)
    assert not columns.deep.any()


def test_asking_goes_on_where_it_was_cancelled(work):
    bench, _columns = work
    deepened(bench)
    run = ask_deeper(bench)
    first = next(run).rows.tolist() + next(run).rows.tolist()
    run.close()
    events, done = events_of(ask_deeper(bench))
    again = [row for event in events for row in event.rows.tolist()]
    assert not set(first) & set(again)
    assert sorted(first + again) == list(range(15))
    assert done == 15


def test_a_backbone_that_gains_nothing_is_not_used(work):
    bench, _columns = work
    before = bench.classifier
    deep = result_of(adapt_deeper(bench, "shifted:end=frozen", "off"))
    assert (deep.kept, deep.notes) == (False, ("It gained nothing.",))
    assert bench.classifier is before
    assert result_of(ask_deeper(bench)) == 0


def test_an_error_in_the_worker_is_a_sentence_and_the_last_head_stays(work):
    bench, _ = work
    before = bench.classifier
    with pytest.raises(UserError, match=r"\(the numbers are too large\), so nothing was changed"):
        result_of(adapt_deeper(bench, "shifted:end=error"))
    assert bench.classifier is before


def test_examples_changed_meanwhile_make_a_late_answer_void(work, tmp_path):
    bench, _ = work
    run = adapt_deeper(bench, "shifted", "off")
    next(run)
    adapted(bench, examples_in(tmp_path / "support")[1:])
    newer = bench.classifier
    deep = result_of(run)
    assert (deep.kept, deep.notes) == (False, (deeper.CHANGED_MEANWHILE,))
    assert bench.classifier is newer


def test_new_examples_bring_the_instant_head_back_at_once(work, tmp_path):
    bench, columns = work
    deepened(bench)
    result_of(ask_deeper(bench))
    run = ask_deeper(bench)
    adapted(bench, examples_in(tmp_path / "support")[1:])
    assert not columns.deep.any()
    assert events_of(run)[0] == []
    assert not bench.classifier.needs_pictures


def test_pictures_read_later_do_not_undo_deep_answers(tiny, tmp_path):
    bench = loaded(tiny, cache=False)
    columns = opened(bench, draw_classes(tmp_path / "query", shots=5, seed=1))
    adapted(bench, examples_in(draw_classes(tmp_path / "support")))
    deepened(bench)
    result_of(ask_deeper(bench))
    deep = columns.probabilities.copy()
    result_of(embed_folder(bench))
    assert columns.deep.all()
    assert np.array_equal(columns.probabilities, deep)


def test_a_picture_that_vanished_keeps_its_answer_and_the_others_are_asked(work, tmp_path):
    bench, columns = work
    (tmp_path / "query" / "red" / "0.png").unlink()
    deepened(bench)
    result_of(ask_deeper(bench))
    assert columns.deep.sum() == 14
    assert UNREADABLE not in columns.status


def test_a_head_on_embeddings_is_no_deeper_method(work):
    bench, _ = work
    with pytest.raises(UsageError, match="adapts no backbone"):
        result_of(adapt_deeper(bench, "protonet"))


def test_without_examples_there_is_nothing_to_adapt_to(tiny):
    with pytest.raises(UserError, match="no examples"):
        result_of(adapt_deeper(loaded(tiny), "shifted"))


def test_deeper_means_maml_where_it_was_learned_and_is_not_measured_lower(work, monkeypatch):
    bench, _ = work
    assert deeper_method(bench) == "finetune"
    monkeypatch.setattr(type(bench.model), "has_learned", lambda self, name: True)
    assert deeper_method(bench) == "maml"
    alike = {"dataset": "d", "split": "test", "ways": 5, "shots": 5}
    for lead, expected in ((0.1, "finetune"), (-0.1, "maml")):
        figures = [alike | {"method": "maml", "accuracy": 0.8}, alike | {"method": "finetune", "accuracy": 0.8 + lead}]
        bench.model = replace(bench.model, config=replace(bench.model.config, accuracy=tuple(figures)))
        assert deeper_method(bench) == expected

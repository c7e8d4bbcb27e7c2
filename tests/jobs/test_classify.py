import csv
import io
import os
import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.method import Method, no_progress
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.model import Adaptation, Model
from fewshot_gui.engine.network import with_tensors
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.export import FORMATS
from fewshot_gui.images import decode
from fewshot_gui.jobs.adapt import AdaptOptions, adapt, parse_unknown, save
from fewshot_gui.jobs.classify import Classified, ClassifyOptions, Ready, Stored, classify
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.jobs.tally import Summary
from fewshot_gui.types import Prediction
from tests.jobs.tasks import COLOURS, draw, draw_classes, finished, write_tiny_model


@pytest.fixture
def by(tmp_path, tiny):
    return AdaptOptions(support=draw_classes(tmp_path / "support"), backbone=tiny, method="protonet", unknown="off")


@pytest.fixture
def query(tmp_path):
    return draw_classes(tmp_path / "query", shots=10, seed=1)


def run(by, *query):
    """(predictions by path, summary, all events)"""
    events = list(classify(ClassifyOptions(query=query, by=by)))
    predictions = [p for event in events if isinstance(event, Classified) for p in event.predictions]
    assert isinstance(events[-1], Summary)
    return {p.path: p for p in predictions}, events[-1], events


@pytest.fixture
def forwards(monkeypatch):
    """How many pictures went through the network."""
    counted = []
    embed = Model.embed
    monkeypatch.setattr(Model, "embed", lambda self, pictures: counted.append(len(pictures)) or embed(self, pictures))
    return counted


def test_a_run_tells_its_steps_then_answers_in_order_then_sums_up(by, query):
    _, summary, events = run(by, query)
    kinds = [type(event) for event in events if not isinstance(event, Warned)]
    ready = kinds.index(Ready)
    assert set(kinds[:ready]) == {Step}
    assert set(kinds[ready + 1 : -1]) == {Classified}
    assert events[ready] == Ready(("blue", "green", "red"), 30)
    paths = [p.path for event in events if isinstance(event, Classified) for p in event.predictions]
    assert paths == [str(query / name / f"{i}.png") for name in ("blue", "green", "red") for i in range(10)]
    assert (summary.images, summary.classified, summary.unknown, summary.unreadable) == (30, 30, 0, 0)
    assert summary.classes == ("blue", "green", "red")


def test_colours_are_told_apart_and_confidence_is_the_largest_probability(by, query):
    predictions, summary, _ = run(by, query)
    assert summary.accuracy == 1.0
    assert 0.88 < summary.accuracy_low < summary.accuracy_high == 1.0
    for prediction in predictions.values():
        assert prediction.status == "ok"
        assert (
            prediction.confidence
            == max(prediction.probabilities.values())
            == prediction.probabilities[prediction.label]
        )
        assert sum(prediction.probabilities.values()) == pytest.approx(1)


def test_counts_and_accuracy_grow_with_the_answers(by, query):
    _, summary, events = run(by, query)
    batches = [event for event in events if isinstance(event, Classified)]
    assert len(batches[0].predictions) == 1
    seen = 0
    for batch in batches:
        seen += len(batch.predictions)
        assert batch.counts.images == batch.accuracy.total == seen
    assert batches[-1].accuracy.value == summary.accuracy


def test_the_summary_has_the_contracts_fields_in_order(by, query):
    _, summary, _ = run(replace(by, seed=5), query)
    value = summary.as_json()
    counts = ["images", "classified", "unknown", "unreadable", "support_excluded"]
    accuracy = ["accuracy", "accuracy_low", "accuracy_high", "accuracy_on_classified"]
    speed = ["images_per_second", "seconds"]
    about = ["device", "backbone", "method", "seed", "warnings"]
    assert list(value) == ["schema", *counts, "classes", *accuracy, *speed, *about]
    assert (value["schema"], value["device"], value["backbone"], value["method"]) == (1, "cpu", "tiny", "protonet")
    assert value["seed"] == 5
    assert value["classes"] == ["blue", "green", "red"]
    assert value["images_per_second"] > 30 / value["seconds"] > 0


# Accuracy that is not flattered


def test_support_pictures_found_in_the_query_get_a_row_but_no_say_in_the_accuracy(by, query):
    shutil.copy(by.support / "red" / "0.png", query / "green" / "renamed.png")
    predictions, summary, events = run(by, query, by.support)
    assert len(predictions) == summary.images == 40
    assert summary.support_excluded == 10
    assert [event for event in events if isinstance(event, Classified)][-1].accuracy.total == 30
    assert predictions[str(query / "green" / "renamed.png")].status == "ok"


def test_pictures_of_other_folders_have_no_say_and_without_any_there_is_no_accuracy(by, query):
    shutil.move(query / "red", query / "who knows")
    _, summary, events = run(by, query)
    assert summary.images == 30
    assert [event for event in events if isinstance(event, Classified)][-1].accuracy.total == 20
    _, summary, _ = run(by, query / "who knows")
    assert summary.accuracy is summary.accuracy_low is summary.accuracy_high is summary.accuracy_on_classified is None


def test_an_unknown_counts_as_wrong_but_not_among_the_classified(by, query, tmp_path):
    predictions, summary, _ = run(replace(by, unknown=0.5), query)
    assert 0 < summary.unknown < 30
    assert summary.images == summary.classified + summary.unknown
    assert summary.accuracy == pytest.approx(summary.classified / 30)
    assert summary.accuracy_on_classified == 1.0
    for prediction in predictions.values():
        assert (prediction.label == "") == (prediction.status == "unknown")
        assert prediction.confidence == max(prediction.probabilities.values())


@pytest.mark.parametrize(
    ("classes", "shots", "told"), [(3, 3, True), (2, 3, False), (3, 1, False)], ids=["3x3", "2 classes", "1 shot"]
)
def test_unknowns_are_told_by_default_from_three_classes_and_two_shots_on(by, query, tmp_path, classes, shots, told):
    support = draw_classes(tmp_path / "other", tuple(COLOURS)[:classes], shots)
    classifier, _ = finished(adapt(replace(by, support=support, unknown=None)))
    assert (classifier.unknown is not None) == told
    classifier, _ = finished(adapt(replace(by, support=support, unknown="auto")))
    assert classifier.unknown.rate == 0.05


def test_the_unknown_option_is_off_auto_or_a_rate():
    assert [parse_unknown(text) for text in ("off", "auto", "0", "0.25", "1")] == ["off", "auto", 0, 0.25, 1]
    for text in ("on", "-0.1", "1.5", "nan", ""):
        with pytest.raises(UsageError, match="--unknown"):
            parse_unknown(text)


# Bad pictures


def test_a_damaged_and_a_vanished_picture_are_answers(by, query):
    (query / "red" / "0.png").write_bytes(b"not a picture")
    gone = query / "red" / "gone.png"
    predictions, summary, _ = run(by, query, gone)
    for path, reason in ((query / "red" / "0.png", "is not a picture"), (gone, "does not exist")):
        prediction = predictions[str(path)]
        assert prediction == Prediction(str(path), "", None, "unreadable", prediction.reason, {})
        assert reason in prediction.reason
    assert (summary.images, summary.classified, summary.unreadable) == (31, 29, 2)


def test_a_picture_that_vanishes_between_scan_and_read_is_unreadable(by, query):
    events = classify(ClassifyOptions(query=[query], by=by))
    for event in events:
        if isinstance(event, Ready):
            shutil.rmtree(query / "red")
    assert event.unreadable == 10
    assert event.accuracy == 1.0


def test_a_query_without_pictures_is_a_run_without_answers_and_a_warning(by, tmp_path):
    (tmp_path / "empty").mkdir()
    predictions, summary, _ = run(by, tmp_path / "empty")
    assert predictions == {}
    assert (summary.images, summary.accuracy, summary.images_per_second) == (0, None, 0)
    assert any("no picture" in sentence for sentence in summary.warnings)


def test_warnings_are_told_at_once_and_summed_up(by, query):
    (by.support / "green" / "1.png").write_bytes(b"")
    _, summary, events = run(by, query)
    told = tuple(event.sentence for event in events if isinstance(event, Warned))
    assert told == summary.warnings
    assert len(told) == 1


# The same answer each time


def test_a_label_depends_on_neither_batch_nor_order(by, query, tmp_path):
    together, _, _ = run(replace(by, cache=False), query)
    files = sorted(query.rglob("*.png"), key=lambda path: path.name + path.parent.name, reverse=True)
    shuffled, _, _ = run(replace(by, cache=False), *files)
    assert list(together) != list(shuffled)
    alone = {}
    for file in files[:5]:
        alone |= run(replace(by, cache=False), file)[0]
    for other in (shuffled, alone):
        for path, prediction in other.items():
            for name, p in prediction.probabilities.items():
                assert p == pytest.approx(together[path].probabilities[name], abs=1e-4)
            first, second = sorted(prediction.probabilities.values())[:-3:-1]
            assert prediction.label == together[path].label or first - second < 1e-4


def test_cached_answers_are_identical_and_cost_no_forward_pass(by, query, forwards):
    fresh, _, _ = run(replace(by, cache=False), query)
    first, _, _ = run(by, query)
    assert sum(forwards) == 2 * (9 + 30)
    cached, _, _ = run(by, query)
    assert sum(forwards) == 2 * (9 + 30)
    assert fresh == first == cached


def test_moved_pictures_a_new_class_and_another_method_cost_no_forward_pass_for_the_others(by, query, forwards):
    run(by, query)
    before = sum(forwards)
    os.rename(query, query.with_name("moved"))
    run(replace(by, method="ridge"), query.with_name("moved"))
    assert sum(forwards) == before
    draw(by.support / "yellow" / "0.png", COLOURS["yellow"])
    run(by, query.with_name("moved"))
    assert sum(forwards) == before + 1


def test_without_the_cache_nothing_is_written(by, query, cache_folder):
    run(replace(by, cache=False), query)
    assert not cache_folder.exists()


def test_a_damaged_cache_is_a_warning_and_not_the_end(by, query, cache_folder):
    fresh, _, _ = run(by, query)
    for file in (cache_folder / "embeddings").glob("*.f16"):
        file.write_bytes(b"\1" * file.stat().st_size)
    again, summary, _ = run(by, query)
    assert again == fresh
    assert any("damaged" in sentence for sentence in summary.warnings)


# Stored classifiers


def test_a_stored_classifier_answers_as_the_fresh_one(by, query, tmp_path):
    by = replace(by, unknown=0.2, seed=3)
    fresh, summary, _ = run(by, query, by.support)
    finished(save(by, tmp_path / "stored"))
    stored, again, _ = run(Stored(folder=tmp_path / "stored"), query, by.support)
    assert stored == fresh
    timing = {"images_per_second": 0.0, "seconds": 0.0}
    assert replace(again, **timing) == replace(summary, **timing)


def test_the_cut_for_unknowns_can_be_changed_later(by, query, tmp_path):
    finished(save(by, tmp_path / "stored"))
    for unknown in ("off", "auto", 0.5):
        assert (
            run(Stored(folder=tmp_path / "stored", unknown=unknown), query)[0]
            == run(replace(by, unknown=unknown), query)[0]
        )


def test_a_folder_that_is_no_classifier_is_refused(tmp_path, query):
    with pytest.raises(UserError, match="no classifier's folder"):
        run(Stored(folder=query), query)


# Methods of other kinds


def test_a_transductive_method_sees_all_pictures_before_it_labels_the_first(by, query):
    by = replace(by, method="ridge:centre=folder")
    forwards_first, summary, events = run(by, query)
    assert any(isinstance(event, Step) and "before the first answer" in event.what for event in events)
    flagged = [event.sentence for event in events if isinstance(event, Warned) and event.level == "info"]
    assert flagged == ["ridge, as it was asked for, is transductive: an answer depends on all of the pictures."]
    reordered, _, _ = run(by, *sorted(query.rglob("*.png"), reverse=True))
    assert {path: p.label for path, p in reordered.items()} == {path: p.label for path, p in forwards_first.items()}
    assert summary.method == "ridge:centre=folder"
    with pytest.raises(UsageError, match="centre=folder"):
        finished(adapt(by))


def test_a_method_that_is_only_to_be_measured_is_refused_before_any_picture_is_read(by, query, forwards):
    with pytest.raises(UsageError, match=r"maml with norm=batch .* which only evaluate can compare"):
        run(replace(by, method="maml:norm=batch"), query)
    assert not forwards


def test_a_transductive_method_without_a_readable_picture_is_one_sentence(by, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match="soft-kmeans needs a folder of pictures"):
        run(replace(by, method="soft-kmeans"), tmp_path / "bad")


@dataclass(frozen=True)
class Shifted(Method):
    """Changes the last block a little and puts prototypes on top: a stand-in for methods that adapt the backbone."""

    name = "shifted"
    needs = "pictures"

    def adapt(self, model, support, *, pool=None, seed=0, progress=no_progress):
        progress(0.5, "Half of it")
        changed = {name: 1.1 * p for name, p in model.network.parameters_from(3).items()}
        own = replace(model, network=with_tensors(model.network, changed))
        inner = METHODS["protonet"]().adapt(own, replace(support, embeddings=own.embed(support.pictures)))
        return AdaptedHead(model, changed, inner, ("It was adapted.",))


def test_a_method_that_changes_the_backbone_gets_pictures_and_is_asked_with_pictures(
    query, tmp_path, monkeypatch, forwards
):
    monkeypatch.setitem(METHODS._entries, "shifted", Shifted)
    smaller = Preprocessing(16, (0.5,) * 3, (0.5,) * 3)
    model = write_tiny_model(tmp_path / "model", size=16, adaptation=Adaptation(3, smaller))
    sizes = []
    read = decode.read
    monkeypatch.setattr(decode, "read", lambda path, at_least: sizes.append(at_least) or read(path, at_least))
    by = AdaptOptions(support=draw_classes(tmp_path / "s"), backbone=str(model), method="shifted", unknown=0.1)
    (query / "red" / "0.png").write_bytes(b"")
    fresh, summary, events = run(by, query)
    assert set(sizes[-30:]) == {smaller.at_least}
    assert Step("Half of it", 0.5) in events
    assert summary.warnings == ("It was adapted.",)
    assert summary.accuracy_on_classified == 1.0
    assert summary.unreadable == 1
    assert run(by, query)[0] == fresh
    finished(save(by, tmp_path / "stored"))
    embedded = sum(forwards)
    assert run(Stored(folder=tmp_path / "stored"), query)[0] == fresh
    assert sum(forwards) == embedded


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells a process its threads")
@pytest.mark.parametrize("method", ["protonet", "shifted"])
def test_classifying_leaves_all_cores_to_the_thread_that_adapts(method, tiny, query, tmp_path, monkeypatch):
    monkeypatch.setitem(METHODS._entries, "shifted", Shifted)
    support = draw_classes(tmp_path / "support", shots=9)  # pictures large enough in all to be stacked by two threads
    found = []

    def work():
        before = native_threads()
        run(AdaptOptions(support=support, backbone=tiny, method=method, cache=False), query)
        deadline = time.monotonic() + 5
        while native_threads() > before and time.monotonic() < deadline:  # those that have ended may be gone only soon
            threading.Event().wait(0.01)
        found.append(native_threads() - before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [0]


def native_threads():
    """Threads that Python does not know, such as OpenMP's."""
    return len(os.listdir("/proc/self/task")) - threading.active_count()


def test_closing_the_run_ends_its_threads(by, query):

    before = threading.active_count()
    events = classify(ClassifyOptions(query=[query], by=by))
    next(event for event in events if isinstance(event, Classified))
    events.close()
    assert threading.active_count() == before


def test_class_names_that_look_like_columns_survive_the_whole_way(by, tmp_path):
    names = ("label", "p:path", "a, b", "猫 é")
    support = draw_classes(tmp_path / "odd", names)
    events = list(
        classify(ClassifyOptions(query=[draw_classes(tmp_path / "q", names, 2, 1)], by=replace(by, support=support)))
    )
    stream = io.StringIO(newline="")
    writer = FORMATS["csv"](stream)
    for event in events:
        if isinstance(event, Ready):
            writer.begin(event.class_names)
        elif isinstance(event, Classified):
            writer.write(event.predictions)
    lines = list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))
    assert {line["label"] for line in lines} <= set(names)
    assert all(float(line[f"p:{line['label']}"]) == float(line["confidence"]) for line in lines)
    assert events[-1].accuracy is not None

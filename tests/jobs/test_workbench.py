"""The window's runs: examples adapted to at once, a folder labelled as a stream, and all that can happen to them."""

import os
import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.images import decode
from fewshot_gui.jobs.adapt import AdaptOptions
from fewshot_gui.jobs.bench import Points, Rows, Workbench
from fewshot_gui.jobs.classify import ClassifyOptions, classify
from fewshot_gui.jobs.columns import OK, PENDING, UNKNOWN, UNREADABLE
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.jobs.workbench import adapt_instant, embed_folder, load_model, nearest_examples, scan_folder
from tests.jobs.bench_help import (
    COLOURS,
    IDS,
    NAMES,
    adapted,
    at_work,
    events_of,
    examples_in,
    loaded,
    opened,
    result_of,
    write_centred_model,
)
from tests.jobs.tasks import COLOURS as PAINT
from tests.jobs.tasks import draw, draw_classes, write_tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of a tiny model that tells pictures of one class apart."""
    return str(write_centred_model(tmp_path_factory.mktemp("model")))


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support")


@pytest.fixture
def query(tmp_path):
    return draw_classes(tmp_path / "query", shots=5, seed=1)


@pytest.fixture
def reads(monkeypatch):
    """The paths of all pictures that are decoded, as they are."""
    paths = []
    read = decode.read
    monkeypatch.setattr(decode, "read", lambda path, at_least: paths.append(str(path)) or read(path, at_least))
    return paths


def warnings(events):
    return [event.sentence for event in events if isinstance(event, Warned)]


# The whole way


def test_a_folder_is_labelled_as_the_command_line_labels_it(tiny, support, query):
    (query / "red" / "broken.png").write_bytes(b"")
    shutil.copy(support / "red" / "0.png", query / "red" / "example.png")
    bench = loaded(tiny)
    columns = opened(bench, query)
    adapted(bench, examples_in(support), unknown="auto")
    summary = result_of(embed_folder(bench))
    by = AdaptOptions(support=support, backbone=tiny, method="protonet", unknown="auto", device="cpu")
    *events, expected = classify(ClassifyOptions(query=[query], by=by))
    predictions = {p.path: p for event in events for p in getattr(event, "predictions", ())}
    for row, path in enumerate(columns.paths):
        prediction = predictions[path]
        assert prediction.status == {OK: "ok", UNKNOWN: "unknown", UNREADABLE: "unreadable"}[columns.status[row]]
        if prediction.label:
            assert columns.class_names[columns.label[row]] == prediction.label
            assert columns.confidence[row] == pytest.approx(prediction.confidence, abs=1e-4)
    alike = ("images", "classified", "unknown", "unreadable", "support_excluded", "accuracy", "accuracy_on_classified")
    assert [getattr(summary, name) for name in alike] == [getattr(expected, name) for name in alike]
    assert (summary.backbone, summary.method, summary.device) == (expected.backbone, expected.method, expected.device)


def test_labels_of_an_example_dropped_later_are_there_before_the_estimate_is(tiny, tmp_path, query):
    bench, columns = at_work(tiny, tmp_path)
    before = columns.probabilities.copy()
    new = draw(tmp_path / "new.png", PAINT["red"], 77)
    examples = [*examples_in(tmp_path / "support"), replace(examples_in(tmp_path / "support")[0], path=str(new))]
    events = adapt_instant(bench, examples, NAMES, IDS, COLOURS, "protonet", "off")
    rows = next(event for event in events if isinstance(event, Rows))
    assert rows.rows.tolist() == list(range(15))
    assert (columns.probabilities != before).any()
    _, result = events_of(events)
    assert result.labelled == 15
    assert result.estimate.accuracy.total == 10
    assert result.estimate.rough
    assert 0 < result.seconds < 60


def test_examples_come_before_and_after_the_folder_all_the_same(tiny, support, query):
    first, second = loaded(tiny), loaded(tiny)
    columns, later = opened(first, query), opened(second, query)
    adapted(first, examples_in(support))
    result_of(embed_folder(first))
    result_of(embed_folder(second))
    assert set(later.status) == {PENDING}
    adapted(second, examples_in(support))
    assert columns.label.tolist() == later.label.tolist()
    assert np.array_equal(columns.probabilities, later.probabilities)


def test_known_embeddings_cost_no_reading_in_another_session(tiny, tmp_path, reads):
    old = tmp_path / "query"
    at_work(tiny, tmp_path)
    for path in [*old.rglob("*.png"), *(tmp_path / "support").rglob("*.png")]:
        os.utime(path, (1e9, 1e9))  # a file as young as this one is not trusted to stay
    again, _ = at_work_again(tiny, tmp_path)
    before = len(reads)
    _, columns = at_work_again(tiny, tmp_path)
    assert len(reads) == before
    assert set(columns.status) == {OK}
    assert again.columns.label.tolist() == columns.label.tolist()


def at_work_again(tiny, place):
    bench = loaded(tiny)
    columns = opened(bench, place / "query")
    adapted(bench, examples_in(place / "support"))
    result_of(embed_folder(bench))
    bench.close()
    return bench, columns


def test_what_is_looked_at_comes_first(tiny, tmp_path):
    bench = loaded(tiny, cache=False)
    opened(bench, draw_classes(tmp_path / "query", shots=40))
    looked_at = [114, 7]
    run = embed_folder(bench, lambda: looked_at)
    seen = next(run).rows.tolist() + next(run).rows.tolist()
    assert set(seen) == {114, 7}
    looked_at[:] = [111]
    rest = [row for event in run if isinstance(event, Rows) for row in event.rows.tolist()]
    assert 111 in rest[:40]  # chunks under way are not turned back
    assert sorted(seen + rest) == list(range(120))


def test_the_first_answers_are_a_fair_part_of_a_sorted_folder(tiny, tmp_path):
    bench = loaded(tiny, cache=False)
    opened(bench, draw_classes(tmp_path / "query", shots=40))
    rows = [row for event in embed_folder(bench) if isinstance(event, Rows) for row in event.rows.tolist()]
    of_each_class = [sum(row // 40 == number for row in rows[:60]) for number in range(3)]
    assert min(of_each_class) >= 10


def test_progress_counts_to_the_end(tiny, query):
    bench = loaded(tiny)
    opened(bench, query)
    rows = [event for event in events_of(embed_folder(bench))[0] if isinstance(event, Rows)]
    assert [event.done for event in rows] == list(np.cumsum([len(event.rows) for event in rows]))
    assert {event.total for event in rows} == {15}
    assert rows[-1].per_second > 0


def test_pictures_that_are_examples_are_marked_by_their_content(tiny, support, query):
    shutil.copy(support / "blue" / "1.png", query / "copy.png")
    bench = loaded(tiny)
    columns = opened(bench, query)
    adapted(bench, examples_in(support))
    result_of(embed_folder(bench))
    assert [columns.relative(row) for row in np.flatnonzero(columns.support)] == ["copy.png"]
    adapted(bench, [e for e in examples_in(support) if not e.path.endswith(os.path.join("blue", "1.png"))])
    assert not columns.support.any()


def test_the_examples_nearest_to_a_picture_are_told(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    near = nearest_examples(bench, 0, 3)
    assert [one.cosine for one in near] == sorted((one.cosine for one in near), reverse=True)
    assert near[0].class_id == columns.class_ids[columns.label[0]]
    assert near[0].example_id in range(100, 109)
    bench.columns = columns
    assert nearest_examples(bench, 0) == ()


# Classes that come and go


def test_without_an_example_all_is_pending(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    result = adapted(bench, [])
    assert result.estimate is None
    assert set(columns.status) == {PENDING}
    assert columns.class_names == NAMES
    assert bench.classifier is None
    result_of(embed_folder(bench))
    assert set(columns.status) == {PENDING}


def test_a_single_class_is_given_to_all_with_a_warning(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    only = [example for example in examples_in(tmp_path / "support") if example.class_index == 1]
    events, result = events_of(adapt_instant(bench, only, NAMES, IDS, COLOURS, "protonet", "off"))
    assert "only one class, 'green'" in warnings(events)[0]
    assert set(columns.label) == {1}
    assert columns.confidence.tolist() == [1.0] * 15
    assert "one class" in result.estimate.why_none


def test_a_class_emptied_during_the_run_is_no_longer_given(tiny, support, query):
    bench = loaded(tiny, cache=False)
    columns = opened(bench, query)
    adapted(bench, examples_in(support))
    run = embed_folder(bench)
    for _ in range(3):
        next(run)
    adapted(bench, [example for example in examples_in(support) if example.class_index != 0])
    events_of(run)
    assert set(columns.label) == {1, 2}
    assert set(columns.status) == {OK}


def test_a_class_deleted_during_the_run_leaves_no_label_of_it(tiny, support, query):
    bench = loaded(tiny, cache=False)
    columns = opened(bench, query)
    adapted(bench, examples_in(support))
    run = embed_folder(bench)
    next(run)
    columns.set_classes(NAMES[1:], IDS[1:], COLOURS[1:])  # as a view is told at once, before the adaptation
    events_of(run)
    reds = [row for row, path in enumerate(columns.paths) if "red" in path]
    assert set(columns.status[reds]) == {PENDING}
    others = [row for row in range(columns.n) if row not in reds]
    assert [NAMES[1:][label] for label in columns.label[others]] == [columns.truths[row] for row in others]


def test_an_older_adaptation_does_not_replace_a_newer_one(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    slow = tmp_path / "slow"
    older = adapt_instant(bench, examples_in(draw_classes(slow)), NAMES, IDS, COLOURS, "protonet", "off")
    next(older)
    adapted(bench, examples_in(tmp_path / "support"), unknown="off")
    labels = columns.probabilities.copy()
    _, result = events_of(older)
    assert not result.current
    assert np.array_equal(columns.probabilities, labels)


def test_classes_keep_their_place_when_one_of_them_is_empty(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    without = [example for example in examples_in(tmp_path / "support") if example.class_index != 1]
    result = adapted(bench, without)
    assert set(columns.label) == {0, 2}
    assert (columns.probabilities[:, 1] == 0).all()
    assert [one.total for one in result.estimate.per_class] == [3, 0, 3]


# Examples


def test_contents_are_told_and_known_examples_need_no_file(tiny, support):
    bench = loaded(tiny)
    examples = examples_in(support)
    result = adapted(bench, examples)
    assert result.contents[100] == decode.content_hash((support / "red" / "0.png").read_bytes())
    shutil.rmtree(support)
    known = [replace(example, content=result.contents[example.id]) for example in examples]
    assert adapted(bench, known).left_out == {}


def test_an_unreadable_example_is_left_out_with_its_reason(tiny, support):
    (support / "red" / "0.png").write_bytes(b"")
    for picture in (support / "green").iterdir():
        picture.write_bytes(b"not a picture")
    bench = loaded(tiny)
    events, result = events_of(adapt_instant(bench, examples_in(support), NAMES, IDS, COLOURS))
    assert result.left_out[100] == "is empty"
    assert sorted(result.left_out) == [100, 103, 104, 105]
    assert any("No example of the class 'green'" in sentence for sentence in warnings(events))
    assert bench.classifier.class_names == ("red", "blue")


def test_a_crop_is_embedded_from_its_own_pixels(tiny, tmp_path, support):
    both = np.concatenate([decode.read(support / name / "0.png", 48).pixels for name in ("red", "blue")], axis=1)
    path = tmp_path / "both.png"
    Image.fromarray(both).save(path)
    red = examples_in(support)[0]
    left = replace(red, path=str(path), crop=(0, 0, 0.5, 1), id=1)
    right = replace(red, path=str(path), crop=(0.5, 0, 0.5, 1), class_index=2, id=2)
    whole = replace(red, path=str(path), class_index=1, id=3)
    bench = loaded(tiny)
    events, result = events_of(adapt_instant(bench, [left, right, whole], NAMES, IDS, COLOURS, "protonet", "off"))
    assert len(set(result.contents.values())) == 1
    rows = bench.examples.pictures.embeddings
    adapted(bench, [red])
    assert torch.equal(rows[0], bench.examples.pictures.embeddings[0])
    assert len(torch.unique(rows, dim=0)) == 3
    assert not any("same picture" in sentence for sentence in warnings(events))
    again = loaded(tiny)
    adapted(again, [replace(left, content=result.contents[1]), right])
    assert torch.equal(again.examples.pictures.embeddings, rows[:2])


def test_a_crop_of_a_few_pixels_is_refused_with_a_sentence(tiny, support):
    tiny_crop = replace(examples_in(support)[0], crop=(0.2, 0.2, 0.1, 0.5), id=1)
    outside = replace(examples_in(support)[0], crop=(0.8, 0.2, 0.5, 0.5), id=2)
    result = adapted(loaded(tiny), [tiny_crop, outside, *examples_in(support)[1:]])
    assert "only 4 x 24 pixels" in result.left_out[1]
    assert "does not lie within" in result.left_out[2]


# Methods


def test_a_method_that_adapts_the_backbone_is_not_run_at_once(tiny, support):
    result = adapted(loaded(tiny), examples_in(support), method="finetune")
    assert result.method == "protonet"


@pytest.mark.parametrize(
    ("method", "meanwhile"), [("ridge:centre=folder", "ridge:centre=support"), ("soft-kmeans", "protonet")]
)
def test_a_transductive_method_waits_for_the_folder(tiny, support, query, method, meanwhile):
    bench = loaded(tiny)
    opened(bench, query)
    events, result = events_of(adapt_instant(bench, examples_in(support), NAMES, IDS, COLOURS, method))
    assert (result.method, result.by_folder) == (meanwhile, True)
    assert any("needs the folder's pictures" in sentence for sentence in warnings(events))
    run = embed_folder(bench)
    next(run)  # a part of the folder: an answer by that part would depend on when it was asked for
    assert adapted(bench, examples_in(support), method=method).method == meanwhile
    result_of(run)
    result = adapted(bench, examples_in(support), method=method)
    assert (result.method, result.by_folder) == (method, True)
    assert not adapted(bench, examples_in(support), method="ridge").by_folder


def test_an_unknown_method_is_refused_and_the_last_head_stays(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    before, labels = bench.classifier, columns.label.copy()
    with pytest.raises(UsageError, match="protonet"):
        adapted(bench, examples_in(tmp_path / "support"), method="magic")
    assert bench.classifier is before
    assert np.array_equal(columns.label, labels)


# Bad input


def test_a_model_error_is_a_sentence_and_the_last_head_stays(tiny, tmp_path, monkeypatch):
    bench, columns = at_work(tiny, tmp_path)
    before, labels = bench.classifier, columns.label.copy()

    def fails(*_):
        raise RuntimeError("shapes do not fit\nmore of it")

    monkeypatch.setattr(Model, "embed", fails)
    with pytest.raises(UserError, match=r"centred failed \(shapes do not fit\)"):
        adapted(bench, examples_in(draw_classes(tmp_path / "other", seed=5)))
    opened(bench, draw_classes(tmp_path / "more", seed=6))
    with pytest.raises(UserError, match="try again"):
        result_of(embed_folder(bench))
    assert bench.classifier is before
    assert np.array_equal(columns.label, labels)


def test_a_picture_that_vanishes_is_unreadable_and_a_folder_that_vanishes_ends_the_run(tiny, support, query):
    bench = loaded(tiny, cache=False)
    columns = opened(bench, query)
    adapted(bench, examples_in(support))
    (query / "blue" / "0.png").unlink()
    run = embed_folder(bench)
    done = [row for _ in range(4) for row in next(run).rows.tolist()]
    shutil.rmtree(query)
    with pytest.raises(UserError, match="has vanished"):
        events_of(run)
    gone = [row for row in range(columns.n) if columns.status[row] == UNREADABLE]
    assert [columns.relative(row) for row in gone] == ["blue/0.png"]
    assert columns.reason[gone[0]].startswith("does not exist")
    assert set(columns.status[[row for row in done if row not in gone]]) == {OK}
    draw_classes(query, shots=5, seed=1)
    result_of(embed_folder(bench))
    assert set(columns.status) == {OK}
    assert columns.reason == {}


def test_runs_without_what_they_need_are_refused_with_a_sentence(tiny, tmp_path):
    with pytest.raises(UserError, match="No model"):
        result_of(embed_folder(Workbench()))
    with pytest.raises(UserError, match="No folder"):
        result_of(embed_folder(loaded(tiny)))
    with pytest.raises(UserError, match="does not exist"):
        result_of(scan_folder(str(tmp_path / "nowhere")))


def test_an_unknown_model_leaves_the_one_before(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    before = bench.classifier
    with pytest.raises(UserError):
        result_of(load_model(bench, str(tmp_path / "none"), "cpu"))
    assert bench.classifier is before
    assert set(columns.status) == {OK}


# Another model or folder


def test_a_model_that_was_wanted_first_and_loaded_last_does_not_replace_the_newer_one(tiny, tmp_path):
    other = str(write_tiny_model(tmp_path / "other"))
    bench = Workbench()
    slow = load_model(bench, other, "cpu")
    result_of(load_model(bench, tiny, "cpu"))
    result_of(slow)
    assert bench.model_name == "centred"
    assert bench.cache is not None


def test_another_model_forgets_what_the_first_one_said(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    run = embed_folder(bench)
    other = write_tiny_model(tmp_path / "other", width=4)
    events, _ = events_of(load_model(bench, str(other), "cpu"))
    assert isinstance(events[0], Step)
    assert (bench.model_name, bench.classifier) == ("other", None)
    assert bench.device_name.startswith("CPU")
    assert set(columns.status) == {PENDING}
    run.close()
    adapted(bench, examples_in(tmp_path / "support"))
    result_of(embed_folder(bench))
    assert set(columns.status) == {OK}


def test_another_folder_ends_the_run_over_the_first(tiny, tmp_path, query):
    bench = loaded(tiny, cache=False)
    first = opened(bench, query)
    run = embed_folder(bench)
    next(run)
    second = opened(bench, draw_classes(tmp_path / "second"))
    events, _ = events_of(run)
    assert events == []
    assert first is not second
    assert sum(content is not None for content in first.content) == 1


# Scanning and cancelling


def test_scanning_counts_and_an_empty_folder_is_a_warning(tmp_path, query):
    many = tmp_path / "many"
    for number in range(450):
        (many / str(number % 3)).mkdir(parents=True, exist_ok=True)
        (many / str(number % 3) / f"{number}.png").write_bytes(b"")
    events, columns = events_of(scan_folder(str(many)))
    assert columns.n == 450
    assert any("pictures found" in event.what for event in events)
    assert result_of(scan_folder(str(many), most=450)).n == 450
    assert result_of(scan_folder(str(many), most=449)) is None
    (tmp_path / "empty").mkdir()
    events, columns = events_of(scan_folder(str(tmp_path / "empty")))
    assert columns.n == 0
    assert "no picture" in warnings(events)[0]


def test_closing_any_run_ends_its_threads_and_leaves_the_last_head(tiny, tmp_path, query):
    bench, _ = at_work(tiny, tmp_path)
    before, threads = bench.classifier, threading.active_count()
    new = examples_in(draw_classes(tmp_path / "new", seed=9))
    runs = [adapt_instant(bench, new, NAMES, IDS, COLOURS), scan_folder(str(query))]
    next(runs[0])
    for run in runs:
        run.close()
    opened(bench, draw_classes(tmp_path / "more", shots=20, seed=6))
    run = embed_folder(bench)
    next(run)
    run.close()
    assert threading.active_count() == threads
    assert bench.classifier is before


def test_a_paused_run_reads_no_more_than_what_is_under_way(tiny, tmp_path, reads):
    bench = loaded(tiny, cache=False)
    opened(bench, draw_classes(tmp_path / "query", shots=60, seed=1))
    run = embed_folder(bench)
    next(run)
    events = [next(run) for _ in range(2)]
    assert all(isinstance(event, (Rows, Points)) for event in events)
    assert len(reads) < 60
    run.close()

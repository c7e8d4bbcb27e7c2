"""Evaluation from files to the report."""

import json
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fewshot_gui.engine import copies, model_folder
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.methods.protonet import ProtoNet
from fewshot_gui.engine.model import Adaptation
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.engine.results import Row
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.export.reports import REPORTS
from fewshot_gui.jobs.evaluate import EvaluateOptions, Evaluation, Measuring, evaluate
from fewshot_gui.jobs.evaluate_report import report, report_json
from fewshot_gui.jobs.events import Step, Warned
from tests.engine.factories import tiny_model

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 40, 220), "white": (240, 240, 240)}
PICTURES = 6
ROW = ("group", "ways", "shots", "queries", "episodes", "method", "backbone", "n_classes", "accuracy", "ci95")
ROW += ("adapted", "milliseconds_per_adapt")  # others may follow
PAIR = ("group", "ways", "shots", "a", "b", "difference", "ci95", "episodes")


def write_model(folder: Path, *, channels=3, size=32, **config) -> str:
    model = tiny_model(channels=channels, size=size, **config)
    model_folder.write(folder, model.config, model.network)
    return str(folder)


def picture(colour, number):
    noise = np.random.default_rng(number).integers(-15, 15, (24, 30, 3))
    file = BytesIO()
    Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("models") / "tiny", training_classes=("red", "fish", "blue"))


@pytest.fixture
def colours(tmp_path):
    folder = tmp_path / "colours"
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(PICTURES):
            (folder / name / f"{number}.png").write_bytes(picture(colour, number))
    return folder


@pytest.fixture
def options(colours, model):
    return EvaluateOptions(
        data=(colours,), ways=3, shots=(1, 2), queries=3, episodes=12, backbone=model, device="cpu", allow_seen=True
    )


def grouped_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        for group, names in {"a": ("red", "green", "blue"), "b": tuple(COLOURS), "few": ("red", "green")}.items():
            for name in names:
                for number in range(PICTURES):
                    archive.writestr(f"{group}/{name}/{number}.png", picture(COLOURS[name], number))
    return path


def drawings_npz(path, side=28):
    """Twelve characters: noise around a pattern of their own; the split vinyals_test is eight of them."""
    rng = np.random.default_rng(0)
    patterns = rng.random((12, 1, side * side)) < 0.4
    images = patterns ^ (rng.random((12, 5, side * side)) < 0.02)
    np.savez_compressed(
        path,
        images=np.packbits(images, axis=-1),
        characters=np.array([f"Runic/character{i:02}" for i in range(12)]),
        vinyals_test=np.arange(4, 12),
        vinyals_train=np.arange(4),
    )
    return path


def run(options) -> Evaluation:
    *_, last = evaluate(options)
    assert isinstance(last, Evaluation)
    return last


def test_the_report_has_exactly_the_fields_that_others_rely_on(options):
    told = report_json(run(replace(options, methods=("protonet", "ridge:regularisation=0.1"))))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told)[:6] == ["schema", "dataset", "split", "seed", "results", "paired"]
    assert (told["schema"], told["dataset"], told["split"], told["seed"]) == (1, "colours", "all", 0)
    assert [tuple(row)[: len(ROW)] for row in told["results"]] == [ROW] * 4
    assert [tuple(pair) for pair in told["paired"]] == [PAIR] * 2
    first = {name: told["results"][0][name] for name in ROW}
    assert first.pop("milliseconds_per_adapt") > 0
    low, high = first.pop("ci95")
    assert low <= first.pop("accuracy") <= high
    assert first == {
        "group": None, "ways": 3, "shots": 1, "queries": 3, "episodes": 12,
        "method": "protonet", "backbone": "tiny", "n_classes": 4, "adapted": None,
    }  # fmt: skip
    assert [(row["shots"], row["method"]) for row in told["results"][1:]] == [
        (1, "ridge:regularisation=0.1"),
        (2, "protonet"),
        (2, "ridge:regularisation=0.1"),
    ]


def test_pictures_of_one_colour_per_class_are_told_apart(options):
    assert all(row.accuracy.value > 0.95 for row in run(options).rows)


def test_copies_are_embedded_of_support_pictures_once_and_change_answers(options, colours, monkeypatch):
    made, read = [], copies.copies
    monkeypatch.setattr(copies, "copies", lambda *args: made.append(args[1]) or read(*args))
    methods = ("ridge:copies=2", "ridge:copies=3", "ridge")
    two, three, plain = run(replace(options, methods=methods, shots=(2,))).rows
    assert len(made) == len({*made}) > 0
    assert len({row.ece for row in (two, three, plain)}) == 3
    made.clear()
    run(replace(options, methods=("ridge",)))
    assert made == []


def test_the_same_call_gives_the_same_numbers(options):
    def figures(evaluation):
        timed = {"milliseconds_per_adapt": 0.0, "milliseconds_per_1000_queries": 0.0}
        return [replace(row, **timed) for row in evaluation.rows]

    assert figures(run(options)) == figures(run(options))


def test_rows_are_yielded_as_they_come_and_steps_between(options):
    values = list(evaluate(options))
    assert [value for value in values if isinstance(value, Row)] == list(values[-1].rows)
    steps = [value for value in values if isinstance(value, Step)]
    assert steps[0].what == "embedding"
    assert steps[-1].share == 1.0


def test_without_methods_the_models_own_is_measured(options, tmp_path):
    ridge = write_model(tmp_path / "with-ridge", method="ridge")
    assert {row.method for row in run(replace(options, backbone=ridge)).rows} == {"ridge"}


def test_classes_the_model_was_trained_on_are_refused_by_name(options):
    message = r"tiny was trained on 2 of these 4 classes \(blue, red\).*--allow-seen"
    with pytest.raises(UserError, match=message) as caught:
        run(replace(options, allow_seen=False))
    assert caught.value.exit_code == 1


def test_turned_classes_are_still_the_ones_trained_on(options):
    with pytest.raises(UserError, match=r"2 of these 4 classes \(blue, red\)"):
        run(replace(options, allow_seen=False, rotations=True))
    rows = run(replace(options, rotations=True)).rows
    assert rows[0].n_classes == 16


@pytest.mark.parametrize("trained", [("red", "blue"), ("sets/red", "sets/blue")])
def test_a_folder_around_all_of_an_archive_hides_no_class_trained_on(options, tmp_path, trained):
    model = write_model(tmp_path / "trained", training_classes=trained)
    with zipfile.ZipFile(tmp_path / "sets.zip", "w") as archive:
        for name, colour in COLOURS.items():
            archive.writestr(f"sets/{name}/0.png", picture(colour, 0))
            archive.writestr(f"sets/{name}/1.png", picture(colour, 1))
    change = {"data": (tmp_path / "sets.zip",), "backbone": model, "shots": (1,), "queries": 1}
    with pytest.raises(UserError, match=r"2 of these 4 classes \(blue, red\)"):
        run(replace(options, **change, allow_seen=False))


def test_classes_that_are_new_need_no_permission(options, tmp_path):
    new = write_model(tmp_path / "new", training_classes=("fish", "reddish"))
    assert len(run(replace(options, allow_seen=False, backbone=new)).rows) == 2


def test_the_classes_of_a_split_file_are_measured_and_missing_ones_told(options, tmp_path):
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"train": ["red"], "test": ["green", "blue", "black"], "val": ["white"]}))
    evaluation = run(replace(options, split_file=split, ways=2))
    assert (evaluation.split, evaluation.rows[0].n_classes) == ("test", 2)
    assert evaluation.warnings == ("1 classes of the split test are not in the data: black.",)


def test_more_ways_than_classes_are_refused_before_anything_is_embedded(options):
    with pytest.raises(UserError, match=r"colours has 4 classes .* ways must be at most 4, not 5"):
        next(evaluate(replace(options, ways=5)))


def test_groups_come_with_their_ways_and_a_mean(options, tmp_path):
    archive = grouped_zip(tmp_path / "sets.zip")
    told = report_json(run(replace(options, data=(archive,), ways=5, groups=True, shots=(1,))))
    rows = [(row["group"], row["ways"], row["n_classes"]) for row in told["results"]]
    assert rows == [("a", 3, 3), ("b", 4, 4), ("mean", 5, 7)]
    assert told["dataset"] == "sets"


def test_drawings_are_measured_on_their_own_split(options, tmp_path):
    preprocessing = Preprocessing(28, (0.0,), (1.0,), polarity="ink")
    ink = write_model(tmp_path / "ink", channels=1, size=28, preprocessing=preprocessing)
    data = (drawings_npz(tmp_path / "runes.npz"),)
    plain = run(replace(options, data=data, backbone=ink, shots=(3,), queries=2))
    assert (plain.split, plain.rows[0].n_classes) == ("vinyals_test", 8)
    assert plain.rows[0].accuracy.value > 0.9
    turned = run(replace(options, data=data, backbone=ink, shots=(1,), rotations=True, ways=20))
    assert turned.rows[0].n_classes == 32


def test_unreadable_pictures_are_left_out_and_counted(options, colours):
    (colours / "red" / "broken.png").write_bytes(b"no picture")
    (colours / "blue" / "0.png").write_bytes(b"")
    values = list(evaluate(replace(options, ways="all", shots=(4,), queries=9)))
    (warning,) = [value.sentence for value in values if isinstance(value, Warned)]
    assert warning.startswith("2 pictures were left out, they could not be read (first: ")
    assert "0.png" in warning
    assert values[-1].warnings == (warning,)
    assert values[-1].rows[0].ways == 4


def test_classes_that_lose_too_many_pictures_are_not_drawn(options, colours):
    for path in (colours / "green").iterdir():
        path.write_bytes(b"")
    with pytest.raises(UserError, match="colours has 3 classes with at least 2 pictures"):
        run(replace(options, ways=4))


def test_another_input_size_is_measured_where_the_network_takes_it(options, tmp_path):
    with pytest.raises(
        UserError, match="tiny@64 gives embeddings of another size at this input size; leave --size out"
    ):
        run(replace(options, size=64))
    evaluation = run(replace(options, size=40))  # 40 // 16 == 32 // 16: the embedding stays as long
    assert all(row.accuracy.value > 0.95 and row.backbone == "tiny@40" for row in evaluation.rows)


def test_another_quality_is_measured_and_named(options, graded):
    for quality in ("fast", "careful"):
        evaluation = run(replace(options, backbone=graded, quality=quality))
        assert {row.backbone for row in evaluation.rows} == {f"graded@{quality}"}
    with pytest.raises(UsageError, match="--size and --quality exclude each other"):
        replace(options, backbone=graded, quality="fast", size=40)


@dataclass(frozen=True)
class _Looks(ProtoNet):
    """ProtoNet that insists on pictures, and on their size."""

    name = "looks"
    needs = "pictures"

    def adapt(self, model, support, **rest):
        assert support.pictures.shape[1:] == (3, 20, 20)
        mean = support.pictures[support.labels == 0].float().mean((0, 2, 3))
        assert min((mean - torch.tensor(c).float()).abs().max() for c in COLOURS.values()) < 10
        return super().adapt(model, support, **rest)


def test_methods_that_adapt_the_backbone_are_given_pictures_at_its_size(options, tmp_path, monkeypatch):
    list(METHODS)  # fills the registry, which then keeps what it has
    monkeypatch.setitem(METHODS._entries, "looks", _Looks)
    adaptation = Adaptation(0, Preprocessing(20, (0.5,) * 3, (0.5,) * 3))
    folder = write_model(tmp_path / "adapting", adaptation=adaptation)
    evaluation = run(replace(options, backbone=folder, methods=("looks", "protonet")))
    assert [row.adapted for row in evaluation.rows] == [0.0, None] * 2
    assert all(pair.difference.value == 0 for pair in evaluation.paired)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ways": 1}, "--ways must be at least 2 or all, not 1"),
        ({"shots": ()}, "--shots must be different numbers"),
        ({"shots": (1, 1)}, "--shots must be different numbers from 1 up, or ranges such as 1-10, not '1,1'"),
        ({"shots": (1, range(0, 3))}, "not '1,0-2'"),
        ({"shots": (range(4, 5),)}, "not '4-4'"),
        ({"ways": (5, 5)}, "--ways must be different numbers, not '5,5'"),
        ({"ways": (5, 1)}, "--ways must be at least 2 or all, not 1"),
        ({"full": True}, "--full goes with --grid"),
        ({"queries": 0}, "--queries must be at least 1"),
        ({"episodes": 0}, "--episodes must be at least 1"),
        ({"seed": -1}, "--seed must be 0 or more"),
        ({"size": 3}, "--size must be at least 16 pixels"),
        ({"methods": ("ridge", "ridge")}, "names a method twice"),
        ({"methods": ("rigde",)}, "There is no method 'rigde'. Did you mean ridge?"),
        ({"backbone": "lite9"}, "There is no model 'lite9'"),
        ({"device": "tpu"}, "There is no device 'tpu'"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(options, change, message):
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        run(replace(options, **change))


def test_the_text_report_names_data_methods_and_differences(options):
    text = REPORTS["text"].render(report(run(replace(options, methods=("protonet", "ridge"), shots=(1,)))))
    lines = text.splitlines()
    assert lines[0] == "colours, split all, seed 0"
    assert lines[1] == "backbone tiny, up to 3 queries per class, 12 episodes"
    figures = lines[lines.index("All figures") + 1 :]
    assert " ".join(figures[0].split()).startswith("ways shots method accuracy % 95 % interval other classes worst")
    assert [line.split()[2] for line in figures[1:3]] == ["protonet", "ridge"]
    assert any("protonet - ridge" in line for line in lines)


def test_without_ways_shots_and_episodes_they_are_the_usual_ones(options, monkeypatch):
    plans = []
    monkeypatch.setattr("fewshot_gui.engine.evaluate.stages", lambda *given: plans.append(given[2]) or ())
    monkeypatch.setattr("fewshot_gui.jobs.evaluate.stages", lambda *given: ())
    monkeypatch.setattr("fewshot_gui.jobs.evaluate.left_out", lambda *given: "")
    plain = replace(options, ways=None, shots=None, episodes=None)
    run(plain)
    run(replace(plain, grid=True))
    run(replace(plain, grid=True, full=True, episodes=7, shots=(1,)))
    usual, grid, full = plans
    assert (usual.ways, usual.shots, usual.episodes, usual.episodes_on_pictures) == (5, (1, 5), 600, None)
    assert (grid.ways, grid.shots) == ((2, 5, 10, 20, 50), (1, 2, 5, 10, 20))
    assert (grid.episodes, grid.episodes_on_pictures, grid.few_on_pictures) == (2000, 200, True)
    assert (full.shots, full.episodes, full.episodes_on_pictures, full.few_on_pictures) == ((1,), 7, None, False)


def test_of_a_grid_what_the_data_lack_is_left_out_and_named_once(options):
    evaluation = run(replace(options, ways=None, shots=None, grid=True, episodes=2))
    assert [(row.ways, row.shots) for row in evaluation.rows] == [(2, 1), (2, 2), (2, 5)]
    (sentence,) = evaluation.warnings
    assert sentence.startswith(
        "The data have too few classes or pictures for 2 ways with 10, 20 shots, 5 ways, 10 ways,"
    )


def test_unknowns_are_measured_on_request(options):
    row = run(replace(options, unknown=True, shots=(2,))).rows[0]
    assert row.unknown_auroc.value > 0.9
    assert row.unknown_fpr95.value < 0.5


def test_while_episodes_run_what_is_known_so_far_can_be_had(options):
    known = []
    for value in evaluate(replace(options, methods=("protonet", "ridge"))):
        if isinstance(value, Measuring):
            known.append(value.so_far())
    assert [row.method for row in known[0].rows] == ["protonet"]
    assert (len(known[-1].rows), len(known[-1].paired)) == (4, 2)
    assert known[-1] == replace(value, complete=False)


def test_what_is_known_so_far_has_no_row_twice(options):
    job = evaluate(options)
    latest = None
    for value in job:
        latest = value if isinstance(value, Measuring) else latest
        if isinstance(value, Row):
            break
    so_far = latest.so_far()
    assert [(row.shots, row.episodes) for row in so_far.rows] == [(1, 12)]
    assert (so_far.dataset, so_far.complete) == ("colours", False)

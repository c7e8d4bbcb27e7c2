"""Whole jobs through the command line: data on stdout, messages on stderr, and the exit code for scripts."""

import json
import os
import shutil
from pathlib import Path

import pytest

from fewshot_gui import __version__
from fewshot_gui.cli.signals import Terminated
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample, ProjectSettings
from tests.flows.helpers import assert_failed, rows
from tests.jobs.tasks import draw_classes, write_tiny_model

SUMMARY = ["schema", "images", "classified", "unknown", "unreadable", "support_excluded", "classes", "accuracy"]
SUMMARY += ["accuracy_low", "accuracy_high", "accuracy_on_classified", "images_per_second", "seconds", "device"]
SUMMARY += ["backbone", "method", "seed", "warnings"]


def test_csv_goes_to_stdout_and_all_else_to_stderr(fewshot, tiny, support, query):
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
    assert done.code == 0
    header = done.out.splitlines()[0]
    assert header == "path,label,confidence,status,reason,p:blue,p:green,p:red"
    answers = rows(done.out)
    assert [row["path"] for row in answers] == sorted(str(path) for path in query.rglob("*.png"))
    assert {row["status"] for row in answers} <= {"ok", "unknown"}
    assert "Classifying 12 pictures into 3 classes." in done.err
    assert "12 pictures: " in done.err
    assert "Accuracy " in done.err


def test_json_is_exactly_one_line_with_the_contracts_keys(fewshot, tiny, support, query):
    (query / "red" / "broken.jpg").write_bytes(b"no picture")
    shutil.copy(support / "red" / "0.png", query / "red" / "again.png")
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--json",
                   "--unknown", "off", "--seed", 7, "--device", "cpu")  # fmt: skip
    assert done.code == 3
    assert done.out.count("\n") == 1
    summary = json.loads(done.out)
    assert list(summary) == SUMMARY
    assert summary["images"] == summary["classified"] + summary["unknown"] + summary["unreadable"] == 14
    assert (summary["unreadable"], summary["support_excluded"], summary["schema"], summary["seed"]) == (1, 1, 1, 7)
    assert summary["classes"] == ["blue", "green", "red"]
    assert summary["accuracy_low"] <= summary["accuracy"] <= summary["accuracy_high"]
    assert (summary["device"], summary["backbone"], summary["method"]) == ("cpu", "tiny", "protonet")
    assert "broken.jpg" in done.err


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_file_takes_the_answers_and_stdout_stays_empty(fewshot, tiny, support, query, tmp_path, ending):
    out = tmp_path / f"answers.{ending}"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out)
    assert (done.code, done.out) == (0, "")
    text = out.read_text("utf-8")
    if ending == "csv":
        answers = rows(text)
    elif ending == "json":
        whole = json.loads(text)
        assert set(whole) == {"schema", "summary", "pictures"}
        assert list(whole["summary"]) == SUMMARY
        answers = whole["pictures"]
    else:
        answers = [json.loads(line) for line in text.splitlines()]
    assert len(answers) == 12
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_and_the_json_line_go_together(fewshot, tiny, support, query, tmp_path):
    out = tmp_path / "answers.csv"
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--out", out, "--json")
    assert json.loads(done.out)["images"] == len(rows(out.read_text("utf-8"))) == 12


def test_the_same_command_gives_the_same_answers(fewshot, tiny, support, query):
    command = ("classify", "--support", support, "--query", query, "--backbone", tiny)
    assert fewshot(*command).out == fewshot(*command, "--no-cache").out


def test_a_stored_classifier_answers_as_the_fresh_one(fewshot, tiny, support, query, tmp_path):
    stored = fewshot("adapt", "--support", support, "--out", tmp_path / "mine", "--backbone", tiny)
    assert (stored.code, stored.out) == (0, "")
    assert f"Stored a classifier of 3 classes in {tmp_path / 'mine'}." in stored.err
    fresh = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
    shutil.rmtree(support)
    assert fewshot("classify", "--model", tmp_path / "mine", "--query", query).out == fresh.out


def test_a_table_tells_the_true_classes(fewshot, tiny, support, query, tmp_path):
    (query / "red").rename(query / "who knows")
    table = tmp_path / "truth.csv"
    table.write_text("path;class\nwho knows/0.png;red\nwho knows/1.png;blue\nlost.png;red\n", "utf-8")
    command = ("classify", "--support", support, "--query", query, "--backbone", tiny, "--unknown", "off")
    done = fewshot(*command, "--truth", table, "--json")
    assert done.code == 0
    assert json.loads(done.out)["accuracy"] == 9 / 10
    assert "measured on readable pictures whose class a table or their folder tells" in done.err
    assert "Warning: 1 row names no picture that is classified" in done.err
    assert_failed(fewshot(*command, "--truth", tmp_path / "no.csv"), 1, "cannot be read")


def test_a_project_is_a_third_way_to_say_what_the_classes_are(fewshot, tiny, support, query, tmp_path):
    with Project.create(tmp_path / "mine.fewshot", "Mine", ProjectSettings(backbone=str(tiny))) as project:
        for folder in sorted(support.iterdir()):
            info, _ = project.add_class(folder.name)
            project.add_examples(info.id, [NewExample(str(path)) for path in sorted(folder.iterdir())])
        project.set_folder(str(query))
        (query / "red" / "broken.jpg").write_bytes(b"no picture")
        done = fewshot("classify", "--project", tmp_path / "mine.fewshot")
        by_folder = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny)
        assert (done.code, done.out) == (3, by_folder.out)
        out = tmp_path / "red.jsonl"
        assert fewshot("classify", "--project", project.path, "--query", query / "red", "--out", out).code == 3
        assert len(out.read_text("utf-8").splitlines()) == 5


@pytest.mark.parametrize("names", [("a b", "naïve 猫"), ("a,b", 'quo"te'), ("path", "label", "p:label")])
def test_class_names_may_be_anything(fewshot, tiny, tmp_path, names):
    if os.name == "nt" and any(set(name) & set('":') for name in names):
        pytest.skip("Windows has no such folders")
    support = draw_classes(tmp_path / "s", names=names)
    query = draw_classes(tmp_path / "q", names=names, seed=1)
    done = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--unknown", "off")
    assert done.code == 0
    answers = rows(done.out)
    assert list(answers[0])[5:] == [f"p:{name}" for name in sorted(names)]
    assert {row["label"] for row in answers} <= set(names)


def test_evaluate_reports_as_text_and_as_one_line_of_json(fewshot, tiny, query):
    command = ("evaluate", query, "--backbone", tiny, "--ways", 3, "--shots", "1,2", "--queries", 2, "--episodes", 10,
               "--methods", "protonet,ridge")  # fmt: skip
    text = fewshot(*command)
    assert text.code == 0
    assert text.out.startswith("query, split all, seed 0\n")
    done = fewshot(*command, "--json")
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    assert list(report)[:6] == ["schema", "dataset", "split", "seed", "results", "paired"]
    assert [(row["shots"], row["method"]) for row in report["results"]] == [
        (1, "protonet"), (1, "ridge"), (2, "protonet"), (2, "ridge"),
    ]  # fmt: skip


def test_evaluate_writes_its_report_and_plot_in_every_format(fewshot, tiny, query, tmp_path):
    endings = ("txt", "csv", "json", "md", "tex", "png", "svg")
    outputs = [word for ending in endings for word in ("--plot" if ending in ("png", "svg") else "--out",
                                                       tmp_path / f"r.{ending}")]  # fmt: skip
    done = fewshot("evaluate", query, "--backbone", tiny, "--ways", "2,3", "--shots", "1,1-2", "--queries", 1,
                   "--episodes", 4, "--methods", "protonet,ridge", "--versus", "ridge", "--unknown", "--format",
                   "markdown", *outputs)  # fmt: skip
    assert done.code == 0, done.err
    assert done.out == (tmp_path / "r.md").read_text("utf-8")
    assert "protonet - ridge" in done.out
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["results"][2]["shots"] == "1-2"
    assert (tmp_path / "r.csv").read_text("utf-8").count("\n") == 1 + 2 * 2 * 2
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "r.svg").read_text("utf-8").startswith("<svg")
    assert sorted(path.name for path in tmp_path.glob("*r.*")) == sorted(f"r.{ending}" for ending in endings)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--out", "r.docx"), "must end with one of .csv, .json, .md, .tex, .txt"),
        (("--plot", "r.jpg"), "must end with one of .png, .svg"),
        (("--format", "html"), "There is no report format 'html'"),
        (("--versus", "lda", "--methods", "ridge,protonet"), "--versus must be one of --methods (ridge, protonet)"),
        (("--full",), "--full goes with --grid"),
    ],
)
def test_evaluate_says_what_is_wrong_with_its_outputs_before_the_work(fewshot, tiny, query, tmp_path, wrong, words):
    assert_failed(fewshot("evaluate", query, "--backbone", tiny, "--out", tmp_path / "r.csv", *wrong), 2, words)
    assert not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_an_interrupted_evaluation_reports_what_is_known_by_then(
    fewshot, tiny, query, tmp_path, monkeypatch, error, code
):
    from fewshot_gui.engine.methods.ridge import Ridge

    adapt, calls = Ridge.adapt, []

    def stopped_at_the_third(*given, **named):
        calls.append(given)
        if len(calls) == 3:
            raise error
        return adapt(*given, **named)

    monkeypatch.setattr("fewshot_gui.engine.evaluate._TELL_EVERY", 0.0)
    monkeypatch.setattr(Ridge, "adapt", stopped_at_the_third)
    out = tmp_path / "r.csv"
    done = fewshot("evaluate", query, "--backbone", tiny, "--ways", 3, "--shots", 1, "--episodes", 5, "--methods",
                   "protonet,ridge", "--json", "--out", out)  # fmt: skip
    assert done.code == code
    report = json.loads(done.out)
    assert [(row["method"], row["episodes"]) for row in report["results"]] == [("protonet", 5), ("ridge", 2)]
    assert (report["paired"][0]["episodes"], report["complete"]) == (2, False)
    assert out.read_text("utf-8").count("\n") == 3
    assert done.err.strip().splitlines()[-1] in ("Interrupted.", "Terminated.")


def test_an_evaluation_that_is_interrupted_at_once_leaves_nothing(fewshot, tiny, query, tmp_path, monkeypatch):
    from fewshot_gui.engine.methods.ridge import Ridge

    def stopped(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(Ridge, "adapt", stopped)
    out = tmp_path / "r.csv"
    done = fewshot("evaluate", query, "--backbone", tiny, "--ways", 3, "--shots", 1, "--methods", "ridge", "--out", out)
    assert (done.code, done.out) == (130, "")
    assert list(tmp_path.glob("*r.csv*")) == []


def test_a_project_of_the_window_is_measured(fewshot, tiny, support, tmp_path):
    with Project.create(tmp_path / "p.fewshot", "Colours") as project:
        for folder in sorted(support.iterdir()):
            info, _ = project.add_class(folder.name)
            project.add_examples(info.id, [NewExample(str(path)) for path in sorted(folder.iterdir())])
    done = fewshot("evaluate", tmp_path / "p.fewshot", "--backbone", tiny, "--shots", "1,2", "--episodes", 4, "--json")
    assert done.code == 0
    report = json.loads(done.out)
    assert report["dataset"] == "Colours"
    assert [(row["ways"], row["shots"]) for row in report["results"]] == [(3, 1), (3, 2)]


def test_evaluate_refuses_classes_the_model_was_trained_on(fewshot, query, tmp_path):
    model = write_tiny_model(tmp_path / "model", training_classes=("red",))
    command = ("evaluate", query, "--backbone", model, "--ways", 3, "--shots", 1, "--episodes", 5)
    assert_failed(fewshot(*command), 1, "--allow-seen")
    assert fewshot(*command, "--allow-seen").code == 0


def test_a_model_is_trained_and_then_classifies(fewshot, support, query, tmp_path):
    data = draw_classes(tmp_path / "data", names=[f"class {i}" for i in range(8)], shots=7)
    trained = fewshot("meta-train", "--data", data, "--backbone", "conv4", "--episodes", 3, "--out", tmp_path / "model")
    assert (trained.code, trained.out) == (0, "")
    assert f"The model is in {tmp_path / 'model'}: validation " in trained.err
    assert (tmp_path / "model" / "recipe.toml").is_file()
    assert fewshot("classify", "--support", support, "--query", query, "--backbone", tmp_path / "model").code == 0
    assert_failed(
        fewshot("meta-train", "--data", data, "--backbone", "conv4", "--out", tmp_path / "model"),
        1,
        "already holds a model",
    )


def test_models_are_listed_and_their_cards_shown(fewshot):
    listed = fewshot("models")
    assert listed.code == 0
    assert "lite0-natural" in listed.out
    assert fewshot("models", "lite0-natural").out.startswith("# lite0-natural")
    report = json.loads(fewshot("models", "--json").out)
    assert report["schema"] == 1
    assert "resnet10-natural" in [model["name"] for model in report["models"]]
    assert "card" in json.loads(fewshot("models", "lite0-natural", "--json").out)["models"][0]
    assert_failed(fewshot("models", "lite7"), 2, "There is no model 'lite7'")


def test_the_demo_is_written_and_5_shot_protonet_scores_70_to_95_percent_on_it(fewshot, tmp_path):
    done = fewshot("demo", tmp_path / "demo")
    assert (done.code, done.out) == (0, "")
    assert "fewshot-gui classify --support" in done.err
    assert_failed(fewshot("demo", tmp_path / "demo"), 1, "is not empty")
    classified = fewshot(
        "classify", "--support", tmp_path / "demo" / "support", "--query", tmp_path / "demo" / "query", "--json",
        "--method", "protonet", "--unknown", "off",
    )  # fmt: skip
    assert classified.code == 3
    summary = json.loads(classified.out)
    assert summary["unreadable"] == 1
    assert 0.70 <= summary["accuracy"] <= 0.95


@pytest.mark.parametrize(("name", "least"), [("flowers", 0.36), ("aerial-scenes", 0.55), ("sign-digits", 0.6)])
def test_real_pictures_are_classified_with_5_examples_per_class(fewshot, demo_pictures, tmp_path, name, least):
    for folder in sorted((demo_pictures / name).iterdir()):
        for part, pictures in (("support", slice(0, 5)), ("query", slice(5, 15))):
            target = tmp_path / part / folder.name
            target.mkdir(parents=True)
            for picture in sorted(folder.iterdir())[pictures]:
                shutil.copy(picture, target)
    done = fewshot("classify", "--support", tmp_path / "support", "--query", tmp_path / "query", "--json",
                   "--unknown", "off")  # fmt: skip
    assert done.code == 0
    summary = json.loads(done.out)
    assert (summary["unreadable"], summary["images"]) == (0, 10 * len(summary["classes"]))
    assert summary["accuracy"] >= least


@pytest.fixture
def opened(monkeypatch):
    """What the window was asked to open; no window is shown."""
    targets = []
    monkeypatch.setattr("fewshot_gui.__main__.open_window", lambda target: targets.append(target) or 0)
    return targets


@pytest.mark.parametrize(
    ("arguments", "target"), [((), None), (("open",), None), (("open", "somewhere"), Path("somewhere"))]
)
def test_open_or_nothing_at_all_means_the_window(fewshot, opened, arguments, target):
    assert fewshot(*arguments).code == 0
    assert opened == [target]


def test_a_folder_alone_means_the_window(fewshot, opened, tmp_path):
    assert fewshot(tmp_path).code == 0
    assert opened == [tmp_path]


def test_the_version_is_told(fewshot):
    assert fewshot("--version").out == f"fewshot-gui {__version__}\n"


def test_a_quality_is_chosen_adapted_with_and_measured(fewshot, graded, tiny, support, query, tmp_path):
    by = ("--support", support, "--backbone", graded, "--quality", "careful")
    fresh = fewshot("classify", *by, "--query", query)
    assert fresh.code == 0
    assert "graded@careful, protonet on cpu" in fresh.err
    assert fresh.out != fewshot("classify", *by[:4], "--query", query).out
    assert fewshot("adapt", *by, "--out", tmp_path / "mine").code == 0
    assert fewshot("classify", "--model", tmp_path / "mine", "--query", query).out == fresh.out
    measured = fewshot("evaluate", query, "--backbone", graded, "--quality", "fast", "--ways", 2, "--shots", 1,
                       "--episodes", 5, "--queries", 1, "--json")  # fmt: skip
    assert {row["backbone"] for row in json.loads(measured.out)["results"]} == {"graded@fast"}
    refused = fewshot("classify", "--support", support, "--query", query, "--backbone", tiny, "--quality", "fast")
    assert_failed(refused, 2, "tiny has no quality fast. It has: balanced.")


def test_changed_copies_of_examples_count_too(fewshot, tiny, support, query):
    command = ("classify", "--support", support, "--query", query, "--backbone", tiny, "--method")
    with_copies = fewshot(*command, "ridge:copies=3")
    assert with_copies.code == 0
    assert [row["path"] for row in rows(with_copies.out)] == sorted(str(path) for path in query.rglob("*.png"))
    assert with_copies.out != fewshot(*command, "ridge").out
    assert fewshot(*command, "ridge:copies=3").out == with_copies.out
    assert_failed(fewshot(*command, "ridge:copies=51"), 2, "copies must lie between 0")

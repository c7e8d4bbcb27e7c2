"""`classify` by a project: the same answers as the window's, whatever may be said by hand instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.jobs.classify import Classified, ClassifyOptions, classify
from fewshot_gui.jobs.columns import OK, UNKNOWN
from fewshot_gui.jobs.project_file import OfProject
from fewshot_gui.jobs.tally import Summary
from fewshot_gui.jobs.workbench import adapt_instant, embed_folder
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample
from tests.jobs.bench_help import examples_in, loaded, opened, result_of
from tests.jobs.tasks import draw_classes

# Not in the order of the alphabet: the project's own order counts.
NAMES = ("red", "green", "blue")


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support")


@pytest.fixture
def query(tmp_path):
    return draw_classes(tmp_path / "query", shots=5, seed=1)


@pytest.fixture
def project(tmp_path, tiny, support, query):
    """An open project of three classes, one example cropped, and one class that is empty yet."""
    with Project.create(tmp_path / "p.fewshot", "Colours") as made:
        for name in NAMES:
            info, _ = made.add_class(name)
            made.add_examples(info.id, [NewExample(str(path)) for path in sorted((support / name).iterdir())])
        made.add_class("empty")
        made.crop_example(made.examples()[0].id, (0.1, 0.2, 0.7, 0.6))
        made.set_folder(str(query))
        made.change_settings(backbone=tiny, method="protonet", unknown="auto", seed=4)
        yield made


def run(by, *query):
    """(predictions by path, summary)"""
    events = list(classify(ClassifyOptions(query=query, by=by)))
    assert isinstance(events[-1], Summary)
    return {p.path: p for e in events if isinstance(e, Classified) for p in e.predictions}, events[-1]


def test_a_project_that_is_open_is_answered_as_its_window_answers(project, tiny, support, query):
    bench = loaded(tiny)
    columns = opened(bench, query)
    examples = [replace(e, crop=(0.1, 0.2, 0.7, 0.6)) if e.id == 100 else e for e in examples_in(support, NAMES)]
    classes = ((*NAMES, "empty"), (1, 2, 3, 4), (0, 1, 2, 3))
    result_of(adapt_instant(bench, examples, *classes, "protonet", "auto", 4))
    result_of(embed_folder(bench))
    answers, summary = run(OfProject(file=project.path, device="cpu"))
    assert summary.classes == NAMES
    assert (summary.backbone, summary.method, summary.seed) == ("tiny", "protonet", 4)
    assert list(answers) == list(columns.paths)
    for row, path in enumerate(columns.paths):
        answer = answers[path]
        assert answer.status == {OK: "ok", UNKNOWN: "unknown"}[columns.status[row]]
        assert answer.label == (columns.class_names[columns.label[row]] if answer.status == "ok" else "")
        assert list(answer.probabilities.values()) == pytest.approx(columns.probabilities[row, :3].tolist(), abs=1e-3)


def test_what_is_said_by_hand_counts_instead_of_the_projects_settings(project, query):
    by = OfProject(file=project.path, method="ridge", unknown="off", seed=9)
    answers, summary = run(by, query / "red")
    assert (summary.method, summary.seed, summary.unknown) == ("ridge", 9, 0)
    assert {Path(path).parent.name for path in answers} == {"red"}
    assert project.settings().method == "protonet"


def test_a_project_whose_method_was_not_chosen_takes_the_one_that_answers_at_once(project):
    project.change_settings(method=None)
    assert run(OfProject(file=project.path))[1].method == "protonet"


def test_a_projects_quality_is_that_of_its_own_backbone(project, tiny, graded):
    project.change_settings(backbone=graded, quality="careful")
    assert run(OfProject(file=project.path))[1].backbone == "graded@careful"
    assert run(OfProject(file=project.path, quality="fast"))[1].backbone == "graded@fast"
    assert run(OfProject(file=project.path, backbone=tiny))[1].backbone == "tiny"


def test_a_project_without_examples_or_folder_is_told_with_the_way_out(project, query):
    project.set_folder(None)
    with pytest.raises(UserError, match="no folder to classify yet: name pictures or a folder with --query"):
        run(OfProject(file=project.path))
    project.set_folder(str(query / "gone"))
    with pytest.raises(UserError, match="does not exist"):
        run(OfProject(file=project.path))
    project.delete_classes([info.id for info in project.classes()])
    with pytest.raises(UserError, match="has no examples yet"):
        run(OfProject(file=project.path), query)


def test_examples_that_are_gone_are_told_and_a_project_with_none_left_is_refused(project, support, query):
    (support / "red" / "1.png").unlink()
    _, summary = run(OfProject(file=project.path))
    assert any("1.png" in sentence for sentence in summary.warnings)
    for path in support.rglob("*.png"):
        path.unlink()
    with pytest.raises(UserError, match="no class with a readable example"):
        run(OfProject(file=project.path, cache=False))

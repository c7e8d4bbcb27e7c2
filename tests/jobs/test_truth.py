"""True classes from a table: what `classify` measures by, and what a project keeps of its folder's pictures."""

import os
import shutil

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.jobs.adapt import AdaptOptions, save
from fewshot_gui.jobs.classify import Classified, ClassifyOptions, Stored, classify
from fewshot_gui.jobs.project_file import OfProject
from fewshot_gui.jobs.stored import put_truth, renewed, stored_columns
from fewshot_gui.jobs.tally import MEASURED_BY_TABLE, MEASURED_ON
from fewshot_gui.jobs.truth import look_up, renewing
from fewshot_gui.jobs.workbench import scan_folder
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample, ProjectSettings
from tests.jobs.bench_help import result_of
from tests.jobs.tasks import draw_classes, finished

NAMES = ("red", "green", "blue")


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support")


@pytest.fixture
def flat(tmp_path):
    """A folder whose sub-folders say nothing: red-0.png and so on, four of each class, and one without a class."""
    drawn = draw_classes(tmp_path / "drawn", shots=4, seed=1)
    folder = tmp_path / "query"
    folder.mkdir()
    for path in drawn.rglob("*.png"):
        shutil.move(path, folder / f"{path.parent.name}-{path.name}")
    return folder


def table_of(folder, place, change=lambda name, truth: truth):
    rows = [f"{name},{change(name, name.split('-')[0])}" for name in sorted(os.listdir(folder))]
    place.write_text("\n".join(["file,class", *rows, ""]), "utf-8")
    return place


@pytest.fixture
def table(tmp_path, flat):
    return table_of(flat, tmp_path / "truth.csv")


def run(by, query, truth=None):
    """(the last accuracy, summary)"""
    *events, summary = classify(ClassifyOptions(query=query, by=by, truth=truth))
    return [event for event in events if isinstance(event, Classified)][-1].accuracy, summary


# classify


def test_the_accuracy_is_measured_by_the_table(support, flat, table, tiny):
    by = AdaptOptions(support=support, backbone=tiny, method="protonet", unknown="off")
    assert run(by, [flat])[1].accuracy is None
    accuracy, summary = run(by, [flat], table)
    assert (accuracy.right, accuracy.total, accuracy.measured_on) == (12, 12, MEASURED_BY_TABLE)
    assert summary.accuracy == 1.0
    assert summary.warnings == ()


def test_a_table_corrects_what_folders_say_and_the_rest_stays(support, tmp_path, tiny):
    query = draw_classes(tmp_path / "named", shots=2, seed=1)
    by = AdaptOptions(support=support, backbone=tiny, method="protonet", unknown="off")
    assert run(by, [query])[0].measured_on == MEASURED_ON
    table = tmp_path / "truth.csv"
    table.write_text("path,class\nred/0.png,green\n", "utf-8")
    accuracy, _ = run(by, [query], table)
    assert (accuracy.right, accuracy.total) == (5, 6)


def test_a_stored_classifier_is_measured_by_a_table_too(support, flat, table, tiny, tmp_path):
    finished(save(AdaptOptions(support=support, backbone=tiny, method="protonet"), tmp_path / "mine"))
    assert run(Stored(folder=tmp_path / "mine", unknown="off"), [flat], table)[1].accuracy == 1.0


def test_rows_of_no_use_are_counted_and_named(support, flat, table, tiny):
    with table.open("a", encoding="utf-8") as file:
        file.write("gone.png,red\nlost.png,red\n")
    by = AdaptOptions(support=support, backbone=tiny, method="protonet", unknown="off")
    (sentence,) = run(by, [flat], table)[1].warnings
    assert sentence.startswith("2 rows name no picture that is classified")
    assert "such as gone.png" in sentence


def test_a_table_of_other_pictures_is_refused(support, flat, tmp_path, tiny):
    table = tmp_path / "other.csv"
    table.write_text("path,class\na.png,red\n", "utf-8")
    by = AdaptOptions(support=support, backbone=tiny, method="protonet", unknown="off")
    with pytest.raises(UserError, match=r"names no picture of .*: it must have paths below that folder"):
        run(by, [flat], table)


# A project


@pytest.fixture
def project(tmp_path, support, flat, tiny):
    settings = ProjectSettings(backbone=tiny, method="protonet", unknown="off")
    with Project.create(tmp_path / "p.fewshot", "P", settings) as made:
        for name in NAMES:
            info, _ = made.add_class(name)
            made.add_examples(info.id, [NewExample(str(path)) for path in sorted((support / name).iterdir())])
        made.set_folder(str(flat))
        yield made


def scanned(project):
    """The columns after a rescan."""
    return result_of(renewed(project, result_of(scan_folder(project.folder())), stored_columns(project)))


def classes_of(columns):
    return {os.path.basename(path): truth for path, truth in zip(columns.paths, columns.truths, strict=True)}


def expected(folder):
    return {name: name.split("-")[0] for name in os.listdir(folder)}


def test_a_table_is_kept_by_the_project_and_says_what_it_says_after_a_rescan(project, flat, table):
    found = result_of(look_up(scanned(project), table))
    assert (found.matched, found.unmatched, found.shared, found.strange) == (12, (), (), ())
    project.set_truth(found.truth)
    table.unlink()
    columns = stored_columns(project)
    assert classes_of(columns) == expected(flat)
    assert columns.by_table
    shutil.move(flat / "red-0.png", flat / "red-00.png")
    columns = scanned(project)
    assert classes_of(columns) == {**expected(flat), "red-00.png": "query"}  # a name the table does not know


def test_a_row_whose_picture_comes_later_counts_then(project, flat, table):
    shutil.move(flat / "red-0.png", flat.parent / "red-0.png")
    found = result_of(look_up(scanned(project), table))
    assert (found.matched, found.unmatched) == (11, ("red-0.png",))
    project.set_truth(found.truth)
    shutil.move(flat.parent / "red-0.png", flat / "red-0.png")
    assert classes_of(scanned(project)) == expected(flat)


def test_a_table_goes_with_its_folder_and_undo_takes_it_back(project, flat, table, tmp_path):
    columns = scanned(project)
    own = columns.truths
    project.set_truth(result_of(look_up(columns, table)).truth)
    result_of(renewing(project, columns))
    assert classes_of(columns) == expected(flat)
    project.set_folder(str(tmp_path))
    assert project.truth() is None
    project.undo()
    assert len(project.truth().classes) == 12
    project.undo()
    put_truth(columns, project.truth())
    assert (columns.truths, columns.by_table) == (own, False)
    project.redo()
    assert project.truth() is not None


def test_classes_that_the_project_does_not_have_are_told(project, flat, tmp_path):
    table = table_of(flat, tmp_path / "odd.csv", lambda name, truth: "mauve" if truth == "red" else truth)
    assert result_of(look_up(scanned(project), table)).strange == ("mauve",)


def test_a_table_that_names_a_picture_twice_or_none_at_all_changes_nothing(project, flat, tmp_path):
    table = tmp_path / "odd.csv"
    for text, words in (("red-0.png,red\n./red-0.png,blue", "two classes"), ("a.png,red", "names no picture of")):
        table.write_text(f"file,class\n{text}\n", "utf-8")
        with pytest.raises(UserError, match=words):
            result_of(look_up(scanned(project), table))


def test_classify_by_the_project_is_measured_by_its_table(project, flat, table, tmp_path):
    project.set_truth(result_of(look_up(scanned(project), table)).truth)
    accuracy, summary = run(OfProject(file=project.path), ())
    assert (summary.accuracy, accuracy.measured_on) == (1.0, MEASURED_BY_TABLE)
    other = draw_classes(tmp_path / "other", shots=2, seed=3)
    accuracy, summary = run(OfProject(file=project.path), [other])
    assert (accuracy.total, accuracy.measured_on, summary.warnings) == (6, MEASURED_ON, ())
    accuracy, summary = run(OfProject(file=project.path), [flat / "red-0.png", flat / "blue-1.png"])
    assert (accuracy.right, accuracy.total, summary.warnings) == (2, 2, ())
    wrong = table_of(flat, tmp_path / "wrong.csv", lambda name, truth: "blue" if truth == "red" else truth)
    assert run(OfProject(file=project.path), (), wrong)[0].right == 8

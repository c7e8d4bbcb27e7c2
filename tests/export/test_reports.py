"""Reports in every format: what is in them, and that each is what it claims to be."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.errors import UsageError
from fewshot_gui.export.reports import REPORTS, Report, Table, format_of

RESULT = {"group": None, "ways": 5, "shots": 1, "method": "a|b", "accuracy": 0.5, "ci95": [0.4, 0.6], "ece": 0.1,
          "unknown_fpr95": None, "unknown_fpr95_ci95": None}  # fmt: skip
VALUES = {
    "schema": 1, "dataset": "my_birds, small", "split": "all", "seed": 0,
    "results": [RESULT, RESULT | {"method": "c", "accuracy": 0.75}, RESULT | {"method": "c", "shots": "1-10"}],
    "paired": [
        {"group": None, "ways": 5, "shots": 1, "a": "a|b", "b": "c", "difference": -0.25, "ci95": [-0.3, -0.2]},
    ],
}  # fmt: skip
REPORT = Report(
    title="my_birds, small",
    about="backbone x & y, 100 % of it",
    tables=(
        Table("Accuracies", ("ways", "method", "accuracy %"), (("5", "a|b", "50.0 ± 1.0"), ("5", "c", "-7.5")),
              frozenset({(1, 2)}), "the best"),
    ),
    notes=("A note of 95 %.",),
    values=VALUES,
)  # fmt: skip


def rendered(name, report=REPORT):
    return REPORTS[name].render(report)


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_format_has_an_ending_of_its_own_and_ends_with_a_line(name):
    assert format_of(Path("report").with_suffix(REPORTS[name].ending.upper())) == name
    assert rendered(name).endswith("\n")
    assert not rendered(name).endswith("\n\n")


def test_an_ending_that_no_format_has_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=r"r.docx must end with one of .csv, .json, .md, .tex, .txt"):
        format_of(Path("r.docx"))


def test_text_is_aligned():
    assert rendered("text").splitlines() == [
        "my_birds, small",
        "backbone x & y, 100 % of it",
        "",
        "Accuracies",
        "ways  method  accuracy %",
        "5     a|b     50.0 ± 1.0",
        "5     c       -7.5",
        "",
        "A note of 95 %.",
    ]


def test_json_is_the_values_on_one_line():
    assert json.loads(rendered("json")) == VALUES
    assert rendered("json").count("\n") == 1


def test_csv_has_a_line_per_result_and_the_difference_to_the_first_method():
    lines = list(csv.DictReader(io.StringIO(rendered("csv"))))
    assert list(lines[0]) == [
        "dataset", "split", "seed", "group", "ways", "shots", "method", "accuracy", "ci95_low", "ci95_high", "ece",
        "unknown_fpr95", "unknown_fpr95_ci95_low", "unknown_fpr95_ci95_high",
        "compared_with", "difference", "difference_low", "difference_high",
    ]  # fmt: skip
    assert [line["shots"] for line in lines] == ["1", "1", "1-10"]
    assert [lines[0][name] for name in ("dataset", "group", "ci95_low", "unknown_fpr95_ci95_low")] == [
        "my_birds, small", "", "0.4", "",
    ]  # fmt: skip
    compared = [tuple(line.values())[-4:] for line in lines]
    assert compared == [("",) * 4, ("a|b", "0.25", "0.2", "0.3"), ("",) * 4]


def test_csv_without_a_result_is_empty_but_for_a_line():
    assert rendered("csv", replace(REPORT, values=VALUES | {"results": [], "paired": []})) == "\n"


def test_markdown_has_tables_whose_cells_stay_whole():
    lines = rendered("markdown").splitlines()
    assert lines[0] == "## my\\_birds, small"
    table = [line for line in lines if line.startswith("|")]
    assert table == [
        "| ways | method | accuracy % |", "| --- | --- | --- |", "| 5 | a\\|b | 50.0 ± 1.0 |", "| 5 | c | **-7.5** |",
    ]  # fmt: skip
    assert "Accuracies; bold: the best" in lines


def test_latex_escapes_what_means_something_there():
    text = rendered("latex")
    assert r"\caption{my\_birds, small; backbone x \& y, 100 \% of it. Accuracies; bold: the best.}" in text
    assert r"5 & a|b & 50.0 $\pm$ 1.0 \\" in text
    assert r"5 & c & \textbf{$-$7.5} \\" in text
    assert text.count(r"\begin{tabular}{lll}") == text.count(r"\end{tabular}") == 1
    assert "% A note of 95 %." in text.splitlines()


def test_columns_that_are_empty_throughout_go_with_their_bold_kept_right():
    table = Table("t", ("a", "b", "c"), (("1", "", "3"), ("4", "", "")), frozenset({(0, 2), (1, 1)})).without_empty()
    assert (table.head, table.rows, table.strong) == (("a", "c"), (("1", "3"), ("4", "")), {(0, 1)})

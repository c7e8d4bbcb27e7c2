"""An evaluation as tables and as a chart."""

import pytest

from fewshot_gui.engine.metrics import Estimate
from fewshot_gui.engine.results import Paired, Row
from fewshot_gui.errors import UserError
from fewshot_gui.export.plots.chart import scene
from fewshot_gui.export.reports import REPORTS
from fewshot_gui.jobs.evaluate import Evaluation
from fewshot_gui.jobs.evaluate_plot import chart
from fewshot_gui.jobs.evaluate_report import report, report_json


def estimate(value, half=0.01, n=600):
    return Estimate(value, value - half, value + half, n)


def row(method="ridge", shots=1, ways=5, accuracy=0.5, group=None, **changes):
    fields = {
        "group": group, "ways": ways, "shots": shots, "queries": 15, "episodes": 600, "method": method,
        "backbone": "tiny", "n_classes": 10, "accuracy": estimate(accuracy), "over_classes": (0.4, 0.6),
        "adapted": None, "milliseconds_per_adapt": 2.0, "worst_recall": estimate(accuracy / 2), "ece": 0.1,
        "unknown_auroc": None, "unknown_fpr95": None, "milliseconds_per_1000_queries": 20.0, "transductive": False,
        "start": "",
    }  # fmt: skip
    return Row(**(fields | changes))


def pair(a, b, difference, shots=1, ways=5, group=None, half=0.01):
    return Paired(group, ways, shots, a, b, estimate(difference, half))


def evaluation(rows, paired=(), **changes):
    return Evaluation(**({"dataset": "birds", "split": "all", "seed": 0, "rows": tuple(rows), "paired": tuple(paired),
                          "warnings": ()} | changes))  # fmt: skip


def all_pairs(*methods, **cell):
    return [pair(a, b, 0.02, **cell) for n, a in enumerate(methods) for b in methods[n + 1 :]]


def table(made, caption):
    return next(table for table in made.tables if table.caption.startswith(caption))


TWO = [row(method, shots, accuracy=0.5 + 0.02 * (method == "ridge")) for shots in (1, 5) for method in ("ridge", "lda")]


def test_several_shots_are_columns_at_a_glance():
    glance = table(report(evaluation(TWO)), "Accuracy in %")
    assert glance.head == ("ways", "method", "1 shot", "5 shots")
    assert glance.rows == (("5", "ridge", "52.0 ± 1.0", "52.0 ± 1.0"), ("5", "lda", "50.0 ± 1.0", "50.0 ± 1.0"))


def test_one_row_needs_no_glance():
    assert [t.caption for t in report(evaluation([row()])).tables] == ["All figures"]


def test_the_best_is_bold_and_what_pairs_do_not_tell_from_it():
    paired = [pair("ridge", "lda", 0.02, half=0.03), pair("ridge", "lda", 0.02, shots=5)]
    glance = table(report(evaluation(TWO, paired)), "Accuracy in %")
    assert glance.strong == {(0, 2), (1, 2), (0, 3)}
    differences = table(report(evaluation(TWO, paired)), "Differences")
    assert differences.rows == (("5", "ridge - lda", "+2.0 (-1.0 to +5.0)", "+2.0 (+1.0 to +3.0)"),)
    assert differences.strong == {(0, 3)}


def test_a_transductive_method_is_never_in_bold():
    rows = [*TWO, row("soft-kmeans", accuracy=0.9, transductive=True)]
    glance = table(report(evaluation(rows, all_pairs("ridge", "lda", "soft-kmeans"))), "Accuracy in %")
    assert glance.strong == {(0, 2), (0, 3)}


def compared(methods, versus=None):
    made = report(evaluation([row(m) for m in methods], all_pairs(*methods)), versus)
    return [line[1:] for line in table(made, "Differences").rows]


def test_up_to_three_methods_are_compared_each_with_each_and_more_with_the_first():
    gain, loss = "+2.0 (+1.0 to +3.0)", "-2.0 (-3.0 to -1.0)"
    assert compared("abc") == [("a - b", gain), ("a - c", gain), ("b - c", gain)]
    assert compared("abcd") == [("b - a", loss), ("c - a", loss), ("d - a", loss)]
    assert compared("abcd", versus="c") == [("a - c", gain), ("b - c", gain), ("d - c", loss)]
    assert compared("abc", versus="b") == [("a - b", gain), ("c - b", loss)]


def test_all_figures_have_what_was_measured_and_no_empty_column():
    unknown = {"unknown_auroc": estimate(0.8), "unknown_fpr95": estimate(0.6)}
    figures = table(report(evaluation([row(shots=range(1, 11), adapted=0.25, **unknown)])), "All figures")
    assert dict(zip(figures.head, figures.rows[0], strict=True)) == {
        "ways": "5", "shots": "1-10", "method": "ridge", "accuracy %": "50.0", "95 % interval": "49.0 to 51.0",
        "other classes": "40.0 to 60.0", "worst class %": "25.0 (24.0-26.0)", "ECE %": "10.0",
        "AUROC %": "80.0 (79.0-81.0)", "FPR95 %": "60.0 (59.0-61.0)", "adapted": "25 %", "ms/adapt": "2.0",
        "ms/1000": "20.0",
    }  # fmt: skip
    assert "AUROC %" not in table(report(evaluation([row()])), "All figures").head


def test_episodes_are_a_column_where_methods_did_not_do_the_same():
    figures = table(report(evaluation([row(), row("maml", episodes=200)])), "All figures")
    assert [line[figures.head.index("episodes")] for line in figures.rows] == ["600", "200"]
    assert "600 episodes" in report(evaluation([row()])).about


def test_a_transductive_method_bears_a_mark_that_is_explained():
    rows = [row(), row("soft-kmeans", transductive=True)]
    made = report(evaluation(rows))
    assert [line[2] for line in table(made, "All figures").rows] == ["ridge", "soft-kmeans *"]
    assert any(note.startswith("* transductive") for note in made.notes)
    assert [entry["transductive"] for entry in made.values["results"]] == [False, True]
    assert chart(evaluation(rows)).names == ("ridge", "soft-kmeans *")
    assert not any(note.startswith("*") for note in report(evaluation([row()])).notes)


def test_a_method_without_a_start_of_its_own_is_named_with_what_it_began_from():
    rows = [row(), row("maml", start="own"), row("anil", start="maml"), row("anil", shots=5, start="maml")]
    made = report(evaluation(rows))
    named = [note for note in made.notes if "meta-trained" in note]
    assert named == ["anil was not meta-trained for this backbone: it began from the start for maml."]
    assert [entry["start"] for entry in made.values["results"]] == [None, "own", "maml", "maml"]


def test_work_that_was_cut_short_says_so_everywhere():
    cut = evaluation([row()], complete=False)
    assert "cut short" in report(cut).notes[-1]
    assert report_json(cut)["complete"] is False
    assert "cut short" in chart(cut).subtitle[-1]


def test_json_has_the_new_figures_after_those_that_scripts_know():
    values = report_json(evaluation([row(shots=range(1, 11))], [pair("a", "b", 0.1)], warnings=("Mind.",)))
    assert list(values)[6:] == ["warnings", "complete"]
    assert list(values["results"][0])[12:] == [
        "over_classes95", "worst_class_recall", "worst_class_recall_ci95", "ece", "unknown_auroc",
        "unknown_auroc_ci95", "unknown_fpr95", "unknown_fpr95_ci95", "milliseconds_per_1000_queries", "transductive",
        "start",
    ]  # fmt: skip
    assert values["results"][0]["shots"] == "1-10"
    assert (values["results"][0]["unknown_auroc"], values["warnings"]) == (None, ["Mind."])


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_format_says_it(name):
    text = REPORTS[name].render(report(evaluation(TWO, all_pairs("ridge", "lda"))))
    assert "birds" in text
    assert "lda" in text


def lines_of(panel):
    return [(series.number, [round(value.value, 6) for value in series.joined]) for series in panel.series]


def test_a_plot_has_a_panel_per_ways_and_a_line_per_method_over_shots():
    rows = [row(m, k, n, accuracy=0.5 + k / 100) for n in (5, 10) for k in (5, 1) for m in ("ridge", "lda")]
    paired = [pair("ridge", "lda", 0.02, k, n) for n in (5, 10) for k in (5, 1)]
    made = chart(evaluation(rows, paired))
    assert [panel.caption for panel in made.panels] == ["5-way (chance 20 %)", "10-way (chance 10 %)"]
    assert [text for _, text in made.ticks] == ["1", "5"]
    assert lines_of(made.panels[0]) == [(0, [51.0, 55.0]), (1, [51.0, 55.0])]
    (difference,) = made.panels[1].differences
    assert (difference.number, [value.value for value in difference.joined]) == (1, [-2.0, -2.0])
    assert made.below == "points above ridge"
    assert chart(evaluation(rows, paired), "lda").below == "points above lda"


def test_unbalanced_shots_stand_apart_from_the_line():
    made = chart(evaluation([row(shots=k) for k in (1, 5, range(1, 11))]))
    (series,) = made.panels[0].series
    assert (len(series.joined), len(series.alone)) == (2, 1)
    assert [text for _, text in made.ticks] == ["1", "5", "1-10"]
    assert series.alone[0].at == pytest.approx(made.ticks[2][0], abs=0.1)


def test_with_one_number_of_shots_single_values_stand_side_by_side():
    made = chart(evaluation([row("ridge"), row("lda")]))
    places = [series.alone[0].at for series in made.panels[0].series]
    assert places[0] < made.ticks[0][0] < places[1]


def test_with_one_number_of_shots_and_several_of_ways_the_ways_go_along_the_axis():
    made = chart(evaluation([row(ways=n) for n in (5, 2, 20)]))
    assert made.x == "classes per episode (ways)"
    assert [text for _, text in made.ticks] == ["2", "5", "20"]
    assert [panel.caption for panel in made.panels] == ["1-shot"]


def test_over_groups_their_mean_is_plotted_if_it_is_known():
    rows = [row(group=group, shots=k) for k in (1, 5) for group in ("a", "b", "mean")]
    (panel,) = chart(evaluation(rows)).panels
    assert panel.caption == "5-way (chance 20 %), mean over groups"
    of_groups = [r for r in rows if r.group != "mean"]
    assert [p.caption for p in chart(evaluation(of_groups)).panels] == [
        "a: 5-way (chance 20 %)",
        "b: 5-way (chance 20 %)",
    ]


def test_a_method_that_did_few_cells_has_points_where_it_did():
    rows = [row(shots=k) for k in (1, 2, 5)] + [row("maml", shots=5)]
    made = chart(evaluation(rows, [pair("ridge", "maml", 0.1, shots=5)]))
    _, maml = made.panels[0].series
    assert (len(maml.joined), len(maml.alone)) == (0, 1)
    assert scene(made).shapes


def test_nothing_measured_cannot_be_plotted():
    with pytest.raises(UserError, match="nothing to plot"):
        chart(evaluation([]))

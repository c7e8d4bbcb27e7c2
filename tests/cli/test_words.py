from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from fewshot_gui.cli import words
from fewshot_gui.cli.words import ClassifyProgress
from fewshot_gui.jobs.classify import Classified, Ready
from fewshot_gui.jobs.models import Measured, ShippedModel
from fewshot_gui.jobs.tally import Counts
from fewshot_gui.types import Accuracy


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (3.24, "3.2 s"),
        (45, "45 s"),
        (100, "2 min"),
        (5300, "88 min"),
        (5400, "1 h 30 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_have_two_figures_or_so(seconds, text):
    assert words.duration(seconds) == text


def test_numbers_agree_with_their_nouns():
    counted = [words.number(1, "picture"), words.number(2000, "picture"), words.number(3, "class")]
    assert counted == ["1 picture", "2,000 pictures", "3 classes"]


def test_progress_tells_speed_time_left_and_the_accuracy_so_far():
    clock = iter([10.0, 12.0]).__next__
    progress = ClassifyProgress(Ready(("cat", "dog"), 100), clock)
    event = Classified((), Counts(images=40, classified=40), Accuracy(18, 20, "folders"))
    assert progress.title == "Classifying 100 pictures into 2 classes."
    assert progress.share(event) == 0.4
    assert progress.details(event) == "20 a second, 3.0 s left, accuracy 90.0 % (69.9 to 97.2)"


def test_without_truth_progress_claims_no_accuracy():
    progress = ClassifyProgress(Ready(("cat",), 10), iter([0.0, 1.0]).__next__)
    assert "accuracy" not in progress.details(Classified((), Counts(images=5, classified=5), Accuracy(0, 0, "folders")))


def test_a_models_accuracy_says_what_it_was_measured_on_and_how_sure_it_is():
    sure = Measured("birds", "test", "5", 1, "ridge", 0.516, (0.51, 0.522), 1000, "")
    unsure = replace(sure, ci95=None, episodes=None, note="input 64 px")
    model = ShippedModel("m", Path("m"), "A model.", "conv4", 64, 28, 1, "ridge", (), 0.3, (sure, unsure), "")
    assert words.model(model).splitlines()[2:] == [
        "  birds (test), 5-way 1-shot, ridge, 1,000 episodes: 51.6 % (51.0 to 52.2)",
        "  birds (test), 5-way 1-shot, ridge: 51.6 % (no interval); input 64 px",
    ]


def test_a_model_of_ones_own_says_so_with_its_terms_and_that_nothing_was_measured():
    model = ShippedModel("m", Path("m"), "Mine.", "timm", 64, 28, 3, "ridge", (), 0.3, (), "")
    own = replace(model, own=True, terms=("Licence: MIT.",))
    assert words.model(own).splitlines()[2:] == ["  Not measured.", "  Your own. Licence: MIT."]
    assert words.model(model).splitlines()[2:] == ["  Not measured."]


@pytest.mark.skipif(words.os.name == "nt", reason="Windows quotes in another way")
def test_paths_are_quoted_for_the_shell():
    assert words.quoted(PurePosixPath("my demo/support")) == "'my demo/support'"

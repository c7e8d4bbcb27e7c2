import subprocess
import sys

import numpy as np
import pytest

from fewshot_gui import FewShotClassifier
from fewshot_gui.api import NotFittedError
from fewshot_gui.engine.model import Model
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import NewExample, ProjectSettings
from tests.jobs.tasks import COLOURS, draw, draw_classes, write_graded_model, write_tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return str(write_tiny_model(tmp_path_factory.mktemp("models") / "tiny"))


@pytest.fixture
def classifier(tiny):
    return FewShotClassifier(tiny, "protonet")


def task(folder, shots=3, seed=0):
    """(paths, labels) of three colours."""
    paths = sorted(draw_classes(folder, shots=shots, seed=seed).glob("*/*.png"))
    return paths, [path.parent.name for path in paths]


@pytest.fixture
def support(tmp_path):
    return task(tmp_path / "support")


@pytest.fixture
def query(tmp_path):
    return task(tmp_path / "query", shots=4, seed=1)


def test_fit_and_predict_tell_colours_apart(classifier, support, query):
    assert classifier.fit(*support) is classifier
    assert classifier.classes_.tolist() == ["blue", "green", "red"]
    assert classifier.predict(query[0]).tolist() == query[1]
    assert classifier.score(*query) == 1.0


def test_probabilities_follow_classes_and_sum_to_one(classifier, support, query):
    probabilities = classifier.fit(*support).predict_proba(query[0])
    assert probabilities.shape == (12, 3)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert classifier.classes_[probabilities.argmax(1)].tolist() == query[1]


def test_a_quality_is_kept_by_what_is_fitted_saved_and_taken_of_a_project(support, query, tmp_path):
    graded = str(write_graded_model(tmp_path / "graded"))
    classifier = FewShotClassifier(graded, "protonet", quality="careful").fit(*support)
    other = FewShotClassifier(graded, "protonet").fit(*support)
    assert not np.allclose(classifier.embed(query[0]), other.embed(query[0]))
    classifier.save(tmp_path / "saved")
    again = FewShotClassifier.load(tmp_path / "saved")
    np.testing.assert_array_equal(again.predict_proba(query[0]), classifier.predict_proba(query[0]))
    with Project.create(tmp_path / "p.fewshot", "Colours") as project:
        project.add_classes(
            {n: [NewExample(str(p)) for p, m in zip(*support, strict=True) if m == n] for n in support[1]}
        )
        project.change_settings(backbone=graded, quality="careful", method="protonet")
    taken = FewShotClassifier.from_project(tmp_path / "p.fewshot")
    assert taken.get_params()["quality"] == "careful"
    np.testing.assert_allclose(taken.embed(query[0]), classifier.embed(query[0]))


def test_whole_numbers_come_back_as_whole_numbers_in_their_own_order(classifier, support, query):
    number = {"blue": 10, "green": 9, "red": -1}
    classifier.fit(support[0], np.array([number[label] for label in support[1]]))
    assert classifier.classes_.tolist() == [-1, 9, 10]
    assert classifier.predict(query[0]).dtype == classifier.classes_.dtype
    assert classifier.predict(query[0]).tolist() == [number[label] for label in query[1]]


def test_partial_fit_equals_fit_on_everything_and_embeds_only_what_is_new(tiny, support, query, monkeypatch):
    whole = FewShotClassifier(tiny, "ridge", cache=False).fit(*support)
    counted = []
    embed = Model.embed
    monkeypatch.setattr(Model, "embed", lambda self, pictures: counted.append(len(pictures)) or embed(self, pictures))
    parts = FewShotClassifier(tiny, "ridge", cache=False)
    parts.partial_fit(support[0][:4], support[1][:4])
    assert parts.classes_.tolist() == ["blue", "green"]
    parts.partial_fit(support[0][4:], support[1][4:])
    assert sum(counted) == 9
    assert parts.classes_.tolist() == whole.classes_.tolist()
    np.testing.assert_allclose(parts.predict_proba(query[0]), whole.predict_proba(query[0]), atol=1e-5)


def test_a_project_of_the_window_is_taken_over_with_its_crops_and_learns_more(tiny, support, query, tmp_path):
    with Project.create(tmp_path / "p.fewshot", "P", ProjectSettings(backbone=tiny, method="ridge", seed=2)) as project:
        for name in ("red", "green", "blue"):
            info, _ = project.add_class(name)
            project.add_examples(info.id, [NewExample(str(path)) for path in support[0] if path.parent.name == name])
        project.crop_example(project.examples()[0].id, (0.0, 0.0, 0.5, 0.5))
        classifier = FewShotClassifier.from_project(project.path)
    assert classifier.get_params()["method"] == "ridge"
    assert classifier.classes_.tolist() == ["blue", "green", "red"]
    assert classifier.score(*query) == 1.0
    classifier.partial_fit([draw(tmp_path / "y.png", COLOURS["yellow"])], ["yellow"])
    assert sorted(crop for crop in classifier._support.crops if crop) == [(0.0, 0.0, 0.5, 0.5)]
    assert classifier.classes_.tolist() == ["blue", "green", "red", "yellow"]


def test_fit_forgets_what_was_before(classifier, support):
    classifier.fit(*support)
    classifier.fit(support[0][:6], support[1][:6])
    assert classifier.classes_.tolist() == ["blue", "green"]


def test_a_failed_partial_fit_changes_nothing(classifier, support, query, tmp_path):
    before = classifier.fit(*support).predict_proba(query[0])
    with pytest.raises(UserError):
        classifier.partial_fit([tmp_path / "none.png"], ["yellow"])
    assert classifier.classes_.tolist() == ["blue", "green", "red"]
    assert np.array_equal(classifier.predict_proba(query[0]), before)


def test_embeddings_are_those_of_the_frozen_backbone(classifier, support):
    before = classifier.embed(support[0])
    assert before.shape == (9, 32)
    assert before.dtype == np.float32
    assert np.array_equal(classifier.fit(*support).embed(support[0]), before)


def test_save_and_load_keep_answers_and_kinds_of_labels(classifier, support, query, tmp_path):
    for labels in (support[1], [len(label) for label in support[1]]):
        classifier.fit(support[0], labels)
        classifier.save(tmp_path / "saved")
        loaded = FewShotClassifier.load(tmp_path / "saved")
        assert loaded.classes_.tolist() == classifier.classes_.tolist()
        assert loaded.classes_.dtype == classifier.classes_.dtype
        assert np.array_equal(loaded.predict_proba(query[0]), classifier.predict_proba(query[0]))


def test_a_loaded_classifier_learns_on(classifier, support, query, tmp_path):
    classifier.fit(*support).save(tmp_path / "saved")
    yellow = [draw(tmp_path / "y" / f"{i}.png", COLOURS["yellow"], i) for i in range(3)]
    loaded = FewShotClassifier.load(tmp_path / "saved").partial_fit(yellow, ["yellow"] * 3)
    assert loaded.classes_.tolist() == ["blue", "green", "red", "yellow"]
    assert loaded.score(*query) > 0.8


def test_an_unreadable_picture_in_predict_is_none_and_nan_with_a_warning(classifier, support, query, tmp_path):
    paths = [query[0][0], tmp_path / "none.png"]
    classifier.fit(*support)
    with pytest.warns(UserWarning, match=r"none\.png does not exist"):
        assert classifier.predict(paths).tolist() == [query[1][0], None]
    with pytest.warns(UserWarning, match=r"none\.png"):
        assert np.isnan(classifier.predict_proba(paths)).all(1).tolist() == [False, True]
    with pytest.warns(UserWarning, match=r"none\.png"):
        assert np.isnan(classifier.embed(paths)).all(1).tolist() == [False, True]


def test_unknown_pictures_are_none(tiny, support, query):
    classifier = FewShotClassifier(tiny, "protonet", unknown=0.5).fit(*support)
    labels = classifier.predict(query[0]).tolist()
    assert None in labels
    assert {label for label in labels if label is not None} <= set(query[1])
    assert not np.isnan(classifier.predict_proba(query[0])).any()


# Bad input


def test_an_unreadable_picture_in_fit_is_an_error_that_names_it(classifier, support, tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(UserError, match=r"empty\.png is empty"):
        classifier.fit([*support[0], tmp_path / "empty.png"], [*support[1], "red"])


def test_the_same_picture_in_two_classes_is_a_warning(classifier, support):
    with pytest.warns(UserWarning, match="in two classes"):
        classifier.fit([*support[0], support[0][0]], [*support[1], "red"])


def test_no_pictures_and_unequal_lengths_are_errors(classifier, support):
    with pytest.raises(UserError, match="no class"):
        classifier.fit([], [])
    with pytest.raises(ValueError, match="9 paths and 8 labels"):
        classifier.fit(support[0], support[1][:8])
    with pytest.raises(ValueError, match="whole numbers"):
        classifier.fit(support[0], [0.5] * 9)


def test_unknown_names_are_usage_errors(tiny, support):
    with pytest.raises(UsageError, match="Known"):
        FewShotClassifier(tiny, "magic").fit(*support)
    with pytest.raises(UsageError, match="Known"):
        FewShotClassifier("magic").fit(*support)


def test_before_fit_there_are_no_answers(classifier, query):
    for ask in (classifier.predict, classifier.predict_proba, classifier.save):
        with pytest.raises(NotFittedError, match="call fit first"):
            ask(query[0])


# scikit-learn's habits


def test_parameters_are_read_and_changed_by_name(classifier, tiny):
    parameters = classifier.get_params()
    assert parameters == {
        "backbone": tiny,
        "method": "protonet",
        "quality": "balanced",
        "device": "auto",
        "unknown": "off",
        "seed": 0,
        "cache": True,
    }
    assert classifier.set_params(method="ridge", seed=3) is classifier
    assert (classifier.method, classifier.seed) == ("ridge", 3)
    with pytest.raises(ValueError, match="nonsense"):
        classifier.set_params(nonsense=1)
    assert "method='ridge'" in repr(classifier)


def test_scikit_learn_clones_and_cross_validates_it(classifier, support):
    base = pytest.importorskip("sklearn.base")
    selection = pytest.importorskip("sklearn.model_selection")
    clone = base.clone(classifier.fit(*support))
    assert clone.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        clone.predict(support[0])
    assert base.is_classifier(classifier)
    paths = np.array([str(path) for path in support[0]])
    assert selection.cross_val_score(classifier, paths, support[1], cv=3).mean() == 1.0


def test_it_needs_neither_qt_nor_torchvision(tiny, support):
    code = """
import sys
for name in ("PySide6", "torchvision", "timm", "sklearn"):
    sys.modules[name] = None
from fewshot_gui import FewShotClassifier
paths, backbone = sys.argv[2:], sys.argv[1]
print(FewShotClassifier(backbone).fit(paths[:2], ["a", "b"]).predict(paths[:2]).tolist())
"""
    arguments = [tiny, str(support[0][0]), str(support[0][-1])]
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "['a', 'b']", run.stderr

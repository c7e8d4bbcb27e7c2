import json
import shutil
from dataclasses import replace

import pytest
import torch

from fewshot_gui.engine import model_folder
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import classifier_folder
from fewshot_gui.jobs.adapt import AdaptOptions, adapt, save, with_unknown
from fewshot_gui.jobs.support import near_duplicates
from fewshot_gui.types import ImageRef
from tests.jobs.tasks import draw, draw_classes, finished


@pytest.fixture
def options(tmp_path, tiny):
    return AdaptOptions(support=draw_classes(tmp_path / "support"), backbone=tiny, method="protonet", unknown="off")


def test_a_classifier_knows_its_classes_and_support_pictures(options):
    classifier, warnings = finished(adapt(options))
    assert classifier.class_names == ("blue", "green", "red")
    assert classifier.support_labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert len(set(classifier.support_contents)) == 9
    assert classifier.support_embeddings.dtype == torch.float16
    assert (classifier.method, classifier.seed) == ("protonet", 0)
    assert warnings == []


def test_it_answers_its_own_support_pictures_rightly(options):
    classifier, _ = finished(adapt(options))
    probabilities, known = classifier.answers(classifier.support_embeddings)
    assert probabilities.argmax(1).tolist() == classifier.support_labels.tolist()
    assert known.all()
    torch.testing.assert_close(probabilities.sum(1), torch.ones(9))


def test_a_list_of_pictures_does_as_well_as_a_folder(options):
    refs = [ImageRef(str(path), path.parent.name) for path in sorted(options.support.glob("*/*.png"))]
    listed, _ = finished(adapt(replace(options, support=refs)))
    scanned, _ = finished(adapt(options))
    assert listed.support_contents == scanned.support_contents
    assert torch.equal(listed.head.prototypes, scanned.head.prototypes)


@pytest.mark.parametrize(
    "names",
    [("a b", "ü 猫", "x, y", "label"), ("path", "p:path", '"quoted"', "status")],
)
def test_class_names_may_be_anything_a_folder_can_be_called(options, tmp_path, names):
    support = draw_classes(tmp_path / "odd", names)
    classifier, _ = finished(adapt(replace(options, support=support)))
    assert classifier.class_names == tuple(sorted(names))


def test_copies_of_one_picture_set_no_cut_for_unknowns(options):
    for folder in options.support.iterdir():
        for number in (1, 2):
            shutil.copy(folder / "0.png", folder / f"{number}.png")
    classifier, warnings = finished(adapt(replace(options, unknown=0.05)))
    assert classifier.unknown.cut is None
    assert any("not counting copies" in sentence for sentence in warnings)
    assert with_unknown(classifier, 0.1).unknown.cut is None


# Bad input, each with a sentence


def test_no_class_is_an_error(options, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="class folder"):
        finished(adapt(replace(options, support=tmp_path / "empty")))
    with pytest.raises(UserError, match="There is no class"):
        finished(adapt(replace(options, support=())))


def test_a_class_without_pictures_is_an_error_that_names_it(options):
    (options.support / "cyan").mkdir()
    with pytest.raises(UserError, match="'cyan' has no readable picture"):
        finished(adapt(options))


def test_a_class_whose_pictures_are_all_damaged_is_an_error_that_says_why(options):
    for picture in (options.support / "green").iterdir():
        picture.write_bytes(b"not a picture")
    with pytest.raises(UserError, match=r"'green' has no readable picture \(.*0\.png is .*add one"):
        finished(adapt(options))


def test_a_damaged_picture_beside_good_ones_is_left_out_with_a_warning(options):
    (options.support / "green" / "1.png").write_bytes(b"")
    classifier, (warning,) = finished(adapt(options))
    assert classifier.support_labels.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert "1.png is empty" in warning


def test_one_class_runs_with_a_warning(options):
    for name in ("red", "green"):
        shutil.rmtree(options.support / name)
    classifier, (warning,) = finished(adapt(options))
    assert "only one class, 'blue'" in warning
    assert classifier.answers(classifier.support_embeddings)[0].tolist() == [[1.0]] * 3


def test_the_same_picture_in_two_classes_runs_with_a_warning(options):
    shutil.copy(options.support / "red" / "0.png", options.support / "green" / "copy.png")
    classifier, (warning,) = finished(adapt(options))
    assert "in two classes, 'green' and 'red'" in warning
    assert len(classifier.support_contents) == 10


def test_one_shot_in_one_class_and_fifty_in_another_runs_with_a_warning(options):
    for shot in range(50):
        draw(options.support / "red" / f"{shot}.png", (200, 40, 40), shot)
    for shot in (1, 2):
        (options.support / "blue" / f"{shot}.png").unlink()
    _, (warning,) = finished(adapt(options))
    assert "'red' has 50, 'blue' 1" in warning


@pytest.mark.parametrize(
    ("changes", "known"),
    [({"method": "magic"}, "protonet"), ({"method": "protonet:nonsense=1"}, "metric"), ({"backbone": "none"}, "lite0")],
)
def test_an_unknown_name_is_a_usage_error_that_lists_the_known(options, changes, known):
    with pytest.raises(UsageError, match=known):
        finished(adapt(replace(options, **changes)))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_without_a_gpu_is_a_user_error(options):
    with pytest.raises(UserError, match="cuda") as error:
        finished(adapt(replace(options, device="cuda")))
    assert error.value.exit_code == 1


# Near-duplicates


def test_pictures_share_a_group_by_content_or_likeness_also_in_chains():
    angles = torch.tensor([0.0, 90.0, 10.0, 180.0, 20.0, 91.0]).deg2rad()
    vectors = torch.stack([angles.cos(), angles.sin()], 1)
    groups = near_duplicates(["a", "b", "c", "b", "e", "f"], vectors, alike=0.98)
    assert groups.tolist() == [groups[0].item(), groups[1].item()] * 2 + groups[:2].tolist()
    assert groups[0] == groups[2] == groups[4]  # 10 degrees apart each, 20 together
    assert groups[1] == groups[3] == groups[5]  # the same content; one degree
    assert groups[0] != groups[1]


def test_unlike_pictures_are_groups_of_their_own():
    assert sorted(near_duplicates(["a", "b", "c"], torch.eye(3)).tolist()) == [0, 1, 2]


# Stored classifiers


def test_a_stored_classifier_answers_as_before_without_its_model_and_pictures(options, tmp_path, tiny):
    elsewhere = shutil.copytree(tiny, tmp_path / "models" / "mine")
    before, _ = finished(save(replace(options, backbone=str(elsewhere)), tmp_path / "stored"))
    shutil.rmtree(tmp_path / "models")
    shutil.rmtree(options.support)
    after = classifier_folder.load(tmp_path / "stored")
    query = torch.randn(5, before.model.config.embedding_size)
    assert torch.equal(after.answers(query)[0], before.answers(query)[0])
    for name in ("class_names", "method", "seed", "support_contents"):
        assert getattr(after, name) == getattr(before, name)
    assert torch.equal(after.support_embeddings, before.support_embeddings)
    assert (after.model.name, after.model.weights_hash) == ("mine", before.model.weights_hash)


def test_storing_again_replaces_a_classifier_but_nothing_else(options, tmp_path):
    finished(save(options, tmp_path / "stored"))
    finished(save(replace(options, seed=7), tmp_path / "stored"))
    assert classifier_folder.load(tmp_path / "stored").seed == 7
    with pytest.raises(UserError, match="no classifier's folder"):
        finished(save(options, options.support))


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(options, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    job = save(options, tmp_path / "file" / "stored")
    with pytest.raises(UserError, match="could not be written"):
        next(job)


def no_json(folder):
    (folder / "classifier.json").write_text("{")


def no_folder(folder):
    shutil.rmtree(folder)


def other_schema(folder):
    change(folder, schema=99)


def missing_key(folder):
    change(folder, class_names=None)


def numbers_for_names(folder):
    change(folder, class_names=[1, 2, 3])


def one_class_less(folder):
    change(folder, class_names=["blue", "green"])


def unknown_head(folder):
    change(folder, head={"kind": "magic", "values": {}})


def values_for_another_head(folder):
    change(folder, head={"kind": "prototypes", "values": {}})


def fewer_contents(folder):
    change(folder, support=["0" * 32])


def pickle_for_a_head(folder):
    torch.save({"prototypes": torch.zeros(3, 3)}, folder / "head.safetensors")


def cut_head(folder):
    data = (folder / "head.safetensors").read_bytes()
    (folder / "head.safetensors").write_bytes(data[: len(data) // 2])


def no_head(folder):
    (folder / "head.safetensors").unlink()


def pickle_for_a_backbone(folder):
    torch.save({}, folder / "backbone" / "model.safetensors")


def backbone_of_another_size(folder):
    config = json.loads((folder / "backbone" / "config.json").read_text())
    config["architecture_options"]["width"] = 16
    config["embedding_size"] *= 2
    (folder / "backbone" / "config.json").write_text(json.dumps(config))


def change(folder, **values):
    path = folder / "classifier.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    "damage",
    [
        no_json,
        no_folder,
        other_schema,
        missing_key,
        numbers_for_names,
        one_class_less,
        unknown_head,
        values_for_another_head,
        fewer_contents,
        pickle_for_a_head,
        cut_head,
        no_head,
        pickle_for_a_backbone,
        backbone_of_another_size,
    ],
)
def test_a_damaged_folder_is_refused_with_a_sentence(options, tmp_path, damage):
    folder = tmp_path / "stored"
    finished(save(options, folder))
    damage(folder)
    with pytest.raises(UserError) as error:
        classifier_folder.load(folder)
    assert error.value.exit_code == 1
    assert len(str(error.value)) > 30


def test_the_stored_backbone_is_a_model_folder_of_its_own(options, tmp_path):
    finished(save(options, tmp_path / "stored"))
    assert model_folder.load(tmp_path / "stored" / "backbone").config.architecture == "conv4"

import numpy as np
import pytest
import torch

from fewshot_gui.engine.episodes import sample_episode
from fewshot_gui.engine.meta_train.data import join, load
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.errors import UserError
from tests.engine.meta_train.toys import ToyClass, ToyCollection

NATURAL = Preprocessing(8, (0.5,) * 3, (0.5,) * 3)
INK = Preprocessing(8, (0.0,), (1.0,), "ink")


def collection(**more):
    return ToyCollection((ToyClass("a/x", 3), ToyClass("a/y", 2), ToyClass("b/x", 4)), **more)


def test_pictures_lie_class_by_class():
    pictures = load(collection(), NATURAL)
    assert pictures.tensor.shape == (9, 3, 8, 8)
    assert pictures.tensor.dtype == torch.uint8
    assert pictures.tensor[:, 0, 0, 0].tolist() == [0, 1, 2, 10, 11, 20, 21, 22, 23]
    assert pictures.table.counts == (3, 2, 4)


def test_drawings_become_ink():
    assert load(collection(), INK).tensor[:, 0, 0, 0].tolist()[:3] == [255, 254, 253]


def test_the_source_is_what_the_pattern_finds_in_the_name():
    assert load(collection(), NATURAL, source="^[^/]+").table.groups == ("a", "a", "b")
    assert load(collection(), NATURAL).sources == ("toy collection",)


def test_unreadable_pictures_are_counted_and_a_class_without_any_goes():
    pictures = load(collection(broken=frozenset({(0, 1), (1, 0), (1, 1)})), NATURAL)
    assert pictures.unreadable == 3
    assert pictures.class_names == ("a/x", "b/x")
    assert pictures.table.counts == (2, 4)


def test_nothing_readable_is_an_error():
    with pytest.raises(UserError, match="holds no picture that can be read"):
        load(ToyCollection((ToyClass("a", 1),), broken=frozenset({(0, 0)})), NATURAL)


def test_no_more_than_per_class_pictures_are_read_evenly_spread():
    assert load(collection(), NATURAL, per_class=2).tensor[:, 0, 0, 0].tolist() == [0, 2, 10, 11, 20, 23]


def test_rotations_make_four_classes_of_one():
    pictures = load(collection(), NATURAL, rotations=True)
    assert pictures.class_names[3] == "a/x@90"
    assert pictures.table.counts == (3, 2, 4) * 4
    corner = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    corner[..., 0, 0] = 1
    assert torch.equal(torch.rot90(corner, 1, (2, 3))[0, 0], torch.from_numpy(np.rot90(corner[0, 0].numpy()).copy()))


def test_an_episode_never_holds_two_classes_of_one_concept():
    pictures = join([
        load(collection(same_concept=(("a/x", "b/x"),)), NATURAL, rotations=True),
        load(collection(same_concept=(("a/y", "b/x"),)), NATURAL),
    ])  # fmt: skip
    names = pictures.class_names
    for number in range(200):
        episode = sample_episode(pictures.table, n_way=3, n_shot=1, n_query=1, seed=0, number=number)
        chosen = set(episode.classes.tolist())
        for quarter in range(4):
            assert not {quarter * 3, quarter * 3 + 2} <= chosen, [names[c] for c in chosen]
        assert not {13, 14} <= chosen


def test_joined_data_sets_keep_their_rows():
    one, two = load(collection(), NATURAL), load(ToyCollection((ToyClass("c", 5),)), NATURAL)
    both = join([one, two])
    assert len(both) == 14
    assert both.class_names == ("a/x", "a/y", "b/x", "c")
    assert torch.equal(both.tensor[both.table.starts[3] :], two.tensor)

"""Drawing episodes."""

import numpy as np
import pytest

from fewshot_gui.engine.episodes import (
    ClassTable,
    check_ways,
    group_ways,
    groups_of,
    least_shots,
    most_shots,
    most_ways,
    sample_episode,
    sample_strangers,
    shots_text,
)
from fewshot_gui.errors import UserError

UNEVEN = ClassTable((1, 2, 3, 7, 30, 30, 30, 30), name="birds")
GROUPED = ClassTable((9,) * 12, ("a",) * 3 + ("b",) * 2 + ("c",) * 7, name="photos")


def draw(table, number=0, *, n_way=4, n_shot=1, n_query=5, seed=0, group=None):
    return sample_episode(table, n_way=n_way, n_shot=n_shot, n_query=n_query, seed=seed, number=number, group=group)


def same(a, b):
    return all(
        np.array_equal(getattr(a, field), getattr(b, field))
        for field in ("classes", "support", "support_labels", "query", "query_labels")
    )


@pytest.mark.parametrize("number", range(20))
def test_no_picture_is_in_an_episode_twice(number):
    episode = draw(UNEVEN, number)
    rows = np.concatenate([episode.support, episode.query])
    assert len(set(rows.tolist())) == len(rows)


@pytest.mark.parametrize("number", range(20))
def test_every_row_is_a_picture_of_the_class_its_label_names(number):
    episode = draw(UNEVEN, number)
    assert np.array_equal(UNEVEN.labels[episode.support], episode.classes[episode.support_labels])
    assert np.array_equal(UNEVEN.labels[episode.query], episode.classes[episode.query_labels])
    assert len(set(episode.classes.tolist())) == episode.n_way == 4


def test_an_episode_made_alone_is_the_one_made_among_others():
    forwards = [draw(UNEVEN, number) for number in range(10)]
    backwards = [draw(UNEVEN, number) for number in reversed(range(10))][::-1]
    assert all(same(a, b) for a, b in zip(forwards, backwards, strict=True))
    assert same(draw(UNEVEN, 7), forwards[7])


def test_numbers_seeds_and_groups_give_different_episodes():
    table = ClassTable((50,) * 40, ("x",) * 20 + ("y",) * 20)
    first = draw(table, 0)
    assert not same(first, draw(table, 1))
    assert not same(first, draw(table, 0, seed=1))
    x, y = draw(table, group="x"), draw(table, group="y")
    assert not np.array_equal(x.classes, y.classes - 20)


def test_a_class_with_too_few_pictures_gives_the_queries_it_has():
    episode = draw(ClassTable((7, 30, 4)), n_way=3, n_shot=3, n_query=15)
    asked = dict(zip(episode.classes.tolist(), np.bincount(episode.query_labels).tolist(), strict=True))
    assert asked == {0: 4, 1: 15, 2: 1}


def test_a_class_without_a_picture_left_to_ask_about_is_never_drawn():
    drawn = {c for number in range(100) for c in draw(UNEVEN, number, n_shot=3).classes.tolist()}
    assert drawn == {3, 4, 5, 6, 7}


def test_classes_and_pictures_are_drawn_evenly():
    table = ClassTable((4, 4, 8, 8))
    episodes = [draw(table, number, n_way=2, n_shot=1, n_query=1) for number in range(4000)]
    classes = np.bincount(np.concatenate([e.classes for e in episodes]))
    assert classes == pytest.approx(2000, rel=0.1)  # sd of a count: 32
    rows = np.bincount(np.concatenate([e.support for e in episodes]), minlength=24)
    assert rows[:8] == pytest.approx(500, rel=0.2)  # sd 21
    assert rows[8:] == pytest.approx(250, rel=0.3)


def test_fewer_shots_are_part_of_more():
    table = ClassTable((30,) * 6)
    one, five = draw(table, 3, n_shot=1), draw(table, 3, n_shot=5)
    assert np.array_equal(one.support, five.support.reshape(4, 5)[:, 0])


def test_all_ways_takes_every_class_with_pictures_enough():
    assert sorted(draw(UNEVEN, n_way="all", n_shot=2).classes.tolist()) == [2, 3, 4, 5, 6, 7]


def test_too_many_ways_name_what_there_is():
    with pytest.raises(UserError, match=r"birds has 6 classes with at least 3 pictures .* at most 6, not 7"):
        draw(UNEVEN, n_way=7, n_shot=2)


@pytest.mark.parametrize("counts", [(), (5,), (5, 1)])
def test_fewer_than_two_usable_classes_are_refused(counts):
    with pytest.raises(UserError, match=r"has \d class.* an episode needs at least 2 classes"):
        check_ways(ClassTable(counts), "all", 1)


def test_one_way_is_refused():
    with pytest.raises(UserError, match="at least 2 classes; ways is 1"):
        draw(UNEVEN, n_way=1)


def test_an_episode_within_a_group_stays_there():
    for number in range(10):
        assert set(draw(GROUPED, number, group="c").classes.tolist()) <= set(range(5, 12))


def test_groups_under_three_classes_are_left_out():
    assert groups_of(GROUPED, 1) == ["a", "c"]
    assert groups_of(ClassTable((9, 9, 2, 9), ("a",) * 4), 5) == ["a"]
    assert groups_of(ClassTable((9, 9, 2), ("a",) * 3), 5) == []


def test_ways_within_a_group_are_at_most_its_classes():
    assert [group_ways(GROUPED, 5, 1, g) for g in ("a", "c")] == [3, 5]
    assert group_ways(GROUPED, "all", 1, "c") == 7


def test_classes_that_show_the_same_thing_never_meet():
    table = ClassTable((5,) * 8, apart=((0, 1, 2), (3, 4)))
    assert most_ways(table, 1) == 5
    met = [set(draw(table, number, n_way="all", n_query=1).classes.tolist()) for number in range(50)]
    assert all(len(classes) == 5 and len(classes & {0, 1, 2}) == 1 and len(classes & {3, 4}) == 1 for classes in met)
    assert set.union(*met) == set(range(8))


def test_too_many_ways_for_classes_that_must_stay_apart_are_refused():
    with pytest.raises(UserError, match="at most 2"):
        draw(ClassTable((5,) * 4, apart=((0, 1, 2),)), n_way=3)


def test_groups_must_be_given_for_every_class():
    with pytest.raises(ValueError, match="1 groups for 2 classes"):
        ClassTable((3, 3), ("a",))


def test_of_a_range_every_class_draws_its_own_number_evenly():
    table = ClassTable((30,) * 6)
    episodes = [draw(table, number, n_shot=range(1, 5)) for number in range(500)]
    counts = np.array([np.bincount(episode.support_labels) for episode in episodes])
    assert np.bincount(counts.ravel()).tolist()[1:] == pytest.approx([500] * 4, rel=0.15)  # sd of a count: 19
    assert len({tuple(row) for row in counts.tolist()}) > 100
    assert same(draw(table, 3, n_shot=range(1, 5)), draw(table, 3, n_shot=range(1, 5)))


def test_unbalanced_shots_are_part_of_the_most_and_are_asked_the_same():
    table = ClassTable((30,) * 6)
    for number in range(10):
        uneven, most = draw(table, number, n_shot=range(1, 8)), draw(table, number, n_shot=7)
        assert np.array_equal(uneven.query, most.query)
        for label in range(4):
            mine, all_of_them = (e.support[e.support_labels == label] for e in (uneven, most))
            assert np.array_equal(mine, all_of_them[: len(mine)])


def test_a_class_must_have_pictures_for_the_most_shots_of_a_range():
    drawn = {c for number in range(50) for c in draw(UNEVEN, number, n_shot=range(1, 8)).classes.tolist()}
    assert drawn == {4, 5, 6, 7}


@pytest.mark.parametrize(("shots", "least", "most", "text"), [(5, 5, 5, "5"), (range(2, 11), 2, 10, "2-10")])
def test_shots_say_their_least_and_most_and_are_written_as_on_a_command_line(shots, least, most, text):
    assert (least_shots(shots), most_shots(shots), shots_text(shots)) == (least, most, text)


def strangers(table, number=0, *, n_query=5, group=None, **sizes):
    episode = draw(table, number, group=group, **sizes)
    return episode, sample_strangers(table, episode, n_query=n_query, seed=0, group=group)


def test_strangers_are_of_other_classes_as_many_as_the_episode_has():
    for number in range(20):
        episode, rows = strangers(ClassTable((9,) * 12), number)
        classes = set((rows // 9).tolist())
        assert len(rows) == len(set(rows.tolist())) == 4 * 5
        assert len(classes) == 4
        assert not classes & set(episode.classes.tolist())
        assert np.array_equal(rows, strangers(ClassTable((9,) * 12), number)[1])


def test_strangers_come_from_what_is_left_in_the_group():
    episode, rows = strangers(GROUPED, group="c")
    assert set((rows // 9).tolist()) == set(range(5, 12)) - set(episode.classes.tolist())


def test_without_a_class_left_over_there_are_no_strangers():
    assert strangers(UNEVEN, n_way="all")[1].tolist() == [0]  # the class whose one picture is too few to be drawn
    assert len(strangers(ClassTable((5,) * 4))[1]) == 0


def test_what_shows_the_same_as_a_class_of_the_episode_is_no_stranger():
    table = ClassTable((5,) * 8, apart=((0, 1, 2), (3, 4)))
    for number in range(20):
        episode, rows = strangers(table, number, n_way=3, n_query=1)
        present, strange = set(episode.classes.tolist()), set((rows // 5).tolist())
        for alike in ({0, 1, 2}, {3, 4}):
            assert not (alike & present and alike & strange)

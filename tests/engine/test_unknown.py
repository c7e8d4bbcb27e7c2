"""The cut for pictures of no class."""

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine import knowledge, unknown
from fewshot_gui.engine.features import Transform
from fewshot_gui.engine.metrics import auroc
from fewshot_gui.engine.unknown import UnknownRule, cut_at, default_rate, own_scores
from fewshot_gui.errors import UserError
from tests.engine.factories import task, tiny_model


def slow_own_scores(vectors, labels, n_way, groups=None):
    """Each picture against prototypes made without its group, one by one."""
    groups = torch.arange(len(labels)) if groups is None else groups
    scores = []
    for i in range(len(vectors)):
        rest = groups != groups[i]
        if not (rest & (labels == labels[i])).any():
            continue
        left = [c for c in range(n_way) if (rest & (labels == c)).any()]
        prototypes = [vectors[rest & (labels == c)].mean(0) for c in left]
        scores.append(max(F.cosine_similarity(vectors[i], prototype, dim=0).item() for prototype in prototypes))
    return torch.tensor(scores)


def drawn(shots, dimensions=16, spread=1.0, seed=0):
    draw = torch.Generator().manual_seed(seed)
    centres = torch.randn(len(shots), dimensions, generator=draw)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    labels = labels[torch.randperm(len(labels), generator=draw)]
    return centres[labels] + spread * torch.randn(len(labels), dimensions, generator=draw), labels


@pytest.mark.parametrize("shots", [[3, 3, 3], [2, 1, 9, 4], [5]])
def test_own_scores_are_those_of_prototypes_without_the_picture(shots):
    rows, labels = drawn(shots)
    vectors = F.normalize(rows, dim=1)
    fast = own_scores(vectors, labels, len(shots))
    torch.testing.assert_close(fast, slow_own_scores(vectors, labels, len(shots)))


@pytest.mark.parametrize(
    "groups",
    [
        [0, 0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8],  # copies within a class
        [0, 1, 2, 3, 0, 1, 4, 5, 0, 6, 7, 8],  # the same pictures in two or three classes
        [0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7],  # a class of copies alone, and one of them in another class
    ],
)
def test_pictures_of_a_group_are_left_out_together(groups):
    labels = torch.arange(3).repeat_interleave(4)
    vectors = F.normalize(torch.randn(12, 16, generator=torch.Generator().manual_seed(3)) + labels.unsqueeze(1), dim=1)
    fast = own_scores(vectors, labels, 3, torch.tensor(groups))
    torch.testing.assert_close(fast, slow_own_scores(vectors, labels, 3, torch.tensor(groups)))


def test_a_class_of_pictures_all_alike_still_gives_its_scores():
    rows, labels = drawn([4, 4, 4], spread=0.1)
    groups = torch.where(labels == 0, 0, torch.arange(12) + 1)
    rule = UnknownRule.fit(rows, labels, 3, 1.0, groups=groups)
    assert rule.cut == UnknownRule.fit(rows, labels, 3, 1.0).cut
    copies = UnknownRule.fit(rows[labels.argsort()[[0, 0, 4, 4, 8, 8]]], torch.tensor([0, 0, 1, 1, 2, 2]), 3, 1.0)
    assert copies.cut is None
    assert "not counting copies" in copies.warning


@pytest.mark.parametrize(
    ("n", "rate", "place"), [(19, 0.05, 1), (39, 0.05, 2), (99, 0.07, 7), (10, 0.05, 1), (10, 1.0, 10), (99, 0.29, 29)]
)
def test_the_cut_is_the_order_statistic_of_the_wanted_rate(n, rate, place):
    scores = torch.linspace(0.1, 0.9, n)[torch.randperm(n, generator=torch.Generator().manual_seed(0))]
    cut = cut_at(scores, rate)
    assert (scores < cut).sum() == place - 1
    assert cut == pytest.approx(scores.sort().values[place - 1].item(), abs=1e-4)


def test_the_share_of_false_alarms_is_the_wanted_one():
    """Draws of known scores: the cut from 39 of them lets 2/40 of the others fall, whatever the distribution."""
    draw = torch.Generator().manual_seed(0)
    scores = torch.rand(4000, 60, generator=draw).sqrt()
    alarms = [(row[39:] < cut_at(row[:39], 0.05)).float().mean() for row in scores]
    assert torch.stack(alarms).mean() == pytest.approx(0.05, abs=0.004)


def test_pictures_far_from_all_classes_are_unknown_and_those_near_are_not():
    rows, labels = drawn([10, 10, 10], spread=0.3)
    rule = UnknownRule.fit(rows, labels, 3, 0.05)
    more, _ = drawn([10, 10, 10], spread=0.3)
    assert rule.is_unknown(more).float().mean() <= 0.1
    away = torch.randn(50, 16, generator=torch.Generator().manual_seed(9))
    assert rule.is_unknown(away).float().mean() > 0.8
    assert rule.is_unknown(-more).all()
    assert rule.is_unknown(more[:0]).shape == (0,)
    assert rule.warning == ""


def test_classes_of_one_picture_count_as_prototypes_but_give_no_score():
    rows, labels = drawn([1, 6, 6])
    rule = UnknownRule.fit(rows, labels, 3, 0.05)
    own = own_scores(F.normalize(rows, dim=1), labels, 3)
    assert len(own) == 12
    assert rule.cut == pytest.approx(own.min().item(), abs=1e-4)
    assert not rule.is_unknown(rows[labels == 0]).any()


def test_with_one_picture_everywhere_the_rule_is_off_and_says_why():
    rows, labels = drawn([1, 1, 1])
    rule = UnknownRule.fit(rows, labels, 3, 0.05)
    assert rule.cut is None
    assert not rule.is_unknown(-rows).any()
    assert "only one picture" in rule.warning


def test_rate_zero_lets_every_picture_pass():
    rows, labels = drawn([4, 4, 4])
    rule = UnknownRule.fit(rows, labels, 3, 0.0)
    assert not rule.is_unknown(-rows).any()
    assert rule.warning == ""


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_outside_0_to_1_is_refused(rate):
    rows, labels = drawn([4, 4, 4])
    with pytest.raises(ValueError, match="0-1"):
        UnknownRule.fit(rows, labels, 3, rate)


def test_copies_of_support_pictures_are_known():
    rows = torch.randn(3, 16, generator=torch.Generator().manual_seed(0)).repeat_interleave(4, 0)
    labels = torch.arange(3).repeat_interleave(4)
    rule = UnknownRule.fit(rows, labels, 3, 0.05)
    assert not rule.is_unknown(rows).any()


def test_empty_vectors_give_no_nan():
    labels = torch.tensor([0, 0, 1, 1])
    rule = UnknownRule.fit(torch.zeros(4, 8), labels, 2, 0.05)
    assert torch.isfinite(rule.scores(torch.zeros(2, 8))).all()
    assert not rule.is_unknown(torch.zeros(2, 8)).any()


def test_scores_known_to_be_better_are_taken():
    rows, labels = drawn([4, 4, 4])
    rule = UnknownRule.fit(rows, labels, 3, 0.05, held_out=torch.tensor([0.7, 0.2, 0.9]))
    assert rule.cut == pytest.approx(0.2, abs=1e-4)


def test_rows_are_compared_less_the_base_mean():
    model = tiny_model()
    some = task(model, [4, 4, 4])
    embeddings, labels = some.support.embeddings, some.support.labels
    object.__setattr__(model, "base_mean", embeddings.mean(0))
    rule = UnknownRule.fit(embeddings, labels, 3, 0.1, transform=unknown.space(model))
    plain = UnknownRule.fit(F.normalize(embeddings - model.base_mean, dim=1), labels, 3, 0.1)
    assert rule.cut == pytest.approx(plain.cut)
    expected = plain.scores(F.normalize(some.embeddings - model.base_mean, dim=1))
    torch.testing.assert_close(rule.scores(some.embeddings), expected)


def knowing(n_classes=20):
    """(model that knows base classes, their features [n, D]), as if read from a folder."""
    model = tiny_model()
    rows, labels = drawn([9] * n_classes, dimensions=32, seed=4)
    features = F.normalize(rows, dim=1)
    model.__dict__["knowledge"] = knowledge.fit(features, labels, rank=32)
    return model, features


def test_nearness_to_base_pictures_lowers_a_score():
    model, base = knowing()
    rows, labels = drawn([4, 4, 4], dimensions=32)
    rule = unknown.of_frozen(model, rows, labels, 3, 0.05)
    plain = UnknownRule.fit(rows, labels, 3, 0.05, transform=unknown.space(model))
    nearest = (F.normalize(rows, dim=1) @ base.T).topk(10).values.mean(1)
    torch.testing.assert_close(rule.scores(rows), plain.scores(rows) - nearest / 2, rtol=0, atol=1e-3)


def test_left_out_classes_are_told_better_by_base_pictures_of_the_same_kind():
    """All classes have a direction in common, and some pictures more of it than others: that makes a picture like
    every prototype, and the base pictures show that it says nothing."""
    found = {}
    draw = torch.Generator().manual_seed(0)

    def of(n_classes, each):
        labels = torch.arange(n_classes).repeat_interleave(each)
        common = 6 * torch.rand(len(labels), 1, generator=draw) * torch.eye(1, 32)
        rows = torch.randn(n_classes, 32, generator=draw)[labels] + torch.randn(len(labels), 32, generator=draw)
        return F.normalize(rows + common, dim=1), labels

    model = tiny_model()
    model.__dict__["knowledge"] = knowledge.fit(*of(100, 9), rank=32)
    rows, labels = of(8, 30)
    shown = (torch.arange(len(rows)) % 30 < 5) & (labels < 4)
    for what, base in (("plain", None), ("base", model.knowledge)):
        rule = UnknownRule.fit(rows[shown], labels[shown], 4, 0.05, transform=unknown.space(model), base=base)
        own, others = rule.scores(rows[~shown & (labels < 4)]), rule.scores(rows[labels >= 4])
        found[what] = auroc(own.numpy(), others.numpy())
    assert found["base"] > found["plain"] + 0.01


def test_the_cut_rests_on_scores_lowered_alike():
    model, _ = knowing()
    rows, labels = drawn([8, 8, 8], dimensions=32)
    rule = unknown.of_frozen(model, rows, labels, 3, 1.0)
    vectors = F.normalize(rows, dim=1)
    expected = own_scores(vectors, labels, 3) - model.knowledge.nearness(vectors, 10) / 2
    assert rule.cut == pytest.approx(expected.max().item(), abs=1e-4)


def test_copies_are_left_out_of_the_cut_with_base_pictures_too():
    model, _ = knowing()
    rows = drawn([1, 1, 1], dimensions=32)[0].repeat_interleave(4, 0)
    rule = unknown.of_frozen(model, rows, torch.arange(3).repeat_interleave(4), 3, 0.05)
    assert rule.cut is None


def test_a_stored_rule_needs_the_base_pictures_it_was_set_with():
    model, _ = knowing()
    rows, labels = drawn([4, 4, 4], dimensions=32)
    rule = unknown.of_frozen(model, rows, labels, 3, 0.05)
    tensors, values = rule.state()
    assert torch.equal(unknown.restore(tensors, values, model).scores(rows), rule.scores(rows))
    for other in (tiny_model(), knowing(n_classes=21)[0]):
        with pytest.raises(UserError, match=r"other base classes now.*adapt again"):
            unknown.restore(tensors, values, other)
    plain = UnknownRule.fit(rows, labels, 3, 0.05, transform=unknown.space(model))
    tensors, values = plain.state()
    del values["base"]  # as rules were stored before there were base pictures
    assert torch.equal(unknown.restore(tensors, values, model).scores(rows), plain.scores(rows))


@pytest.mark.parametrize("rate", [0.05, 0.0])
def test_a_stored_rule_gives_the_same_answers(rate):
    rows, labels = drawn([4, 4, 4])
    rule = UnknownRule.fit(rows, labels, 3, rate, transform=Transform(centre=rows.mean(0), last=True))
    again = unknown.restore(*rule.state(), tiny_model())
    assert (again.cut, again.rate, again.warning) == (rule.cut, rule.rate, rule.warning)
    assert torch.equal(again.scores(rows), rule.scores(rows))


@pytest.mark.parametrize(
    ("tensors", "values"),
    [
        ({"prototypes": torch.zeros(3)}, {}),
        ({"prototypes": torch.zeros(0, 16)}, {}),
        ({"prototypes": torch.full((3, 16), torch.inf)}, {}),
        ({"centre": torch.zeros(15)}, {}),
        ({}, {"cut": "high"}),
        ({}, {"rate": None}),
    ],
)
def test_a_damaged_state_is_a_user_error(tensors, values):
    rows, labels = drawn([4, 4, 4])
    good_tensors, good_values = UnknownRule.fit(rows, labels, 3, 0.05, transform=Transform(centre=rows.mean(0))).state()
    with pytest.raises(UserError, match="damaged"):
        unknown.restore(good_tensors | tensors, good_values | values, tiny_model())


@pytest.mark.parametrize(
    ("n_way", "shots", "rate"),
    [(2, [5, 5], None), (3, [2, 2, 2], 0.05), (3, torch.tensor([1, 9, 9]), None), (4, [2, 3, 4, 5], 0.05)],
)
def test_the_default_is_off_below_three_classes_or_with_a_class_of_one(n_way, shots, rate):
    assert default_rate(n_way, shots) == rate

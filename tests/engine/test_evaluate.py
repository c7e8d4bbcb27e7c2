"""Methods measured over episodes."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from fewshot_gui.engine import methods
from fewshot_gui.engine.episodes import ClassTable, sample_episode
from fewshot_gui.engine.evaluate import Data, Plan, Progress, evaluate
from fewshot_gui.engine.method import Head, Method
from fewshot_gui.engine.metrics import Estimate, mean_over_episodes
from fewshot_gui.engine.results import Paired, Row
from fewshot_gui.errors import UserError
from tests.engine.factories import tiny_model

MODEL = tiny_model()
SIZE = MODEL.config.embedding_size
PLAN = Plan(ways=3, shots=(1, 5), queries=6, episodes=40, seed=5)


def protonet():
    return methods.create("protonet", MODEL.config)


def ridge():
    return methods.create("ridge", MODEL.config)


def data(counts=(20,) * 8, *, spread, groups=(), name="shapes", pictures=None):
    """Classes around random directions; spread 0: every picture is its class's, inf: nothing but noise."""
    rng = torch.Generator().manual_seed(0)
    table = ClassTable(tuple(counts), groups, name=name)
    centres = torch.randn(len(counts), SIZE, generator=rng)
    noise = torch.randn(int(table.starts[-1]), SIZE, generator=rng)
    if np.isinf(spread):
        return Data(table, noise, pictures)
    return Data(table, centres[torch.from_numpy(table.labels)] + spread * noise, pictures)


def run(found, given=None, plan=PLAN):
    """(rows, pairs) of an evaluation; given: methods by name."""
    values = list(evaluate(MODEL, found, given or {"protonet": protonet()}, plan))
    return [v for v in values if isinstance(v, Row)], [v for v in values if isinstance(v, Paired)]


@dataclass(frozen=True)
class Constant(Method):
    """Answers class 0 to all. Notes every support it saw; adapts the backbone, so it says, in every second episode."""

    name = "constant"
    title = "Constant"
    source = "test"
    needs = "embeddings"
    seen: tuple = ()

    def adapt(self, model, support, *, pool=None, seed=0, progress=None):
        for notes in self.seen:
            notes.append((support, seed, pool))
        adapted = self.needs == "pictures" and len(self.seen[0]) % 2 == 0
        return ConstantHead(support.n_way, "pictures" if adapted else "embeddings")


@dataclass(frozen=True)
class Deep(Constant):
    """The same, needing pictures."""

    needs = "pictures"


@dataclass(frozen=True)
class Transductive(Constant):
    """The same, needing the unlabelled pool."""

    @property
    def transductive(self):
        return True


class ConstantHead(Head):
    kind = "constant"

    def __init__(self, n_way, needs, answer=1.0):
        self.n_way, self.needs, self.answer = n_way, needs, answer

    def features(self, query):
        assert query.dtype == (torch.uint8 if self.needs == "pictures" else torch.float32)
        return query.flatten(1).float()

    def scores(self, features):
        scores = torch.zeros(len(features), self.n_way)
        scores[:, 0] = self.answer
        return scores

    def state(self):
        return {}, {}


def test_classes_that_are_far_apart_are_all_right():
    rows, _ = run(data(spread=0.01), {"protonet": protonet(), "ridge": ridge()})
    assert [(row.method, row.shots, row.accuracy.value) for row in rows] == [
        ("protonet", 1, 1.0),
        ("ridge", 1, 1.0),
        ("protonet", 5, 1.0),
        ("ridge", 5, 1.0),
    ]
    assert rows[0].over_classes == (1.0, 1.0)


def test_noise_is_right_by_chance():
    rows, _ = run(data((40,) * 12, spread=np.inf), plan=replace(PLAN, episodes=400))
    for row in rows:
        assert row.accuracy.low <= 1 / 3 <= row.accuracy.high


def test_the_accuracy_is_the_mean_over_the_episodes_one_by_one():
    found = data((4, 9, 20, 20, 6), spread=1.5)
    rows, _ = run(found, plan=replace(PLAN, shots=(2,)))
    accuracies = []
    for number in range(PLAN.episodes):
        episode = sample_episode(found.table, n_way=3, n_shot=2, n_query=6, seed=5, number=number)
        base = found.embeddings - MODEL.base_mean
        unit = base / base.norm(dim=1, keepdim=True)
        means = torch.stack([unit[episode.support[episode.support_labels == c]].mean(0) for c in range(3)])
        answers = (unit[episode.query] @ (means / means.norm(dim=1, keepdim=True)).T).argmax(1).numpy()
        accuracies.append((answers == episode.query_labels).mean())
    assert rows[0].accuracy == mean_over_episodes(accuracies)
    assert (rows[0].ways, rows[0].queries, rows[0].episodes, rows[0].n_classes) == (3, 6, 40, 5)


def test_all_methods_see_identical_episodes():
    a, b = [], []
    run(data(spread=1.0), {"a": Constant((a,)), "b": Constant((b,))})
    assert len(a) == len(b) == 80
    for (one, seed, _), (other, other_seed, _) in zip(a, b, strict=True):
        assert torch.equal(one.embeddings, other.embeddings)
        assert torch.equal(one.labels, other.labels)
        assert seed == other_seed
    assert len({seed for _, seed, _ in a}) == 40


def test_results_depend_neither_on_the_other_methods_nor_on_the_run():
    found = data(spread=2.0)
    alone = [row.accuracy for row in run(found)[0]]
    rows, _ = run(found, {"ridge": ridge(), "protonet": protonet()})
    assert [row.accuracy for row in rows if row.method == "protonet"] == alone


def test_every_pair_is_compared_over_the_same_episodes():
    found = data(spread=2.0)
    given = {"protonet": protonet(), "ridge": ridge(), "constant": Constant()}
    rows, pairs = run(found, given, replace(PLAN, shots=(1,)))
    assert [(pair.a, pair.b) for pair in pairs] == [
        ("protonet", "ridge"),
        ("protonet", "constant"),
        ("ridge", "constant"),
    ]
    by_name = {row.method: row.accuracy.value for row in rows}
    for pair in pairs:
        assert pair.difference.value == pytest.approx(by_name[pair.a] - by_name[pair.b])
        assert pair.difference.n == 40


def test_a_method_does_not_differ_from_itself():
    pair = run(data(spread=2.0), {"x": protonet(), "y": protonet()})[1][0]
    assert pair.difference == Estimate(0.0, 0.0, 0.0, 40)


def test_groups_are_reported_with_their_ways_and_last_their_plain_mean():
    groups = ("b",) * 5 + ("a",) * 3 + ("small",) * 2
    found = data((20,) * 10, spread=2.0, groups=groups)
    rows, pairs = run(found, {"x": protonet(), "y": ridge()}, Plan(5, (1, 5), 6, 30, by_group=True))
    assert [(row.group, row.ways, row.shots, row.method) for row in rows[:6]] == [
        ("a", 3, 1, "x"),
        ("a", 3, 1, "y"),
        ("b", 5, 1, "x"),
        ("b", 5, 1, "y"),
        ("mean", 5, 1, "x"),
        ("mean", 5, 1, "y"),
    ]
    a, b, mean = (rows[i].accuracy for i in (0, 2, 4))
    assert mean.value == pytest.approx((a.value + b.value) / 2)
    assert mean.high - mean.value == pytest.approx(np.hypot(a.high - a.value, b.high - b.value) / 2)
    assert (rows[4].n_classes, rows[4].episodes) == (8, 60)
    assert [pair.group for pair in pairs] == ["a", "b", "mean"] * 2
    assert pairs[2].difference.value == pytest.approx((pairs[0].difference.value + pairs[1].difference.value) / 2)


def test_the_mean_over_groups_of_all_their_classes_has_no_one_number_of_ways():
    found = data((20,) * 8, spread=2.0, groups=("b",) * 5 + ("a",) * 3)
    rows, _ = run(found, plan=Plan("all", (1,), 6, 5, by_group=True))
    assert [(row.group, row.ways) for row in rows] == [("a", 3), ("b", 5), ("mean", None)]


def test_the_share_of_adapted_episodes_is_told_and_none_for_methods_that_never_adapt():
    notes = []
    pictures = torch.zeros(160, 3, 32, 32, dtype=torch.uint8)
    found = data(spread=1.0, pictures=pictures)
    rows, _ = run(found, {"deep": Deep((notes,)), "protonet": protonet()}, replace(PLAN, shots=(1,)))
    assert [row.adapted for row in rows] == [0.5, None]
    assert notes[0][0].pictures.shape == (3, 3, 32, 32)


def test_only_transductive_methods_are_given_the_queries_as_pool():
    plain, pooled = [], []
    run(data(spread=1.0), {"plain": Constant((plain,)), "pooled": Transductive((pooled,))}, replace(PLAN, shots=(1,)))
    assert plain[0][2] is None
    assert pooled[0][2].shape == (3 * 6, SIZE)


def test_adapting_is_timed_and_progress_ends_at_one():
    values = list(evaluate(MODEL, data(spread=1.0), {"protonet": protonet()}, PLAN))
    shares = [value.share for value in values if isinstance(value, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(0 < row.milliseconds_per_adapt < 1000 for row in values if isinstance(row, Row))


def test_the_interval_over_classes_is_wider_where_classes_differ():
    found = data((40,) * 10, spread=1.0)
    found.embeddings[: 40 * 5] = torch.randn(200, SIZE, generator=torch.Generator().manual_seed(1))
    row = run(found, plan=replace(PLAN, episodes=300, shots=(5,)))[0][0]
    low, high = row.over_classes
    assert high - low > 2 * (row.accuracy.high - row.accuracy.low)


@pytest.mark.parametrize(
    ("plan", "counts", "groups", "message"),
    [
        (Plan(ways=6, shots=(1,)), (9,) * 5, (), "shapes has 5 classes .* ways must be at most 5"),
        (Plan(ways=2, shots=(1, 5)), (9, 9, 3), (), None),
        (Plan(ways=3, shots=(1, 5)), (9, 9, 3), (), "shapes has 2 classes with at least 6 pictures .* at most 2"),
        (Plan(shots=(1,)), (9,), (), "at least 2 classes"),
        (Plan(shots=(1,), by_group=True), (9,) * 4, ("a", "a", "b", "b"), "no group of at least 3 classes"),
        (Plan(shots=(1,), by_group=True), (9,) * 4, (), "no group of at least 3 classes"),
        (Plan(shots=()), (9,) * 4, (), "at least 1"),
    ],
)
def test_plans_that_cannot_be_carried_out_are_refused_at_once(plan, counts, groups, message):
    found = data(counts, spread=1.0, groups=groups)
    if message is None:
        assert len(run(found, plan=replace(plan, episodes=3))[0]) == 2
        return
    with pytest.raises(UserError, match=message):
        next(evaluate(MODEL, found, {"protonet": protonet()}, plan))


def test_a_method_that_wants_more_shots_is_refused_at_once():
    wants = type("Wants", (Constant,), {"least_shots": 2})()
    with pytest.raises(UserError, match="wants needs at least 2 shots, not 1"):
        next(evaluate(MODEL, data(spread=1.0), {"wants": wants}, PLAN))


def test_damaged_embeddings_are_refused():
    found = data(spread=1.0)
    found.embeddings[3, 0] = float("nan")
    with pytest.raises(UserError, match="not finite: the weights of tiny are damaged"):
        run(found)


def test_answers_that_are_no_numbers_are_an_error():
    nan = type("Nan", (Constant,), {"adapt": lambda self, model, support, **_: ConstantHead(3, "embeddings", np.nan)})()
    with pytest.raises(UserError, match="answers that are no numbers in episode 0"):
        run(data(spread=1.0), {"nan": nan})

"""Methods measured over episodes."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from fewshot_gui.engine import methods, metrics
from fewshot_gui.engine.episodes import ClassTable, sample_episode, sample_strangers
from fewshot_gui.engine.evaluate import Data, Plan, Progress, evaluate
from fewshot_gui.engine.method import Head, Method, Support
from fewshot_gui.engine.metrics import Estimate, mean_over_episodes
from fewshot_gui.engine.results import Paired, Row
from fewshot_gui.engine.shown import Copies
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
class Copied(Constant):
    """The same, wanting copies."""

    copies: int = 0


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
    given = {"plain": Constant((plain,)), "pooled": Transductive((pooled,))}
    rows, _ = run(data(spread=1.0), given, replace(PLAN, shots=(1,)))
    assert [row.transductive for row in rows] == [False, True]
    assert plain[0][2] is None
    assert pooled[0][2].shape == (3 * 6, SIZE)


class Begun(Constant):
    def start_of(self, model):
        return "maml"


def test_a_row_says_what_gradient_steps_began_from():
    rows, _ = run(data(spread=1.0), {"plain": Constant(([],)), "begun": Begun(([],))}, replace(PLAN, shots=(1,)))
    assert [row.start for row in rows] == ["", "maml"]


def test_adapting_is_timed_and_progress_ends_at_one():
    values = list(evaluate(MODEL, data(spread=1.0), {"protonet": protonet()}, PLAN))
    shares = [value.share for value in values if isinstance(value, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    rows = [value for value in values if isinstance(value, Row)]
    assert all(0 < row.milliseconds_per_adapt < 1000 for row in rows)
    assert all(0 < row.milliseconds_per_1000_queries < 10_000 for row in rows)


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


def by_hand(found, head_of, plan, shots):
    """Per episode (right, labels, confidence) of what the model's ProtoNet answers."""
    for number in range(plan.episodes):
        sizes = {"n_way": plan.ways, "n_shot": shots, "n_query": plan.queries, "seed": plan.seed, "number": number}
        episode = sample_episode(found.table, **sizes)
        labels = torch.from_numpy(episode.support_labels)
        support = Support(labels, episode.n_way, found.embeddings[episode.support])
        chances = head_of.adapt(MODEL, support).logits(found.embeddings[episode.query]).softmax(1)
        confidence, answer = chances.max(1)
        yield episode, answer.numpy() == episode.query_labels, confidence.numpy()


def test_the_worst_class_and_the_calibration_are_those_of_the_episodes_one_by_one():
    found, plan = data((7, 20, 20, 20, 9), spread=1.5), replace(PLAN, shots=(2,))
    row = run(found, plan=plan)[0][0]
    worst, right, confidence = [], [], []
    for episode, correct, sure in by_hand(found, protonet(), plan, 2):
        worst.append(min(correct[episode.query_labels == label].mean() for label in range(3)))
        right.append(correct)
        confidence.append(sure)
    assert row.worst_recall == mean_over_episodes(worst)
    assert row.ece == pytest.approx(metrics.calibration_error(np.concatenate(confidence), np.concatenate(right)))
    assert row.worst_recall.value < row.accuracy.value


def test_pictures_of_other_classes_are_told_apart_by_the_largest_cosine_to_a_prototype():
    found, plan = data(spread=1.0), replace(PLAN, shots=(5,), unknown=True)
    rows, _ = run(found, {"protonet": protonet(), "ridge": ridge()}, plan)
    unit = torch.nn.functional.normalize(found.embeddings - MODEL.base_mean)
    areas, rates = [], []
    for episode, _, _ in by_hand(found, protonet(), plan, 5):
        strange = sample_strangers(found.table, episode, n_query=plan.queries, seed=plan.seed)
        means = [unit[episode.support[episode.support_labels == c]].mean(0) for c in range(3)]
        prototypes = torch.nn.functional.normalize(torch.stack(means))
        known, unknown = ((unit[of] @ prototypes.T).amax(1).numpy() for of in (episode.query, strange))
        areas.append(metrics.auroc(known, unknown))
        rates.append(metrics.fpr95(known, unknown))
    for row in rows:
        assert row.unknown_auroc.value == pytest.approx(np.mean(areas))
        assert row.unknown_fpr95.value == pytest.approx(np.mean(rates))
    assert 0.6 < np.mean(areas) < 1


def test_unknowns_are_measured_only_where_asked_for_and_a_class_is_left_over():
    assert run(data(spread=1.0))[0][0].unknown_auroc is None
    row = run(data((20,) * 3, spread=1.0), plan=replace(PLAN, unknown=True))[0][0]
    assert (row.unknown_auroc, row.unknown_fpr95) == (None, None)


def test_a_method_that_adapted_the_backbone_tells_unknowns_by_its_own_features():
    pictures = torch.randint(0, 256, (160, 3, 4, 4), dtype=torch.uint8)
    plan = replace(PLAN, shots=(1,), unknown=True, episodes=4)
    rows, _ = run(data(spread=1.0, pictures=pictures), {"deep": Deep(([],)), "protonet": protonet()}, plan)
    assert rows[0].unknown_auroc.n == 4
    assert rows[0].unknown_auroc != rows[1].unknown_auroc


def test_unbalanced_shots_are_a_cell_of_their_own():
    notes = []
    found = data(spread=1.0)
    rows, pairs = run(found, {"x": Constant((notes,)), "y": ridge()}, replace(PLAN, shots=(2, range(1, 8))))
    assert [row.shots for row in rows] == [2, 2, range(1, 8), range(1, 8)]
    assert [pair.shots for pair in pairs] == [2, range(1, 8)]
    assert {tuple(support.shots.tolist()) for support, _, _ in notes[:40]} == {(2, 2, 2)}
    assert len({tuple(support.shots.tolist()) for support, _, _ in notes[40:]}) > 20


def test_several_ways_are_measured_one_after_the_other():
    rows, _ = run(data(spread=1.0), plan=replace(PLAN, ways=(2, 5, "all")))
    assert [(row.ways, row.shots) for row in rows] == [(2, 1), (2, 5), (5, 1), (5, 5), (8, 1), (8, 5)]


def test_a_slow_method_is_compared_on_the_episodes_that_it_did():
    found = data(spread=2.0, pictures=torch.zeros(160, 3, 32, 32, dtype=torch.uint8))
    plan = replace(PLAN, shots=(1,), episodes_on_pictures=7)
    rows, (pair,) = run(found, {"protonet": protonet(), "deep": Deep(([],))}, plan)
    assert [row.episodes for row in rows] == [40, 7]
    first = run(found, plan=replace(plan, episodes=7))[0][0]
    assert pair.difference.n == 7
    assert pair.difference.value == pytest.approx(first.accuracy.value - rows[1].accuracy.value)


def test_what_is_known_so_far_is_the_row_of_the_episodes_done():
    found, plan = data(spread=2.0), replace(PLAN, shots=(1,))
    values = evaluate(MODEL, found, {"protonet": protonet(), "ridge": ridge()}, plan)
    seen = []
    for value in values:
        seen.append(value)
        if isinstance(value, Progress) and value.what.startswith("ridge"):
            break
    row, pair = seen[-1].so_far()
    assert (row.method, pair.a, pair.b) == ("ridge", "protonet", "ridge")
    partly = run(found, {"ridge": ridge()}, replace(plan, episodes=row.episodes))[0][0]
    assert row.accuracy == partly.accuracy
    assert pair.difference.n == row.episodes


def test_copies_are_those_of_the_support_and_belong_to_each_method():
    found = data(spread=3.0)
    n = len(found.embeddings)
    copies = Copies.blank(np.ones(n, bool), 4, SIZE)
    copies.rows[:] = found.embeddings[:, None] + torch.arange(1.0, 5.0)[None, :, None]
    notes = []
    given = {"constant": Copied(seen=(notes,), copies=2), "plain": Constant(seen=(notes,))}
    run(replace(found, copies=copies), given, replace(PLAN, shots=(2,), episodes=3))
    for support, _, _ in notes[:3]:
        wanted = support.embeddings[:, None] + torch.tensor([1.0, 2.0])[None, :, None]
        torch.testing.assert_close(support.copies, wanted, rtol=2e-3, atol=2e-3)
    assert all(support.copies is None for support, _, _ in notes[3:])
    with pytest.raises(ValueError, match="wants copies"):
        run(found, {"constant": Copied(seen=(notes,), copies=2)})

import pytest
import torch
import torch.nn.functional as F

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.inner_loop import adapt_parameters, as_leaves, detached, summed_gradients
from fewshot_gui.engine.learner import Learner
from fewshot_gui.errors import UserError

N_WAY = 3


@pytest.fixture(autouse=True)
def one_thread():
    """Several threads cost more to wake up than such small tensors take."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def quadratic(values):
    yield (values["a"] ** 3).sum() + (values["a"] * values["b"]).sum()


def start():
    return as_leaves({"a": torch.tensor([1.0, -2.0], dtype=torch.float64), "b": torch.tensor(0.5, dtype=torch.float64)})


def rates():
    return {"a": torch.tensor([0.1, 0.01], dtype=torch.float64), "b": torch.tensor(0.2, dtype=torch.float64)}


def test_steps_are_gradient_descent_with_a_rate_per_parameter():
    adapted = detached(adapt_parameters(quadratic, start(), rates(), 2, first_order=True))
    a, b = torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor(0.5, dtype=torch.float64)
    for _ in range(2):
        a, b = a - rates()["a"] * (3 * a**2 + b), b - rates()["b"] * a.sum()
    assert torch.allclose(adapted["a"], a)
    assert torch.allclose(adapted["b"], b)


def test_no_step_leaves_the_parameters_as_they_are():
    values = start()
    adapted = adapt_parameters(quadratic, values, rates(), 0, first_order=False)
    assert all(torch.equal(adapted[name], values[name]) for name in values)


def test_a_gradient_does_not_run_on_through_another_parameter_s_start():
    a = torch.tensor(2.0, requires_grad=True)
    values, tenths = {"a": a, "b": a**2}, dict.fromkeys("ab", torch.tensor(0.1))
    adapted = adapt_parameters(lambda v: [v["a"] * v["b"]], values, tenths, 1, first_order=True)
    assert torch.allclose(adapted["a"], torch.tensor(2.0 - 0.1 * 4.0))


def test_a_loss_in_parts_has_the_gradient_of_their_sum():
    values = start()
    in_parts = summed_gradients(lambda v: [v["a"].sum(), (v["a"] ** 2).sum()], values, create_graph=False)
    assert torch.allclose(in_parts["a"], 1 + 2 * values["a"])
    assert in_parts["b"] == 0, "a parameter that no loss hangs on"


def test_every_step_is_told_and_an_error_there_ends_the_loop():
    seen = []

    def told(step):
        seen.append(step)
        if step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt_parameters(quadratic, start(), rates(), 5, first_order=True, told=told)
    assert seen == [0, 1, 2]


def test_first_order_is_the_gradient_at_the_adapted_parameters():
    def outer(values):
        return (values["a"] ** 4).sum() * values["b"]

    values = start()
    adapted = adapt_parameters(quadratic, values, rates(), 3, first_order=True)
    found = torch.autograd.grad(outer(adapted), list(values.values()))
    at_the_end = as_leaves(adapted)
    expected = torch.autograd.grad(outer(at_the_end), list(at_the_end.values()))
    assert all(torch.allclose(f, e) for f, e in zip(found, expected, strict=True))

    exact = adapt_parameters(quadratic, values, rates(), 3, first_order=False)
    second = torch.autograd.grad(outer(exact), list(values.values()))
    assert not torch.allclose(second[0], expected[0])


def test_second_order_of_one_step_is_the_known_formula():
    """d/da of L(a - r g(a)) is (I - r H)' L'; here H is diagonal: 6 a."""
    a = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    tenth = {"a": torch.tensor(0.1)}
    adapted = adapt_parameters(lambda v: [(v["a"] ** 3).sum()], {"a": a}, tenth, 1, first_order=False)
    found = torch.autograd.grad((adapted["a"] ** 2).sum(), a)[0]
    end = a - 0.1 * 3 * a**2
    assert torch.allclose(found, (1 - 0.1 * 6 * a) * 2 * end)


def episode(seed=0):
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(10, 1, 32, 32, dtype=torch.float64, generator=draw)
    return x[:4], torch.tensor([0, 1, 2, 2]), x[4:], torch.tensor([0, 1, 2, 0, 1, 2])


def learner_and_network(norm, metric, first_order, block=-1):
    torch.manual_seed(0)
    network = create("conv4", width=8, size=32, norm="group" if norm == "group" else "batch").double()
    for name, tensor in network.named_buffers():  # statistics of a network that has been trained
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 1.5) if name.endswith("var") else tensor.normal_()
    for tensor in network.parameters():
        if tensor.dim() == 1:
            tensor.data.normal_(1.0, 0.2)
    statistics = "support" if norm == "support" else "frozen"
    learner = Learner(
        network, block, 2, first_order,
        metric=metric, normalised=False, statistics=statistics, temperature=1.0, rate=0.1,
    ).double()  # fmt: skip
    return learner, network


def meta_gradient(learner, network, direction, parameters):
    loss = learner.meta_loss(network, *episode(), N_WAY)
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    return sum((g * d).sum() for g, d in zip(gradients, direction, strict=True) if g is not None)


def finite_difference(learner, network, direction, parameters, width=1e-8):
    losses = []
    for sign in (1, -1):
        with torch.no_grad():
            for p, d in zip(parameters, direction, strict=True):
                p.add_(sign * width * d)
        losses.append(learner.meta_loss(network, *episode(), N_WAY).detach())
        with torch.no_grad():
            for p, d in zip(parameters, direction, strict=True):
                p.sub_(sign * width * d)
    return (losses[0] - losses[1]) / (2 * width)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("norm", ["frozen", "group", "support"])
def test_the_meta_gradient_is_that_of_finite_differences(norm, metric):
    """In float64, through inner steps, classifier start, rates and scale: vmap would give a wrong one here.

    The step is so narrow because a ReLU or a maximum that switches within it makes the difference a wrong one.
    """
    learner, network = learner_and_network(norm, metric, first_order=False)
    parameters = [*network.parameters(), *learner.parameters()]
    draw = torch.Generator().manual_seed(1)
    direction = [torch.randn(p.shape, dtype=torch.float64, generator=draw) for p in parameters]
    exact = meta_gradient(learner, network, direction, parameters)
    measured = finite_difference(learner, network, direction, parameters)
    assert abs(exact - measured) < 1e-6 * max(1.0, abs(exact))

    learner.first_order = True
    assert abs(meta_gradient(learner, network, direction, parameters) - measured) > 1e-3 * abs(measured)


@pytest.mark.parametrize("first_order", [False, True], ids=["second order", "first order"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("norm", ["frozen", "group", "support"])
def test_tasks_at_once_have_the_losses_and_meta_gradients_of_one_after_another(norm, metric, first_order):
    learner, network = learner_and_network(norm, metric, first_order, block=1 if norm == "frozen" else -1)
    tasks = [episode(seed) for seed in range(3)]
    parameters = [*network.parameters_from(learner.block).values(), *learner.parameters()]
    expected = torch.stack([learner.meta_loss(network, *task, N_WAY) for task in tasks])
    support, query = (torch.stack([task[place] for task in tasks]) for place in (0, 2))
    found = learner.meta_losses(network, support, tasks[0][1], query, tasks[0][3], N_WAY)
    torch.testing.assert_close(found, expected)
    weights = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    gradients = [torch.autograd.grad((weights * losses).sum(), parameters) for losses in (found, expected)]
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-9)


def test_a_norm_that_vmap_differentiates_wrongly_is_refused():
    learner, network = learner_and_network("frozen", "cosine", first_order=False)
    network.blocks[0].extra = torch.nn.LayerNorm(4)
    learner = Learner(network, -1, 2, metric="cosine", normalised=False)
    x, labels = torch.randn(2, 4, 1, 32, 32), torch.tensor([0, 1, 2, 2])
    with pytest.raises(UserError, match=r"LayerNorm.*at_once"):
        learner.meta_losses(network, x, labels, x, labels, N_WAY)


def test_only_blocks_from_the_first_adapted_one_get_gradients():
    learner, network = learner_and_network("frozen", "cosine", first_order=False, block=2)
    learner.meta_loss(network, *episode(), N_WAY).backward()
    with_gradient = {name for name, p in network.named_parameters() if p.grad is not None}
    assert with_gradient == set(network.parameters_from(2))
    assert all(p.grad is not None for p in learner.parameters())


@pytest.mark.parametrize("norm", ["frozen", "group", "support"])
def test_a_query_s_answer_does_not_hang_on_the_other_queries(norm):
    learner, network = learner_and_network(norm, "cosine", first_order=True)
    support, labels, query, truth = episode()
    together = learner.meta_loss(network, support, labels, query, truth, N_WAY)
    alone = [learner.meta_loss(network, support, labels, query[i : i + 1], truth[i : i + 1], N_WAY) for i in range(6)]
    assert torch.allclose(together, torch.stack(alone).mean())


def test_un_adapted_answers_are_those_of_a_prototype_classifier():
    learner, network = learner_and_network("frozen", "euclidean", first_order=True)
    support, labels, query, truth = episode()
    learner.steps = 0
    embedded, asked = network.eval()(support), network(query)
    prototypes = torch.stack([embedded[labels == c].mean(0) for c in range(N_WAY)])
    expected = F.cross_entropy(-torch.cdist(asked, prototypes).square(), truth)
    assert torch.allclose(learner.meta_loss(network, support, labels, query, truth, N_WAY), expected)

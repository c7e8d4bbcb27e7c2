"""What the meta-loss of maml costs beside a plain loop that is written out here and stays as it is.

usage: python tests/benchmarks/bench_inner_loop.py [--runs 20] [--steps 5] [--tasks 8] [--device cpu]
Conv-4 with GroupNorm, 5 ways, 1 shot, 15 queries, second order, forward and backward. The two take turns; printed are
the median seconds of both, the plain loop's over the program's (1 or more: the program is not slower), and the most
memory either needs beyond the network (on a GPU as torch counts it, on a CPU as Linux says the process grew, each in a
process of its own). Then, taking turns too, a step of several tasks: one after another and at once, by vmap.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.learner import Learner
from fewshot_gui.engine.network import Network

WAYS, SHOTS, QUERIES = 5, 1, 15


def plain_loop(network: Network, rates: list[Tensor], scale: Tensor, task: tuple[Tensor, ...], steps: int) -> Tensor:
    """ProtoMAML's meta-loss without anything that makes it general. Frozen: the measure must not move."""
    x, y, query, asked = task
    names = [name for name, _ in network.named_parameters()]
    values = [p for _, p in network.named_parameters()]
    embedded = functional_call(network, dict(zip(names, values, strict=True)), (x,))
    prototypes = torch.stack([embedded[y == c].mean(0) for c in range(WAYS)])
    # Views: the classifier's start hangs on the network's, but each gradient is for its own parameter alone.
    values = [value.view_as(value) for value in (*values, 2 * prototypes, -prototypes.square().sum(1))]
    for _ in range(steps):
        features = functional_call(network, dict(zip(names, values[:-2], strict=True)), (x,))
        loss = F.cross_entropy(scale * (features @ values[-2].T + values[-1]), y)
        gradients = torch.autograd.grad(loss, values, create_graph=True)
        values = [value - rate * g for value, rate, g in zip(values, rates, gradients, strict=True)]
    features = functional_call(network, dict(zip(names, values[:-2], strict=True)), (query,))
    return F.cross_entropy(scale * (features @ values[-2].T + values[-1]), asked)


class Work:
    """Both ways through the same task."""

    def __init__(self, steps: int, device: str) -> None:
        torch.manual_seed(0)
        self.network = create("conv4", width=64, channels=1, size=28, norm="group").to(device)
        self.learner = Learner(self.network, -1, steps, metric="euclidean", normalised=False, temperature=1.0)
        self.learner.to(device)
        self.steps = steps
        n, m = WAYS * SHOTS, WAYS * QUERIES
        labels = [torch.arange(WAYS).repeat_interleave(k).to(device) for k in (SHOTS, QUERIES)]
        pictures = [torch.rand(k, 1, 28, 28, device=device) for k in (n, m)]
        self.task = pictures[0], labels[0], pictures[1], labels[1]

    def plain(self) -> float:
        rates = self.learner.log_rates.exp().unbind()
        return self._backward(
            plain_loop(self.network, list(rates), self.learner.log_scale.exp(), self.task, self.steps)
        )

    def ours(self) -> float:
        return self._backward(self.learner.meta_loss(self.network, *self.task, WAYS))

    def in_turn(self, tasks: int) -> float:
        """A step of several tasks, one after another."""
        self._forget()
        return sum(self._added(self.learner.meta_loss(self.network, *self.task, WAYS)) for _ in range(tasks))

    def at_once(self, tasks: int) -> float:
        """The same step in one pass."""
        self._forget()
        x, y, query, asked = self.task
        pictures = [part.expand(tasks, *part.shape) for part in (x, query)]
        return self._added(self.learner.meta_losses(self.network, pictures[0], y, pictures[1], asked, WAYS).sum())

    def _backward(self, loss: Tensor) -> float:
        self._forget()
        return self._added(loss)

    def _forget(self) -> None:
        self.network.zero_grad(set_to_none=True)
        self.learner.zero_grad(set_to_none=True)

    def _added(self, loss: Tensor) -> float:
        loss.backward()
        return loss.item()  # waits for a GPU


def medians(ways: dict[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Per way the median milliseconds of a run; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(runs + 2):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if number >= 2:  # the first ones warm up
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) * 1000 for name, times in taken.items()}


def memory(name: str, steps: int, device: str) -> float:
    """MiB that one way needs; for a process that does nothing else."""
    work = Work(steps, device)
    if device == "cpu":
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here on
        before = _status("VmRSS")
        getattr(work, name)()
        return (_status("VmHWM") - before) / 1024
    torch.cuda.reset_peak_memory_stats()
    getattr(work, name)()
    return torch.cuda.max_memory_allocated() / 2**20


def _status(key: str) -> int:
    """KiB, from what Linux says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--memory", choices=("plain", "ours"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory:
        print(memory(given.memory, given.steps, given.device))
        return
    work = Work(given.steps, given.device)
    losses = work.plain(), work.ours()
    print(f"losses {losses[0]:.6f} and {losses[1]:.6f}")
    of = medians({"plain": work.plain, "ours": work.ours}, given.runs)
    print(f"plain {of['plain']:.1f} ms, ours {of['ours']:.1f} ms, plain / ours {of['plain'] / of['ours']:.3f}")
    command = [sys.executable, __file__, "--steps", str(given.steps), "--device", given.device, "--memory"]
    grown = {
        name: float(subprocess.run([*command, name], capture_output=True, text=True, check=True).stdout) for name in of
    }
    print(f"memory: plain {grown['plain']:.0f} MiB, ours {grown['ours']:.0f} MiB")
    ways = {"in turn": partial(work.in_turn, given.tasks), "at once": partial(work.at_once, given.tasks)}
    step = medians(ways, given.runs)
    print(f"{given.tasks} tasks: in turn {step['in turn']:.1f} ms, at once {step['at once']:.1f} ms, "
          f"in turn / at once {step['in turn'] / step['at once']:.3f}")  # fmt: skip


if __name__ == "__main__":
    main()

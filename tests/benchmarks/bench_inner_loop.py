"""What the meta-loss of maml costs beside a plain loop that is written out here and stays as it is.

usage: python tests/benchmarks/bench_inner_loop.py [--runs 20] [--steps 5] [--device cpu]
Conv-4 with GroupNorm, 5 ways, 1 shot, 15 queries, second order, forward and backward. The two take turns; printed are
the median seconds of both, the plain loop's over the program's (1 or more: the program is not slower), and the most
memory either needs beyond the network (on a GPU as torch counts it, on a CPU as Linux says the process grew, each in a
process of its own).
"""

import argparse
import statistics
import subprocess
import sys
import time
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

    def _backward(self, loss: Tensor) -> float:
        self.network.zero_grad(set_to_none=True)
        self.learner.zero_grad(set_to_none=True)
        loss.backward()
        return loss.item()  # waits for a GPU


def seconds(work: Work, runs: int) -> dict[str, list[float]]:
    """Per way the seconds of each run; the two take turns."""
    taken: dict[str, list[float]] = {"plain": [], "ours": []}
    for number in range(runs + 2):
        for name, times in taken.items():
            began = time.perf_counter()
            getattr(work, name)()
            if number >= 2:  # the first ones warm up
                times.append(time.perf_counter() - began)
    return taken


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
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--memory", choices=("plain", "ours"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory:
        print(memory(given.memory, given.steps, given.device))
        return
    work = Work(given.steps, given.device)
    losses = work.plain(), work.ours()
    print(f"losses {losses[0]:.6f} and {losses[1]:.6f}")
    medians = {name: statistics.median(times) for name, times in seconds(work, given.runs).items()}
    print(f"plain {medians['plain'] * 1000:.1f} ms, ours {medians['ours'] * 1000:.1f} ms, "
          f"plain / ours {medians['plain'] / medians['ours']:.3f}")  # fmt: skip
    command = [sys.executable, __file__, "--steps", str(given.steps), "--device", given.device, "--memory"]
    grown = {
        n: float(subprocess.run([*command, n], capture_output=True, text=True, check=True).stdout) for n in medians
    }
    print(f"memory: plain {grown['plain']:.0f} MiB, ours {grown['ours']:.0f} MiB")


if __name__ == "__main__":
    main()

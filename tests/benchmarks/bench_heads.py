"""What a closed-form head costs: adapting to a support set and answering 1,000 queries, beside the bare algebra.

    python tests/benchmarks/bench_heads.py [--ways 5] [--shots 5] [--size 1280] [--repeat 30]

The bare algebra is one torch.linalg.solve of the support's size and the matrix products around it, with nothing
checked, centred or normalised. Prints milliseconds (median) and how many times the bare algebra a head costs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from fewshot_gui.engine import methods
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS
from fewshot_gui.engine.model import Model, ModelConfig
from fewshot_gui.engine.preprocess import Preprocessing

QUERIES = 1000


def main() -> None:
    """Prints one line per method that needs embeddings only."""
    options = _options()
    torch.set_num_threads(1)
    model, support, queries = _task(options.ways, options.shots, options.size)
    bare = _median_ms(lambda: _bare(support, queries), options.repeat)
    print(f"{options.ways} ways, {options.shots} shots, {options.size} numbers, {QUERIES} queries, one thread")
    print(f"{'bare solve + matmul':24}{bare:8.2f} ms")
    for name in METHODS:
        if METHODS[name].needs == "embeddings":
            method = methods.create(name, model.config)
            taken = _median_ms(lambda m=method: m.adapt(model, support, pool=queries).logits(queries), options.repeat)
            print(f"{name:24}{taken:8.2f} ms{taken / bare:8.1f} x")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", type=int, default=5)
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--size", type=int, default=1280, help="numbers in an embedding")
    parser.add_argument("--repeat", type=int, default=30)
    return parser.parse_args()


def _task(ways: int, shots: int, size: int) -> tuple[Model, Support, Tensor]:
    rng = torch.Generator().manual_seed(0)
    centres = torch.randn(ways, size, generator=rng)
    labels = torch.arange(ways).repeat_interleave(shots)
    embeddings = centres[labels] + torch.randn(len(labels), size, generator=rng)
    preprocessing = Preprocessing(32, (0.5,) * 3, (0.5,) * 3)
    config = ModelConfig("none", {}, size, False, preprocessing, "cosine", 10.0, "protonet")
    # No network: heads of this kind work on embeddings alone, and these are made up.
    model = Model("none", Path(), config, nn.Identity(), torch.zeros(size), "none", torch.device("cpu"))
    return model, Support(labels, ways, embeddings), torch.randn(QUERIES, size, generator=rng)


def _bare(support: Support, queries: Tensor) -> Tensor:
    x = support.embeddings
    targets = nn.functional.one_hot(support.labels, support.n_way).float()
    return queries @ (x.T @ torch.linalg.solve(x @ x.T + 0.5 * torch.eye(len(x)), targets))


def _median_ms(function: Callable[[], object], repeat: int) -> float:
    function()
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()

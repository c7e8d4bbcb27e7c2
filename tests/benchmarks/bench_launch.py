"""Launch to the end of `classify` on a small folder, and of `--help`, as whole processes: median of several runs.

usage: python tests/benchmarks/bench_launch.py [--runs 5]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str], runs: int) -> list[float]:
    """Wall-clock seconds of each run, after one that is not counted."""
    found = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        found.append(time.perf_counter() - start)
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    program = [sys.executable, "-m", "fewshot_gui"]
    with tempfile.TemporaryDirectory() as scratch:
        demo = Path(scratch) / "demo"
        subprocess.run([*program, "demo", str(demo)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        one = next(p for p in sorted((demo / "query").rglob("*.jpg")))
        support = ["--support", str(demo / "support"), "--no-cache"]
        cases = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "--help": [*program, "--help"],
            "import torch alone": [sys.executable, "-c", "import torch"],
            "classify, 1 picture": [*program, "classify", *support, "--query", str(one)],
            "classify, the whole demo": [*program, "classify", *support, "--query", str(demo / "query")],
        }
        for name, command in cases.items():
            found = seconds(command, runs)
            print(f"{name:28} median {statistics.median(found):.2f} s   ({min(found):.2f}-{max(found):.2f})")


if __name__ == "__main__":
    main()

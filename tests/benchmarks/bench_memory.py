"""Memory of `classify` over many large pictures, cache off: it must not grow with their number.

usage: python tests/benchmarks/bench_memory.py [--pictures 10000] [--backbone lite0-natural]
Makes 50 pictures of 12 megapixels and as many hard links to them as are asked for; prints the resident set as the run
goes, and exits 1 if the last fifth of the run needs over 64 MiB more than the second.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from fewshot_gui.jobs.adapt import AdaptOptions
from fewshot_gui.jobs.classify import Classified, ClassifyOptions, classify

ORIGINALS = 50
SIZE = (4000, 3000)
ROOM = 64  # MiB: what the C library keeps back of freed memory, differing from one moment to the next


def make(folder: Path, pictures: int) -> tuple[Path, Path]:
    """(support, query): two classes of the originals, and hard links to all of them."""
    chance = np.random.default_rng(0)
    originals = []
    for number in range(ORIGINALS):
        path = folder / "support" / f"class {number % 2}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = chance.integers(0, 256, (75, 100, 3), np.uint8)
        Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC).save(path, quality=90)
        originals.append(path)
    (folder / "query").mkdir()
    for number in range(pictures):
        os.link(originals[number % ORIGINALS], folder / "query" / f"{number}.jpg")
    return folder / "support", folder / "query"


def resident() -> float:
    """This process's memory in MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--backbone", default="lite0-natural")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        support, query = make(Path(scratch), arguments.pictures)
        by = AdaptOptions(support=support, backbone=arguments.backbone, unknown="off", cache=False)
        seen, told, start = [], 0, time.perf_counter()
        for event in classify(ClassifyOptions(query=[query], by=by)):
            if isinstance(event, Classified):
                seen.append((event.counts.images, resident()))
                if event.counts.images >= told:
                    seconds = time.perf_counter() - start
                    print(f"{event.counts.images:6} pictures  {seconds:7.1f} s  {seen[-1][1]:7.1f} MiB", flush=True)
                    told += max(1, arguments.pictures // 20)
    parts = np.array_split([memory for _, memory in seen], 5)
    fifths = [float(part.mean()) for part in parts]
    print("mean of each fifth, MiB:", "  ".join(f"{mean:.1f}" for mean in fifths))
    sys.exit(fifths[4] > fifths[1] + ROOM)


if __name__ == "__main__":
    main()

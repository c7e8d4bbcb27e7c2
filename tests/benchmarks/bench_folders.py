"""5-shot accuracy of `classify` on folders of class folders: the table of the README.

usage: python tests/benchmarks/bench_folders.py FOLDER... [--shots 5] [--draws 3] [-- options of classify]
Each draw takes other support pictures (seeded); the rest of the folder is the query set.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def draw_support(folder: Path, shots: int, seed: int, target: Path) -> None:
    """Copy `shots` pictures of every class folder below target."""
    chance = random.Random(seed)
    for class_folder in sorted(p for p in folder.iterdir() if p.is_dir()):
        pictures = sorted(p for p in class_folder.iterdir() if p.is_file())
        (target / class_folder.name).mkdir(parents=True)
        for picture in chance.sample(pictures, shots):
            shutil.copy(picture, target / class_folder.name / picture.name)


def classify(folder: Path, shots: int, seed: int, options: list[str]) -> dict:
    """The --json summary of one draw."""
    with tempfile.TemporaryDirectory() as scratch:
        support = Path(scratch) / "support"
        draw_support(folder, shots, seed, support)
        command = [sys.executable, "-m", "fewshot_gui", "classify", "--support", str(support), "--query", str(folder)]
        done = subprocess.run([*command, "--json", "--unknown", "off", *options], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--draws", type=int, default=3)
    arguments, options = parser.parse_known_args()
    print("| folder | classes | shots | queries | accuracy (95 % interval) per draw | pictures a second |")
    print("|---|---|---|---|---|---|")
    for folder in arguments.folders:
        runs = [classify(folder, arguments.shots, seed, options) for seed in range(arguments.draws)]
        figures = "; ".join(
            f"{100 * r['accuracy']:.1f} % ({100 * r['accuracy_low']:.1f}-{100 * r['accuracy_high']:.1f})" for r in runs
        )
        queries = runs[0]["images"] - runs[0]["support_excluded"]
        speed = sum(r["images_per_second"] for r in runs) / len(runs)
        cells = (folder.name, len(runs[0]["classes"]), arguments.shots, queries, figures, f"{speed:.0f}")
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()

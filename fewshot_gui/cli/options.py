"""The options of each command, with what is checked of them alone. Imports neither numpy, torch nor Pillow."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from fewshot_gui import paths
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.types import BALANCED, QUALITIES

DEVICES = ("auto", "cpu", "cuda", "mps")
INPUTS = ("imagenet", "symmetric", "unit", "clip")
_NAME = re.compile(r"^@?[A-Z]+\.register\(\"([^\"]+)\"\)", re.MULTILINE)
TRAINING_METHODS = ("protonet", "maml", "fomaml", "anil", "meta-sgd", "reptile", "supervised")


def classify(parser: ArgumentParser) -> None:
    """Options of `classify`."""
    by = parser.add_mutually_exclusive_group(required=True)
    by.add_argument("--support", type=Path, metavar="DIR", help="examples: a folder with a sub-folder per class")
    by.add_argument("--model", type=Path, metavar="FOLDER", help="a classifier stored by adapt")
    by.add_argument("--project", type=Path, metavar="FILE", help="a .fewshot file: the classes of a window's project")
    parser.add_argument(
        "--query", nargs="+", metavar="PATH", help="pictures and folders to classify (default: the project's folder)"
    )
    parser.add_argument(
        "--truth", type=Path, metavar="FILE.csv",
        help="a table with the columns path and class: the accuracy is measured by it, else by the folders' names",
    )  # fmt: skip
    _add_adapting(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help=".csv, .json or .jsonl (default: CSV on stdout)")
    parser.add_argument("--json", action="store_true", help="one line of JSON with the figures on stdout")


def adapt(parser: ArgumentParser) -> None:
    """Options of `adapt`."""
    parser.add_argument(
        "--support", type=Path, required=True, metavar="DIR", help="a folder with a sub-folder per class"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the classifier is stored")
    _add_adapting(parser)


def _add_adapting(parser: ArgumentParser) -> None:
    # The defaults are None, so that what was said can be told from what was not.
    parser.add_argument("--backbone", metavar="NAME_OR_FOLDER", help=f"{_models()} (default: {DEFAULT_BACKBONE})")
    _add_quality(parser)
    _add_method(parser, "--method", "NAME[:field=value...]")
    _add_device(parser)
    parser.add_argument(
        "--unknown", metavar="off|auto|RATE",
        help="share of known pictures, 0-1, that may be called unknown; auto: 0.05 (default: auto from 3 classes with "
        "2 examples each on, else off)",
    )  # fmt: skip
    parser.add_argument("--seed", type=_count, metavar="N", help="for methods that draw lots (default: 0)")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor keep embeddings")


def evaluate(parser: ArgumentParser) -> None:
    """Options of `evaluate`."""
    parser.add_argument(
        "data", nargs="+", type=Path, metavar="DATA",
        help="a folder with a sub-folder per class, .zip archives of CLASS/PICTURE or GROUP/CLASS/PICTURE, an .npz, or "
        "a .fewshot file: a project of the window",
    )  # fmt: skip
    parser.add_argument("--ways", type=_ways, metavar="N,...|all", help="classes per episode (5; of a project all)")
    parser.add_argument(
        "--shots", type=_shots, metavar="K,...", help="examples per class (1,5); of 1-10 each class draws its number"
    )
    parser.add_argument("--queries", type=int, default=15, metavar="N", help="pictures asked about per class (15)")
    parser.add_argument("--episodes", type=int, metavar="N", help="episodes per figure (600; see --grid)")
    parser.add_argument(
        "--grid", action="store_true",
        help="ways 2,5,10,20,50 by shots 1,2,5,10,20, as far as the data have them, with 2000 episodes; methods that "
        "adapt the backbone: 200, on a CPU only 5 ways with 1 and 5 shots",
    )  # fmt: skip
    parser.add_argument("--full", action="store_true", help="the whole grid for methods that adapt the backbone, too")
    parser.add_argument(
        "--unknown", action="store_true", help="ask about pictures of other classes, too: how well are they told?"
    )
    _add_method(parser, "--methods", "A,B")
    parser.add_argument(
        "--backbone", default=DEFAULT_BACKBONE, metavar="NAME_OR_FOLDER", help=f"{_models()} (default: %(default)s)"
    )
    _add_quality(parser, BALANCED)
    _add_device(parser)
    parser.add_argument("--size", type=int, metavar="PIXELS", help="side of the input, instead of the model's own")
    parser.add_argument("--split-file", type=Path, metavar="F", help="JSON: lists of class names per split")
    parser.add_argument("--split", metavar="NAME", help="which classes (default: test, else val, else all)")
    parser.add_argument(
        "--rotations", action="store_true", help="classes turned by 90, 180, 270 degrees are new classes"
    )
    parser.add_argument("--groups", action="store_true", help="each episode within one group, with a row for each")
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="draws the episodes (default: 0)")
    parser.add_argument("--allow-seen", action="store_true", help="also classes that the model was trained on")
    parser.add_argument(
        "--versus", metavar="METHOD", help="what the others are compared with (default: all; from four on the first)"
    )
    report = parser.add_mutually_exclusive_group()
    report.add_argument("--format", default="text", metavar="NAME", help=f"{_reports()} (default: text)")
    report.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument(
        "--out", type=Path, action="append", default=[], metavar="FILE",
        help="the report in a file, too: .txt, .csv, .json, .md or .tex; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--plot", type=Path, action="append", default=[], metavar="FILE",
        help="accuracy against shots as a picture: .png or .svg",
    )  # fmt: skip


def meta_train(parser: ArgumentParser) -> None:
    """Options of `meta-train`."""
    parser.add_argument(
        "--data", action="append", default=[], metavar="PATH[@SPLITFILE[:SPLIT]]",
        help="a folder, .zip or .npz with training classes; may be given several times",
    )  # fmt: skip
    parser.add_argument("--recipe", type=Path, metavar="FILE.toml", help="all settings, instead of the flags")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the model folder to make")
    parser.add_argument("--method", choices=TRAINING_METHODS, help="how to train (default: protonet)")
    parser.add_argument("--backbone", metavar="NAME", help="an architecture, such as conv4, resnet10 or lite0")
    parser.add_argument("--init", metavar="NAME_OR_FOLDER", help="start from a model, or imagenet:lite0")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, metavar="N", help="passes over the pictures (supervised)")
    length.add_argument("--episodes", type=int, metavar="N", help="training episodes (protonet, maml)")
    parser.add_argument(
        "--rotations", action="store_true", help="classes turned by 90, 180, 270 degrees are new classes"
    )
    parser.add_argument("--seed", type=_count, metavar="N", help="(default: the recipe's, or 0)")
    _add_device(parser)
    parser.add_argument("--resume", action="store_true", help="go on with an unfinished training in DIR")


def models(parser: ArgumentParser) -> None:
    """Options of `models`."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this model's card")
    parser.add_argument(
        "--speed", action="store_true", help="measure first how fast they are here, some three seconds for each"
    )
    _add_device(parser)
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def pull(parser: ArgumentParser) -> None:
    """Options of `models pull`."""
    parser.add_argument(
        "source", nargs="?", metavar="NAME",
        help="an entry of the list that is shown without a name, or torchvision:MODEL[:WEIGHTS], timm:MODEL, "
        "hf:ORG/REPO",
    )  # fmt: skip
    parser.add_argument("--name", metavar="NAME", help="what the model shall be called (default: as in the list)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def add_model(parser: ArgumentParser) -> None:
    """Options of `models add`."""
    parser.add_argument("path", type=Path, metavar="PATH", help=".safetensors, .pth, .pt, .onnx, or a model folder")
    parser.add_argument(
        "--architecture", metavar="NAME",
        help="what the weights are of, as torchvision:resnet50, timm:vit_small_patch16_224 or lite0[:field=value...] "
        "(default: what fits)",
    )  # fmt: skip
    parser.add_argument("--name", metavar="NAME", help="what the model shall be called (default: as the file)")
    parser.add_argument("--input", choices=INPUTS, help="how pixels are scaled (default: as usual for it)")
    parser.add_argument("--size", type=int, metavar="PIXELS", help="side of the input (default: as usual for it)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def combine(parser: ArgumentParser) -> None:
    """Options of `models combine`."""
    parser.add_argument("name", metavar="NAME", help="what the composite shall be called")
    parser.add_argument(
        "members", nargs="+", metavar="MODEL", help="two models or more; the first one's upper blocks adapt"
    )
    parser.add_argument(
        "--size", type=int, default=0, metavar="PIXELS", help="side of the input (default: the first's)"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def remove(parser: ArgumentParser) -> None:
    """Options of `models remove`."""
    parser.add_argument("name", metavar="NAME", help="a model that you pulled, added or combined")


def calibrate(parser: ArgumentParser) -> None:
    """Options of `models calibrate`."""
    parser.add_argument("model", metavar="NAME_OR_FOLDER", help="the model whose config.json gets the result")
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="as for evaluate: classes it has not seen")
    parser.add_argument("--split-file", type=Path, metavar="F", help="JSON: lists of class names per split")
    parser.add_argument("--split", metavar="NAME", help="which classes (default: test, else val, else all)")
    parser.add_argument("--methods", metavar="A,B", help="which (default: all that have a temperature)")
    parser.add_argument("--episodes", type=int, default=40, metavar="N", help="of each group, per table entry (40)")
    _add_device(parser)
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="draws the episodes (default: 0)")


def know(parser: ArgumentParser) -> None:
    """Options of `models know`."""
    parser.add_argument("model", metavar="NAME_OR_FOLDER", help="the model whose folder gets knowledge.safetensors")
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="as for evaluate: classes of its training")
    parser.add_argument("--split-file", type=Path, metavar="F", help="JSON: lists of class names per split")
    parser.add_argument("--split", metavar="NAME", help="which classes (default: train, else all)")
    parser.add_argument(
        "--leave-out", action="append", default=[], metavar="NAME", help="a list of the split file that is not taken"
    )
    parser.add_argument("--per-class", type=_count, default=10, metavar="N", help="pictures of each class (10)")
    _add_device(parser)
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="draws the pictures (default: 0)")


def doctor(parser: ArgumentParser) -> None:
    """`doctor` has no options."""
    parser.description = f"{parser.description} Exit code 1 if something needs a cure."


def demo(parser: ArgumentParser) -> None:
    """Options of `demo`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")


def open_window(parser: ArgumentParser) -> None:
    """Options of `open`."""
    parser.add_argument("target", nargs="?", type=Path, metavar="PROJECT_OR_FOLDER", help="what to open in it")


def _add_method(parser: ArgumentParser, option: str, metavar: str) -> None:
    parser.add_argument(option, metavar=metavar, help=f"{_methods()}, with their fields (default: the model's own)")


def _add_quality(parser: ArgumentParser, default: str | None = None) -> None:
    parser.add_argument(
        "--quality", choices=QUALITIES, default=default,
        help="trades speed for accuracy, as far as the model has it: see `fewshot-gui models NAME` "
        f"(default: {BALANCED}, the model as it is)",
    )  # fmt: skip


def _add_device(parser: ArgumentParser) -> None:
    parser.add_argument("--device", choices=DEVICES, default="auto", help="(default: auto, a GPU if there is one)")


def _methods() -> str:
    return _registered("engine", "methods")


def _reports() -> str:
    return _registered("export", "reports")


def _registered(*package: str) -> str:
    """The names in a package's registry, as its files write them: importing the methods would import torch."""
    files = Path(__file__).parents[1].joinpath(*package).glob("[!_]*.py")
    return ", ".join(sorted(name for file in files for name in _NAME.findall(file.read_text("utf-8"))))


def _models() -> str:
    return ", ".join(folder.name for folder in paths.model_folders())


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ArgumentTypeError(f"must be 0 or more, not {text}")
    return number


def _shots(text: str) -> tuple[int | range, ...]:
    """Numbers and ranges: "1,5,1-10"; range(1, 11) stands for each from 1 to 10."""
    found: list[int | range] = []
    for part in text.split(","):
        least, dash, most = part.partition("-")
        found.append(range(int(least), int(most) + 1) if dash else int(least))
    return tuple(found)


def _ways(text: str) -> tuple[int | str, ...]:
    return tuple("all" if part == "all" else int(part) for part in text.split(","))


_shots.__name__ = _ways.__name__ = "list of whole numbers"  # argparse: "invalid ... value"
_count.__name__ = "whole number"

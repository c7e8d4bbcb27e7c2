"""What may stand on a command line. Nothing here imports numpy, torch or Pillow: `--help` has to be quick."""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Sequence
from typing import Any, NoReturn

from fewshot_gui import __version__
from fewshot_gui.cli import options
from fewshot_gui.errors import UsageError

_OF_SUPPORT = (
    "backbone",
    "quality",
    "method",
    "seed",
)  # options that say how to adapt, and a stored classifier has done that
_OF_FLAGS = ("data", "method", "backbone", "init", "epochs", "episodes", "rotations")  # what a recipe says itself


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises UsageError, and knows what an unknown option was meant to be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        """argparse's way to complain."""
        end = "" if message.endswith("?") else "."
        raise UsageError(f"{message[:1].upper()}{message[1:]}{end} See `{self.prog} --help`.")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ArgumentParser's, but complains of unknown options itself, before it misses others."""
        for word in args or ():
            option = word.split("=")[0]
            if word == "--":
                break
            if option.startswith("--") and self._subparsers is None and option not in self._option_string_actions:
                self.error(f"there is no option {option}{_meant(option, list(self._option_string_actions))}")
        return super().parse_known_args(args, namespace)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The checked command line; its `command` says which. SystemExit for --help, UsageError for what makes no sense."""
    words = list(arguments)
    commands = dict(_COMMANDS)
    if not words:
        words = ["open"]
    elif not words[0].startswith("-") and words[0] not in commands:
        if not os.path.lexists(words[0]):
            raise UsageError(
                f"There is no command, file or folder {words[0]!r}{_meant(words[0], list(commands)) or '.'} "
                f"Known commands: {', '.join(commands)}."
            )
        words = ["open", *words]
    elif " ".join(words[:2]) in commands:
        words = [" ".join(words[:2]), *words[2:]]
    parsed = _parser().parse_args(words)
    if parsed.command is None:
        raise UsageError(f"A command is missing. Known: {', '.join(commands)}.")
    if parsed.command == "classify":
        _check_classify(parsed)
    elif parsed.command == "meta-train":
        _check_meta_train(parsed)
    return parsed


def _meant(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _parser() -> Parser:
    parser = Parser(prog="fewshot-gui", description=_ABOUT, epilog=_CODES)
    parser.add_argument("--version", action="version", version=f"fewshot-gui {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name, (about, add) in _COMMANDS.items():
        add(subparsers.add_parser(name, help=about, description=f"{about[:1].upper()}{about[1:]}."))
    return parser


def _check_classify(parsed: argparse.Namespace) -> None:
    if parsed.query is None and parsed.project is None:
        raise UsageError("The following arguments are required: --query. See `fewshot-gui classify --help`.")
    if parsed.model is None:
        return
    for name in _OF_SUPPORT:
        if getattr(parsed, name) is not None:
            raise UsageError(f"--{name} goes with --support or --project: a classifier stored by adapt has its own.")


def _check_meta_train(parsed: argparse.Namespace) -> None:
    for name in _OF_FLAGS:
        if parsed.recipe is not None and getattr(parsed, name) not in (None, False, []):
            raise UsageError(f"--{name} and --recipe exclude each other: the recipe says it all.")


_ABOUT = """Few-shot picture classification: a few example pictures per class, then whole folders.

  fewshot-gui classify --support EXAMPLES --query PICTURES > labels.csv

EXAMPLES has a sub-folder per class. Without a command the window opens."""

_CODES = """exit codes: 0 done, 1 failed, 2 wrong command line, 3 done but some pictures could not be read,
130 interrupted, 143 terminated"""

_COMMANDS = {
    "classify": ("label pictures by a few examples per class", options.classify),
    "adapt": ("store a classifier made from examples, for classify --model", options.adapt),
    "evaluate": ("measure few-shot accuracy on a labelled data set", options.evaluate),
    "meta-train": ("make a model that learns from few examples", options.meta_train),
    "models": ("list the models that come with the program and your own, or show one's card", options.models),
    "models pull": ("download a backbone that others trained, or list those there are", options.pull),
    "models add": ("make a model of a file of weights or of a model folder", options.add_model),
    "models calibrate": ("measure how sure a model's methods may be, by classes and examples", options.calibrate),
    "models know": ("let a model remember how its base classes spread and lie", options.know),
    "models combine": ("make a model of several: their embeddings side by side", options.combine),
    "models remove": ("move a model of your own to the trash", options.remove),
    "doctor": ("check the installation and name the cure for what is wrong", options.doctor),
    "demo": ("write generated pictures to try the program with", options.demo),
    "open": ("open the window, with a project or a folder to classify", options.open_window),
}

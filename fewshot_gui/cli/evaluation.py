"""`evaluate`: the job's events on stderr, its report on stdout and in files, and a plot."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fewshot_gui.cli.answers import DONE, put, stdout, tell
from fewshot_gui.cli.console import Console
from fewshot_gui.cli.signals import Terminated
from fewshot_gui.errors import UsageError
from fewshot_gui.export import output, plots, reports

if TYPE_CHECKING:
    from fewshot_gui.jobs.evaluate import EvaluateOptions, Evaluation

_OF_REPORT = ("command", "format", "out", "plot", "versus")  # what the job itself does not ask for


@dataclass(frozen=True, eq=False)
class _Outputs:
    """Where the report goes, checked and opened before the work. files, pictures: with the name of their format."""

    shown: str
    files: tuple[tuple[BinaryIO, str], ...]
    pictures: tuple[tuple[BinaryIO, str], ...]
    versus: str | None

    def write(self, evaluation: Evaluation) -> None:
        """To the files, then to stdout, whose reader may be gone."""
        from fewshot_gui.export.plots.chart import scene
        from fewshot_gui.jobs.evaluate_plot import chart
        from fewshot_gui.jobs.evaluate_report import report

        made = report(evaluation, self.versus)
        for file, name in self.files:
            file.write(reports.REPORTS[name].render(made).encode("utf-8", "backslashreplace"))
        for file, name in self.pictures:
            file.write(plots.PLOTS[name](scene(chart(evaluation, self.versus))))
        put(reports.REPORTS[self.shown].render(made).rstrip("\n"))


def evaluate(arguments: Namespace, console: Console) -> int:
    """`evaluate`. If it is interrupted, what is known by then is reported before it ends as interrupted."""
    from fewshot_gui.jobs.evaluate import EvaluateOptions

    stdout()  # one that is closed is told before the work, not after it
    given = {name: value for name, value in vars(arguments).items() if name not in _OF_REPORT}
    given["data"] = tuple(given["data"])
    given["methods"] = tuple((given["methods"] or "").split(",")) if given["methods"] else ()
    options = EvaluateOptions(**given)
    with ExitStack() as opened:
        outputs = _outputs(arguments, options.methods, opened)
        evaluation, stopped = _measured(options, console)
        outputs.write(evaluation)
    if stopped is not None:
        raise stopped
    return DONE


def _outputs(arguments: Namespace, methods: Sequence[str], opened: ExitStack) -> _Outputs:
    """UsageError for a format, an ending or a method that is not there; UserError for what cannot be written."""
    _ = reports.REPORTS[arguments.format]
    if arguments.versus is not None and arguments.versus not in methods:
        known = ", ".join(methods) or "none were named"
        raise UsageError(f"--versus must be one of --methods ({known}), not {arguments.versus!r}.")
    formats = [(path, reports.format_of(path)) for path in arguments.out]
    pictures = [(path, plots.format_of(path)) for path in arguments.plot]

    # Only now, as a wrong ending must leave no file behind.
    def file_for(path: Path) -> BinaryIO:
        return opened.enter_context(output.to_bytes(path))

    return _Outputs(
        arguments.format,
        tuple((file_for(path), name) for path, name in formats),
        tuple((file_for(path), name) for path, name in pictures),
        arguments.versus,
    )


def _measured(options: EvaluateOptions, console: Console) -> tuple[Evaluation, BaseException | None]:
    """The evaluation; of one that is interrupted what is known by then, and what came. Raises if nothing is known."""
    from fewshot_gui.jobs.evaluate import Evaluation, Measuring, evaluate
    from fewshot_gui.jobs.events import Step, Warned

    latest: Measuring | None = None
    with closing(evaluate(options)) as events:  # type: ignore[type-var]
        try:
            for event in events:
                if isinstance(event, Measuring):
                    latest = event
                if isinstance(event, Evaluation):
                    evaluation = event
                elif isinstance(event, (Step, Warned)):
                    tell(event, console)
        except (KeyboardInterrupt, Terminated) as stop:
            if latest is None or latest.so_far is None:
                raise
            return latest.so_far(), stop
    return evaluation, None

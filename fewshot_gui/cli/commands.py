"""The commands: each turns a parsed command line into a job, shows what it tells, and returns the exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from fewshot_gui.cli import evaluation, models, words
from fewshot_gui.cli.answers import DONE, put, put_json, shown, stdout, tell
from fewshot_gui.cli.console import Console
from fewshot_gui.cli.signals import Terminated
from fewshot_gui.export import Writer, output
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.types import BALANCED

if TYPE_CHECKING:
    from fewshot_gui.jobs.adapt import AdaptOptions, UnknownOption
    from fewshot_gui.jobs.classify import ClassifyOptions, Stored
    from fewshot_gui.jobs.project_file import OfProject
    from fewshot_gui.jobs.tally import Summary

FAILED, SOME_UNREADABLE = 1, 3
_NAMED = 3  # unreadable pictures named on stderr; the output holds them all


def classify(arguments: Namespace, console: Console) -> int:
    """`classify`: 3 if there were pictures that could not be read."""
    if arguments.json:
        stdout()  # one that is closed is told before the work, not after it
    with _output(arguments) as writer:  # first, so that an output that cannot be written is told at once
        from fewshot_gui.jobs.classify import ClassifyOptions

        options = ClassifyOptions(query=arguments.query or (), by=_by(arguments), truth=arguments.truth)
        summary = _classified(options, writer, console)
    if arguments.json:
        put_json(summary.as_json())
    return SOME_UNREADABLE if summary.unreadable else DONE


def _by(arguments: Namespace) -> AdaptOptions | Stored | OfProject:
    """What says what the classes are."""
    if arguments.project is not None:
        return _of_project(arguments)
    return _adapting(arguments) if arguments.model is None else _stored(arguments)


def _classified(options: ClassifyOptions, writer: Writer | None, console: Console) -> Summary:
    from fewshot_gui.jobs.classify import Classified, Ready, classify
    from fewshot_gui.jobs.tally import Summary

    unreadable: list[str] = []
    measured_on = ""
    with closing(classify(options)) as events:  # type: ignore[type-var]
        for event in events:
            if isinstance(event, Ready):
                progress = words.ClassifyProgress(event)
                console.say(progress.title)
                if writer:
                    writer.begin(event.class_names)
            elif isinstance(event, Classified):
                if writer:
                    writer.write(event.predictions)
                measured_on = event.accuracy.measured_on
                unreadable += [f"{p.path} {p.reason}" for p in event.predictions if p.status == "unreadable"][:_NAMED]
                console.progress("Classifying", progress.share(event), progress.details(event))
            elif isinstance(event, Summary):
                summary = event
            else:
                tell(event, console)
    if writer:
        writer.end(summary.as_json())
    for text in unreadable[:_NAMED]:
        console.warn(text)
    console.say(words.summary(summary, measured_on))
    return summary


@contextmanager
def _output(arguments: Namespace) -> Iterator[Writer | None]:
    """Where the predictions go: the file, else stdout unless the summary goes there."""
    if arguments.out is not None:
        with output.to_file(arguments.out) as writer:
            yield writer
    elif arguments.json:
        yield None
    else:
        with output.to_stream(stdout()) as writer:
            yield writer


def adapt(arguments: Namespace, console: Console) -> int:
    """`adapt`."""
    from fewshot_gui.jobs.adapt import save

    classifier = shown(save(_adapting(arguments), arguments.out), console)
    count = len(classifier.class_names)
    console.say(f"Stored a classifier of {count} class{'es' if count != 1 else ''} in {arguments.out}.")
    return DONE


def _adapting(arguments: Namespace) -> AdaptOptions:
    from fewshot_gui.jobs.adapt import AdaptOptions

    return AdaptOptions(
        support=arguments.support,
        backbone=arguments.backbone or DEFAULT_BACKBONE,
        quality=arguments.quality or BALANCED,
        method=arguments.method,
        device=arguments.device,
        unknown=_unknown(arguments),
        seed=arguments.seed or 0,
        cache=not arguments.no_cache,
    )


def _stored(arguments: Namespace) -> Stored:
    from fewshot_gui.jobs.classify import Stored

    return Stored(
        folder=arguments.model,
        device=arguments.device,
        unknown=_unknown(arguments),
        cache=not arguments.no_cache,
    )


def _of_project(arguments: Namespace) -> OfProject:
    from fewshot_gui.jobs.project_file import OfProject

    return OfProject(
        file=arguments.project,
        backbone=arguments.backbone,
        quality=arguments.quality,
        method=arguments.method,
        device=arguments.device,
        unknown=_unknown(arguments),
        seed=arguments.seed,
        cache=not arguments.no_cache,
    )


def _unknown(arguments: Namespace) -> UnknownOption:
    from fewshot_gui.jobs.adapt import parse_unknown

    return None if arguments.unknown is None else parse_unknown(arguments.unknown)


def meta_train(arguments: Namespace, console: Console) -> int:
    """`meta-train`."""
    from fewshot_gui.engine.meta_train.progress import Finished, Note, Saved, Trained, Validated
    from fewshot_gui.jobs.meta_train import MetaTrainOptions, run

    given = {name: value for name, value in vars(arguments).items() if name != "command" and value is not None}
    options = MetaTrainOptions(**{**given, "data": tuple(arguments.data)})
    saved: Saved | None = None
    with closing(run(options)) as events:  # type: ignore[type-var]
        try:
            for event in events:
                if isinstance(event, Trained):
                    console.progress(f"Training, {event.stage}", event.step / event.of, words.training(event))
                elif isinstance(event, Note):
                    console.say(event.text)
                elif isinstance(event, Validated):
                    console.say(words.validated(event))
                elif isinstance(event, Finished):
                    console.say(words.finished(event))
                else:
                    saved = event
        except (KeyboardInterrupt, Terminated):
            if saved:
                console.say(
                    f"Saved after step {saved.step:,} of stage {saved.stage}: add --resume to go on from there."
                )
            raise
    return DONE


def doctor(arguments: Namespace, console: Console) -> int:
    """`doctor`: 1 if something needs a cure."""
    from fewshot_gui.jobs import doctor as job

    ill = False
    for finding in job.examine():
        put(words.finding(finding))
        ill = ill or finding.state == "broken"
    put("Something needs a cure: see above." if ill else "All is well.")
    return FAILED if ill else DONE


def demo(arguments: Namespace, console: Console) -> int:
    """`demo`."""
    from fewshot_gui.images.demo import write_demo

    folder = arguments.folder
    write_demo(folder)
    console.say(
        f"Wrote {folder / 'support'} with examples and {folder / 'query'} with pictures to classify. Try:\n"
        f"  fewshot-gui classify --support {words.quoted(folder / 'support')} --query {words.quoted(folder / 'query')}"
    )
    return DONE


COMMANDS: dict[str, Callable[[Namespace, Console], int]] = {
    "classify": classify, "adapt": adapt, "evaluate": evaluation.evaluate, "meta-train": meta_train,
    "models": models.models, "models pull": models.pull, "models add": models.add,
    "models combine": models.combine, "models calibrate": models.calibrate, "models know": models.know,
    "models remove": models.remove, "doctor": doctor, "demo": demo,
}  # fmt: skip

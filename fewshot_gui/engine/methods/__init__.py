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

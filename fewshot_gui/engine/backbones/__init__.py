"""Backbone architectures by name; one file per family. `create` makes a network without weights."""

from collections.abc import Callable
from typing import Any

from fewshot_gui.engine.network import Network
from fewshot_gui.registry import Registry

ARCHITECTURES: Registry[Callable[..., Network]] = Registry("backbone architecture", __name__)


def create(architecture: str, **options: Any) -> Network:
    """A randomly initialised network; options are those the architecture's function takes."""
    return ARCHITECTURES[architecture](**options)

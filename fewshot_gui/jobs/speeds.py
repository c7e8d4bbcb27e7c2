"""How fast models are on this machine: what was measured here, kept in the cache folder. No torch.

A network's speed depends on its architecture and its input and not on what its weights are, so a copy of a model, or
one of the same architecture that learned something else, need not be measured again.
"""

from __future__ import annotations

import json
import os
import platform
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewshot_gui import paths

if TYPE_CHECKING:
    from fewshot_gui.engine.model import Model, ModelConfig
    from fewshot_gui.engine.speed import Meter

FILE = "speeds.json"
_SCHEMA = 1
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Speed:
    """per_second: pictures, decoding excluded; device: in words, as engine.device.describe has them."""

    device: str
    per_second: float


def key_of(config: ModelConfig) -> str:
    """`key` of a checked config."""
    shape = config.preprocessing
    return key(config.architecture, config.architecture_options, shape.channels, shape.size, shape.views)


def key(architecture: str, options: Mapping[str, Any], channels: int, size: int, views: Sequence[str]) -> str:
    """What a speed is kept under: changes with whatever it depends on, but for the device.

    channels, size, views: of the input. The computer counts, because several may share a cache folder.
    """
    what = [platform.node(), architecture, dict(options), channels, size, list(views)]
    return blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=8).hexdigest()


def known(key: str) -> tuple[Speed, ...]:
    """What was measured, the device that was measured last in front; empty if nothing was."""
    return tuple(Speed(device, speed) for device, speed in reversed(_read().get(key, {}).items()))


def note(key: str, speed: Speed) -> bool:
    """Keeps a speed in place of the one before; False if it could not be written."""
    with _writing:
        speeds = _read()
        of_devices = {name: value for name, value in speeds.get(key, {}).items() if name != speed.device}
        speeds[key] = {**of_devices, speed.device: round(speed.per_second, 2)}
        text = json.dumps({"schema": _SCHEMA, "speeds": speeds}, indent=1)
        try:
            return _write(text)
        except OSError:
            return False


def note_run(model: Model, meter: Meter) -> None:
    """Keeps how fast a run was, if it was long enough to say and there is a place for it."""
    if (per_second := meter.per_second) is not None:
        from fewshot_gui.engine.device import describe  # torch is there by now

        note(key_of(model.config), Speed(describe(model.device), per_second))


def _file() -> Path | None:
    try:
        return paths.cache_folder() / FILE
    except ModuleNotFoundError:  # no platformdirs, and FEWSHOT_GUI_CACHE is not set
        return None


def _read() -> dict[str, dict[str, float]]:
    """Key -> device -> pictures per second; a file that is missing or damaged says nothing."""
    file = _file()
    try:
        stored = json.loads(file.read_text("utf-8")) if file is not None else {}
        if stored.get("schema") != _SCHEMA:
            return {}
        return {
            str(key): {str(device): float(speed) for device, speed in of_devices.items() if 0 < float(speed) < 1e9}
            for key, of_devices in stored["speeds"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(text: str) -> bool:
    """The file, whole or not at all; False if there is no place for it."""
    file = _file()
    if file is None:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(text, "utf-8")
    os.replace(part, file)
    return True

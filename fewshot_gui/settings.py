"""The program's settings: one declared list, kept as JSON in the user's data folder. A project has its own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui import paths


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. default also says its kind; choices: () takes any value of that kind."""

    key: str
    default: str | int | bool
    choices: tuple[str, ...] = ()

    def checked(self, value: Any) -> Any:
        """The value if it is one this setting can have, else the default: files get old, and edited."""
        right = type(value) is type(self.default) and (not self.choices or value in self.choices)
        return value if right else self.default


ALL: tuple[Setting, ...] = (
    Setting("theme", "system", ("system", "light", "dark")),
    Setting("language", "", ("", "en", "zh_CN")),  # "": as the desktop is
    Setting("device", "auto", ("auto", "cpu", "cuda", "mps")),
    Setting("thumbnail_size", 128),  # pixels
    Setting("window", ""),  # Qt's geometry of the window, base64
    Setting("columns", ""),  # Qt's state of the splitter, base64
    Setting("last_folder", ""),  # where the last file dialog was
)


class Settings:
    """The settings of this user; writes each change at once. A folder that cannot be written costs only the memory."""

    def __init__(self, path: Path | None = None) -> None:
        """path: the JSON file; the user's own without."""
        self._path = path or paths.data_folder() / "settings.json"
        self._declared = {setting.key: setting for setting in ALL}
        self._values = _read(self._path)

    def __getitem__(self, key: str) -> Any:
        """The value, or the default where none, or none that makes sense, is stored. KeyError if it is not declared."""
        setting = self._declared[key]
        return setting.checked(self._values.get(key, setting.default))

    def __setitem__(self, key: str, value: Any) -> None:
        """Stores a value; ValueError for one that this setting cannot have."""
        if self._declared[key].checked(value) != value:
            raise ValueError(f"{value!r} is no value of the setting {key!r}")
        if self._values.get(key) == value:
            return
        self._values[key] = value
        self._write()

    def _write(self) -> None:
        """Whole or not at all, so that a crash leaves no half file."""
        new = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(self._values, indent=1, ensure_ascii=False) + "\n", "utf-8")
            new.replace(self._path)
        except OSError:
            new.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

"""Checkpoints that survive kill -9: tensors in one safetensors file, the rest in JSON that names it; both or neither.

The tensors' file is written first under a new name, then the JSON takes the place of the old one in one step.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from fewshot_gui.errors import UserError

FORMAT = 1


@dataclass(frozen=True)
class CheckpointFolder:
    """The checkpoint of one training; the folder is made when it is first saved."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether there is something to resume from."""
        return self._json.is_file()

    @property
    def _json(self) -> Path:
        return self.path / "checkpoint.json"

    def save(self, number: int, values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
        """Put a checkpoint in the place of the last one. number: rises from one to the next. UserError: disk full."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            name = f"tensors-{number}.safetensors"
            part = self.path / (name + ".part")
            save_file({k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}, part)
            _replace(part, self.path / name)
            text = json.dumps({"format": FORMAT, "tensors": name, **values}, indent=1)
            part = self.path / "checkpoint.json.part"
            part.write_text(text, encoding="utf-8")
            _replace(part, self._json)
        except OSError as error:
            raise UserError(f"The checkpoint cannot be written to {self.path}: {error.strerror or error}.") from error
        for old in self.path.glob("tensors-*"):
            if old.name != name:
                old.unlink(missing_ok=True)

    def load(self, device: torch.device) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """(values, tensors on the device) of the last checkpoint. UserError if it cannot be read."""
        try:
            values = json.loads(self._json.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise UserError(f"{self.path} was written by another version; train anew without --resume.")
            return values, load_file(self.path / values["tensors"], device=str(device))
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise UserError(
                f"The checkpoint in {self.path} cannot be read ({error}); train anew without --resume."
            ) from error

    def remove(self) -> None:
        """Delete the checkpoint: the training is done."""
        for file in self.path.glob("*"):
            file.unlink()
        if self.path.is_dir():
            self.path.rmdir()


def _replace(part: Path, whole: Path) -> None:
    """Rename after the bytes are on the disk, so that a crash leaves the old file or the new one."""
    with open(part, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, whole)

"""What the doctor tries in a process of its own, where it may crash: prints one line of JSON.

usage: python -m fewshot_gui.jobs.doctor_probe engine|torchvision
"""

from __future__ import annotations

import json
import sys
from typing import Any

from fewshot_gui.engine import device, model_folder
from fewshot_gui.errors import UserError


def engine() -> dict[str, Any]:
    """torch's version, the device that would be used, and what is wrong with each shipped model ("": nothing)."""
    from torch import __version__ as version

    told: list[str] = []
    chosen = device.choose("auto", told.append)
    troubles = {name: _trouble(name) for name in model_folder.available()}
    return {"torch": version, "device": device.describe(chosen), "told": told, "models": troubles}


def torchvision() -> dict[str, Any]:
    """The versions of torch and torchvision, once an operator of torchvision was found in torch."""
    import torch
    import torchvision as vision

    torch.ops.torchvision.nms  # noqa: B018 - raises if torchvision's library could not be loaded
    return {"torch": torch.__version__, "torchvision": vision.__version__}


def _trouble(name: str) -> str:
    try:
        model_folder.load(name)
    except UserError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    print(json.dumps({"engine": engine, "torchvision": torchvision}[sys.argv[1]]()))

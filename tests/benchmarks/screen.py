"""Where a benchmark's windows are shown: an X server of its own that nobody sees, or Qt's offscreen platform."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FONTS = Path("/usr/share/fonts/truetype/dejavu")


def platforms() -> list[str]:
    """The ones there are: "xvfb" if it is installed, and "offscreen"."""
    return ["xvfb", "offscreen"] if shutil.which("Xvfb") else ["offscreen"]


@contextmanager
def environment(platform: str, folder: Path) -> Iterator[dict[str, str]]:
    """What a program needs to be shown there, with settings, projects and caches of its own in the folder."""
    own = {
        "FEWSHOT_GUI_DATA": str(folder / "data"),
        "FEWSHOT_GUI_CACHE": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    if platform == "offscreen":
        fonts = {"QT_QPA_FONTDIR": str(_FONTS)} if _FONTS.is_dir() else {}  # it finds none by itself
        yield {**os.environ, **own, **fonts, "QT_QPA_PLATFORM": "offscreen"}
        return
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        yield {**os.environ, **own, "QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{server.stdout.readline().strip()}"}
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()

"""The demo pictures for a window: drawn once, and then found again."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

from fewshot_gui.jobs.events import Step


def demo_classes(folder: Path) -> Generator[Step, None, dict[str, list[str]]]:
    """Class name -> its example pictures in folder/support; folder/query is to be classified. Drawn if not there."""
    from fewshot_gui.images.demo import write_demo

    yield Step("Drawing the demo pictures")
    if not (folder / "query").is_dir():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        write_demo(part)
        part.rename(folder)
    classes = sorted(path for path in (folder / "support").iterdir() if path.is_dir())
    return {path.name: [str(picture) for picture in sorted(path.iterdir())] for path in classes}

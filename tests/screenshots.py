"""Makes the README's screenshots from the real window, on a screen that is not there: `python -m tests.screenshots`.

The pictures in them are the program's own demo pictures. Equal fonts, model and pictures give equal screenshots, but
for the speed that the foot shows.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from fewshot_gui.ui.app import Application

OUT = Path(__file__).resolve().parents[1] / "resources" / "screenshots"
WIDTH, HEIGHT = 1400, 850  # as the window opens
# Offscreen, Qt looks for fonts nowhere by itself. The first found of each line; the design was drawn with Inter.
FONTS = (
    ("Inter-Regular.otf", "NotoSans-Regular.ttf", "DejaVuSans.ttf"),
    ("Inter-SemiBold.otf", "NotoSans-SemiBold.ttf", "DejaVuSans-Bold.ttf"),
    ("Inter-Bold.otf", "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc"),
    ("NotoSansCJK-Bold.ttc", "wqy-microhei.ttc"),
)
SYSTEM_FONTS = Path("/usr/share/fonts")
PATIENCE = 300.0  # seconds, for each step
MIDDLE = 76  # pictures that are answered in the picture of the work


def main() -> None:
    """Makes all screenshots anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="the folder they are written to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FEWSHOT_GUI_DATA"] = os.environ["FEWSHOT_GUI_CACHE"] = folder
        Photographer(out).work()


class Photographer:
    """Leads a window through the main job, and takes a picture of it in both themes at each stage."""

    def __init__(self, out: Path) -> None:
        from fewshot_gui.ui.app import Application

        self._out = out
        qt = QApplication(["fewshot-gui"])
        add_fonts()
        self._app: Application = Application(qt, None)
        self._app.window.resize(WIDTH, HEIGHT)
        self._app.show()

    def work(self) -> None:
        """Empty, at work, done, and done in Chinese."""
        from fewshot_gui.ui import file_actions

        session = self._app.session
        self._wait(lambda: session.live.choices is not None)
        session.new()
        self._take("empty")
        file_actions.open_demo(session)
        self._wait(lambda: self._answered() >= MIDDLE)
        session.live.work.pause(True)
        self._shuffle()
        self._take("working", as_if_going_on=True)
        session.live.work.pause(False)
        self._settle()
        self._review()
        self._take("done")
        self._app.set_language("zh_CN")
        self._settle()
        self._shuffle((6, 7))
        self._take("done-zh")
        self._app.window.close()
        self._app.close()

    def _answered(self) -> int:
        columns = self._app.session.columns
        return 0 if columns is None else int((columns.status > 0).sum())

    def _review(self) -> None:
        """What a person would do: the least certain first, some confirmed, one put right."""
        from fewshot_gui.jobs.columns import OK
        from fewshot_gui.ui import actions

        session = self._app.session
        columns = session.columns
        assert columns is not None
        told = [row for row in range(columns.n) if columns.status[row] == OK and columns.truths[row]]
        right = [row for row in told if columns.class_names[columns.label[row]] == columns.truths[row]]
        self._shuffle()
        seen = self._order()[:12]
        doubtful = sorted(right, key=lambda row: float(columns.confidence[row]))[:6]
        actions.confirm(session, list(dict.fromkeys([*[row for row in seen if row in right][:3], *doubtful])))
        wrong = [row for row in told if row not in right and columns.truths[row] in columns.class_names]
        for row in wrong[:1]:
            actions.assign(session, [row], columns.class_ids[columns.class_names.index(str(columns.truths[row]))])
        self._settle()
        self._shuffle((6, 7))

    def _shuffle(self, selected: tuple[int, ...] = ()) -> None:
        """Pictures of all classes are seen; those at some positions are selected."""
        from fewshot_gui.ui.models.order import Sort

        assert self._app.window.panes is not None
        grid = self._app.window.panes.pictures.grid
        grid.pictures.set_sort(Sort.AUDIT)
        if selected:
            grid.view.select_rows(grid.pictures.order[list(selected)])
            grid.view.setFocus()
        self._pass(1.5)  # thumbnails

    def _order(self) -> list[int]:
        assert self._app.window.panes is not None
        return self._app.window.panes.pictures.grid.pictures.order.tolist()

    def _settle(self) -> None:
        """Nothing runs, and nothing is about to; all thumbnails have come."""
        live = self._app.session.live
        self._wait(lambda: live.at_rest)
        self._pass(1.5)
        self._wait(lambda: not live.work.kinds())

    def _take(self, name: str, *, as_if_going_on: bool = False) -> None:
        """A screenshot in each theme. as_if_going_on: the run was paused for the picture only."""
        from fewshot_gui.ui.theme import Theme

        window = self._app.window
        for mode in ("light", "dark"):
            Theme.current().set_mode(mode)
            self._pass(0.8)
            if as_if_going_on and (progress := self._app.session.live.work._progress.get("folder")) is not None:
                window.foot.set_progress(progress)
            self._pass(0.2)
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            window.grab().save(buffer, "PNG")
            file = self._out / f"{name}-{mode}.webp"
            file.write_bytes(small(bytes(buffer.data().data())))
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("the window did not come to rest")
            self._pass(0.02)

    @staticmethod
    def _pass(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.005)


def add_fonts() -> None:
    """Makes the fonts known that this computer has of FONTS."""
    for names in FONTS:
        found = [path for name in names for path in sorted(SYSTEM_FONTS.rglob(name))]
        if found:
            QFontDatabase.addApplicationFont(str(found[0]))


def small(png: bytes) -> bytes:
    """The picture as WebP, which keeps photographs and letters clean at a third of a PNG's size."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(buffer, "WEBP", quality=92, method=6)
    return buffer.getvalue()


if __name__ == "__main__":
    main()

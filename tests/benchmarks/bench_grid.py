"""What the grid costs in CPU milliseconds of the GUI thread: reset, scroll frame, sort, filter, select all, refresh.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_grid.py [--pictures 100000] [--size 900x800]

Goals at 100,000 pictures: reset <= 100 ms, a scroll frame <= 8 ms. The files do not exist: thumbnails are drawn from
memory, as while scrolling over what is decoded already, so that decoding does not enter.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.models.order import Filter, Show, Sort
from fewshot_gui.ui.picture_files import Thumb
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_pane import GridPane

CLASSES = 10


def folder(n: int) -> PictureColumns:
    """n answered pictures in CLASSES classes."""
    chance = np.random.default_rng(0)
    columns = PictureColumns([f"/pictures/{i // 1000}/IMG_{i:06}.jpg" for i in range(n)], "/pictures", [None] * n)
    columns.set_classes([f"class {i}" for i in range(CLASSES)], range(CLASSES), range(CLASSES))
    probabilities = chance.dirichlet(np.full(CLASSES, 0.15), n)
    columns.answer(np.arange(n), probabilities, chance.random(n) > 0.05)
    return columns


def measured(what: Callable[[], object], times: int) -> list[float]:
    """CPU milliseconds of this thread, each time."""
    found = []
    for _ in range(times):
        start = time.thread_time()
        what()
        found.append(1000 * (time.thread_time() - start))
    return found


def told(name: str, values: list[float], goal: float | None = None) -> None:
    """One line of the table."""
    goal_text = "" if goal is None else f"   goal {goal:g}"
    print(f"{name:44} median {statistics.median(values):7.2f}   most {max(values):7.2f} ms{goal_text}")


def fill(pane: GridPane, thumbnails: Thumbnails) -> None:
    """Puts a thumbnail into memory for everything on the screen, without a file."""
    cells, columns = pane.view.cells, pane.pictures.columns
    for row in pane.view.visible_rows().tolist():
        wanted = Thumb(columns.paths[row], cells.picture_side, cells.radius)
        if thumbnails.held(wanted) is None:
            image = QImage(wanted.side, wanted.side, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(0xFF000000 | (row * 2654435761 & 0xFFFFFF))
            thumbnails._keep(wanted, image)


def scrolled(pane: GridPane, thumbnails: Thumbnails, steps: int, pixels: int) -> list[float]:
    """CPU ms of each frame: moving the bar, painting what came into sight, asking for thumbnails."""
    bar, found = pane.view.verticalScrollBar(), []
    for _ in range(steps):
        value = bar.value() + pixels
        bar.setValue(value)
        fill(pane, thumbnails)
        bar.setValue(value - pixels)
        QApplication.processEvents()

        def frame(value: int = value) -> None:
            bar.setValue(value)
            QApplication.processEvents()

        found += measured(frame, 1)
    return found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--size", default="900x800")
    arguments = parser.parse_args()
    app = QApplication([])
    Theme.current().apply()
    thumbnails = Thumbnails()
    thumbnails.want = lambda client, wanted: list(wanted)  # nothing is decoded here
    pane = GridPane(thumbnails)
    pane.resize(*map(int, arguments.size.split("x")))
    pane.show()
    columns = folder(arguments.pictures)
    print(f"{columns.n} pictures, {arguments.size}")
    told("reset (another folder)", measured(lambda: (pane.set_columns(columns), app.processEvents()), 7), 100)
    print(f"{len(pane.view.visible_positions())} cells on the screen")
    for sort in Sort:
        told(f"sort: {sort.value}", measured(lambda sort=sort: pane.pictures.set_sort(sort), 5))
    pane.pictures.set_sort(Sort.FOLDER)
    for show in (Show.REVIEW, Show.CLASS, Show.ALL):
        told(f"filter: {show.value}", measured(lambda show=show: pane.pictures.set_filter(Filter(show, 1)), 5))
    told("search", measured(lambda: pane.pictures.set_search("77") or pane.pictures.set_search(""), 5))
    told("select all, then none", measured(lambda: (pane.view.selectAll(), pane.view.clearSelection()), 5))
    told("refresh of 256 rows", measured(lambda: (pane.pictures.refresh(np.arange(256)), pane.pictures._renew()), 9))
    told("refresh of all rows", measured(lambda: (pane.pictures.refresh(None), pane.pictures._renew()), 9))
    QTest.qWait(300)  # until the size of the thumbnails has settled
    fill(pane, thumbnails)
    told("whole viewport painted", measured(lambda: pane.view.viewport().repaint(), 30), 8)
    told("scroll frame, 60 pixels", scrolled(pane, thumbnails, 60, 60), 8)
    told("scroll frame, a page", scrolled(pane, thumbnails, 30, 700), 8)
    told("larger cells", measured(lambda: (pane.view.set_cell_size(200), pane.view.set_cell_size(128)), 5))
    thumbnails.stop()


if __name__ == "__main__":
    main()

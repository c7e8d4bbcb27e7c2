"""What a frame of the map costs at 10,000, 100,000 and 1,000,000 points: CPU milliseconds of the GUI thread, median.

    python tests/benchmarks/bench_map.py [--width 900] [--height 650] [--repeat 30] [--points 10000 100000 1000000]

pan, zoom: moving the camera and painting the frame, all of it. soft: the picture drawn when it stands still, and the
longest of its strips. hover: the first point under the mouse after a movement, and the next ones. lasso: from the line
to the pictures. travel: a frame of points on their way. refresh: reading the columns anew.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QApplication

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.raster import Raster, odd_diameter
from fewshot_gui.ui.views.map_canvas import MapCanvas

CLASSES = 20


def main() -> None:
    """Prints a row per number of points."""
    options = _options()
    _application = QApplication([])
    print(f"{options.width} x {options.height} pixels, {CLASSES} classes, CPU ms (median of {options.repeat})")
    print("| points | pan | 5 px discs | zoom | soft (longest strip) | hover first / next | lasso | travel | refresh |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n in options.points:
        print(_row(_canvas(n, options.width, options.height), n, options.repeat))


def _row(canvas: MapCanvas, n: int, repeat: int) -> str:
    frame = QImage(canvas.size(), QImage.Format.Format_RGB32)
    pan, zoom = (
        _median(lambda step=step: (step(), _paint(canvas, frame)), repeat)
        for step in (lambda: canvas.pan(1, 1), _back_and_forth(canvas))
    )
    canvas.fit()
    five = _median(lambda: _five(canvas, frame), repeat)
    soft, strip = _soft(canvas)
    middle = QPointF(canvas.rect().center())
    first = _median(lambda: (canvas.touch(), canvas.row_at(middle, 4)), repeat)
    following = _median(lambda: canvas.row_at(middle, 4), repeat)
    lasso = _median(lambda: canvas.rows_inside(_circle(middle)), repeat)
    travel = _median(lambda: (canvas._move(0.5), _paint(canvas, frame)), repeat)
    refresh = _median(canvas.refresh_now, repeat)
    figures = f"{pan:.1f} | {five:.1f} | {zoom:.1f} | {soft:.1f} ({strip:.1f}) | {first:.1f} / {following:.3f}"
    return f"| {n:,} | {figures} | {lasso:.1f} | {travel:.1f} | {refresh:.1f} |"


def _canvas(n: int, width: int, height: int) -> MapCanvas:
    rng = np.random.default_rng(0)
    columns = PictureColumns([str(i) for i in range(n)], "/", [None] * n)
    columns.set_classes([f"class {i}" for i in range(CLASSES)], range(CLASSES), range(CLASSES))
    label = rng.integers(CLASSES, size=n)
    columns.set_xy(None, (rng.normal(size=(CLASSES, 2))[label] + 0.2 * rng.normal(size=(n, 2))).astype(np.float32))
    columns.answer(np.arange(n), np.eye(CLASSES, dtype=np.float32)[label], np.ones(n, bool))
    canvas = MapCanvas()
    canvas.resize(width, height)
    canvas.grab()  # gives it its size
    canvas.set_columns(columns)
    return canvas


def _paint(canvas: MapCanvas, frame: QImage) -> None:
    canvas.render(frame)


def _five(canvas: MapCanvas, frame: QImage) -> None:
    """The frame of details/qt.md: 5-pixel discs, whatever diameter the map itself takes."""
    scene = canvas.scene
    raster: Raster = scene.raster
    scene.place()
    pixels = raster.hard(odd_diameter(5))
    image = QImage(
        pixels.view(np.uint8).data, pixels.shape[1], pixels.shape[0], QImage.Format.Format_ARGB32_Premultiplied
    )
    with QPainter(frame) as painter:
        painter.drawImage(-raster.margin, -raster.margin, image)


def _back_and_forth(canvas: MapCanvas) -> Callable[[], None]:
    factors = iter([1.25, 0.8] * 1000)
    return lambda: canvas.zoom(next(factors))


def _soft(canvas: MapCanvas) -> tuple[float, float]:
    """(all strips, the longest one)."""
    canvas.touch()
    bands = canvas.scene.bands
    strips = [_median(lambda band=band: canvas.scene.soft(band, bands), 10) for band in range(bands)]
    return sum(strips), max(strips)


def _circle(middle: QPointF, radius: float = 150) -> QPolygonF:
    angles = np.linspace(0, 2 * np.pi, 60)
    return QPolygonF([middle + radius * QPointF(np.cos(a), np.sin(a)) for a in angles.tolist()])


def _median(task: Callable[[], object], repeat: int) -> float:
    task()
    taken = []
    for _ in range(repeat):
        start = time.thread_time()
        task()
        taken.append(1000 * (time.thread_time() - start))
    return statistics.median(taken)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=900)
    parser.add_argument("--height", type=int, default=650)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""PNG: two pixels for each of the scene's, smooth at the edges."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from fewshot_gui.export.plots import PLOTS, Area, Line, Point, Scene, Text

if TYPE_CHECKING:
    from PIL.Image import Image

_SCALE = 2  # of the file
_FINER = 2  # drawn still larger, and shrunk for smooth edges
_LARGE = _SCALE * _FINER
_DASH = 4.0  # pixels of the scene
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
# Fonts for what Pillow's own has no letters for, by the names that systems know them by.
_FALLBACKS = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "msyh.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc",
    "wqy-zenhei.ttc", "DejaVuSans.ttf", "arialuni.ttf", "Arial Unicode.ttf",
)  # fmt: skip


@PLOTS.register("png")
def render(scene: Scene) -> bytes:
    """The scene as a PNG file; its description is in the file's text."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    canvas = Image.new("RGB", (scene.width * _LARGE, scene.height * _LARGE), "#ffffff")
    for shape in scene.shapes:
        if isinstance(shape, Line):
            _draw_line(canvas, shape)
        elif isinstance(shape, Area):
            _draw_area(canvas, shape)
        else:
            _draw_text(canvas, shape)
    about = PngInfo()
    about.add_itxt("Description", scene.description)
    file = io.BytesIO()
    canvas.reduce(_FINER).save(file, "PNG", pnginfo=about, dpi=(96 * _SCALE, 96 * _SCALE), optimize=True)
    return file.getvalue()


def _draw_line(canvas: Image, line: Line) -> None:
    from PIL import ImageDraw

    draw, width = ImageDraw.Draw(canvas), max(1, round(line.width * _LARGE))
    for part in _dashes(line.points) if line.dashed else [line.points]:
        draw.line(_enlarged(part), line.colour, width, joint="curve")


def _draw_area(canvas: Image, area: Area) -> None:
    from PIL import Image, ImageDraw

    mask = Image.new("L", canvas.size)
    ImageDraw.Draw(mask).polygon(_enlarged(area.points), fill=round(255 * area.opacity))
    box = mask.getbbox()
    if box is not None:
        canvas.paste(area.colour, box, mask.crop(box))


def _draw_text(canvas: Image, text: Text) -> None:
    from PIL import Image, ImageDraw

    font, place = _font(text.text, text.size), (text.x * _LARGE, text.y * _LARGE)
    if not text.rotated:
        ImageDraw.Draw(canvas).text(place, text.text, text.colour, font, _ANCHORS[text.anchor])
        return
    # Written level in the middle of a square, which is then turned and laid upon its place.
    side = 2 * math.ceil(font.getlength(text.text) + text.size * _LARGE)
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).text((side // 2, side // 2), text.text, 255, font, _ANCHORS[text.anchor])
    corner = (round(place[0]) - side // 2, round(place[1]) - side // 2)
    canvas.paste(text.colour, corner, mask.rotate(90))


@cache
def _font(text: str, size: float) -> Any:
    """The font Pillow brings; for letters that it lacks one of the system's, if there is any."""
    from PIL import ImageFont

    if any(ord(letter) > 0x17F and letter not in "–—…" for letter in text):
        for name in _FALLBACKS:
            try:
                return ImageFont.truetype(name, size * _LARGE)
            except OSError:
                continue
    return ImageFont.load_default(size * _LARGE)


def _enlarged(points: Sequence[Point]) -> list[Point]:
    return [(x * _LARGE, y * _LARGE) for x, y in points]


def _dashes(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        length = math.dist((x, y), (to_x, to_y))
        for number in range(math.ceil(length / (2 * _DASH))):
            begin, end = 2 * _DASH * number / length, min(1.0, _DASH * (2 * number + 1) / length)
            yield tuple((x + share * (to_x - x), y + share * (to_y - y)) for share in (begin, end))  # type: ignore[misc]

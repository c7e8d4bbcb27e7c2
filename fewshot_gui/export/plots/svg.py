"""SVG: a picture of any size, whose text stays text."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from fewshot_gui.export.plots import PLOTS, Area, Line, Point, Scene, Shape

_FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
_UNPRINTABLE = {code: "�" for code in range(32)}  # XML has no place for them


@PLOTS.register("svg")
def render(scene: Scene) -> bytes:
    """The scene as an SVG file; its description is there for those who cannot see it."""
    size = f'width="{scene.width}" height="{scene.height}" viewBox="0 0 {scene.width} {scene.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{_FONT}">'
    parts = [
        head,
        f"<desc>{_text(scene.description)}</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *map(_element, scene.shapes),
        "</svg>",
    ]
    return ("\n".join(parts) + "\n").encode("utf-8", "backslashreplace")


def _element(shape: Shape) -> str:
    if isinstance(shape, Line):
        dash = ' stroke-dasharray="4 4"' if shape.dashed else ""
        style = f'fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}" stroke-linejoin="round"{dash}'
        return f'<polyline points="{_points(shape.points)}" {style}/>'
    if isinstance(shape, Area):
        opacity = "" if shape.opacity == 1 else f' fill-opacity="{shape.opacity:g}"'
        return f'<polygon points="{_points(shape.points)}" fill="{shape.colour}"{opacity}/>'
    turn = f' transform="rotate(-90 {shape.x:.1f} {shape.y:.1f})"' if shape.rotated else ""
    place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor={quoteattr(shape.anchor)}{turn}'
    return f'<text {place} font-size="{shape.size:g}" fill="{shape.colour}">{_text(shape.text)}</text>'


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(text: str) -> str:
    return escape(text.translate(_UNPRINTABLE))

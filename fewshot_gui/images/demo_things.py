"""Made-up things for the demo pictures, each drawn anew: shape, markings and colours vary within a class."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw

SIDE = 480  # pixels of the square canvas a thing is drawn on

Point: TypeAlias = tuple[float, float]
Colour: TypeAlias = tuple[int, int, int]
Draw: TypeAlias = Callable[["Pen", np.random.Generator], None]


class Pen:
    """Draws on a transparent square canvas whose coordinates go from -1 to 1, y downwards."""

    def __init__(self) -> None:
        self.canvas = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.canvas)

    def area(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(p) for p in points], fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A stroke with round joints; width in canvas coordinates."""
        pixels = max(1, round(width * SIDE / 2))
        self._draw.line([self._at(p) for p in points], fill=colour, width=pixels, joint="curve")

    def disc(self, centre: Point, radius: float, colour: Colour, stretch: float = 1.0) -> None:
        """A filled ellipse, `stretch` times as high as it is wide."""
        (x, y), high = centre, radius * stretch
        box = [*self._at((x - radius, y - high)), *self._at((x + radius, y + high))]
        self._draw.ellipse(box, fill=colour)

    @staticmethod
    def _at(point: Point) -> Point:
        return (point[0] + 1) * SIDE / 2, (point[1] + 1) * SIDE / 2


def beetle(pen: Pen, rng: np.random.Generator) -> None:
    """An oval body of two wing cases, six legs, feelers; plain, spotted or striped."""
    shell, dark = _colour(rng, (0.0, 1.0)), _colour(rng, (0.0, 1.0), light=(0.08, 0.25))
    wide, long = rng.uniform(0.28, 0.48), rng.uniform(0.5, 0.68)
    for side in (-1, 1):
        for start, bend, end in ((-0.2, -0.38, -0.62), (0.1, 0.05, 0.25), (0.35, 0.5, 0.82)):
            knee = (side * (wide + rng.uniform(0.15, 0.3)), bend + rng.normal(0, 0.05))
            foot = (side * (wide + rng.uniform(0.25, 0.48)), end + rng.normal(0, 0.06))
            pen.line([(side * wide * 0.6, start), knee, foot], dark, 0.05)
        tip = (side * rng.uniform(0.25, 0.5), rng.uniform(-1.0, -0.85))
        pen.line([(side * 0.08, -0.62), (side * 0.2, -0.8), tip], dark, 0.03)
    pen.disc((0, -0.6), 0.17, dark)
    pen.disc((0, -0.42), wide * 0.8, _shade(shell, rng.uniform(0.5, 0.9)), stretch=0.62)
    pen.disc((0, 0.15), wide, shell, stretch=long / wide * 0.95)
    _markings(pen, rng, dark, wide, long)
    pen.line([(0, -0.36), (0, long + 0.1)], _shade(shell, 0.45), 0.025)


def leaf(pen: Pen, rng: np.random.Generator) -> None:
    """A blade with stalk, midrib and side veins; its rim smooth, toothed or lobed."""
    blade = _colour(rng, (0.02, 0.42), light=(0.25, 0.6))
    vein = _shade(blade, rng.choice([0.6, 1.5]))
    wide, waist, teeth = rng.uniform(0.25, 0.62), rng.uniform(0.7, 1.5), int(rng.integers(5, 16))
    depth = rng.choice([0.0, rng.uniform(0.05, 0.14), rng.uniform(0.18, 0.4)])

    def half(y: float) -> float:
        t = (y + 0.85) / 1.6
        return wide * math.sin(math.pi * t**waist) * (1 - depth * (0.5 + 0.5 * math.cos(2 * math.pi * teeth * t)))

    heights = np.linspace(-0.85, 0.75, 120).tolist()
    pen.line([(0, 0.7), (rng.normal(0, 0.08), 1.0)], vein, 0.05)
    pen.area([(half(y), y) for y in heights] + [(-half(y), y) for y in reversed(heights)], blade)
    rise = rng.uniform(0.1, 0.3)
    for y in np.linspace(-0.5, 0.65, int(rng.integers(5, 10))).tolist():
        for side in (-1, 1):
            pen.line([(0, y), (side * half(y - rise * 0.7) * 0.85, y - rise)], vein, 0.014)
    pen.line([(0, 0.75), (0, -0.8)], vein, 0.03)
    _blots(pen, rng, _shade(blade, 0.6), count=int(rng.integers(0, 7)), spread=wide * 0.5)


def snail_shell(pen: Pen, rng: np.random.Generator) -> None:
    """A snail's shell from its coiled side: whorls along a logarithmic spiral, banded across or along; the mouth."""
    ground, band = _colour(rng, (0.0, 0.16), light=(0.4, 0.8)), _colour(rng, (0.0, 0.9), light=(0.2, 0.55))
    growth, end, hand = rng.uniform(0.1, 0.19), 2 * math.pi * rng.uniform(3.0, 4.0), int(rng.choice([-1, 1]))

    def at(angle: float, share: float) -> Point:  # share: 0 is the inner rim of the whorl, 1 its outer rim
        inner, outer = (math.exp(growth * (angle - turn - end)) for turn in (2 * math.pi, 0))
        radius = 0.85 * (inner + (outer - inner) * share)
        return hand * radius * math.cos(angle), radius * math.sin(angle)

    coil = np.linspace(0, end, 240).tolist()
    pen.area([at(angle, 1) for angle in coil if angle > end - 2 * math.pi], ground)
    if rng.random() < 0.5:
        for angle in np.arange(0, end, rng.uniform(0.12, 0.5)).tolist():
            pen.line([at(angle, 0), at(angle + 0.1, 0.5), at(angle, 1)], band, 0.03)
    else:
        for share in rng.uniform(0.2, 0.8, int(rng.integers(0, 3))).tolist():
            pen.line([at(angle, share) for angle in coil], band, rng.uniform(0.02, 0.06))
    pen.line([at(angle, 1) for angle in coil], _shade(ground, 0.5), 0.025)
    (x, y), wide = at(end, 0.5), 0.85 * (1 - math.exp(-2 * math.pi * growth)) / 2
    pen.disc((x, y), wide, _shade(ground, 0.9), stretch=0.7)
    pen.disc((x, y), wide * 0.85, _shade(band, 0.4), stretch=0.6)


def mushroom(pen: Pen, rng: np.random.Generator) -> None:
    """A stem with a cap, flat to bell-shaped, from the side; often a ring, spots, gills."""
    cap = _colour(rng, (0.0, 0.16), light=(0.25, 0.7))
    stem = _colour(rng, (0.05, 0.15), light=(0.6, 0.88), strong=(0.05, 0.3))
    wide, high, thick = rng.uniform(0.45, 0.85), rng.uniform(0.3, 0.8), rng.uniform(0.08, 0.2)
    rim, lean = rng.uniform(-0.25, 0.05), rng.normal(0, 0.12)
    foot = thick * rng.uniform(0.9, 1.7)
    pen.area([(-thick, rim), (thick, rim), (lean + foot, 0.9), (lean - foot, 0.9)], stem)
    if rng.random() < 0.5:
        pen.disc((lean * 0.4, rim + 0.35), thick * 1.6, _shade(stem, 0.85), stretch=0.35)
    pen.disc((0, rim), wide * 0.98, _shade(stem, 0.75), stretch=0.2)
    for x in np.linspace(-0.9, 0.9, 15).tolist():
        pen.line([(x * wide, rim), (x * thick, rim + 0.12)], _shade(stem, 0.55), 0.012)
    bow = [
        (-math.cos(t) * wide, rim - math.sin(t) ** rng.uniform(0.8, 0.85) * high) for t in np.linspace(0, math.pi, 50)
    ]
    pen.area([*bow, (wide * 0.5, rim + 0.05), (-wide * 0.5, rim + 0.05)], cap)
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(4, 12))):
            t, r = rng.uniform(0.5, math.pi - 0.5), rng.uniform(0.2, 0.8)
            pen.disc(
                (-math.cos(t) * wide * r, rim - math.sin(t) * high * r), rng.uniform(0.03, 0.08), _shade(stem, 1.1)
            )


def feather(pen: Pen, rng: np.random.Generator) -> None:
    """A long vane of fine barbs on both sides of a shaft, with gaps; plain or barred."""
    vane, bar = _colour(rng, (0.0, 1.0), light=(0.25, 0.75)), _colour(rng, (0.0, 1.0), light=(0.15, 0.5))
    wide, slant, bars = rng.uniform(0.16, 0.34), rng.uniform(0.1, 0.28), rng.choice([0.0, rng.uniform(6, 20)])
    bow = rng.normal(0, 0.16)
    gaps = {side: rng.uniform(-0.6, 0.6, 3) for side in (-1, 1)}

    def shaft(y: float) -> Point:
        return bow * (1 - y * y), y

    for y in np.linspace(0.62, -0.88, 150).tolist():
        for side in (-1, 1):
            if np.abs(gaps[side] - y).min() < 0.02:
                continue
            t = (0.66 - y) / 1.6
            reach = wide * (1 if side > 0 else 0.7) * math.sin(math.pi * t**0.8) ** 0.6
            x, _ = shaft(y)
            colour = bar if bars and math.sin(y * bars) > 0.2 else vane
            pen.line([(x, y), (x + side * reach, y - slant)], _shade(colour, rng.uniform(0.85, 1.1)), 0.022)
    pen.line([shaft(y) for y in np.linspace(-0.9, 1.0, 20).tolist()], _shade(vane, 1.6), 0.03)


def starfish(pen: Pen, rng: np.random.Generator) -> None:
    """Five arms around a disc, with knobs: the thing that no example shows."""
    skin, arms = _colour(rng, (0.0, 1.0), light=(0.3, 0.6)), 5
    waist, turn = rng.uniform(0.28, 0.42), rng.uniform(0, 2 * math.pi)
    rim = []
    for step in range(arms * 24):
        angle = turn + 2 * math.pi * step / (arms * 24)
        out = waist + (0.95 - waist) * (0.5 + 0.5 * math.cos(arms * (angle - turn))) ** rng.uniform(1.9, 2.1)
        rim.append((out * math.cos(angle), out * math.sin(angle)))
    pen.area(rim, skin)
    for arm in range(arms):
        angle = turn + 2 * math.pi * arm / arms
        for out in np.linspace(0.1, 0.85, 8).tolist():
            pen.disc((out * math.cos(angle), out * math.sin(angle)), 0.035, _shade(skin, 1.5))


KNOWN: dict[str, Draw] = {
    "beetle": beetle,
    "feather": feather,
    "leaf": leaf,
    "mushroom": mushroom,
    "snail shell": snail_shell,
}
UNKNOWN: dict[str, Draw] = {"starfish": starfish}


def _markings(pen: Pen, rng: np.random.Generator, dark: Colour, wide: float, long: float) -> None:
    kind = rng.integers(3)
    if kind == 1:
        for _ in range(int(rng.integers(2, 6))):
            x, y, radius = rng.uniform(0.25, 0.65) * wide, rng.uniform(-0.15, long - 0.1), rng.uniform(0.04, 0.09)
            pen.disc((x, y), radius, dark)
            pen.disc((-x, y), radius, dark)
    if kind == 2:
        for y in np.linspace(-0.1, long - 0.15, int(rng.integers(2, 5))).tolist():
            x = wide * math.sqrt(max(0.0, 1 - ((y - 0.15) / long) ** 2)) * 0.9
            pen.line([(-x, y), (x, y)], dark, 0.06)


def _blots(pen: Pen, rng: np.random.Generator, colour: Colour, count: int, spread: float) -> None:
    for _ in range(count):
        pen.disc((rng.normal(0, spread * 0.5), rng.uniform(-0.4, 0.4)), rng.uniform(0.02, 0.07), colour)


def _colour(rng: np.random.Generator, hue: Point, light: Point = (0.25, 0.6), strong: Point = (0.25, 0.85)) -> Colour:
    """A random colour; ranges 0-1 of hue, lightness and saturation."""
    red, green, blue = colorsys.hls_to_rgb(rng.uniform(*hue), rng.uniform(*light), rng.uniform(*strong))
    return round(red * 255), round(green * 255), round(blue * 255)


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(c * float(factor))) for c in colour)
    return red, green, blue

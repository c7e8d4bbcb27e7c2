"""Puts a drawn thing into a scene: ground, pose, light, shadow, clutter, and the faults of a real camera."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from fewshot_gui.images.demo_things import Draw, Pen

SIZES = ((320, 240), (400, 300), (480, 360), (640, 480), (300, 400), (360, 480))  # width, height in pixels


def picture_of(draw: Draw, rng: np.random.Generator) -> Image.Image:
    """A picture of one thing, all of it drawn from `rng`: the same generator state gives the same picture."""
    size = SIZES[rng.integers(len(SIZES))]
    ground = _ground(size, rng)
    things = _litter(size, rng)
    thing = _posed(draw, min(size), rng)
    things.paste(thing, _near_middle(size, thing, rng), thing)
    return _photographed(_placed(ground, things, rng), rng)


def _ground(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """[H, W, 3] float32 0-255: two random colours mixed by noise of several scales, often with a grain."""
    rough = rng.uniform(0.4, 0.8)
    mix = sum(rough**i * _noise(size, 3 * 2**i, rng, stretch=1.0) for i in range(6))
    if rng.random() < 0.5:  # wood, cloth, sand ripples
        mix = mix + rng.uniform(0.5, 1.5) * _noise(size, int(rng.integers(12, 40)), rng, stretch=rng.uniform(4, 12))
    mix = (mix - mix.min()) / (np.ptp(mix) + 1e-6)
    first, second = _earthy(rng), _earthy(rng)
    return (first + (second - first) * mix[:, :, None]).astype(np.float32)


def _earthy(rng: np.random.Generator) -> np.ndarray:
    """[3] 0-255: any colour, most of them dull, as grounds are."""
    colour = rng.uniform(20, 235, 3)
    return colour.mean() + (colour - colour.mean()) * rng.uniform(0.1, 0.8)


def _noise(size: tuple[int, int], cells: int, rng: np.random.Generator, stretch: float) -> np.ndarray:
    """[H, W] float32: smooth noise with about `cells` bumps across, longer than wide by `stretch`."""
    rows, columns = max(2, cells), max(2, round(cells / stretch))
    grid = Image.fromarray(rng.standard_normal((rows, columns), dtype=np.float32))
    return np.asarray(grid.resize(size, Image.Resampling.BICUBIC))


def _litter(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """A transparent sheet with pebbles, stalks and crumbs: shapes that belong to no class."""
    pen = Pen()
    for _ in range(int(rng.integers(0, 16))):
        red, green, blue = (int(c) for c in _earthy(rng))
        x, y = rng.uniform(-1, 1, 2)
        if rng.random() < 0.5:
            pen.disc((x, y), rng.uniform(0.02, 0.09), (red, green, blue), stretch=rng.uniform(0.7, 1.8))
        else:
            end = (x + rng.normal(0, 0.4), y + rng.normal(0, 0.4))
            pen.line([(x, y), end], (red, green, blue), rng.uniform(0.01, 0.03))
    return pen.canvas.resize(size, Image.Resampling.BILINEAR)


def _posed(draw: Draw, side: int, rng: np.random.Generator) -> Image.Image:
    """The thing seen from a slant and turned by any angle, up to about `side` pixels long."""
    pen = Pen()
    draw(pen, rng)
    long = round(side * rng.uniform(0.5, 1.05))
    squeezed = pen.canvas.resize((long, round(long * rng.uniform(0.6, 1.0))), Image.Resampling.BILINEAR)
    return squeezed.rotate(rng.uniform(0, 360), Image.Resampling.BILINEAR, expand=True)


def _near_middle(size: tuple[int, int], layer: Image.Image, rng: np.random.Generator) -> tuple[int, int]:
    """Where the layer's left upper corner goes: x, y in pixels."""
    x, y = ((have - need) // 2 + round(rng.normal(0, 0.1) * have) for have, need in zip(size, layer.size, strict=True))
    return x, y


def _placed(ground: np.ndarray, things: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """The ground with the things on it, lit from one side, throwing shadows: [H, W, 3] float32."""
    width = things.width
    sheet = np.asarray(things, np.float32)
    mask = sheet[:, :, 3] / 255
    angle = rng.uniform(0, 2 * math.pi)
    shadow = _blurred(mask, width / 60)
    shadow = np.roll(shadow, (round(math.sin(angle) * width / 40), round(math.cos(angle) * width / 40)), (0, 1))
    ground = ground * (1 - rng.uniform(0.2, 0.6) * shadow[:, :, None])
    return ground + (sheet[:, :, :3] * _relief(mask, angle, rng)[:, :, None] - ground) * mask[:, :, None]


def _relief(mask: np.ndarray, angle: float, rng: np.random.Generator) -> np.ndarray:
    """[H, W] brightness of the thing: lit where its rounded surface faces the light, with a fine grain."""
    height = _blurred(mask, mask.shape[1] / 40) * mask.shape[1] / 10
    down, right = np.gradient(height)
    slope = -(down * math.sin(angle) + right * math.cos(angle))
    grain = _noise(mask.shape[::-1], 90, rng, stretch=1.0) * rng.uniform(0.03, 0.12)
    return np.clip(1 - 0.45 * np.tanh(slope) + grain, 0.2, 1.8).astype(np.float32)


def _photographed(scene: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """As a camera sees it: uneven light, colour cast, exposure, blur and noise."""
    height, width = scene.shape[:2]
    light = 1 + rng.uniform(0.1, 0.45) * np.tanh(_noise((width, height), 2, rng, stretch=1.0))
    cast = (rng.normal(1, 0.08, 3) * rng.uniform(0.55, 1.25)).astype(np.float32)
    lit = Image.fromarray(np.clip(scene * light[:, :, None] * cast, 0, 255).astype(np.uint8))
    soft = lit.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.6) * width / 480))
    noisy = np.asarray(soft, np.float32) + rng.standard_normal((height, width, 3), dtype=np.float32) * rng.uniform(1, 9)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _blurred(values: np.ndarray, radius: float) -> np.ndarray:
    picture = Image.fromarray((values * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255

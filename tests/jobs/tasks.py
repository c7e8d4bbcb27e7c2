"""Small classification tasks on disk: coloured, noisy pictures of a few classes, and a tiny model folder."""

from pathlib import Path

import numpy as np
from PIL import Image

from fewshot_gui.engine import model_folder
from fewshot_gui.engine.quality import Quality
from fewshot_gui.jobs.events import Warned
from tests.engine.factories import tiny_model

COLOURS = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200), "yellow": (200, 200, 40)}


def draw(path, colour, seed=0, noise=60, side=48):
    """A picture of stripes in that colour with noise of that many levels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng([seed, *path.name.encode()])
    pixels = np.tile(np.array(colour, float), (side, side, 1))
    pixels[:: 2 + colour[0] // 100] *= 0.5
    pixels += chance.normal(0, noise, pixels.shape)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def draw_classes(folder, names=("red", "green", "blue"), shots=3, seed=0, noise=60):
    """folder/NAME/I.png for every class; names beyond the colours take theirs in turn."""
    colours = list(COLOURS.values())
    for number, name in enumerate(names):
        for shot in range(shots):
            colour = COLOURS.get(name, colours[number % len(colours)])
            draw(folder / name / f"{shot}.png", colour, seed * 100 + shot, noise)
    return folder


def write_tiny_model(folder, **config) -> Path:
    """A model folder of an untrained network that tells colours apart."""
    model = tiny_model(**config)
    model_folder.write(folder, model.config, model.network, model.base_mean)
    return folder


def write_graded_model(folder, **config) -> Path:
    """That model with three qualities; the figures are invented."""
    figures = {"gain_ci95": (-3.0, 3.0), "measured_on": "coloured stripes"}
    qualities = {
        "fast": Quality(size=36, gain=-1.25, relative_speed=1.9, **figures),
        "balanced": Quality(accuracy=0.9, ci95=(0.85, 0.95), measured_on="coloured stripes"),
        "careful": Quality(views=("whole", "flip", "centre"), gain=1.5, relative_speed=0.34, **figures),
    }
    return write_tiny_model(folder, qualities=qualities, description="A model of three qualities.", **config)


def finished(job):
    """(what a job returns, the sentences it warned with)."""
    sentences = []
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value, sentences
        if isinstance(event, Warned):
            sentences.append(event.sentence)

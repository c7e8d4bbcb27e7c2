"""Folders as columns, made up for the tests of the views."""

import numpy as np

from fewshot_gui.jobs.columns import PictureColumns


def folder(n=10, names=("rose", "daisy", "tulip"), confidence=None, labels=None, paths=None, root="/pictures"):
    """n answered pictures img0.jpg..., of class i % k with a confidence that grows from 0.5 to 1."""
    paths = paths or [f"{root}/img{i}.jpg" for i in range(n)]
    columns = PictureColumns(paths, root, [None] * n)
    columns.set_classes(names, range(1, len(names) + 1), range(len(names)))
    confidence = np.linspace(0.5, 1.0, n) if confidence is None else np.asarray(confidence)
    labels = np.arange(n) % len(names) if labels is None else np.asarray(labels)
    probabilities = np.repeat((1 - confidence)[:, None] / max(1, len(names) - 1), len(names), axis=1)
    probabilities[np.arange(n), labels] = confidence
    columns.answer(np.arange(n), probabilities, np.ones(n, bool))
    return columns

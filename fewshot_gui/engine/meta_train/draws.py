"""Randomness as a pure function of (seed, stage, step): a resumed training draws what an undisturbed one would.

No generator's state is ever stored.
"""

import zlib

import numpy as np
import torch


def numbers(seed: int, stage: int, step: int, what: str = "") -> np.random.Generator:
    """numpy's generator for one use at one step."""
    return np.random.default_rng([seed, stage, step, zlib.crc32(what.encode())])


def tensors(seed: int, stage: int, step: int, what: str = "") -> torch.Generator:
    """torch's (CPU) generator for one use at one step."""
    return torch.Generator().manual_seed(int(numbers(seed, stage, step, what).integers(2**62)))


def stage_seed(seed: int, stage: int) -> int:
    """One number for `episodes.sample_episode`, different for every stage of a training."""
    return int(numbers(seed, stage, 0, "episodes").integers(2**31))

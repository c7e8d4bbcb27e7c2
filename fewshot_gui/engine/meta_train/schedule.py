"""Learning rates as a function of the step, so that a resumed training needs no scheduler's state."""

import math


def cosine(step: int, steps: int, warmup: int) -> float:
    """The share of the highest rate at a step (0 <= step < steps), 0-1: up a line for `warmup` steps, then a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))

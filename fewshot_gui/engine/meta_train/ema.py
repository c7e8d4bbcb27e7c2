"""The exponential moving average of a network's weights, which is what gets validated and kept."""

import torch
from torch import Tensor, nn


class Average:
    """Averaged weights and buffers. Early on the decay is smaller, so that the start is soon forgotten."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        """decay: 0-1, the share of the old average kept at a step."""
        self._decay = decay
        self.values = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after `step` (counted from 0); counters and other integers are copied."""
        decay = min(self._decay, (step + 1) / (step + 10))
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.values[name].lerp_(value, 1 - decay)
            else:
                self.values[name].copy_(value)

    def load(self, values: dict[str, Tensor]) -> None:
        """Continue from stored values."""
        for name, value in values.items():
            self.values[name].copy_(value)

"""One training in several processes: each computes its part of every step, and all hold the same weights.

Under torchrun there are several (see torchrun.py); otherwise there is one, and all that is here does nothing. What a
step's loss is does not depend on how many there are: the parts' losses add up to the loss of the whole batch, and so do
their gradients.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from fewshot_gui.errors import UserError


class Processes:
    """The processes of a training, as one of them sees them. This one is alone; see together.Together.

    number: of this process, 0..count-1. What they do together must be called by all of them, in the same order.
    """

    number: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that measures, writes and tells."""
        return self.number == 0

    def part(self, n: int, what: str) -> slice:
        """This process's part of n things, which can be uneven by one. what: their name. UserError if one had none.

        Taken in turn, so that whatever concerns only the first of them is spread over the processes too.
        """
        if n < self.count:
            raise UserError(
                f"A step has {n} {what}, too few for {self.count} processes: start at most {n}, or raise the number "
                "in the recipe."
            )
        return slice(self.number, n, self.count)

    def sum_gradients(self, parameters: Iterable[nn.Parameter], loss: float) -> float:
        """Put the sum of all processes' gradients into each parameter; returns the sum of their losses."""
        return loss

    def share(self, modules: nn.Module) -> None:
        """Give everyone the first one's weights and buffers."""

    def agreed(self, value: Any) -> Any:
        """The first one's value (of JSON's kinds), for all; what the others give is not looked at."""
        return value

    def any(self, flag: bool) -> bool:
        """Whether it is true in any of them."""
        return flag

    def wait(self) -> None:
        """Come back when all have come here."""

    def joined(self, own: Tensor, n: int) -> Tensor:
        """Everyone's `part(n)` of rows as [n, ...]: each gives its own and gets all, with gradients for its own."""
        return own


ALONE = Processes()

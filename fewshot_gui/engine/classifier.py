"""An adapted classifier: model, head and cut for unknowns, which turn pictures into probabilities."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from fewshot_gui.engine.device import Tell, tell_nobody
from fewshot_gui.engine.embed import Embedded, Source, stream
from fewshot_gui.engine.heads import restore
from fewshot_gui.engine.method import Head
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.threads import one_core
from fewshot_gui.engine.unknown import UnknownRule


@dataclass(frozen=True, eq=False)
class Classifier:
    """What `adapt` makes and `classify` asks.

    class_names: by label; unknown: None if every picture gets a class.
    method: NAME[:field=value...]; support_contents: content hashes of the support pictures, support_labels [n] int64
    and support_embeddings [n, D] float16 on the CPU belong to them, in the same order.
    """

    model: Model
    head: Head
    class_names: tuple[str, ...]
    unknown: UnknownRule | None
    method: str
    seed: int
    support_contents: tuple[str, ...]
    support_labels: Tensor
    support_embeddings: Tensor

    @property
    def needs_pictures(self) -> bool:
        """True if the backbone itself was adapted, so that cached embeddings are of no use."""
        return self.head.needs == "pictures"

    def embed(self, source: Source, tell: Tell = tell_nobody) -> Generator[Embedded, None, None]:
        """The head's own features of a source's pictures, if it needs pictures; see engine.embed.stream."""
        heads = {self.model.device: self.head}

        def forward(pictures: Tensor, device: torch.device) -> Tensor:
            if device not in heads:
                heads[device] = restore(self.head.kind, *self.head.state(), self.model.to(device))
            with torch.no_grad():
                return heads[device].features(pictures.to(device))

        return stream(source, self.model.adaptation.preprocessing, forward, self.model.device, tell=tell)

    @torch.no_grad()
    def answers(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(probabilities [m, n_way] 0-1, known [m] bool: False where no class fits), on the CPU.

        rows: [m, D] embeddings, or the features that `embed` gave if the head needs pictures.
        """
        with one_core():  # the others embed the next pictures meanwhile
            rows = rows.float().to(self.model.device)
            features = rows if self.needs_pictures else self.head.features(rows)
            logits = self.head.scores(features)
            if self.unknown is None:
                return logits.softmax(1).cpu(), torch.ones(len(rows), dtype=torch.bool)
            return logits.softmax(1).cpu(), ~self.unknown.is_unknown(rows).cpu()

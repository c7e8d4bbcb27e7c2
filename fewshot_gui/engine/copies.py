"""Augmented shots: changed copies of each support picture, whose embeddings count beside its own.

A copy is a pure function of a picture and its number: what is drawn comes from the content hash, so it depends on no
other picture, no order and no seed, and can be cached by content, preprocessing, `AUGMENTATION` and number. The same
changes are what methods that train the backbone see (engine.adapting).

What heads make of them is in `features.copied` and `features.averaged`: a picture and its copies together weigh as much
as a picture without copies does, so that more of them make no answer surer by themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from dataclasses import asdict

import torch
from torch import Tensor

from fewshot_gui.engine.augment import OF_EXAMPLES, augment
from fewshot_gui.engine.device import Tell, full_chunk, tell_nobody
from fewshot_gui.engine.embed import Embedded, Source, embedder, stream
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.preprocess import Preprocessing
from fewshot_gui.types import Picture

# Copies of all support pictures together: with many pictures fewer of each do, and each costs a pass through the
# network and rows in every fit of the accuracy estimate (ten times as long for ridge at 100 examples, six copies each).
MOST = 384

_VERSION = 1  # raised whenever `augment` changes its result
# What copies depend on beside the picture and the preprocessing; part of the key under which they are cached.
AUGMENTATION = hashlib.blake2b(json.dumps([_VERSION, asdict(OF_EXAMPLES)]).encode(), digest_size=6).hexdigest()


def usable(wanted: int, pictures: int) -> int:
    """Copies of each of so many support pictures: as many as wanted, fewer where all together are too many."""
    return min(wanted, MOST // max(pictures, 1))


def copies(picture: Tensor, content: str, count: int, preprocessing: Preprocessing) -> Tensor:
    """[count, C, S, S] uint8: copies 0 to count - 1 of a picture [C, S, S] uint8, as preprocessing.resize gives it.

    content: what the picture is known by. The first copies are the same whatever the count.
    """
    changed = [
        augment(picture.unsqueeze(0), OF_EXAMPLES, preprocessing.size, _draw(content, number), preprocessing.padding)
        for number in range(count)
    ]
    return torch.cat(changed).round().to(torch.uint8)


def embed_copies(
    model: Model, source: Source, count: int, *, tell: Tell = tell_nobody
) -> Generator[Embedded, None, None]:
    """Embeddings [count, D] float16 of the copies of every picture of the source; else as embed.embed_stream."""
    embed, preprocessing = embedder(model), model.config.preprocessing

    def prepare(picture: Picture) -> Tensor:
        return copies(preprocessing.resize(picture.pixels), picture.content, count, preprocessing)

    def forward(pictures: Tensor, device: torch.device) -> Tensor:
        rows = [embed(part, device) for part in pictures.flatten(0, 1).split(full_chunk(device))]
        return torch.cat(rows).unflatten(0, (-1, count))

    return stream(source, preprocessing, forward, model.device, tell=tell, prepare=prepare, inputs=count)


def key(picture: str, number: int) -> str:
    """What the embedding of a copy is known by, 32 hex digits; picture: what that of the whole is known by."""
    return hashlib.blake2b(f"{picture}#copy{number}#{AUGMENTATION}".encode(), digest_size=16).hexdigest()


def _draw(content: str, number: int) -> torch.Generator:
    digest = hashlib.blake2b(f"{content}#{number}".encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)

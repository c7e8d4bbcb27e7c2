"""From a decoded picture to a network's input: the one function for support, query, training and export.

Two steps, because methods that adapt on augmented pictures augment between them:
`resize` (uint8 [H, W, 3] -> uint8 [C, size, size]) and `normalise` (uint8 batch -> float32 batch).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

# Raised whenever decoding or resizing changes its result: cached embeddings of before are then not used again.
DECODER_VERSION = 1


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How pictures become input. size: pixels; mean, std: per channel, of values 0-1.

    polarity "ink" is for drawings: the picture becomes grey and inverted, so that black ink on white paper
    is 1 on 0 as the network was trained on; "natural" leaves colours alone.
    """

    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    polarity: Literal["natural", "ink"] = "natural"
    kernel: Literal["bilinear", "bicubic"] = "bilinear"
    draft: int = 2  # the decoder may shrink by whole factors down to this many times `size`
    precision: Literal["float32"] = "float32"

    @property
    def channels(self) -> int:
        """Channels of the network's input: 1 or 3."""
        return len(self.mean)

    @property
    def at_least(self) -> int:
        """The least side in pixels a decoder must leave (see PictureSource.read)."""
        return self.size * self.draft

    @property
    def id(self) -> str:
        """Twelve hex digits that change whenever the numbers that enter the network would."""
        text = json.dumps([DECODER_VERSION, asdict(self)], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def resize(self, pixels: np.ndarray) -> Tensor:
        """pixels: [H, W, 3] uint8 -> [C, size, size] uint8; the whole picture squeezed to a square."""
        # A writable array, because torch warns of any other: decoders hand out views of their buffers.
        picture = torch.from_numpy(np.require(pixels, requirements="CW")).permute(2, 0, 1).unsqueeze(0)
        if picture.shape[2:] != (self.size, self.size):
            picture = F.interpolate(picture, (self.size, self.size), mode=self.kernel, antialias=True)
        if self.polarity == "ink":
            grey = picture.float().mean(1, keepdim=True).round().to(torch.uint8)
            picture = (255 - grey).expand(1, self.channels, -1, -1)
        return picture[0]

    def normalise(self, pictures: Tensor) -> Tensor:
        """pictures: [n, C, size, size] uint8, or float 0-255 after augmentation -> float32, ready for the network."""
        mean = torch.tensor(self.mean, device=pictures.device).view(1, -1, 1, 1)
        std = torch.tensor(self.std, device=pictures.device).view(1, -1, 1, 1)
        return ((pictures.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)

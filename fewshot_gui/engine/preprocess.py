"""From a decoded picture to a network's input: the one function for support, query, training and export.

Two steps, because methods that adapt on augmented pictures augment between them:
`resize` (uint8 [H, W, 3] -> uint8 [C, size, size]) and `normalise` (uint8 batch -> float32 batch). A model that looks
at a picture more than once then goes through its `versions`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.quality import WHOLE, View

# Raised whenever decoding or resizing changes its result: cached embeddings of before are then not used again.
DECODER_VERSION = 1

# Where a view's crop lies, down and across, as shares 0-1 of the way there is; None: all of the picture.
_PLACES: Mapping[View, tuple[float, float] | None] = {
    "whole": None,
    "flip": None,
    "centre": (0.5, 0.5),
    "centre-flip": (0.5, 0.5),
    "upper-left": (0.0, 0.0),
    "upper-right": (0.0, 1.0),
    "lower-left": (1.0, 0.0),
    "lower-right": (1.0, 1.0),
}
_MARGIN = 16  # a crop is smaller than the picture by this part of its side at each of its edges: 7/8 are left


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How pictures become input. size: pixels; mean, std: per channel, of values 0-1.

    polarity "ink" is for drawings: the picture becomes grey and inverted, so that black ink on white paper
    is 1 on 0 as the network was trained on; "natural" leaves colours alone. views: the versions of a picture whose
    embeddings are averaged.
    """

    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    polarity: Literal["natural", "ink"] = "natural"
    kernel: Literal["bilinear", "bicubic"] = "bilinear"
    draft: int = 2  # the decoder may shrink by whole factors down to this many times `size`
    precision: Literal["float32"] = "float32"
    views: tuple[View, ...] = WHOLE

    @property
    def channels(self) -> int:
        """Channels of the network's input: 1 or 3."""
        return len(self.mean)

    @property
    def padding(self) -> Literal["zeros", "reflection"]:
        """What lies beyond a picture's edge when it is augmented: paper, or the picture mirrored."""
        return "zeros" if self.polarity == "ink" else "reflection"

    @property
    def at_least(self) -> int:
        """The least side in pixels a decoder must leave (see PictureSource.read)."""
        return self.size * self.draft

    @property
    def id(self) -> str:
        """Twelve hex digits that change whenever the numbers that enter the network would."""
        values = asdict(self)
        if self.views == WHOLE:
            del values["views"]  # so that it stays the id of the time before there were views
        text = json.dumps([DECODER_VERSION, values], sort_keys=True)
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

    def versions(self, x: Tensor) -> Iterator[Tensor]:
        """Each of `views` of a normalised batch [n, C, size, size], in the same shape; one at a time is in memory."""
        for view in self.views:
            yield self._version(x, view)

    def _version(self, x: Tensor, view: View) -> Tensor:
        if (place := _PLACES[view]) is not None:
            free = 2 * max(1, round(self.size / _MARGIN))
            side, top, left = self.size - free, round(place[0] * free), round(place[1] * free)
            crop = x[:, :, top : top + side, left : left + side]
            x = F.interpolate(crop, (self.size, self.size), mode=self.kernel, align_corners=False)
        if view.endswith("flip"):
            x = x.flip(-1)
        return x.contiguous(memory_format=torch.channels_last)

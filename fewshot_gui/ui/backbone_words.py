"""What the window says of backbones: those that are there and those that can be got, in the language in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from fewshot_gui.ui import quality_words
from fewshot_gui.ui.views.backbones_dialog import Card

if TYPE_CHECKING:
    from fewshot_gui.jobs.catalogue import Entry
    from fewshot_gui.jobs.models import Measured, ShippedModel

translate = QCoreApplication.translate
_PARTED = "   ·   "
_SHOTS = (1, 5)  # examples per class whose accuracy is shown, where it was measured

# What the catalogue says of its entries.
CATALOGUE = (
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "EfficientNet-Lite0 as lite0-natural began: without the pictures of unknown licence that one learned from.",
    ),
    QT_TRANSLATE_NOOP("Catalogue", "EfficientNet-Lite1: a little stronger and slower than Lite0."),
    QT_TRANSLATE_NOOP("Catalogue", "EfficientNet-Lite2: a little stronger and slower than Lite1."),
    QT_TRANSLATE_NOOP("Catalogue", "ResNet-50, the usual measure."),
    QT_TRANSLATE_NOOP("Catalogue", "EfficientNet-B0: small and quick."),
    QT_TRANSLATE_NOOP("Catalogue", "MobileNetV3: the quickest of these."),
    QT_TRANSLATE_NOOP("Catalogue", "ConvNeXt-T: stronger and slower than ResNet-50."),
    QT_TRANSLATE_NOOP("Catalogue", "Swin-T, a transformer with shifted windows."),
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "DINOv2 ViT-S/14, trained without labels on 142 million pictures: strong on pictures of any kind.",
    ),
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "DINOv2 ViT-B/14, trained without labels on 142 million pictures: stronger and four times slower.",
    ),
    QT_TRANSLATE_NOOP("Catalogue", "DINOv3 ViT-S/16, trained without labels on 1,689 million pictures."),
    QT_TRANSLATE_NOOP("Catalogue", "CLIP ViT-B/32 of OpenAI, the image tower, trained on pictures with captions."),
    QT_TRANSLATE_NOOP("Catalogue", "CLIP ViT-B/16 of OpenAI, the image tower: finer and slower than B/32."),
    QT_TRANSLATE_NOOP("Catalogue", "SigLIP ViT-B/16 of Google, the image tower, trained on pictures with captions."),
    QT_TRANSLATE_NOOP("Catalogue", "EfficientNet-B0 with timm's longer training."),
    QT_TRANSLATE_NOOP("Catalogue", "MobileNetV4: quick, and stronger than MobileNetV3."),
    QT_TRANSLATE_NOOP("Catalogue", "ImageNet's pictures may be used for research that is not commercial."),
    QT_TRANSLATE_NOOP("Catalogue", "The pictures it was trained on are not published."),
    QT_TRANSLATE_NOOP("Catalogue", "BSD-3-Clause (torchvision, which states none for the weights alone)"),
    QT_TRANSLATE_NOOP("Catalogue", "DINOv3 License (Meta's own)"),
)


def here(model: ShippedModel, chosen: str) -> Card:
    """A backbone that is there. chosen: the key of the one in use, "" if none is."""
    whose = translate("Backbones", "your own") if model.own else translate("Backbones", "comes with the program")
    numbers = translate("Backbones", "{count} numbers").format(count=model.embedding_size)
    terms = " ".join(translate("Catalogue", text) for text in model.terms)
    licence = translate("Backbones", "Terms: {terms}").format(terms=terms) if terms else ""
    return Card(
        key=model.name,
        name=model.name,
        facts=_PARTED.join([_megabytes(model.megabytes), _pixels(model.input_size), numbers, whose]),
        about=translate("Backbones", model.description),
        measured=measured(model),
        licence=licence,
        chosen=model.name == chosen,
        qualities=quality_words.gain_lines(model),
        speed=quality_words.speed_line(model),
    )


def there(entry: Entry, missing: str) -> Card:
    """A backbone that can be got. missing: the extra that has to be installed first, "" if none is missing."""
    facts = [_megabytes(entry.megabytes), _pixels(entry.input_size)]
    if missing:
        facts.append(translate("Backbones", 'needs: pip install "fewshot_gui[{extra}]"').format(extra=missing))
    licence = translate("Backbones", "Licence: {licence}. {terms}").format(
        licence=translate("Catalogue", entry.licence), terms=translate("Catalogue", entry.terms)
    )
    about = translate("Catalogue", entry.about)
    return Card(entry.name, entry.name, _PARTED.join(facts), about, "", licence, can_get=not missing)


def measured(model: ShippedModel) -> str:
    """Its accuracy with interval and what that was measured on; that nothing was measured, if so."""
    entries = _shown(model)
    if not entries:
        return translate("Backbones", "Not measured: try it on pictures of yours.")
    figures = []
    for entry in entries:
        low, high = entry.ci95 or (entry.accuracy, entry.accuracy)
        figure = f"{100 * entry.accuracy:.1f} % ({100 * low:.1f}-{100 * high:.1f})"
        figures.append(translate("Backbones", "{shots} shot: {accuracy}").format(shots=entry.shots, accuracy=figure))
    first = entries[0]
    text = translate("Backbones", "Measured, {ways} classes at a time: {figures}; on {dataset}, {split}")
    return text.format(ways=first.ways, figures=", ".join(figures), dataset=first.dataset, split=first.split)


def _shown(model: ShippedModel) -> list[Measured]:
    """The first figures of the default method that have an interval, at the model's own input where it is said."""
    known = [entry for entry in model.accuracy if entry.method == model.method and entry.ci95 is not None]
    own = [entry for entry in known if f"input {model.input_size} px" in entry.note] or known
    if not own:
        return []
    first = own[0]
    on = (first.dataset, first.split, first.ways)
    same = [entry for entry in own if (entry.dataset, entry.split, entry.ways) == on]
    by_shots = {entry.shots: entry for entry in reversed(same) if entry.shots in _SHOTS}
    return [by_shots[shots] for shots in sorted(by_shots)]


def _megabytes(count: float) -> str:
    return translate("Backbones", "{count} MB").format(count=QLocale().toString(count, "f", 0 if count >= 10 else 1))


def _pixels(side: int) -> str:
    return translate("Backbones", "{side} x {side} pixels").format(side=side)

"""What the window says of a model's qualities: what each is worth, and how fast it is here, in the language in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from fewshot_gui.types import BALANCED
from fewshot_gui.ui import words
from fewshot_gui.ui.widgets.choice_menus import Choice

if TYPE_CHECKING:
    from fewshot_gui.engine.quality import Quality
    from fewshot_gui.jobs.models import ShippedModel
    from fewshot_gui.jobs.speeds import Speed

translate = QCoreApplication.translate
_PARTED = "   ·   "
_NAMES = {
    "fast": QT_TRANSLATE_NOOP("Qualities", "Fast"),
    "balanced": QT_TRANSLATE_NOOP("Qualities", "Balanced"),
    "careful": QT_TRANSLATE_NOOP("Qualities", "Careful"),
}


def name(quality: str) -> str:
    """What a quality is called."""
    return translate("Qualities", _NAMES[quality])


def choices(model: ShippedModel | None, chosen: str, device: str) -> tuple[Choice, ...]:
    """An entry for each quality that a model has, and for the chosen one; none where there is nothing to choose.

    device: whose speed is said, as engine.device.describe has it; "": the one that was measured last.
    """
    there: tuple[str, ...] = model.quality_names if model is not None else (BALANCED,)
    names = there if chosen in there else (*there, chosen)
    if len(names) == 1:
        return ()
    return tuple(Choice(key, _entry(model, key, device), _tip(model, key, device)) for key in names)


def speed_line(model: ShippedModel) -> str:
    """How fast it is here in each quality that was measured; "" if none was."""
    known = {key: speeds[0] for key in model.quality_names if (speeds := model.speeds.get(key))}
    if not known:
        return ""
    rates = [
        _rate(speed) if len(model.quality_names) == 1 else f"{name(key)} {_rate(speed)}" for key, speed in known.items()
    ]
    devices = ", ".join(dict.fromkeys(words.device(speed.device) for speed in known.values()))
    text = translate("Qualities", "Speed here, decoding excluded: {rates} pictures a second ({device})")
    return text.format(rates=", ".join(rates), device=devices)


def gain_lines(model: ShippedModel) -> str:
    """What its other qualities gain, a line for each; "" if that was not measured."""
    lines = []
    for key in model.quality_names:
        entry = model.qualities.get(key)
        if entry is not None and entry.gain is not None:
            text = translate("Qualities", "{quality}: {gain} against Balanced, measured on {what}")
            lines.append(text.format(quality=name(key), gain=_gain(entry), what=entry.measured_on))
    return "\n".join(lines)


def _entry(model: ShippedModel | None, key: str, device: str) -> str:
    entry, speed = _known(model, key, device)
    parts = [name(key)]
    if entry is not None and entry.gain is not None:
        parts.append(_gain(entry))
    if speed is not None:
        parts.append(translate("Qualities", "{rate} pictures a second").format(rate=_rate(speed)))
    return _PARTED.join(parts)


def _tip(model: ShippedModel | None, key: str, device: str) -> str:
    """What it does, what that was measured to be worth, and how fast it is."""
    if model is None or key not in model.quality_names:
        return translate("Qualities", "This model has no such quality.")
    entry, speed = _known(model, key, device)
    lines = [_what(model, key, entry)]
    if entry is not None and entry.gain is not None:
        text = translate("Qualities", "{gain} against Balanced, measured on {what}")
        lines.append(text.format(gain=_gain(entry), what=entry.measured_on))
    if entry is not None and entry.relative_speed is not None and key != BALANCED:
        text = translate("Qualities", "{times} times as fast as Balanced where that was measured")
        lines.append(text.format(times=QLocale().toString(entry.relative_speed, "f", 2)))
    if speed is None:
        lines.append(translate("Qualities", "Its speed here was not measured yet."))
    else:
        text = translate("Qualities", "{rate} pictures a second here, decoding excluded ({device})")
        lines.append(text.format(rate=_rate(speed), device=words.device(speed.device)))
    return "\n".join(lines)


def _what(model: ShippedModel, key: str, entry: Quality | None) -> str:
    """The input: size and views, and the network where it is another one."""
    if key == BALANCED or entry is None:
        text = translate("Qualities", "The model as it is: {side} x {side} pixels")
        return text.format(side=model.input_size)
    parts = [entry.backbone] if entry.backbone else []
    if entry.size is not None or not entry.backbone:
        side = model.input_size if entry.size is None else entry.size
        parts.append(translate("Backbones", "{side} x {side} pixels").format(side=side))
    if entry.views is not None:
        parts.append(words.Counted().views(len(entry.views)))
    return _PARTED.join(parts)


def _known(model: ShippedModel | None, key: str, device: str) -> tuple[Quality | None, Speed | None]:
    if model is None:
        return None, None
    speeds = [speed for speed in model.speeds.get(key, ()) if device in ("", speed.device)]
    return model.qualities.get(key), speeds[0] if speeds else None


def _gain(entry: Quality) -> str:
    low, high = entry.gain_ci95
    text = translate("Qualities", "{gain} points ({low} to {high})")
    return text.format(gain=_signed(entry.gain or 0.0), low=_signed(low), high=_signed(high))


def _signed(points: float) -> str:
    text = QLocale().toString(abs(points), "f", 1)
    return f"{'-' if points < 0 else '+'}{text}"


def _rate(speed: Speed) -> str:
    """Pictures a second, exact enough."""
    return QLocale().toString(speed.per_second, "f", 0 if speed.per_second >= 10 else 1)

"""What a camera wrote into a picture about itself. Nothing here raises: a picture without it is as good as any."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import ExifTags, Image

from fewshot_gui.images.formats import kind_of

_HOLDERS = {"JPEG", "TIFF", "PNG", "WEBP", "AVIF"}
_LONGEST = 120  # characters of a camera's name that are shown


@dataclass(frozen=True, slots=True)
class Shot:
    """camera: maker and model, "" if it does not say; taken: "2026-05-01 12:30:59" in the camera's time, or ""."""

    camera: str = ""
    taken: str = ""


def shot_of(path: str) -> Shot:
    """Camera and date from the EXIF of a picture file."""
    try:
        with open(path, "rb") as file:
            kind = kind_of(file.read(64), path)
            if kind not in _HOLDERS:
                return Shot()
            file.seek(0)
            exif = Image.OPEN[kind][0](file, "").getexif()
            base, more = ExifTags.Base, exif.get_ifd(ExifTags.IFD.Exif)
            taken = more.get(base.DateTimeOriginal) or exif.get(base.DateTime)
            return Shot(_camera(_text(exif.get(base.Make)), _text(exif.get(base.Model))), _date(_text(taken)))
    except Exception:  # damaged metadata says nothing about the picture
        return Shot()


def _text(value: object) -> str:
    return " ".join(str(value).replace("\0", " ").split())[:_LONGEST] if isinstance(value, str) else ""


def _camera(make: str, model: str) -> str:
    """Many models begin with their maker's name: it is not said twice."""
    return model if make and model.lower().startswith(make.split()[0].lower()) else f"{make} {model}".strip()


def _date(text: str) -> str:
    """EXIF writes 2026:05:01 12:30:59; anything else is passed on as it is, and zeros mean that nothing is known."""
    if text.startswith("0000"):
        return ""
    day, _, hour = text.partition(" ")
    return f"{day.replace(':', '-')} {hour}".strip()

"""Which files are pictures: by the ending of their name, by their first bytes, by their size."""

from __future__ import annotations

import os


def _endings(words: str) -> frozenset[str]:
    return frozenset(f".{word}" for word in words.split())


PLAIN_ENDINGS = _endings("jpg jpeg jpe jfif mpo png apng webp avif tif tiff bmp dib gif")
HEIC_ENDINGS = _endings("heic heif hif heics heifs")
RAW_ENDINGS = _endings(
    "3fr arw cr2 cr3 crw dcr dng erf fff iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f"
)

# Of one picture in memory; Pillow's own limit. What is shrunk while it is decoded may have 4 times that on disk.
MAX_PIXELS = 89_478_485

_RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


class Refused(Exception):
    """Carries the reason, in words for people, why a file is not decoded."""


def too_large(width: int, height: int) -> str:
    """The reason to refuse a picture of that many pixels."""
    return f"is too large ({width} x {height} pixels): save it with less than {MAX_PIXELS // 1_000_000} million pixels"


def ending(name: str) -> str:
    """The ending of a file's name, in small letters and with its dot; "" without one."""
    return os.path.splitext(name)[1].lower()


def has_picture_ending(name: str) -> bool:
    """Whether a file of that name claims to be a picture (HEIC and RAW photos included)."""
    end = ending(name)
    return end in PLAIN_ENDINGS or end in HEIC_ENDINGS or end in RAW_ENDINGS


def kind_of(data: bytes, name: str) -> str | None:
    """What the first bytes say it is: JPEG (MPO too), PNG, GIF, BMP, WEBP, AVIF, TIFF, HEIC, RAW, or None.

    Nothing else is ever opened: an EPS named .jpg must not start Ghostscript. The name decides only for RAW, since
    most RAW photos are TIFF files with a small preview in front, which must not pass for the photo.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _kind_by_brands(data)
    return _tiff_or_raw(data, name)


def _kind_by_brands(data: bytes) -> str | None:
    """HEIC, AVIF and Canon's CR3 share a container; its first box lists the brands, the main one first."""
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    brands = [box[8:12], *(box[i : i + 4] for i in range(16, len(box), 4))]
    if brands[0] == b"crx ":
        return "RAW"
    if _AVIF_BRANDS.intersection(brands):
        return "AVIF"
    return "HEIC" if _HEIC_BRANDS.intersection(brands) else None


def _tiff_or_raw(data: bytes, name: str) -> str | None:
    raw_name = ending(name) in RAW_ENDINGS
    if data.startswith(_RAW_STARTS) or data[6:14] == b"HEAPCCDR" or _is_cr2(data):
        return "RAW"
    if data.startswith(_TIFF_STARTS):
        return "RAW" if raw_name else "TIFF"
    return "RAW" if raw_name and data else None


def _is_cr2(data: bytes) -> bool:
    return data.startswith(_TIFF_STARTS) and data[8:10] == b"CR"

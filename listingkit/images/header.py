"""What kind of picture some bytes begin, and how large it is; no more than its first bytes are needed."""

import struct
from typing import NamedTuple

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG markers that start a frame and hold its size
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # JPEG markers without a length


class Picture(NamedTuple):
    """The format ("" where the bytes are none that is known), and width and height, None as long as they are not among the bytes."""

    kind: str
    pixels: tuple[int, int] | None


UNKNOWN = Picture("", None)


def picture(head: bytes) -> Picture:
    """Format and size. Any bytes at all are taken; what is cut off or broken has no size."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Picture("png", _two(">II", head, 16) if head[12:16] == b"IHDR" else None)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Picture("gif", _two("<HH", head, 6))
    if head.startswith(b"\xff\xd8\xff"):
        return Picture("jpeg", _jpeg(head))
    if head.startswith((b"II*\0", b"MM\0*")):
        return Picture("tiff", _tiff(head, "<" if head[0] == 0x49 else ">"))
    return Picture(_other(head), None)


def _other(head: bytes) -> str:
    """Formats that no listing takes, by name, so that a finding can say it."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return {b"avif": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic"}.get(head[8:12], "")
    if head.startswith((b"%PDF-", b"BM", b"8BPS")):
        return {b"%PD": "pdf", b"8BP": "psd"}.get(head[:3], "bmp")
    start = head[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head")):
        return "html"
    return "svg" if b"<svg" in start else ""


def _two(form: str, head: bytes, at: int) -> tuple[int, int] | None:
    try:
        width, height = struct.unpack_from(form, head, at)
    except struct.error:
        return None
    return (width, height) if width and height else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _FRAMES:
            size = _two(">HH", head, at + 5)
            return (size[1], size[0]) if size else None
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4])
    return None


def _tiff(head: bytes, order: str) -> tuple[int, int] | None:
    try:
        (at,) = struct.unpack_from(order + "I", head, 4)
        (count,) = struct.unpack_from(order + "H", head, at)
        found: dict[int, int] = {}
        for entry in range(min(count, 200)):
            tag, kind = struct.unpack_from(order + "HH", head, at + 2 + 12 * entry)
            if tag in (256, 257):
                (found[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), head, at + 10 + 12 * entry)
    except struct.error:
        return None
    return (found[256], found[257]) if found.get(256) and found.get(257) else None

"""The parts of an Office Open XML workbook, within bounds; small parts are read by tag.

There is no XML parser in it, so no entity is ever expanded.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from itertools import chain
from posixpath import dirname, join, normpath
from typing import IO

from listingkit.errors import Unreadable
from listingkit.master.unpacking import unpacked

LARGEST = {"sheet": 2 << 30, "strings": 512 << 20, "small": 64 << 20}  # bytes unpacked
BOMB = 64 << 20  # bytes beyond which a part must not be packed tighter than ...
TIGHTEST = 200  # ... this many to one; sheets come to 10 or 20
BEGINNING = 4096  # bytes in which a part declares what it is
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"<]*)"|'([^'<]*)')""")


class Package:
    """A workbook's zip."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise self.damaged(error) from None
        self._parts = {info.filename.lstrip("/").replace("\\", "/").lower(): info for info in self._zip.infolist()}

    def damaged(self, error: object) -> Unreadable:
        """What to raise for a part that does not read."""
        return Unreadable(f"{self.name}: the workbook is damaged or incomplete ({str(error)[:80]}); open it in Excel and save it again")

    def close(self) -> None:
        self._zip.close()

    def has(self, part: str) -> bool:
        return part.lower() in self._parts

    def blocks(self, part: str, kind: str) -> Iterator[bytes]:
        """A part's bytes as UTF-8, block by block. Raises Unreadable for a missing, damaged or hostile part."""
        info = self._parts.get(part.lower())
        if info is None:
            raise self.damaged(f"{part} is missing")
        if info.flag_bits & 1:
            raise Unreadable(f"{self.name}: the workbook is protected by a password; remove it and save again")
        if info.file_size > LARGEST[kind]:
            raise Unreadable(
                f"{self.name}: {part} unpacks to {info.file_size >> 20} MB, more than {LARGEST[kind] >> 20} MB; save the sheet as csv"
            )
        if info.file_size > BOMB and info.file_size > TIGHTEST * max(info.compress_size, 1):
            raise Unreadable(
                f"{self.name}: {part} unpacks to {info.file_size // max(info.compress_size, 1)} times its size; no real sheet does"
            )
        try:
            yield from _utf8(unpacked(self._zip, info), self)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise self.damaged(error) from None

    def text(self, part: str) -> str:
        """A small part."""
        return b"".join(self.blocks(part, "small")).decode(errors="replace")

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id -> (last word of its type, part name) of a part; links to other files are left out."""
        folder, _, base = part.rpartition("/")
        rels = join(folder, "_rels", f"{base}.rels")
        if not self.has(rels):
            return {}
        return {
            tag.get("Id", ""): (
                tag.get("Type", "").rpartition("/")[2],
                normpath(join("/", dirname(part), tag.get("Target", ""))).lstrip("/"),
            )
            for tag in tags(self.text(rels), "Relationship")
            if tag.get("TargetMode") != "External"
        }


def _utf8(blocks: Iterator[bytes], package: Package) -> Iterator[bytes]:
    first = b""
    while len(first) < BEGINNING and (block := next(blocks, b"")):
        first += block
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        import codecs

        decoder = codecs.getincrementaldecoder("utf-16")()
        yield from (decoder.decode(block).encode() for block in chain([first], blocks))
        return
    if b"<!DOCTYPE" in first[:BEGINNING] or b"<!ENTITY" in first[:BEGINNING]:
        raise Unreadable(f"{package.name}: the workbook declares XML entities, which no spreadsheet program writes; it is not read")
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from blocks


def tags(xml: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every element of this local name."""
    for match in re.finditer(rf"<(?:\w+:)?{name}\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>", xml):
        yield attributes(match[1])


def attributes(inside: str) -> dict[str, str]:
    """The attributes written inside a tag."""
    return {match[1]: unescape(match[2] if match[2] is not None else match[3]) for match in _ATTRIBUTE.finditer(inside)}

"""The parts of an Office Open XML workbook, within bounds; small parts are read by tag.

There is no XML parser in it, so no entity is ever expanded.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from html import unescape
from itertools import chain
from posixpath import dirname, join, normpath
from typing import IO

from isal import isal_zlib

from listingkit.errors import Unreadable

LARGEST = {"sheet": 2 << 30, "strings": 512 << 20, "small": 64 << 20}  # bytes unpacked
BOMB = 64 << 20  # bytes beyond which a part must not be packed tighter than ...
TIGHTEST = 200  # ... this many to one; sheets come to 10 or 20
BLOCK = 1 << 20
PACKED = 64 << 10  # small enough for what it unpacks to to stay in the processor's cache
BEGINNING = 4096  # bytes in which a part declares what it is
_LOCAL = struct.Struct("<26xHH")  # of a local header: the lengths of name and extra field
_NOT_DEFLATED: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub takes the class for an instance
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"<]*)"|'([^'<]*)')""")


class Package:
    """A workbook's zip."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.name = name
        try:
            self._stream, self._zip = stream, zipfile.ZipFile(stream)
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
            yield from _utf8(self._unpacked(info), self)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, _NOT_DEFLATED) as error:
            raise self.damaged(error) from None

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """A member's bytes. ISA-L unpacks what is deflated in a third of the time that zlib takes. Raises BadZipFile."""
        if info.compress_type != zipfile.ZIP_DEFLATED:
            with self._zip.open(info) as stream:
                yield from iter(partial(stream.read, BLOCK), b"")
            return
        self._zip.open(info).close()  # looks whether the member is where the directory says
        self._stream.seek(info.header_offset)
        at = info.header_offset + _LOCAL.size + sum(_LOCAL.unpack(self._stream.read(_LOCAL.size)))
        end = at + info.compress_size
        unpacker = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
        packed, size, check = b"", 0, 0
        while not unpacker.eof and (packed or at < end) and size <= info.file_size:
            if not packed:
                self._stream.seek(at)
                packed = self._stream.read(min(PACKED, end - at))
                at = at + len(packed) if packed else end
            block = unpacker.decompress(packed, BLOCK)
            packed = unpacker.unconsumed_tail
            size, check = size + len(block), isal_zlib.crc32(block, check)
            yield block
        if size != info.file_size or check != info.CRC:
            raise zipfile.BadZipFile(f"{info.filename} does not unpack to what the directory says")

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

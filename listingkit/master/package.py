"""The parts of an Office Open XML workbook, within bounds; small parts are read by tag.

There is no XML parser in it, so no entity is ever expanded.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from posixpath import dirname, join, normpath

from listingkit.errors import Unreadable
from listingkit.master.members import Members

LARGEST = {"sheet": 2 << 30, "strings": 512 << 20, "small": 64 << 20}  # bytes unpacked
BEGINNING = 4096  # bytes in which a part declares what it is
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"<]*)"|'([^'<]*)')""")


class Package(Members):
    """A workbook's zip."""

    def blocks(self, part: str, kind: str) -> Iterator[bytes]:
        """A part's bytes as UTF-8, block by block. Raises Unreadable for a missing, damaged or hostile part."""
        yield from _utf8(self.unpacked(part, LARGEST[kind], "save the sheet as csv"), self.name)

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


def _utf8(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    first = b""
    while len(first) < BEGINNING and (block := next(blocks, b"")):
        first += block
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        import codecs

        decoder = codecs.getincrementaldecoder("utf-16")()
        yield from (decoder.decode(block).encode() for block in chain([first], blocks))
        return
    if b"<!DOCTYPE" in first[:BEGINNING] or b"<!ENTITY" in first[:BEGINNING]:
        raise Unreadable(f"{name}: the workbook declares XML entities, which no spreadsheet program writes; it is not read")
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from blocks


def tags(xml: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every element of this local name."""
    for match in re.finditer(rf"<(?:\w+:)?{name}\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>", xml):
        yield attributes(match[1])


def attributes(inside: str) -> dict[str, str]:
    """The attributes written inside a tag."""
    return {match[1]: unescape(match[2] if match[2] is not None else match[3]) for match in _ATTRIBUTE.finditer(inside)}

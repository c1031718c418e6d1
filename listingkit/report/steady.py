"""Workbooks of openpyxl's whose bytes depend on nothing but their contents: it writes the clock into them."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

from listingkit.render.package import Member, write_members

EPOCH = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def save(book: Any, stream: IO[bytes], parts: Mapping[str, bytes] | None = None) -> None:
    """Save an openpyxl workbook without the time of day. `parts` stand in for those of its own that have the same name."""
    book.properties.created = EPOCH
    buffer = BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made:
        write_members(_members(made, parts or {}), stream)


def _members(made: zipfile.ZipFile, parts: Mapping[str, bytes]) -> Iterator[Member]:
    for name in made.namelist():
        content = parts.get(name) or made.read(name)
        yield Member(name, [_without_clock(content) if name == "docProps/core.xml" else content])


def _without_clock(core: bytes) -> bytes:
    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)

"""Workbooks whose bytes depend on nothing but their contents: openpyxl writes the clock into them."""

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any

BLOCK = 500  # rows
EPOCH = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def save(book: Any, target: Path | IO[bytes], rows: Mapping[str, Iterable[str]] | None = None) -> None:
    """Save an openpyxl workbook without the time of day. `rows`: XML of rows that stand in for those of a sheet's part."""
    book.properties.created = EPOCH
    buffer = BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as steady:
        for name in made.namelist():
            content = made.read(name)
            entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            if rows and name in rows:
                before, after = _around(content)
                with steady.open(entry, "w", force_zip64=True) as part:
                    part.write(before)
                    told = iter(rows[name])
                    while block := "".join(islice(told, BLOCK)):  # deflating row by row takes twice as long
                        part.write(block.encode())
                    part.write(after)
                continue
            steady.writestr(entry, _without_clock(content) if name == "docProps/core.xml" else content)


def _around(sheet: bytes) -> tuple[bytes, bytes]:
    before, _, rest = sheet.partition(b"<sheetData>")
    return before + b"<sheetData>", b"</sheetData>" + rest.partition(b"</sheetData>")[2]


def _without_clock(core: bytes) -> bytes:
    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)

"""Workbooks whose bytes depend on nothing but their contents: openpyxl writes the clock into them."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

EPOCH = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def save(book: Any, path: Path) -> None:
    """Save an openpyxl workbook without the time of day."""
    book.properties.created = EPOCH
    buffer = BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as steady:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = _without_clock(content)
            steady.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


def _without_clock(core: bytes) -> bytes:
    import re

    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)

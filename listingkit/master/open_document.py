"""ods: what calamine does not tell of its sheets. Hidden rows and columns, merged cells, as LibreOffice and Excel write them.

Source: OASIS OpenDocument 1.3, part 3: table:table-row, table:table-column, table:visibility, table:number-columns-spanned.
"""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from xml.parsers.expat import ExpatError, ParserCreate

from listingkit.master.binary_workbook import MERGED_AT_MOST, Built
from listingkit.master.unpacking import DAMAGED, unpacked

CONTENT = "content.xml"
ROWS, COLUMNS = 1_048_576, 16_384  # of a sheet
_HIDDEN = frozenset(("collapse", "filter"))
_MARKS = (b"table:visibility=", b"-spanned=")
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))


def built_of(content: bytes) -> dict[str, Built]:
    """How the sheets are built, by name; nothing of a workbook that is damaged, which is refused elsewhere."""
    tables = _Tables()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tables.begin, tables.end
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            part = book.getinfo(CONTENT)
            if _marked(unpacked(book, part)):
                for block in unpacked(book, part):
                    parser.Parse(block)
                parser.Parse(b"", True)
    except (KeyError, ExpatError, *DAMAGED):
        return {}
    return tables.built


def _marked(blocks: Iterable[bytes]) -> bool:
    """Whether there is anything to tell, which is asked in a tenth of the time that a parser takes."""
    longest, tail = max(map(len, _MARKS)), b""
    for block in blocks:
        text = tail + block
        if any(mark in text for mark in _MARKS):
            return True
        tail = text[-longest:]
    return False


class _Tables:
    """Hears the tags of a document. Only those of the outermost tables count."""

    def __init__(self) -> None:
        self.built: dict[str, Built] = {}
        self._sheet = Built()
        self._depth = self._row = self._column = self._cell = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._sheet = self.built.setdefault(attributes.get("table:name", ""), Built())
                self._row = self._column = 0
        elif self._depth == 1 and tag in _CELLS:
            self._merge(attributes)
            self._cell += _count(attributes, "table:number-columns-repeated", COLUMNS)
        elif self._depth == 1 and tag == "table:table-row":
            self._cell, first = 0, self._row + 1
            self._row = min(ROWS, self._row + _count(attributes, "table:number-rows-repeated", ROWS))
            if attributes.get("table:visibility") in _HIDDEN:
                self._sheet.hidden_rows.extend(range(first, self._row + 1))
        elif self._depth == 1 and tag == "table:table-column":
            first = self._column
            self._column += _count(attributes, "table:number-columns-repeated", COLUMNS)
            if attributes.get("table:visibility") in _HIDDEN:
                self._sheet.hidden_columns.append((first, min(self._column, COLUMNS) - 1))

    def end(self, tag: str) -> None:
        self._depth -= tag == "table:table"

    def _merge(self, attributes: dict[str, str]) -> None:
        wide, high = (_count(attributes, f"table:number-{way}-spanned", 1 << 20) for way in ("columns", "rows"))
        if wide * high > 1 and len(self._sheet.merged) < MERGED_AT_MOST:
            top = self._row - 1
            self._sheet.merged.append((top, self._cell, top + high - 1, self._cell + wide - 1))


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """An attribute that is a number from 1 on."""
    said = attributes.get(name, "1")
    return max(1, min(most, int(said))) if said.isdecimal() and len(said) < 10 else 1

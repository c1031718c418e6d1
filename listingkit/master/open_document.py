"""ods: what calamine does not tell of its sheets. Hidden rows and columns, merged cells, and the errors that LibreOffice marks.

Source: OASIS OpenDocument 1.3, part 3: table:table-row, table:table-column, table:visibility, table:number-columns-spanned; errors are an
extension of LibreOffice: calcext:value-type.
"""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from xml.parsers.expat import ExpatError, ParserCreate

from listingkit.master.binary_workbook import ERRORS_AT_MOST, MERGED_AT_MOST, Built
from listingkit.master.sheet import letter
from listingkit.master.unpacking import DAMAGED, unpacked

CONTENT = "content.xml"
ROWS, COLUMNS = 1_048_576, 16_384  # of a sheet
_HIDDEN = frozenset(("collapse", "filter"))
_MARKS = (b"table:visibility=", b"-spanned=", b'value-type="error"')
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))


def built_of(content: bytes) -> dict[str, Built]:
    """How the sheets are built, by name; nothing of a workbook that is damaged, which is refused elsewhere. Raises `MemoryError`."""
    tables = _Tables()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = tables.begin, tables.end, tables.hear
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
        self._depth = 0
        self._rows, self._columns, self._cells = range(0), range(0), range(0)  # 0-based: those that the last tag stands for
        self._error: list[str] | None = None  # what stands in the cell, where it is an error

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._sheet = self.built.setdefault(attributes.get("table:name", ""), Built())
                self._rows = self._columns = range(0)
        elif self._depth == 1 and tag in _CELLS:
            self._cells = _after(self._cells, attributes, "table:number-columns-repeated", COLUMNS)
            self._merge(attributes)
            self._error = [] if attributes.get("calcext:value-type") == "error" else None
        elif self._depth == 1 and tag == "table:table-row":
            self._rows, self._cells = _after(self._rows, attributes, "table:number-rows-repeated", ROWS), range(0)
            if attributes.get("table:visibility") in _HIDDEN:
                self._sheet.hidden_rows.extend(row + 1 for row in self._rows)
        elif self._depth == 1 and tag == "table:table-column":
            self._columns = _after(self._columns, attributes, "table:number-columns-repeated", COLUMNS)
            if attributes.get("table:visibility") in _HIDDEN and self._columns:
                self._sheet.hidden_columns.append((self._columns[0], self._columns[-1]))

    def hear(self, text: str) -> None:
        if self._error is not None:
            self._error.append(text)

    def end(self, tag: str) -> None:
        self._depth -= tag == "table:table"
        if self._error is not None and tag in _CELLS:
            if len(self._sheet.errors) + len(self._rows) * len(self._cells) > ERRORS_AT_MOST:
                raise MemoryError
            text, self._error = "".join(self._error).strip(), None
            self._sheet.errors.extend((row + 1, letter(cell), text) for row in self._rows for cell in self._cells)

    def _merge(self, attributes: dict[str, str]) -> None:
        wide, high = (_count(attributes, f"table:number-{way}-spanned", ROWS) for way in ("columns", "rows"))
        if wide * high > 1 and self._rows and self._cells and len(self._sheet.merged) < MERGED_AT_MOST:
            top, left = self._rows[0], self._cells[0]
            self._sheet.merged.append((top, left, top + high - 1, left + wide - 1))


def _after(before: range, attributes: dict[str, str], repeated: str, most: int) -> range:
    """The places that an element stands for, behind those of the one before."""
    return range(before.stop, min(most, before.stop + _count(attributes, repeated, most)))


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """An attribute that is a number from 1 on."""
    said = attributes.get(name, "1")
    return max(1, min(most, int(said))) if said.isdecimal() and len(said) < 10 else 1

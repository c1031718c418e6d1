"""ods made plain for calamine, which reads past tabs, line breaks and CDATA in a text; and what it does not tell of sheets.

That is hidden rows and columns, merged cells, and the errors that LibreOffice marks.
Source: OASIS OpenDocument 1.3, part 3: table:table-row, table:table-column, table:visibility, table:number-columns-spanned, text:tab,
text:line-break; errors are an extension of LibreOffice: calcext:value-type.
"""

import re
import zipfile
from collections.abc import Iterable
from html import escape
from io import BytesIO
from xml.parsers.expat import ParserCreate

from listingkit.master.binary_workbook import ERRORS_AT_MOST, LARGEST, MERGED_AT_MOST, Built
from listingkit.master.members import is_bomb
from listingkit.master.sheet import letter
from listingkit.master.unpacking import DAMAGED, unpacked, whole

CONTENT, KINDS = "content.xml", ("mimetype", "META-INF/manifest.xml")
ROWS, COLUMNS = 1_048_576, 16_384  # of a sheet
_HIDDEN = frozenset(("collapse", "filter"))
_BUILT = (b"table:visibility=", b"-spanned=", b'value-type="error"')
_ODD = (b"<text:tab", b"<text:line-break", b"<![CDATA[")
_ODD_TEXT = re.compile(rb"<text:(tab|line-break)\b[^<>]*(?:/>|></text:(?:tab|line-break)>)|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))


def made_plain(content: BytesIO) -> tuple[BytesIO, dict[str, Built]]:
    """The same workbook with plain texts only, and how its sheets are built, by name. A damaged zip comes back as it is.

    Raises `ExpatError` where the XML does not tell how they are built, and `MemoryError`.
    """
    try:
        with zipfile.ZipFile(content) as book:
            part = book.getinfo(CONTENT)
            marks = _found(unpacked(book, part))
            built = _built(unpacked(book, part)) if marks.intersection(_BUILT) else {}
            plain = _plain(book, part) if marks.intersection(_ODD) else content
    except (KeyError, *DAMAGED):
        plain, built = content, {}
    plain.seek(0)
    return plain, built


def _found(blocks: Iterable[bytes]) -> set[bytes]:
    """Which marks of something odd there are, which is asked in a tenth of the time that a parser takes."""
    left, tail = {*_BUILT, *_ODD}, b""
    longest = max(map(len, left))
    for block in blocks:
        text = tail + block
        left -= {mark for mark in left if mark in text}
        tail = text[-longest:]
    return {*_BUILT, *_ODD} - left


def _plain(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> BytesIO:
    """What calamine needs of a workbook: tabs and line breaks as characters, CDATA escaped."""
    if part.file_size > LARGEST or is_bomb(part):
        raise MemoryError
    plain = BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for name in {*KINDS}.intersection(book.namelist()):
            copy.writestr(name, book.read(name))
        copy.writestr(CONTENT, _ODD_TEXT.sub(_character, whole(book, part)))
    return plain


def _character(odd: re.Match[bytes]) -> bytes:
    if odd[2] is not None:
        return escape(odd[2].decode("utf-8", "surrogateescape"), quote=False).encode("utf-8", "surrogateescape")
    return b"&#9;" if odd[1] == b"tab" else b"&#10;"


def _built(blocks: Iterable[bytes]) -> dict[str, Built]:
    tables = _Tables()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = tables.begin, tables.end, tables.hear
    for block in blocks:
        parser.Parse(block)
    parser.Parse(b"", True)
    return tables.built


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

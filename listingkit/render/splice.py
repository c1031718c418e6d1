"""The part of a sheet, cut where its data rows begin and end."""

import re
from collections.abc import Iterator

from msgspec import Struct

from listingkit.errors import Unreadable
from listingkit.master.sheet import index, letter

_SHEET_DATA = re.compile(rb"<((?:\w+:)?)sheetData\s*(/?)>")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^>]*?)(/?)>")
_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is|f)[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_DIMENSION = re.compile(rb"(<(?:\w+:)?dimension\s[^>]*?ref=[\"'])([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?([\"'])")


class Row(Struct, frozen=True):
    """A row that is there: its number, where it begins and ends in the part, and whether any of its cells is filled."""

    number: int
    start: int
    end: int
    filled: bool


class Cut(Struct, frozen=True):
    """A sheet part around its data rows: `head` ends before the first of them, `tail` begins behind the last."""

    head: bytes
    body: bytes
    rows: tuple[Row, ...]  # of the body, which may have more between them
    tail: bytes
    prefix: str  # namespace prefix of the elements with its colon, or ""
    last_header_row: int

    @property
    def last_filled_row(self) -> int:
        """The number of the last data row with a filled cell; of the last header row where there is none."""
        return max((row.number for row in self.rows if row.filled), default=self.last_header_row)

    def until(self, number: int) -> bytes:
        """The data rows up to and including this number, as they are."""
        return b"".join(self.body[row.start : row.end] for row in self.rows if row.number <= number)

    def beyond(self, number: int) -> bytes:
        """The data rows behind this number, as they are."""
        return b"".join(self.body[row.start : row.end] for row in self.rows if row.number > number)

    @property
    def has_formulas(self) -> bool:
        """Whether any data row holds a formula."""
        return _FORMULA.search(self.body) is not None


def cut(part: bytes, data_row: int, where: str) -> Cut:
    """Cut a sheet part at its data rows. Raises `Unreadable`."""
    opening = _SHEET_DATA.search(part)
    if opening is None:
        raise Unreadable(f"{where} has no cells; is this the data sheet of an inventory template?")
    prefix = opening[1].decode()
    if opening[2]:
        head = part[: opening.start()] + f"<{prefix}sheetData>".encode()
        return Cut(head, b"", (), f"</{prefix}sheetData>".encode() + part[opening.end() :], prefix, data_row - 1)
    end = part.find(f"</{prefix}sheetData".encode(), opening.end())
    if end < 0:
        raise Unreadable(f"{where} is cut off: its cells have no end")
    rows = list(_rows(part, opening.end(), end, prefix, where))
    first = next((row.start for row in rows if row.number >= data_row), end)
    data = tuple(Row(row.number, row.start - first, row.end - first, row.filled) for row in rows if row.number >= data_row)
    return Cut(part[:first], part[first:end], data, part[end:], prefix, data_row - 1)


def _rows(part: bytes, start: int, end: int, prefix: str, where: str) -> Iterator[Row]:
    closing = f"</{prefix}row>".encode()
    number, position = 0, start
    while (opening := _ROW.search(part, position, end)) is not None:
        stated = _NUMBER.search(opening[1])
        before, number = number, int(stated[1]) if stated else number + 1
        if number <= before:
            raise Unreadable(f"{where}: row {number} stands behind row {before}; open the file in Excel and save it again")
        if opening[2]:
            position = opening.end()
        else:
            position = part.find(closing, opening.end(), end) + len(closing)
            if position < opening.end():
                raise Unreadable(f"{where} is damaged: row {number} has no end")
        filled = _FILLED.search(part, opening.end(), position) is not None
        yield Row(number, opening.start(), position, filled)


def with_dimension(head: bytes, last_column: int, last_row: int) -> bytes:
    """The head with the sheet's used range widened to this 0-based column and made to end at this row; unchanged where it states none."""

    def widened(found: re.Match[bytes]) -> bytes:
        right = max(index((found[4] or found[2]).decode()), last_column)
        return found[1] + found[2] + found[3] + f":{letter(right)}{last_row}".encode() + found[6]

    return _DIMENSION.sub(widened, head, count=1)

"""Rows of a worksheet's XML as columns of raw cells, fast where the writer was regular, careful where it was not.

A raw cell is what stands between its address and its end, as in ` s="3" t="s"><v>17`; a cell that is not there is "".
The fast way is one regular expression for a whole row, built for the columns that the sheet has; a chunk in which it does not
account for every row is scanned again cell by cell.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from listingkit.errors import Unreadable
from listingkit.master.sheet import index, letter
from listingkit.master.texts import runs

WIDEST = 16_384
MOST_COLUMNS = 4_096  # with something in them; the widest inventory templates have some 700
TALLEST = 1_048_576
FAST_COLUMNS = 4_096  # its expression takes a second to build for so many
_ROW = re.compile(r"<(?:\w+:)?row\b([^<>]*+)>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?row\b)[^<]*+)*+)</(?:\w+:)?row>)")
_CELL = re.compile(r"<(?:\w+:)?c\b([^<>]*+)>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?c[\s>/])[^<]*+)*+)</(?:\w+:)?c>)")
_VALUE = re.compile(r"<(?:\w+:)?v(?:\s[^<>]*+)?+>([^<]*)</(?:\w+:)?v>")
_NUMBER = re.compile(r'\br="(\d{1,9})"')
_ADDRESS = re.compile(r"""\br=["']([A-Za-z]{1,7})\d+["']""")
_LETTERS = re.compile(r'<c r="([A-Z]{1,3})\d')
_STYLE = re.compile(r"""\bs=["'](\d{1,7})["']""")
_TYPE = re.compile(r"""\bt=["'](\w+)["']""")
_INLINE = re.compile(r"<(?:\w+:)?is\b")
_FORMULA = re.compile(r"<(?:\w+:)?f\b")
_HIDDEN = re.compile(r"""\bhidden=["'](?:1|true)["']""")


@dataclass(slots=True)
class Cells:
    """The raw cells of consecutive rows, column by column."""

    rows: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)

    def extend(self, more: "Cells") -> None:
        """Append the rows that follow."""
        for name, cells in more.raw.items():
            if name not in self.raw:
                self.raw[name] = [""] * len(self.rows)
            self.raw[name] += cells
        for name in self.raw.keys() - more.raw.keys():
            self.raw[name] += [""] * len(more.rows)
        self.rows += more.rows
        self.hidden += more.hidden


class RowScan:
    """Scans one sheet, chunk by chunk; each chunk ends where a row ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._row = 0
        self._letters: set[str] = set()

    def scan(self, chunk: str) -> Cells:
        """The cells of a chunk. Raises Unreadable for rows that no sheet has."""
        if not self._letters:
            self._letters.update(_LETTERS.findall(chunk))
        cells = self._fast(chunk)
        if cells is None:
            cells = self._careful(chunk)
            self._letters.update(cells.raw)
            if len(self._letters) > MOST_COLUMNS and len(cells.raw) > MOST_COLUMNS:
                raise Unreadable(f"{self._name}: has more than {MOST_COLUMNS:,} columns; no product sheet does, so delete the stray ones")
        return cells

    def _fast(self, chunk: str) -> Cells | None:
        if not self._letters or len(self._letters) > FAST_COLUMNS:
            return None
        letters = tuple(sorted(self._letters, key=index))
        found = _row_grammar(letters).findall(chunk)
        if len(found) != chunk.count("<row"):
            return None
        columns = list(zip(*found, strict=True))
        if not columns:
            return None
        cells = Cells()
        for attributes in columns[0]:
            match = _NUMBER.search(attributes)
            if match is None:
                return None
            cells.rows.append(int(match[1]))
            if "hidden" in attributes and _HIDDEN.search(attributes):
                cells.hidden.append(cells.rows[-1])
        self._in_order(cells.rows)
        for place, name in enumerate(letters):
            cells.raw[name] = list(columns[1 + place])
        return cells

    def _careful(self, chunk: str) -> Cells:
        cells = Cells()
        raw: dict[str, dict[int, str]] = {}
        for row in _ROW.finditer(chunk):
            number = _NUMBER.search(row[1].replace("'", '"'))
            cells.rows.append(int(number[1]) if number else (cells.rows[-1] if cells.rows else self._row) + 1)
            if _HIDDEN.search(row[1]):
                cells.hidden.append(cells.rows[-1])
            place = -1
            for cell in _CELL.finditer(row[2] or ""):
                address = _ADDRESS.search(cell[1])
                place = index(address[1]) if address else place + 1
                if place >= WIDEST:
                    raise Unreadable(f"{self._name}: row {cells.rows[-1]} has more than {WIDEST} columns, which no sheet has")
                if written := _careful_cell(cell[1], cell[2] or ""):
                    raw.setdefault(letter(place), {})[len(cells.rows) - 1] = written
        self._in_order(cells.rows)
        for name in sorted(raw, key=index):
            cells.raw[name] = [raw[name].get(place, "") for place in range(len(cells.rows))]
        return cells

    def _in_order(self, rows: list[int]) -> None:
        if rows and (rows[0] <= self._row or rows[-1] > TALLEST or any(a >= b for a, b in pairwise(rows))):
            raise Unreadable(f"{self._name}: the workbook's rows are out of order; open it in Excel and save it again")
        self._row = rows[-1] if rows else self._row


@lru_cache(maxsize=16)
def _row_grammar(letters: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for a whole row. Possessive throughout, so that it neither slows down nor backs up on odd rows."""
    formula = "(?:<f[^>]*+>(?:[^<]*+</f>)?+)?+"
    cells = "".join(
        f'(?:<c r="{name}[0-9][^"]*+"([^>]*+>(?:(?<=/>)|{formula}(?:<v>|<is><t(?: [^>]*+)?+>|(?=</c>))[^<]*+))'
        "(?:(?:</v>|</t></is>)?+</c>)?+)?+"
        for name in letters
    )
    return re.compile(f"<row([^<>]*+)>{cells}</row>")


def _careful_cell(inside: str, body: str) -> str:
    """The same as the fast way finds, from a cell written in any other way."""
    if not body:
        return ""
    style, type_ = _STYLE.search(inside), _TYPE.search(inside)
    kind = type_[1] if type_ else ""
    found = _VALUE.search(body)
    value = found[1] if found else ""
    if kind == "inlineStr" or (found is None and _INLINE.search(body)):
        value, kind = runs(body), "inlineStr"
    formula = "<f>" if _FORMULA.search(body) else ""
    return (f' s="{style[1]}"' if style else "") + (f' t="{kind}"' if kind else "") + f">{formula}<v>{value}"

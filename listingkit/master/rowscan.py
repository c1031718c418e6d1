"""Rows of a worksheet's XML as columns of raw cells, fast where the writer was regular, careful where it was not.

A cell is a pair: its mark (what stands in the tag after the address, up to `>`, as in ` s="3" t="s">`) and its raw value.
The fast way is one regular expression for a whole row, built for the columns that the sheet has; a chunk in which it does not
account for every row is scanned again cell by cell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from listingkit.errors import Unreadable
from listingkit.master.sheet import index, letter
from listingkit.master.texts import runs

WIDEST = 16_384
TALLEST = 1_048_576
FAST_COLUMNS = 400  # more columns make the row's expression slower than the careful way
_ROW = re.compile(r"<(?:\w+:)?row\b([^>]*?)(?:/>|>((?:[^<]|<(?!/?(?:\w+:)?row\b))*+)</(?:\w+:)?row>)")
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*?)(?:/>|>((?:[^<]|<(?!/?(?:\w+:)?c[\s>/]))*+)</(?:\w+:)?c>)")
_VALUE = re.compile(r"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</(?:\w+:)?v>")
_NUMBER = re.compile(r'\br="(\d{1,9})"')
_ADDRESS = re.compile(r"""\br=["']([A-Za-z]{1,7})\d+["']""")
_LETTERS = re.compile(r'<c r="([A-Z]{1,3})\d')
_STYLE = re.compile(r"""\bs=["'](\d+)["']""")
_TYPE = re.compile(r"""\bt=["'](\w+)["']""")
_HIDDEN = re.compile(r"""\bhidden=["'](?:1|true)["']""")


@dataclass(slots=True)
class Cells:
    """The raw cells of consecutive rows, column by column; a blank cell has an empty mark."""

    rows: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    marks: dict[str, Sequence[str]] = field(default_factory=dict)
    values: dict[str, Sequence[str]] = field(default_factory=dict)


class RowScan:
    """Scans one sheet, chunk by chunk; each chunk ends where a row ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._row = 0
        self._letters: set[str] = set()

    def scan(self, chunk: str) -> Cells:
        """The cells of a chunk. Raises Unreadable for rows that no sheet has."""
        self._letters.update(_LETTERS.findall(chunk))
        return self._fast(chunk) or self._careful(chunk)

    def _fast(self, chunk: str) -> Cells | None:
        if not self._letters or len(self._letters) > FAST_COLUMNS:
            return None
        letters = tuple(sorted(self._letters, key=index))
        found = _row_grammar(letters, formulas="<f" in chunk).findall(chunk)
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
        if "hidden" in chunk:
            cells.hidden = [row for row, attributes in zip(cells.rows, columns[0], strict=True) if _HIDDEN.search(attributes)]
        self._in_order(cells.rows)
        for place, name in enumerate(letters):
            cells.marks[name] = columns[1 + 2 * place]
            cells.values[name] = columns[2 + 2 * place]
        return cells

    def _careful(self, chunk: str) -> Cells:
        cells = Cells()
        marks: dict[str, dict[int, str]] = {}
        values: dict[str, dict[int, str]] = {}
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
                mark, value = _careful_cell(cell[1], cell[2] or "")
                if mark:
                    marks.setdefault(name := letter(place), {})[len(cells.rows) - 1] = mark
                    values.setdefault(name, {})[len(cells.rows) - 1] = value
        self._in_order(cells.rows)
        for name in sorted(marks, key=index):
            cells.marks[name] = [marks[name].get(place, "") for place in range(len(cells.rows))]
            cells.values[name] = [values[name].get(place, "") for place in range(len(cells.rows))]
        return cells

    def _in_order(self, rows: list[int]) -> None:
        if rows and (rows[0] <= self._row or rows[-1] > TALLEST or any(a >= b for a, b in pairwise(rows))):
            raise Unreadable(f"{self._name}: the workbook's rows are out of order; open it in Excel and save it again")
        self._row = rows[-1] if rows else self._row


@lru_cache(maxsize=16)
def _row_grammar(letters: tuple[str, ...], *, formulas: bool) -> re.Pattern[str]:
    formula = "(?:<f[^>]*>(?:[^<]*</f>)?)?" if formulas else ""
    value = f"{formula}(?:(?:<v>|<is><t(?: [^>]*)?>)([^<]*)(?:</v>|</t></is>)){'?' if formulas else ''}</c>"
    cells = "".join(f'(?:<c r="{name}[0-9]+"([^>]*>)(?:(?<=/>)|{value}))?' for name in letters)
    return re.compile(f"<row([^>]*)>{cells}</row>")


def _careful_cell(inside: str, body: str) -> tuple[str, str]:
    """The same pair as the fast way finds, from a cell written in any other way."""
    style, type_ = _STYLE.search(inside), _TYPE.search(inside)
    if not body:
        return "", ""
    kind = type_[1] if type_ else ""
    found = _VALUE.search(body)
    if kind == "inlineStr" or (found is None and "<" in body and re.search(r"<(?:\w+:)?is\b", body)):
        value = runs(body)
        kind = "inlineStr"
    else:
        value = found[1] if found else ""
    mark = (f' s="{style[1]}"' if style else "") + (f' t="{kind}"' if kind else "") + ">"
    return mark, value

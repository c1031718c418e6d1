"""Rows of a worksheet's XML read cell by cell: for chunks in which something is written as few programs write it."""

import re

from listingkit.errors import Unreadable
from listingkit.master.sheet import index
from listingkit.master.texts import runs

WIDEST = 16_384
_ROW = re.compile(r"<(?:\w+:)?row\b([^<>]*+)>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?row\b)[^<]*+)*+)</(?:\w+:)?row>)")
_CELL = re.compile(r"<(?:\w+:)?c\b([^<>]*+)>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?c[\s>/])[^<]*+)*+)</(?:\w+:)?c>)")
_VALUE = re.compile(r"<(?:\w+:)?v(?:\s[^<>]*+)?+>([^<]*)</(?:\w+:)?v>")
_NUMBER = re.compile(r"""\br=["'](\d{1,9})["']""")
_ADDRESS = re.compile(r"""\br=["']([A-Za-z]{1,7})\d+["']""")
_STYLE = re.compile(r"""\bs=["'](\d{1,7})["']""")
_TYPE = re.compile(r"""\bt=["'](\w+)["']""")
_INLINE = re.compile(r"<(?:\w+:)?is\b")
_FORMULA = re.compile(r"<(?:\w+:)?f\b")
_HIDDEN = re.compile(r"""\bhidden=["'](?:1|true)["']""")
Cell = tuple[int, int, str, str, bool]


def odd_cells(chunk: str, last: int, name: str) -> tuple[list[int], list[int], list[Cell]]:
    """Row numbers, those of hidden rows, and the cells with something in them as `Cells` has them.

    `last` is the number of the row before the chunk. Raises Unreadable for a cell beyond the last column.
    """
    rows: list[int] = []
    hidden: list[int] = []
    cells: dict[tuple[int, int], Cell] = {}
    for row in _ROW.finditer(chunk):
        number = _NUMBER.search(row[1])
        last = int(number[1]) if number else last + 1
        if _HIDDEN.search(row[1]):
            hidden.append(last)
        column = -1
        for cell in _CELL.finditer(row[2] or ""):
            address = _ADDRESS.search(cell[1])
            column = index(address[1]) if address else column + 1
            if column >= WIDEST:
                raise Unreadable(f"{name}: row {last} has more than {WIDEST} columns, which no sheet has")
            if cell[2]:
                cells[len(rows), column] = (len(rows), column, *_taken_apart(cell[1], cell[2]))
        rows.append(last)
    return rows, hidden, list(cells.values())


def _taken_apart(inside: str, body: str) -> tuple[str, str, bool]:
    """Mark, value and whether there is a formula."""
    style, type_ = _STYLE.search(inside), _TYPE.search(inside)
    kind = type_[1] if type_ else ""
    found = _VALUE.search(body)
    value = found[1] if found else ""
    if kind == "inlineStr" or (found is None and _INLINE.search(body)):
        value, kind = runs(body), "inlineStr"
    mark = (f' s="{style[1]}"' if style else "") + (f' t="{kind}"' if kind else "")
    return f'"{mark}', value, _FORMULA.search(body) is not None

"""The sheet of definitions: what each column is for, an example, and whether it is required. Sellers often delete it."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from listingkit.inventory.wording import requirement
from listingkit.inventory.workbook import SheetEntry, Workbook

_SLOT = re.compile(r"#\d+")
_LAST_NUMBER = re.compile(r"\d+$")


class Definition(NamedTuple):
    """One line of the sheet."""

    accepted: str
    example: str
    requirement: str


def read(book: Workbook, data_sheet: SheetEntry, paths: Collection[str]) -> Mapping[str, Definition]:
    """Definitions by attribute path, the first slot's standing for all. Empty where the sheet is missing."""
    for entry in book.sheets:
        if entry.hidden or entry.name == data_sheet.name:
            continue
        if any(cells.get(1) in paths for cells in book.sheet(entry).rows.values()):
            return _definitions(book.cells(entry.name), paths)
    return {}


def _definitions(rows: Mapping[int, Mapping[int, str]], paths: Collection[str]) -> Mapping[str, Definition]:
    lines = [cells for cells in rows.values() if 1 in cells and len(cells) > 1]
    width = max((max(cells) for cells in lines), default=0)
    by_key: dict[str, Definition] = {}
    for cells in lines:
        line = Definition(cells.get(width - 2, ""), cells.get(width - 1, ""), requirement(cells.get(width, "")))
        by_key.setdefault(cells[1], line)
        by_key.setdefault(_key(cells[1]), line)
    known = ((path, by_key.get(path) or by_key.get(_key(path))) for path in paths)
    return {path: line for path, line in known if line is not None}


def _key(path: str) -> str:
    """A path without its slot number."""
    return _SLOT.sub("#", path) if "#" in path else _LAST_NUMBER.sub("", path)

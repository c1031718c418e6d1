"""A workbook as a template needs it: cells of a few small sheets, names, validations, conditional formats, column styles.

The parts are read as a stream, so that a book with millions of merged cells or a hundred thousand data rows costs only what is looked at.
Declarations of entities are refused.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from itertools import chain
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NamedTuple, Self

from msgspec import Struct, field

from listingkit.inventory import safe_xml
from listingkit.inventory.package import Package
from listingkit.inventory.safe_xml import local
from listingkit.inventory.settings import HEAD
from listingkit.inventory.sheet_part import SheetReader
from listingkit.inventory.strings import SharedStrings
from listingkit.inventory.styles import StyleReader, Styles
from listingkit.master.sheet import index

_AREA = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


class SheetEntry(NamedTuple):
    """One sheet of the book."""

    name: str
    part: str
    hidden: bool = False


class Area(NamedTuple):
    """A range of cells, 0-based columns, 1-based rows, ends included."""

    sheet: str
    left: int
    top: int
    right: int
    bottom: int


class _Book(Struct):
    """What xl/workbook.xml says."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)  # name, relation, hidden
    names: dict[str, str] = field(default_factory=dict)
    date1904: bool = False
    _name: str = ""
    _text: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local(tag):
            case "sheet":
                relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
                self.sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible"))
            case "definedName":
                self._name, self._text = attributes.get("name", ""), []
            case "workbookPr":
                self.date1904 = attributes.get("date1904") in ("1", "true")

    def text(self, text: str) -> None:
        if self._name:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if local(tag) == "definedName" and self._name:
            self.names.setdefault(self._name, "".join(self._text))
            self._name = ""


class _Relations(Struct):
    """What a .rels part says: target by id."""

    targets: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, tag: str) -> None: ...
    def text(self, text: str) -> None: ...


class Workbook:
    """An open .xlsx or .xlsm file. Raises `Unreadable` for whatever is none, also later, when a part turns out broken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._package = Package(path)
        self._cells: dict[str, dict[int, dict[int, str]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._package.close()

    @cached_property
    def _book(self) -> _Book:
        book = _Book()
        self.listen("xl/workbook.xml", book)
        return book

    @property
    def names(self) -> Mapping[str, str]:
        """Defined names with their formulas."""
        return self._book.names

    @property
    def date1904(self) -> bool:
        """Whether day 0 is in 1904 (books from old Macs)."""
        return self._book.date1904

    @cached_property
    def sheets(self) -> tuple[SheetEntry, ...]:
        """The sheets in the order of the tabs."""
        targets = self._relations("xl/_rels/workbook.xml.rels")
        entries = []
        for name, relation, hidden in self._book.sheets:
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if target and self._package.has(part):
                entries.append(SheetEntry(name, part, hidden))
        return tuple(entries)

    @cached_property
    def strings(self) -> SharedStrings:
        """The shared strings, parsed one by one when asked for."""
        part = "xl/sharedStrings.xml"
        if not self._package.has(part):
            return SharedStrings(b"", bytes, str(self.path))
        return SharedStrings(next(self.chunks(part), b""), partial(self._package.content, part), str(self.path))

    @cached_property
    def styles(self) -> Styles:
        """Number formats of the cell styles and the meaning of the differential ones."""
        reader = StyleReader()
        if self._package.has("xl/styles.xml"):
            self.listen("xl/styles.xml", reader)
        return reader.styles

    def sheet(self, entry: SheetEntry, head: int = HEAD) -> SheetReader:
        """The first rows of a sheet and the rules below its cells."""
        reader = SheetReader(self.strings, head)
        reader.read(self.chunks(entry.part), f"{self.path}, sheet {entry.name}")
        return reader

    def head(self, entry: SheetEntry) -> tuple[SheetReader, Iterator[bytes]]:
        """The first rows of a sheet, and its whole part: reading that on ends in the rules below the cells, which the reader must hear."""
        reader, chunks = SheetReader(self.strings, HEAD, tail=False), self.chunks(entry.part)
        taken: list[bytes] = []
        reader.read(_noted(chunks, taken), f"{self.path}, sheet {entry.name}")
        return reader, chain(taken, chunks)

    def first_row(self, entry: SheetEntry) -> Mapping[int, str]:
        """The filled cells of row 1, without reading on."""
        reader = SheetReader(self.strings, 1, tail=False)
        reader.read(self.chunks(entry.part), f"{self.path}, sheet {entry.name}")
        return reader.rows.get(1, {})

    def cells(self, name: str) -> Mapping[int, Mapping[int, str]]:
        """Every filled cell of a small sheet: row (1-based) to column (0-based) to text. Empty where there is no such sheet."""
        if name not in self._cells:
            entry = next((entry for entry in self.sheets if entry.name == name), None)
            if entry:
                self.content(entry.part)  # raises where it is too large to be held
            self._cells[name] = self.sheet(entry, 1 << 20).rows if entry else {}
        return self._cells[name]

    def values(self, area: Area) -> list[str]:
        """The filled cells of an area, row by row."""
        rows = self.cells(area.sheet)
        wanted = range(area.top, area.bottom + 1) if area.bottom - area.top < len(rows) else sorted(rows)
        found = []
        for row in wanted:
            cells = rows.get(row) if area.top <= row <= area.bottom else None
            if cells:
                found += [cells[column] for column in sorted(cells) if area.left <= column <= area.right]
        return found

    def listen(self, part: str, handler: safe_xml.Handler) -> None:
        """Tell a handler of everything in a part. Raises `Unreadable`."""
        safe_xml.read([self.content(part)], handler, f"{self.path}: {part}")

    def content(self, part: str) -> bytes:
        """A part, unpacked. Raises `Unreadable` above the limit."""
        return self._package.content(part)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part as a stream."""
        return self._package.chunks(part)

    def _relations(self, part: str) -> dict[str, str]:
        if not self._package.has(part):
            return {}
        relations = _Relations()
        self.listen(part, relations)
        return relations.targets


def _noted(chunks: Iterator[bytes], taken: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        taken.append(chunk)
        yield chunk


def area(formula: str) -> Area | None:
    """A formula that is a plain range of one sheet."""
    found = _AREA.match(formula.strip())
    if not found:
        return None
    quoted, plain, left, top, right, bottom = found.groups()
    sheet = quoted.replace("''", "'") if quoted else plain
    return Area(sheet, index(left), int(top), index(right or left), int(bottom or top))

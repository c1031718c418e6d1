"""One sheet of a workbook, read as a stream: its first rows, and the rules that stand below its cells."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from msgspec import Struct

from listingkit.inventory import safe_xml
from listingkit.inventory.cells import CellReader
from listingkit.inventory.safe_xml import local
from listingkit.inventory.settings import HEAD
from listingkit.inventory.strings import SharedStrings
from listingkit.master.sheet import index

_SLICE = 1 << 15  # bytes
_END = re.compile(rb"</(\w+:)?sheetData\s*>")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


class Block(NamedTuple):
    """A rectangle of cells: 0-based columns, 1-based rows, ends included."""

    left: int
    top: int
    right: int
    bottom: int


class Validation(Struct):
    """A drop-down list: where, from which formula, and whether other values are refused."""

    blocks: tuple[Block, ...] = ()
    formula: str = ""
    closed: bool = False


class FormatRule(Struct):
    """One rule of conditional formatting. Its formula is written for the top left cell of its first block."""

    blocks: tuple[Block, ...]
    priority: int
    style: int  # differential style, -1 where there is none
    stop: bool
    formula: str = ""


class ColumnStyle(NamedTuple):
    """Style of whole columns, 0-based, ends included."""

    left: int
    right: int
    style: int
    hidden: bool


@dataclass
class SheetReader:
    """What a sheet's part says. `head` is the number of rows whose cells are kept; without `tail` nothing below the cells is read."""

    strings: SharedStrings
    head: int = HEAD
    tail: bool = True
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    columns: list[ColumnStyle] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    formats: list[FormatRule] = field(default_factory=list)
    frozen_rows: int | None = None
    hidden_rows: set[int] = field(default_factory=set)
    _cells: CellReader = field(init=False)
    _open: str = ""  # element whose text is collected
    _text: list[str] = field(default_factory=list)
    _blocks: tuple[Block, ...] = ()
    _validation: Validation | None = None
    _rule: FormatRule | None = None
    _beyond: int | None = None  # byte position of the first row below the head
    _parser: expat.XMLParserType | None = None

    @property
    def cut(self) -> bool:
        """Whether there was more than the head, so that without `tail` the rules below the cells are not known."""
        return self._beyond is not None

    def __post_init__(self) -> None:
        self._cells = CellReader(self.strings)

    def read(self, chunks: Iterable[bytes], where: str) -> None:
        """Read the part. Raises `Unreadable`."""
        try:
            self._read(iter(chunks))
        except (expat.ExpatError, safe_xml.Declared) as error:
            raise safe_xml.broken(where, error) from error
        finally:
            self._parser = None  # which holds on to this reader, and with it to all shared strings

    def _read(self, chunks: Iterator[bytes]) -> None:
        self._parser = safe_xml.parser(self)
        position = 0
        chunks = _sliced(chunks)
        for chunk in chunks:
            self._parser.Parse(chunk, False)
            if self._beyond is not None:
                if self.tail:
                    self._read_tail(chunk[self._beyond - position :], chunks)
                return
            position += len(chunk)
        self._parser.Parse(b"", True)

    def _read_tail(self, rest: bytes, chunks: Iterator[bytes]) -> None:
        """Pass over the remaining cells as bytes, then listen again."""
        while (found := _END.search(rest) if rest.rfind(b"sheetData") >= 0 else None) is None:  # from behind costs half
            chunk = next(chunks, None)
            if chunk is None:
                raise safe_xml.Declared("its cells have no end")
            rest = rest[-64:] + chunk
        prefix = (found[1] or b"").decode()
        parser = safe_xml.parser(self)
        parser.Parse(f"<{prefix}worksheet><{prefix}sheetData>".encode(), False)
        parser.Parse(rest[found.start() :], False)
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        if name == "row":
            self._start_row(attributes)
        elif self._cells.row:
            self._cells.start(name, attributes)
        elif name in ("formula", "formula1", "sqref"):
            self._open, self._text = name, []
        elif name == "dataValidation":
            self._validation = Validation(_blocks(attributes.get("sqref", "")), "", attributes.get("showErrorMessage") in ("1", "true"))
            if attributes.get("type") == "list":
                self.validations.append(self._validation)
        elif name == "conditionalFormatting":
            self._blocks = _blocks(attributes.get("sqref", ""))
        elif name == "cfRule":
            self._start_format(attributes)
        elif name == "col":
            left, right = _number(attributes, "min", 1), _number(attributes, "max", 1)
            hidden = attributes.get("hidden") in ("1", "true")
            self.columns.append(ColumnStyle(left - 1, right - 1, _number(attributes, "style", 0), hidden))
        elif name == "pane" and attributes.get("state") == "frozen":
            self.frozen_rows = int(float(attributes.get("ySplit", "0")))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = _number(attributes, "r", self._cells.row_before + 1)
        if number > self.head:
            self._stop()
            return
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.add(number)
        self._cells.start_row(number)

    def _stop(self) -> None:
        """Hear nothing of the rest of the cells."""
        assert self._parser is not None
        self._beyond = self._parser.CurrentByteIndex
        self._parser.StartElementHandler = None
        self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None

    def _start_format(self, attributes: Mapping[str, str]) -> None:
        style = _number(attributes, "dxfId", -1)
        self._rule = FormatRule(
            self._blocks, _number(attributes, "priority", 1 << 30), style, attributes.get("stopIfTrue") in ("1", "true")
        )
        if attributes.get("type") == "expression":
            self.formats.append(self._rule)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local(tag)
        if name == "row":
            number, cells = self._cells.end_row()
            if cells:
                self.rows[number] = {column: cell.text for column, cell in cells.items() if cell.text}
        elif self._cells.row:
            self._cells.end(name)
        elif self._open and name in ("formula", "formula1", "sqref"):
            self._take(name, "".join(self._text))
        elif name == "dataValidation":
            self._validation = None
        elif name == "sheetData" and not self.tail:
            self._stop()

    def _take(self, name: str, text: str) -> None:
        if name == "formula" and self._rule is not None:
            self._rule.formula = self._rule.formula or text
        elif name == "formula1" and self._validation is not None:
            self._validation.formula = self._validation.formula or text
        elif name == "sqref" and self._validation is not None:
            self._validation.blocks = _blocks(text)
        self._open = ""

    def text(self, text: str) -> None:
        """Text inside an element."""
        if self._cells.row:
            self._cells.text(text)
        elif self._open:
            self._text.append(text)


def _sliced(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces so small that a head costs no parser much of what follows it."""
    return (chunk[at : at + _SLICE] for chunk in chunks for at in range(0, len(chunk), _SLICE))


def _blocks(ranges: str) -> tuple[Block, ...]:
    found = []
    for part in ranges.split():
        if match := _RANGE.match(part):
            left, top, right, bottom = match.groups()
            found.append(Block(index(left), int(top), index(right or left), int(bottom or top)))
    return tuple(found)


def _number(attributes: Mapping[str, str], name: str, default: int) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() else default

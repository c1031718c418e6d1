"""Cells of a sheet as text, each with the kind of value it was typed as."""

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Literal, NamedTuple

from listingkit.inventory.strings import SharedStrings, unescape
from listingkit.master.sheet import index

CellKind = Literal["text", "number", "boolean", "error"]


class Cell(NamedTuple):
    """A filled cell. A number is shown with the fifteen digits that Excel keeps; a date is still its day number."""

    text: str
    kind: CellKind
    style: int
    formula: bool


class CellReader:
    """Listens to the elements of one row at a time."""

    def __init__(self, strings: SharedStrings) -> None:
        self.strings = strings
        self.row = 0  # the row being read; 0 outside rows
        self.row_before = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._type = ""
        self._style = 0
        self._formula = False
        self._collect = False
        self._phonetic = False
        self._text: list[str] = []

    def start_row(self, number: int) -> None:
        """A row begins."""
        self.row, self._cells, self._column = number, {}, -1

    def end_row(self) -> tuple[int, dict[int, Cell]]:
        """A row ends: its number and its filled cells by 0-based column."""
        self.row_before, self.row = self.row or self.row_before, 0
        return self.row_before, self._cells

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element inside a row begins."""
        if name == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = index(letters) if letters else self._column + 1
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() else 0
            self._text, self._formula = [], False
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        self._collect = name == "v" or (name == "t" and not self._phonetic)

    def end(self, name: str) -> None:
        """An element inside a row ends."""
        self._collect = False
        if name == "rPh":
            self._phonetic = False
        elif name == "c" and (self._text or self._formula):
            text, kind = self.value(self._type, "".join(self._text))
            if text or self._formula:
                self._cells[self._column] = Cell(text, kind, self._style, self._formula)

    def text(self, text: str) -> None:
        """Text inside an element of a row."""
        if self._collect:
            self._text.append(text)

    def value(self, type_: str, raw: str) -> tuple[str, CellKind]:
        """What a cell of this type holds, and the kind of it."""
        match type_:
            case "s":
                return (self.strings[int(raw)] if raw.strip().isdecimal() else ""), "text"
            case "n":
                return shown(raw), "number"
            case "b":
                return {"": "", "1": "TRUE"}.get(raw.strip(), "FALSE"), "boolean"
            case "e":
                return raw, "error"
            case _:
                return unescape(raw), "text"


def shown(raw: str) -> str:
    """A stored number as a person would copy it: no exponent, fifteen digits, no zeros behind the point."""
    raw = raw.strip()
    if raw.lstrip("-").isdecimal() and len(raw) < 16:
        return raw
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not isfinite(number):
        return raw
    text = f"{number:.15g}"
    if "e" not in text:
        return text
    return f"{Decimal(text):f}" if abs(number) < 1e30 else raw

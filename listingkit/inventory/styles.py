"""Styles of a workbook: which kind of value a cell's number format asks for, and what a conditional format's looks mean."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from msgspec import Struct, field

from listingkit.inventory.safe_xml import local

Kind = Literal["text", "integer", "decimal", "date", "general"]
State = Literal["not_applicable", "leave_empty", "filled", "required", "recommended", "optional"]

# Amazon's colours, as found in its templates of 2024 to 2026.
_FILLS: Mapping[str, State] = {"000000": "not_applicable", "808080": "leave_empty"}
_BORDERS: Mapping[str, State] = {
    "008000": "filled",
    "FF0000": "required",
    "FFA500": "recommended",
    "D4D4D4": "optional",
    "B8B8B8": "optional",
}
_BUILTIN: Mapping[int, Kind] = {
    **dict.fromkeys((1, 3), "integer"),
    **dict.fromkeys((2, 4, 9, 10, 11, 12, 13), "decimal"),
    **dict.fromkeys(range(14, 23), "date"),
    **dict.fromkeys(range(27, 37), "date"),
    **dict.fromkeys(range(45, 48), "date"),
    **dict.fromkeys(range(50, 59), "date"),
    49: "text",
}
_BUILTIN_CODES = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 11: "0.00E+00", 14: "mm-dd-yy", 22: "m/d/yy h:mm", 49: "@"}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?![hmsHMS]+\])[^\]]*\]|_.|\*.')


class Styles(NamedTuple):
    """By index: kind and number format of each cell style, and the meaning of each differential style (None: none we know)."""

    cells: tuple[Kind, ...]
    meanings: tuple[State | None, ...]
    codes: tuple[str, ...] = ()

    def kind(self, style: int) -> Kind:
        """The kind of a cell style's number format."""
        return self.cells[style] if 0 <= style < len(self.cells) else "general"

    def format(self, style: int) -> str:
        """The number format of a cell style."""
        return self.codes[style] if 0 <= style < len(self.codes) else "General"

    def meaning(self, style: int) -> State | None:
        """The meaning of a differential style."""
        return self.meanings[style] if 0 <= style < len(self.meanings) else None


def kind_of(code: str) -> Kind:
    """The kind of value that a number format shows."""
    if code == "@":
        return "text"
    bare = _NOT_FORMAT.sub("", code.partition(";")[0])
    if re.search(r"[yYdDhHsS]|[mM]", bare):
        return "date"
    if "0" not in bare and "#" not in bare:
        return "general"
    return "decimal" if "." in bare or "%" in bare or "E" in bare else "integer"


class StyleReader(Struct):
    """Listens to xl/styles.xml."""

    codes: dict[int, str] = field(default_factory=dict)
    cells: list[Kind] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    meanings: list[State | None] = field(default_factory=list)
    _inside: str = ""
    _looks: State | None = None
    _border: bool = False

    @property
    def styles(self) -> Styles:
        """What was read."""
        return Styles(tuple(self.cells), tuple(self.meanings), tuple(self.formats))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if name in ("cellXfs", "dxfs", "numFmts"):
            self._inside = name
        elif name == "numFmt" and self._inside == "numFmts":
            self.codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "xf" and self._inside == "cellXfs":
            number = _number(attributes.get("numFmtId"))
            self.formats.append(self.codes.get(number) or _BUILTIN_CODES.get(number, "General"))
            self.cells.append(kind_of(self.codes[number]) if number in self.codes else _BUILTIN.get(number, "general"))
        elif self._inside == "dxfs":
            self._start_looks(name, attributes.get("rgb", "")[-6:].upper())

    def _start_looks(self, name: str, colour: str) -> None:
        if name == "dxf":
            self._looks = None
        elif name == "border":
            self._border = True
        elif name == "bgColor" and colour in _FILLS:
            self._looks = _FILLS[colour]
        elif name == "color" and self._border and colour in _BORDERS and self._looks is None:
            self._looks = _BORDERS[colour]

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == self._inside:
            self._inside = ""
        elif name == "border":
            self._border = False
        elif name == "dxf" and self._inside == "dxfs":
            self.meanings.append(self._looks)

    def text(self, text: str) -> None:
        """Styles have no text."""


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0

"""The drop-down lists of a template: which labels a column takes for each product type."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from listingkit.inventory.sheet_part import SheetReader
from listingkit.inventory.template import Control, ValueList
from listingkit.inventory.workbook import Workbook, area
from listingkit.master.sheet import index

_PRODUCT_TYPE = "\0"
_ANYTHING = "\1"
_PIECE = re.compile(r'"((?:[^"]|"")*)"')
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?\d+")
_LITERAL = re.compile(r'"([^"]*)"$')
_LOOKUP = re.compile(r"VLOOKUP\(([^,]+),\s*(.+?),\s*(\d+)\s*,", re.IGNORECASE)
_SWAP = re.compile(r'"([^"]*)"\s*,\s*"([^"]*)"\s*\)')


class _Name(Struct, frozen=True):
    """The name that an INDIRECT builds: its text with marks, and the cells that fill the second kind of them."""

    text: str
    controls: tuple[Control, ...]


class Dropdowns(Struct):
    """Resolves list formulas against the names of one workbook."""

    book: Workbook
    product_types: Sequence[str]
    type_column: int | None
    lost: set[str] = field(default_factory=set)  # formulas that lead nowhere
    _names: dict[str, str] = field(default_factory=dict)
    _known: dict[str, Mapping[str, ValueList]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {name.casefold(): formula for name, formula in self.book.names.items()}

    def of_columns(self, sheet: SheetReader, data_row: int, width: int) -> dict[int, dict[str, ValueList]]:
        """The lists of each column of the data rows, by product type ("" for all)."""
        found: dict[int, tuple[int, str, bool]] = {}
        for validation in sheet.validations:
            for block in validation.blocks:
                height = block.bottom - max(block.top, data_row)
                for column in range(block.left, min(block.right + 1, width)) if height >= 0 else ():
                    if column not in found or found[column][0] < height:
                        found[column] = height, validation.formula, validation.closed
        return {
            column: {kind: replace(held, closed=closed) for kind, held in self.resolve(formula).items()}
            for column, (_, formula, closed) in sorted(found.items())
        }

    def resolve(self, formula: str) -> Mapping[str, ValueList]:
        """The lists that a formula gives, by product type ("" for all), as if they were closed."""
        if formula not in self._known:
            self._known[formula] = {kind: held for kind, held in self._resolve(formula) if held.labels}
            if not self._known[formula]:
                self.lost.add(formula)
        return self._known[formula]

    def _resolve(self, formula: str) -> Iterator[tuple[str, ValueList]]:
        text = formula.strip().removeprefix("=")
        if literal := _LITERAL.match(text):
            yield "", ValueList(tuple(dict.fromkeys(part.strip() for part in literal[1].split(",") if part.strip())), closed=True)
            return
        name = self._indirect(text)
        if name is None:
            yield "", ValueList(self._labels(text), closed=True)
        elif _PRODUCT_TYPE not in name.text:
            yield "", self._matching(name)
        else:
            for kind in self.product_types:
                yield kind, self._matching(replace(name, text=name.text.replace(_PRODUCT_TYPE, name_token(kind))))

    def _indirect(self, formula: str) -> _Name | None:
        """The name that the first INDIRECT builds, with marks for the product type and for what other cells add."""
        start = formula.find("INDIRECT(")
        if start < 0:
            return None
        name, controls = "", []
        for piece in _concatenated(formula, start + len("INDIRECT(")):
            if literal := _PIECE.fullmatch(piece):
                name += literal[1].replace('""', '"')
            elif "ISNUMBER" not in piece:
                reference = _REFERENCE.search(piece)
                lookup = _LOOKUP.search(piece)
                if reference is not None and lookup is None and index(reference[1]) == self.type_column:
                    name += _PRODUCT_TYPE
                else:
                    name += _ANYTHING
                    controls.append(self._control(piece, reference, lookup))
        return _Name(name, tuple(control for control in controls if control is not None) if all(controls) else ())

    def _control(self, piece: str, reference: re.Match[str] | None, lookup: re.Match[str] | None) -> Control | None:
        """The cell that fills a part of a name; None where the piece is of another kind."""
        if reference is None:
            return None
        column = index(reference[1])
        if lookup is None:
            return Control(column, None, tuple(_SWAP.findall(piece)))
        table = area(lookup[2])
        if table is None:
            return None
        right = table.left + int(lookup[3]) - 1
        rows = [cells for row, cells in self.book.cells(table.sheet).items() if table.top <= row <= table.bottom]
        pairs = ((cells.get(table.left, ""), cells.get(right, "")) for cells in rows)
        return Control(column, {value.casefold(): token.casefold() for value, token in pairs if value and token})

    def _matching(self, name: _Name) -> ValueList:
        text = name.text.casefold()
        if _ANYTHING not in text:
            return ValueList(self._labels(self._names.get(text, "")), closed=True)
        pattern = re.compile("(.+?)".join(re.escape(part) for part in text.split(_ANYTHING)))
        found = {match.groups(): self._labels(formula) for known, formula in self._names.items() if (match := pattern.fullmatch(known))}
        every = tuple(dict.fromkeys(label for labels in found.values() for label in labels))
        return ValueList(every, True, name.controls, found if name.controls else {})

    def _labels(self, formula: str) -> tuple[str, ...]:
        """The labels in a range, or in the range that a name stands for."""
        found = area(formula) or area(self._names.get(formula.casefold(), ""))
        return tuple(dict.fromkeys(self.book.values(found))) if found else ()


def name_token(kind: str) -> str:
    """A product type as the names of its lists begin."""
    return ("_" if kind[:1].isdecimal() else "") + kind.replace("-", "_").replace(" ", "")


def _concatenated(formula: str, start: int) -> Iterator[str]:
    """The pieces joined by & between `start` and the closing bracket."""
    depth, quoted, begin = 0, False, start
    for position in range(start, len(formula)):
        char = formula[position]
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif char in "&)" and not depth:
            yield formula[begin:position].strip()
            begin = position + 1
            if char == ")":
                return

"""The drop-down lists of a template: which labels a column takes for each product type."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from listingkit.inventory.sheet_part import SheetReader
from listingkit.inventory.template import ValueList
from listingkit.inventory.workbook import Workbook, area
from listingkit.master.sheet import index

_PRODUCT_TYPE = "\0"
_ANYTHING = "\1"
_PIECE = re.compile(r'"((?:[^"]|"")*)"')
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?\d+")
_LITERAL = re.compile(r'"([^"]*)"$')


@dataclass
class Dropdowns:
    """Resolves list formulas against the names of one workbook."""

    book: Workbook
    product_types: Sequence[str]
    type_column: int | None
    lost: set[str] = field(default_factory=set)  # formulas that lead nowhere
    _names: dict[str, str] = field(default_factory=dict)
    _known: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

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
            column: {kind: ValueList(labels, closed) for kind, labels in self.resolve(formula).items()}
            for column, (_, formula, closed) in sorted(found.items())
        }

    def resolve(self, formula: str) -> Mapping[str, tuple[str, ...]]:
        """The labels that a list formula gives, by product type ("" for all)."""
        if formula not in self._known:
            self._known[formula] = dict(self._resolve(formula))
            if not self._known[formula]:
                self.lost.add(formula)
        return self._known[formula]

    def _resolve(self, formula: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        text = formula.strip().removeprefix("=")
        if literal := _LITERAL.match(text):
            yield "", tuple(dict.fromkeys(part.strip() for part in literal[1].split(",") if part.strip()))
            return
        pattern = self._indirect(text)
        if pattern is None:
            if labels := self._labels(text):
                yield "", labels
        elif _PRODUCT_TYPE not in pattern:
            if labels := self._matching(pattern):
                yield "", labels
        else:
            for kind in self.product_types:
                if labels := self._matching(pattern.replace(_PRODUCT_TYPE, name_token(kind))):
                    yield kind, labels

    def _indirect(self, formula: str) -> str | None:
        """The name that the first INDIRECT builds, with marks for the product type and for what other cells add."""
        start = formula.find("INDIRECT(")
        if start < 0:
            return None
        name = ""
        for piece in _concatenated(formula, start + len("INDIRECT(")):
            if literal := _PIECE.fullmatch(piece):
                name += literal[1].replace('""', '"')
            elif "ISNUMBER" not in piece:
                reference = _REFERENCE.search(piece)
                own = reference is not None and index(reference[1]) == self.type_column and "LOOKUP" not in piece
                name += _PRODUCT_TYPE if own else _ANYTHING
        return name

    def _matching(self, name: str) -> tuple[str, ...]:
        if _ANYTHING not in name:
            return self._labels(self._names.get(name.casefold(), ""))
        parts = name.casefold().split(_ANYTHING)
        fitting = [formula for known, formula in self._names.items() if known.startswith(parts[0]) and known.endswith(parts[-1])]
        return tuple(dict.fromkeys(label for formula in fitting for label in self._labels(formula)))

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

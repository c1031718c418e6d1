"""Rows of a small sheet, written cell by cell."""

from collections.abc import Iterator

from listingkit.master.sheet import letter
from listingkit.report.cell_text import LONGEST, escape


class Grid:
    """Cells by row and 1-based column, put in the order of the columns. No text is ever a formula, whatever it begins with."""

    def __init__(self) -> None:
        self._rows: dict[int, list[str]] = {}
        self.heights: dict[int, float] = {}
        self.width = 1

    @property
    def last(self) -> str:
        """The last cell."""
        return f"{letter(self.width - 1)}{max(self._rows, default=1)}"

    def put(self, row: int, column: int, value: str | float | None, style: int) -> None:
        """Set a cell to a text, to a number, or to nothing but its style."""
        self.width = max(self.width, column)
        opening = f'<c r="{letter(column - 1)}{row}" s="{style}"'
        if value is None or value == "":
            cell = f"{opening}/>"
        elif isinstance(value, str):
            cell = f'{opening} t="inlineStr"><is><t xml:space="preserve">{escape(value[:LONGEST])}</t></is></c>'
        else:
            cell = f"{opening}><v>{value}</v></c>"
        self._rows.setdefault(row, []).append(cell)

    def rows(self) -> Iterator[bytes]:
        """The `<row>` elements."""
        for number in sorted({*self._rows, *self.heights}):
            height = f' ht="{self.heights[number]}" customHeight="1"' if number in self.heights else ""
            yield f'<row r="{number}"{height}>{"".join(self._rows.get(number, ()))}</row>'.encode()

"""Rows of a sheet as XML.

A row is one concatenation of the texts between its values, the values and the row's number, done column by column: nothing is
touched cell by cell in Python.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from listingkit.errors import Unwritable
from listingkit.render.cells import CellColumn, CellText, cell_text, content

MAX_CHARS = 32_767  # of one cell, in UTF-16 units; more and Excel calls the file damaged
MAX_ROWS = 1_048_576
_STEP = 500_000  # cells at a time
_WIDE = 60  # columns from which a row is worth writing by itself
_NUMBER = "#number"


class RowCell(NamedTuple):
    """A cell of every row: what stands before its row number, between number and value, and behind the value.

    With `gaps` the cell is left out of rows in which a part of it is null.
    """

    before: str
    between: Sequence[str | pl.Expr]
    value: pl.Expr
    after: str
    gaps: bool


def row_text(cells: Sequence[RowCell], number: str, *, prefix: str = "", attributes: Sequence[pl.Expr] = ()) -> pl.Expr:
    """A `<row>` element as one text. `number` names the column with the row numbers as texts; `attributes` follow it, null is none."""
    return pl.concat_str(list(_pieces(cells, pl.col(number), prefix, attributes)), ignore_nulls=True)


def elements(
    frame: pl.DataFrame, columns: Sequence[CellColumn], first_row: int, *, prefix: str = "", date1904: bool = False
) -> Iterator[bytes]:
    """The `<row>` elements of a frame of wire values, many at a time, the first one with this row number.

    `prefix` is the sheet's namespace prefix with its colon. Raises `Unwritable`, naming the cell, for a text that is too long
    for a cell, and for more rows than a sheet has.
    """
    if first_row - 1 + frame.height > MAX_ROWS:
        raise Unwritable(f"{frame.height} rows do not fit a sheet of {MAX_ROWS}; split the upload")
    _refuse_long(frame, columns, first_row)
    filled = [column for column in columns if frame[column.name].null_count() < frame.height]
    if not filled:
        return
    cells = [_row_cell(cell_text(column, frame[column.name], prefix), prefix, date1904=date1904) for column in filled]
    row = row_text(cells, _NUMBER, prefix=prefix).cast(pl.Binary).alias("row")
    numbers = pl.int_range(first_row, first_row + frame.height, eager=True).cast(pl.String).alias(_NUMBER)
    numbered = frame.select(column.name for column in filled).with_columns(numbers)
    for part in numbered.iter_slices(max(1, _STEP // len(filled))):
        lines = part.select(row).to_series().to_list()
        yield from lines if len(filled) > _WIDE else [b"".join(lines)]


def _pieces(cells: Sequence[RowCell], number: pl.Expr, prefix: str, attributes: Sequence[pl.Expr]) -> Iterator[pl.Expr]:
    """What a row is put together from: constant texts, its number, its values. A cell that may be missing is one piece."""
    yield pl.lit(f'<{prefix}row r="')
    yield number
    rest = '"'
    if attributes:
        yield pl.lit(rest)
        yield from attributes
        rest = ""
    rest += ">"
    for cell in cells:
        if cell.gaps:
            yield pl.lit(rest)
            yield pl.concat_str(pl.lit(cell.before), number, *map(_literal, cell.between), cell.value, pl.lit(cell.after))
            rest = ""
        else:
            yield pl.lit(rest + cell.before)
            yield number
            yield from map(_literal, cell.between)
            yield cell.value
            rest = cell.after
    yield pl.lit(f"{rest}</{prefix}row>")


def _literal(piece: str | pl.Expr) -> pl.Expr:
    return pl.lit(piece) if isinstance(piece, str) else piece


def _row_cell(how: CellText, prefix: str, *, date1904: bool) -> RowCell:
    p, column = prefix, how.column
    style = f' s="{column.style}"' if column.style else ""
    opening, closing = f'"{style}', f"</{p}c>"
    if how.numbers:
        opening, closing = f"{opening}><{p}v>", f"</{p}v>{closing}"
    elif how.simple:
        opening, closing = f'{opening} t="inlineStr">{how.opening}', f"</{p}t></{p}is>{closing}"
    return RowCell(f'<{p}c r="{column.letters}', (opening,), content(how, prefix, date1904=date1904), closing, how.gaps)


def _refuse_long(frame: pl.DataFrame, columns: Sequence[CellColumn], first_row: int) -> None:
    for column in columns:
        if not (frame[column.name].str.len_bytes() > MAX_CHARS).any():
            continue
        for row, value in enumerate(frame[column.name]):
            if value and len(value.encode("utf-16-le")) // 2 > MAX_CHARS:
                raise Unwritable(
                    f"cell {column.letters}{first_row + row} would hold {len(value)} characters, a cell takes {MAX_CHARS}: shorten the text"
                )

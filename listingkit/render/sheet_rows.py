"""Rows of a sheet as XML.

One pattern of bytes is made for each set of filled columns, so that writing a row is one join and one interpolation.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import polars as pl

from listingkit.errors import Unwritable
from listingkit.render.cells import CellColumn, content, is_plain, text_open

MAX_CHARS = 32_767  # of one cell, in UTF-16 units; more and Excel calls the file damaged
MAX_ROWS = 1_048_576
_STEP = 250_000  # cells at a time


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
    filled = {column.name: frame.height - frame[column.name].null_count() for column in columns}
    columns = [column for column in columns if filled[column.name]]
    if not columns:
        return
    gaps = [filled[column.name] < frame.height for column in columns]
    openings = [text_open(frame[column.name], column.told, prefix) for column in columns]
    contents = [
        content(column, prefix, opening, plain=is_plain(frame[column.name]), date1904=date1904).cast(pl.Binary).alias(column.name)
        for column, opening in zip(columns, openings, strict=True)
    ]
    shapes = [_shape(column, opening, prefix) for column, opening in zip(columns, openings, strict=True)]
    patterns: dict[str, _Pattern] = {}
    number = first_row
    for part in frame.iter_slices(max(1, _STEP // len(columns))):
        lines = []
        for key, cells in zip(_gap_keys(part, columns, gaps), part.select(contents).iter_rows(), strict=True):
            pattern = patterns.get(key)
            if pattern is None:
                pattern = patterns[key] = _pattern(shapes, gaps, key, prefix)
            lines.append(str(number).encode().join(pattern.pieces) % (tuple(compress(cells, pattern.on)) if pattern.on else cells))
            number += 1
        yield b"".join(lines)


@dataclass(frozen=True, slots=True)
class _Pattern:
    pieces: Sequence[bytes]  # between them stands the row number
    on: Sequence[bool]  # which columns are filled; empty: all


def _shape(column: CellColumn, opening: str, prefix: str) -> tuple[str, str]:
    """A cell before and after the number of its row."""
    p = prefix
    style = f' s="{column.style}"' if column.style else ""
    inside = f' t="inlineStr">{opening}%b</{p}t></{p}is>' if column.kind == "text" else "%b"
    return f'<{p}c r="{column.letters}', f'"{style}{inside}</{p}c>'


def _pattern(shapes: Sequence[tuple[str, str]], gaps: Sequence[bool], key: str, prefix: str) -> _Pattern:
    marks = iter(key)
    on = [next(marks) == "1" if gap else True for gap in gaps]
    pieces, rest = [f'<{prefix}row r="'], '">'
    for before, after in compress(shapes, on):
        pieces.append(rest + before)
        rest = after
    pieces.append(f"{rest}</{prefix}row>")
    return _Pattern([piece.encode() for piece in pieces], [] if all(on) else on)


def _gap_keys(part: pl.DataFrame, columns: Sequence[CellColumn], gaps: Sequence[bool]) -> Iterable[str]:
    """Which of the columns with gaps each row fills, as text of 0 and 1."""
    marks = [pl.col(column.name).is_not_null().cast(pl.UInt8).cast(pl.String) for column in compress(columns, gaps)]
    return part.select(pl.concat_str(marks)).to_series().to_list() if marks else [""] * part.height


def _refuse_long(frame: pl.DataFrame, columns: Sequence[CellColumn], first_row: int) -> None:
    for column in columns:
        if not (frame[column.name].str.len_bytes() > MAX_CHARS).any():
            continue
        for row, value in enumerate(frame[column.name]):
            if value and len(value.encode("utf-16-le")) // 2 > MAX_CHARS:
                raise Unwritable(
                    f"cell {column.letters}{first_row + row} would hold {len(value)} characters, a cell takes {MAX_CHARS}: shorten the text"
                )

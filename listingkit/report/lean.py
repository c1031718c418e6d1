"""Rows of a large sheet as XML, column by column."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from listingkit.master.sheet import ROW
from listingkit.render.sheet_rows import RowCell, row_text
from listingkit.report.cell_text import LONGEST, escaped

HEIGHT = "#height"  # column of a frame: points, where a row has a height of its own
LINE_HEIGHT = 15.5  # points
LINES = 12  # of a row
_STEP = 400_000  # cells at a time
_TEXT = '" t="inlineStr"><is><t xml:space="preserve">'
_END = "</t></is></c>"
_NUMBER = "#number"


class Texts(NamedTuple):
    """A column of texts, or of whole numbers: its name in the frame, where it stands, the style of its cells.

    `styles` names a column of the frame with the styles of cells that have another one; blank ones are written, too.
    """

    name: str
    letter: str
    style: int
    styles: str | None = None


class _Part(NamedTuple):
    cell: RowCell
    series: Sequence[pl.Series]  # that the cell speaks of


def height(lines: pl.Expr) -> pl.Expr:
    """The heights of rows with so many lines of text: LibreOffice leaves the rows of a new file at one line."""
    return pl.when(lines > 1).then(lines.clip(1, LINES) * LINE_HEIGHT).alias(HEIGHT)


def rows(frame: pl.DataFrame, columns: Sequence[Texts]) -> Iterator[bytes]:
    """The `<row>` elements of a frame with row numbers (`#row`), cells, their styles and perhaps heights. Blank cells are left out."""
    height = pl.concat_str(pl.lit(' ht="'), pl.col(HEIGHT).cast(pl.String), pl.lit('" customHeight="1"'))
    for part in frame.iter_slices(max(1, _STEP // max(1, len(columns)))):
        parts = [_part(part, column) for column in columns]
        kept = [part[ROW].cast(pl.String).alias(_NUMBER), *part.select(pl.col(f"^{HEIGHT}$"))]
        table = pl.DataFrame([*kept, *(series for one in parts for series in one.series)])
        row = row_text([one.cell for one in parts], _NUMBER, attributes=[height] if HEIGHT in part.columns else [])
        yield b"".join(table.select(row.cast(pl.Binary).alias("row")).to_series().to_list())


def _part(frame: pl.DataFrame, column: Texts) -> _Part:
    values, style, before = frame[column.name], f"{column.name} style", f'<c r="{column.letter}'
    if values.dtype != pl.String:
        between = (f'" s="{column.style}"><v>',)
        return _Part(RowCell(before, between, pl.col(column.name).cast(pl.String), "</v></c>", values.null_count() > 0), [values])
    cut = values.str.slice(0, LONGEST) if (values.str.len_bytes() > LONGEST).any() else values
    texts = escaped(cut)
    styles = frame[column.styles] if column.styles else None
    if styles is None or styles.null_count() == len(styles):
        return _Part(RowCell(before, (f'" s="{column.style}{_TEXT}',), pl.col(column.name), _END, texts.null_count() > 0), [texts])
    shown = styles.cast(pl.String).fill_null(str(column.style)).alias(style)
    if not (texts.is_null() & styles.is_not_null()).any():
        cell = RowCell(before, ('" s="', pl.col(style), _TEXT), pl.col(column.name), _END, texts.null_count() > 0)
        return _Part(cell, [texts, shown])
    written = pl.concat_str(pl.lit(_TEXT), texts, pl.lit(_END))
    rest = pl.select(pl.coalesce(written, pl.when(styles.is_not_null()).then(pl.lit('"/>')))).to_series().alias(column.name)
    return _Part(RowCell(before, ('" s="', pl.col(style)), pl.col(column.name), "", rest.null_count() > 0), [rest, shown])

"""A sheet in pieces of bounded size, for masters that are larger than memory."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from listingkit.master.read import raw_sheets
from listingkit.master.reading import Reading, joined
from listingkit.master.sheet import ROW, Master
from listingkit.master.source import opened

ROWS = 50_000


def read_batches(
    source: str | Path,
    *,
    rows: int = ROWS,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> Iterator[Master]:
    """Read one sheet as masters of at most `rows` rows each, at least one even where there are no rows.

    `#row` goes on from batch to batch. Each batch has the columns known so far (a workbook may show more of them later), the
    evidence of all rows so far, and the notes on its own rows; the last one also has the notes on the sheet as a whole.
    Text and xlsx are streamed; other kinds are read whole and then handed out in pieces. Raises what `read` raises.
    """
    with opened(source) as file:
        for raw in raw_sheets(file, sheets=sheet, encoding=encoding, delimiter=delimiter):
            reading = Reading(raw, header_row)
            held: pl.DataFrame | None = None
            for frame in pieces(reading.frames(), rows):
                if held is not None:
                    yield reading.master(held, last=False)
                held = frame
            yield reading.master(pl.DataFrame(schema={ROW: pl.UInt32}) if held is None else held)
            return


def pieces(frames: Iterator[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of exactly `rows` rows, but for the last."""
    held: list[pl.DataFrame] = []
    count = 0
    for frame in frames:
        held.append(frame)
        count += frame.height
        while count >= rows:
            whole = joined(held)
            yield whole.head(rows)
            held = [whole.slice(rows)]
            count -= rows
    if count:
        yield joined(held)

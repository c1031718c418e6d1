"""The parts of a master as masters: csv and whatever else a sheet can be, parquet, and tables that other engines hand out."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from msgspec import Struct

from listingkit.distributed.store import PARQUET, PartFile, first_line, local
from listingkit.errors import Unreadable
from listingkit.master.batches import ROWS, read_batches
from listingkit.master.sheet import ROW, Column, Master, letter

NESTED = (pl.List, pl.Array, pl.Struct, pl.Object, pl.Binary)


class Reading(Struct, frozen=True):
    """How the parts are read, where detection is wrong."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


DETECTED = Reading()


def batches(part: PartFile, how: Reading = DETECTED, rows: int = ROWS) -> Iterator[Master]:
    """A part as masters of at most `rows` rows each, at least one. Raises `Unreadable` that names the part."""
    with local(part.url) as path:
        try:
            if path.suffix == PARQUET:
                yield from _parquet(path, part.url, rows)
            else:
                yield from read_batches(path, rows=rows, encoding=how.encoding, delimiter=how.delimiter, header_row=how.header_row)
        except Unreadable as error:  # it may name a copy
            said = str(error)
            raise Unreadable(said if part.url in said else said.replace(str(path), part.url)) from None


def _parquet(path: Path, name: str, rows: int) -> Iterator[Master]:
    """Columns by their names as header; `#row` counts from 1, for there is no header row."""
    try:
        lazy = pl.scan_parquet(path)
        height = lazy.select(pl.len()).collect().item()
        for start in range(0, max(height, 1), rows):
            yield of_frame(lazy.slice(start, rows).collect(), name, start + 1)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unreadable(f"{name} is no parquet file that can be read: {first_line(error)}") from None


def of_frame(frame: pl.DataFrame, name: str, first: int = 1) -> Master:
    """A table with named columns as a master: texts, blank cells null, `#row` counts from `first`. Raises `Unreadable`."""
    nested = [column for column, kind in frame.schema.items() if isinstance(kind, NESTED)]
    if nested:
        raise Unreadable(f"{name}: column {nested[0]!r} holds {frame.schema[nested[0]]}, not texts or numbers: write it as text")
    columns = tuple(Column(letter(place), header) for place, header in enumerate(frame.columns))
    cells = frame.cast(pl.String).rename({column.header: column.letter for column in columns})
    cells = cells.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    return Master(name, None, cells.with_row_index(ROW, first).cast({ROW: pl.UInt32}), columns, 0, "parquet")

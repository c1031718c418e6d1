"""What is kept of the rows of a large file while only those that differ are wanted."""

from collections.abc import Iterator
from typing import IO, Protocol

import polars as pl
from msgspec import Struct

from listingkit.inventory.upload import Upload

BLOCK = 8 << 20  # bytes that are copied at once


class Outlined(Protocol):
    """A file of which every row was looked at and hardly anything is held."""

    @property
    def rows(self) -> pl.DataFrame:
        """Of every row `sku` as `side` has it, `action`, `record` and `hash`.

        `action` is the wire value, null where the word is unknown; `record` (UInt32) the row's place in the file; `hash` that of all
        the row says, null where the row must be looked at.
        """
        ...

    def without(self, records: pl.Series, like: Upload | None) -> Upload:
        """The upload that `read_file` makes of the file, without the rows of these records."""
        ...

    def children_of(self, parents: pl.Series) -> pl.Series:
        """The SKUs whose rows name one of these parents."""
        ...


class Records(Struct, frozen=True):
    """Where the records of a text stand: the `sizes` in bytes of all of them from byte `start` on."""

    sizes: pl.Series
    start: int

    def copy_without(self, records: pl.Series, source: IO[bytes], target: IO[bytes]) -> None:
        """Copy the text without these records. The last line of a file may lack its end, that of the copy does not."""
        source.seek(0)
        _copy(source, target, self.start)
        for keep, start, size in self._runs(records):
            if keep:
                source.seek(start)
                _copy(source, target, size)

    def _runs(self, left_out: pl.Series) -> Iterator[tuple[bool, int, int]]:
        """Records that stand side by side and are all kept or all left out: where they begin, how many bytes they are."""
        kept = pl.repeat(value=True, n=len(self.sizes), dtype=pl.Boolean, eager=True).scatter(left_out, values=False)
        runs = kept.rle().struct.unnest()
        ends = self.sizes.cast(pl.UInt64).cum_sum().gather(runs.get_column("len").cum_sum() - 1) + self.start
        starts = ends.shift(fill_value=self.start)
        return zip(runs.get_column("value"), starts, ends - starts, strict=True)


def once(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows whose number in this column stands there once; mostly all of them."""
    return rows if rows.get_column(column).n_unique() == rows.height else rows.filter(pl.col(column).is_unique())


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size:
        block = source.read(min(size, BLOCK))
        if not block:
            target.write(b"\n")
            return
        size -= len(block)
        target.write(block)

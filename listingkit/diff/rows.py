"""What is kept of the rows of a large file while only those that differ are wanted."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import polars as pl

from listingkit.inventory.upload import Upload

BLOCK = 8 << 20  # bytes that are copied at once


@dataclass(frozen=True)
class Rows:
    """The rows of a file in outline.

    `frame`: `sku` as `side` has it, `action` (wire value, null where the word is unknown), `hash` of all that the row says (null
    where the row must be looked at), `record`: its place in `sizes`. `sizes`: the bytes of every record from byte `start` on.
    """

    frame: pl.DataFrame
    sizes: pl.Series
    start: int


class Lines(Protocol):
    """A file whose rows are known in outline."""

    @property
    def path(self) -> Path: ...

    @property
    def rows(self) -> Rows: ...

    def opened(self) -> AbstractContextManager[IO[bytes]]: ...

    def upload(self, path: Path, like: Upload | None) -> Upload:
        """A file with the same header and only some of the rows, as an upload; `like` as in `read_file`."""
        ...

    def children_of(self, parents: pl.Series) -> pl.Series:
        """The SKUs whose rows name one of these parents."""
        ...


def copy_without(rows: Rows, records: pl.Series, source: IO[bytes], target: IO[bytes]) -> None:
    """Copy a file without these records. Its last line may lack its end, the copy's does not."""
    source.seek(0)
    _copy(source, target, rows.start)
    kept = pl.repeat(value=True, n=len(rows.sizes), dtype=pl.Boolean, eager=True).scatter(records, values=False)
    for keep, start, size in _runs(kept, rows):
        if keep:
            source.seek(start)
            _copy(source, target, size)


def _runs(kept: pl.Series, rows: Rows) -> Iterator[tuple[bool, int, int]]:
    """Records that stand side by side and are all kept or all left out: where they begin, how many bytes they are."""
    table = pl.DataFrame({"keep": kept, "size": rows.sizes.cast(pl.UInt64)})
    runs = table.group_by(pl.col("keep").rle_id().alias("run"), maintain_order=True).agg(pl.col("keep").first(), pl.col("size").sum())
    return runs.select("keep", (pl.col("size").cum_sum() - pl.col("size") + rows.start).alias("start"), "size").iter_rows()


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size:
        block = source.read(min(size, BLOCK))
        if not block:
            target.write(b"\n")
            return
        size -= len(block)
        target.write(block)

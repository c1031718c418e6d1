from collections.abc import Callable, Mapping, Sequence

import polars as pl
import pytest

from listingkit.master.sheet import ROW, Column, Evidence, Master, letter

Sheet = Callable[..., Master]


@pytest.fixture(scope="session")
def sheet() -> Sheet:
    """Make a master of headers and rows; the header stands in row 1."""

    def make(
        headers: Sequence[str],
        rows: Sequence[Sequence[str | None]] = (),
        *,
        file: str = "master.csv",
        codes: Sequence[str] = (),
        evidence: Mapping[str, Evidence] | None = None,
    ) -> Master:
        columns = tuple(Column(letter(at), header, codes[at] if codes else "") for at, header in enumerate(headers))
        frame = pl.DataFrame(
            {column.letter: pl.Series([row[at] or None for row in rows], dtype=pl.String) for at, column in enumerate(columns)}
        ).with_columns(pl.Series(ROW, range(2, len(rows) + 2), dtype=pl.UInt32))
        return Master(file, None, frame, columns, 1, "csv", evidence=evidence or {})

    return make

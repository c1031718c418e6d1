"""The rules about single rows on Arrow batches, for engines that hand those out: Spark's `mapInArrow`, Ray, DuckDB, Flight.

    row_rules = arrow.row_rules(first_batch, marketplaces=["US"])  # plan the mapping by the first rows; travels to the workers
    findings = frame.mapInArrow(row_rules, arrow.SPARK_SCHEMA)

Rules across rows are not among them: these need every row with the same key, see `listingkit.distributed.check`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.distributed.job import Job, listings_of
from listingkit.distributed.reading import of_frame
from listingkit.distributed.run import assumed
from listingkit.mapping.profile import Profile
from listingkit.rules.findings import Findings

COLUMNS = {"code": pl.String, "severity": pl.String, "message": pl.String, "row": pl.Int64, "column": pl.String, "field": pl.String}
COLUMNS |= {"sku": pl.String, "marketplace": pl.String, "value": pl.String, "fix": pl.String}
SPARK_SCHEMA = ", ".join(f"`{name}` {'bigint' if kind == pl.Int64 else 'string'}" for name, kind in COLUMNS.items())


class RowRules:
    """The rules about single rows as a function from Arrow batches to Arrow batches of findings; `row` counts from 1 in its batch."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        """The findings of each batch, in COLUMNS."""
        for batch in batches:
            yield from self.findings(pl.from_arrow(batch)).to_arrow().to_batches()  # type: ignore[arg-type]

    def findings(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The findings of a frame with the master's columns."""
        listings = listings_of(of_frame(frame, self.job.names[0]), self.job.plan, self.job.names[0])
        found = Findings(self.job.checker.part(listings, self.job.proof), listings.sources)
        rows = [
            (f.code, f.severity.value, f.message, f.row, f.column, f.field, f.sku, f.marketplace, f.value, f.fix.value if f.fix else None)
            for f in found
        ]
        return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def row_rules(
    first: Any,
    *,
    marketplaces: Sequence[str] = (),
    profile: str | Profile | None = None,
    as_of: date | None = None,
    config: Config = DEFAULT,
) -> RowRules:
    """Plan by the first rows (an Arrow batch or table, or a polars frame). Raises what mapping raises."""
    frame = first if isinstance(first, pl.DataFrame) else pl.from_arrow(first)
    assert isinstance(frame, pl.DataFrame)
    return RowRules(assumed(of_frame(frame, "master"), marketplaces, profile or Profile(), as_of or datetime.now(UTC).date(), config))

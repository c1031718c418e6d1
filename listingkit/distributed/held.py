"""Which rows are held back: those that are wrong, and the children of held parents, however deep; all parts together."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from listingkit.distributed.cluster import Tasks
from listingkit.distributed.job import Job
from listingkit.distributed.store import Spread, read_frames
from listingkit.distributed.work import ERRORS, HELD, held_children
from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.groups import bucket_of

PLACE = ("store", SOURCE, ROW)


def wrong_rows(urls: Sequence[str]) -> pl.DataFrame:
    """The rows with an error as tasks left them, once for each marketplace; one that any of them holds back does not ship."""
    return pl.concat([pl.DataFrame(schema=ERRORS), *read_frames(urls)]).sort("ships").unique(PLACE, keep="first")


def held_rows(tasks: Tasks, wrong: pl.DataFrame, families: Sequence[Spread], shared: Any, job: Job) -> pl.DataFrame:
    """The rows that marketplaces do not get, as `listingkit.holding` says. Families meet in the buckets of their parents' SKUs."""
    held = wrong.filter(~pl.col("ships")).select(*HELD)
    where = tasks.shared(families)
    fresh = held
    while fresh.height and families:
        parents = fresh.select("store", parent_sku="sku").drop_nulls().unique()
        buckets = parents.with_columns(bucket_of(pl.col("parent_sku"), job.buckets).alias("#bucket"))
        each = [
            (int(bucket), rows)
            for (bucket,), rows in buckets.partition_by("#bucket", as_dict=True, include_key=False).items()
            if any(one.holds(int(bucket)) for one in families)
        ]
        found = tasks.do("finding children of rows that are held back", held_children, each, shared=[where, shared])
        fresh = pl.concat([held.clear(), *found]).unique(PLACE).join(held, on=PLACE, how="anti")
        held = pl.concat([held, fresh])
    return held

"""Which rows are held back: those that are wrong, and the children of held parents, however deep; all parts together."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from listingkit.distributed.cluster import Tasks
from listingkit.distributed.job import Job, PartTold
from listingkit.distributed.store import read_frames
from listingkit.distributed.work import ERRORS, held_children
from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.groups import bucket_of

Held = Mapping[int, pl.Series]  # number of the part -> numbers of its rows


def wrong_rows(urls: Sequence[str]) -> pl.DataFrame:
    """The rows with an error as tasks left them, once for each marketplace."""
    return pl.concat([pl.DataFrame(schema=ERRORS), *read_frames(urls)]).unique(["store", SOURCE, ROW])


def held_rows(tasks: Tasks, store: str, errors: Sequence[str], parts: Sequence[PartTold], shared: Any, job: Job) -> Held:
    """The rows that this marketplace does not get, by part. Families meet in the buckets of their parents' SKUs."""
    held = wrong_rows(errors).filter(pl.col("store") == store).select(SOURCE, ROW, "sku")
    families = [one for told in parts for one in told.families]
    where = tasks.shared(families)
    fresh = held
    while fresh.height and families:
        parents = fresh.select("sku").drop_nulls().unique().with_columns(bucket_of(pl.col("sku"), job.buckets).alias("#bucket"))
        each = [
            (int(bucket), rows["sku"].to_list())
            for (bucket,), rows in parents.partition_by("#bucket", as_dict=True).items()
            if any(one.holds(int(bucket)) for one in families)
        ]
        found = tasks.do(f"families in {store}", held_children, each, shared=[where, shared])
        fresh = pl.concat([held.clear(), *found]).unique([SOURCE, ROW]).join(held, on=[SOURCE, ROW], how="anti")
        held = pl.concat([held, fresh])
    return {int(part): rows[ROW] for (part,), rows in held.partition_by(SOURCE, as_dict=True).items()}

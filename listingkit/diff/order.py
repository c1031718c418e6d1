"""The order of rows that a marketplace accepts."""

import polars as pl

from listingkit.diff import keys
from listingkit.diff.side import DELETE, Side


def ranks(after: Side, before: Side, created: pl.Series) -> pl.Series:
    """For each row of the upload: 0 new parent, 1 other new row, 2 change, 3 deletion, 4 deletion of a parent. UInt8.

    Parents come before the children that name them, and go after them; changes in between let children move away first.
    """
    parent = _is_parent(after) | after.sku.is_in(_parents(before).to_list())
    deleted = (after.action == DELETE).fill_null(value=False)
    rows = pl.DataFrame({"created": created, "deleted": deleted, "parent": parent})
    rank = pl.when("deleted").then(pl.when("parent").then(4).otherwise(3)).when("created").then(pl.when("parent").then(0).otherwise(1))
    return rows.select(rank.otherwise(2).cast(pl.UInt8).alias("rank")).to_series()


def _is_parent(one: Side) -> pl.Series:
    named = one.sku.is_in(_parents(one).to_list())
    if keys.LEVEL not in one.frame.columns:
        return named
    return named | one.frame.get_column(keys.LEVEL).str.to_lowercase().str.strip_chars().eq_missing("parent")


def _parents(one: Side) -> pl.Series:
    if keys.PARENT not in one.frame.columns:
        return one.sku.clear()
    return one.frame.get_column(keys.PARENT).drop_nulls().unique()

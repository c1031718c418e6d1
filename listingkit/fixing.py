"""Fixes applied to listings, in memory: the master is never written to."""

from collections.abc import Iterable

import polars as pl
from msgspec.structs import replace

from listingkit.mapping.listings import Listings
from listingkit.rules.findings import Cell, marked


def apply(listings: Listings, cells: Iterable[Cell]) -> Listings:
    """The listings with these cells changed; "" clears a cell."""
    by_column: dict[str, dict[int, str]] = {}
    for cell in cells:
        by_column.setdefault(cell.column, {}).setdefault(cell.index, cell.value)
    columns = []
    for column, values in by_column.items():
        if column in listings.frame.columns:
            texts = listings.frame[column].clone()
            columns.append(texts.scatter(list(values), [value or None for value in values.values()]))
    return replace(listings, frame=listings.frame.with_columns(columns)) if columns else listings


def held_rows(listings: Listings, errors: Iterable[int]) -> pl.Series:
    """Mask of the rows to hold back: those with errors, and the children of held parents, however deep."""
    frame = listings.frame
    held = marked(errors, frame.height)
    if "parent_sku" not in frame.columns or "sku" not in frame.columns:
        return held
    while True:
        parents = frame["sku"].filter(held).drop_nulls().unique()
        wider = held | frame["parent_sku"].is_in(parents.to_list()).fill_null(value=False)
        if wider.sum() == held.sum():
            return held
        held = wider

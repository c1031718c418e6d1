"""Fixes applied to listings, in memory: the master is never written to."""

from collections.abc import Iterable

from msgspec.structs import replace

from listingkit.mapping.listings import Listings
from listingkit.rules.findings import Cell


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
